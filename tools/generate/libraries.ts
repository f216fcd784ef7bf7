import { readFileSync } from 'node:fs';
import type { GeneratedFile } from './generated.ts';
import { actionPieces } from './modules.ts';
import { type Declaration, libraryFile, takeApart } from './pieces.ts';

/** What the packages need to load at all; written before anything imports them. */
export function libraries(): readonly GeneratedFile[] {
  const cel = scripts('packages/cel/src/generate/es5', [
    'access',
    'equality',
    'texts',
    'joining',
    'numbers',
    'lists',
    'plain',
    'types',
    'failure',
  ]);
  const core = scripts('packages/core/src/program/es5', ['decide', 'scopes', 'ask', 'check', 'read']);
  return [
    libraryFile('packages/cel/src/generate/helpers.gen.ts', 'HELPERS', cel, { withParameters: true }),
    libraryFile('packages/core/src/program/library.gen.ts', 'LIBRARY', core, { others: cel }),
    libraryFile(
      'packages/keycloak/src/platform/library.gen.ts',
      'LIBRARY',
      scripts('packages/keycloak/src/platform', [
        'decide',
        'write',
        'session',
        'read',
        'ask',
        'reach',
        'values',
      ]),
    ),
    actionPieces(),
  ];
}

/** The functions and variables of ES5 scripts, in the order in which they are emitted. */
function scripts(folder: string, names: readonly string[]): readonly Declaration[] {
  return names.flatMap((name) => {
    const text = readFileSync(new URL(`../../${folder}/${name}.js`, import.meta.url), 'utf8');
    return takeApart(text, 'script').declarations;
  });
}
