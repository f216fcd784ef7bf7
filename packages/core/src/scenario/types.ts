import type { sourceFailures } from './schema.ts';

/** One of {@link sourceFailures}. */
export type SourceFailure = (typeof sourceFailures)[number];

/** The answer of a source in a scenario. */
export type SourceAnswer = { readonly value: unknown } | { readonly fails: SourceFailure };

/** The expected result. Anything not named may have any value, but a token must be issued unless a denial is named. */
export interface ScenarioExpectation {
  readonly access?: Readonly<Record<string, unknown>> | undefined;
  readonly id?: Readonly<Record<string, unknown>> | undefined;
  readonly userinfo?: Readonly<Record<string, unknown>> | undefined;
  /** By claim, what a service looks up with the token: the value; null: none; `{ denied }`: why it is refused. */
  readonly lookups?: Readonly<Record<string, unknown>> | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** The reason of the denial. */
  readonly denied?: string | undefined;
  /** What the user is asked for instead; no token is issued. */
  readonly challenged?: string | undefined;
  /** Claims that tokens do not carry. */
  readonly absent?: readonly string[] | undefined;
  /**
   * Whether tokens have no other claims than the named ones and the policy marker, and no other scopes of the policy
   * than the named ones.
   */
  readonly only?: true | undefined;
  /** By issuer, an expectation that replaces this one there. */
  readonly issuers?: Readonly<Record<string, ScenarioExpectation>> | undefined;
}

/** How a running issuer is asked for the tokens of a scenario. */
export interface ScenarioLive {
  /** The `client_id` that asks; undefined: only the issuers below are asked. */
  readonly client?: string | undefined;
  /** The name by which the user logs in; undefined: the client asks for itself. */
  readonly user?: string | undefined;
  /** By issuer, a question that replaces this one there. */
  readonly issuers?: Readonly<Record<string, ScenarioLive>> | undefined;
}

/** What Cedar knows of an entity, in Cedar's JSON. */
export interface ScenarioEntity {
  readonly attrs?: Readonly<Record<string, unknown>> | undefined;
  /** Entities that it is in, as texts. */
  readonly parents?: readonly string[] | undefined;
}

/** A decision that a scenario expects. */
export interface ScenarioDecision {
  /** The id of the action, or its full name. */
  readonly action: string;
  /** `Record::"r1"`. */
  readonly resource: string;
  /** The type of the principal; undefined: the only one of the action. */
  readonly principal?: string | undefined;
  /** The context beside the token. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  readonly allow: boolean;
}
