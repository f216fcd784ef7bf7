import type { RuleInfo } from './rule.ts';

/** Rules that only an issuer can check, by its own limits. Each issuer package reports them with its name. */
export const issuerRules: readonly RuleInfo[] = [
  {
    id: 'TE102',
    slug: 'issuer-restricted-name',
    severity: 'error',
    also: ['info'],
    title: 'A claim has a name that the issuer accepts.',
    why: 'Issuers drop restricted names without a word, or the whole answer with them. Where the namespace is put before the name instead, an info says so.',
  },
  {
    id: 'TE105',
    slug: 'namespace-not-owned',
    severity: 'error',
    title: 'A namespace is not a host of the vendor.',
    why: 'The issuer refuses it.',
  },
  {
    id: 'TE207',
    slug: 'grant-cannot-supply',
    severity: 'error',
    title: 'A claim reads only what every grant it is emitted on can supply.',
    why: 'With client credentials there is no user; the claim would be missing on each such token.',
  },
  {
    id: 'TE704',
    slug: 'no-fail-open-guard',
    severity: 'error',
    also: ['warning', 'info'],
    title: 'Where an issuer issues tokens without our part, something makes them worthless.',
    why: 'A hook that is down would otherwise be a way around every deny rule and required claim.',
  },
  {
    id: 'TE705',
    slug: 'over-deadline',
    severity: 'error',
    title: 'Time-outs and retries of all sources fit into the deadline of the issuance.',
    why: 'Past its deadline the issuer gives up on us.',
  },
  {
    id: 'TE803',
    slug: 'issuer-payload-limit',
    severity: 'error',
    also: ['info'],
    title: "What is built stays within the issuer's limits.",
    why: 'It would be refused on upload, or fail logins.',
  },
  {
    id: 'TE804',
    slug: 'target-capability',
    severity: 'error',
    also: ['warning', 'info'],
    title: 'A policy asks of an issuer only what it can do.',
    why: 'What an issuer can not do, it leaves out in silence. Where the outcome is safe and only narrower than the policy, an info or a warning says so.',
  },
];
