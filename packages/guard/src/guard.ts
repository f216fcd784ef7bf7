import { assertReadable, type Needs, type Problem, type Refusal, refusalOf, scopesOf } from './answer.ts';
import { TokenCache } from './cache.ts';
import type { Contract } from './contract/contract.ts';
import { readContract } from './contract/read.ts';
import { isObject } from './contract/value-type.ts';
import {
  type Candidate,
  type Denylist,
  defaultRetentionSeconds,
  maxClockSkewSeconds,
} from './denylist/denylist.ts';
import { assertNumbers } from './error.ts';
import { Looker } from './looker.ts';
import type { Lookups } from './lookups.ts';
import { Refused } from './refused.ts';
import { type IssuerSettings, type KnownIssuer, knownIssuers, refuse } from './settings.ts';
import type { Bounds } from './token/facts.ts';
import { type Judge, judge, judgeOf } from './token/judge.ts';
import { parseToken } from './token/parse.ts';
import { type Verified, verifyToken } from './token/verify.ts';
import type { ApiOf, ApiTypes, AudienceOf, Token, UnknownApi } from './types.ts';

/** How a guard is set up. */
export interface GuardOptions<A, Audience extends string> {
  /** What the policy promises: `readContract(…)`. */
  readonly contract: Contract<A>;
  /** Your API, as tokens name it in `aud`. */
  readonly audience: Audience;
  /** The issuers that you accept tokens of, by their ids in the contract. Others are refused. */
  readonly issuers: Readonly<Record<string, IssuerSettings | undefined>>;
  /** The revisions of the policy whose tokens you accept: `['payments@c44bcd7e']`. Default `any`. */
  readonly revisions?: readonly string[] | 'any';
  /** Asked for each request, after the signature. If it cannot be asked, requests are refused. Default: none. */
  readonly denylist?: Denylist;
  /** How long the denylist may take, in milliseconds. Default 500. */
  readonly denylistTimeoutMs?: number;
  /** How many verified tokens are remembered; 0: none. Time, age and denylist are checked each time. Default 10,000. */
  readonly cacheSize?: number;
  /** The longest token, in characters. Default 16,384. */
  readonly maxTokenLength?: number;
  /** The longest life of a token, in seconds. Default 86,400. Denylists must keep entries as long. */
  readonly maxLifetimeSeconds?: number;
  /**
   * How far the clock of an issuer may be ahead of yours, in seconds: at most 60. Tokens that were issued so soon after the
   * time of a revocation count as revoked. Default 5.
   */
  readonly clockSkewSeconds?: number;
  /** Looks up what no token carries: `createLookups(…)` of `@claimsmith/guard/lookups`. Default: nothing can be looked up. */
  readonly lookups?: Lookups;
  /** Gets each problem, for your log. If it throws or rejects, that is ignored. */
  readonly onRefused?: (problem: Problem) => void;
  /** Default: the time of this machine, as `Date.now`. */
  readonly now?: () => number;
}

/** The part of a request that a guard reads: of `node:http`, Express, Fastify, or Fetch. */
export interface RequestLike {
  readonly headers:
    | { get(name: string): string | null }
    | { readonly [name: string]: string | readonly string[] | undefined };
  /** Of `node:http`: all values of each header. Of two `authorization`, `headers` has only the first. */
  readonly headersDistinct?: { readonly [name: string]: readonly string[] | undefined };
}

/** What a guard says to a request. */
export type Result<Api extends ApiTypes = UnknownApi> =
  | { readonly ok: true; readonly token: Token<Api> }
  | Refusal;

/** Checks the access tokens of requests. */
export interface Guard<Api extends ApiTypes = UnknownApi> {
  /**
   * Checks a request by its header `authorization`. Never rejects.
   *
   * @param needs a function is called for this request; if it throws, the request is refused with 503
   */
  check(request: RequestLike, needs?: NeedsOrFunction<Api['scopes']>): Promise<Result<Api>>;
  /** Checks a token. Never rejects. */
  checkToken(token: string, needs?: NeedsOrFunction<Api['scopes']>): Promise<Result<Api>>;
  /** Fetches the keys of the issuers, so that no request waits for them. Never rejects: a token that needs keys asks again. */
  ready(): Promise<void>;
}

/** A token, and from when until when it stays as it is: claims that are too old go. Unix times in milliseconds. */
interface Judged {
  readonly token: Token;
  readonly sinceMs: number;
  readonly untilMs: number;
}

type NeedsOrFunction<Scope extends string = string> = Needs<Scope> | (() => Needs<Scope>);

interface Remembered extends Judged {
  readonly verified: Verified;
  /** One for each address of the issuer: an entry may name any of them. */
  readonly candidates: readonly Candidate[];
}

/**
 * Makes a guard for one API.
 *
 * @throws {GuardError} `settings` if it cannot be set up, `contract` if the contract cannot be read
 */
