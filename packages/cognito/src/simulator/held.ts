import {
  isMapping,
  type Mapping,
  mappingOf,
  own,
  type Policy,
  type RawContext,
  textOf,
} from '@claimsmith/core';
import { isScope } from '../limits.ts';
import { settingsOf } from '../settings.ts';
import { isGroups, isListed } from '../supplies.ts';
import { groupsHeld, isAutomatic } from './event-from.ts';

/**
 * A situation as Cognito can have it: groups are distinct names, roles are the same list if they are groups,
 * scopes have no white space, grant types are Cognito's, and app clients are as the settings say.
 */
export function holds(context: RawContext, policy: Policy): RawContext {
  const result = { ...context };
  const { user, request } = result;
  if (isMapping(user)) result['user'] = { ...user, ...listsOf(user, policy) };
  if (isMapping(request)) {
    const { scopes } = request;
    const held = Array.isArray(scopes)
      ? { scopes: scopes.filter((scope) => typeof scope !== 'string' || isScope(scope)) }
      : {};
    result['request'] = { ...request, ...held, grant_type: grantTypeHeld(context) };
  }
  return { ...result, ...listed(context, policy) };
}

/** Cognito has a few grant types; a login by any other is one in a browser. */
function grantTypeHeld(context: RawContext): unknown {
  if (isAutomatic(context)) return 'client_credentials';
  const said = mappingOf(context['request'])['grant_type'];
  return said === 'password' || said === 'refresh_token' ? said : 'authorization_code';
}

/** What the settings say of an app client counts, whatever the scenario says. */
function listed(context: RawContext, policy: Policy): RawContext {
  const settings = settingsOf(policy);
  const client = mappingOf(context['client']);
  const known = own(settings.appClients, textOf(client['id']) ?? '');
  const isOfClients = (field: string) => isListed(field, settings, true);
  const ofClient = ['name', 'metadata'].filter((name) => isOfClients(`client.${name}`));
  const ofOrg = ['id', 'name', 'display_name'].filter((name) => isListed(`org.${name}`, settings, false));
  const changed = (record: unknown, names: readonly string[], values: Mapping | undefined) => ({
    ...mappingOf(record),
    ...Object.fromEntries(names.map((name) => [name, own(values ?? {}, name)])),
  });
  return {
    ...(ofClient.length === 0 ? {} : { client: changed(client, ofClient, known) }),
    ...(ofOrg.length === 0 || !isAutomatic(context)
      ? {}
      : { org: changed(context['org'], ofOrg, known?.org) }),
  };
}

function listsOf(user: Readonly<Record<string, unknown>>, policy: Policy): Readonly<Record<string, unknown>> {
  const settings = settingsOf(policy);
  const names = ['roles', 'groups'].filter((name) => isGroups(`user.${name}`, settings));
  if (!names.some((name) => Array.isArray(user[name]))) return {};
  const held = groupsHeld(user, policy);
  return Object.fromEntries(names.map((name) => [name, held]));
}
