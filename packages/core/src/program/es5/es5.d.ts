/*
 * The part of every policy program that does not depend on the policy. It uses only ES5 syntax and built-ins, so that
 * it runs in Node, in browsers and in Nashorn. It calls helpers of the expressions.
 *
 * `npm run generate` cuts it into ../library.gen.ts, without the tags of its comments; a program contains the functions
 * that it names.
 */

/** A checked identity context: the fields that the policy reads. */
interface Context {
  /** The steps that the issuance may still take. When they are spent, the issuance is denied. */
  readonly budget: Budget;
  readonly subjectType?: string;
  readonly actor: Actor;
  readonly $settings?: Record<string, string>;
  readonly now?: Opaque;
  readonly request: {
    /** Undefined if the issuer does not supply them. */
    readonly scopes: string[] | undefined;
    readonly authorization_details: Record<string, unknown>[] | undefined;
    readonly audience?: string;
    readonly grant_type?: string;
  };
}

/** Who acts for the subject. */
interface Actor {
  /** The present actor. */
  readonly sub?: string;
  /** All actors, the present one first; null if they are unreadable. */
  readonly chain?: string[] | null;
}

/** What the sources said, by their names. */
type Sources = Record<string, object>;

/** The claims so far. */
type Claims = Record<string, unknown>;

/** An expression. `bound` is what a scope or an authorization detail binds. */
type Condition = (context: Context, sources: Sources, claims: Claims, bound?: unknown) => unknown;

/** The condition of a grant; false if the grant is not for this token. */
type Grant = Condition | false;

/** What a source has answered, or why it has not. */
interface Answer {
  readonly value?: unknown;
  readonly failure?: string;
  readonly ageSeconds: number;
}

/** Makes the question to a source; fails if a value for it is missing. */
type Question<Need> = (context: Context, sources: Sources) => Need;

/** Reads a value of a declared type from untrusted data. */
type Reader<T> = (value: unknown, budget: Budget) => T | undefined;

/** One issuance: what expressions read, and the decision so far. */
interface Run {
  readonly context: Context;
  readonly sources: Sources;
  readonly claims: Claims;
  readonly answers: unknown;
  denied: string | undefined;
  /** Only in a policy that has challenges. */
  challenge?: Challenge;
  access: Record<string, unknown>;
  id: Record<string, unknown>;
  /** Only in a policy that has claims there. */
  userinfo?: Record<string, unknown>;
  add: string[];
  remove: string[];
  readonly outcomes: Outcome[];
}

interface Outcome {
  readonly kind: 'policy' | 'claim' | 'scope' | 'deny' | 'detail';
  readonly name: string;
  readonly outcome: 'emitted' | 'default' | 'omitted' | 'skipped' | 'denied' | 'granted' | 'refused';
  readonly cause: string | undefined;
}

/** What may be asked for instead of a denial. */
interface Challenge {
  readonly with: 'mfa';
  readonly enroll: boolean;
}

interface Decision {
  readonly denied: string | undefined;
  left?: true;
  message?: string;
  challenge?: Challenge | undefined;
  readonly access: Record<string, unknown>;
  readonly id: Record<string, unknown>;
  userinfo?: Record<string, unknown>;
  readonly scopes: { readonly add: string[]; readonly remove: string[] };
  readonly lifetimeSeconds: number | undefined;
  readonly outcomes: Outcome[];
}
