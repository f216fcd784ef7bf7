import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { writeThirdPartyLicenses } from './third-party.ts';

test('a bundle comes with the licenses of what went into it, and of nothing else', async () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const outdir = mkdtempSync(join(tmpdir(), 'claimsmith-bundle-'));
  try {
    const contents = "import { parse } from 'acorn'; import { z } from 'zod'; console.log(parse);";
    const stdin = { contents, resolveDir: here };
    const { metafile } = await build({ stdin, outdir, bundle: true, metafile: true, absWorkingDir: here });
    writeThirdPartyLicenses(metafile, outdir, here);
    const text = readFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    expect(text).toMatch(/^acorn [\d.]+ \(MIT\)\n\nMIT License\n/);
    expect(text).not.toMatch(/^zod /m);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
