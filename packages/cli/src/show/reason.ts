import { countText, MAX_STEPS } from '@claimsmith/cel';
import type { Policy, Subjects } from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import type { Preview } from '../run/issue.ts';
import { mistypedReads } from '../run/mistyped.ts';

/** Why a value is missing, in words; the rest of the codes read well with spaces. */
const causes: Readonly<Record<string, string>> = {
  actor: 'it is unreadable who acts for the subject, or more than five do',
  max_bytes: 'exceeds maxBytes',
  max_items: 'exceeds maxItems',
  not_json: 'not a JSON value',
  steps: `the issuance takes more than ${countText(MAX_STEPS)} steps`,
  scope_name: 'the request has an invalid scope, or one that names an object wrongly',
};

/** Why a source has no answer. */
const failures: Readonly<Record<string, string>> = {
  address: 'was not asked: its address is not allowed',
  ambiguous: 'answered with more than one row',
  malformed: 'answered with something other than the declared JSON',
  network: 'cannot be reached',
  open: 'was not asked: it has failed too often recently',
  setting: 'was not asked: a setting is missing',
  stale: 'has only an answer that is too old',
  status: 'answered with an error',
  timeout: 'did not answer in time',
  token: 'was not asked: its token endpoint gave no access token',
  too_large: 'answered with too much',
  max_items: 'was not asked: its list has more elements than maxItems',
  unbound: 'was not asked: a value in its question is missing',
};

/** What is known of a trial: sources that it does not mention, values with a wrong type, and whether somebody acts. */
type Known = Pick<Preview, 'unanswered' | 'mistyped' | 'delegated'>;

/** Causes that a value of another type has, too. */
const missing: ReadonlySet<string | undefined> = new Set(['absent', 'no_such_key']);

/** Why a claim, scope, deny rule or detail came out as it did. */
export function reasonOf(
  found: Outcome,
  policy: Policy,
  { unanswered, mistyped = [], delegated = true }: Known = { unanswered: [] },
): string {
  const { kind, name, outcome, cause } = found;
  if (missing.has(cause)) {
    const isValue = kind === 'claim';
    return (
      mistypedReads(found, policy, mistyped) ?? (isValue ? 'no value' : 'a value in its condition is missing')
    );
  }
  if (cause !== undefined) {
    const source = unanswered.find((source) => cause === `${source}:network`);
    return source === undefined ? inWords(cause) : `${source} has no answer in the scenario`;
  }
  if (kind === 'policy') return '`applies` is false';
  if (outcome === 'skipped') return skipReason(policy, name, delegated);
  if (outcome === 'refused') return 'the grant is false';
  if (kind !== 'deny') return 'no value';
  const isChallenge = policy.deny.some(({ reason, challenge }) => reason === name && challenge !== undefined);
  return isChallenge ? 'the challenge is due' : 'the deny rule is true';
}

/** `entitlements:timeout` or `no_such_key`, in words. */
function inWords(cause: string): string {
  const [, asked, behind] = /^(\w+):unbound:(.+)$/.exec(cause) ?? [];
  if (behind !== undefined) return `${asked} was not asked: ${inWords(behind)}`;
  const at = cause.lastIndexOf(':');
  if (at < 0) return causes[cause] ?? cause.replaceAll('_', ' ');
  const failure = cause.slice(at + 1);
  return `${cause.slice(0, at)} ${failures[failure] ?? failure.replaceAll('_', ' ')}`;
}

const kindTexts: Readonly<Record<string, string>> = {
  human: 'people',
  machine: 'machines',
  agent: 'agents',
  user: 'everybody who has a user',
};

/** `people and agents`. */
export function subjectsText({ kinds }: Subjects): string {
  return kinds.map((kind) => kindTexts[kind] ?? kind).join(' and ');
}

function skipReason(policy: Policy, name: string, isDelegated: boolean): string {
  const claim = policy.claims.find((claim) => claim.name === name);
  const reasons = [
    ...(claim?.subjects === undefined ? [] : [`only for ${subjectsText(claim.subjects)}`]),
    ...(policy.spec.claims[name]?.when === undefined ? [] : ['when is false']),
    ...(!isDelegated || claim?.delegated === 'always' || claim?.delegated === undefined
      ? []
      : ['somebody acts for the subject']),
    ...(claim?.audiences === undefined ? [] : ['another audience']),
    ...(claim?.clients === undefined ? [] : ['another client']),
  ];
  return reasons.join(', or ');
}
