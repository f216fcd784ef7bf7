import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { SecretReference } from '@claimsmith/core';
import { afterAll, describe, expect, test } from 'vitest';
import { commandOutput } from './command.ts';
import { createSettings } from './resolve.ts';
import { KeptSecret } from './secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = new Uint8Array(32).fill(7);
const node = process.execPath;
const prints = (code: string): SecretReference => ({ command: [node, '-e', code] });

function settings(variables: Readonly<Record<string, string>> = {}, references = {}) {
  return createSettings({ references, folder, key, variables });
}

function file(name: string, content: string | Uint8Array): SecretReference {
  writeFileSync(join(folder, name), content);
  return { file: name };
}

describe('a reference is read from', () => {
  test.each<[what: string, reference: SecretReference, value: string]>([
    ['a variable, unchanged', { env: 'TOKEN' }, ' t0ken\n'],
    ['a file, without the last line break', file('unix', 'one\ntwo\n'), 'one\ntwo'],
    ['a file of Windows', file('dos', 'one\r\n'), 'one'],
    ['only one line break is cut', file('more', 'one\n\n'), 'one\n'],
    ['a program', prints('console.log("a b")'), 'a b'],
    ['the value itself', { value: 'plain' }, 'plain'],
  ])('%s', async (_, reference, value) => {
    const secret = await settings({ TOKEN: ' t0ken\n' }).secret(reference);
    expect(secret.reveal()).toBe(value);
  });

  test.each([
    [{ secretsManager: 'prod/crm:token' }, 'secretsmanager:prod/crm:token'],
    [{ ssm: '/prod/crm' }, 'ssm:/prod/crm'],
  ])('nothing here, if AWS has it: %j', async (reference, text) => {
    const secret = await settings({}, { CRM: reference }).setting('CRM');
    expect(secret.reveal()).toBe(text);
  });

  test('a program without a shell, in the folder of the environment', async () => {
    const words = ['$HOME', '`id`', '; exit 3'];
    const reference = {
      command: [
        node,
        '-e',
        'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(1)]))',
        ...words,
      ],
    };
    const [cwd, ...args] = JSON.parse((await settings().secret(reference)).reveal());
    expect(cwd.endsWith(folder.split('/').at(-1) ?? '?')).toBe(true);
    expect(args).toEqual(words);
  });
});

describe('what cannot be read is named, and what it holds is not', () => {
  test.each<[what: string, reference: SecretReference, message: RegExp]>([
    ['an unset variable', { env: 'ABSENT' }, /^the variable ABSENT is not set$/],
    ['a property of every object', { env: 'constructor' }, /^the variable constructor is not set$/],
    ['an empty variable', { env: 'EMPTY' }, /^the variable EMPTY is empty$/],
    ['an absent file', { file: 'absent' }, /^the file absent cannot be read: there is no such file$/],
    ['a folder', { file: '.' }, /^the file \. cannot be read: it is not a regular file$/],
    ['an empty file', file('empty', '\n'), /^the file empty gives an empty value$/],
    ['a large file', file('large', 'canary'.repeat(20_000)), /^the file large is larger than 65536 bytes$/],
    [
      'a binary file',
      file('binary', Uint8Array.of(0xff, 0xfe, 1)),
      /^the file binary does not give UTF-8 text$/,
    ],
    [
      'an absent program',
      { command: ['claimsmith-absent', 'canary'] },
      /^the command claimsmith-absent cannot be started: there is no such program$/,
    ],
    [
      'a program that fails',
      prints('console.log("canary"); console.error("canary"); process.exit(3)'),
      /ended with exit code 3$/,
    ],
    [
      'a program that is ended',
      prints('process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 9000)'),
      /was ended by SIGTERM$/,
    ],
    ['a program without output', prints(''), /gives an empty value$/],
    [
      'a program that prints too much',
      prints('process.stdout.write("canary".repeat(20000))'),
      /prints more than 65536 bytes$/,
    ],
  ])('%s', async (_, reference, message) => {
    const error = await settings({ EMPTY: '' })
      .secret(reference)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'TargetError',
      code: 'settings',
      message: expect.stringMatching(message),
    });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  test('a file that the system does not open', async () => {
    symlinkSync('round', join(folder, 'round'));
    await expect(settings().secret({ file: 'round' })).rejects.toThrow(
      'the file round cannot be read: its links go in circles',
    );
  });

  test('a program that does not end, even if its child holds the output open', async () => {
    const code = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 4000)'], { stdio: 'inherit' })`;
    const started = performance.now();
    await expect(commandOutput([node, '-e', code], folder, undefined, 1000)).rejects.toThrow(
      'did not end within 1 seconds',
    );
    expect(performance.now() - started).toBeLessThan(3500);
  });

  test('a program that is interrupted', async () => {
    const stop = new AbortController();
    const { secret } = createSettings({ references: {}, folder, key, signal: stop.signal });
    const waiting = secret(prints('setTimeout(() => {}, 20000)'));
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toThrow('was interrupted');
  });
});

test('a program runs once, for all that ask at the same time and later', async () => {
  const { secret } = settings();
  const reference = prints('require("fs").appendFileSync("runs", "x"); console.log("once")');
  const all = await Promise.all([secret(reference), secret({ ...reference }), secret(reference)]);
  all.push(await secret(reference));
  expect(all.map((each) => each.reveal())).toEqual(['once', 'once', 'once', 'once']);
  expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('x');
});

test('all settings that are missing are told at once', async () => {
  const references = { A: { env: 'A' }, B: { file: 'absent' }, C: { value: 'c' } };
  const { assertReadable } = settings({}, references);
  await expect(assertReadable(['A', 'B', 'C', 'D'], [{ env: 'E' }])).rejects.toMatchObject({
    code: 'settings',
    message: [
      '${A} has no value: the variable A is not set',
      '${B} has no value: the file absent cannot be read: there is no such file',
      '${D} has no value: add it under `settings` of the environment, such as D: { env: D }',
      'the variable E is not set',
    ].join('; '),
  });
  await expect(assertReadable(['C'])).resolves.toBeUndefined();
});

describe('a secret', () => {
  const secret = new KeptSecret('canary', key);

  test('does not show itself', () => {
    const wrapped = { secret, list: [secret], map: new Map([['k', secret]]) };
    const texts = [
      String(secret),
      `${secret}`,
      JSON.stringify(wrapped),
      inspect(wrapped, { depth: 9, showHidden: true }),
      JSON.stringify({ ...secret }),
    ];
    for (const text of texts) expect(text).not.toContain('canary');
    expect(String(secret)).toBe('(secret)');
    expect(JSON.stringify({ secret })).toBe('{"secret":"(secret)"}');
    expect(secret.reveal()).toBe('canary');
  });

  test('has a digest by the value and the key', () => {
    expect(new KeptSecret('canary', new Uint8Array(32).fill(7)).digest).toBe(secret.digest);
    expect(new KeptSecret('canarz', key).digest).not.toBe(secret.digest);
    expect(new KeptSecret('canary', new Uint8Array(32).fill(8)).digest).not.toBe(secret.digest);
    expect(secret.digest).toMatch(/^scrypt:[\w-]{32}$/);
  });
});
