import type { Compilation, Finding, Issuer, Policy, RawContext } from '@claimsmith/core';
import type { ScenarioExpectation, ScenarioLive, SourceAnswer } from '@claimsmith/core/spec';
import type { Program } from '@claimsmith/runtime';
import type { AskedDecision, KnownEntities } from '../cedar/decisions.ts';

/** An issuance to try, as a scenario states it. */
export interface Trial {
  readonly name: string;
  /** A raw identity context. */
  readonly context: RawContext;
  readonly answers: Readonly<Record<string, SourceAnswer | undefined>>;
  /** The answers when a service looks values up, where they differ. Default: they are the same. */
  readonly later?: Readonly<Record<string, SourceAnswer>>;
  readonly nowSeconds: number;
  readonly expect: ScenarioExpectation | undefined;
  /** How running issuers are asked; undefined: they are not. */
  readonly live?: ScenarioLive | undefined;
  /** What Cedar must decide with its access token. Default: nothing. */
  readonly decisions?: readonly AskedDecision[];
  /** What Cedar knows besides the token. */
  readonly entities?: KnownEntities;
}

/** A compiled policy at one issuer. */
export interface Stage {
  readonly issuer: Issuer;
  readonly policy: Policy;
  readonly compilation: Compilation;
  readonly names: Readonly<Record<string, string>>;
  /** The same policy, to run outside the issuer; its claims carry the names of the spec. */
  readonly program: Program;
  /** All that is known to be worth saying of the policy at this issuer. */
  readonly findings: readonly Finding[];
}
