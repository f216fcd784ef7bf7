import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { reportFigure } from '../figures.ts';

const seed = 20_261_121;
const main = fileURLToPath(new URL('main.ts', import.meta.url));

interface Result {
  readonly triples: number;
  readonly first?: unknown;
  readonly counts: readonly {
    readonly issuer: string;
    readonly compared: number;
    readonly impossible: number;
    readonly denied: number;
    readonly departed: number;
  }[];
}

/** `npm run fuzz` goes through more. */
const batches = 2;
const specsOfBatch = 40;

/**
 * In a process of its own, batch by batch: measuring coverage would keep every script that an issuer's simulator has
 * run, and Node itself keeps many.
 */
async function runBatch(index: number): Promise<Result> {
  const args = [
    '--conditions=@claimsmith/source',
    main,
    String(specsOfBatch),
    '25',
    String(seed + index),
    '--json',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

test('every issuer signs what the policy decides, in 2,000 random triples of spec, context and sources', async () => {
  const totals = new Map<string, { denied: number; departed: number }>();
  let triples = 0;
  for (let batch = 0; batch < batches; batch++) {
    const run = await runBatch(batch);
    expect(run.first).toBeUndefined();
    triples += run.triples;
    for (const { issuer, compared, impossible, denied, departed } of run.counts) {
      // A spec in fifty may be one that an issuer refuses.
      expect(compared + impossible).toBeGreaterThanOrEqual(0.9 * run.triples);
      expect(compared).toBeGreaterThanOrEqual(0.5 * run.triples);
      const total = totals.get(issuer) ?? { denied: 0, departed: 0 };
      totals.set(issuer, { denied: total.denied + denied, departed: total.departed + departed });
    }
  }
  expect(triples).toBe(2_000);
  const counts = [...totals].map(
    ([issuer, { denied, departed }]) => `${issuer} (${denied} denied, ${departed} otherwise as announced)`,
  );
  reportFigure(
    '5-conformance',
    `conformance of issuers: ${triples} triples of ${batches * specsOfBatch} specs, 0 differences; ${counts.join(', ')}`,
  );
}, 900_000);
