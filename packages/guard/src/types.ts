import type { Kind } from './contract/contract.ts';
import type { Denial } from './lookups.ts';

/** The claims of one kind of token: authority apart from what services must not grant access on. */
export interface ClaimTypes {
  readonly authority: object;
  readonly descriptive: object;
  /** The claims that can be looked up, with their values. Default: none. */
  readonly lookups?: object;
  /** The claims of tokens that can be looked up again. Default: none. */
  readonly fresh?: object;
}

/** The types of one API, as `claimsmith types` writes them. */
export interface ApiTypes extends Readonly<Record<Kind, ClaimTypes>> {
  /** The scopes that the policy decides on: a union of names and of templates such as `account.read.${string}`. */
  readonly scopes: string;
  /** By type of authorization details (RFC 9396), their fields. */
  readonly details: object;
}

/** The types of an API that is not known. */
export interface UnknownApi extends ApiTypes {
  readonly human: UnknownClaims;
  readonly machine: UnknownClaims;
  readonly agent: UnknownClaims;
  readonly delegated: UnknownClaims;
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface UnknownClaims {
  readonly authority: Readonly<Record<string, unknown>>;
  readonly descriptive: Readonly<Record<string, unknown>>;
  readonly lookups: Readonly<Record<string, unknown>>;
  readonly fresh: Readonly<Record<string, unknown>>;
}

/** The audiences that a guard can be set up for. */
export type AudienceOf<A> = unknown extends A ? string : '*' extends keyof A ? string : keyof A & string;

/** The types of the API with this audience; of all that it may be, if only a pattern is known, such as `string`. */
export type ApiOf<A, Audience> = Audience extends keyof A
  ? Extract<A[Audience], ApiTypes>
  : '*' extends keyof A
    ? Extract<A['*' | Extract<keyof A, Audience>], ApiTypes>
    : UnknownApi;

/** One authorization detail that the policy has granted. */
export type DetailOf<Api extends ApiTypes> = {
  readonly [Type in keyof Api['details']]: { readonly type: Type } & Api['details'][Type];
}[keyof Api['details']];

/** What every token says, whoever issued it. */
export interface TokenFacts {
  /** The issuer's id in the contract: `auth0`. */
  readonly issuer: string;
  /** `iss`. */
  readonly issuerUrl: string;
  /** `sub`. */
  readonly subject: string;
  /** The id of the client that got the token; undefined if the token does not name it. */
  readonly client: string | undefined;
  /** `jti`; undefined only for issuers with `withoutId`. */
  readonly id: string | undefined;
  /** The session at the issuer; undefined if the token does not name it. */
  readonly session: string | undefined;
  /** Unix time in seconds. */
  readonly issuedAt: number;
  /** Unix time in seconds. */
  readonly expiresAt: number;
  /**
   * Until when the token stays as it is, in Unix seconds: a claim gets older than its `maxAge` then, or the token expires.
   * Keep nothing that you read from it for longer.
   */
  readonly freshUntil: number;
  /** The policy marker: `payments@c44bcd7e`; undefined if the policy has none. */
  readonly revision: string | undefined;
  readonly scopes: readonly string[];
  /** When the user logged in, in Unix seconds; undefined if the token does not say it. */
  readonly authenticatedAt: number | undefined;
  /** The level of the login (`acr`); undefined if the token does not say it. */
  readonly acr: string | undefined;
  /** Who acts for the subject: `sub` of `act`, RFC 8693. Only delegated tokens have one. */
  readonly actor: string | undefined;
}

/** Looks values up for a token when a service decides. A guard needs `lookups` for it. */
export interface TokenLookups<Claims extends ClaimTypes> {
  /**
   * The value of a claim with `resolve: request`; undefined if it is not for this token, or is left out as declared.
   *
   * @throws {LookupError} if there is no value and the policy denies then; adapters answer 503 or 403
   * @throws {GuardError} `settings` if the guard has no look-ups, or does not know the claim
   */
  resolve<Name extends keyof LookedUp<Claims['lookups']> & string>(
    claim: Name,
  ): Promise<LookedUp<Claims['lookups']>[Name]>;
  /**
   * The value that a claim of the token has now, for actions of high risk. Answers that a source's `cache` keeps serve here,
   * too.
   *
   * @throws as `resolve`
   */
  fresh<Name extends keyof LookedUp<Claims['fresh']> & string>(
    claim: Name,
  ): Promise<LookedUp<Claims['fresh']>[Name]>;
  /**
   * What the deny rules of the policy say now, as far as the token tells what they read.
   *
   * @throws {LookupError} `unavailable` if a rule cannot be decided
   * @throws {GuardError} `settings` if the guard has no look-ups
   */
  deny(): Promise<Denial>;
}

type LookedUp<Values> = Values extends object ? Values : Readonly<Record<never, never>>;

/** An access token that the guard has accepted. It and everything in it are frozen. */
export type Token<Api extends ApiTypes = UnknownApi> = {
  readonly [K in Kind]: TokenFacts &
    TokenLookups<Api[K]> & {
      /** The kind of its subject. Narrow by it: what only people have is not in tokens of machines. */
      readonly kind: K;
      /** Claims that services may grant access on, by their names in the spec: right, or not there. */
      readonly authority: Api[K]['authority'];
      /** Claims that services may show, and must not grant access on. */
      readonly descriptive: Api[K]['descriptive'];
      /** Those of the types that the policy decides on. */
      readonly authorizationDetails: readonly DetailOf<Api>[];
    };
}[Kind];
