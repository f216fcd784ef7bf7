import { type Change, isMapping, type Json, type Resource, TargetError } from '@claimsmith/core';
import { z } from 'zod';
import { dictionary } from '../dictionary.ts';
import type { List, MapperDraft, ScopeDraft } from './api.ts';
import { revisionMark } from './images.ts';
import { type RoleName, type Subject, subjectOf } from './keys.ts';
import { clientIdAt, type RealmContext, realmScopeAt, scopeIdAt } from './look.ts';
import { changedProfile, releasedProfile } from './profile.ts';
import { role, understood } from './realm-state.ts';

/** Makes one change. Nothing is removed to be made again. */
export async function writeTo(
  change: Change,
  now: Resource | undefined,
  context: RealmContext,
): Promise<void> {
  const subject = subjectOf(change);
  switch (subject.kind) {
    case 'scope':
      return writeScope(change, subject.scope, context);
    case 'mapper':
      return writeMapper(change, subject, now, context);
    case 'permission':
      return writePermission(change, subject, context);
    case 'role':
      return change.kind === 'delete'
        ? context.api.deleteRole(subject.role)
        : context.api.createRole(
            subject.role,
            `Nobody may have this role. It keeps client scopes of the policy ${context.policy} closed. By Claimsmith.`,
          );
    case 'realm scope':
      return writeRealmScope(change, subject.scope, now, context);
    case 'attachment':
      return writeAttachment(change, subject, now, context);
    case 'attribute':
      return writeAttribute(change, subject.attribute, context);
  }
}

const scopeParts = z.object({ description: z.string(), attributes: dictionary(z.string()) });
const mapperParts = z.object({ provider: z.string(), config: dictionary(z.string()) });

async function writeScope(change: Change, name: string, context: RealmContext): Promise<void> {
  const { kind, before, after } = change;
  const { api, ids } = context;
  if (kind === 'delete') {
    await api.deleteScope(await scopeIdAt(name, context), name);
    ids.delete(name);
    return;
  }
  const { description, attributes } = scopeParts.parse(after?.image);
  const scope: ScopeDraft = { name, description, protocol: 'openid-connect', attributes };
  if (kind === 'create') return createScope(change, scope, context);
  // Keycloak keeps attributes that a request does not name; empty ones count as absent.
  const known = scopeParts.parse(before?.image).attributes;
  const cleared = Object.keys(known).map((key) => [key, ''] as const);
  await api.updateScope(await scopeIdAt(name, context), {
    ...scope,
    attributes: { ...Object.fromEntries(cleared), ...attributes },
  });
}

/**
 * A client scope with its mappers takes one request, and its roles take others. It has its revision last: without it, it
 * counts as unfinished, so that no client gets it while it lacks roles and is open to all.
 */
async function createScope({ parts }: Change, scope: ScopeDraft, context: RealmContext): Promise<void> {
  const { api, ids } = context;
  const subjects = parts.map((part) => ({ ...subjectOf(part), image: part.after?.image }));
  const protocolMappers = subjects.flatMap((part) =>
    part.kind === 'mapper' ? [mapperDraft(part.mapper, part.image)] : [],
  );
  const roles = subjects.flatMap((part) => (part.kind === 'permission' ? [part.role] : []));
  if (roles.length === 0) {
    ids.set(scope.name, await api.createScope({ ...scope, protocolMappers }));
    return;
  }
  const { [revisionMark]: _, ...unfinished } = scope.attributes;
  const id = await api.createScope({ ...scope, attributes: unfinished, protocolMappers });
  ids.set(scope.name, id);
  for (const client of new Set(roles.map((one) => one.client))) {
    const names = roles.filter((one) => one.client === client);
    const owner = client === undefined ? undefined : await clientIdAt(client, context);
    await api.permit(id, await Promise.all(names.map((one) => roleAt(one, owner, context))), owner);
  }
  await api.updateScope(id, scope);
}

