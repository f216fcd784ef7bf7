import { recall as recallFrom } from '../cache.ts';
import type { Asking, AskLimits } from '../enrich.ts';
import { fill, type Setting, type Settings, settingOf } from '../fill.ts';
import type { Answer, Need, SourceFailure } from '../program.ts';
import { type Failed, isAnswer } from '../request.ts';
import { within } from '../within.ts';
import { failureMs, failures, keyOf, memory, textOf } from './answers.ts';
import { attempts, healthOf, type Span, type Tried } from './attempts.ts';
import { faultLimit, type SourceBreaker, sourceBreaker } from './breaker.ts';
import type { Driver } from './driver.ts';
import { dynamoDbDriver } from './dynamodb.ts';
import { flights } from './flights.ts';
import { httpDriver } from './http.ts';
import { type Seal, sealWith } from './seal.ts';
import { sharedCache } from './shared-cache.ts';
import type { ServerSource } from './source.ts';
import { SourceError } from './source-error.ts';
import { sqlDriver } from './sql.ts';

/** What a server asks the sources of one policy with. */
export interface ServerAskingOptions {
  readonly sources: Readonly<Record<string, ServerSource>>;
  /** The policy's revision: an answer kept under another one is not used. */
  readonly revision: string;
  /** Values of `${NAME}`. */
  readonly settings: Settings;
  /**
   * A second level of the cache that several servers share. A Redis that is down or slow costs 40 ms a miss at most,
   * then nothing.
   */
  readonly sharedCache?: SharedCacheOptions | undefined;
  /** Told what became of each question: names, codes and times, never values. It must not throw. */
  readonly onAsked?: (report: AskedReport) => void;
  /** Told of each source, whenever sources get ready, whether it can be asked. It must not throw. */
  readonly onReady?: (source: string, isReady: boolean) => void;
}

/** A Redis that several servers share. */
export interface SharedCacheOptions {
  /** `redis://…` or `rediss://…`, settings filled in. */
  readonly url: string;
  /**
   * What entries are sealed with, next to the source's own settings: whoever has Redis but not this reads nothing and
   * forges nothing. 32 characters or more, for these servers alone.
   */
  readonly secret: string;
}

/**
 * - `answered`: the source said so now
 * - `cached`, `shared`: kept from an earlier answer, here or in the shared cache
 * - `stale`: kept, past its time, since the source fails
 * - `coalesced`: the answer to an equal question that was under way
 * - `refused`: failed with `status`, since the source refuses us whoever is asked about
 */
export type AskedOutcome =
  | 'answered'
  | 'cached'
  | 'shared'
  | 'stale'
  | 'coalesced'
  | 'refused'
  | SourceFailure;

/** What became of one question, and how many milliseconds it took. */
export interface AskedReport {
  readonly source: string;
  readonly outcome: AskedOutcome;
  readonly ms: number;
  /** Whether others have been answered since this question began to fail: its failure says nothing of the source. */
  readonly isAlone: boolean;
}

/** Asks the sources of one policy, with all their connections: one for a server, closed by whoever opened it. */
export interface ServerAsking extends Required<Asking> {
  /**
   * Checks all settings, loads drivers and connects. May be called again after it has rejected.
   *
   * @throws SourceError for a source that is set up wrongly, where there is one, else for one that can't be reached
   */
  readonly ready: () => Promise<void>;
  /** Ends what is under way and all connections. Questions after it fail with `network`. */
  readonly close: () => Promise<void>;
}

/** For checking settings, loading drivers and connecting, of each source. */
const readyTimeoutMs = 10_000;
const readyTries = 3;
const readyPauseMs = 100;
/** Of the shared cache's secret, in characters. */
const leastSecretCharacters = 32;
/** How long before the deadline a stale answer is given for one that has not come. */
const staleMarginMs = 10;

interface Landed {
  readonly answer: Answer;
  readonly outcome: AskedOutcome;
}

interface Source {
  readonly source: ServerSource;
  readonly driver: Driver;
  readonly breaker: SourceBreaker<Tried>;
  /** Questions, with no answer in between, on which we were refused, or they were; the first few. */
  readonly forbidden: Set<string>;
  /** How its answers are kept where others could read them; it throws where a setting is not given. */
  readonly seal: () => Seal;
}

/**
 * Asks the sources of one policy for a server: through pools, a cache, a breaker for each source, and once for
 * equal questions at the same time. Whatever goes wrong is an answer; `ask` never rejects and never outlasts its
 * limits.
 *
 * @throws RangeError for a secret of the shared cache that is too short
 */
