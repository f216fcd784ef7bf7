import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { reportFigure } from '../figures.ts';
import { reasonFor } from './not-compared.ts';
import { runMutants } from './run.ts';

const payments = fileURLToPath(new URL('../../examples/payments', import.meta.url));

/** Of Keycloak's and Auth0's files, what no other issuer's show too: the programs are the same everywhere. */
function isTried(issuer: string, { file, at }: { readonly file: string; readonly at: string }): boolean {
  if (file === 'realm.json') return !at.startsWith('clientScopes.') && !at.startsWith('components.');
  if (issuer === 'okta' || file.endsWith('.json')) return true;
  return /(timeoutMs|retries|cacheMs|limitBytes|deadlineMs|headers|audience|marker|realm|own|all): /.test(at);
}

test('test notices a change of every value of the built files, but of those that are listed with a reason', async () => {
  let count = 0;
  const missed: string[] = [];
  for await (const outcome of runMutants(payments, isTried)) {
    count++;
    if (outcome.noticed === undefined && reasonFor(outcome) === undefined)
      missed.push(`${outcome.issuer} ${outcome.file} ${outcome.at}`);
  }
  expect(missed).toEqual([]);
  expect(count).toBeGreaterThan(500);
  reportFigure(
    '8-built-mutants',
    `built files of payments: ${count} changes, each noticed or listed with a reason`,
  );
}, 900_000);
