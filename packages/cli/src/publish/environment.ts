import { resolve } from 'node:path';
import type { Finding } from '@claimsmith/core';
import type { TextFile } from '@claimsmith/core/spec';
import { type Environment, readEnvironment } from '@claimsmith/deploy';
import { CliError } from '../error.ts';
import { issuers } from '../issuers.ts';
import type { Loaded } from '../spec/load.ts';
import { readText } from '../spec/read-text.ts';
import { type EnvironmentFile, findEnvironment } from './find-environment.ts';
import { type LoadedTargets, loadTargets } from './targets.ts';

/** An environment, checked against its spec. */
export interface LoadedEnvironment extends EnvironmentFile {
  /** Undefined if a finding is an error. */
  readonly environment: Environment | undefined;
  readonly findings: readonly Finding[];
  /** The text to show with the findings; values that may be secrets are covered. */
  readonly text: TextFile;
  /** The folder of its journal, absolute. */
  readonly journal: string;
  readonly targets: LoadedTargets;
}

/**
 * Finds an environment and reads it.
 *
 * @param argument its name, or a path; undefined: the only one
 * @throws {CliError} `not_found`, `io`, or `usage`
 */
export async function loadEnvironment(
  { file: spec, policy }: Pick<Loaded, 'file' | 'policy'>,
  argument: string | undefined,
  cwd: string,
): Promise<LoadedEnvironment> {
  const found = await findEnvironment(argument, spec, cwd);
  const { path, file, name, folder, isNamed } = found;
  const content = isNamed ? readText(path, file) : readText(path, file, spec.folder);
  if (content.kind === 'not_text') throw new CliError('io', `${file} is not UTF-8 text`);
  const targets = await loadTargets(issuers);
  const { environment, findings, shownText } = readEnvironment(
    { file, text: content.text },
    { targets, policy },
  );
  const journal = resolve(folder, environment?.journal ?? `${name}.journal`);
  return { ...found, environment, findings, text: { file, text: shownText }, journal, targets };
}