export function serverAsking(options: ServerAskingOptions): ServerAsking {
  const { sources, revision, settings, onAsked, onReady } = options;
  const level = options.sharedCache;
  if (level !== undefined && level.secret.length < leastSecretCharacters)
    throw new RangeError(`The secret of the shared cache has ${leastSecretCharacters} characters or more`);
  const setting: Setting = (name) => settingOf(settings, name);
  const open: Readonly<Record<string, Source>> = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [
      name,
      {
        source,
        driver: driverOf(name, source, setting),
        breaker: sourceBreaker(healthOf),
        forbidden: new Set(),
        seal: sealOf(source, setting, level?.secret ?? ''),
      },
    ]),
  );
  const cache = memory();
  const failed = failures();
  const underWay = flights<Landed>();
  const shared = level === undefined ? undefined : sharedCache(() => fill(level.url, setting));
  let isClosed = false;

  function known(need: Need, key: string): Landed | undefined {
    const cacheMs = sources[need.source]?.cacheMs ?? 0;
    if (cacheMs <= 0) return undefined;
    const failure = failed.get(key);
    if (failure !== undefined) return { answer: { failure }, outcome: failure };
    const answer = recallFrom(cache, key, cacheMs);
    return answer && { answer, outcome: 'cached' };
  }

  async function land(need: Need, key: string, entry: Source, span: Span): Promise<Landed> {
    const { source, driver, breaker, forbidden } = entry;
    const servesMs = servesMsOf(source);
    const second = servesMs > 0 ? secondLevel(need, key, entry) : undefined;
    const known = await second?.get();
    if (known !== undefined && known.length <= source.limitBytes * 2 + key.length * 2) {
      cache.set(key, known, servesMs);
      const answer = recallFrom(cache, key, source.cacheMs);
      if (answer !== undefined) return { answer, outcome: 'shared' };
    }
    const reply = await attempts(
      source,
      (signal) => driver.attempt(need, signal),
      (work) => breaker.run(key, work),
      span,
    );
    if (!('failure' in reply)) {
      forbidden.clear();
      const text = servesMs > 0 ? textOf(key, reply) : undefined;
      if (text !== undefined) {
        cache.set(key, text, servesMs);
        second?.set(text, servesMs);
      }
      return { answer: reply, outcome: 'answered' };
    }
    const { failure } = reply;
    if (!isAnswer(reply)) {
      const landed = stale(key, source);
      if (landed !== undefined) return landed;
    } else if (servesMs > 0) {
      // The source has spoken: what it said before no longer holds.
      cache.delete(key);
      second?.delete();
      failed.set(key, failure, { ttl: Math.ceil(Math.min(source.cacheMs, failureMs)) });
    }
    return { answer: { failure }, outcome: isRefused(forbidden, key, reply) ? 'refused' : failure };
  }

  /** What was answered before and may stand in where the source fails. */
  function stale(key: string, source: ServerSource): Landed | undefined {
    const answer = source.staleMs > 0 ? recallFrom(cache, key, servesMsOf(source)) : undefined;
    return answer && { answer, outcome: 'stale' };
  }

  /** What other servers have been answered; undefined where there is no such cache, or a setting is not given. */
  function secondLevel(need: Need, key: string, entry: Source) {
    if (shared === undefined) return undefined;
    try {
      const seal = entry.seal();
      // Other servers may have other settings, so there they are part of the question.
      const sharedKey = 'url' in need ? `${key} ${fill(need.url, setting)}` : key;
      return {
        get: () => shared.get(seal, sharedKey),
        set: (text: string, ttlMs: number) => shared.set(seal, sharedKey, text, ttlMs),
        delete: () => shared.delete(seal, sharedKey),
      };
    } catch {
      // A setting is not given: asking the source says so.
      return undefined;
    }
  }

  function report({ source }: Need, outcome: AskedOutcome, startMs: number, isAlone = false) {
    try {
      onAsked?.({ source, outcome, ms: performance.now() - startMs, isAlone });
    } catch {
      // Its own fault; the answer stands.
    }
  }

  const recall = (need: Need): Answer | undefined => {
    const startMs = performance.now();
    const landed = isClosed ? undefined : known(need, keyOf(revision, need));
    if (landed !== undefined) report(need, landed.outcome, startMs);
    return landed?.answer;
  };

  async function ask(need: Need, limits: AskLimits): Promise<Answer> {
    const startMs = performance.now();
    const fail = (failure: SourceFailure): Answer => {
      report(need, failure, startMs);
      return { failure };
    };
    const entry = Object.hasOwn(open, need.source) ? open[need.source] : undefined;
    if (entry === undefined) return fail('address');
    if (isClosed) return fail('network');
    if (!isWellFormed(need)) return fail('address');
    const key = keyOf(revision, need);
    try {
      const kept = known(need, key);
      if (kept !== undefined) {
        report(need, kept.outcome, startMs);
        return kept.answer;
      }
      const { source } = entry;
      const late = (): Landed => stale(key, source) ?? { answer: { failure: 'timeout' }, outcome: 'timeout' };
      // Early enough for whoever has the same deadline to take it.
      const endMs = source.staleMs > 0 ? limits.endMs - staleMarginMs : limits.endMs;
      const { landed, isFirst } = await underWay.join(key, { ...limits, endMs }, late, (span) =>
        land(need, key, entry, span),
      );
      const outcome = !isFirst && landed.outcome === 'answered' ? 'coalesced' : landed.outcome;
      report(need, outcome, startMs, entry.breaker.isAlone(key));
      return landed.answer;
    } catch {
      // A driver that throws has failed, and is never the caller's concern: the claim's `onMissing` decides.
      return fail('network');
    }
  }

  return {
    ask,
    recall,
    async ready() {
      const drivers = Object.entries(open).map(async ([name, { driver }]) => {
        const problem = await inTime(name, driver).then(nothing, problemOf);
        onReady?.(name, problem === undefined);
        return problem;
      });
      const problems = await Promise.all([...drivers, shared?.ready().then(nothing, problemOf)]);
      const found = problems.filter((problem) => problem !== undefined);
      const [first = found[0]] = found.filter(({ cause }) => !isPassing(cause));
      if (first !== undefined) throw first.cause;
    },
    async close() {
      isClosed = true;
      underWay.abort();
      await Promise.all([...Object.values(open).map(({ driver }) => driver.close()), shared?.close()]);
    },
  };
}

