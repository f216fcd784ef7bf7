import {
  type Access,
  type Change,
  type Place,
  type Policy,
  type Reading,
  type Resource,
  type Secret,
  TargetError,
} from '@claimsmith/core';
import { type ActionId, actionIds, actionTriggers, secretLimits } from '../limits.ts';
import { hasMark } from '../mark.ts';
import { actionName } from '../names.ts';
import { lifetimeMsOf } from '../settings.ts';
import { deployedOf, resourceOf } from './action.ts';
import { askTenant } from './ask.ts';
import { bindingResource, writeBinding } from './bindings.ts';
import type { Client } from './client.ts';
import { deployAction } from './deployment.ts';
import { type Address, addressOf, type Entry } from './entry.ts';
import { parseMemo } from './images.ts';
import { apiResource, writeLifetimes } from './lifetime.ts';
import { actionKey, actionOfName, apiKey, subjectOf } from './names.ts';
import { orderOf } from './order.ts';
import { assertMayWrite } from './permissions.ts';
import { type SecretDigests, secretDigests } from './secret-digests.ts';
import { type Tenant, wantedOf } from './wanted.ts';
import type { Action, Binding } from './wire.ts';

/** A tenant as a place. */
export function placeOf(policy: Policy, entry: Entry, access: Access, client: Client): Place {
  const address = addressOf(entry);
  const site: Site = {
    ...{ policy, entry, access, client, address },
    api: managedApi(policy, entry, access, address),
    digests: secretDigests(address.host, access),
    values: new Map(),
  };
  return {
    name: address.host,
    compile: async () => (await import('../compile/compile.ts')).compile(policy),
    read: () => read(site),
    order: orderOf,
    look: (change) => look(site, change),
    write: (change, now) => write(site, change, now),
    ask: (question) => askTenant({ policy, entry, address, access }, question),
  };
}

/** The API that the environment names, if the spec sets its lifetime, or a release before has set it. */
function managedApi(policy: Policy, { api }: Entry, access: Access, { host }: Address): string | undefined {
  if (api === undefined || lifetimeMsOf(policy) !== undefined) return api;
  return access.known(host, apiKey(api)) === undefined ? undefined : api;
}

interface Site {
  readonly policy: Policy;
  readonly entry: Entry;
  readonly address: Address;
  /** The API whose lifetime is set. */
  readonly api: string | undefined;
  readonly access: Access;
  readonly client: Client;
  readonly digests: SecretDigests;
  /** The values of the policy's settings, by name. */
  readonly values: Map<string, Secret>;
}

/** One list of Actions, one of bindings for each Action, and the API if the environment names one. */
async function read(site: Site): Promise<Reading> {
  const { policy, access, client, address } = site;
  const secrets = await secretsOf(site);
  const actions = await client.actions();
  const resources: Resource[] = [];
  const found = ownActions(policy, actions);
  const lists = new Map<string, readonly Binding[]>();
  for (const id of actionIds) {
    const action = found.get(id);
    const resource = action && resourceOf(action, ownerOf(action, policy, id), site.digests);
    const trigger = actionTriggers[id];
    const list = lists.get(trigger) ?? (await client.bindings(trigger));
    lists.set(trigger, list);
    const sibling = siblingOf(id);
    const binding = bindingResource(id, list, resource, sibling && found.get(sibling)?.id);
    resources.push(...[resource, binding].filter((each) => each !== undefined));
  }
  const api = site.api === undefined ? undefined : await client.api(site.api);
  if (api !== undefined) resources.push(apiResource(api));
  const tenant: Tenant = {
    ...{ policy, actions, api, secrets, host: address.host, managedApi: site.api },
    knownSecrets: (key) => Object.keys(parseMemo(access.known(address.host, key)?.memo).secrets),
    permissions: await client.permissions(),
  };
  return { resources, want: (compilation) => wantedOf(tenant, compilation) };
}

