import { type Change, type Json, type Resource, TargetError } from '@claimsmith/core';
import { keys, subjectOf } from './images.ts';
import { attributeBody, claimBody, hookBody, ruleBody, scopeBody, serverBody } from './requests.ts';
import { hookNames, stampOf } from './resources.ts';
import type { Site } from './site.ts';
import {
  hooksPath,
  type Raw,
  readHooks,
  readRules,
  rulePath,
  schemaPath,
  serverPath,
  textAt,
  valueAt,
} from './state.ts';

/** Makes one change. */
export async function writeChange(site: Site, change: Change, now: Resource | undefined): Promise<void> {
  const subject = subjectOf(change.key);
  const id = await site.serverId();
  switch (subject.kind) {
    case 'hook':
      return change.kind === 'delete' ? deleteHook(site, change.key, now) : putHook(site, change, now);
    case 'claim': {
      const body = (image: Json) => claimBody(subject.type, subject.name, image, site.seen.get(change.key));
      return putOne(site, change, now, `${serverPath(id)}/claims`, body);
    }
    case 'scope':
      return putOne(site, change, now, `${serverPath(id)}/scopes`, () =>
        scopeBody(subject.name, site.policy.name),
      );
    case 'attribute':
      await send(site, change, 'POST', schemaPath, attributeBody(subject.name, imageOf(change)));
      return undefined;
    case 'rule':
      return putRule(site, change, now, id);
    case 'server':
      await send(site, change, 'PUT', serverPath(id), serverBody(imageOf(change), seen(site, change)));
      return undefined;
  }
}

function imageOf({ after }: Change): Json {
  return after?.image ?? null;
}

function seen(site: Site, { key }: Change): Raw {
  const raw = site.seen.get(key);
  if (raw === undefined) throw new TargetError('changed', `The ${key} is not there any more.`);
  return raw;
}

const verbs = { create: 'create', update: 'change', delete: 'delete' } as const;

async function send(site: Site, change: Change, method: string, path: string, body?: Raw): Promise<unknown> {
  const client = await site.connect();
  const what = `${verbs[change.kind]} the ${change.key}`;
  return (await site.access.write(what, (signal) => client.send(method, path, body, signal))).body;
}

/** An object of a list: created there, replaced and deleted by its id. */
async function putOne(
  site: Site,
  change: Change,
  now: Resource | undefined,
  path: string,
  body: (image: Json) => Raw,
): Promise<void> {
  const at = `${path}/${encodeURIComponent(now?.id ?? '')}`;
  if (now === undefined) {
    if (change.kind !== 'delete') await send(site, change, 'POST', path, body(imageOf(change)));
  } else if (change.kind === 'delete') await send(site, change, 'DELETE', at);
  else await send(site, change, 'PUT', at, body(imageOf(change)));
}

async function putHook(site: Site, change: Change, now: Resource | undefined): Promise<void> {
  const { secrets } = site;
  const image = imageOf(change);
  const secret = await secrets.value(image);
  const digest = textAt(image, 'auth', 'secret', '$secret');
  const before = site.seen.get(change.key);
  const name = before === undefined ? site.hook : textAt(before, 'name');
  const body = hookBody(name, image, secret, before);
  const at = `${hooksPath}/${encodeURIComponent(now?.id ?? '')}`;
  secrets.sending(change.key, digest, before === undefined ? undefined : stampOf(before));
  const sent = (hook: unknown) => secrets.sent(change.key, stampOf(hook));
  if (now === undefined) {
    sent(await send(site, change, 'POST', hooksPath, body));
    return;
  }
  const written = await send(site, change, 'PUT', at, body);
  sent(written);
  // A replacement leaves the status as it is.
  const status = textAt(image, 'status');
  if (textAt(written, 'status') === status) return;
  sent(
    await send(site, change, 'POST', `${at}/lifecycle/${status === 'ACTIVE' ? 'activate' : 'deactivate'}`),
  );
}

/** Okta deletes a hook although rules call it: their tokens would be issued without it. */
async function deleteHook(site: Site, key: string, now: Resource | undefined): Promise<void> {
  if (now?.id === undefined) return;
  const { id } = now;
  await assertUncalled(site, id, key);
  const change: Change = { kind: 'delete', key, before: now, after: undefined, parts: [] };
  const at = `${hooksPath}/${encodeURIComponent(id)}`;
  if (valueAt(now.image, 'status') === 'ACTIVE')
    await send(site, change, 'POST', `${at}/lifecycle/deactivate`);
  await send(site, change, 'DELETE', at);
}

async function assertUncalled({ reader }: Site, hookId: string, key: string): Promise<void> {
  const servers = await reader.list('the authorization servers', '/api/v1/authorizationServers?limit=200');
  for (const server of servers) {
    const rules = await readRules(reader, textAt(server, 'id'));
    const caller = rules.find(({ rule }) => textAt(rule, 'actions', 'token', 'inlineHook', 'id') === hookId);
    if (caller === undefined) continue;
    const rule = keys.rule(textAt(caller.policy, 'name'), textAt(caller.rule, 'name'));
    const message = `The ${rule} of the authorization server ${textAt(server, 'name')} still calls the ${key}. Remove it there first.`;
    throw new TargetError('refused', message);
  }
}

async function putRule(
  site: Site,
  change: Change,
  now: Resource | undefined,
  serverId: string,
): Promise<void> {
  const image = imageOf(change);
  const name = textAt(image, 'inlineHook');
  const hookId = name === '' ? undefined : await hookIdOf(site, name, seen(site, change));
  const [policyId = '', ruleId = ''] = (now?.id ?? '').split('/');
  const body = ruleBody(image, hookId, seen(site, change));
  await send(site, change, 'PUT', rulePath(serverId, policyId, ruleId), body);
}

async function hookIdOf({ reader, policy }: Site, name: string, rule: Raw): Promise<string> {
  const gone = /^\(gone\) (.+)$/.exec(name)?.[1];
  if (gone !== undefined) return gone;
  const hooks = await readHooks(reader);
  const names = hookNames(hooks, policy.name);
  const hook = hooks.find((one) => names.get(textAt(one, 'id')) === name);
  const current = textAt(rule, 'actions', 'token', 'inlineHook', 'id');
  if (hook === undefined) throw new TargetError('changed', `The inline hook ${name} is not there.`);
  const id = textAt(hook, 'id');
  if (id !== current && textAt(hook, 'status') !== 'ACTIVE') {
    throw new TargetError('changed', `The inline hook ${name} is not active.`);
  }
  return id;
}
