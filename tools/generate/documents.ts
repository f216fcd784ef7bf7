import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GeneratedFile } from './generated.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A document whose examples are real: a code block below `<!-- file: path -->` holds that file, one below
 * `<!-- output: arguments -->` what `claimsmith` prints for the arguments.
 */
export function document(path: string): GeneratedFile {
  const text = readFileSync(`${root}/${path}`, 'utf8');
  const content = text.replace(
    /(<!-- (file|output): (.+?) -->\n```\w*\n)[\s\S]*?(```\n)/g,
    (_, before: string, kind: string, what: string, after: string) =>
      `${before}${kind === 'file' ? readFileSync(`${root}/${what}`, 'utf8') : outputOf(what)}${after}`,
  );
  return { path, content };
}

function outputOf(args: string): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [`${root}/packages/cli/bin/claimsmith.js`, ...args.split(' ')],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '100', FORCE_COLOR: undefined },
    },
  );
  return `${`${stdout}${stderr}`.replace(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '')}\n`;
}
