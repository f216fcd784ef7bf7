import { randomBytes } from 'node:crypto';
import {
  cpSync,
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Artifact } from '@claimsmith/core';
import { CliError, systemCode, systemReason } from '../error.ts';
import { down, inFolder } from './pinned.ts';

/** Lists the files that Claimsmith wrote into a folder, so that it replaces no others. */
const listName = '.claimsmith';
const temporaryPrefix = '.claimsmith-';

/** How one file on disk differs from what would be written. */
export interface Difference {
  readonly path: string;
  readonly kind: 'missing' | 'changed' | 'extra';
}

/** An output folder and what belongs into it. */
export interface Output {
  /** Absolute. */
  readonly folder: string;
  /** An absolute folder above it, below which links are not allowed. */
  readonly base: string;
  readonly artifacts: readonly Artifact[];
  /** Names in the folder, files or folders, that belong to the tool that the folder is for. They are kept. */
  readonly kept?: readonly string[];
  /** Names in the folder that are there while that tool runs. */
  readonly busy?: readonly string[];
}

/**
 * Replaces the whole content of each folder. It writes everything next to the folders first, and then swaps names. It
 * is synchronous, because Node handles Ctrl-C only between turns: an interruption comes before or after.
 *
 * @throws {CliError} `io`, also if a folder holds files that Claimsmith did not write, or is behind a link
 */
export function writeOutputs(outputs: readonly Output[]): void {
  const staged: { readonly output: Output; readonly temporary: string }[] = [];
  try {
    for (const output of outputs) {
      const temporary = `${temporaryPrefix}${process.pid}-${randomBytes(6).toString('hex')}`;
      beside(output, true, () => {
        assertIdle(output);
        assertOurs(output.folder, output.kept);
        removeLeftovers();
        staged.push({ output, temporary });
        stage(temporary, output.artifacts);
        keep(basename(output.folder), temporary, output.kept);
      });
    }
    for (const { output, temporary } of staged)
      beside(output, false, () => swap(temporary, basename(output.folder)));
  } catch (error) {
    if (error instanceof CliError) throw error;
    const place = staged.at(-1)?.output.folder ?? outputs[0]?.folder ?? 'the output';
    throw new CliError('io', `${place} cannot be written: ${systemReason(error)}`, { cause: error });
  } finally {
    for (const { output, temporary } of staged) remove(output, temporary);
  }
}

/** Runs `work` in the folder above an output folder. */
function beside<T>({ base, folder }: Output, make: boolean, work: () => T): T {
  let start = base;
  while (make && !existsSync(start)) start = dirname(start);
  const steps = relative(start, dirname(folder)).split(sep);
  return inFolder(
    start,
    steps.filter((step) => step !== ''),
    make,
    work,
  );
}

function remove(output: Output, temporary: string): void {
  try {
    beside(output, false, () => rmSync(temporary, { recursive: true, force: true }));
  } catch {
    // The folder is gone or replaced; the earlier error says more.
  }
}

/**
 * Refuses an output folder that Claimsmith must not write folders into.
 *
 * @throws {CliError} `io` for the root of the file system, and for a folder that a build has written or a part of one:
 * the next build replaces it as a whole
 */
export function assertRoom(root: string): void {
  if (dirname(root) === root)
    throw new CliError('io', `${root} is the root of the file system: choose another --out`);
  for (let folder = root; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, listName)))
      throw new CliError(
        'io',
        `${folder} is what a build has written, and the next one replaces it as a whole: choose another --out`,
      );
  }
}

/** How the folder on disk differs from the files to write; empty if it does not. */
export function compareOutput(output: Output): readonly Difference[] {
  const { folder, artifacts } = output;
  if (!existsSync(dirname(folder))) return artifacts.map(({ path }) => ({ path, kind: 'missing' }));
  return beside(output, false, () => compare(basename(folder), artifacts));
}

function compare(folder: string, artifacts: readonly Artifact[]): readonly Difference[] {
  const differences: Difference[] = [];
  for (const artifact of artifacts) {
    const { path } = artifact;
    const found = readIfThere(join(folder, path));
    if (found === undefined) differences.push({ path, kind: 'missing' });
    else if (!found.equals(bytesOf(artifact))) differences.push({ path, kind: 'changed' });
  }
  const expected = new Set([listName, ...artifacts.map(({ path }) => path)]);
  for (const path of filesIn(folder)) {
    if (!expected.has(path)) differences.push({ path, kind: 'extra' });
  }
  return differences;
}

