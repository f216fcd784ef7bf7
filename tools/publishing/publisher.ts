/** Publishes to a stand-in as the command does, with a journal in a folder of its own. For tests of one target. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access, Place } from '@claimsmith/core';
import {
  accessOf,
  createSettings,
  type Journal,
  type Outcome,
  openJournals,
  type Plan,
  planAt,
  type Run,
  restoredBy,
  runAt,
  wantedOf,
} from '@claimsmith/deploy';

export interface PublisherOptions {
  /** A place as a new process would open it. */
  readonly open: (access: Access) => Promise<Place>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, { readonly env: string }>>;
  /** Called after each request that was answered; what it throws ends the run. */
  readonly afterRequest?: (kind: 'read' | 'write') => void | Promise<void>;
  readonly timeoutMs?: number;
  /** Whether waits take their time. Default false. */
  readonly waits?: boolean;
}

export interface Publisher {
  readonly journal: Journal;
  /** The journal as a new process reads it. */
  reopened(): Journal;
  plan(options?: Partial<PublisherOptions>): Promise<Plan>;
  apply(options?: Partial<PublisherOptions>, more?: Partial<Run>): Promise<Outcome>;
  rollback(options?: Partial<PublisherOptions>): Promise<Outcome>;
  destroy(options?: Partial<PublisherOptions>): Promise<Outcome>;
  /** A place as a new process opens it. */
  place(options?: Partial<PublisherOptions>): Promise<Place>;
  close(): void;
}

export function publisherOf(common: PublisherOptions): Publisher {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-journal-'));
  const opened = async (options: Partial<PublisherOptions> = {}) => {
    const {
      open,
      variables = {},
      settings: references = {},
      afterRequest,
      timeoutMs = 2_000,
      waits = false,
    } = {
      ...common,
      ...options,
    };
    const journals = openJournals(folder);
    const journal = journals.of('vendor', 'place');
    const { secret, setting } = createSettings({ references, folder, key: journals.key, variables });
    const access = accessOf({
      secret,
      setting,
      known: (_, key) => journal.history().last.get(key),
      ...(waits ? {} : { clock: hurriedClock() }),
      timeoutMs,
    });
    const place = await open(watched(access, afterRequest));
    return { place, journal };
  };
  const run = async (options: Partial<PublisherOptions> | undefined, more: Partial<Run> = {}) => {
    const { place, journal } = await opened(options);
    const want: Run['want'] = async (reading) => reading.want(await place.compile());
    return await runAt({ place, journal, by: 'apply', policy: 'p', goal: { revision: 'r' }, want, ...more });
  };
  return {
    journal: openJournals(folder).of('vendor', 'place'),
    reopened: () => openJournals(folder).of('vendor', 'place'),
    plan: async (options) => {
      const { place } = await opened(options);
      const want: Run['want'] = async (reading) => reading.want(await place.compile());
      return (await planAt({ place, want })).plan;
    },
    apply: run,
    rollback: async (options) => {
      const { journal } = await opened(options);
      const restored = restoredBy(journal.history());
      if (restored === undefined) throw new Error('nothing to restore');
      const want: Run['want'] = async ({ resources }) => wantedOf(restored.snapshot, resources);
      return run(options, { by: 'rollback', restores: restored.release, want });
    },
    destroy: (options) => run(options, { by: 'destroy', want: async (reading) => reading.want(undefined) }),
    place: async (options) => (await opened(options)).place,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Waits take no time, but time goes on. */
function hurriedClock() {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    sleep: async (milliseconds: number) => {
      aheadMs += milliseconds;
    },
  };
}

function watched(access: Access, afterRequest: PublisherOptions['afterRequest']): Access {
  const request =
    (kind: 'read' | 'write'): Access['read'] =>
    async (what, send) => {
      const answer = await access[kind](what, send);
      await afterRequest?.(kind);
      return answer;
    };
  return { ...access, read: request('read'), write: request('write') };
}
