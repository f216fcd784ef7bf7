import { mkdirSync, writeFileSync } from 'node:fs';
import type { GeneratedFile } from './generated.ts';
import { libraries } from './libraries.ts';
import { workspace } from './workspace.ts';

write(workspace());
write(await libraries());
const { pages } = await import('./pages.ts');
write(await pages());

function write(files: readonly GeneratedFile[]): void {
  for (const { path, content } of files) {
    const file = new URL(`../../${path}`, import.meta.url);
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, content);
    console.log(path);
  }
}
