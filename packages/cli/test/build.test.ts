import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issuers } from '../src/issuers.ts';
import { claimsmith } from './terminal.ts';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-build-'));
  cpSync(join(fixtures, 'shop'), join(root, 'shop'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('claimsmith build', () => {
  test('writes each issuer’s files beside the spec, and --check agrees', async () => {
    const { code, out } = await claimsmith(root, 'build', 'shop');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}shop\/dist\/auth0\/post-login\.js +[\d,]+ bytes$/m);
    expect(readdirSync(join(root, 'shop/dist'))).toEqual(['auth0', 'services']);
    const check = await claimsmith(root, 'build', 'shop', '--check');
    expect(check).toMatchObject({ code: 0, out: '✓ 4 files on disk are current\n' });
  });

  test('gives the same bytes again, wherever it writes', async () => {
    await claimsmith(root, 'build', 'shop');
    await claimsmith(root, 'build', 'shop', '--out', 'elsewhere');
    for (const name of readdirSync(join(root, 'shop/dist/auth0'))) {
      const text = readFileSync(join(root, 'shop/dist/auth0', name), 'utf8');
      expect(readFileSync(join(root, 'elsewhere/auth0', name), 'utf8')).toBe(text);
      expect(text).not.toContain(root);
    }
  });

  test('--check names each difference and writes nothing', async () => {
    await claimsmith(root, 'build', 'shop');
    const folder = join(root, 'shop/dist/auth0');
    appendFileSync(join(folder, 'post-login.js'), '//');
    rmSync(join(folder, 'manifest.json'));
    writeFileSync(join(folder, 'mine.js'), '');
    const { code, out } = await claimsmith(root, 'build', 'shop', '--check');
    expect(code).toBe(2);
    expect(out).toContain('shop/dist/auth0/post-login.js  differs from what the spec gives');
    expect(out).toContain('shop/dist/auth0/manifest.json  is missing');
    expect(out).toContain('shop/dist/auth0/mine.js        does not belong there');
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
    const json = JSON.parse((await claimsmith(root, 'build', 'shop', '--check', '--json')).out);
    expect(json.differences).toHaveLength(3);
  });

  test('a spec with errors leaves what was built before', async () => {
    await claimsmith(root, 'build', 'shop');
    cpSync(join(fixtures, 'wrong/enrichment.yaml'), join(root, 'shop/enrichment.yaml'));
    const before = readFileSync(join(root, 'shop/dist/auth0/post-login.js'), 'utf8');
    const { code, out, err } = await claimsmith(root, 'build', 'shop');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('3 errors');
    expect(readFileSync(join(root, 'shop/dist/auth0/post-login.js'), 'utf8')).toBe(before);
  });

  test('--json lists files and findings', async () => {
    const { out, err } = await claimsmith(root, 'build', 'shop', '--json', '--issuer', 'auth0');
    const { files, findings, differences } = JSON.parse(out);
    expect(err).toBe('');
    expect(files[0]).toMatchObject({ issuer: 'auth0', path: 'shop/dist/auth0/post-login.js' });
    expect(differences).toEqual([]);
    expect(findings.map(({ rule }: { rule: string }) => rule)).toContain('TE102');
  });
});

test.runIf(process.platform === 'linux')(
  'a file system that takes no folders is an error, not a wait',
  async () => {
    const { code, err } = await claimsmith(fixtures, 'build', 'shop', '--out', '/proc/claimsmith');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: \/proc\/claimsmith\/auth0 cannot be written/);
  },
);

test.each([
  ['/', '/ is the root of the file system: choose another --out'],
  ['out/auth0', 'auth0 is what a build has written, and the next one replaces it as a whole'],
  ['out/auth0/more', 'auth0 is what a build has written, and the next one replaces it as a whole'],
])('is not written to %s', async (folder, message) => {
  const out = join(root, 'out');
  expect((await claimsmith(fixtures, 'build', 'shop', '--out', out)).code).toBe(0);
  const ran = await claimsmith(fixtures, 'build', 'shop', '--out', resolve(root, folder));
  expect(ran).toEqual({ code: 1, out: '', err: expect.stringContaining(message) });
  expect((await claimsmith(fixtures, 'build', 'shop', '--out', out)).code).toBe(0);
});

describe('claimsmith init', () => {
  test('a folder with a space is quoted in what it says to run', async () => {
    const { out } = await claimsmith(root, 'init', "Ada's claims");
    expect(out).toContain("claimsmith check 'Ada'\\''s claims' ");
  });

  test('a file is not a folder', async () => {
    writeFileSync(join(root, 'notes'), '');
    expect(await claimsmith(root, 'init', 'notes')).toEqual({
      code: 1,
      out: '',
      err: 'error: notes is a file: name the folder that is to hold the spec\n',
    });
  });

  test('writes a spec without errors whose scenarios come out as expected', async () => {
    const { code, out } = await claimsmith(root, 'init', 'new');
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('golden/init.txt');
    expect((await claimsmith(root, 'check', 'new')).out).not.toMatch(/error|warning/);
    const preview = await claimsmith(root, 'preview', 'new');
    expect(preview.out).toContain(`5 scenarios at ${issuers.length} issuers, all as expected`);
    expect((await claimsmith(root, 'build', 'new')).code).toBe(0);
  });

  test.each(['enrichment.yaml', 'scenarios/first.yaml'])('overwrites nothing: %s', async (name) => {
    await claimsmith(root, 'init', 'new');
    for (const other of ['enrichment.yaml', 'scenarios/first.yaml']) {
      if (other !== name) rmSync(join(root, 'new', other));
    }
    writeFileSync(join(root, 'new', name), 'mine');
    const ran = await claimsmith(root, 'init', 'new');
    expect(ran).toEqual({
      code: 1,
      out: '',
      err: `error: new/${name} exists already; nothing was written\n`,
    });
    expect(readFileSync(join(root, 'new', name), 'utf8')).toBe('mine');
    expect(existsSync(join(root, 'new/enrichment.yaml'))).toBe(name === 'enrichment.yaml');
  });
});
