import { truthsIn } from '../loss/losses.ts';
import { builtInKinds } from '../subjects.ts';
import type { Rule } from './rule.ts';

export const policyForNobody = {
  id: 'TE837',
  slug: 'policy-for-nobody',
  severity: 'error',
  title: 'The policy is for at least one token of each issuer.',
  why: 'It would be deployed, but no token would have its claims, and none would be denied.',
  mend: 'Correct `applies` or `audiences`, or remove the issuer from `issuers`.',
  bad: `params: { live: { type: bool, default: false } }
claims:
  app: { const: true, kind: descriptive }
applies: params.live
issuers: { auth0: {} }`,
  good: `claims:
  app: { const: true, kind: descriptive }
applies: client.id == "web"
issuers: { auth0: {} }`,
  check(policy) {
    const { applies, source } = policy;
    const isNever = (subject_type: string) =>
      applies !== undefined &&
      truthsIn(policy, applies.when, { where: '', values: { subject_type }, absent: [], lost: [] }).join() ===
        'false';
    if (!builtInKinds.every(isNever)) return [];
    return [
      {
        rule: 'TE837',
        severity: 'error',
        message: 'The policy is for no token: `applies` is always false.',
        range: source.value(['applies']),
        help: 'Correct the condition, or remove the issuers from `issuers` where it is false.',
      },
    ];
  },
} as const satisfies Rule;
