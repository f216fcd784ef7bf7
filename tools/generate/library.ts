import { readFileSync } from 'node:fs';
import type { GeneratedFile } from './generated.ts';

/** The static part of policy programs as text, so that core needs no file system. */
export function library(): GeneratedFile {
  const source = readFileSync(new URL('../../packages/core/src/program/library.js', import.meta.url), 'utf8');
  const text = source.replace(/^\/\*[\s\S]*?\*\/\s*/, '');
  return {
    path: 'packages/core/src/program/library.gen.ts',
    content: `// Generated from library.js by \`npm run generate\`; do not edit.\nexport const library: string =\n  ${JSON.stringify(text)};\n`,
  };
}
