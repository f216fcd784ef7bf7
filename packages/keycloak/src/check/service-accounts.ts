import { type Finding, type Policy, readsIn, restsOn } from '@claimsmith/core';
import type { Settings } from '../settings.ts';

/**
 * Claims about people that service accounts get too, since a service account is a user at Keycloak. A claim that reads
 * such a field without a check is for people anyway.
 */
export function serviceAccountFindings(policy: Policy, { serviceAccounts }: Settings): readonly Finding[] {
  if (!serviceAccounts) return [];
  const rests = restsOn(policy);
  return policy.claims.flatMap(({ name, subjects, value, when, reads }): readonly Finding[] => {
    const { fields } = rests(reads);
    const ofPeople = rests(readsIn(policy, value)).fields.filter(isOfPeople);
    const [first] = ofPeople;
    if (first === undefined || subjects !== undefined || fields.includes('subject_type')) return [];
    return [
      {
        rule: 'TEN01',
        severity: 'warning',
        message: `\`${name}\` reads \`${first}\`, and a service account is a user at Keycloak: tokens of machines carry the claim too.`,
        range: policy.source.value(['claims', name, when === undefined ? 'value' : 'when']),
        help: 'Write who it is for: `subjects: [human]`, or `subjects: [human, machine]` if machines are meant too.',
      },
    ];
  });
}

/** What a user has that a machine should not have by accident. Every service account has an id and a name. */
function isOfPeople(field: string): boolean {
  return field.startsWith('user.') && !['user.id', 'user.username', 'user.created_at'].includes(field);
}
