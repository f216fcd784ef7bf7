/** The smallest vendor that a target can be written for, to try the engine with: items, and a list that is shared. */
import {
  type Access,
  type Change,
  isMapping,
  type Json,
  mappingOf,
  type Place,
  type Resource,
  TargetError,
} from '@claimsmith/core';
import { type StandIn, type StandInAnswer, type StandInRequest, startStandIn } from '../stand-ins/server.ts';
import type { Vendor } from './contract.ts';

interface Item {
  readonly text: string;
  readonly owner?: string;
  readonly secretVersion?: number;
}

const mark = 'claimsmith';

/** What each version of the policy wants on the shelf. */
const wanted: Readonly<Record<1 | 2, Readonly<Record<string, string>>>> = {
  1: { a: 'one', b: 'two', c: 'three' },
  2: { a: 'one', b: 'zwei', d: 'four' },
};

export async function openShelf(): Promise<Vendor> {
  const items = new Map<string, Item>([['theirs', { text: 'x' }]]);
  let list: readonly string[] = ['theirs-1', 'theirs-2'];
  const standIn = await startStandIn((request) => answer(request));
  const answer = ({ method, path, body }: StandInRequest): StandInAnswer => {
    const [, kind, name = ''] = path.split('/');
    if (kind === 'list') {
      if (method === 'PUT' && Array.isArray(body)) list = body.map(String);
      return { status: 200, body: list };
    }
    if (name === '') return { status: 200, body: Object.fromEntries(items) };
    if (method === 'DELETE') {
      if (list.includes(name)) return { status: 409 };
      return { status: items.delete(name) ? 204 : 404 };
    }
    if (method === 'PUT') {
      const { text, owner } = mappingOf(body);
      items.set(name, { text: String(text), ...(typeof owner === 'string' ? { owner } : {}) });
    }
    const item = items.get(name);
    return item === undefined ? { status: 404 } : { status: 200, body: item };
  };
  return {
    place: async (version, access) => shelfPlace(standIn, version, access),
    requests: standIn.requests,
    setFault(fault) {
      standIn.fault = fault;
    },
    others: async () => ({
      items: [...items].filter(([, { owner }]) => owner !== mark),
      list: list.filter((name) => items.get(name)?.owner !== mark),
    }),
    meddle: async () => {
      items.set('b', { text: 'changed by hand', owner: mark });
      return 'item b';
    },
    meddleWithOthers: async () => {
      list = [...list, 'theirs-3'];
    },
    occupy: async () => {
      items.set('a', { text: 'not ours' });
      return 'item a';
    },
    close: () => standIn.close(),
  };
}

function shelfPlace(standIn: StandIn, version: 1 | 2, access: Access): Place {
  const get = (path: string) => access.read(path, (signal) => send(standIn, 'GET', path, signal));
  const put = (path: string, body: unknown) =>
    access.write(`change ${path}`, (signal) => send(standIn, 'PUT', path, signal, body));
  const readItems = async () => itemsOf(await get('/items'));
  const readList = async () => textsOf(await get('/list'));
  const binding = (items: ReadonlyMap<string, Item>, list: readonly string[]): Resource[] =>
    list
      .filter((name) => items.get(name)?.owner === mark)
      .map((name) => ({
        key: `entry ${name}`,
        owner: 'ours',
        isBinding: true,
        image: { listed: true },
        rest: list.filter((other) => items.get(other)?.owner !== mark),
      }));
  const read = async () => {
    const items = await readItems();
    const list = await readList();
    const names = Object.keys(wanted[version]);
    const ours = [...items].filter(([name, { owner }]) => owner === mark || names.includes(name));
    return { items, list, resources: [...ours.map(itemResource), ...binding(items, list)] };
  };
  return {
    name: 'shelf',
    compile: async () => ({ artifacts: [], findings: [] }),
    read: async () => {
      const { resources } = await read();
      return {
        resources,
        want: (compilation) => ({
          notices: [],
          resources:
            compilation === undefined
              ? []
              : Object.entries(wanted[version]).flatMap(([name, text]) => [
                  { key: `item ${name}`, image: { text, owner: mark } },
                  ...(name === 'a'
                    ? []
                    : [{ key: `entry ${name}`, image: { listed: true }, isBinding: true as const }]),
                ]),
        }),
      };
    },
    order: ({ kind, key }) => ({ phase: 0, rank: rankOf(kind, key) }),
    look: async ({ key }) => (await read()).resources.find((resource) => resource.key === key),
    write: async ({ key, after }, _now) => {
      const name = key.split(' ')[1] ?? '';
      if (key.startsWith('item ')) {
        if (after === undefined)
          await access.write(`delete ${key}`, (signal) => send(standIn, 'DELETE', `/items/${name}`, signal));
        else await put(`/items/${name}`, after.image);
        return;
      }
      const list = await readList();
      const others = list.filter((other) => other !== name);
      await put('/list', after === undefined ? others : [...others, name]);
    },
  };
}

/** Items before entries that name them, and the other way round when they go. */
function rankOf(kind: Change['kind'], key: string): number {
  const isItem = key.startsWith('item ');
  if (kind === 'delete') return isItem ? 3 : 2;
  return isItem ? 0 : 1;
}

function itemResource([name, { text, owner }]: readonly [string, Item]): Resource {
  const image: Json = owner === undefined ? { text } : { text, owner };
  return { key: `item ${name}`, owner: owner === mark ? 'ours' : 'foreign', image };
}

async function send(
  { url }: StandIn,
  method: string,
  path: string,
  signal: AbortSignal,
  body?: unknown,
): Promise<unknown> {
  const isWrite = method !== 'GET';
  let response: Response;
  try {
    response = await fetch(url + path, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new TargetError('unreachable', 'the connection broke', { cause, isUncertain: isWrite });
  }
  if (response.status === 429) throw new TargetError('limited', 'too many requests');
  if (response.status >= 500)
    throw new TargetError('unreachable', 'it is out of order', { isUncertain: isWrite });
  if (response.status === 404 && method === 'DELETE') return undefined;
  if (!response.ok) throw new TargetError('refused', `it answers ${response.status}`);
  try {
    return await response.json();
  } catch {
    if (response.status === 204) return undefined;
    throw new TargetError('refused', 'the answer is not JSON', { isUncertain: isWrite });
  }
}

function itemsOf(data: unknown): ReadonlyMap<string, Item> {
  return new Map(
    Object.entries(mappingOf(data)).flatMap(([name, item]) => {
      if (!isMapping(item)) return [];
      const { text, owner } = item;
      return [[name, { text: String(text), ...(typeof owner === 'string' ? { owner } : {}) }] as const];
    }),
  );
}

function textsOf(data: unknown): readonly string[] {
  return Array.isArray(data) ? data.map(String) : [];
}
