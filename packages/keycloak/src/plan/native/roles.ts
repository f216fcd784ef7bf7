import { isOfSeveral, roleOwners, type Settings } from '../../settings.ts';
import { type Form, form, type NoForm } from './form.ts';

/**
 * All roles of a user, in groups and other roles too, each with a prefix before it.
 * A user without roles has no claim.
 */
export function roles(settings: Settings, prefix = ''): Form | NoForm {
  if (isOfSeveral(settings)) return { why: 'a mapper reads the roles of one client.' };
  const [owner] = roleOwners(settings);
  const kind = owner === undefined ? 'realm' : 'client';
  const own = `usermodel.${kind}RoleMapping`;
  const config: Record<string, string> = { multivalued: 'true' };
  if (prefix !== '') config[`${own}.rolePrefix`] = prefix;
  if (owner !== undefined) config[`${own}.clientId`] = owner;
  return form(`user ${kind} role mapper`, `oidc-usermodel-${kind}-role-mapper`, 'String', {
    config,
    limits: ['empty_list', 'full_scope'],
  });
}
