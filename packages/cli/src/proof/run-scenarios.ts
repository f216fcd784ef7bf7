import { type Finding, isError } from '@claimsmith/core';
import type { TextFile } from '@claimsmith/core/spec';
import { cedarBeside } from '../cedar/beside.ts';
import type { CedarEngine } from '../cedar/decisions.ts';
import { stagesOf } from '../run/stages.ts';
import type { Stage, Trial } from '../run/trial.ts';
import { readTrials } from '../run/trials.ts';
import { type Loaded, type LoadOptions, loadSpec } from '../spec/load.ts';
import { noResults, policiesOf, type Results, tryAll } from './try.ts';

/** The scenarios to run, and the issuers. */
export interface ScenarioOptions extends LoadOptions {
  /** Ids of issuers. Default: those that the spec names. */
  readonly issuers?: readonly string[];
  /** Names of scenarios. Default: all. */
  readonly scenarios?: readonly string[];
  /** The folder that a relative path starts from. Default: that of the process. */
  readonly cwd?: string;
}

/** The results of a spec's scenarios. */
export interface ScenarioRun extends Results {
  /** `payments@1f2e3d4c`; empty if the spec is not a policy. */
  readonly policy: string;
  /** Why nothing was run; empty if the scenarios were. */
  readonly errors: readonly Finding[];
  readonly spec: Loaded;
  /** The policy, or if it reads `issuer`, those of the issuers, each with its first issuer. */
  readonly policies: readonly Pick<Stage, 'policy' | 'issuer' | 'names'>[];
  /** The scenarios that were run. */
  readonly trials: readonly Trial[];
  /** What decides; undefined without files of Cedar. */
  readonly engine: CedarEngine | undefined;
  /** Warnings about the files of scenarios and of Cedar, and about the claims that tokens have. */
  readonly warnings: readonly Finding[];
  /** The texts that errors and warnings point into. */
  readonly sources: readonly TextFile[];
}

/**
 * Runs the scenarios beside a spec on the policy itself and through the built files of every issuer.
 *
 * @param spec a spec or its folder
 * @throws {CliError} if files are not there or cannot be read
 */
export async function runScenarios(spec?: string, options: ScenarioOptions = {}): Promise<ScenarioRun> {
  const { issuers = [], scenarios = [], cwd = process.cwd(), ...how } = options;
  const loaded = await loadSpec(spec, issuers, cwd, how);
  const sources = [{ file: loaded.file.name, text: loaded.text }];
  const { stages, findings } = await stagesOf(loaded);
  const policy = loaded.policy === undefined ? '' : `${loaded.policy.name}@${loaded.policy.revision}`;
  const errors = findings.filter(isError);
  const policies = policiesOf(stages);
  if (errors.length > 0)
    return {
      ...noResults,
      policy,
      policies,
      errors,
      warnings: [],
      spec: loaded,
      trials: [],
      engine: undefined,
      sources,
    };
  const read = await readTrials(loaded, scenarios, cwd);
  const decided = read.findings.some(isError) ? undefined : await cedarBeside(loaded, read.trials, cwd);
  const found = [...read.findings, ...(decided?.findings ?? [])];
  const results = found.some(isError) ? noResults : await tryAll(stages, read.trials, decided?.engine);
  return {
    ...results,
    policy,
    policies,
    errors: found.filter(isError),
    warnings: [...found.filter((finding) => !isError(finding)), ...results.findings],
    spec: loaded,
    trials: read.trials,
    engine: decided?.engine,
    sources: [...sources, ...read.sources, ...(decided?.sources ?? [])],
  };
}
