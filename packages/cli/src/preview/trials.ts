import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, readScenarios, type Scenario, type ScenarioReading } from '@claimsmith/core';
import { nearest } from '../arguments.ts';
import { CliError, systemCode, systemReason } from '../error.ts';
import type { SourceText } from '../findings.ts';
import { shown } from '../spec/find.ts';
import type { Loaded } from '../spec/load.ts';
import { readText } from '../spec/read-text.ts';
import { visible } from '../text.ts';
import type { Trial } from './issue.ts';

/** The scenarios beside a spec, in the order of their files' names. */
export interface Scenarios {
  readonly trials: readonly Trial[];
  readonly findings: readonly Finding[];
  readonly sources: readonly SourceText[];
}

/** When a scenario does not say: 2026-01-01T00:00:00Z, so that the same files give the same tokens on any day. */
const defaultNowSeconds = 1_767_225_600;

/**
 * Reads `scenarios/*.yaml`, `.yml` and `.json` beside the spec, against the names of its policy.
 *
 * @param only names of scenarios; empty for all
 * @throws {CliError} `not_found` where there are none, or none of a name
 */
export async function readTrials(
  { file: spec, policy }: Pick<Loaded, 'file' | 'policy'>,
  only: readonly string[],
  cwd: string,
): Promise<Scenarios> {
  const folder = join(spec.folder, 'scenarios');
  const scenarios: Scenario[] = [];
  const findings: Finding[] = [];
  const sources: SourceText[] = [];
  for (const name of await scenarioFiles(folder, cwd)) {
    const path = join(folder, name);
    const file = shown(path, cwd);
    const content = await readText(path, file);
    if (content.kind === 'not_text') throw new CliError('io', `${file} is not UTF-8 text`);
    const read = readScenarios({ file, text: content.text }, policy);
    findings.push(...read.findings, ...takenNames(read, scenarios));
    scenarios.push(...read.scenarios);
    sources.push({ file, text: content.text });
  }
  for (const name of only) {
    if (scenarios.some((scenario) => scenario.name === name) || findings.length > 0) continue;
    const names = scenarios.map((scenario) => scenario.name);
    const near = (await nearest(name, names)) || listed(name, names);
    throw new CliError('not_found', `there is no scenario "${visible(name)}"${near}`);
  }
  const chosen = only.length === 0 ? scenarios : scenarios.filter(({ name }) => only.includes(name));
  return { trials: chosen.map(toTrial), findings, sources };
}

/** Those that have the name as a part, else all. */
function listed(name: string, names: readonly string[]): string {
  const within = names.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  const shown = within.length > 0 ? within : names;
  return `; there is ${shown.map((one) => `"${visible(one)}"`).join(', ')}`;
}

/** Results are told apart by their scenarios' names, whatever file they stand in. */
function takenNames({ scenarios, source }: ScenarioReading, others: readonly Scenario[]): readonly Finding[] {
  return scenarios
    .filter(({ name }) => others.some((other) => other.name === name))
    .map(({ name, path }) => ({
      rule: 'TE008',
      severity: 'error',
      message: `A scenario of another file has the name \`${visible(name)}\` already.`,
      range: source.value([...path, 'name']),
    }));
}

async function scenarioFiles(folder: string, cwd: string): Promise<readonly string[]> {
  let names: readonly string[] = [];
  try {
    names = await readdir(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT') {
      throw new CliError('io', `${shown(folder, cwd)} can't be read: ${systemReason(error)}`, {
        cause: error,
      });
    }
  }
  const files = names.filter((name) => /\.(?:ya?ml|json)$/.test(name)).toSorted();
  if (files.length > 0) return files;
  throw new CliError(
    'not_found',
    `there is no scenario in ${shown(folder, cwd)}; claimsmith init writes a first one`,
  );
}

function toTrial({ name, context, sources, nowSeconds, expect }: Scenario): Trial {
  return {
    name,
    context: situated(context),
    answers: sources,
    nowSeconds: nowSeconds ?? defaultNowSeconds,
    expect,
  };
}

/**
 * What no issuance is without: an issuer derives who the subject is, knows the user and the client, and is asked for
 * scopes in some way, by a login for `openid` at least. A scenario that does not say means the obvious. A person of whom no
 * roles or groups are said has none.
 *
 * No user logs in where a machine asks, so those that scenarios of people share with it are not there.
 */
function situated(context: Scenario['context']): Scenario['context'] {
  const { user, session, ...others } = context;
  const client = { id: anyClient, name: 'Client', ...record(context['client']) };
  const request = record(context['request']);
  const said = context['subject_type'];
  const isMachine =
    said === 'machine' ||
    said === 'agent' ||
    grantType(context) === 'client_credentials' ||
    (said === undefined && user === undefined);
  if (isMachine) {
    const subject = said === 'agent' ? said : 'machine';
    return {
      ...others,
      subject_type: subject,
      client,
      request: { grant_type: 'client_credentials', scopes: [], ...request },
    };
  }
  return {
    subject_type: 'human',
    ...context,
    user: { id: anyUser, roles: [], groups: [], ...record(user) },
    client,
    request: { grant_type: 'authorization_code', scopes: ['openid'], ...request },
  };
}

/** As long as real ones are, since tokens carry them. */
const anyUser = 'user_0123456789abcdef01234567';
const anyClient = '0123456789abcdefghijklmnopqrstuv';

function record(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function grantType({ request }: Scenario['context']): unknown {
  return typeof request === 'object' && request !== null ? Reflect.get(request, 'grant_type') : undefined;
}
