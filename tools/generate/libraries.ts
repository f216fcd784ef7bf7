import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { GeneratedFile } from './generated.ts';
import { exportedPieces } from './modules.ts';
import { type Declaration, libraryFile, takeApart } from './pieces.ts';

const root = new URL('../../', import.meta.url);

/** What the packages need to load at all; written before anything imports them. */
export function libraries(): readonly GeneratedFile[] {
  const cel = scripts('packages/cel/src/generate/es5', [
    'access',
    'equality',
    'texts',
    'joining',
    'numbers',
    'lists',
    'times',
    'networks',
    'plain',
    'types',
    'failure',
  ]);
  const core = scripts('packages/core/src/program/es5', ['decide', 'scopes', 'ask', 'check', 'read']);
  return [
    libraryFile('packages/cel/src/generate/helpers.gen.ts', 'HELPERS', cel, { withParameters: true }),
    libraryFile('packages/core/src/program/library.gen.ts', 'LIBRARY', core, { others: cel }),
    ...platforms(),
  ];
}

/**
 * What issuers run of ours: TypeScript that `platform/pieces.ts` exports, and the scripts that `platform/library.json` lists
 * in their order.
 */
function platforms(): readonly GeneratedFile[] {
  return readdirSync(new URL('packages/', root)).flatMap((name) => {
    const folder = `packages/${name}/src/platform`;
    const has = (file: string) => existsSync(new URL(`${folder}/${file}`, root));
    const listed = has('library.json')
      ? JSON.parse(readFileSync(new URL(`${folder}/library.json`, root), 'utf8'))
      : undefined;
    return [
      ...(has('pieces.ts')
        ? [libraryFile(`${folder}/pieces.gen.ts`, 'pieces', exportedPieces(`${folder}/pieces.ts`))]
        : []),
      ...(listed === undefined
        ? []
        : [libraryFile(`${folder}/library.gen.ts`, 'LIBRARY', scripts(folder, listed))]),
    ];
  });
}

/** The functions and variables of ES5 scripts, in the order in which they are emitted. */
function scripts(folder: string, names: readonly string[]): readonly Declaration[] {
  return names.flatMap((name) => {
    const text = readFileSync(new URL(`${folder}/${name}.js`, root), 'utf8');
    return takeApart(text, 'script').declarations;
  });
}
