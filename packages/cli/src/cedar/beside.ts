import { contractOf } from '@claimsmith/core';
import type { Trial } from '../run/trial.ts';
import { chosenIssuers, type Loaded } from '../spec/load.ts';
import type { CedarReading } from './engine.ts';
import { hasCedarFiles } from './folder.ts';

/**
 * Reads the schema and the policies of Cedar beside a spec with `cedar`, and checks the decisions of scenarios; undefined if
 * there are neither files nor decisions.
 *
 * @throws {CliError} as `readCedar`
 */
export async function cedarBeside(
  { policy, policyAt, file }: Loaded,
  trials: readonly Trial[],
  cwd: string,
): Promise<CedarReading | undefined> {
  const settings = policy?.spec.cedar;
  if (policy === undefined || settings === undefined) return undefined;
  const isAsked = trials.some(({ decisions = [] }) => decisions.length > 0);
  if (!isAsked && !hasCedarFiles(file.folder)) return undefined;
  const { readCedar } = await import('./engine.ts');
  // Policies are about the tokens of all issuers, also where only one is tried.
  const contract = contractOf(policy, chosenIssuers(policy.spec, []), policyAt);
  const reading = await readCedar(contract, settings, file.folder, cwd);
  const questions = trials.flatMap(
    ({ decisions = [], entities = {} }) => reading.engine?.check(decisions, entities) ?? [],
  );
  return { ...reading, findings: [...reading.findings, ...questions] };
}
