import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { beyondEs5 } from '../../packages/cel/test/support/es5.ts';
import { reportFigure } from '../figures.ts';
import { closingLine, describe as describeDifference, fuzz } from './run.ts';

/** More where it counts; `npm run fuzz` goes on for longer. */
const COUNT = process.env['CI'] === 'true' ? 25_000 : 5_000;
const TIMEOUT_MS = 300_000;

/** Other expressions after every change of the compiler, the same ones for the same compiler. */
function seedOfCompiler(): number {
  const folder = fileURLToPath(new URL('../../packages/cel/src/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[jt]s$/.test(file),
  );
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(readFileSync(`${folder}${file}`));
  return hash.digest().readUInt32BE() % 2 ** 31;
}

it(
  'random expressions mean what they mean to @bufbuild/cel and @marcbachmann/cel-js',
  () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? seedOfCompiler());
    const faults = new Set<string>();
    const summary = fuzz({
      seed,
      count: COUNT,
      onProgram: (text) => {
        for (const fault of beyondEs5(text)) faults.add(fault);
      },
    });
    reportFigure('2-fuzz', closingLine(summary));
    expect(summary.differences.map(describeDifference)).toEqual([]);
    expect([...faults]).toEqual([]);
    // A run in which the oracles say nothing proves nothing.
    expect(summary.values).toBeGreaterThan(COUNT / 3);
    expect(summary.errors).toBeGreaterThan(COUNT / 20);
    expect(summary.unjudged).toBeLessThan(COUNT / 5);
  },
  TIMEOUT_MS,
);
