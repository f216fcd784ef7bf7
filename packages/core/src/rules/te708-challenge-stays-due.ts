import type { Finding } from '../finding.ts';
import type { Situation } from '../loss/known.ts';
import { truthsIn } from '../loss/losses.ts';
import type { Policy, PolicyRule } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import type { Rule } from './rule.ts';

export const challengeStaysDue = {
  id: 'TE708',
  slug: 'challenge-stays-due',
  severity: 'error',
  title: 'A challenge is over once the user has given the factor.',
  why: 'A condition that stays true after the factor denies the token, although the user has done what was asked. `session.amr` lists `mfa` after a factor.',
  mend: 'Let the condition be false after the factor: `… && !("mfa" in session.amr)`. To refuse a token, write a deny rule.',
  bad: `claims: {}
challenge:
  - { when: '"admin" in user.roles', with: mfa, reason: step_up_required }`,
  good: `claims: {}
challenge:
  - { when: '"admin" in user.roles && !("mfa" in session.?amr.orValue([]))', with: mfa, reason: step_up_required }`,
  check: (policy) =>
    policy.deny.flatMap((rule): readonly Finding[] =>
      rule.challenge === undefined || !staysDue(policy, rule)
        ? []
        : [
            {
              rule: 'TE708',
              severity: 'error',
              message: `The challenge \`${rule.reason}\` may still be due after the user has given the factor, and then denies the token.`,
              range: policy.source.value([...rule.path, 'when']),
              help: 'Let the condition be false after the factor: add `&& !("mfa" in session.amr)`. To refuse the token, make it a deny rule.',
            },
          ],
    ),
} as const satisfies Rule;

/** A person who has given a factor. */
const proven: Situation = {
  where: '',
  values: { subject_type: 'human', 'session.amr': ['pwd', 'mfa'] },
  absent: [],
  lost: [],
};

/** Whether a challenge can be due after the factor. What `session.acr` is then depends on the issuer. */
function staysDue(policy: Policy, { when, reads }: PolicyRule): boolean {
  if (restsOn(policy)(reads).fields.includes('session.acr')) return false;
  return truthsIn(policy, when, proven).includes('true');
}
