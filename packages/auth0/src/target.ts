import { type Access, type Place, type Policy, type Target, TargetError } from '@claimsmith/core';
import type { ManagementClient } from 'auth0';
import type { z } from 'zod';
import type { TriggerId } from './limits.ts';
import type { Client, Draft } from './publish/client.ts';
import { type Address, addressOf, type Entry, entrySchema } from './publish/entry.ts';
import { type Purpose, targetError } from './publish/errors.ts';
import { placeOf } from './publish/place.ts';
import { tokenSource } from './publish/token.ts';
import {
  type Action,
  type Api,
  action,
  actionPage,
  apiPage,
  type Binding,
  bindingPage,
  version,
  versionPage,
} from './publish/wire.ts';

/** Publishes to tenants of Auth0 by the Management API. */
export const target = { settings: entrySchema, places } satisfies Target;

async function places(policy: Policy, entry: unknown, access: Access): Promise<readonly Place[]> {
  const parsed = entrySchema.parse(entry);
  return [placeOf(policy, parsed, access, clientOf(parsed, access))];
}

/** Items of one page; the most that Auth0 gives. */
const pageSize = 100;
/** No tenant has so many pages: it must be the same page again and again. */
const pageLimit = 100;

type Send = <T>(
  kind: Purpose['kind'],
  scope: string,
  what: string,
  request: (sdk: ManagementClient, options: { readonly abortSignal: AbortSignal }) => PromiseLike<T>,
) => Promise<T>;

function clientOf(entry: Entry, access: Access): Client {
  const address = addressOf(entry);
  const token = tokenSource(entry, address, access);
  let sdk: Promise<ManagementClient> | undefined;
  const send: Send = async (kind, scope, what, request) => {
    // A token is asked for apart, so that its failures are told apart.
    await token();
    sdk ??= connect(address, async () => (await token()).text);
    const client = await sdk;
    return access[kind](what, async (signal) => {
      try {
        return await request(client, { abortSignal: signal });
      } catch (error) {
        throw targetError(error, { kind, scope, host: address.host });
      }
    });
  };
  return {
    permissions: async () => (await token()).scopes,
    ...actionRequests(send, address),
    ...versionRequests(send, address),
    ...bindingRequests(send, address),
    ...apiRequests(send, address),
  };
}

/** Loads the SDK when the first request is sent. Access waits and tries again, so the SDK must not. */
async function connect({ origin, host }: Address, token: () => Promise<string>): Promise<ManagementClient> {
  const { ManagementClient } = await import('auth0').catch((cause: unknown) => {
    const message = 'Publishing to Auth0 needs the npm package auth0. Install it: npm install auth0@7.';
    throw new TargetError('settings', message, { cause });
  });
  return new ManagementClient({
    domain: host,
    token,
    maxRetries: 0,
    telemetry: false,
    fetch: (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      // A redirect would lead to a host that nobody named.
      return fetch(`${origin}${pathname}${search}`, { ...init, redirect: 'error' });
    },
  });
}

/** An answer in the form that we know, whatever else it has. */
function read<T extends z.ZodType>(
  schema: T,
  answer: unknown,
  { host }: Address,
  kind: Purpose['kind'] = 'read',
): z.output<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const message = `${host} answers in a form that is not known`;
  throw new TargetError('unreachable', message, { isUncertain: kind === 'write' });
}

interface Items<T> {
  readonly items: readonly T[];
  /** Of all pages. Auth0 leaves it out on an empty page. */
  readonly total: number | undefined;
}

/**
 * All pages of a list, also if a page has fewer items than were asked for. A list that is not complete is never returned,
 * because it may be written back.
 */
async function allPages<T>(page: (number: number) => Promise<Items<T>>, { host }: Address): Promise<T[]> {
  const all: T[] = [];
  let total: number | undefined;
  for (let number = 0; number < pageLimit; number++) {
    const { items, total: said = total } = await page(number);
    total = said;
    all.push(...items);
    if (items.length > 0 && (total === undefined || all.length < total)) continue;
    if (total === undefined || all.length === total) return all;
    throw new TargetError('changed', `A list of ${host} changed while it was read. Run the command again.`);
  }
  throw new TargetError('unreachable', `${host} answers with a list that does not end.`);
}

