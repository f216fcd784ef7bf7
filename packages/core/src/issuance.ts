/** What tokens say, as far as a policy decides it, and the scopes, audiences and lifetime of the access token. */
export interface Tokens {
  /** Claims by name. */
  readonly access: Readonly<Record<string, unknown>>;
  readonly id: Readonly<Record<string, unknown>>;
  /** Claims of the userinfo answer. Absent: none, or they are left to the issuer because the policy has none there. */
  readonly userinfo?: Readonly<Record<string, unknown>> | undefined;
  /** All scopes of the access token. */
  readonly scopes: readonly string[];
  /** The audiences of the access token; empty: none that we know of. */
  readonly audiences: readonly string[];
  /** How long the access token lives; undefined if neither the policy nor the built files say so. */
  readonly lifetimeSeconds: number | undefined;
}

/** The result of a denied issuance. */
export const noTokens: Tokens = { access: {}, id: {}, scopes: [], audiences: [], lifetimeSeconds: undefined };

/** A question of the built files to a source, as the source gets it. */
export interface SourceRequest {
  /**
   * Its parts by name, settings filled in: `method`, `url`, `body`, `header authorization`; `connection`, `query`;
   * `table`; `parameter id`.
   */
  readonly said: Readonly<Record<string, unknown>>;
  /** How long the caller waited without an answer, in virtual milliseconds; undefined if an answer came. */
  readonly waitedMs: number | undefined;
}

/** The tokens that an issuer signed, as far as our part decides them, or why there are none: {@link noTokens}. */
export interface Issuance extends Tokens {
  readonly denied: { readonly error: string; readonly description: string } | undefined;
  /** What the user is asked for before there can be a token. `denied` is set, too. Absent: nothing. */
  readonly challenged?: string | undefined;
  /**
   * What the vendor did that the author may not expect, one sentence each: a claim was dropped, a limit was reached.
   */
  readonly notes: readonly string[];
  /** What was asked, in the order of asking. */
  readonly requests: readonly SourceRequest[];
  /** Lines that the artifact wrote to the vendor's log. */
  readonly log: readonly string[];
  /** The virtual time of the issuance in milliseconds; a simulation does not really wait. */
  readonly elapsedMs: number;
}
