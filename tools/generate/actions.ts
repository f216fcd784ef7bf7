import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { GeneratedFile } from './generated.ts';

const folder = fileURLToPath(new URL('../../packages/auth0/src/entry/main', import.meta.url));

/** What drives a policy in an Action, as text by file: bundled once here, so that compiling a policy is pure. */
export function actionFrames(): GeneratedFile {
  const names = ['post-login', 'post-login-asking', 'credentials-exchange', 'credentials-exchange-asking'];
  const frames = names.map((name) => `  '${name}':\n    ${JSON.stringify(frame(name))},\n`).join('');
  return {
    path: 'packages/auth0/src/entry/frames.gen.ts',
    content: `// Generated from entry/main by \`npm run generate\`; do not edit.\nexport const frames = {\n${frames}} as const;\n`,
  };
}

function frame(name: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [`${name}.ts`],
    absWorkingDir: folder,
    bundle: true,
    write: false,
    // As ES module the output needs no wrapper: it imports nothing, and its one export is easily turned.
    format: 'esm',
    platform: 'node',
    target: 'node22',
    conditions: ['@claimsmith/source'],
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: {},
  });
  return (outputFiles[0]?.text ?? '')
    .replace(/^\/\/ \S+\.ts\n/gm, '')
    .replace(/^export \{\s*(\w+)\s*\};\s*$/m, 'exports.$1 = $1;\n');
}