export function createGuard<A, const Audience extends AudienceOf<A>>(
  options: GuardOptions<A, Audience>,
): Guard<ApiOf<A, Audience>>;
export function createGuard(options: GuardOptions<unknown, string>): Guard {
  return new ContractGuard(options);
}

class ContractGuard<A, Audience extends string> implements Guard {
  readonly #issuers: ReadonlyMap<string, KnownIssuer>;
  readonly #judge: Judge;
  readonly #cache: TokenCache<Remembered> | undefined;
  readonly #options: GuardOptions<A, Audience>;
  readonly #now: () => number;
  readonly #looker: Looker;

  constructor(options: GuardOptions<A, Audience>) {
    const { audience, issuers, revisions = 'any', cacheSize = 10_000, now = Date.now } = options;
    // It may come straight from a file. What cannot be read there could not be required of tokens.
    const contract = readContract(options.contract);
    const api = own(contract.apis, audience) ?? own(contract.apis, '*');
    if (api === undefined) {
      const there = Object.keys(contract.apis).join(', ');
      throw refuse(`the contract has no API ${audience}; it has ${there}`);
    }
    const foreign = Object.keys(issuers).find((id) => !api.issuers.includes(id));
    if (foreign !== undefined) throw refuse(`${foreign} signs no tokens for ${audience}`);
    if (contract.marker === undefined && revisions !== 'any')
      throw refuse('`revisions` needs a policy marker, and the spec has none');
    const { policy } = contract;
    if (options.lookups !== undefined && options.lookups.revision !== policy.revision)
      throw refuse(
        `the look-ups are of ${options.lookups.revision}, and the contract is of ${policy.revision}. Take both from one build`,
      );
    const { denylistTimeoutMs, maxTokenLength, maxLifetimeSeconds, clockSkewSeconds } = options;
    assertNumbers({ cacheSize, denylistTimeoutMs, maxTokenLength, maxLifetimeSeconds, clockSkewSeconds });
    // The age of claims counts a minute for clocks, and no more.
    if (clockSkewSeconds !== undefined && clockSkewSeconds > maxClockSkewSeconds)
      throw refuse(`clockSkewSeconds must be at most ${maxClockSkewSeconds}`);
    this.#options = options;
    this.#looker = new Looker(api, audience, options.lookups, now);
    this.#now = now;
    const bounds: Bounds = {
      audience,
      maxLifetimeSeconds: maxLifetimeSeconds ?? defaultRetentionSeconds,
      clockSkewSeconds: clockSkewSeconds ?? 5,
    };
    this.#issuers = knownIssuers(contract, audience, issuers, now);
    this.#judge = judgeOf(contract, api, bounds, revisions);
    this.#cache = cacheSize > 0 ? new TokenCache(cacheSize) : undefined;
  }

  async check(request: RequestLike, needs: NeedsOrFunction = {}): Promise<Result> {
    return await this.#answer(needs, () => bearerOf(authorizationOf(request)));
  }

  async checkToken(token: string, needs: NeedsOrFunction = {}): Promise<Result> {
    return await this.#answer(needs, () => token);
  }

