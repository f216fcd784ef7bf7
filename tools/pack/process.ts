import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { findCommand } from '../servers/process.ts';

/** No step takes nearly as long; none may hang. */
const longestMs = 150_000;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The environment of somebody who has only this Node: nothing of npm, vitest or CI that runs us. */
export function environment(node: string): NodeJS.ProcessEnv {
  const own =
    /^(npm_(?!config_(registry|cache|userconfig|globalconfig)$)|VITEST|NODE_(ENV|OPTIONS|PATH)$|CI$|FORCE_COLOR$|INIT_CWD$)/i;
  const clean = Object.entries(process.env).filter(([name]) => !own.test(name));
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(clean), PATH: [dirname(node), ...path].join(delimiter) };
}

/** Runs a program to its end with this Node first in PATH; a failure is a result. */
export function run(node: string, cwd: string, file: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, env: environment(node), timeout: longestMs, maxBuffer: 1 << 26 };
    const child = execFile(file, args, options, (error, out, err) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, out, err: code === -1 ? `${err}${error?.message}` : err });
    });
    child.stdin?.end();
  });
}

/** Without a registry npm would go on asking for minutes. */
const patience = ['--fetch-retries=1', '--fetch-timeout=60000'];

/** Runs npm by this Node. @throws if it fails */
export async function npm(node: string, cwd: string, args: readonly string[]): Promise<string> {
  const command = findCommand(['npm']);
  if (command === undefined) throw new Error('there is no npm');
  const { code, out, err } = await run(node, cwd, node, [realpathSync(command), ...args, ...patience]);
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}\n${out}\n${err}`);
  return out;
}
