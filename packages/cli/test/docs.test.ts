import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { claimsmith } from './terminal.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** A block that shows a command and what it prints. */
const block = /^```console\n\$ claimsmith (.*)\n[\s\S]*?^```$/gm;

/** Without sizes, which any change of the generator moves by a few bytes. */
function lasting(text: string): string {
  return text.replace(/ *[\d,]+ bytes/g, ' n bytes');
}

test.each(['README.md', 'docs/cli.md', 'docs/getting-started.md'])(
  '%s shows what the commands print; vitest -u writes it anew',
  async (name) => {
    const docs = join(repository, name);
    const root = mkdtempSync(join(tmpdir(), 'claimsmith-docs-'));
    try {
      cpSync(join(repository, 'examples'), join(root, 'examples'), { recursive: true });
      cpSync(join(repository, 'packages/cli/test/fixtures'), root, { recursive: true });
      const text = readFileSync(docs, 'utf8');
      let current = text;
      for (const [shown, line = ''] of text.matchAll(block)) {
        const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
        const { out, err } = await claimsmith(root, ...args);
        // As a terminal shows them: stdout and stderr in one place.
        const fresh = `\`\`\`console\n$ claimsmith ${line}\n${err}${out}\`\`\``;
        if (lasting(fresh) !== lasting(shown)) current = current.replace(shown, () => fresh);
      }
      await expect(current).toMatchFileSnapshot(docs);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);

test('README.md shows the spec that it runs', () => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const spec = readFileSync(join(repository, 'examples/quickstart/enrichment.yaml'), 'utf8');
  expect(readme).toContain(`\`\`\`yaml\n${spec}\`\`\``);
});