  async ready(): Promise<void> {
    await Promise.all([...new Set(this.#issuers.values())].map(({ keys }) => keys.ready()));
  }

  async #answer(given: NeedsOrFunction, tokenOf: () => string): Promise<Result> {
    let needs: Needs = {};
    try {
      needs = typeof given === 'function' ? given() : given;
      assertReadable(needs);
      const token = await this.#accept(tokenOf());
      assertNeeds(token, needs, this.#now());
      return { ok: true, token };
    } catch (error) {
      const problem: Problem = error instanceof Refused ? error.problem : { code: 'internal', cause: error };
      void this.#tell(problem);
      return refusalOf(problem, needs);
    }
  }

  /** A log that fails, at once or later, changes no answer and does not end the process. */
  async #tell(problem: Problem): Promise<void> {
    try {
      await this.#options.onRefused?.(problem);
    } catch {
      // There is nobody else to tell.
    }
  }

  async #accept(text: string): Promise<Token> {
    if (text.length > (this.#options.maxTokenLength ?? 16_384)) throw new Refused({ code: 'request' });
    const key = this.#cache && TokenCache.keyOf(text);
    const known = key === undefined ? undefined : this.#recalled(key);
    const { token, candidates } = known ?? (await this.#verify(text, key));
    await Promise.all(candidates.map((one) => this.#assertNotRevoked(one, token.issuer)));
    return token;
  }

  /** A token that was verified before, if nothing has changed since; one whose claims have aged is judged again. */
  #recalled(key: string): Remembered | undefined {
    const found = this.#cache?.get(key);
    if (found === undefined) return undefined;
    const { issuer, parsed } = found.verified;
    const nowMs = this.#now();
    if (!issuer.keys.holds(parsed.kid, parsed.algorithm, found.verified.key)) {
      this.#cache?.delete(key);
      return undefined;
    }
    // Before `sinceMs`, the clock was set back.
    if (found.sinceMs <= nowMs && nowMs < found.untilMs) return found;
    this.#cache?.delete(key);
    const again = { ...found, ...this.#judged(found.verified, nowMs) };
    this.#cache?.set(key, again);
    return again;
  }

  async #verify(text: string, key: string | undefined): Promise<Remembered> {
    const parsed = parseToken(text);
    const issuer = this.#issuers.get(parsed.issuer);
    if (issuer === undefined) throw new Refused({ code: 'issuer' });
    const verified = await verifyToken(parsed, issuer);
    const judged = this.#judged(verified, this.#now());
    const remembered = { ...judged, verified, candidates: this.#candidates(judged.token, verified) };
    if (key !== undefined) this.#cache?.set(key, remembered);
    return remembered;
  }

  #judged(verified: Verified, nowMs: number): Judged {
    const judged = judge(this.#judge, verified, nowMs);
    return { token: this.#looker.token(judged, verified), sinceMs: nowMs, untilMs: judged.untilMs };
  }

  #candidates(token: Token, { payload, issuer }: Verified): readonly Candidate[] {
    const { id, subject, session } = token;
    const issuedAt = token.issuedAt - this.#judge.bounds.clockSkewSeconds;
    const status = statusOf(payload['status'], issuer.id);
    return issuer.addresses.map((address) => ({ issuer: address, id, subject, session, issuedAt, status }));
  }

  async #assertNotRevoked(candidate: Candidate, issuer: string): Promise<void> {
    const { denylist, denylistTimeoutMs = 500 } = this.#options;
    // Who cannot read the status of a token does not know that it is good.
    if (candidate.status !== undefined && denylist?.readsStatus !== true)
      throw new Refused({ code: 'denylist', issuer });
    if (denylist === undefined) return;
    let answer: unknown;
    try {
      answer = denylist.isRevoked(candidate);
      if (typeof answer !== 'boolean') answer = await within(denylistTimeoutMs, answer);
    } catch (cause) {
      throw new Refused({ code: 'denylist', issuer, cause });
    }
    if (answer === true) throw new Refused({ code: 'revoked', issuer });
    if (answer !== false) throw new Refused({ code: 'denylist', issuer });
  }
}

/** The value of the header; undefined if there is none. */
function authorizationOf({ headers, headersDistinct }: RequestLike): unknown {
  const all = headersDistinct?.['authorization'] ?? [];
  // Something before or behind the service might read the other one.
  if (all.length > 1) return all;
  if (typeof headers.get === 'function') return headers.get('authorization') ?? undefined;
  return 'authorization' in headers ? headers.authorization : undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
function bearerOf(authorization: unknown): string {
  const value = Array.isArray(authorization) && authorization.length === 1 ? authorization[0] : authorization;
  if (value === undefined || (typeof value === 'string' && !/^bearer(?: |$)/i.test(value)))
    throw new Refused({ code: 'no_token' });
  const [, token] = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(String(value)) ?? [];
  if (token === undefined) throw new Refused({ code: 'request' });
  return token;
}

/** @throws {Refused} `scope`, `login` */
function assertNeeds(token: Token, needs: Needs, nowMs: number): void {
  const { acr, maxLoginAgeSeconds } = needs;
  if (!scopesOf(needs).every((scope) => token.scopes.includes(scope)))
    throw new Refused({ code: 'scope', issuer: token.issuer });
  const isStrong = acr === undefined || (token.acr !== undefined && acr.includes(token.acr));
  const age = token.authenticatedAt === undefined ? undefined : nowMs / 1_000 - token.authenticatedAt;
  // A login in the future is not a recent one.
  const isRecent =
    maxLoginAgeSeconds === undefined || (age !== undefined && age >= -5 && age <= maxLoginAgeSeconds);
  if (!isStrong || !isRecent) throw new Refused({ code: 'login', issuer: token.issuer });
}

/** @see https://datatracker.ietf.org/doc/draft-ietf-oauth-status-list/ */
function statusOf(status: unknown, issuer: string): Candidate['status'] {
  if (status === undefined) return undefined;
  const list = isObject(status) ? status['status_list'] : undefined;
  const { uri, idx } = isObject(list) ? list : {};
  if (typeof uri !== 'string' || typeof idx !== 'number' || !Number.isSafeInteger(idx) || idx < 0)
    throw new Refused({ code: 'format', issuer });
  return { uri, index: idx };
}

async function within(limitMs: number, promise: unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the denylist did not answer in time')), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function own<T>(mapping: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(mapping, name) ? mapping[name] : undefined;
}
