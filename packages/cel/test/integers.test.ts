import type { Environment } from '@claimsmith/cel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, type Outcome } from './support/program.ts';

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
const environment: Environment = { variables: { x: { kind: 'int' }, y: { kind: 'int' } } };

/** The law: a JavaScript number stands for the int as long as it is exact; one step further is an overflow. */
const operations: Readonly<Record<string, (x: bigint, y: bigint) => bigint | 'error'>> = {
  'x + y': (x, y) => x + y,
  'x - y': (x, y) => x - y,
  'x * y': (x, y) => x * y,
  'x / y': (x, y) => (y === 0n ? 'error' : x / y),
  'x % y': (x, y) => (y === 0n ? 'error' : x % y),
  '-x': (x) => -x,
  'int(double(x))': (x) => x,
  'int(string(x))': (x) => x,
};

const int = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: 0, max: 3 }).map((below) => Number.MAX_SAFE_INTEGER - below),
  fc.integer({ min: 0, max: 3 }).map((above) => Number.MIN_SAFE_INTEGER + above),
  fc.integer({ min: 94_906_260, max: 94_906_270 }),
);

describe('ints are exact to 2^53-1', () => {
  const sources = Object.keys(operations);
  const { units } = build(sources.map((source) => ({ source, environment })));
  it.each(sources)('%s', (source) => {
    const unit = units[sources.indexOf(source)];
    const operation = operations[source];
    if (!unit?.ok || !operation) throw new Error(`${source} does not compile`);
    fc.assert(
      fc.property(int, int, (x, y) => {
        expect(unit.run({ x, y })).toEqual(expectedOutcome(operation(BigInt(x), BigInt(y))));
      }),
      { numRuns: 2_000 },
    );
  });
});

function expectedOutcome(result: bigint | 'error'): Outcome | object {
  if (result === 'error') return { kind: 'error', code: 'divide_by_zero', at: expect.any(Number) };
  if (result > LARGEST || result < -LARGEST)
    return { kind: 'error', code: 'overflow', at: expect.any(Number) };
  return { kind: 'value', value: Number(result) };
}