function actionRequests(send: Send, address: Address) {
  const list = (actionName?: string): Promise<Action[]> =>
    allPages(
      (page) =>
        send('read', 'read:actions', 'the Actions of the tenant', async ({ actions }, options) => {
          const asked = { page, per_page: pageSize, ...(actionName === undefined ? {} : { actionName }) };
          const { response } = await actions.list(asked, options);
          const { actions: items, total } = read(actionPage, response, address);
          return { items, total };
        }),
      address,
    );
  return {
    actions: () => list(),
    // The filter also finds other names that contain this one.
    actionNamed: async (name) => (await list(name)).find((each) => each.name === name),
    action: (id) =>
      ifThere(
        send('read', 'read:actions', 'the Action', async ({ actions }, options) =>
          read(action, await actions.get(id, options), address),
        ),
      ),
    createAction: async ({ name, ...draft }) => {
      const made = await send(
        'write',
        'create:actions',
        `create the Action ${name}`,
        ({ actions }, options) => actions.create({ name, ...bodyOf(draft) }, options),
      );
      return read(action, made, address, 'write').id;
    },
    updateAction: async (id, name, draft) => {
      await send(
        'write',
        'update:actions',
        `change the draft of the Action ${name}`,
        ({ actions }, options) => actions.update(id, bodyOf(draft), options),
      );
    },
    deleteAction: async (id, name) => {
      await send('write', 'delete:actions', `delete the Action ${name}`, ({ actions }, options) =>
        actions.delete(id, {}, options),
      );
    },
  } satisfies Partial<Client>;
}

function versionRequests(send: Send, address: Address) {
  return {
    deploy: async (id, name) => {
      const made = await send(
        'write',
        'create:actions',
        `deploy the Action ${name}`,
        ({ actions }, options) => actions.deploy(id, options),
      );
      return read(version, made, address, 'write').number;
    },
    versionCount: async (id, name) => {
      const what = `the versions of the Action ${name}`;
      return send('read', 'read:actions', what, async ({ actions }, options) => {
        const { response } = await actions.versions.list(id, { page: 0, per_page: pageSize }, options);
        return read(versionPage, response, address).versions.length;
      });
    },
    version: (id, wanted) =>
      ifThere(
        send('read', 'read:actions', 'a version of the Action', async ({ actions }, options) =>
          read(version, await actions.versions.get(id, wanted, options), address),
        ),
      ),
    deployVersion: async (id, wanted, name) => {
      const what = `deploy an earlier version of the Action ${name}`;
      const made = await send('write', 'create:actions', what, ({ actions }, options) =>
        actions.versions.deploy(id, wanted, { update_draft: true }, options),
      );
      return read(version, made, address, 'write').number;
    },
  } satisfies Partial<Client>;
}

function bindingRequests(send: Send, address: Address) {
  return {
    bindings: (trigger: TriggerId): Promise<Binding[]> =>
      allPages(
        (page) =>
          send('read', 'read:actions', `the bindings of ${trigger}`, async ({ actions }, options) => {
            const asked = { page, per_page: pageSize };
            const { response } = await actions.triggers.bindings.list(trigger, asked, options);
            const { bindings: items, total } = read(bindingPage, response, address);
            return { items, total };
          }),
        address,
      ),
    setBindings: async (trigger, entries) => {
      const what = `write the bindings of ${trigger}`;
      const bindings = entries.map(({ action: value, display_name }) => ({
        ref: { type: 'action_id' as const, value },
        display_name,
      }));
      await send('write', 'update:actions', what, ({ actions }, options) =>
        actions.triggers.bindings.updateMany(trigger, { bindings }, options),
      );
    },
  } satisfies Partial<Client>;
}

function apiRequests(send: Send, address: Address) {
  return {
    api: async (identifier: string): Promise<Api | undefined> => {
      const what = `the API ${identifier}`;
      return send('read', 'read:resource_servers', what, async ({ resourceServers }, options) => {
        const { response } = await resourceServers.list({ identifiers: [identifier] }, options);
        const { resource_servers } = read(apiPage, response, address);
        return resource_servers.find((each) => each.identifier === identifier);
      });
    },
    setApi: async (id, identifier, fields) => {
      const what = `set the token lifetime of the API ${identifier}`;
      await send('write', 'update:resource_servers', what, ({ resourceServers }, options) =>
        resourceServers.update(id, fields, options),
      );
    },
  } satisfies Partial<Client>;
}

/** The SDK's types want arrays that could be written to. */
function bodyOf({ supported_triggers, code, runtime, dependencies, secrets }: Draft) {
  return {
    code,
    runtime,
    supported_triggers: [...supported_triggers],
    dependencies: [...dependencies],
    ...(secrets === undefined ? {} : { secrets: [...secrets] }),
  };
}

/** Undefined for what does not exist. */
async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TargetError && error.code === 'not_found') return undefined;
    throw error;
  }
}
