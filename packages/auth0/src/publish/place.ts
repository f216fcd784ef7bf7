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
import { secretLimits, type TriggerId } from '../limits.ts';
import { hasMark } from '../mark.ts';
import { deployedOf, resourceOf } from './action.ts';
import { askTenant } from './ask.ts';
import { bindingResource, writeBinding } from './bindings.ts';
import type { Client } from './client.ts';
import { deployAction } from './deployment.ts';
import { type Address, addressOf, type Entry } from './entry.ts';
import { parseMemo } from './images.ts';
import { apiResource, writeLifetimes } from './lifetime.ts';
import { actionKey, actionName, apiKey, subjectOf, triggerIds } from './names.ts';
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
  if (api === undefined || policy.spec.lifetime?.access !== undefined) return api;
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

/** One list of Actions, one of bindings for each trigger, and the API if the environment names one. */
async function read(site: Site): Promise<Reading> {
  const { policy, access, client, address } = site;
  const secrets = await secretsOf(site);
  const actions = await client.actions();
  const resources: Resource[] = [];
  for (const trigger of triggerIds) {
    const action = actions.find(({ name }) => name === actionName(policy, trigger));
    const resource = action && resourceOf(action, ownerOf(action, policy, trigger), site.digests);
    const binding = bindingResource(trigger, await client.bindings(trigger), resource);
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
  const { access, client, digests, values } = site;
  assertMayWrite(change, site.api, await client.permissions());
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
  const secretOf = async (name: string) => values.get(name) ?? (await olderSetting(access, name));
  await deployAction({ client, access, digests, secretOf }, subject.name, change, now);
}
