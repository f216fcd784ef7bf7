import { expect, test } from 'vitest';
import { reportFigure } from '../figures.ts';
import { runConformance } from './run.ts';

const seed = 20_261_121;

test('every issuer signs what the policy decides, in 20,000 random triples of spec, context and sources', async () => {
  const run = await runConformance({ seed, specs: 800, trials: 25 });
  const [first] = run.differences;
  expect(first === undefined ? [] : [first.issuer, first.spec, first.trial, first.differences]).toEqual([]);
  const counts = [...run.counts].map(
    ([issuer, { compared, denied, departed }]) =>
      `${issuer} ${compared} compared (${denied} denied, ${departed} otherwise as announced)`,
  );
  reportFigure(
    '5-conformance',
    `conformance of issuers: ${run.triples} triples of ${run.specs} specs, ${run.differences.length} differences; ${counts.join('; ')}`,
  );
  for (const { compared } of run.counts.values()) expect(compared).toBeGreaterThan(run.triples / 10);
}, 300_000);
