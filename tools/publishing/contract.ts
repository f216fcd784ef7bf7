/**
 * One suite over all targets: whatever the vendor, a plan only reads, an apply ends in an empty plan, what belongs to others
 * is kept, a run that is ended midway can go on and back, and faults of the vendor end in a clear error or in success.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Access, type Place, TargetError } from '@claimsmith/core';
import {
  type AccessClock,
  accessOf,
  createSettings,
  DeployError,
  driftOf,
  type Journal,
  type Outcome,
  openJournals,
  planAt,
  type Run,
  restoredBy,
  runAt,
  type Step,
  wantedOf,
} from '@claimsmith/deploy';
import { afterEach, describe, expect, test } from 'vitest';
import type { Fault, StandInRequest } from '../stand-ins/server.ts';

/** A vendor with a place for the policy, new for each test. */
export interface Vendor {
  /** The place for one of two versions of a policy, whose claims differ: some added, some changed, some gone. */
  place(version: 1 | 2, access: Access): Promise<Place>;
  /** All requests so far, those for credentials left out. */
  readonly requests: readonly Pick<StandInRequest, 'method' | 'path'>[];
  /** Decides about faults from now on; undefined: none. Requests for credentials have none. */
  setFault(
    fault: ((request: Pick<StandInRequest, 'method' | 'path'>) => Fault | undefined) | undefined,
  ): void;
  /** Everything at the vendor that is not ours, to be compared. Also what others have in lists that we share. */
  others(): Promise<unknown>;
  /** Lets somebody change something of ours by hand. Returns the key of the resource. */
  meddle(): Promise<string>;
  /** Lets somebody change what is theirs, next to ours, while we are at work: a new entry in a shared list. */
  meddleWithOthers(): Promise<void>;
  /** Puts something of others under a name of ours, without our mark, before the first apply. Returns its key. */
  occupy(): Promise<string>;
  close(): Promise<void>;
}

export interface ContractOptions {
  readonly open: () => Promise<Vendor>;
  /** Variables that secrets come from. Their values must never be seen. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Where the value of each `${NAME}` is kept. */
  readonly settings?: Readonly<Record<string, { readonly env: string }>>;
  /** Methods that only read, besides GET. Default: none. */
  readonly isRead?: (request: Pick<StandInRequest, 'method' | 'path'>) => boolean;
  /** With 4, only each fourth of the writes and requests is tried that would be. Default 1. */
  readonly sparseness?: number;
  /** Keys of what stays although it was made for the policy, because it holds what belongs to others. */
  readonly staying?: readonly string[];
  /** When a vendor that hangs is given up. Default 300 ms. */
  readonly timeoutMs?: number;
  /** How long a wait takes at most, for a vendor that really needs time. Default 0. */
  readonly mostPauseMs?: number;
  /** The most requests that reading a place takes that is in order. Default 6. */
  readonly mostReads?: number;
}

/** Waits take no time, or little, but time goes on. */
function hurriedClock(mostPauseMs = 0): AccessClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    sleep: async (milliseconds) => {
      aheadMs += milliseconds;
      const pauseMs = Math.min(milliseconds, mostPauseMs);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    },
  };
}

/** Tests that begin anew for each request, on a machine that has other work. */
const slowMs = 300_000;

