import { expect, it } from 'vitest';
import { reportFigure } from '../figures.ts';
import { closingLine, fuzzHook } from './run.ts';

/** More where it counts, enough to notice a break elsewhere. */
const COUNT = process.env['CI'] === 'true' ? 100_000 : 20_000;
const TIMEOUT_MS = 300_000;

it(
  'whatever is thrown at the Okta hook, it answers, and never with tokens that lack what they must have',
  async () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
    const summary = await fuzzHook({ seed, count: COUNT });
    reportFigure('3-okta-hook-fuzz', closingLine(summary));
    expect(summary.faults).toEqual([]);
    // A run in which all is denied proves nothing.
    expect(summary.issued).toBeGreaterThan(COUNT / 5);
    expect(summary.denied).toBeGreaterThan(COUNT / 5);
    expect(summary.unauthenticated).toBeGreaterThan(COUNT / 50);
  },
  TIMEOUT_MS,
);
