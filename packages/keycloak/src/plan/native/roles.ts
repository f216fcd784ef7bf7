import type { Settings } from '../../settings.ts';
import { type Form, form } from './form.ts';

/**
 * All roles of a user, in groups and other roles too, each with a prefix before it.
 * A user without roles has no claim.
 */
export function roles({ rolesFrom }: Settings, prefix = ''): Form {
  const kind = rolesFrom === 'realm' ? 'realm' : 'client';
  const own = `usermodel.${kind}RoleMapping`;
  const config: Record<string, string> = { multivalued: 'true' };
  if (prefix !== '') config[`${own}.rolePrefix`] = prefix;
  if (rolesFrom !== 'realm') config[`${own}.clientId`] = rolesFrom.client;
  return form(`user ${kind} role mapper`, `oidc-usermodel-${kind}-role-mapper`, 'String', {
    config,
    limits: ['empty_list', 'full_scope'],
  });
}
