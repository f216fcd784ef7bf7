import { isDeepStrictEqual } from 'node:util';
import { createPolicy, oncePer, type Policy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import fc from 'fast-check';
import { issuers } from '../../packages/cli/src/issuers.ts';
import type { Mismatch } from '../../packages/cli/src/run/compare.ts';
import { issue } from '../../packages/cli/src/run/issue.ts';
import type { Stage, Trial } from '../../packages/cli/src/run/trial.ts';
import { engineCheck } from './engines.ts';
import { type RandomSpec, specs } from './spec.ts';
import { trials } from './trial.ts';

/** How many triples each issuer ran, and what it did. */
export interface IssuerCount {
  compared: number;
  /** Those that cannot come about there, because somebody acts for the user. */
  impossible: number;
  denied: number;
  /** Triples where what it signs is announced to be something else. */
  departed: number;
  /** Specs that it refuses to compile, with the rules that say why. */
  readonly refused: Map<string, number>;
}

/** An issuer that signs something else than its policy decides. */
export interface Difference {
  readonly issuer: string;
  readonly spec: string;
  readonly trial: Trial;
  readonly differences: readonly Mismatch[];
}

export interface ConformanceRun {
  readonly specs: number;
  readonly triples: number;
  readonly counts: ReadonlyMap<string, IssuerCount>;
  readonly differences: readonly Difference[];
}

/**
 * Runs random specs on random situations at every issuer, its built artifact against the policy.
 *
 * @param limits.specs how many specs, each tried in `limits.trials` situations
 */
export async function runConformance(limits: {
  readonly seed: number;
  readonly specs: number;
  readonly trials: number;
}): Promise<ConformanceRun> {
  const counts = new Map(
    issuers.map(({ id }): [string, IssuerCount] => [
      id,
      { compared: 0, impossible: 0, denied: 0, departed: 0, refused: new Map() },
    ]),
  );
  const differences: Difference[] = [];
  let triples = 0;
  const sample = fc.sample(specs, { seed: limits.seed, numRuns: limits.specs });
  for (const [index, spec] of sample.entries()) {
    const { policy, stages } = await stagesOf(spec, counts);
    const engineFaults = engineCheck(policy, stages);
    const situations = fc.sample(trials(spec.sources), { seed: limits.seed + index, numRuns: limits.trials });
    for (const trial of situations) {
      triples++;
      for (const stage of stages) {
        const found = await issue(stage, trial);
        const count = counts.get(found.issuer);
        if (count === undefined) continue;
        if (found.impossible !== undefined) {
          count.impossible++;
          continue;
        }
        count.compared++;
        if (found.verdict?.denied !== undefined) count.denied++;
        if (found.declared.length > 0) count.departed++;
        const wrong = [...found.divergences, ...engineFaults(stage, trial, found)];
        if (wrong.length > 0)
          differences.push({ issuer: found.issuer, spec: spec.text, trial, differences: wrong });
      }
    }
  }
  return { specs: sample.length, triples, counts, differences };
}

/** @throws Error if a generated spec is not valid: a defect of the generator */
async function stagesOf(
  { text, plain }: RandomSpec,
  counts: ReadonlyMap<string, IssuerCount>,
): Promise<{ readonly policy: Policy; readonly stages: readonly Stage[] }> {
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const reading = readSpec({ file: 'random.yaml', text }, settings);
  const created = reading.spec && createPolicy(reading.spec, reading.source);
  if (created?.policy === undefined) {
    const [finding] = [...reading.findings, ...(created?.findings ?? [])].filter(
      ({ severity }) => severity === 'error',
    );
    throw new Error(`${finding?.rule}: ${finding?.message}\n${text}`);
  }
  // What stands for a parameter is as if it were written out.
  if (!isDeepStrictEqual(reading.spec, readSpec({ file: 'random.yaml', text: plain }, settings).spec))
    throw new Error(`the parameters change the spec:\n${text}`);
  const programOf = oncePer((own: Policy) => evaluateProgram(generateProgram(own)));
  const stages: Stage[] = [];
  for (const issuer of issuers) {
    const own = created.at(issuer.id);
    const { policy } = own;
    const compilation = policy && (await issuer.compile(policy));
    const findings = policy ? [...issuer.check(policy), ...(compilation?.findings ?? [])] : own.findings;
    const errors = findings.filter(({ severity }) => severity === 'error');
    const refused = counts.get(issuer.id)?.refused;
    for (const rule of new Set(errors.map(({ rule }) => rule)))
      refused?.set(rule, (refused.get(rule) ?? 0) + 1);
    if (errors.length > 0 || policy === undefined || compilation === undefined) continue;
    const program = programOf(policy);
    stages.push({ issuer, policy, compilation, names: issuer.names(policy), program, findings });
  }
  return { policy: created.policy, stages };
}
