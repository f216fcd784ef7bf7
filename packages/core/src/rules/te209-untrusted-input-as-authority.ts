import type { Expression } from '@claimsmith/cel';
import { readsOf } from '../expressions.ts';
import type { Finding, Path } from '../finding.ts';
import type { Policy } from '../policy.ts';
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
    const rests = inputsOf(policy);
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

/** The fields of the context that an expression depends on, also through claims and the addresses of sources. */
function inputsOf(policy: Policy): (expression: Expression | undefined) => ReadonlySet<string> {
  const addresses = new Map(policy.sources.map(({ name, reads }) => [name, reads.fields]));
  const names = [...addresses.keys()];
  const claims = new Map<string, ReadonlySet<string>>();
  const inputs = (expressions: readonly (Expression | undefined)[]) => {
    const reads = readsOf(expressions, policy.context, names);
    const through = reads.claims.flatMap((name) => [...(claims.get(name) ?? [])]);
    const asked = reads.sources.flatMap((name) => addresses.get(name) ?? []);
    return new Set([...reads.fields, ...asked, ...through]);
  };
  // Claims come in dependency order, so what a claim reads is known already.
  for (const { name, value, when } of policy.claims) claims.set(name, inputs([value, when]));
  return (expression) => inputs([expression]);
}
