import { expect, it } from 'vitest';
import { beyondEs5 } from '../../packages/cel/test/support/es5.ts';
import { closingLine, describe as describeDifference, fuzz } from './run.ts';

/** A hundred thousand where it counts; enough to notice a break elsewhere. */
const COUNT = process.env['CI'] === 'true' ? 100_000 : 5_000;
const TIMEOUT_MS = 180_000;

it(
  'random expressions mean what they mean to @bufbuild/cel and @marcbachmann/cel-js',
  () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
    const faults = new Set<string>();
    const summary = fuzz({
      seed,
      count: COUNT,
      onProgram: (text) => {
        for (const fault of beyondEs5(text)) faults.add(fault);
      },
    });
    console.log(closingLine(summary));
    expect(summary.differences.map(describeDifference)).toEqual([]);
    expect([...faults]).toEqual([]);
    // A run in which the oracles say nothing proves nothing.
    expect(summary.values).toBeGreaterThan(COUNT / 3);
    expect(summary.errors).toBeGreaterThan(COUNT / 20);
    expect(summary.unjudged).toBeLessThan(COUNT / 5);
  },
  TIMEOUT_MS,
);
