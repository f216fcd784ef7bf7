import type { z } from 'zod';
import type { Compilation } from './compilation.ts';
import type { RawContext } from './context.ts';
import type { LiveAnswer } from './live.ts';
import type { Policy } from './policy.ts';

/** JSON data. Images of resources are JSON, so that they can be compared, kept in a journal and shown. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * Publishes a policy to the places that run it: tenants, orgs, realms. The engine in `@claimsmith/deploy` plans, orders,
 * journals and checks; a target reads, says what is wanted, and makes single writes.
 */
export interface Target {
  /** What may stand under `targets.<issuer>` of an environment: an object. Secrets are {@link SecretReference}s. */
  readonly settings: z.ZodType;
  /**
   * False if the vendor is not given the values of `${NAME}`, because a server reads them where it runs. Default true.
   */
  readonly fillsSettings?: boolean;
  /**
   * True if the vendor's platform reads the value of a `${NAME}` itself, from where a {@link VaultReference} says. Default
   * false.
   */
  readonly resolvesReferences?: boolean;
  /**
   * The places that one entry of the environment names. It only reads, and asks the vendor only if the entry has a
   * pattern.
   *
   * @param entry as `settings` parsed it
   * @throws {TargetError}
   */
  places(policy: Policy, entry: unknown, access: Access): Promise<readonly Place[]>;
}

/** Where a secret is kept. It is read when it is needed, and never kept with anything that is written. */
export type SecretReference =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] }
  | { readonly value: string };

/**
 * Where the vendor's platform reads the value of a `${NAME}` when it runs: a secret of AWS Secrets Manager, by its name or ARN,
 * with `:<key>` for one member of it; or a parameter of the SSM Parameter Store, by its name. Whoever publishes never sees it.
 */
export type VaultReference = { readonly secretsManager: string } | { readonly ssm: string };

/** A secret value that does not show itself: as text, as JSON and in logs it is `(secret)`. */
export interface Secret {
  /** The value. Only for the request that needs it. */
  reveal(): string;
  /** Equal for equal values within one journal; says nothing about the value without the journal's key. */
  readonly digest: string;
  toString(): string;
  toJSON(): string;
}

