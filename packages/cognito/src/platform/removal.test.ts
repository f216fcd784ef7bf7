import type { Decision } from '@claimsmith/runtime';
import { describe, expect, it } from 'vitest';
import { findingsOf, policyOf } from '../../test/fixtures.ts';
import { cognito } from '../index.ts';
import { preTokenGeneration, preTokenGenerationV1 } from './trigger.ts';

const decision: Decision = {
  denied: undefined,
  access: { plan: 'gold' },
  id: {},
  scopes: { add: [], remove: [] },
  lifetimeSeconds: undefined,
  outcomes: [],
};
const event = { version: '2', triggerSource: 'TokenGeneration_HostedAuth' };

describe("Cognito's own claims", () => {
  it('are suppressed in the tokens that the policy is for', async () => {
    const removed = { access: ['email'], id: ['email', 'phone_number'] };
    expect(await preTokenGeneration('a', '2', event, () => decision, undefined, removed)).toMatchObject({
      response: {
        claimsAndScopeOverrideDetails: {
          idTokenGeneration: { claimsToSuppress: ['email', 'phone_number'] },
          accessTokenGeneration: { claimsToAddOrOverride: { plan: 'gold' }, claimsToSuppress: ['email'] },
        },
      },
    });
    const left = { ...decision, left: true as const };
    expect(await preTokenGeneration('a', '2', event, () => left, undefined, removed)).toMatchObject({
      response: {},
    });
    expect(
      await preTokenGenerationV1('a', { version: '1' }, () => decision, undefined, { id: ['email'] }),
    ).toMatchObject({
      response: { claimsOverrideDetails: { claimsToSuppress: ['email'] } },
    });
  });

  it('are named in the function', async () => {
    const spec = (remove: string) =>
      `version: 1\nname: some\nclaims: { a: { const: 1, kind: descriptive } }\nissuers: { cognito: { remove: ${remove} } }`;
    const { artifacts } = await cognito.compile(policyOf(spec('{ id: [email, "custom:x"] }')));
    const [code] = artifacts;
    expect(code?.content).toContain("undefined, { id: ['email', 'custom:x'] });");
  });

  it.each(['sub', 'token_use', 'cognito:username', 'policy', 'a', 'scope'])('%s must stay', (name) => {
    const found = findingsOf(
      `claims: { a: { const: 1, kind: descriptive } }\nissuers: { cognito: { remove: { access: ["${name}"] } } }`,
    );
    expect(found).toEqual([expect.stringMatching(/^error TE844 /)]);
  });
});
