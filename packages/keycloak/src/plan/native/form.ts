import type { Type } from '@claimsmith/cel';
import type { PolicyClaim } from '@claimsmith/core';

/** How a mapper can say a value. */
export interface Form {
  /** In Keycloak's words, for people. */
  readonly via: string;
  /** The provider's id. */
  readonly provider: string;
  /** What is the mapper's own: without the claim's name, its type and the tokens. */
  readonly config: Readonly<Record<string, string>>;
  /** Undefined where the mapper takes no choice of types. */
  readonly jsonType: JsonType | undefined;
  /** Whether the mapper takes the claim's name; else it writes one of its own. */
  readonly isNamed: boolean;
  /** What a token may then have otherwise than the policy says. */
  readonly limits: readonly Limit[];
  /** Whether there may be no value. */
  readonly mayBeAbsent: boolean;
}

/** `jsonType.label` */
export type JsonType = 'String' | 'long' | 'boolean' | 'JSON';

/**
 * Where a mapper and the policy may part.
 *
 * - `empty_list`: an empty list is left out
 * - `composite`: a role that is in another one counts as that one in the condition of a client scope
 * - `json`: an attribute holds any JSON, and the mapper does not look whether it is of the declared type
 * - `int`: an attribute holds an integer beyond 2^53
 * - `full_scope`: a client that does not have full scope allowed sees some roles alone
 * - `required`: nothing denies where there is no value; the claim is left out
 */
export type Limit = 'empty_list' | 'composite' | 'json' | 'int' | 'full_scope' | 'required';

/** Why no mapper says a value. */
export interface NoForm {
  readonly why: string;
  readonly help?: string;
}

/** What a form is made from. */
export interface Wanted {
  readonly claim: PolicyClaim;
  /** The claim's name at Keycloak. */
  readonly name: string;
  /** The path of the context that the claim's value is, whole. */
  readonly path: readonly string[];
  readonly type: Type;
}

/** A mapper that takes its claim's name and type, and always has a value. */
export function form(via: string, provider: string, jsonType: JsonType, more: Partial<Form> = {}): Form {
  return { via, provider, config: {}, jsonType, isNamed: true, limits: [], mayBeAbsent: false, ...more };
}
