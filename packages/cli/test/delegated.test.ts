import { expect, test } from 'vitest';
import { runScenarios } from '../src/proof/run-scenarios.ts';

test.each([
  ['on-behalf', ['auth0', 'keycloak']],
  ['agents', ['auth0']],
])('the recipe %s of who acts for a user comes out as it says at %j', async (name, issuers) => {
  const cwd = new URL('../../..', import.meta.url).pathname;
  const { errors, tried, previews } = await runScenarios(`examples/recipes/${name}`, { cwd });
  expect(errors).toEqual([]);
  expect(tried.filter(({ differences }) => differences.length > 0)).toEqual([]);
  expect(new Set(tried.map(({ where }) => where)).size).toBe(issuers.length + 1);
  expect(previews.length).toBeGreaterThan(0);
});
