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
import type { TriggerId } from '../limits.ts';
import { hasMark } from '../mark.ts';
import { deployedOf, resourceOf } from './action.ts';
import { askTenant } from './ask.ts';
import { bindingResource, writeBinding } from './bindings.ts';
import type { Client } from './client.ts';
import { deployAction } from './deployment.ts';
import { type Address, addressOf, type Entry } from './entry.ts';
import { parseMemo } from './images.ts';
import { apiResource, writeLifetimes } from './lifetime.ts';
import { actionKey, actionName, subjectOf, triggerIds } from './names.ts';
import { orderOf } from './order.ts';
import { assertMayWrite } from './permissions.ts';
import { type SecretDigests, secretDigests } from './secret-digests.ts';
import { type Tenant, triggerOfName, wantedOf } from './wanted.ts';
import type { Action } from './wire.ts';

/** A tenant as a place. */
export function placeOf(policy: Policy, entry: Entry, access: Access, client: Client): Place {
  const address = addressOf(entry);
  const site: Site = {
    ...{ policy, entry, access, client, address },
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

interface Site {
  readonly policy: Policy;
  readonly entry: Entry;
  readonly address: Address;
  readonly access: Access;
  readonly client: Client;
  readonly digests: SecretDigests;
  /** The values of the policy's settings, by name. */
  readonly values: Map<string, Secret>;
}

/** One list of Actions, one of bindings for each trigger, and the API if the environment names one. */
async function read(site: Site): Promise<Reading> {
  const { policy, entry, access, client, address } = site;
  const secrets = await secretsOf(site);
  const actions = await client.actions();
  const resources: Resource[] = [];
  for (const trigger of triggerIds) {
    const action = actions.find(({ name }) => name === actionName(policy, trigger));
    const resource = action && resourceOf(action, ownerOf(action, policy, trigger), site.digests);
    const binding = bindingResource(trigger, await client.bindings(trigger), resource);
    resources.push(...[resource, binding].filter((each) => each !== undefined));
  }
  const api = entry.api === undefined ? undefined : await client.api(entry.api);
  if (api !== undefined) resources.push(apiResource(api));
  const tenant: Tenant = {
    ...{ policy, entry, actions, api, secrets, host: address.host },
    knownSecrets: (key) => Object.keys(parseMemo(access.known(address.host, key)?.memo).secrets),
    permissions: await client.permissions(),
  };
  return { resources, want: (compilation) => wantedOf(tenant, compilation) };
}

/** A value that is missing is a conflict for a plan that needs it, not for one that deletes. */
async function secretsOf({ policy, access, values }: Site): Promise<Tenant['secrets']> {
  const secrets = new Map<string, { digest: string } | { problem: string }>();
  for (const name of policy.secrets) {
    try {
      const secret = await access.setting(name);
      values.set(name, secret);
      secrets.set(name, { digest: secret.digest });
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      secrets.set(name, { problem: error.message });
    }
  }
  return secrets;
}

/** What runs, or what would run next, has our mark. */
function ownerOf(action: Action, policy: Policy, trigger: TriggerId): 'ours' | 'foreign' {
  const texts = [action.code, deployedOf(action)?.code ?? ''];
  return texts.some((text) => hasMark(text, policy.name, trigger)) ? 'ours' : 'foreign';
}

async function look(site: Site, { key, before }: Change): Promise<Resource | undefined> {
  const { policy, client, digests } = site;
  const subject = subjectOf(key);
  if (subject?.kind === 'api') {
    const api = await client.api(subject.identifier);
    return api && apiResource(api);
  }
  if (subject?.kind === 'binding') {
    const action = await ownAction(site, subject.trigger);
    const resource = action && resourceOf(action, ownerOf(action, policy, subject.trigger), digests);
    return bindingResource(subject.trigger, await client.bindings(subject.trigger), resource);
  }
  const trigger = subject && triggerOfName(policy, subject.name);
  if (subject === undefined || trigger === undefined) return undefined;
  const action =
    before?.id === undefined ? await client.actionNamed(subject.name) : await client.action(before.id);
  return action && resourceOf(action, ownerOf(action, policy, trigger), digests);
}

function ownAction({ policy, client }: Site, trigger: TriggerId): Promise<Action | undefined> {
  return client.actionNamed(actionName(policy, trigger));
}

async function write(site: Site, change: Change, now: Resource | undefined): Promise<void> {
  const { entry, access, client, digests, values } = site;
  assertMayWrite(change, entry, await client.permissions());
  const subject = subjectOf(change.key);
  if (subject?.kind === 'api') return await writeLifetimes(client, subject.identifier, change, now);
  if (subject?.kind === 'binding') {
    const action = await ownAction(site, subject.trigger);
    if (action !== undefined) return await writeBinding(client, subject.trigger, change, action.id);
    throw new TargetError('changed', `${actionKey(actionName(site.policy, subject.trigger))} is not there.`);
  }
  if (subject === undefined) return;
  if (change.kind === 'delete') {
    if (now?.id !== undefined) await client.deleteAction(now.id, subject.name);
    return;
  }
  const secretOf = (name: string) => values.get(name)?.reveal();
  await deployAction({ client, access, digests, secretOf }, subject.name, change, now);
}
