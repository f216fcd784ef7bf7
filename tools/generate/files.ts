import { issuers } from '../../packages/cli/src/issuers.ts';
import type { GeneratedFile } from './generated.ts';
import { library } from './library.ts';
import { rulesPage } from './rules.ts';
import { editorSchemas } from './schema.ts';

/** Everything that `npm run generate` writes. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [library(), rulesPage(), ...editorSchemas(issuers)];
}
