import type { Expression } from '@claimsmith/cel';
import { unavailable } from '@claimsmith/runtime';
import { type BareRead, bareReads } from '../bare-reads.ts';
import type { Finding, Path } from '../finding.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { ruleTitle } from '../rule-title.ts';
import type { Rule } from './rule.ts';

export const missingValueDecides = {
  id: 'TE707',
  slug: 'missing-value-decides',
  severity: 'warning',
  title: 'A condition says what happens when a value that many users lack is missing.',
  why: 'A condition that reads a missing value fails. A deny rule that fails denies the token: `user.attributes.status == "suspended"` locks out every user without a status.',
  mend: 'Begin the condition with `has(…) && …`, or read the field as `a.?b.orValue(…)`.',
  bad: `user: { attributes: { status: string } }
claims: {}
deny:
  - { when: user.attributes.status == "suspended", reason: suspended }`,
  good: `user: { attributes: { status: string } }
claims: {}
deny:
  - { when: has(user.attributes.status) && user.attributes.status == "suspended", reason: suspended }`,
  lookups: true,
  check(policy) {
    return [
      ...finding(policy, ['applies'], policy.applies?.when, isOften, {
        subject: 'The condition `applies`',
        outcome: `the token is denied with \`${unavailable}\``,
        holds: 'applies the policy',
        fails: 'leaves the token alone',
      }),
      ...policy.deny.flatMap((rule) =>
        finding(policy, [...rule.path, 'when'], rule.when, isOften, {
          subject: ruleTitle(rule),
          outcome: `the token is denied with \`${unavailable}\``,
          holds: rule.challenge === undefined ? 'denies it with this reason' : 'asks for the factor',
          fails: rule.challenge === undefined ? 'does not deny the token' : 'does not ask for it',
        }),
      ),
      ...policy.claims.flatMap((claim) => whenFindings(policy, claim)),
      ...policy.scopes.flatMap(({ name, path, grant }) =>
        grantFinding(policy, path, `The grant of \`${name}\``, grant),
      ),
      ...policy.details.flatMap(({ type, grant }) =>
        grantFinding(policy, ['authorizationDetails', type, 'grant'], `The grant of \`${type}\``, grant),
      ),
    ];
  },
} as const satisfies Rule;

/** The words for a condition that fails. */
interface Words {
  readonly subject: string;
  /** What happens when the condition fails. */
  readonly outcome: string;
  /** What the condition does if it is true when the value is missing, to complete "it …". */
  readonly holds: string;
  readonly fails: string;
}

function whenFindings(policy: Policy, { name, when, onMissing }: PolicyClaim): readonly Finding[] {
  const outcome =
    onMissing === 'deny'
      ? `the token is denied with \`${unavailable}\``
      : onMissing === 'omit'
        ? `\`${name}\` is left out`
        : `\`${name}\` has its default`;
  return finding(policy, ['claims', name, 'when'], when, onMissing === 'omit' ? isOpposite : isOften, {
    subject: `The \`when\` of \`${name}\``,
    outcome,
    holds: 'emits the claim',
    fails: 'leaves it out',
  });
}

function grantFinding(policy: Policy, path: Path, subject: string, grant: Expression): readonly Finding[] {
  return finding(policy, path, grant, isOpposite, {
    subject,
    outcome: 'it is not granted',
    holds: 'grants it',
    fails: 'does not grant it',
  });
}

/** Excludes fields of an answer: a policy that reads them expects them to be present. */
function isOften({ what }: BareRead): boolean {
  return what === 'optional' || what === 'row';
}

/** A missing value never grants, although `status != "suspended"` looks as if it did. */
function isOpposite(read: BareRead): boolean {
  return isOften(read) && read.isNegated;
}

function finding(
  policy: Policy,
  path: Path,
  expression: Expression | undefined,
  isMeant: (read: BareRead) => boolean,
  { subject, outcome, holds, fails }: Words,
): readonly Finding[] {
  const reads = expression === undefined ? [] : bareReads(policy, expression).filter(isMeant);
  const [first] = reads;
  if (first === undefined) return [];
  const fields = [...new Set(reads.map(({ text }) => `\`${text}\``))];
  const has = hasText(first.text);
  return [
    {
      rule: 'TE707',
      severity: 'warning',
      message: `${subject} fails without ${fields.join(' or ')}: ${outcome}.`,
      range: policy.source.within(path, first.range.start, first.range.end),
      help: `Say what a missing value means: \`${has} && …\` ${fails}, \`!${has.includes(' ') ? `(${has})` : has} || …\` ${holds}.`,
    },
  ];
}

/** A condition that is true if the value exists. */
function hasText(text: string): string {
  const [, map, key] = /^([^[]*)\[(.*)\]$/.exec(text) ?? [];
  return map === undefined ? `has(${text})` : `${key} in ${map}`;
}
