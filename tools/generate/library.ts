import { readFileSync, writeFileSync } from 'node:fs';

/** Embeds the static part of policy programs as text, so that core needs no file system. */
const source = new URL('../../packages/core/src/program/library.js', import.meta.url);
const target = new URL('../../packages/core/src/program/library.gen.ts', import.meta.url);

const text = readFileSync(source, 'utf8').replace(/^\/\*[\s\S]*?\*\/\s*/, '');
writeFileSync(
  target,
  `// Generated from library.js by \`npm run generate\`; do not edit.\nexport const library =\n  ${JSON.stringify(text)};\n`,
);