export function targetContract(title: string, options: ContractOptions): void {
  describe(`${title}: the contract of targets`, () => {
    const closing: (() => Promise<void> | void)[] = [];
    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close();
    }, slowMs);

    const isLeaving = (key: string) => options.staying?.includes(key) !== true;

    /** A vendor, and a person who publishes there with a journal. */
    async function start(): Promise<Publisher> {
      const vendor = await options.open();
      closing.push(() => vendor.close());
      return publisherAt(vendor, options, closing);
    }

    const isRead = (request: Pick<StandInRequest, 'method' | 'path'>) =>
      request.method === 'GET' || options.isRead?.(request) === true;

    test('a plan only reads, and it plans something', async () => {
      const { vendor, plan } = await start();
      const { steps } = await plan(1);
      expect(steps.length).toBeGreaterThan(0);
      expect(vendor.requests.filter((request) => !isRead(request))).toEqual([]);
    });

    test('an apply ends in an empty plan, and keeps what belongs to others', async () => {
      const { vendor, plan, apply } = await start();
      const before = await vendor.others();
      expect((await apply(1)).stopped).toBeUndefined();
      const count = vendor.requests.length;
      expect((await plan(1)).steps).toEqual([]);
      const reads = vendor.requests.length - count;
      expect(reads).toBeLessThanOrEqual(options.mostReads ?? 6);
      expect(await vendor.others()).toEqual(before);
    });

    test('an apply of what is there writes nothing', async () => {
      const { vendor, apply } = await start();
      await apply(1);
      const count = vendor.requests.length;
      expect((await apply(1)).done).toEqual([]);
      expect(vendor.requests.slice(count).filter((request) => !isRead(request))).toEqual([]);
    });

    test('another version is applied, and rolled back', async () => {
      const { vendor, plan, apply, rollback } = await start();
      const before = await vendor.others();
      await apply(1);
      expect((await apply(2)).stopped).toBeUndefined();
      expect((await plan(2)).steps).toEqual([]);
      // The spec at hand is still the newer one.
      expect((await rollback(2)).stopped).toBeUndefined();
      expect((await plan(1)).steps).toEqual([]);
      expect(await vendor.others()).toEqual(before);
    });

    test('a spec that has changed since the apply can still destroy', async () => {
      const { vendor, plan, apply, destroy } = await start();
      const before = await vendor.others();
      const planned = keysOf(unshared((await plan(1)).steps)).filter(isLeaving);
      await apply(1);
      expect((await destroy(2)).stopped).toBeUndefined();
      expect(await vendor.others()).toEqual(before);
      // What is shared stays as it is.
      expect(keysOf(unshared((await plan(1)).steps))).toEqual(planned);
    });

    test('a rollback of the first apply leaves the place as it was', async () => {
      const { vendor, plan, apply, rollback } = await start();
      const before = await vendor.others();
      const planned = keysOf((await plan(1)).steps).filter(isLeaving);
      await apply(1);
      expect((await rollback(1)).stopped).toBeUndefined();
      expect(await vendor.others()).toEqual(before);
      expect(keysOf((await plan(1)).steps)).toEqual(planned);
    });

    test('a change by hand is named, and undone by an apply', async () => {
      const { vendor, drift, apply } = await start();
      await apply(1);
      expect(await drift()).toEqual([]);
      const key = await vendor.meddle();
      expect(await drift()).toContain(key);
      expect((await apply(1)).stopped).toBeUndefined();
      expect(await drift()).toEqual([]);
    });

    test('destroy leaves what belongs to others, and can be rolled back', async () => {
      const { vendor, plan, apply, destroy, rollback } = await start();
      const before = await vendor.others();
      await apply(1);
      expect((await destroy(1)).stopped).toBeUndefined();
      expect(await vendor.others()).toEqual(before);
      expect((await rollback(1)).stopped).toBeUndefined();
      expect((await plan(1)).steps).toEqual([]);
    });

    test('what has a name of ours and no mark is a conflict, until it is adopted', async () => {
      const { vendor, plan, apply } = await start();
      const key = await vendor.occupy();
      const conflicts = (await plan(1)).notices.filter(({ severity }) => severity === 'conflict');
      expect(conflicts.map((notice) => notice.key)).toContain(key);
      const count = vendor.requests.length;
      expect((await apply(1)).stopped?.code).toBe('conflict');
      expect(vendor.requests.slice(count).filter((request) => !isRead(request))).toEqual([]);
      expect((await apply(1, { adopt: true })).stopped).toBeUndefined();
      expect((await plan(1)).steps).toEqual([]);
    });

    test('others change what is theirs between plan and write: nothing is lost', async () => {
      const { vendor, apply, plan } = await start();
      await apply(1);
      let isDone = false;
      const meddling = async () => {
        if (isDone) return;
        isDone = true;
        await vendor.meddleWithOthers();
      };
      await apply(2, { confirm: meddling });
      const others = await vendor.others();
      expect((await apply(2)).stopped).toBeUndefined();
      expect(await vendor.others()).toEqual(others);
      expect((await plan(2)).steps).toEqual([]);
    });

    const isThorough = process.env['PROPERTY_SEED'] !== undefined;
    const sparseness = isThorough ? 1 : (options.sparseness ?? 1);
    test.each(['apply again', 'roll back'])(
      'ended after each single write, then: %s',
      async (then) => {
        let writes = 1;
        for (let at = 1; at <= writes; at += sparseness) {
          const publisher = await start();
          const { vendor, apply, rollback, plan } = publisher;
          await apply(1);
          const before = await vendor.others();
          const killed = await publisher.killedAfter(at);
          writes = Math.max(writes, killed.seen + (killed.isKilled ? 1 : 0));
          if (then === 'apply again') {
            expect((await apply(2)).stopped).toBeUndefined();
            expect((await plan(2)).steps).toEqual([]);
          } else if (publisher.journal.history().releases.at(-1)?.isDone === false) {
            expect((await rollback(2)).stopped).toBeUndefined();
            expect((await plan(1)).steps).toEqual([]);
          }
          expect(await vendor.others()).toEqual(before);
        }
        expect(writes).toBeGreaterThan(1);
      },
      slowMs,
    );

    const faults: readonly (readonly [string, Fault, number])[] = [
      ['429', { status: 429 }, 0],
      ['503', { status: 503 }, 1],
      ['a broken connection', 'reset', 2],
      ['an answer that is lost', 'lost', 3],
      ['no answer', 'hang', 4],
      ['an answer that is empty', { status: 200 }, 5],
      ['a page for people', { status: 200, text: '<html></html>' }, 6],
    ];
    // Each request meets one of the faults, and with new inputs (`npm run fuzz`) all of them.
    const every = isThorough ? 1 : faults.length * sparseness;
    test.each(faults)(
      `%s, once at ${every === 1 ? 'each' : 'some'} request`,
      async (_, fault, index) => {
        let total = every;
        for (let at = isThorough ? 0 : index * sparseness; at < total; at += every) {
          const { vendor, apply, plan } = await start();
          const before = await vendor.others();
          let count = 0;
          vendor.setFault(() => (count++ === at ? fault : undefined));
          const outcome = await tried(() => apply(1));
          vendor.setFault(undefined);
          total = Math.max(total, count);
          if (outcome instanceof TargetError) expect(outcome.message).not.toBe('');
          expect(textOf(outcome)).not.toContain('<html>');
          expect((await apply(1)).stopped).toBeUndefined();
          expect((await plan(1)).steps).toEqual([]);
          expect(await vendor.others()).toEqual(before);
        }
      },
      slowMs,
    );

    test('a disk that is full right after a write: the error says what is not noted, and an apply goes on', async () => {
      const { apply, plan, journal } = await start();
      const full: Journal = {
        ...journal,
        append(record) {
          if (record.kind === 'done') throw new DeployError('journal', 'The disk is full.');
          journal.append(record);
        },
      };
      await expect(apply(1, { journal: full })).rejects.toThrow(/may have been changed without a note of it/);
      expect((await apply(1)).stopped).toBeUndefined();
      expect((await plan(1)).steps).toEqual([]);
    });

    test('a vendor that is down from some request on: an error that says so, and nothing half done in silence', async () => {
      const { vendor, apply, plan } = await start();
      let count = 0;
      vendor.setFault(() => (count++ >= 8 ? { status: 503 } : undefined));
      const outcome = await tried(() => apply(1));
      vendor.setFault(undefined);
      const code = outcome instanceof TargetError ? outcome.code : outcome.stopped?.code;
      expect(code).toBe('unreachable');
      expect((await apply(1)).stopped).toBeUndefined();
      expect((await plan(1)).steps).toEqual([]);
    });

    test('two applies at once: afterwards one more apply finds everything in order', async () => {
      const first = await start();
      const second = await publisherAt(first.vendor, options, closing);
      const before = await first.vendor.others();
      await Promise.all([tried(() => first.apply(1)), tried(() => second.apply(1))]);
      expect((await first.apply(1, { adopt: true })).stopped).toBeUndefined();
      expect((await first.plan(1)).steps).toEqual([]);
      expect(await first.vendor.others()).toEqual(before);
    });

    test('two applies with one journal: the second is refused', async () => {
      const { apply, journal } = await start();
      const unlock = journal.lock();
      await expect(apply(1)).rejects.toThrow(/Another run is at work/);
      unlock();
      expect((await apply(1)).stopped).toBeUndefined();
    });

    test('no secret is in a plan, a journal, an outcome or an error', async () => {
      const { vendor, apply, plan, rollback, journal } = await start();
      const seen: unknown[] = [await plan(1), await apply(1), await apply(2), await rollback(2)];
      vendor.setFault(({ method }) => (method === 'GET' ? undefined : { status: 400 }));
      seen.push(await tried(() => apply(2)));
      vendor.setFault(undefined);
      seen.push(journal.history());
      const text = seen.map(textOf).join('\n');
      for (const value of Object.values(options.variables ?? {})) expect(text.includes(value)).toBe(false);
    });
  });
}

