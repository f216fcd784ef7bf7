import {
  type Answer,
  type Asking,
  askingEach,
  type Decision,
  drive,
  type Need,
  type Settings,
} from '@claimsmith/runtime';
import {
  type AskedReport,
  type ContextReader,
  claimsRead,
  contextReader,
  type LookupPart,
  type LookupRule,
  lookedUp,
  type SharedCacheOptions,
  serverAsking,
} from '@claimsmith/runtime/server';
import { type Denial, LookupError, type Lookups, type LookupToken } from '../lookups.ts';
import { refuse } from '../settings.ts';
import { readLookups } from './shape.ts';

/** How look-ups are set up. */
export interface LookupsOptions {
  /** The export `policy` of the `lookups.mjs` that `claimsmith build` writes. */
  readonly policy: unknown;
  /** The values of the settings (`${NAME}`) that sources need. Default: the environment. */
  readonly settings?: Settings;
  /** How long one look-up may take, in milliseconds, with all sources and their retries. Default 2,000. */
  readonly deadlineMs?: number;
  /** A Redis that keeps answers for several servers. Default: each keeps its own. */
  readonly sharedCache?: SharedCacheOptions;
  /** Called with the outcome of each question to a source: names, codes and times, never values. */
  readonly onAsked?: (report: AskedReport) => void;
}

/** Look-ups of one policy, with the connections to its sources. */
export interface BuiltLookups extends Lookups {
  /**
   * Checks all settings and connects. Without it, the first look-ups connect.
   *
   * @throws SourceError for a source that is set up wrongly, or that cannot be reached
   */
  ready(): Promise<void>;
  /** Ends what is under way and all connections. Look-ups after it fail. */
  close(): Promise<void>;
}

/**
 * Makes the look-ups of a guard. They run the policy's own program, with the cache, the breakers and the deadline that it has
 * when a token is made. Equal questions at the same time are asked once.
 *
 * @throws {GuardError} `settings` if `policy` cannot be used, or a setting is missing
 */
export function createLookups(options: LookupsOptions): BuiltLookups {
  const policy = readLookups(options.policy);
  const { settings = process.env, deadlineMs = 2_000, sharedCache, onAsked } = options;
  const missing = policy.settings.filter((name) => typeof settings[name] !== 'string');
  if (missing.length > 0) throw refuse(`the look-ups need the settings ${missing.join(', ')}`);
  const { name, sources } = policy;
  const revision = `${name}@${policy.revision}`;
  const server = serverAsking({
    sources,
    revision: policy.revision,
    settings,
    sharedCache,
    ...(onAsked !== undefined && { onAsked }),
  });
  const asking = askingEach(server);
  const runner = (part: LookupPart) => new PartRunner(part, { revision, settings, asking, deadlineMs });
  const issuers = new Map(
    Object.entries(policy.issuers).map(([id, { request, fresh, deny }]) => [
      id,
      {
        request: new Map(Object.entries(request).map(([claim, part]) => [claim, runner(part)])),
        fresh: new Map(Object.entries(fresh).map(([claim, part]) => [claim, runner(part)])),
        deny: deny.map(({ part, ...rule }) => ({ ...rule, runner: part && runner(part) })),
      },
    ]),
  );
  return {
    revision,
    async resolve(token, claim) {
      return await claimValue(issuers.get(token.issuer)?.request.get(claim), token, claim);
    },
    async fresh(token, claim) {
      return await claimValue(issuers.get(token.issuer)?.fresh.get(claim), token, claim);
    },
    async deny(token) {
      const rules = issuers.get(token.issuer)?.deny;
      if (rules === undefined) throw unavailable(token, undefined, 'unknown');
      return await denialOf(rules, token);
    },
    ready: () => server.ready(),
    close: () => server.close(),
  };
}

/** What a part decides, and what the sources have answered. */
interface Decided {
  readonly decision: Decision;
  readonly answers: readonly Answer[];
}

/** What all parts of a policy are run with. */
interface Surroundings {
  readonly revision: string;
  readonly settings: Settings;
  readonly asking: Asking<Need>;
  readonly deadlineMs: number;
}

