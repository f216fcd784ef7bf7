import { type Refusal, refusalOf } from './answer.ts';
import type { Kind } from './contract/contract.ts';

/** What a look-up knows of a token that the guard has accepted. */
export interface LookupToken {
  /** The issuer's id in the contract. */
  readonly issuer: string;
  /** The audience of the guard. */
  readonly audience: string;
  readonly kind: Kind;
  /** The subject of the token; also of a delegated token. */
  readonly subject: 'human' | 'machine' | 'agent';
  readonly client: string | undefined;
  readonly scopes: readonly string[];
  /** The policy marker: `payments@c44bcd7e`; undefined if the policy has none. */
  readonly revision: string | undefined;
  /** All claims of the token, by their names at the issuer. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The policy's claims in the token, by their names in the spec. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Claims that it has and that are too old to rely on: `claims` lacks them, and nothing follows from that. */
  readonly stale: readonly string[];
  /** Unix time in milliseconds. */
  readonly nowMs: number;
}

/**
 * Looks values up when a service decides: `createLookups` of `@claimsmith/guard/lookups` makes it from the `lookups.mjs` of
 * a build.
 */
export interface Lookups {
  /** The revision of the policy that it was built from: `payments@c44bcd7e`. */
  readonly revision: string;
  /**
   * The value of a claim with `resolve: request`; undefined if the claim is not for this token, or is left out as declared.
   *
   * @throws {LookupError} if there is no value and the policy denies then
   */
  resolve(token: LookupToken, claim: string): Promise<unknown>;
  /**
   * The value that a claim of tokens has now; undefined as in `resolve`.
   *
   * @throws {LookupError} as `resolve`
   */
  fresh(token: LookupToken, claim: string): Promise<unknown>;
  /**
   * What the deny rules say now.
   *
   * @throws {LookupError} `unavailable` if a rule cannot be decided
   */
  deny(token: LookupToken): Promise<Denial>;
}

/** What the deny rules say of a token. */
export interface Denial {
  /** The reason of the first rule that denies; undefined if none does. */
  readonly denied: string | undefined;
  /** What the client may see instead of the reason, if the rule has a message. */
  readonly message?: string;
  /** Reasons of the rules that cannot be decided from this token. They were decided when it was issued. */
  readonly unevaluated: readonly string[];
}

/**
 * - `unavailable`: the value cannot be known now, because a source failed. Answer 503
 * - `missing`: the sources have no value, and the policy denies then. Answer 403
 * - `revision`: another revision of the policy made the token, and the token lacks a claim that the look-up reads. Answer 401,
 *   so that the client gets a new token
 */
export type LookupErrorCode = keyof typeof answers;

const answers = {
  unavailable: { status: 503, problem: 'lookup', message: 'Temporarily unavailable' },
  missing: { status: 403, problem: 'missing', message: 'Access denied' },
  revision: { status: 401, problem: 'revision', message: 'Invalid token' },
} as const;

/**
 * A value could not be looked up, so the request must not pass. Its message and answer are constant and may be sent to
 * clients; `claim` and `why` are for your log. `status` and `statusCode` are what frameworks answer with.
 */
export class LookupError extends Error {
  readonly code: LookupErrorCode;
  /** What to answer. */
  readonly refusal: Refusal;
  readonly status: 401 | 403 | 503;
  readonly statusCode: 401 | 403 | 503;
  /** The claim, by its name in the spec; undefined: a deny rule. */
  readonly claim: string | undefined;
  /** Why, without values: a failure of a source such as `timeout`, or an error of an expression such as `no_such_key`. */
  readonly why: string;

  constructor(
    code: LookupErrorCode,
    {
      issuer,
      claim,
      why,
      cause,
    }: { issuer: string; claim: string | undefined; why: string; cause?: unknown },
  ) {
    const { status, problem, message } = answers[code];
    super(message, { cause });
    this.name = 'LookupError';
    this.code = code;
    this.claim = claim;
    this.why = why;
    this.refusal = refusalOf({
      code: problem,
      issuer,
      ...(claim !== undefined && { claim }),
      cause: cause ?? why,
    });
    this.status = status;
    this.statusCode = status;
  }
}
