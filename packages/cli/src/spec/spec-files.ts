import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { CliError } from '../error.ts';
import { shown, specNames } from './find.ts';

/**
 * The specs that arguments name: files, folders with a spec, and patterns such as `specs/**`, which stand for every spec that they
 * match or that is in a folder that they match.
 *
 * @throws {CliError} `not_found` if a pattern matches no spec
 */
export async function specFiles(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const argument of args.length === 0 ? ['.'] : args) {
    if (!/[*?[{]/.test(argument) || isThere(resolve(cwd, argument))) {
      found.push(argument);
      continue;
    }
    const matched = await matching(argument, cwd);
    if (matched.length === 0)
      throw new CliError('not_found', `${argument} matches no spec; specs are named ${specNames.join(', ')}`);
    found.push(...matched);
  }
  return [...new Set(found)];
}

async function matching(pattern: string, cwd: string): Promise<readonly string[]> {
  const whole = resolve(cwd, pattern);
  const steps = whole.split(sep);
  const fixed =
    steps
      .slice(
        0,
        steps.findIndex((step) => /[*?[{]/.test(step)),
      )
      .join(sep) || sep;
  const paths: string[] = [];
  const expression = globExpression(whole);
  for await (const path of specsBelow(fixed))
    if ([path, dirname(path)].some((one) => expression.test(slashes(one)))) paths.push(shown(path, cwd));
  return paths.sort();
}

/** `**` for any folders, `*` and `?` within one name, `{a,b}` for either. */
function globExpression(pattern: string): RegExp {
  const parts: Readonly<Record<string, string>> = {
    '**/': '(?:.*/)?',
    '**': '.*',
    '*': '[^/]*',
    '?': '[^/]',
    '{': '(?:',
    '}': ')',
    ',': '|',
  };
  const text = slashes(pattern).replace(
    /\*\*\/|\*\*|[*?{},]|[.+^$()|[\]\\]/g,
    (part) => parts[part] ?? `\\${part}`,
  );
  return new RegExp(`^${text}$`);
}

function slashes(path: string): string {
  return path.split(sep).join('/');
}

/** Files with the name of a spec; hidden folders and those of packages are left out. */
async function* specsBelow(folder: string): AsyncGenerator<string> {
  if (!isThere(folder)) return;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const isHidden = /(?:^|[\\/])(?:\.[^.]|node_modules[\\/])/.test(relative(folder, path));
    if (entry.isFile() && !isHidden && specNames.some((name) => name === basename(path))) yield path;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
