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
 * scopes have no white space, and app clients are as the settings say.
 */
export function holds(context: RawContext, policy: Policy): RawContext {
  const result = { ...context };
  const { user, request } = result;
  if (isMapping(user)) result['user'] = { ...user, ...listsOf(user, policy) };
  const scopes = isMapping(request) ? request['scopes'] : undefined;
  if (isMapping(request) && Array.isArray(scopes))
    result['request'] = {
      ...request,
      scopes: scopes.filter((scope) => typeof scope !== 'string' || isScope(scope)),
    };
  return { ...result, ...listed(context, policy) };
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
