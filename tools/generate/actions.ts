import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { cut } from './es5-library.ts';
import type { GeneratedFile } from './generated.ts';

const folder = fileURLToPath(new URL('../../packages/auth0/src/platform', import.meta.url));

/** What drives a policy in an Action, cut into pieces: bundled once here, so that compiling a policy is pure. */
export function actionPieces(): GeneratedFile {
  const { outputFiles } = buildSync({
    entryPoints: ['pieces.ts'],
    absWorkingDir: folder,
    bundle: true,
    write: false,
    // As ES module the output needs no wrapper: it imports nothing, and its one export goes.
    format: 'esm',
    platform: 'node',
    target: 'node22',
    conditions: ['@claimsmith/source'],
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: {},
  });
  const text = (outputFiles[0]?.text ?? '')
    .replace(/^export \{[^}]*\};\s*$/m, '')
    .replace(/^\/\/ .*\n/gm, '');
  return {
    path: 'packages/auth0/src/platform/pieces.gen.ts',
    content: `// Generated from pieces.ts by \`npm run generate\`; do not edit.\nexport const pieces = {\n${cut(text, 2024)}} as const;\n`,
  };
}
