import { issuers } from '../../packages/cli/src/issuers.ts';
import { expressionsPage } from './expressions.ts';
import type { GeneratedFile } from './generated.ts';
import { recipesPage } from './recipes.ts';
import { rulesPages } from './rules.ts';
import { scenariosPage } from './scenarios-page.ts';
import { editorSchemas } from './schema.ts';
import { specPage } from './spec-page.ts';

/** What is made from the packages themselves. */
export async function pages(): Promise<readonly GeneratedFile[]> {
  return [
    expressionsPage(),
    ...rulesPages(),
    specPage(issuers),
    scenariosPage(),
    recipesPage(),
    ...(await editorSchemas(issuers)),
  ];
}
