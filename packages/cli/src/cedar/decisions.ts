import type { Finding, SourceRange } from '@claimsmith/core';
import type { ScenarioDecision, ScenarioEntity } from '@claimsmith/core/spec';
import type { Statement } from './statements.ts';
import type { SignedToken } from './token.ts';

// The command's public types lead here, so nothing here has a type of Cedar's package, which may not be installed.

/** A decision that a scenario expects, with its place. */
export interface AskedDecision extends ScenarioDecision {
  readonly range: SourceRange;
}

/** What decisions ask about, besides the token. */
export type KnownEntities = Readonly<Record<string, ScenarioEntity>>;

/** What Cedar decides. */
export interface Decided {
  readonly allow: boolean;
  /** The policies that decide. */
  readonly because: readonly Statement[];
  /** Why Cedar cannot read the request, or which policies fail; undefined if all is well. */
  readonly problem: string | undefined;
}

/** Decides with the tokens that issuers sign, by the schema and the policies beside a spec. */
export interface CedarEngine {
  readonly statements: readonly Statement[];
  /** What Cedar would not read in a scenario's decisions. */
  check(decisions: readonly AskedDecision[], entities: KnownEntities): readonly Finding[];
  /** Fails closed: a request that Cedar refuses is a denial, with its problem. */
  decide(issuer: string, token: SignedToken, decision: AskedDecision, entities: KnownEntities): Decided;
}
