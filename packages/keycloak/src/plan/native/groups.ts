import type { Settings } from '../../settings.ts';
import { type Form, form } from './form.ts';

/** The groups that a user is in directly. A user without groups has no claim. */
export function groups({ groups: listed }: Settings): Form {
  return form('group membership mapper', 'oidc-group-membership-mapper', 'String', {
    config: { 'full.path': String(listed === 'paths') },
    jsonType: undefined,
    limits: ['empty_list'],
  });
}