/**
 * Whether the source refuses us, as far as can be told: where it may mean what is asked about, only once that has been
 * so for several in a row.
 */
function isRefused(forbidden: Set<string>, key: string, { passing, refusal }: Failed): boolean {
  if (refusal === 'us') return true;
  if (refusal === undefined) {
    if (!passing) forbidden.clear();
    return false;
  }
  if (forbidden.size < faultLimit) forbidden.add(key);
  return forbidden.size === faultLimit;
}

/**
 * Whether no text of a question has a surrogate without its other half: on the way to a source that would become
 * another character, and the question another's.
 */
function isWellFormed(need: Need): boolean {
  const texts = 'url' in need ? [need.url] : Object.values(need.parameters);
  return !texts.some((text) => typeof text === 'string' && /\p{Surrogate}/u.test(text));
}

function driverOf(name: string, source: ServerSource, setting: Setting): Driver {
  switch (source.kind) {
    case 'http':
      return httpDriver(name, source, setting);
    case 'sql':
      return sqlDriver(name, source, setting);
    case 'dynamodb':
      return dynamoDbDriver(name, source, setting);
  }
}

/** Sealed with all that the source is asked with too, secrets included: servers that differ there do not mix. */
function sealOf(source: ServerSource, setting: Setting, secret: string): () => Seal {
  let made: Seal | undefined;
  return () => {
    made ??= sealWith(
      secret,
      fill(JSON.stringify(source), (name) => JSON.stringify(setting(name))),
    );
    return made;
  };
}

/** @throws SourceError */
async function inTime(name: string, driver: Driver): Promise<void> {
  const isReady = await within(readyTimeoutMs, false, async ({ signal }) => {
    for (let tries = 1; ; tries++) {
      try {
        await driver.ready(signal);
        return true;
      } catch (error) {
        // The first connection of a process that has just started may take longer than an attempt has.
        if (!isPassing(error) || tries === readyTries) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, readyPauseMs));
    }
  });
  if (!isReady) throw new SourceError('connection', name, `not ready within ${readyTimeoutMs} ms`);
}

interface Problem {
  readonly cause: unknown;
}

const nothing = () => undefined;
const problemOf = (cause: unknown): Problem => ({ cause });

/** Whether what keeps a source from being asked may pass by itself. */
function isPassing(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'connection';
}

/** How long after it was true an answer may serve at all. */
function servesMsOf({ cacheMs, staleMs }: ServerSource): number {
  return cacheMs > 0 ? cacheMs + staleMs : 0;
}
