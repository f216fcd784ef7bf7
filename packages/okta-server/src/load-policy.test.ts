import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod/mini';
import { loadHookFile } from '../../okta/src/compile/hook-file.ts';
import type { HookPolicy } from '../../okta/src/platform/policy.ts';
import type { policyShape } from '../../okta/src/policy-shape.ts';
import { plainSpec, policyText } from '../test/served.ts';
import { loadPolicy, ServerError } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-policy-'));
const file = join(folder, 'policy.mjs');
afterAll(() => rmSync(folder, { recursive: true }));

async function problem(text: string): Promise<string> {
  writeFileSync(file, text);
  try {
    await loadPolicy(file);
  } catch (error) {
    if (error instanceof ServerError && error.code === 'policy') return error.message.replace(file, 'FILE');
    throw error;
  }
  throw new Error('no problem');
}

const whole = policyText(plainSpec);

test('a built policy loads, and loads anew when it has changed', async () => {
  writeFileSync(file, whole);
  const first = await loadPolicy(file);
  expect(first.policy.program.name).toBe('shop');
  expect((await loadPolicy(file)).digest).toBe(first.digest);
  writeFileSync(file, policyText(plainSpec.replace('name: shop', 'name: market')));
  const second = await loadPolicy(file);
  expect(second.policy.program.name).toBe('market');
  expect(second.digest).not.toBe(first.digest);
  expect(first.policy.program.name).toBe('shop');
});

test('what is not a policy is told', async () => {
  expect(await problem('export const policy = {')).toBe('FILE cannot be loaded: SyntaxError');
  expect(await problem('throw new TypeError("hush")')).toBe('FILE cannot be loaded: TypeError');
  expect(await problem('export const spec = 1;')).toBe('FILE does not export a policy');
  expect(await problem('')).toBe('FILE does not export a policy');
  expect(await problem('export const policy = 1;')).toMatch(/^FILE is not a policy for this server: /);
  await expect(loadPolicy(join(folder, 'none.mjs'))).rejects.toThrow('cannot be read: ENOENT');
});

test('each part must be there', async () => {
  const deadline = await problem(whole.replace(/deadlineMs: \d+/, 'deadlineMs: 3000'));
  expect(deadline).toMatch(/^FILE is not a policy for this server: deadlineMs: /);
  expect(await problem(whole.replace(/settings: \[\]/, 'settings: "all"'))).toMatch(/: settings: /);
  expect(await problem(whole.replace('  program,\n', '  program: { ...program, decide: 1 },\n'))).toMatch(
    /: program\.decide: /,
  );
  expect(await problem(whole.replace(/^ {2}guard: {[^}]*},$/m, ''))).toMatch(/: guard: /);
});

const feeders = (kind: string) => `feeders: {
    proof: 'cs_feeders_1',
    items: [{ claim: 'cs_a_1', field: 'user.attributes.a', kind: '${kind}' }],
  },`;

const sources = `sources: {
    ask: { kind: 'http', headers: {}, private: false, BOUNDS },
    db: { kind: 'sql', connection: 'sqlite:x', query: ['a', 'b'], bound: ['id'], rows: 'one', booleans: ['b'], BOUNDS },
    aws: { kind: 'dynamodb', table: 't', region: 'r', consistent: true, BOUNDS },
  },`.replaceAll('BOUNDS', 'timeoutMs: 1, retries: 0, cacheMs: 0, staleMs: 0, limitBytes: 1');

test('all that a policy may hold is taken', async () => {
  expectTypeOf<HookPolicy>().toExtend<z.output<typeof policyShape>>();
  expectTypeOf<z.output<typeof policyShape>>().toExtend<HookPolicy>();
  for (const kind of ['value', 'list', 'groups']) {
    const text = whole.replace('  feeders,\n', feeders(kind)).replace('  sources,\n', sources);
    writeFileSync(file, text);
    const { policy } = await loadPolicy(file);
    expect(policy.feeders?.items[0]?.kind).toBe(kind);
    expect(Object.keys(policy.sources)).toEqual(['ask', 'db', 'aws']);
    expect(loadHookFile(text).feeders).toEqual(policy.feeders);
  }
});

test.each([
  ['private: false', "private: 'no'", 'sources.ask.private'],
  ['headers: {}', 'headers: { accept: 1 }', 'sources.ask.headers.accept'],
  ["query: ['a', 'b']", "query: 'select 1'", 'sources.db.query'],
  ["bound: ['id']", 'bound: []', 'sources.db'],
  ["rows: 'one'", "rows: 'first'", 'sources.db.rows'],
  ["booleans: ['b']", "booleans: 'b'", 'sources.db.booleans'],
  ["region: 'r', ", '', 'sources.aws.region'],
  ["kind: 'http'", "kind: 'ldap'", 'sources.ask.kind'],
])('a source with %s as %s is told', async (good, bad, path) => {
  const text = whole.replace('  sources,\n', sources.replace(good, bad));
  expect(await problem(text)).toContain(`FILE is not a policy for this server: ${path}: `);
  expect(() => loadHookFile(text)).toThrow(path);
});

test('a feeder of a kind that nobody knows is told', async () => {
  const text = whole.replace('  feeders,\n', feeders('set'));
  expect(await problem(text)).toContain('FILE is not a policy for this server: feeders: ');
});

test('a program that throws is found before it serves', async () => {
  const broken = '  program: { ...program, decide() { throw new RangeError("hush"); } },\n';
  expect(await problem(whole.replace('  program,\n', broken))).toBe(
    'FILE fails on a trial decision: RangeError',
  );
});

test('a policy reaches nothing by import', async () => {
  expect(await problem(`import './other.mjs';\n${whole}`)).toMatch(/^FILE cannot be loaded: /);
});
