import type { Lack, Policy, Supply } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';

export const trigger = 'sign-in';

/** All that it knows of an issuance. */
export const supplies: readonly Supply[] = [
  { field: 'subject_type', from: { [trigger]: { path: 'subject' } } },
  { field: 'user.roles', from: { [trigger]: { path: 'roles' } } },
  { field: 'now', from: { [trigger]: { words: 'its own clock' } } },
  { field: 'request.scopes', from: { [trigger]: { path: 'scopes' } } },
];

/** Every other field that the policy reads; its tokens name no actor. */
export function lacks(policy: Policy): Lack {
  const known = supplies.map(({ field }) => field);
  return { absent: ['actor'], lost: contextFields(policy).filter((field) => !known.includes(field)) };
}
