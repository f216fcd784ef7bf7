import type { Expression } from '@claimsmith/cel';
import { readsIn } from '../expressions.ts';
import type { Finding, Path } from '../finding.ts';
import type { Policy } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import type { Rule } from './rule.ts';

export const untrustedInputAsAuthority = {
  id: 'TE209',
  slug: 'untrusted-input-as-authority',
  severity: 'error',
  also: ['warning'],
  safety: true,
  title: 'Authority does not depend only on what the caller chooses.',
  why: 'The caller chooses `request.params` and `request.user_agent`, so callers could grant themselves access.',
  mend: 'Compare the parameter with what the issuer knows: `request.params.account in user.attributes.accounts`.',
  bad: `claims:
  account: { value: request.params.account, kind: authoritative }`,
  good: `claims:
  account:
    value: request.params.account
    when: request.params.?account.orValue("") in user.groups
    kind: authoritative`,
  reference: 'https://cwe.mitre.org/data/definitions/807.html',
  lookups: true,
  check(policy) {
    const behind = restsOn(policy);
    const rests = (expression: Expression | undefined) => new Set(behind(readsIn(policy, expression)).fields);
    const findings: Finding[] = [];
    const report = (subject: string, path: Path, inputs: ReadonlySet<string>) =>
      findings.push({
        rule: 'TE209',
        severity: 'error',
        message: `${subject} depends only on ${[...inputs].map((input) => `\`${input}\``).join(' and ')}, which the caller chooses.`,
        range: policy.source.value(path),
        help: inputs.has(params)
          ? 'Compare it with what the issuer knows: `request.params.account in user.attributes.accounts`.'
          : 'Decide by what the issuer knows.',
      });
    for (const claim of policy.claims) {
      if (claim.kind !== 'authoritative') continue;
      const { name, value, when } = claim;
      const [inputs, condition] = [rests(value), rests(when)];
      // A condition makes an input trustworthy only if it compares it with something else.
      const isVouched = !isAlone(condition) && [...inputs].some((input) => condition.has(input));
      if (isAlone(inputs) && !isVouched)
        report(`The authoritative claim \`${name}\``, ['claims', name, 'value'], inputs);
      else if (inputs.size === 0 && isAlone(condition))
        report(`The authoritative claim \`${name}\``, ['claims', name, 'when'], condition);
    }
    for (const { name, path, grant } of policy.scopes)
      if (isAlone(rests(grant))) report(`The grant of \`${name}\``, path, rests(grant));
    for (const { type, grant } of policy.details)
      if (isAlone(rests(grant)))
        report(`The grant of \`${type}\``, ['authorizationDetails', type, 'grant'], rests(grant));
    return [...findings, ...appliesFindings(policy)];
  },
} as const satisfies Rule;

const params = 'request.params';

/** What the caller of a request chooses. */
const chosen: readonly string[] = [params, 'request.user_agent'];

/** What a caller of the whole policy could choose to get a token that the policy does not deny. */
function appliesFindings({ applies, deny, source }: Policy): readonly Finding[] {
  const read = applies?.reads.fields ?? [];
  const isBelow = (input: string) => read.some((field) => field === input || field.startsWith(`${input}.`));
  const free = [...chosen, 'request.acr_values'].filter(isBelow);
  const asked = isBelow('request.scopes') && deny.length > 0 ? ['request.scopes'] : [];
  const inputs = free.length > 0 ? free : asked;
  if (inputs.length === 0) return [];
  const names = inputs.map((input) => `\`${input}\``).join(' and ');
  return [
    {
      rule: 'TE209',
      severity: free.length > 0 ? 'error' : 'warning',
      message:
        free.length > 0
          ? `\`applies\` depends on ${names}, which the caller chooses: so callers could choose a token without the policy.`
          : `\`applies\` depends on ${names}: a client that asks for other scopes gets a token even if a deny rule is true.`,
      range: source.value(['applies']),
      help:
        free.length > 0
          ? 'Decide by what the issuer knows, such as `client.id`.'
          : 'Decide by `client.id`, or make sure that a token without these scopes is worth nothing.',
    },
  ];
}

function isAlone(inputs: ReadonlySet<string>): boolean {
  return inputs.size > 0 && [...inputs].every((input) => chosen.includes(input));
}
