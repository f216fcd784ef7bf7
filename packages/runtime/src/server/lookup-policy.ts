import type { Program } from '../program.ts';
import type { ServerSource } from './source.ts';

/** The version of the format. A change that older readers misread raises it. */
export const lookupsVersion = 1;

/**
 * The export `policy` of `lookups.mjs`: what services look up when they decide, and how. Plain data, and the pure
 * functions of its programs. The file imports nothing.
 */
export interface LookupPolicy {
  readonly version: typeof lookupsVersion;
  readonly name: string;
  /** The first 8 hexadecimal digits of the policy's content hash. */
  readonly revision: string;
  readonly sources: Readonly<Record<string, ServerSource>>;
  /** Names of the `${NAME}`s that must be given. */
  readonly settings: readonly string[];
  /** By the issuer's id in the contract. */
  readonly issuers: Readonly<Record<string, LookupIssuer>>;
}

/** What can be decided from the tokens of one issuer. */
export interface LookupIssuer {
  /** Claims that are looked up, by their names in the spec. */
  readonly request: Readonly<Record<string, LookupPart>>;
  /** Claims of tokens whose sources can be asked again, by their names in the spec. */
  readonly fresh: Readonly<Record<string, LookupPart>>;
  /** The deny rules, in the order of the spec. */
  readonly deny: readonly LookupRule[];
}

/** A deny rule. */
export interface LookupRule {
  readonly reason: string;
  /** What clients see instead of the reason. Absent: the reason. */
  readonly message?: string;
  /** Absent if no token says what the rule reads. */
  readonly part?: LookupPart;
  /** What the rule reads and tokens do not say, for some subjects at least: dotted paths of the identity context. */
  readonly unknown: readonly string[];
}

/** One program, and what it takes from a token. */
export interface LookupPart {
  /** Decides one claim, which `access` of the decision then has, or one deny rule. */
  readonly program: Program;
  /** How the token says the fields of the identity context that the program reads. */
  readonly fields: readonly LookupField[];
  /** Claims of the token that the program reads. Absent: none. */
  readonly told?: ToldClaims;
  /** The settings that the program computes with. Absent: none. */
  readonly keys?: readonly string[];
}

/** Claims of the token as a program finds them in its context. */
export interface ToldClaims {
  /** The name of the record that holds them. */
  readonly record: string;
  /** By their names in the spec, their names in the record. */
  readonly names: Readonly<Record<string, string>>;
}

/** A field of the identity context, and how a token says it. */
export type LookupField =
  /** A claim of the issuer. `people`: only in tokens of people and agents; in others it says something else. */
  | { readonly field: string; readonly claim: string; readonly people?: true }
  /** Something that the guard knows of each token. `kind` is `human`, `machine` or `agent`. */
  | {
      readonly field: string;
      readonly fact: 'client' | 'scopes' | 'audience' | 'now' | 'actor' | 'kind';
    }
  /**
   * A claim of the policy, by its name in the spec. `of`: the kinds of subject whose tokens have it; absent: all.
   * `direct`: delegated tokens lack it. For other tokens the field is unknown, and nothing may be decided with it.
   */
  | {
      readonly field: string;
      readonly said: string;
      readonly of?: readonly string[];
      readonly direct?: true;
    };
