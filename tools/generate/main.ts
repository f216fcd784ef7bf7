import { writeFileSync } from 'node:fs';
import { generatedFiles } from './files.ts';

for (const { path, content } of generatedFiles()) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), content);
  console.log(path);
}
