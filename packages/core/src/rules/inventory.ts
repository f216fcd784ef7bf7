import type { RuleInfo } from './rule.ts';

/** Rules about several specs together. `claimsmith inventory` reports them. */
export const inventoryRules: readonly RuleInfo[] = [
  {
    id: 'TE608',
    slug: 'claim-with-two-owners',
    severity: 'warning',
    title: 'Specs that emit a claim under the same name give it the same owner.',
    why: 'With two owners, nobody decides what the claim means, and each may change it without asking the other.',
    mend: 'Agree on one owner, or give one of the claims another name.',
    unacceptable: true,
  },
  {
    id: 'TE609',
    slug: 'claim-with-two-meanings',
    severity: 'warning',
    title: 'Specs that emit a claim under the same name mean the same by it: type, kind, purpose and source.',
    why: 'A service that takes tokens of both specs cannot tell which meaning a value has.',
    mend: 'Give one of the claims another name, or make both the same.',
    unacceptable: true,
  },
];
