import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { CliError, systemCode } from '../error.ts';
import { visible } from '../output/text.ts';
import type { SpecFile } from '../spec/find.ts';
import { isWithin } from '../spec/paths.ts';
import { isScript } from '../spec/scripts.ts';

/** A spec of a commit, written to a folder of its own. */
export interface Earlier {
  /** The spec's file. */
  readonly path: string;
  /** For people: `main:examples/shop/enrichment.yaml`. */
  readonly name: string;
  /** The commit, in full. */
  readonly commit: string;
  /** Removes the folder. */
  remove(): void;
}

/** All files together, as they are read from git. */
const largestBytes = 16_000_000;

/**
 * Takes a spec from a commit, with the scenarios, environments and Cedar's files beside it. A spec that has moved since is found by its
 * content. Nothing in the working tree or the repository is changed.
 *
 * @throws {CliError} `not_found` if there is no repository, commit or spec there; `script` for a spec in TypeScript; `io`
 */
export async function earlierSpec(ref: string, spec: SpecFile): Promise<Earlier> {
  const shownRef = visible(ref);
  const real = realpathSync.native(spec.path);
  const root = await rootOf(dirname(real), shownRef);
  const commit = await commitOf(root, ref);
  const now = relative(realpathSync.native(root), real).split(sep).join('/');
  const path = await pathAt(root, commit, now);
  if (path === undefined)
    throw new CliError(
      'not_found',
      `${visible(now)} is not in ${shownRef}, under this name or another; name the file to compare with: claimsmith diff <file> ${visible(spec.name)}`,
    );
  if (isScript({ ...spec, path: join(root, path) }))
    throw new CliError(
      'script',
      `a TypeScript spec cannot be taken from a commit, because its imports would be those of today; check the commit out (git worktree add ../before ${shownRef}) and name its file`,
    );
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-diff-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await writeFiles(root, commit, path, folder);
  } catch (error) {
    remove();
    throw error;
  }
  return { path: join(folder, posix.basename(path)), name: `${shownRef}:${visible(path)}`, commit, remove };
}

async function rootOf(folder: string, shownRef: string): Promise<string> {
  try {
    return (await git(folder, ['rev-parse', '--show-toplevel'])).replace(/\r?\n$/, '');
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new CliError('not_found', 'git is not installed; name a file to compare with instead', {
        cause: error,
      });
    throw new CliError('not_found', `there is no file ${shownRef}, and the spec is not in a git repository`, {
      cause: error,
    });
  }
}

async function commitOf(root: string, ref: string): Promise<string> {
  try {
    const text = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
    const commit = text.trim();
    if (/^[0-9a-f]{40,64}$/.test(commit)) return commit;
  } catch {
    // It does not name a commit; the error below says so.
  }
  throw new CliError(
    'not_found',
    `${visible(ref)} is neither a file nor a commit here; in CI, fetch the branch first (fetch-depth: 0)`,
  );
}

/** The path that the spec had there. */
async function pathAt(root: string, commit: string, now: string): Promise<string | undefined> {
  if ((await entriesAt(root, commit, now)).some(({ path }) => path === now)) return now;
  const changes = await git(root, [
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    '--find-renames=50%',
    '--diff-filter=R',
    '--name-status',
    '-z',
    commit,
    '--',
  ]);
  const fields = changes.split('\0');
  for (let at = 0; at + 2 < fields.length; at += 3) if (fields[at + 2] === now) return fields[at + 1];
  return undefined;
}

interface Entry {
  readonly path: string;
  readonly id: string;
}

/** The regular files of a commit at or below a path. */
async function entriesAt(root: string, commit: string, path: string): Promise<readonly Entry[]> {
  const listed = await git(root, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    commit,
    '--',
    path === '' ? '.' : path,
  ]);
  return [...listed.matchAll(/(100644|100755) blob ([0-9a-f]+)\t([^\0]*)\0/g)].map(
    ([, , id = '', name = '']) => ({
      path: name,
      id,
    }),
  );
}

/** The spec, and what the folders `scenarios`, `environments` and `cedar` beside it have. */
async function writeFiles(root: string, commit: string, path: string, folder: string): Promise<void> {
  const from = posix.dirname(path);
  const inFolder = (name: string) => (from === '.' ? name : `${from}/${name}`);
  const entries = [
    ...(await entriesAt(root, commit, path)),
    ...(await entriesAt(root, commit, inFolder('scenarios'))),
    ...(await entriesAt(root, commit, inFolder('environments'))),
    ...(await entriesAt(root, commit, inFolder('cedar'))),
  ];
  let rest = largestBytes;
  for (const { path: name, id } of entries) {
    if (name !== path && !/\.(?:ya?ml|json|cedar|cedarschema)$/i.test(name)) continue;
    const to = join(folder, posix.relative(from, name));
    if (!isWithin(folder, to)) continue;
    const bytes = await gitBytes(root, ['cat-file', 'blob', id]);
    rest -= bytes.length;
    if (rest < 0) throw new CliError('io', 'the files of that commit have more than 16 MB');
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes);
  }
}

const run = promisify(execFile);

async function gitBytes(folder: string, args: readonly string[]): Promise<Buffer> {
  const { stdout } = await run('git', ['--literal-pathspecs', '-c', 'core.fsmonitor=false', ...args], {
    cwd: folder,
    encoding: 'buffer',
    maxBuffer: largestBytes + 1_000_000,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    windowsHide: true,
  });
  return stdout;
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  return (await gitBytes(folder, args)).toString('utf8');
}
