import type { Issuer } from '@claimsmith/core';
import type { GeneratedFile } from './generated.ts';

/** The settings that each registered issuer takes, as a type: a list of issuers cannot say it of itself. */
export function authorTypes(issuers: readonly Issuer[]): GeneratedFile {
  const ids = issuers.map(({ id }) => id).toSorted();
  const imports = ids.map((id) => `import type { ${id} } from '@claimsmith/${id}';\n`);
  const settings = ids.map((id) => `  readonly ${id}: (typeof ${id})['settings'];\n`);
  const content = `// Generated from issuers.ts by \`npm run generate\`; do not edit.
${imports.join('')}
/** What each issuer takes under \`issuers.<id>\`. */
export type RegisteredSettings = {
${settings.join('')}};
`;
  return { path: 'packages/cli/src/spec/registered-settings.gen.ts', content };
}
