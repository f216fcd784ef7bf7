import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auth0 } from '@claimsmith/auth0';
import type { Issuer } from '@claimsmith/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderJunit } from '../src/parity/junit.ts';
import { runScenarios } from '../src/parity/run-scenarios.ts';
import { tryAll } from '../src/parity/try.ts';
import { stagesOf } from '../src/preview/stages.ts';
import { readTrials } from '../src/preview/trials.ts';
import { loadSpec } from '../src/spec/load.ts';
import { claimsmith } from './terminal.ts';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'claimsmith-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The shop's scenarios at Auth0, but for what `broken` does to it. */
async function shopAt(broken: Partial<Issuer>) {
  const loaded = await loadSpec('shop', ['auth0'], fixtures);
  const { stages } = await stagesOf({ ...loaded, issuers: [{ ...auth0, ...broken }] });
  const { trials } = await readTrials(loaded.file, [], fixtures);
  return await tryAll(stages, trials);
}

describe('claimsmith test', () => {
  test('shows scenarios, issuers and what is not tried', async () => {
    const { code, out, err } = await claimsmith(fixtures, 'test', 'shop');
    expect([code, err]).toEqual([2, '']);
    await expect(out).toMatchFileSnapshot('golden/test-shop.txt');
  });

  test('--format json and junit say the same', async () => {
    const { code, out } = await claimsmith(fixtures, 'test', 'shop', '--format', 'json');
    const { results, coverage } = JSON.parse(out);
    expect(code).toBe(2);
    expect(results).toHaveLength(10);
    expect(results.filter(({ status }: { status: string }) => status === 'failed')).toHaveLength(1);
    expect(coverage.untried.length).toBeLessThan(coverage.cases);
    const junit = await claimsmith(fixtures, 'test', 'shop', '--format', 'junit');
    await expect(junit.out).toMatchFileSnapshot('golden/test-shop.xml');
  });

  test('a spec with faults is not run', async () => {
    const { code, out, err } = await claimsmith(fixtures, 'test', 'wrong');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('`colour` is not a key');
  });

  test('--watch needs a spec that is there', async () => {
    cpSync(join(fixtures, 'shop'), join(scratch, 'shop'), { recursive: true });
    const { code, err } = await claimsmith(scratch, 'test', 'nowhere', '--watch');
    expect([code, err]).toEqual([1, 'error: nowhere: there is no such file or folder\n']);
  });
});

describe('an adapter that is broken on purpose', () => {
  test('is found, with the claim', async () => {
    const { tried } = await shopAt({
      simulate: async (...run) => {
        const { access, ...issuance } = await auth0.simulate(...run);
        const { tier: _dropped, ...rest } = access;
        return { ...issuance, access: rest };
      },
    });
    const failed = tried.filter(({ where, status }) => where === 'auth0' && status === 'failed');
    expect(failed.length).toBeGreaterThan(1);
    expect(new Set(failed.flatMap(({ differences }) => differences.map(({ at }) => at)))).toEqual(
      new Set(['access.tier']),
    );
  });

  test('and so is one that issues what the policy denies', async () => {
    const { tried } = await shopAt({
      simulate: async (...run) => ({ ...(await auth0.simulate(...run)), denied: undefined }),
    });
    const failed = tried.filter(({ where, status }) => where === 'auth0' && status === 'failed');
    expect(failed.flatMap(({ differences }) => differences.map(({ at }) => at))).toContain('denied');
  });

  test('an excuse that no finding has announced is none', async () => {
    const { tried } = await shopAt({
      departs: (_policy, verdict) => ({
        rule: 'TE999',
        why: 'It rains.',
        instead: { ...verdict, access: {} },
      }),
      simulate: async (...run) => ({ ...(await auth0.simulate(...run)), access: {} }),
    });
    expect(tried.some(({ where, status }) => where === 'auth0' && status === 'failed')).toBe(true);
    expect(tried.some(({ status }) => status === 'departs')).toBe(false);
  });
});

test('JUnit XML holds any text', () => {
  const xml = renderJunit('p@1', [
    {
      trial: 'a "quoted" <b> & \u0007',
      where: 'auth0',
      status: 'failed',
      differences: [{ at: 'access.x', expected: ']]>', actual: undefined }],
      departures: [],
    },
  ]);
  expect(xml).toContain('name="a &quot;quoted&quot; &lt;b&gt; &amp; \ufffd"');
  expect(xml).toContain('access.x: expected "]]&gt;", got nothing');
});

test('from a test of one’s own: runScenarios', async () => {
  const run = await runScenarios('shop', { cwd: fixtures, issuers: ['auth0'] });
  expect(run.errors).toEqual([]);
  expect(run.tried.filter(({ where }) => where === 'auth0').every(({ status }) => status === 'passed')).toBe(
    true,
  );
});
