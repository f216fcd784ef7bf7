import type { CedarEngine } from '../cedar/decisions.ts';
import type { Statement } from '../cedar/statements.ts';
import type { Mismatch } from '../run/compare.ts';
import {
  bypassDecisions,
  decisionMismatches,
  decisionsOf,
  type TokenDecision,
  withIssuerNames,
} from '../run/decisions.ts';
import type { Preview } from '../run/issue.ts';
import { runPolicy } from '../run/policy-run.ts';
import type { Stage, Trial } from '../run/trial.ts';
import type { Coverage } from './coverage.ts';

/** A decision with the token of an issuer. */
export interface IssuerDecision extends TokenDecision {
  readonly trial: string;
  /** The issuer's id. */
  readonly where: string;
}

/** What Cedar decides with the policy's own tokens, under the names of each issuer. */
export function meantDecisions(
  engine: CedarEngine,
  stages: readonly Stage[],
  trial: Trial,
): ReadonlyMap<Stage, readonly TokenDecision[]> {
  return new Map(
    stages.map((stage) => {
      const { verdict } = runPolicy(stage.program, stage.policy, trial, trial.context);
      return [stage, decisionsOf(engine, stage, trial, trial.context, withIssuerNames(verdict, stage))];
    }),
  );
}

/** What Cedar decides with the tokens of an issuer. */
export interface DecidedAt {
  readonly decisions: readonly TokenDecision[];
  /** Where that is not what it decides with the policy's own. An announced difference of tokens may deny more. */
  readonly divergences: readonly Mismatch[];
  /** The policies that decide on a token that bypasses ours. */
  readonly besides: readonly TokenDecision[];
}

export async function decideAt(
  engine: CedarEngine,
  stage: Stage,
  trial: Trial,
  { issuance, declared }: Preview,
  meant: readonly TokenDecision[],
): Promise<DecidedAt> {
  const decisions = decisionsOf(engine, stage, trial, trial.context, issuance);
  const differing = decisionMismatches(decisions, (_, index) => meant[index]?.allow ?? false);
  const bypassed = await bypassDecisions(engine, stage, trial, issuance);
  return {
    decisions,
    divergences: [
      ...differing.filter(({ actual }) => declared.length === 0 || actual === 'allow'),
      ...bypassed.mismatches,
    ],
    besides: bypassed.decisions,
  };
}

/** A policy of Cedar that decides nowhere is a case that no scenario shows. */
export function withDecisionCoverage(
  { cases, untried }: Coverage,
  { statements }: CedarEngine,
  decided: readonly Pick<TokenDecision, 'because'>[],
): Coverage {
  const tried = new Set<Statement>(decided.flatMap(({ because }) => because));
  const missing = statements.filter((statement) => !tried.has(statement));
  return {
    cases: cases + statements.length,
    untried: [
      ...untried,
      ...missing.map(({ file, line }) => ({
        part: 'cedar' as const,
        name: `${file}:${line}`,
        what: 'decides',
      })),
    ],
  };
}
