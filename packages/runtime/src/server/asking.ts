import type { Asking, AskLimits } from '../enrich.ts';
import { fill, type Setting, type Settings, settingOf } from '../fill.ts';
import type { Answer, SingleNeed, SourceFailure } from '../program.ts';
import { Answering, type AskedOutcome } from './answering.ts';
import { keyOf } from './answers.ts';
import { isPassing, type OpenSource, openSource, sourceReady } from './open-source.ts';
import { type SharedCache, sharedCache } from './shared-cache.ts';
import type { ServerSource } from './source.ts';
import { SourceError } from './source-error.ts';

/** A server's access to the sources of one policy. */
export interface ServerAskingOptions {
  readonly sources: Readonly<Record<string, ServerSource>>;
  /** The policy's revision: an answer kept under another one is not used. */
  readonly revision: string;
  /** Values of `${NAME}`. */
  readonly settings: Settings;
  /**
   * A second level of the cache that several servers share. A Redis that is down or slow costs at most 40 ms for a
   * miss, and later nothing.
   */
  readonly sharedCache?: SharedCacheOptions | undefined;
  /** Called with the outcome of each question: names, codes and times, never values. It must not throw. */
  readonly onAsked?: (report: AskedReport) => void;
  /** Called for each source, whenever sources get ready: whether it can be asked. It must not throw. */
  readonly onReady?: (source: string, isReady: boolean) => void;
}

/** A Redis that several servers share. */
export interface SharedCacheOptions {
  /** `redis://…` or `rediss://…`, settings filled in. */
  readonly url: string;
  /**
   * The secret that seals entries, together with the source's own settings, so that access to Redis is not enough to
   * read or forge an entry. At least 32 characters, known only to these servers.
   */
  readonly secret: string;
}

/** The result of one question, and its time in milliseconds. */
export interface AskedReport {
  readonly source: string;
  readonly outcome: AskedOutcome;
  readonly ms: number;
  /** Whether other questions were answered since this one began to fail; then the source itself works. */
  readonly isAlone: boolean;
}

/** Asks the sources of one policy, with all their connections. A server has one; the code that opened it closes it. */
export interface ServerAsking extends Required<Asking> {
  /**
   * Checks all settings, loads drivers and connects. You can call it again after it has rejected.
   *
   * @throws SourceError for a source that is set up wrongly, if any; otherwise for one that cannot be reached
   */
  readonly ready: () => Promise<void>;
  /** Ends what is under way and all connections. Questions after it fail with `network`. */
  readonly close: () => Promise<void>;
}

/** The least length of the shared cache's secret, in characters. */
const leastSecretCharacters = 32;

/**
 * Asks the sources of one policy for a server: with pools, a cache, and a breaker for each source. Equal questions at
 * the same time are asked once. Every failure is an answer; `ask` never rejects and never takes longer than its limits.
 *
 * @throws SourceError with code `secret` if the secret of the shared cache is too short
 */
export function serverAsking(options: ServerAskingOptions): ServerAsking {
  const { settings, sharedCache: level } = options;
  if (level !== undefined && level.secret.length < leastSecretCharacters) {
    const message = `its secret must have ${leastSecretCharacters} characters or more`;
    throw new SourceError('secret', 'sharedCache', message);
  }
  const setting: Setting = (name) => settingOf(settings, name);
  const open = new Map(
    Object.entries(options.sources).map(([name, source]) => [
      name,
      openSource(name, source, setting, level?.secret ?? ''),
    ]),
  );
  const shared = level && sharedCache(() => fill(level.url, setting));
  const asker = new Asker(options, open, new Answering(shared, setting));
  return {
    ask: (need, limits) => asker.ask(need, limits),
    recall: (need) => asker.recall(need),
    ready: () => allReady(open, shared, options.onReady),
    async close() {
      asker.close();
      await Promise.all([...[...open.values()].map(({ driver }) => driver.close()), shared?.close()]);
    },
  };
}

/** Answers and reports what became of each question. */
class Asker {
  readonly #revision: string;
  readonly #onAsked: ServerAskingOptions['onAsked'];
  readonly #open: ReadonlyMap<string, OpenSource>;
  readonly #answering: Answering;
  #isClosed = false;

  constructor(
    { revision, onAsked }: ServerAskingOptions,
    open: ReadonlyMap<string, OpenSource>,
    answering: Answering,
  ) {
    this.#revision = revision;
    this.#onAsked = onAsked;
    this.#open = open;
    this.#answering = answering;
  }

  recall(need: SingleNeed): Answer | undefined {
    const startMs = performance.now();
    const entry = this.#isClosed ? undefined : this.#open.get(need.source);
    const landed = entry && this.#answering.known(entry.source, keyOf(this.#revision, need));
    if (landed !== undefined) this.#report(need, landed.outcome, startMs);
    return landed?.answer;
  }

  async ask(need: SingleNeed, limits: AskLimits): Promise<Answer> {
    const startMs = performance.now();
    const fail = (failure: SourceFailure): Answer => {
      this.#report(need, failure, startMs);
      return { failure };
    };
    const entry = this.#open.get(need.source);
    if (entry === undefined) return fail('address');
    if (this.#isClosed) return fail('network');
    if (!isWellFormed(need)) return fail('address');
    const key = keyOf(this.#revision, need);
    try {
      const known = this.#answering.known(entry.source, key);
      if (known !== undefined) {
        this.#report(need, known.outcome, startMs);
        return known.answer;
      }
      const { answer, outcome } = await this.#answering.answer(need, key, entry, limits);
      this.#report(need, outcome, startMs, entry.breaker.isAlone(key));
      return answer;
    } catch {
      // A driver that throws counts as a failed source: the claim's `onMissing` decides.
      return fail('network');
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#answering.abort();
  }

  #report({ source }: SingleNeed, outcome: AskedOutcome, startMs: number, isAlone = false): void {
    try {
      this.#onAsked?.({ source, outcome, ms: performance.now() - startMs, isAlone });
    } catch {
      // Its own fault; the answer is still good.
    }
  }
}

/**
 * Whether the texts of a question contain no lone surrogate. One would become another character on the way to the
 * source, so that the source would answer another question.
 */
function isWellFormed(need: SingleNeed): boolean {
  const texts = 'url' in need ? [need.url] : Object.values(need.parameters);
  return !texts.some((text) => typeof text === 'string' && /\p{Surrogate}/u.test(text));
}

interface Problem {
  readonly cause: unknown;
}

const nothing = () => undefined;
const problemOf = (cause: unknown): Problem => ({ cause });

/** @throws SourceError for a source that is set up wrongly, if any; otherwise for one that cannot be reached */
async function allReady(
  open: ReadonlyMap<string, OpenSource>,
  shared: SharedCache | undefined,
  onReady: ServerAskingOptions['onReady'],
): Promise<void> {
  const drivers = [...open].map(async ([name, { driver }]) => {
    const problem = await sourceReady(name, driver).then(nothing, problemOf);
    onReady?.(name, problem === undefined);
    return problem;
  });
  const problems = await Promise.all([...drivers, shared?.ready().then(nothing, problemOf)]);
  const found = problems.filter((problem) => problem !== undefined);
  const [first = found[0]] = found.filter(({ cause }) => !isPassing(cause));
  if (first !== undefined) throw first.cause;
}