function stage(temporary: string, artifacts: readonly Artifact[]): void {
  mkdirSync(temporary);
  down([temporary], false, () => {
    for (const artifact of artifacts) {
      const { path } = artifact;
      if (!isSafe(path))
        throw new CliError('io', `an issuer wants to write the file name "${path}", which is not allowed`);
      const steps = path.split('/');
      down(steps.slice(0, -1), true, () => writeFileSync(basename(path), bytesOf(artifact), { flag: 'wx' }));
    }
    const list = artifacts.map(({ path }) => `${path}\n`).sort();
    writeFileSync(listName, `# Written by claimsmith.\n${list.join('')}`, { flag: 'wx' });
  });
}

/** Copies what stays. The old folder goes only when the new one is in its place. */
function keep(folder: string, temporary: string, names: readonly string[] = []): void {
  for (const name of names) {
    const from = join(folder, name);
    if (lstatSync(from, { throwIfNoEntry: false }) === undefined) continue;
    cpSync(from, join(temporary, name), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      errorOnExist: true,
      force: false,
    });
  }
}

/** The state of an artifact on disk. */
export function bytesOf({ content, encoding }: Artifact): Buffer {
  return Buffer.from(content, encoding ?? 'utf8');
}

/** Relative, forward slashes, no step upwards, and not our own list. */
function isSafe(path: string): boolean {
  const steps = path.split('/');
  return path !== listName && !/[\\:\0]/.test(path) && steps.every((step) => !['', '.', '..'].includes(step));
}

/** Another build may put its own folder there between the two renames; the later one wins. */
const mostAttempts = 10;

function swap(temporary: string, folder: string): void {
  for (let attempt = 1; ; attempt++) {
    const old = `${temporary}-old`;
    moveAside(folder, old);
    try {
      renameSync(temporary, folder);
      return;
    } catch (error) {
      const isTaken = ['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '');
      if (isTaken && attempt < mostAttempts) continue;
      if (!isTaken) renameBack(old, folder);
      throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

function moveAside(folder: string, old: string): void {
  try {
    renameSync(folder, old);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function renameBack(old: string, folder: string): void {
  try {
    renameSync(old, folder);
  } catch {
    // The folder did not exist before, or the disk is gone; the first error says more.
  }
}

/** Refuses a folder in which a tool is running: what it writes meanwhile would be lost. */
function assertIdle({ folder, busy = [] }: Output): void {
  const found = busy.find((name) => existsSync(join(basename(folder), name)));
  if (found === undefined) return;
  throw new CliError(
    'io',
    `a tool is running in ${folder}: wait until it has ended, or remove ${join(folder, found)} if it ended badly`,
  );
}

/** Refuses a folder that holds files we did not write. It is inspected from the parent folder. */
function assertOurs(folder: string, kept: readonly string[] = []): void {
  const name = basename(folder);
  if (isLink(name)) {
    throw new CliError('io', `${folder} is a link, and was not written by claimsmith: choose another --out`);
  }
  const files = filesIn(name).filter((file) => !kept.includes(file.split('/', 1)[0] ?? file));
  if (files.length === 0) return;
  const list = readIfThere(join(name, listName))?.toString('utf8').split('\n') ?? [];
  const foreign = files.find((file) => file !== listName && !list.includes(file));
  if (foreign === undefined) return;
  throw new CliError(
    'io',
    `${join(folder, foreign)} was not written by claimsmith, and the folder would be replaced: choose another --out`,
  );
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Folders that a killed build left behind, in the current folder. */
function removeLeftovers(): void {
  for (const name of readdirSync('.')) {
    const pid = Number(/^\.claimsmith-(\d+)-[0-9a-f]{12}(?:-old)?$/.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isRunning(pid)) rmSync(name, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** All files below a folder, relative, with forward slashes; none if it does not exist. */
function filesIn(folder: string): readonly string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new CliError('io', `${folder} cannot be read: ${systemReason(error)}`, { cause: error });
  }
  return entries.flatMap((entry) =>
    entry.isDirectory()
      ? filesIn(join(folder, entry.name)).map((path) => `${entry.name}/${path}`)
      : [entry.name],
  );
}

/** Reads only regular files, not links or pipes in their place. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw new CliError('io', `${path} cannot be read: ${systemReason(error)}`, { cause: error });
  }
}
