import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
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
  base: root,
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
    const bad = {
      folder: join(root, 'dist', 'okta'),
      base: root,
      artifacts: [{ path: 'x'.repeat(300), content: '' }],
    };
    expect(() => writeOutputs([output(['a.js', 'new']), bad])).toThrow(/the name is too long/);
    expect(readFileSync(join(good.folder, 'a.js'), 'utf8')).toBe('old');
    expect(readdirSync(join(root, 'dist'))).toEqual(['auth0']);
  });

  test('where a file stands in the way, it says so', () => {
    writeFileSync(join(root, 'dist'), '');
    expect(() => writeOutputs([output(['a.js', 'a'])])).toThrow(/cannot be (written|read)/);
  });

  describe('links', () => {
    const outside = () => join(root, 'outside');
    const link = (name: string) => {
      mkdirSync(outside(), { recursive: true });
      mkdirSync(join(root, name, '..'), { recursive: true });
      symlinkSync(outside(), join(root, name));
    };

    test.each([
      ['dist', ['dist', 'auth0']],
      ['dist/auth0', ['dist', 'auth0']],
      ['deep', ['deep', 'dist', 'auth0']],
      ['deep/dist', ['deep', 'dist', 'auth0']],
    ])('at %s are refused, and nothing is written behind them', (name, steps) => {
      link(name);
      const one = { ...output(['a.js', 'a']), folder: join(root, ...steps) };
      expect(() => writeOutputs([one])).toThrow(/ is a link, and /);
      expect(readdirSync(outside())).toEqual([]);
    });

    test('on the way to the folder that is given are followed', () => {
      link('given');
      const one = {
        ...output(['a.js', 'a']),
        base: join(root, 'given'),
        folder: join(root, 'given/dist/auth0'),
      };
      writeOutputs([one]);
      expect(readdirSync(join(outside(), 'dist/auth0'))).toEqual(['.claimsmith', 'a.js']);
      expect(compareOutput(one)).toEqual([]);
    });

    test('that come between are refused: nothing is written behind them', () => {
      const racing = (at: string) => ({
        ...output(),
        artifacts: [
          { path: 'a.js', content: 'a' },
          {
            path: 'b/c.js',
            get content() {
              // In the midst of writing, somebody puts a link in the place of the folder.
              renameSync(join(root, at), join(root, 'moved'));
              link(at);
              return 'b';
            },
          },
        ],
      });
      const here = process.cwd();
      expect(() => writeOutputs([racing('dist')])).toThrow(/ is a link, and |cannot be written/);
      expect(readdirSync(outside())).toEqual([]);
      expect(process.cwd()).toBe(here);
    });

    test('and pipes among the files are not read', () => {
      const one = output(['a.js', 'a'], ['b.js', 'b']);
      writeOutputs([one]);
      rmSync(join(one.folder, 'a.js'));
      symlinkSync('/dev/zero', join(one.folder, 'a.js'));
      rmSync(join(one.folder, 'b.js'));
      execFileSync('mkfifo', [join(one.folder, 'b.js')]);
      expect(compareOutput(one)).toEqual([
        { path: 'a.js', kind: 'missing' },
        { path: 'b.js', kind: 'missing' },
      ]);
    });
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
