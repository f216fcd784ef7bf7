import { recall as recallFrom } from '../cache.ts';
import type { AskLimits } from '../enrich.ts';
import { fill, type Setting } from '../fill.ts';
import type { Answer, SingleNeed, SourceFailure } from '../program.ts';
import { type Failed, isAnswer, type Reply } from '../request.ts';
import { failureMs, failures, memory, textOf } from './answers.ts';
import { attempts, type Span } from './attempts.ts';
import { flights } from './flights.ts';
import { isRefused, type OpenSource, servesMsOf } from './open-source.ts';
import type { SharedCache } from './shared-cache.ts';
import type { ServerSource } from './source.ts';

/**
 * - `answered`: the source said so now
 * - `cached`, `shared`: kept from an earlier answer, here or in the shared cache
 * - `stale`: kept too long, but used because the source fails
 * - `coalesced`: the answer to an equal question that was under way
 * - `refused`: failed with `status`, because the source refuses our credential
 */
export type AskedOutcome =
  | 'answered'
  | 'cached'
  | 'shared'
  | 'stale'
  | 'coalesced'
  | 'refused'
  | SourceFailure;

/** An answer, and how it came about. */
export interface Landed {
  readonly answer: Answer;
  readonly outcome: AskedOutcome;
}

/** The answers that other servers got to one question. */
interface SecondLevel {
  readonly get: () => Promise<string | undefined>;
  readonly set: (text: string, ttlMs: number) => void;
  readonly delete: () => void;
}

/** How long before the deadline a stale answer replaces one that has not arrived. */
const staleMarginMs = 10;

/**
 * Answers the questions of one policy from a cache, here or shared, or by asking the source. Equal questions at the
 * same time are asked once.
 */
export class Answering {
  readonly #shared: SharedCache | undefined;
  readonly #setting: Setting;
  readonly #cache = memory();
  readonly #failed = failures();
  readonly #underWay = flights<Landed>();

  constructor(shared: SharedCache | undefined, setting: Setting) {
    this.#shared = shared;
    this.#setting = setting;
  }

  /** The answer in this process that is still valid. */
  known(source: ServerSource, key: string): Landed | undefined {
    if (source.cacheMs <= 0) return undefined;
    const failure = this.#failed.get(key);
    if (failure !== undefined) return { answer: { failure }, outcome: failure };
    const answer = recallFrom(this.#cache, key, source.cacheMs);
    return answer && { answer, outcome: 'cached' };
  }

  /** Asks, or joins an equal question that is under way. */
  async answer(need: SingleNeed, key: string, entry: OpenSource, limits: AskLimits): Promise<Landed> {
    const { source } = entry;
    const late = (): Landed =>
      this.#stale(key, source) ?? { answer: { failure: 'timeout' }, outcome: 'timeout' };
    // Early enough for callers with the same deadline.
    const endMs = source.staleMs > 0 ? limits.endMs - staleMarginMs : limits.endMs;
    const { landed, isFirst } = await this.#underWay.join(key, { ...limits, endMs }, late, (span) =>
      this.#land(need, key, entry, span),
    );
    return !isFirst && landed.outcome === 'answered' ? { ...landed, outcome: 'coalesced' } : landed;
  }

  /** Gives up all questions that are under way. */
  abort(): void {
    this.#underWay.abort();
  }

  async #land(need: SingleNeed, key: string, entry: OpenSource, span: Span): Promise<Landed> {
    const { source, driver, breaker } = entry;
    const second = servesMsOf(source) > 0 ? this.#secondLevel(need, key, entry) : undefined;
    const shared = await this.#recallShared(key, source, second);
    if (shared !== undefined) return shared;
    const reply = await attempts(
      source,
      (signal) => driver.attempt(need, signal),
      (work) => breaker.run(key, work),
      span,
    );
    if (reply.failure !== undefined) return this.#fail(key, entry, second, reply);
    entry.forbidden.clear();
    this.#keep(key, source, second, reply);
    return { answer: reply, outcome: 'answered' };
  }

  /** An answer that another server got, kept here from now on. */
  async #recallShared(
    key: string,
    source: ServerSource,
    second: SecondLevel | undefined,
  ): Promise<Landed | undefined> {
    const text = await second?.get();
    if (text === undefined || text.length > source.limitBytes * 2 + key.length * 2) return undefined;
    this.#cache.set(key, text, servesMsOf(source));
    const answer = recallFrom(this.#cache, key, source.cacheMs);
    return answer && { answer, outcome: 'shared' };
  }

  #keep(
    key: string,
    source: ServerSource,
    second: SecondLevel | undefined,
    reply: Exclude<Reply, Failed>,
  ): void {
    const servesMs = servesMsOf(source);
    const text = servesMs > 0 ? textOf(key, reply) : undefined;
    if (text === undefined) return;
    this.#cache.set(key, text, servesMs);
    second?.set(text, servesMs);
  }

  #fail(key: string, entry: OpenSource, second: SecondLevel | undefined, reply: Failed): Landed {
    const { source } = entry;
    const { failure } = reply;
    if (!isAnswer(reply)) {
      const landed = this.#stale(key, source);
      if (landed !== undefined) return landed;
    } else if (servesMsOf(source) > 0) {
      // The source has answered: its earlier answer is no longer valid.
      this.#cache.delete(key);
      second?.delete();
      this.#failed.set(key, failure, { ttl: Math.ceil(Math.min(source.cacheMs, failureMs)) });
    }
    return { answer: { failure }, outcome: isRefused(entry, key, reply) ? 'refused' : failure };
  }

  /** An earlier answer that may replace a failed one. */
  #stale(key: string, source: ServerSource): Landed | undefined {
    const answer = source.staleMs > 0 ? recallFrom(this.#cache, key, servesMsOf(source)) : undefined;
    return answer && { answer, outcome: 'stale' };
  }

  /** Undefined without such a cache, or if a setting is missing. */
  #secondLevel(need: SingleNeed, key: string, entry: OpenSource): SecondLevel | undefined {
    const shared = this.#shared;
    if (shared === undefined) return undefined;
    try {
      const seal = entry.seal();
      // Other servers may have other settings, so the settings are part of the question there.
      const sharedKey = 'url' in need ? `${key} ${fill(need.url, this.#setting)}` : key;
      return {
        get: () => shared.get(seal, sharedKey),
        set: (text, ttlMs) => shared.set(seal, sharedKey, text, ttlMs),
        delete: () => shared.delete(seal, sharedKey),
      };
    } catch {
      // A setting is missing; asking the source reports it.
      return undefined;
    }
  }
}