/** Runs one part of a policy. */
class PartRunner {
  readonly #program: LookupPart['program'];
  /** The context of a token; undefined if it does not say what the part reads. */
  readonly contextOf: ContextReader;
  readonly #claims: readonly string[];
  readonly #with: Surroundings;

  constructor(part: LookupPart, surroundings: Surroundings) {
    this.#program = part.program;
    this.contextOf = contextReader(part, surroundings.settings);
    this.#claims = claimsRead(part);
    this.#with = surroundings;
  }

  /**
   * A claim that the part reads, and that the token lacks because its revision may not have had it. As absent, it could let
   * a rule pass, or give a wider value.
   */
  lackingClaim({ revision, claims }: LookupToken): string | undefined {
    if (revision === this.#with.revision) return undefined;
    return this.#claims.find((name) => !Object.hasOwn(claims, name));
  }

  /** Rejects if it is too late to decide. */
  async run(context: NonNullable<ReturnType<ContextReader>>): Promise<Decided> {
    const answers: Record<string, Answer> = {};
    const decision = await drive({
      program: this.#program,
      context,
      asking: this.#with.asking,
      deadlineMs: this.#with.deadlineMs,
      answers,
    });
    return { decision, answers: Object.values(answers) };
  }
}

/** @throws {LookupError} */
async function claimValue(
  runner: PartRunner | undefined,
  token: LookupToken,
  claim: string,
): Promise<unknown> {
  const decided = await decidedBy(runner, token, claim);
  if (decided === undefined) throw unavailable(token, claim, 'unknown');
  const found = lookedUp(claim, decided.decision, decided.answers);
  if (found.refused === undefined) return found.value;
  throw new LookupError(found.refused, { issuer: token.issuer, claim, why: found.why });
}

type Rule = Omit<LookupRule, 'part'> & { readonly runner: PartRunner | undefined };

/** @throws {LookupError} `unavailable` or `revision` if no rule denies, and one cannot be decided */
async function denialOf(rules: readonly Rule[], token: LookupToken): Promise<Denial> {
  const decided = await Promise.allSettled(rules.map(({ runner }) => decidedBy(runner, token, undefined)));
  const unevaluated: string[] = [];
  const failures: LookupError[] = [];
  let denied: Rule | undefined;
  for (const [index, rule] of rules.entries()) {
    const one = decided[index];
    if (one?.status !== 'fulfilled') failures.push(failureOf(one?.reason, token));
    else if (one.value === undefined) unevaluated.push(rule.reason);
    else {
      const { decision, answers } = one.value;
      if (decision.denied === undefined) continue;
      const cause = decision.outcomes.find(({ outcome }) => outcome === 'denied')?.cause;
      if (cause === undefined) denied ??= rule;
      else failures.push(unavailable(token, undefined, failureIn(answers) ?? cause));
    }
  }
  if (denied === undefined && failures[0] !== undefined) throw failures[0];
  const { reason, message } = denied ?? {};
  return { denied: reason, ...(message !== undefined && { message }), unevaluated };
}

/**
 * What a part decides; undefined if the token does not say what it reads.
 *
 * @throws {LookupError} `unavailable` or `revision`
 */
async function decidedBy(
  runner: PartRunner | undefined,
  token: LookupToken,
  claim: string | undefined,
): Promise<Decided | undefined> {
  const context = runner?.contextOf(token);
  if (runner === undefined || context === undefined) return undefined;
  const lacking = runner.lackingClaim(token);
  if (lacking !== undefined)
    throw new LookupError('revision', { issuer: token.issuer, claim, why: `the token lacks ${lacking}` });
  try {
    return await runner.run(context);
  } catch (cause) {
    throw unavailable(token, claim, 'late', cause);
  }
}

function failureIn(answers: readonly Answer[]): string | undefined {
  return answers.find(({ failure }) => failure !== undefined)?.failure;
}

function failureOf(reason: unknown, token: LookupToken): LookupError {
  return reason instanceof LookupError ? reason : unavailable(token, undefined, 'internal', reason);
}

function unavailable(
  { issuer }: LookupToken,
  claim: string | undefined,
  why: string,
  cause?: unknown,
): LookupError {
  return new LookupError('unavailable', { issuer, claim, why, cause });
}
