import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { reportFigure } from '../figures.ts';
import { type Search, searchWider } from './run.ts';

const seed = 20_261_129;
const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** In processes of their own: measuring coverage would keep every script that has run. */
async function search(pairs: number, from: number): Promise<Search> {
  const args = ['--conditions=@claimsmith/source', main, String(pairs), String(from), '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

test('no token grants more than the policy where check and test succeed, in 40,000 random pairs', async () => {
  const runs = await Promise.all([search(20_000, seed), search(20_000, seed + 1_000_000)]);
  for (const { found } of runs) expect(found).toEqual([]);
  const sum = (count: (run: Search) => number) => runs.reduce((total, run) => total + count(run), 0);
  expect(sum(({ pairs }) => pairs)).toBeGreaterThanOrEqual(40_000);
  expect(sum(({ announced }) => announced)).toBeGreaterThan(1_000);
  expect(sum(({ impossible }) => impossible)).toBeGreaterThan(1_000);
  reportFigure(
    '5-wider',
    `tokens that grant more than the policy: none in ${sum(({ pairs }) => pairs)} pairs of spec and situation (${sum(({ announced }) => announced)} otherwise as announced, ${sum(({ simulated }) => simulated)} through built files, ${sum(({ refused }) => refused)} specs refused by check)`,
  );
}, 600_000);

test('the search finds such tokens where check is not heeded', async () => {
  const { found } = await searchWider({ seed, pairs: 2_000, simulateEvery: Infinity, isUnchecked: true });
  expect(found.length).toBeGreaterThan(10);
}, 120_000);
