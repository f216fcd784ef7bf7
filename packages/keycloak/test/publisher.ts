/** Publishes policies to realms of a real server, as the command does, and watches every request that writes. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Access,
  type Goal,
  type Place,
  type Policy,
  type Reading,
  TargetError,
  type Wanted,
} from '@claimsmith/core';
import {
  accessOf,
  type Journal,
  KeptSecret,
  type Outcome,
  openJournals,
  type Plan,
  planAt,
  restoredBy,
  runAt,
  wantedOf,
} from '@claimsmith/deploy';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { target } from '../src/target.ts';

export interface PublisherOptions {
  /** More settings of the environment's entry. */
  readonly entry?: Readonly<Record<string, unknown>>;
  /** Called after each request that writes. It can end the run as a crash would, by throwing. */
  readonly afterWrite?: () => Promise<void> | void;
  /** Where the journal is. Default: a new folder, as on another machine. */
  readonly folder?: string;
  /** Whether nothing is awaited: the script's JAR is not looked for. */
  readonly isHasty?: true;
}

export interface Publisher {
  readonly place: Place;
  /** All places of the entry; `place` is the first. */
  readonly places: readonly Place[];
  /** As the next run will find it. */
  journal(): Journal;
  /** Requests so far. */
  readonly requests: { readonly read: number; readonly write: number };
  plan(): Promise<{ readonly plan: Plan; readonly reading: Reading }>;
  apply(options?: { readonly adopt?: boolean }): Promise<Outcome>;
  rollback(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
}

export async function publisherOf(
  { url, admin }: Pick<Keycloak, 'url' | 'admin'>,
  realm: string,
  policy: Policy,
  { entry = {}, afterWrite, folder = newFolder(), isHasty }: PublisherOptions = {},
): Promise<Publisher> {
  const requests = { read: 0, write: 0 };
  const key = Buffer.alloc(32);
  const access = watched(
    accessOf({
      secret: async (reference) => new KeptSecret('value' in reference ? reference.value : '', key),
      setting: () => Promise.reject(new TargetError('settings', 'none')),
      known: () => undefined,
      onRequest: (kind) => {
        requests[kind]++;
      },
    }),
    afterWrite,
  );
  const login = { username: admin.username, password: { value: admin.password } };
  const settings = target.settings.parse({ url, realm, ...('clientId' in entry ? {} : login), ...entry });
  const places = await target.places(policy, settings, access);
  const [found] = places;
  if (found === undefined) throw new Error('no place');
  const place: Place = isHasty === undefined ? found : { ...found, awaits: async () => undefined };
  const journal = () => openJournals(folder).of('keycloak', place.name);
  const bySpec = async (reading: Reading) => reading.want(await place.compile());
  const run = (
    by: 'apply' | 'rollback' | 'destroy',
    want: (reading: Reading) => Promise<Wanted>,
    goal: Goal,
    more: { readonly restores?: number; readonly adopt?: boolean } = {},
  ) => runAt({ place, journal: journal(), by, policy: policy.name, goal, want, ...more });
  return {
    place,
    places,
    journal,
    requests,
    plan: () => planAt({ place, want: bySpec }),
    apply: (options = {}) => run('apply', bySpec, { revision: policy.revision }, options),
    rollback: () => {
      const restored = restoredBy(journal().history());
      if (restored === undefined) throw new Error('nothing to go back to');
      const { snapshot, revision, release } = restored;
      return run(
        'rollback',
        async ({ resources }) => wantedOf(snapshot, resources),
        { revision },
        {
          restores: release,
        },
      );
    },
    destroy: () => run('destroy', async (reading) => reading.want(undefined), { revision: undefined }),
  };
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'claimsmith-journal-'));
}

function watched(access: Access, afterWrite: PublisherOptions['afterWrite']): Access {
  if (afterWrite === undefined) return access;
  return {
    ...access,
    write: async (what, request) => {
      const answer = await access.write(what, request);
      await afterWrite();
      return answer;
    },
  };
}

/** What a plan does, a line for each change. */
export function linesOf({ steps }: Plan): readonly string[] {
  return steps.flatMap(({ change }) => [
    `${change.kind} ${change.key}`,
    ...change.parts.map((part) => `  ${part.kind} ${part.key}`),
  ]);
}
