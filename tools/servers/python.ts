import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findCommand, versionsIn } from './process.ts';

/** A program in Python, with its packages in an environment of its own, apart from all others; filled by `install.ts`. */
export interface PythonProgram {
  readonly name: string;
  readonly packages: readonly string[];
  /** The folder of the environment, with a slash at its end. */
  readonly folder: string;
  readonly command: string;
}

const pipTimeoutMs = 600_000;

export function pythonProgram(name: string, command: string, packages: readonly string[]): PythonProgram {
  const folder = fileURLToPath(new URL(`../../.cache/${name}/`, import.meta.url));
  return { name, packages, folder, command: `${folder}bin/${command}` };
}

/**
 * A program that a package of Python brings along: started by itself, a signal reaches it and no script around it.
 *
 * @param path below `site-packages`
 */
export function packagedProgram(name: string, path: string, packages: readonly string[]): PythonProgram {
  const { folder } = pythonProgram(name, '', packages);
  const [version = 'python3'] = versionsIn(`${folder}lib`);
  return { name, packages, folder, command: `${folder}lib/${version}/site-packages/${path}` };
}

/** Whether it has been fetched. */
export function isInstalled({ command }: PythonProgram): boolean {
  return existsSync(command);
}

/** Fetches a program that is missing. What cannot be had is told. */
export function installPython(program: PythonProgram): readonly string[] {
  if (isInstalled(program)) return [];
  const { name, packages, folder } = program;
  const python = findCommand(['python3']);
  if (python === undefined) return [`${name}: no python3 to run it`];
  console.log(`fetching ${packages[0]} (once)`);
  const steps = [
    [python, '-m', 'venv', folder],
    [`${folder}bin/pip`, 'install', '--quiet', '--disable-pip-version-check', ...packages],
  ];
  const failed = steps.find(
    ([command = '', ...args]) => spawnSync(command, args, { timeout: pipTimeoutMs }).status !== 0,
  );
  return failed === undefined ? [] : [`${name}: pip could not fetch it`];
}
