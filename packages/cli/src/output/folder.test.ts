import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareOutput, writeOutputs } from './folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const output = (...files: readonly (readonly [string, string])[]) => ({
  folder: join(root, 'dist', 'auth0'),
  artifacts: files.map(([path, content]) => ({ path, content })),
});

describe('writeOutputs', () => {
  test('writes files and folders, and nothing else beside them', () => {
    const one = output(['a.js', 'a'], ['deep/b.json', '{}']);
    writeOutputs([one]);
    expect(readFileSync(join(one.folder, 'deep/b.json'), 'utf8')).toBe('{}');
    expect(readdirSync(join(root, 'dist'))).toEqual(['auth0']);
    expect(compareOutput(one)).toEqual([]);
  });

  test('replaces the folder as a whole: what is no longer built is gone', () => {
    writeOutputs([output(['a.js', 'a'], ['b.js', 'b'])]);
    writeOutputs([output(['a.js', 'A'])]);
    expect(readdirSync(output().folder)).toEqual(['.claimsmith', 'a.js']);
  });

  test('a folder with a file of someone else is left as it is', () => {
    const one = output(['a.js', 'a']);
    mkdirSync(one.folder, { recursive: true });
    writeFileSync(join(one.folder, 'notes.txt'), 'mine');
    expect(() => writeOutputs([one])).toThrow(/notes\.txt was not written by claimsmith/);
    expect(readdirSync(one.folder)).toEqual(['notes.txt']);
    expect(readdirSync(join(root, 'dist'))).toEqual(['auth0']);
  });

  test.each(['../a.js', '/a.js', 'a/../../b', '', 'a//b', 'C:\\a', '.claimsmith'])(
    'refuses the name %j',
    (path) => {
      expect(() => writeOutputs([output([path, ''])])).toThrow(/not allowed/);
      expect(existsSync(join(root, 'dist', 'auth0'))).toBe(false);
    },
  );

  test('one that fails leaves all others as they were', () => {
    const good = output(['a.js', 'old']);
    writeOutputs([good]);
    const bad = { folder: join(root, 'dist', 'okta'), artifacts: [{ path: 'x'.repeat(300), content: '' }] };
    expect(() => writeOutputs([output(['a.js', 'new']), bad])).toThrow(/the name is too long/);
    expect(readFileSync(join(good.folder, 'a.js'), 'utf8')).toBe('old');
    expect(readdirSync(join(root, 'dist'))).toEqual(['auth0']);
  });

  test('where a file stands in the way, it says so', () => {
    writeFileSync(join(root, 'dist'), '');
    expect(() => writeOutputs([output(['a.js', 'a'])])).toThrow(/can't be (written|read)/);
  });

  test('removes what a killed build left', () => {
    mkdirSync(join(root, 'dist', '.claimsmith-999999999-0123456789ab'), { recursive: true });
    writeOutputs([output(['a.js', 'a'])]);
    expect(readdirSync(join(root, 'dist'))).toEqual(['auth0']);
  });
});

describe('compareOutput', () => {
  test('names what is missing, changed and extra', () => {
    writeOutputs([output(['a.js', 'a'], ['b.js', 'b'], ['c/d.js', 'd'])]);
    expect(compareOutput(output(['a.js', 'a'], ['b.js', 'B'], ['e.js', 'e']))).toEqual([
      { path: 'b.js', kind: 'changed' },
      { path: 'e.js', kind: 'missing' },
      { path: 'c/d.js', kind: 'extra' },
    ]);
  });

  test('a folder that does not exist misses everything', () => {
    expect(compareOutput(output(['a.js', 'a']))).toEqual([{ path: 'a.js', kind: 'missing' }]);
  });
});