/** Our Actions among those of the tenant. */
function ownActions(policy: Policy, actions: readonly Action[]): ReadonlyMap<ActionId, Action> {
  return new Map(
    actionIds.flatMap((id) => {
      const action = actions.find(({ name }) => name === actionName(policy, id));
      return action === undefined ? [] : [[id, action] as const];
    }),
  );
}

/** Our other Action at the same trigger. */
function siblingOf(id: ActionId): ActionId | undefined {
  return actionIds.find((one) => one !== id && actionTriggers[one] === actionTriggers[id]);
}

/** Our Action, and our other one at the same trigger, as far as they are there. */
async function boundActions({ policy, client }: Site, id: ActionId) {
  const other = siblingOf(id);
  return {
    action: await client.actionNamed(actionName(policy, id)),
    sibling: other && (await client.actionNamed(actionName(policy, other))),
  };
}

/** A value that is missing is a conflict for a plan that needs it, not for one that deletes. */
async function secretsOf({ policy, access, values }: Site): Promise<Tenant['secrets']> {
  const secrets = new Map<string, { digest: string } | { problem: string }>();
  for (const name of policy.secrets) {
    try {
      const secret = await access.setting(name);
      values.set(name, secret);
      secrets.set(name, assessed(name, secret));
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      secrets.set(name, { problem: error.message });
    }
  }
  return secrets;
}

function assessed(name: string, secret: Secret): { digest: string } | { problem: string } {
  const characters = [...secret.reveal()].length;
  const { valueCharacters } = secretLimits;
  if (characters <= valueCharacters) return { digest: secret.digest };
  return {
    problem: `The value of \${${name}} has ${characters} characters; a secret of an Action has ${valueCharacters} at most.`,
  };
}

/** A setting that an older release needs, and the policy of today does not. */
async function olderSetting(access: Access, name: string): Promise<Secret | undefined> {
  try {
    return await access.setting(name);
  } catch (error) {
    if (error instanceof TargetError) return undefined;
    throw error;
  }
}

/** What runs, or what would run next, has our mark. */
function ownerOf(action: Action, policy: Policy, id: ActionId): 'ours' | 'foreign' {
  const texts = [action.code, deployedOf(action)?.code ?? ''];
  return texts.some((text) => hasMark(text, policy.name, id)) ? 'ours' : 'foreign';
}

async function look(site: Site, { key, before }: Change): Promise<Resource | undefined> {
  const { policy, client, digests } = site;
  const subject = subjectOf(key);
  if (subject?.kind === 'api') {
    const api = await client.api(subject.identifier);
    return api && apiResource(api);
  }
  if (subject?.kind === 'binding') {
    const id = subject.action;
    const { action, sibling } = await boundActions(site, id);
    const resource = action && resourceOf(action, ownerOf(action, policy, id), digests);
    return bindingResource(id, await client.bindings(actionTriggers[id]), resource, sibling?.id);
  }
  const id = subject && actionOfName(policy, subject.name);
  if (subject === undefined || id === undefined) return undefined;
  const action =
    before?.id === undefined ? await client.actionNamed(subject.name) : await client.action(before.id);
  return action && resourceOf(action, ownerOf(action, policy, id), digests);
}

async function write(site: Site, change: Change, now: Resource | undefined): Promise<void> {
  const { access, client, digests, values } = site;
  assertMayWrite(change, site.api, await client.permissions());
  const subject = subjectOf(change.key);
  if (subject?.kind === 'api') return await writeLifetimes(client, subject.identifier, change, now);
  if (subject?.kind === 'binding') {
    const id = subject.action;
    const { action, sibling } = await boundActions(site, id);
    if (action !== undefined)
      return await writeBinding(client, id, change, { action: action.id, sibling: sibling?.id });
    throw new TargetError('changed', `${actionKey(actionName(site.policy, id))} is not there.`);
  }
  if (subject === undefined) return;
  if (change.kind === 'delete') {
    if (now?.id !== undefined) await client.deleteAction(now.id, subject.name);
    return;
  }
  const secretOf = async (name: string) => values.get(name) ?? (await olderSetting(access, name));
  await deployAction({ client, access, digests, secretOf }, subject.name, change, now);
}