/** What the engine gives to a target. */
export interface Access {
  /** @throws {TargetError} `settings`, with the name of the variable or file and never a value */
  secret(reference: SecretReference): Promise<Secret>;
  /**
   * The value of `${NAME}` in the spec; for a {@link VaultReference}, the text that says where it is kept, such as `ssm:/crm/token`.
   *
   * @throws {TargetError} `settings` if the environment does not have it
   */
  setting(name: string): Promise<Secret>;
  /**
   * Sends one request that only reads. It waits and tries again if the vendor is busy, limits requests, or cannot be
   * reached. A request has a time limit.
   *
   * @param what completes "cannot read …", for people: `the Actions of the tenant`
   * @throws {TargetError}
   */
  read<T>(what: string, request: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * Sends one request that writes. It is tried again only if the vendor certainly has not done it (429).
   *
   * @param what completes "cannot …", for people: `deploy the Action payments-post-login`
   * @throws {TargetError} `isUncertain` says that the vendor may have done it
   */
  write<T>(what: string, request: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * What the journal last saw of a resource, for values that the vendor never returns, such as secrets; undefined if the
   * journal does not have it.
   *
   * @param place its {@link Place.name}
   */
  known(place: string, key: string): Known | undefined;
  /** Waits, for a vendor that needs time. Ends early with an error when the command is interrupted. */
  wait(milliseconds: number): Promise<void>;
}

/**
 * - `settings`: a setting of the environment is missing or wrong, or a credential cannot be read
 * - `unreachable`: no connection, no answer in time, or the vendor is out of order (5xx)
 * - `unauthorized`: the credential is refused
 * - `forbidden`: the credential lacks a permission, which the message names
 * - `not_found`: the tenant, realm or server is not there
 * - `limited`: the rate limit; `retryAfterMs` says when to try again
 * - `refused`: the vendor refuses the request
 * - `changed`: something else changed the resource at the same time
 * - `waiting`: a step outside of the vendor's API must be done first, which the message names
 */
export type TargetErrorCode =
  | 'settings'
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'limited'
  | 'refused'
  | 'changed'
  | 'waiting';

/** A place could not do what it was asked to do. The message is for people, and holds nothing of the vendor's answer. */
export class TargetError extends Error {
  readonly code: TargetErrorCode;
  /** Whether a write may have happened although it failed: a time-out, a broken connection, 5xx. */
  readonly isUncertain: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: TargetErrorCode,
    message: string,
    options: ErrorOptions & { readonly isUncertain?: boolean; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'TargetError';
    this.code = code;
    this.isUncertain = options.isUncertain ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** One tenant, org or realm. */
export interface Place {
  /** Unique in the environment, for people: `acme.eu.auth0.com`, `https://id.acme.example, realm acme`. */
  readonly name: string;
  /** The policy compiled for this place. */
  compile(): Promise<Compilation>;
  /** Reads everything that concerns the policy. It only reads; six requests at most for a place that is in order. */
  read(): Promise<Reading>;
  /**
   * When a change comes: changes with a lower number go first. Pure.
   *
   * @param all the changes of the plan
   */
  order(change: Change, all: readonly Change[]): Order;
  /**
   * The resource of a change as it is now; undefined if it does not exist. The engine calls it right before and right
   * after each write.
   */
  look(change: Change): Promise<Resource | undefined>;
  /**
   * Makes one change, its parts included, and returns when the vendor has taken it, for example when code is deployed.
   *
   * @param now the resource as `look` has just returned it
   */
  write(change: Change, now: Resource | undefined): Promise<void>;
  /**
   * What must be done outside of the vendor's API before changes of this phase may begin; undefined if it is done. Never
   * called for phase 0.
   *
   * @param all the changes of the plan
   * @returns one sentence that says what to do: `Deploy policy.mjs, revision 1a2b3c4d, to the hook server.`
   */
  awaits?(phase: number, goal: Goal, all: readonly Change[]): Promise<string | undefined>;
  /**
   * Settings of the place by which its tokens may grant more than the policy says, whatever is published. Absent: none are
   * known.
   */
  faults?(): Promise<readonly Notice[]>;
  /** Asks the running issuer for the tokens of a scenario. Absent if nothing can be asked. Empty: not this scenario. */
  ask?(question: PlaceQuestion): Promise<readonly PlaceAnswer[]>;
}

/** Phases are apart: {@link Place.awaits} may stop before each. Within a phase, a lower rank goes first. */
export interface Order {
  readonly phase: number;
  readonly rank: number;
}

/** The release that a run leads to. In a rollback it is an older one, and the policy at hand is another one. */
export interface Goal {
  /** Undefined: nothing of ours is left. */
  readonly revision: string | undefined;
}

/** What a place has. */
export interface Reading {
  /** What is ours, what we share, and what is foreign but within ours or under our names. Keys are unique. */
  readonly resources: readonly Resource[];
  /** What the place should have. Pure: it uses only what was read. Without a compilation: nothing of ours. */
  want(compilation: Compilation | undefined): Wanted;
}

/** What a place should have. Resources of ours that are not named here are deleted; shared ones stay as they are. */
export interface Wanted {
  readonly resources: readonly WantedResource[];
  readonly notices: readonly Notice[];
}

/** What a person should know before anything is written. */
export interface Notice {
  /** `conflict`: nothing is written while it is there. `warning`: look at it. `note`: good to know. */
  readonly severity: 'conflict' | 'warning' | 'note';
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do, in one sentence. */
  readonly help?: string;
  /** The resource that it is about. */
  readonly key?: string;
}

/** Something that a place has, as far as the policy is about it. */
export interface Resource {
  /**
   * Unique within a place, by names and not by ids, readable: `client scope claimsmith.payments`. It is what people see.
   */
  readonly key: string;
  /**
   * - `ours`: it has our mark, or it can only be ours
   * - `shared`: it belongs to others, and the policy sets some of its fields; never created and never deleted
   * - `foreign`: it has a name of ours without our mark, or it stands within what is ours
   */
  readonly owner: 'ours' | 'shared' | 'foreign';
  /**
   * The fields that the policy sets, in one form, so that equal images mean the same. A secret is `{ $secret: digest }`, and
   * code is `{ $code: text }`.
   */
  readonly image: Json;
  /** What others set of it, or of the list that it stands in. A write must keep it. */
  readonly rest?: Json;
  /** The vendor's id. Not compared. */
  readonly id?: string;
  /** What a rollback needs and is not compared, such as the id of a version. It is kept in the journal. */
  readonly memo?: Json;
  /** The key of the resource that it is created and deleted with in one request: a mapper's client scope. */
  readonly parent?: string;
  /** Whether it attaches something to what others use. Shown as `bind` and `unbind`. */
  readonly isBinding?: true;
}

/** A resource as it should be. */
export type WantedResource = Pick<Resource, 'key' | 'image' | 'memo' | 'parent' | 'isBinding'>;

/** A resource as the journal keeps it. */
export type Known = Pick<Resource, 'key' | 'owner' | 'image' | 'memo' | 'parent' | 'isBinding'>;

/** One write, and what it changes. */
export interface Change {
  readonly kind: 'create' | 'update' | 'delete';
  readonly key: string;
  /** Undefined if it is created. */
  readonly before: Resource | undefined;
  /** Undefined if it is deleted. */
  readonly after: WantedResource | undefined;
  /** Changes of resources that are created or deleted with this one. */
  readonly parts: readonly Change[];
}

/** A scenario that is asked of a running issuer. */
export interface PlaceQuestion {
  /** The scenario's situation, as the issuer can hold it. */
  readonly context: RawContext;
  /** The `client_id` that asks. */
  readonly client: string;
  /** The name by which the user logs in; undefined for client credentials. */
  readonly user: string | undefined;
  readonly scopes: readonly string[];
  readonly audience: string | undefined;
}

export interface PlaceAnswer extends LiveAnswer {
  /** How it was asked, for people: `a login of ada`, `the hook, by /execute`. */
  readonly how: string;
  /** Whether only a part of the issuer has answered, and it has signed no token. */
  readonly isPartial?: true;
}
