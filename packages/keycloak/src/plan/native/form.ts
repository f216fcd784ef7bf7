import type { Type } from '@claimsmith/cel';
import type { PolicyClaim } from '@claimsmith/core';

/** How a mapper can express a value. */
export interface Form {
  /** In Keycloak's words, for people. */
  readonly via: string;
  /** The provider's id. */
  readonly provider: string;
  /** The mapper's own configuration, without the claim's name, its type and the tokens. */
  readonly config: Readonly<Record<string, string>>;
  /** Undefined if the mapper does not let us choose the type. */
  readonly jsonType: JsonType | undefined;
  /** Whether the mapper lets us choose the claim's name. */
  readonly isNamed: boolean;
  /** How tokens may differ from the policy. */
  readonly limits: readonly Limit[];
  /** Whether the value may be missing. */
  readonly mayBeAbsent: boolean;
}

/** `jsonType.label` */
export type JsonType = 'String' | 'long' | 'boolean' | 'JSON';

/**
 * How a mapper may differ from the policy.
 *
 * - `empty_list`: an empty list is left out
 * - `composite`: a part of a composite role counts as the role in the condition of a client scope
 * - `json`: an attribute holds any JSON, and nothing checks its type
 * - `double`: the same where the built user profile accepts only numbers
 * - `int`: an attribute holds an integer beyond 2^53
 * - `bool`: an attribute holds a text that is neither `true` nor `false`
 * - `note`: a session note, which has no user profile, holds another type
 * - `full_scope`: a client without `Full scope allowed` sees only some roles
 * - `required`: a missing value does not deny the token; the claim is left out
 */
export type Limit =
  | 'empty_list'
  | 'composite'
  | 'json'
  | 'double'
  | 'int'
  | 'bool'
  | 'note'
  | 'full_scope'
  | 'required';

/** Why mappers cannot express a value. */
export interface NoForm {
  readonly why: string;
  readonly help?: string;
}

/** The input for a form. */
export interface Wanted {
  readonly claim: PolicyClaim;
  /** The claim's name at Keycloak. */
  readonly name: string;
  /** The path of the context that is the claim's whole value. */
  readonly path: readonly string[];
  readonly type: Type;
}

/** A mapper that lets us choose the claim's name and type, and always has a value. */
export function form(via: string, provider: string, jsonType: JsonType, more: Partial<Form> = {}): Form {
  return { via, provider, config: {}, jsonType, isNamed: true, limits: [], mayBeAbsent: false, ...more };
}
