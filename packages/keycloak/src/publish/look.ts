import { type Change, type Resource, TargetError } from '@claimsmith/core';
import { z } from 'zod';
import type { RealmApi } from './api.ts';
import { type Subject, subjectOf } from './keys.ts';
import {
  client as clientSchema,
  clientScope,
  named,
  type RealmClient,
  type RealmScope,
  role,
  scopeMappings,
  understood,
  userProfile,
} from './realm-state.ts';
import {
  attachmentResource,
  attributeResource,
  type Concern,
  mapperResource,
  nobodyResource,
  permissionResource,
  realmScopeResource,
  scopeResource,
} from './resources.ts';

/** What looking at a realm and writing to it need. */
export interface RealmContext {
  readonly api: RealmApi;
  /** Ids of client scopes by name. They are corrected when a scope is found under another id. */
  readonly ids: Map<string, string>;
  /** Ids of clients by `client_id`, as they were last seen. */
  readonly clientIds: Map<string, string>;
  readonly concern: Concern;
  readonly policy: string;
}

/** The resource of a change as it is now, with one to four requests. */
export async function lookAt(change: Change, context: RealmContext): Promise<Resource | undefined> {
  const { api, concern } = context;
  const subject = subjectOf(change);
  switch (subject.kind) {
    case 'scope': {
      const scope = await scopeAt(subject.scope, context);
      return scope === undefined ? undefined : scopeResource(scope, concern);
    }
    case 'mapper': {
      const scope = await scopeAt(subject.scope, context);
      const mapper = scope?.protocolMappers.find(({ name }) => name === subject.mapper);
      return scope === undefined || mapper === undefined ? undefined : mapperResource(scope, mapper, concern);
    }
    case 'permission':
      return permissionAt(subject, context);
    case 'role': {
      const found = await api.role(subject.role);
      return found === undefined ? undefined : nobodyResource(understood(role, found).name);
    }
    case 'realm scope':
      return realmScopeAt(subject.scope, context);
    case 'attachment': {
      const client = await clientAt(subject.client, context);
      const { memo } = change.after ?? change.before ?? {};
      return client === undefined ? undefined : attachmentResource(client, subject.scope, memo);
    }
    case 'attribute': {
      const profile = understood(userProfile, await api.profile());
      const attribute = profile.attributes.find(({ name }) => name === subject.attribute);
      return attribute === undefined ? undefined : attributeResource(attribute, concern);
    }
  }
}

/** A client scope by name. The id that is known is tried first, because a realm cannot be asked for a name. */
export async function scopeAt(name: string, { api, ids }: RealmContext): Promise<RealmScope | undefined> {
  const id = ids.get(name);
  if (id !== undefined) {
    const answer = await api.clientScope(id);
    const scope = answer === undefined ? undefined : understood(clientScope, answer);
    if (scope?.name === name) return scope;
    ids.delete(name);
  }
  const scope = understood(z.array(clientScope), await api.clientScopes()).find((one) => one.name === name);
  if (scope !== undefined) ids.set(name, scope.id);
  return scope;
}

async function clientAt(
  clientId: string,
  { api, clientIds }: RealmContext,
): Promise<RealmClient | undefined> {
  const answer = await api.clientByName(clientId);
  const client = answer === undefined ? undefined : understood(clientSchema, answer);
  if (client === undefined) clientIds.delete(clientId);
  else clientIds.set(clientId, client.id);
  return client;
}

/** @throws {TargetError} `changed` if there is no such client */
export async function clientIdAt(clientId: string, context: RealmContext): Promise<string> {
  return (
    context.clientIds.get(clientId) ?? there(await clientAt(clientId, context), `the client ${clientId}`).id
  );
}

/** @throws {TargetError} `changed` if there is no such client scope */
export async function scopeIdAt(name: string, context: RealmContext): Promise<string> {
  return context.ids.get(name) ?? there(await scopeAt(name, context), `the client scope ${name}`).id;
}

async function permissionAt(
  { scope: scopeName, role: wanted }: Extract<Subject, { kind: 'permission' }>,
  context: RealmContext,
): Promise<Resource | undefined> {
  const scope = await scopeAt(scopeName, context);
  if (scope === undefined) return undefined;
  const { realmMappings, clientMappings } = understood(
    scopeMappings,
    await context.api.scopeMappings(scope.id),
  );
  const roles =
    wanted.client === undefined
      ? realmMappings
      : (Object.values(clientMappings).find(({ client }) => client === wanted.client)?.mappings ?? []);
  if (!roles.some(({ name }) => name === wanted.name)) return undefined;
  return permissionResource(scopeName, wanted);
}

/** A default or optional client scope of the realm as it is now. */
export async function realmScopeAt(name: string, context: RealmContext): Promise<Resource | undefined> {
  const { api, concern } = context;
  const scopes = understood(z.array(clientScope), await api.clientScopes());
  const scope = scopes.find((one) => one.name === name);
  if (scope === undefined) return undefined;
  context.ids.set(name, scope.id);
  const clients = understood(z.array(clientSchema), await api.clients());
  const names = async (answer: Promise<unknown>) =>
    understood(z.array(named), await answer).map((one) => one.name);
  const defaults = await names(api.realmScopes('default'));
  const optionals = await names(api.realmScopes('optional'));
  return realmScopeResource(scope, { scopes, clients, defaults, optionals }, concern);
}

/** @throws {TargetError} `changed` if it has gone */
function there<Found>(found: Found | undefined, what: string): Found {
  if (found !== undefined) return found;
  throw new TargetError('changed', `${what} is not there any more`);
}
