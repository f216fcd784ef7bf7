import type { Expression } from '@claimsmith/cel';
import { readsIn } from '../expressions.ts';
import type { Finding, Path } from '../finding.ts';
import { restsOn } from '../rests-on.ts';
import type { Rule } from './rule.ts';

export const untrustedInputAsAuthority = {
  id: 'TE209',
  slug: 'untrusted-input-as-authority',
  severity: 'error',
  safety: true,
  title: 'Authority does not depend only on the parameters of the request.',
  why: 'The caller chooses `request.params`, so callers could grant themselves access.',
  mend: 'Compare the parameter with what the issuer knows: `request.params.account in user.attributes.accounts`.',
  bad: `claims:
  account: { value: request.params.account, kind: authoritative }`,
  good: `user: { attributes: { accounts: list(string) } }
claims:
  account:
    value: request.params.account
    when: request.params.account in user.attributes.accounts
    kind: authoritative`,
  reference: 'https://cwe.mitre.org/data/definitions/807.html',
  check(policy) {
    const behind = restsOn(policy);
    const rests = (expression: Expression | undefined) => new Set(behind(readsIn(policy, expression)).fields);
    const findings: Finding[] = [];
    const report = (subject: string, path: Path) =>
      findings.push({
        rule: 'TE209',
        severity: 'error',
        message: `${subject} depends only on \`request.params\`, which the caller chooses.`,
        range: policy.source.value(path),
        help: 'Compare it with what the issuer knows: `request.params.account in user.attributes.accounts`.',
      });
    for (const claim of policy.claims) {
      if (claim.kind !== 'authoritative') continue;
      const { name, value, when } = claim;
      const condition = rests(when);
      // A condition makes parameters trustworthy only if it compares them with something else.
      const isVouched = condition.has(params) && condition.size > 1;
      const isConstant = rests(value).size === 0;
      if (isAlone(rests(value)) && !isVouched)
        report(`The authoritative claim \`${name}\``, ['claims', name, 'value']);
      else if (isConstant && isAlone(condition))
        report(`The authoritative claim \`${name}\``, ['claims', name, 'when']);
    }
    for (const { name, path, grant } of policy.scopes)
      if (isAlone(rests(grant))) report(`The grant of \`${name}\``, path);
    for (const { type, grant } of policy.details)
      if (isAlone(rests(grant))) report(`The grant of \`${type}\``, ['authorizationDetails', type, 'grant']);
    return findings;
  },
} as const satisfies Rule;

const params = 'request.params';

function isAlone(inputs: ReadonlySet<string>): boolean {
  return inputs.size === 1 && inputs.has(params);
}
