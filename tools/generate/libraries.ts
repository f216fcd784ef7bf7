import { actionPieces } from './actions.ts';
import { es5Library } from './es5-library.ts';
import type { GeneratedFile } from './generated.ts';

/** What the packages need to load at all; written before anything imports them. */
export function libraries(): readonly GeneratedFile[] {
  return [
    es5Library('packages/cel/src/generate/helpers.js', 'packages/cel/src/generate/helpers.gen.ts', 'HELPERS'),
    es5Library('packages/core/src/program/library.js', 'packages/core/src/program/library.gen.ts', 'LIBRARY'),
    es5Library(
      'packages/keycloak/src/platform/library.js',
      'packages/keycloak/src/platform/library.gen.ts',
      'LIBRARY',
    ),
    actionPieces(),
  ];
}
