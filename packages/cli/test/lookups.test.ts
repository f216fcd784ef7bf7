import { expect, test } from 'vitest';
import { issuers } from '../src/issuers.ts';
import { runScenarios } from '../src/proof/run-scenarios.ts';

test('the recipe of look-ups comes to the same at every issuer', async () => {
  const cwd = new URL('../../..', import.meta.url).pathname;
  const { errors, tried, previews } = await runScenarios('examples/recipes/sources', { cwd });
  expect(errors).toEqual([]);
  expect(tried.filter(({ differences }) => differences.length > 0)).toEqual([]);
  expect(new Set(tried.map(({ where }) => where)).size).toBe(issuers.length + 1);
  expect(previews.length).toBe(11 * issuers.length);
});
