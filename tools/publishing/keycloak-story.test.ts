import { expect, test } from 'vitest';
import { keycloakStory } from './keycloak-story.ts';

test('payments at a real Keycloak: plan, apply, verify, drift, another version, destroy, rollback', async (context) => {
  const story = await keycloakStory();
  if (!story.ok) {
    if (process.env['CI']) throw new Error(story.reason);
    return context.skip(story.reason);
  }
  const told = story.steps.map(({ args, code }) => `${args.join(' ')} ends with ${code}`);
  expect(told, story.steps.map(({ output }) => output).join('\n')).toEqual([
    'plan ends with 2',
    'apply --yes ends with 0',
    'plan ends with 0',
    'verify ends with 0',
    'drift ends with 2',
    'apply --yes ends with 0',
    'drift ends with 0',
    'plan ends with 2',
    'apply --yes ends with 1',
    'plan ends with 0',
    'destroy --yes ends with 0',
    'rollback --yes ends with 0',
    'plan ends with 0',
    'verify ends with 0',
  ]);
  const [plan, , , verified, drift, , , , waiting] = story.steps.map(({ output }) => output);
  expect(plan).toContain('+ client scope claimsmith.payments  create');
  expect(verified).toContain('all as the policy decides');
  expect(drift).toContain('config.userinfo.token.claim: true → false');
  expect(waiting).toMatch(/Copy claimsmith-payments\.jar, revision [0-9a-f]{8}, to providers/);
}, 600_000);