/** Publishes, and reports what came of it. */
interface Publisher {
  readonly vendor: Vendor;
  readonly journal: Journal;
  plan(version: 1 | 2): Promise<Awaited<ReturnType<typeof planAt>>['plan']>;
  apply(version: 1 | 2, more?: Partial<Run>): Promise<Outcome>;
  rollback(version: 1 | 2): Promise<Outcome>;
  destroy(version: 1 | 2): Promise<Outcome>;
  /** The keys of what has drifted. */
  drift(): Promise<readonly string[]>;
  /** Applies version 2, and is ended right after the write of a number, before it is noted. */
  killedAfter(write: number): Promise<{ readonly isKilled: boolean; readonly seen: number }>;
}

async function publisherAt(
  vendor: Vendor,
  { variables = {}, settings: references = {}, timeoutMs = 300, mostPauseMs }: ContractOptions,
  closing: (() => Promise<void> | void)[],
): Promise<Publisher> {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-journal-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const journals = openJournals(folder);
  const settings = createSettings({ references, folder, key: journals.key, variables });
  // As a new process would: nothing is remembered but what is in the journal.
  const opened = async (version: 1 | 2) => {
    const name = (await placeOf(version, undefined)).name;
    const journal = openJournals(folder).of('vendor', name);
    return { place: await placeOf(version, journal), journal };
  };
  const placeOf = (version: 1 | 2, journal: Journal | undefined) =>
    vendor.place(
      version,
      accessOf({
        secret: settings.secret,
        setting: settings.setting,
        known: (_, key) => journal?.history().last.get(key),
        clock: hurriedClock(mostPauseMs),
        timeoutMs,
      }),
    );
  const wantOf =
    (place: Place): Run['want'] =>
    async (reading) =>
      reading.want(await place.compile());
  const run = async (version: 1 | 2, more: Partial<Run> = {}): Promise<Outcome> => {
    const { place, journal } = await opened(version);
    const goal = { revision: `${version}` };
    return await runAt({ place, journal, by: 'apply', policy: 'p', goal, want: wantOf(place), ...more });
  };
  const first = await opened(1);
  return {
    vendor,
    journal: first.journal,
    plan: async (version) => {
      const { place } = await opened(version);
      return (await planAt({ place, want: wantOf(place) })).plan;
    },
    apply: run,
    rollback: async (version) => {
      const { journal } = await opened(version);
      const restored = restoredBy(journal.history());
      if (restored === undefined) throw new Error('nothing to restore');
      const { snapshot, release: restores } = restored;
      const want: Run['want'] = async ({ resources }) => wantedOf(snapshot, resources);
      return await run(version, { by: 'rollback', restores, want });
    },
    destroy: (version) => run(version, { by: 'destroy', want: async (reading) => reading.want(undefined) }),
    drift: async () => {
      const { place, journal } = await opened(1);
      const { resources } = await place.read();
      return driftOf([...journal.history().last.values()], resources).map(({ key }) => key);
    },
    killedAfter: async (write) => {
      const { place, journal } = await opened(2);
      let seen = 0;
      const dying: Place = {
        ...place,
        name: place.name,
        compile: () => place.compile(),
        read: () => place.read(),
        order: (change, all) => place.order(change, all),
        look: (change) => place.look(change),
        write: async (change, now) => {
          await place.write(change, now);
          if (++seen === write) throw new Killed();
        },
      };
      try {
        await runAt({
          place: dying,
          journal,
          by: 'apply',
          policy: 'p',
          goal: { revision: '2' },
          want: wantOf(place),
        });
        return { isKilled: false, seen };
      } catch (error) {
        if (error instanceof Killed) return { isKilled: true, seen };
        throw error;
      }
    },
  };
}

class Killed extends Error {}

async function tried(action: () => Promise<Outcome>): Promise<Outcome | TargetError> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
}

/** Changes of what is ours. */
function unshared(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ change }) => change.before?.owner !== 'shared');
}

function keysOf(steps: readonly { readonly change: { readonly key: string } }[]): readonly string[] {
  return steps.map(({ change }) => change.key);
}

function textOf(value: unknown): string {
  return value instanceof Error ? `${value.message} ${value.stack}` : JSON.stringify(value);
}
