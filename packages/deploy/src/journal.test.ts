import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DeployError } from './deploy-error.ts';
import { type JournalFolder, openJournals } from './journal.ts';
import type { JournalRecord } from './journal-record.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claimsmith-journal-'));
  folder = join(parent, 'prod.journal');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const at = '2026-11-29T12:00:00.000Z';
const start: JournalRecord = {
  kind: 'start',
  release: 1,
  at,
  by: 'apply',
  policy: 'payments',
  revision: '1a2b3c4d',
  from: [{ key: 'a', owner: 'shared', image: { x: 1 } }],
};
const end: JournalRecord = { kind: 'end', at, isDone: true, to: [] };

function fileOf(journals: JournalFolder): string {
  return journals.of('auth0', 'acme.eu.auth0.com').file;
}

test('opening and reading leaves nothing on the disk', () => {
  expect(openJournals(folder).of('auth0', 'acme').history().releases).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('what is appended is read by the next run, with the same key', () => {
  const journals = openJournals(folder);
  const journal = journals.of('auth0', 'acme.eu.auth0.com');
  journal.append(start);
  journal.append(end);
  const again = openJournals(folder);
  expect(again.key).toEqual(journals.key);
  expect(again.of('auth0', 'acme.eu.auth0.com').history()).toEqual(journal.history());
  expect(journal.history().releases).toMatchObject([{ number: 1, isDone: true, revision: '1a2b3c4d' }]);
});

test('only the owner may read the folder and its files', () => {
  openJournals(folder).of('auth0', 'acme').append(start);
  expect(statSync(folder).mode & 0o077).toBe(0);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});

test.each([0.2, 0.5, 0.9, 0.99])(
  'a line that a killed run wrote only in part is left out (%d of it)',
  (part) => {
    const journals = openJournals(folder);
    journals.of('auth0', 'acme.eu.auth0.com').append(start);
    const line = JSON.stringify(end);
    appendFileSync(fileOf(journals), `\n${line.slice(0, Math.floor(line.length * part))}`);
    const again = openJournals(folder).of('auth0', 'acme.eu.auth0.com');
    expect(again.history().releases).toMatchObject([{ isDone: false }]);
    again.append(end);
    const last = openJournals(folder).of('auth0', 'acme.eu.auth0.com').history();
    expect(last.releases).toMatchObject([{ isDone: true }]);
  },
);

test('a line that is JSON and no record is damage, told with its number', () => {
  const journals = openJournals(folder);
  journals.of('auth0', 'acme.eu.auth0.com').append(start);
  appendFileSync(fileOf(journals), '\n{"kind":"end"}');
  expect(() => openJournals(folder).of('auth0', 'acme.eu.auth0.com').history()).toThrow(/line 3 is damaged/);
});

test('a damaged key is told, because all digests would change', () => {
  openJournals(folder).of('auth0', 'acme').append(start);
  writeFileSync(join(folder, 'key'), 'short');
  expect(() => openJournals(folder)).toThrow(/key is damaged/);
});

test('a folder that is a file is told', () => {
  writeFileSync(folder, '');
  expect(() => openJournals(folder).of('auth0', 'acme').append(start)).toThrow(/cannot be used: E/);
});

test('places with similar names have different files', () => {
  const journals = openJournals(folder);
  const names = ['https://a/b', 'https://a_b', 'a/b', 'a_b', 'A/b', 'http://a/b'];
  expect(new Set(names.map((name) => journals.of('keycloak', name).file)).size).toBe(names.length);
});

test('a lock keeps a second run out until it is released', () => {
  const unlock = openJournals(folder).of('auth0', 'acme').lock();
  expect(() => openJournals(folder).of('auth0', 'acme').lock()).toThrow(/Another run is at work/);
  unlock();
  openJournals(folder).of('auth0', 'acme').lock()();
});

test('the lock of a process that has ended, or a torn one, counts no more; that of another machine does', () => {
  const journal = openJournals(folder).of('auth0', 'acme');
  journal.append(start);
  const lock = `${journal.file}.lock`;
  writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 - 1, host: hostname() }));
  journal.lock()();
  writeFileSync(lock, '{"pid":');
  journal.lock()();
  writeFileSync(lock, JSON.stringify({ pid: 1, host: 'another.acme.example' }));
  expect(() => journal.lock()).toThrow(/Another run is at work/);
  expect(readFileSync(lock, 'utf8')).toContain('another');
});

test('a lock of this process number that this process does not hold is one of a container before', () => {
  const journal = openJournals(folder).of('auth0', 'acme');
  journal.append(start);
  writeFileSync(`${journal.file}.lock`, JSON.stringify({ pid: process.pid, host: hostname() }));
  const unlock = journal.lock();
  expect(() => openJournals(folder).of('auth0', 'acme').lock()).toThrow(/Another run is at work/);
  unlock();
});

test('with the lock, what another run has written since is known', () => {
  const journals = openJournals(folder);
  const journal = journals.of('auth0', 'acme');
  journal.append(start);
  journal.append(end);
  const other = openJournals(folder).of('auth0', 'acme');
  expect(other.history().releases).toHaveLength(1);
  journal.append({ ...start, release: 2 });
  journal.append(end);
  other.lock()();
  expect(other.history().releases).toHaveLength(2);
});

test('a lock that cannot be written is told', () => {
  const journal = openJournals(folder).of('auth0', 'acme');
  journal.append(start);
  mkdirSync(`${journal.file}.lock`);
  expect(() => journal.lock()).toThrow(DeployError);
});

test('a run that has just made the key does not lead to the advice to remove the folder', () => {
  const late = openJournals(folder).of('auth0', 'acme');
  openJournals(folder).of('auth0', 'acme').append(start);
  expect(() => late.lock()).toThrow(/Run the command again/);
});

const accept: JournalRecord = { kind: 'accept', at, key: 'a' };
const write: JournalRecord = { kind: 'write', change: 'delete', key: 'a' };

test.each<readonly [string, readonly JournalRecord[]]>([
  ['a release that was left out', [start, end, { ...start, release: 3 }]],
  ['a first release that was left out', [{ ...start, release: 2 }, end]],
  ['the same release again, although it was finished', [start, end, start]],
  ['a write without a start', [start, end, write]],
  ['an end without a start', [end]],
  ['an end twice', [start, end, end]],
  ['something accepted without a release', [accept]],
  ['a rollback to itself', [start, end, { ...start, release: 2, by: 'rollback', restores: 2 }, end]],
])('%s is damage: lines were removed, moved or copied', (_, records) => {
  mkdirSync(folder);
  const { file } = openJournals(folder).of('auth0', 'acme');
  writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
  expect(() => openJournals(folder).of('auth0', 'acme').history()).toThrow(/line \d does not follow/);
});

test('runs that were killed, went on, went back, and were accepted, do not count as damage', () => {
  const records: readonly JournalRecord[] = [
    ...[start, write, start, write, { ...end, isDone: false }, start, end, accept],
    ...[{ ...start, release: 2 }, write, { ...start, release: 3, by: 'rollback' as const, restores: 1 }, end],
  ];
  mkdirSync(folder);
  const { file } = openJournals(folder).of('auth0', 'acme');
  writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
  expect(openJournals(folder).of('auth0', 'acme').history().releases).toHaveLength(3);
});
