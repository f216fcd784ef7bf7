import type { Observe, Program } from '@claimsmith/runtime';
import type { ServerSource } from '@claimsmith/runtime/server';

/**
 * The export `policy` of `policy.mjs`: everything that a hook server needs to know about a policy. Plain data, and the
 * pure functions of its program. The file imports nothing.
 */
export interface HookPolicy {
  /** The policy as far as the hook decides it; claims that Okta makes itself are not in it. */
  readonly program: Program;
  readonly sources: Readonly<Record<string, ServerSource>>;
  /** Names of the `${NAME}`s that must be given. */
  readonly settings: readonly string[];
  /** Undefined if the request holds everything that the hook needs. */
  readonly feeders: Feeders | undefined;
  readonly guard: Guard;
  /** The clients whose tokens the policy only observes. Default: none. */
  readonly observe?: Observe | undefined;
  /** Whether tokens may be exchanged: somebody may then act for the user, and Okta does not say who. Default false. */
  readonly exchange?: true;
  /** From the first byte of the request to the answer. */
  readonly deadlineMs: number;
  /**
   * The hook's own claims in each token, by their names at Okta, whether or not this issuance sets them, and claims of
   * Okta that it takes out. If a token has one that the policy leaves out, the hook removes it.
   */
  readonly claims: { readonly access: readonly string[]; readonly id: readonly string[] };
  /** The claims that Okta itself makes: their names at Okta, by those in the spec. */
  readonly native: Readonly<Record<string, string>>;
  /** The name of the setting that holds the key for subjects in the audit. Absent: the audit names no subjects. */
  readonly auditKey?: string;
}

/**
 * The prefix of feeders' names. Claims of a policy never have it, so the hook removes all claims with it, also feeders
 * of another version of the policy, which exist while one version replaces another.
 */
export const feederPrefix = 'cs_';

/** Feeders: native claims that carry what Okta's request lacks. The hook removes them from the token. */
export interface Feeders {
  /**
   * The name of a native claim that is `true` if all of `items` are deployed: `cs_feeders_5d41c8`, unique to this set.
   * If the token lacks it, the cause of a missing value is unknown, and the hook denies.
   */
  readonly proof: string;
  readonly items: readonly Feeder[];
}

/** A native claim that carries a field of the identity context to the hook. */
export interface Feeder {
  /** The native claim's name, which changes with its expression: `cs_email_1f3a70`. */
  readonly claim: string;
  /** The field of the identity context: `user.email`, `user.attributes.country`, `org.id`. */
  readonly field: string;
  /**
   * - `value`: the claim's value; without a value at Okta there is no claim
   * - `list`: a list with an empty text before it, because Okta leaves out a claim whose list is empty; without a value
   *   at Okta there is no claim
   * - `groups`: names of groups, always including `Everyone`, so that a list without it is invalid; the field itself
   *   leaves `Everyone` out
   */
  readonly kind: 'value' | 'list' | 'groups';
}

/** How the tokens of a hook that could not be called are made worthless. */
export interface Guard {
  /** Quarantine: the useless audience of Okta's tokens, and the real one that the hook sets. */
  readonly quarantine: { readonly from: string; readonly to: string } | undefined;
  /** Sentinel: the policy marker, and its value in a token whose hook was not called. */
  readonly sentinel: { readonly claim: string; readonly value: string } | undefined;
  /** Short life: how long such a token lives, at most. */
  readonly shortLifeSeconds: number | undefined;
}
