import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plainSpec, policyText } from '../../test/server/served.ts';
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

test('what is no policy is told', async () => {
  expect(await problem('export const policy = {')).toBe('FILE does not load: SyntaxError');
  expect(await problem('throw new TypeError("hush")')).toBe('FILE does not load: TypeError');
  expect(await problem('export const spec = 1;')).toBe('FILE exports no policy');
  expect(await problem('')).toBe('FILE exports no policy');
  expect(await problem('export const policy = 1;')).toMatch(/^FILE is not a policy for this server: /);
  await expect(loadPolicy(join(folder, 'none.mjs'))).rejects.toThrow("can't be read: ENOENT");
});

test('each part has to be there', async () => {
  const deadline = await problem(whole.replace(/deadlineMs: \d+/, 'deadlineMs: 3000'));
  expect(deadline).toMatch(/^FILE is not a policy for this server: deadlineMs: /);
  expect(await problem(whole.replace(/settings: \[\]/, 'settings: "all"'))).toMatch(/: settings: /);
  expect(await problem(whole.replace('  program,\n', '  program: { ...program, decide: 1 },\n'))).toMatch(
    /: program\.decide: /,
  );
  expect(await problem(whole.replace(/guard: .*/, ''))).toMatch(/: guard: /);
});

test('a program that throws is found before it serves', async () => {
  const broken = '  program: { ...program, decide() { throw new RangeError("hush"); } },\n';
  expect(await problem(whole.replace('  program,\n', broken))).toBe("FILE can't decide: RangeError");
});

test('a policy reaches nothing by import', async () => {
  expect(await problem(`import './other.mjs';\n${whole}`)).toMatch(/^FILE does not load: /);
});
