/**
 * The generated program of a policy: plain data in, plain data out. Its functions never wait, throw, read a clock or
 * reach outside their arguments.
 */
export interface Program {
  readonly name: string;
  /** The first 8 hexadecimal digits of the policy's content hash. */
  readonly revision: string;
  /**
   * Reads the declared fields that the policy uses from an untrusted context, and checks each against its type. A
   * missing, null, too large or wrong-typed field becomes `undefined`. Call it once per issuance: the context also
   * holds the budget of steps that the other two functions spend. With no steps left, {@link Program.decide} denies.
   */
  context(raw: unknown): Context;
  /** The sources that must be asked next, given the answers so far; empty when {@link Program.decide} may run. */
  needs(context: Context, answers: Answers): readonly Need[];
  /** The verdict. A source without an answer counts as failed. */
  decide(context: Context, answers: Answers): Decision;
}

/** A checked identity context. Only a program makes one and reads its fields. */
export type Context = {
  /**
   * The steps that the issuance may still take. A host may hold some back. With no steps left, the issuance is denied.
   */
  readonly budget?: Budget;
} & object;

/** The remaining steps; a million take about 20 ms. Negative if the last step exceeded the budget. */
export interface Budget {
  left: number;
}

/**
 * One question to a source. Together with the source's name, its address and body, or its parameters, hold everything
 * that the answer depends on.
 */
export type Need = SingleNeed | EachNeed;

/** One question. */
export type SingleNeed = AddressNeed | ParameterNeed;

/** Several questions to one source, one for each element of a list. All must be answered. */
export interface EachNeed {
  readonly source: string;
  readonly each: readonly SingleNeed[];
}

/** The question to an HTTP source. */
export interface AddressNeed {
  readonly source: string;
  /** The address to ask, with placeholders escaped and filled in. `${NAME}` is still a setting. */
  readonly url: string;
  /** The body of a POST: JSON with its values filled in. It has no settings. */
  readonly body?: string;
}

/** A question with values as they are: the parameters of a query, or the key of an item. */
export interface ParameterNeed {
  readonly source: string;
  /** In the order of the spec. All are bound, none is ever part of a text. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/** Answers by the name of the source. A missing one has not been asked yet. */
export type Answers = Readonly<Record<string, Answer | undefined>>;

/** The answer of a source, or why there is none. Failures are data; nothing throws. */
export type Answer =
  | Answered
  | { readonly failure: SourceFailure; readonly value?: undefined; readonly ageSeconds?: undefined };

/** What a source has answered, and how old that is. */
export interface Answered {
  readonly value: unknown;
  readonly ageSeconds: number;
  readonly failure?: undefined;
}

/**
 * - `timeout`: no whole answer in time, retries included
 * - `network`: no connection, or it broke
 * - `status`: an answer with another status than 200
 * - `too_large`: more bytes than allowed
 * - `malformed`: not JSON
 * - `setting`: a `${NAME}` that was not given
 * - `address`: not https (or loopback) once settings are filled in, or a host that may not be reached
 * - `ambiguous`: more than the one row that was asked for
 * - `open`: not asked, since its breaker is open after repeated failures
 * - `token`: not asked, since its token endpoint gave no access token
 */
export type SourceFailure =
  | 'timeout'
  | 'network'
  | 'status'
  | 'too_large'
  | 'malformed'
  | 'setting'
  | 'address'
  | 'ambiguous'
  | 'open'
  | 'token';

/** The value of a claim. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What to put into the tokens: the only input for a vendor's response. */
export interface Decision {
  /** Why nothing may be issued: a constant of the policy that the client may see. Everything else is then empty. */
  readonly denied: string | undefined;
  /** A constant of the policy that the client sees instead of the reason. */
  readonly message?: string;
  /** The policy is not for this token, which stays as the issuer made it. Everything else is then empty. */
  readonly left?: true;
  /**
   * What the user may be asked for instead of a denial, because a challenge of the policy has denied. An issuer that
   * cannot ask denies.
   */
  readonly challenge?: Challenge | undefined;
  /** Claims by the name they carry at this issuer. */
  readonly access: Readonly<Record<string, Json>>;
  readonly id: Readonly<Record<string, Json>>;
  /** Claims of the userinfo answer. Absent: the policy has none there. */
  readonly userinfo?: Readonly<Record<string, Json>>;
  readonly scopes: { readonly add: readonly string[]; readonly remove: readonly string[] };
  /** Lifetime of the access token, in seconds, if the spec sets one. */
  readonly lifetimeSeconds: number | undefined;
  /** The outcome of each claim, scope and rule, in the order of evaluation. Names and codes, never values. */
  readonly outcomes: readonly Outcome[];
}

/** A further proof of who logs in. */
export interface Challenge {
  readonly with: 'mfa';
  /** Whether a user who has no factor may set one up. */
  readonly enroll: boolean;
}

/**
 * - `emitted`: as evaluated
 * - `default`: missing, its declared default stands in
 * - `omitted`: missing, left out as declared
 * - `skipped`: `when`, `audiences` or `clients` exclude it here; of the policy: the token is left alone
 * - `denied`: missing, or a deny rule that holds, or a refused authorization detail: the issuance is denied
 * - `granted`, `refused`: scopes and authorization details
 */
export interface Outcome {
  readonly kind: 'policy' | 'claim' | 'scope' | 'deny' | 'detail';
  readonly name: string;
  readonly outcome: 'emitted' | 'default' | 'omitted' | 'skipped' | 'denied' | 'granted' | 'refused';
  /** Why, if it is not obvious: an error code of the expression, a failure of a source, or a bound. */
  readonly cause?: string | undefined;
}
