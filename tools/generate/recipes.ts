import { readFileSync } from 'node:fs';
import { readScenarios, readSpec } from '@claimsmith/core';
import { issuers } from '../../packages/cli/src/issuers.ts';
import type { GeneratedFile } from './generated.ts';

const folder = 'examples/recipes';

/** docs/recipes.md: the claims of examples/recipes, with what comes out of its scenario. */
export function recipesPage(): GeneratedFile {
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const { spec } = readSpec(readExample('enrichment.yaml'), settings);
  const [scenario] = readScenarios(readExample('scenarios/recipes.yaml')).scenarios;
  const sections = Object.entries(spec?.claims ?? {}).map(([name, { purpose = name, value = '' }]) => {
    const result = JSON.stringify(scenario?.expect?.access?.[name]);
    return `### ${purpose}\n\n\`\`\`cel\n${value.trim()}\n\`\`\`\n\nGives \`${result}\`.\n`;
  });
  const split = sections.findIndex((section) => section.startsWith('### stringify'));
  return {
    path: 'docs/recipes.md',
    content: `# Recipes

What other products offer as transformations, as expressions. All of it stands in \`examples/recipes\`, and every claim is
tried at every issuer: \`npx claimsmith test examples/recipes\`. The values come from its scenario, a user with

\`\`\`json
${JSON.stringify(scenario?.context['user'], undefined, 2)}
\`\`\`

## Microsoft Entra's transformations

${sections.slice(0, split).join('\n')}
## ZITADEL's list

What users ask for in [zitadel#10830](https://github.com/zitadel/zitadel/issues/10830). Names that collide with registered
claims are findings (TE101), names that an issuer refuses get the spec's \`namespace\`.

${sections.slice(split).join('\n')}`,
  };
}

function readExample(name: string) {
  const file = `${folder}/${name}`;
  return { file, text: readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8') };
}
