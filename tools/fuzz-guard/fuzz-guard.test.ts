import { expect, test } from 'vitest';
import { reportFigure } from '../figures.ts';
import { fuzzGuard, fuzzSigned } from './run.ts';

test('the guard refuses mutated tokens and headers, and never throws', async () => {
  const { tried, refused, faults } = await fuzzGuard(5_000, 7);
  expect(faults).toEqual([]);
  // The search reaches deep enough: signatures, keys, algorithms and headers.
  for (const code of ['signature', 'key', 'algorithm', 'issuer', 'format', 'request', 'no_token'])
    expect(refused.get(code) ?? 0, code).toBeGreaterThan(0);
  reportFigure('6-guard', `guard: ${tried} mutated tokens and headers, none accepted, no throw`);
});

test('a token that an issuer has signed with wrong claims is refused, or typed as the contract says', async () => {
  const { faults, refused } = await fuzzSigned(600, 7);
  expect(faults).toEqual([]);
  expect(refused.get('claim')).toBeGreaterThan(0);
});
