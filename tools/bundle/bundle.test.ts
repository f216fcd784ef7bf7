import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { filesOf, writeBundle } from './write.ts';

const outdir = mkdtempSync(join(tmpdir(), 'claimsmith-bundle-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

async function bundle(): Promise<void> {
  const contents = "import { parse } from 'acorn'; import { z } from 'zod'; console.log(parse);";
  const stdin = { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) };
  const built = await build({ stdin, outdir, bundle: true, write: false, metafile: true });
  writeBundle(filesOf(built, outdir), built.metafile, outdir);
}

test('a bundle comes with the licenses of what went into it, and of nothing else', async () => {
  await bundle();
  const text = readFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  expect(text).toMatch(/^acorn [\d.]+ \(MIT\)\n\nMIT License\n/);
  expect(text).not.toMatch(/^zod /m);
});

test('a second build leaves the same files untouched, and removes files that are not part of the bundle', async () => {
  await bundle();
  const before = readdirSync(outdir).map((name) => [name, statSync(join(outdir, name)).mtimeMs]);
  writeFileSync(join(outdir, 'chunk-old.js'), '');
  await bundle();
  expect(readdirSync(outdir).map((name) => [name, statSync(join(outdir, name)).mtimeMs])).toEqual(before);
});