/** @throws {TargetError} `refused` if there is no such role */
async function roleAt({ name, client }: RoleName, owner: string | undefined, { api }: RealmContext) {
  const answer = await api.role(name, owner);
  if (answer !== undefined) return understood(role, answer);
  const where = client === undefined ? '' : ` of the client ${client}`;
  throw new TargetError('refused', `there is no role ${name}${where}`);
}

function mapperDraft(name: string, image: Json | undefined): MapperDraft {
  const { provider, config } = mapperParts.parse(image);
  return { name, protocol: 'openid-connect', protocolMapper: provider, config };
}

async function writeMapper(
  { kind, after }: Change,
  { scope, mapper }: Extract<Subject, { kind: 'mapper' }>,
  now: Resource | undefined,
  context: RealmContext,
): Promise<void> {
  const { api } = context;
  const scopeId = await scopeIdAt(scope, context);
  const id = now?.id;
  if (id === undefined) return api.createMapper(scopeId, mapperDraft(mapper, after?.image));
  if (kind === 'delete') return api.deleteMapper(scopeId, id, mapper);
  return api.updateMapper(scopeId, { id, ...mapperDraft(mapper, after?.image) });
}

async function writePermission(
  { kind }: Change,
  { scope, role: name }: Extract<Subject, { kind: 'permission' }>,
  context: RealmContext,
): Promise<void> {
  const { api } = context;
  const scopeId = await scopeIdAt(scope, context);
  const owner = name.client === undefined ? undefined : await clientIdAt(name.client, context);
  const found = await roleAt(name, owner, context);
  await (kind === 'delete' ? api.forbid(scopeId, [found], owner) : api.permit(scopeId, [found], owner));
}

const binding = z.object({ as: z.enum(['default', 'optional']), missingAt: z.array(z.string()).default([]) });

function listOf(resource: { readonly image: Json } | undefined): List | undefined {
  return resource === undefined ? undefined : binding.parse(resource.image).as;
}

/** A client scope cannot move between the lists: it has to leave one first. Meanwhile, nobody has it. */
async function writeAttachment(
  { after }: Change,
  { client: clientId, scope }: Extract<Subject, { kind: 'attachment' }>,
  now: Resource | undefined,
  context: RealmContext,
): Promise<void> {
  const { api } = context;
  const client = await clientIdAt(clientId, context);
  const id = await scopeIdAt(scope, context);
  const [from, to] = [listOf(now), listOf(after)];
  const what = `client scope ${scope} of the client ${clientId}`;
  if (from !== undefined && from !== to) await api.detach(client, from, id, what);
  if (to !== undefined && from !== to) await api.attach(client, to, id, what);
}

/** New clients get it by the realm's list. Clients that have the base scope get it here. */
async function writeRealmScope(
  { after }: Change,
  scope: string,
  now: Resource | undefined,
  context: RealmContext,
): Promise<void> {
  const { api } = context;
  const id = await scopeIdAt(scope, context);
  const [from, to] = [listOf(now), listOf(after)];
  if (from !== undefined && from !== to) await api.removeRealmScope(from, id, scope);
  if (to === undefined) return;
  if (from !== to) await api.addRealmScope(to, id, scope);
  const missing = await clientsWithout(scope, context);
  for (const clientId of missing) {
    const client = await clientIdAt(clientId, context);
    await api.attach(client, to, id, `client scope ${scope} of the client ${clientId}`);
  }
}

async function clientsWithout(scope: string, context: RealmContext): Promise<readonly string[]> {
  const now = await realmScopeAt(scope, context);
  return now === undefined ? [] : binding.parse(now.image).missingAt;
}

async function writeAttribute(
  { kind, after }: Change,
  name: string,
  { api, policy }: RealmContext,
): Promise<void> {
  const profile = await api.profile();
  if (!isMapping(profile)) throw new TargetError('refused', 'the server answers without JSON');
  if (kind === 'delete') return api.updateProfile(releasedProfile(profile, name));
  await api.updateProfile(changedProfile(profile, name, after?.image, policy));
}
