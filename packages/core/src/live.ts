import type { Issuance } from './issuance.ts';
import type { Policy } from './policy.ts';

/** Asks a running issuer, and changes nothing there. */
export interface Live {
  /** @throws {IssuerError} `settings` without a login or a realm, `io` if the issuer does not answer */
  ask(policy: Policy, question: LiveQuestion): Promise<LiveAnswer>;
}

export interface LiveQuestion {
  readonly url: string;
  readonly user: string;
  readonly client: string;
  /** At an issuer with realms. Undefined: the only one that the spec names. */
  readonly realm?: string | undefined;
  readonly scopes: readonly string[];
  /** Where the login comes from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface LiveAnswer {
  /** The part of the token that the policy writes. */
  readonly issuance: Issuance;
  /** Claims of the policy that others also write. */
  readonly collisions: readonly { readonly claim: string; readonly writers: readonly string[] }[];
}
