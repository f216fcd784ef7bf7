import {
  type Compilation,
  type Notice,
  type Place,
  type PlaceAnswer,
  type PlaceQuestion,
  type Policy,
  type Reading,
  reliesOnNoExchange,
  type Wanted,
} from '@claimsmith/core';
import { nobodyOf } from '../compile/enrichment.ts';
import { settingsOf } from '../settings.ts';
import type { RealmApi } from './api.ts';
import { type Built, builtOf } from './built.ts';
import { policyMark } from './images.ts';
import { awaited, scriptSentence } from './jar.ts';
import { lookAt } from './look.ts';
import { exchangeNotices, noticesOf } from './notices.ts';
import { orderOf } from './order.ts';
import { concernOf, readRealm } from './reading.ts';
import type { RealmState, ServerFacts } from './realm-state.ts';
import { type Concern, isConcerned, isScript, resourcesOf } from './resources.ts';
import { wantedOf } from './wanted.ts';
import { writeTo } from './write.ts';

/** A realm, and how it is reached. */
export interface RealmPlaceParts {
  readonly name: string;
  readonly realm: string;
  readonly policy: Policy;
  readonly api: RealmApi;
  /** Asked once for all realms of a server. */
  server(): Promise<ServerFacts>;
  /** Asked again. */
  serverNow(): Promise<ServerFacts>;
  /** Built once for all realms of an entry. */
  compile(): Promise<Compilation>;
  /** Of the entry; undefined: those of the spec. */
  readonly clients: readonly string[] | undefined;
  readonly userProfile: 'create' | 'check';
  ask(question: PlaceQuestion, built: Built | undefined): Promise<readonly PlaceAnswer[]>;
}

/** What a realm remembers between requests: names and ids, and nothing that grows. */
interface Memory {
  /** Ids of client scopes by name. */
  readonly ids: Map<string, string>;
  readonly clientIds: Map<string, string>;
  /** Names of the policy's client scopes that the realm had. */
  existing: ReadonlySet<string>;
  concern: Concern | undefined;
  /** Whether a client scope of the policy runs its script. */
  hasScript: boolean;
}

/** One realm as a place to publish to. */
export function realmPlace(parts: RealmPlaceParts): Place {
  const { api, policy } = parts;
  const settings = settingsOf(policy);
  const memory: Memory = {
    ids: new Map(),
    clientIds: new Map(),
    existing: new Set(),
    concern: undefined,
    hasScript: false,
  };
  const context = async () => {
    const built = builtOf(await parts.compile());
    const clients = parts.clients ?? built?.manifest.clients;
    memory.concern ??= concernOf(policy.name, built, clients);
    return {
      api,
      ids: memory.ids,
      clientIds: memory.clientIds,
      concern: memory.concern,
      policy: policy.name,
    };
  };
  return {
    name: parts.name,
    compile: () => parts.compile(),
    read: async () => {
      const built = builtOf(await parts.compile());
      const concern = concernOf(policy.name, built, parts.clients ?? built?.manifest.clients);
      const state = await readRealm(api, await parts.server(), built, concern);
      remember(memory, state, concern);
      return reading(parts, state, concern);
    },
    ...(settings.scripts || !reliesOnNoExchange(policy, settings) ? {} : { faults: () => faultsOf(parts) }),
    order: (change, all) => {
      const { existing, hasScript } = memory;
      return orderOf(change, all, { existing, hasScript, nobody: nobodyOf(policy) });
    },
    look: async (change) => lookAt(change, await context()),
    write: async (change, now) => writeTo(change, now, await context()),
    awaits: async (_phase, { revision }) => {
      const built = builtOf(await parts.compile());
      return revision === undefined
        ? undefined
        : awaited(revision, policy, built?.manifest, await parts.serverNow());
    },
    ask: async (question) => parts.ask(question, builtOf(await parts.compile())),
  };
}

async function faultsOf(parts: RealmPlaceParts): Promise<readonly Notice[]> {
  const built = builtOf(await parts.compile());
  if (built === undefined) return [];
  const clients = parts.clients ?? built.manifest.clients;
  const concern = concernOf(parts.policy.name, built, clients);
  return exchangeNotices({
    built,
    state: await readRealm(parts.api, await parts.server(), built, concern),
    clients,
  });
}

function remember(memory: Memory, state: RealmState, concern: Concern): void {
  memory.ids.clear();
  memory.clientIds.clear();
  for (const { name, id } of state.scopes) memory.ids.set(name, id);
  memory.existing = new Set(
    state.scopes.filter((scope) => isConcerned(scope, concern)).map(({ name }) => name),
  );
  memory.concern = concern;
  memory.hasScript = state.scopes.some(
    (scope) =>
      isConcerned(scope, concern) &&
      scope.protocolMappers.some(({ protocolMapper }) => isScript(protocolMapper)),
  );
}

function reading(
  { policy, realm, clients, userProfile }: RealmPlaceParts,
  state: RealmState,
  concern: Concern,
): Reading {
  return {
    resources: resourcesOf(state, concern),
    want: (compilation): Wanted => {
      const built = compilation === undefined ? undefined : builtOf(compilation);
      if (built === undefined) {
        return { resources: [], notices: leaving(state, policy) };
      }
      const meant = clients ?? built.manifest.clients;
      const notices = noticesOf({ policy, built, realm, state, clients: meant, userProfile });
      return { resources: wantedOf(built, state, meant), notices };
    },
  };
}

/** What stays when the policy goes. */
function leaving({ server, profile }: RealmState, policy: Policy): Wanted['notices'] {
  return [...scriptSentence(server, policy), ...attributeSentence(profile, policy)];
}

function attributeSentence(profile: RealmState['profile'], policy: Policy): Wanted['notices'] {
  const names = ownAttributes(profile, policy.name);
  if (names.length === 0) return [];
  return [
    {
      severity: 'note',
      message: `The user profile keeps the attributes ${names.join(', ')}, because users may have values. Only Claimsmith's mark is removed.`,
    },
  ];
}

function ownAttributes(profile: RealmState['profile'], policy: string): readonly string[] {
  return (profile?.attributes ?? [])
    .filter(({ annotations }) => annotations[policyMark] === policy)
    .map(({ name }) => name);
}
