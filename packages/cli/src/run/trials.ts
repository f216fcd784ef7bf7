import { join } from 'node:path';
import { type Finding, isError, type SpecSource } from '@claimsmith/core';
import { readScenarios, type Scenario, type ScenarioReading, type TextFile } from '@claimsmith/core/spec';
import { CliError } from '../error.ts';
import { issuerIds } from '../issuers.ts';
import { nearest } from '../nearest.ts';
import { visible } from '../output/text.ts';
import { shown } from '../spec/find.ts';
import type { Loaded } from '../spec/load.ts';
import { readText } from '../spec/read-text.ts';
import { scenarioFiles } from './scenario-files.ts';
import { defaultNowSeconds, situated } from './situated.ts';
import type { Trial } from './trial.ts';

/** The scenarios beside a spec, in the order of their files' names. */
export interface Scenarios {
  readonly trials: readonly Trial[];
  readonly findings: readonly Finding[];
  readonly sources: readonly TextFile[];
}

/**
 * Reads the scenarios in the folder `scenarios` next to the spec, and checks names against its policy.
 *
 * @param only names of scenarios; empty for all
 * @throws {CliError} `not_found` if there are none, or none with a given name
 */
export async function readTrials(
  { file: spec, policy }: Pick<Loaded, 'file' | 'policy'>,
  only: readonly string[],
  cwd: string,
): Promise<Scenarios> {
  const folder = join(spec.folder, 'scenarios');
  const scenarios: (Scenario & Pick<Trial, 'decisions'>)[] = [];
  const files = await scenarioFiles(folder, cwd);
  const findings: Finding[] = [...files.findings];
  const sources: TextFile[] = [];
  for (const name of files.names) {
    const path = join(folder, name);
    const file = shown(path, cwd);
    const content = readText(path, file, spec.folder);
    if (content.kind === 'not_text') throw new CliError('io', `${file} is not UTF-8 text`);
    const read = readScenarios({ file, text: content.text }, policy, issuerIds);
    findings.push(...read.findings, ...takenNames(read, scenarios));
    scenarios.push(...read.scenarios.map((scenario) => withPlaces(scenario, read.source)));
    sources.push({ file, text: content.text });
  }
  for (const name of only) {
    if (scenarios.some((scenario) => scenario.name === name) || findings.some(isError)) continue;
    const names = scenarios.map((scenario) => scenario.name);
    const near = (await nearest(name, names)) || listed(name, names);
    throw new CliError('not_found', `unknown scenario "${visible(name)}"${near}`);
  }
  const chosen = only.length === 0 ? scenarios : scenarios.filter(({ name }) => only.includes(name));
  return { trials: chosen.map(toTrial), findings, sources };
}

/** Those that have the name as a part, else all. */
function listed(name: string, names: readonly string[]): string {
  const within = names.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  const shown = within.length > 0 ? within : names;
  return `; the scenarios are ${shown.map((one) => `"${visible(one)}"`).join(', ')}`;
}

/** Results are identified by their scenarios' names, in all files. */
function takenNames({ scenarios, source }: ScenarioReading, others: readonly Scenario[]): readonly Finding[] {
  return scenarios
    .filter(({ name }) => others.some((other) => other.name === name))
    .map(({ name, path }) => ({
      rule: 'TE008',
      severity: 'error',
      message: `A scenario in another file already has the name \`${visible(name)}\`.`,
      range: source.value([...path, 'name']),
    }));
}

/** The decisions of a scenario with their places. */
function withPlaces(scenario: Scenario, source: SpecSource): Scenario & Pick<Trial, 'decisions'> {
  const { decisions, path } = scenario;
  return {
    ...scenario,
    decisions: decisions.map((decision, index) => ({
      ...decision,
      range: source.value([...path, 'decisions', index]),
    })),
  };
}

function toTrial({
  name,
  context,
  own,
  sources,
  later,
  nowSeconds = defaultNowSeconds,
  expect,
  live,
  decisions,
  entities,
}: Scenario & Pick<Trial, 'decisions'>): Trial {
  return {
    name,
    context: situated({ ...context, now: nowSeconds * 1000 }, own),
    answers: sources,
    later,
    nowSeconds,
    expect,
    live,
    ...(decisions !== undefined && decisions.length > 0 && { decisions, entities }),
  };
}
