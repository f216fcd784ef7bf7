import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { policyOf, surroundings } from '../../test/fixtures.ts';
import { auth0 } from '../index.ts';
import { claimNames } from '../names.ts';

const policy = policyOf(`
version: 1
name: conformance
namespace: https://shop.example/
user: { attributes: { tier: string, limit: double } }
sources:
  plans: { http: { url: "https://plans.example/{user.id}" }, returns: { plan: string } }
claims:
  roles: { value: 'user.roles.filter(r, r.startsWith("a"))', kind: authoritative, when: subject_type == "human", maxItems: 2 }
  tenant: { value: org.id, kind: descriptive }
  client: { value: 'client.metadata.level', kind: descriptive, onMissing: { default: none } }
  grant: { value: request.grant_type, kind: authoritative }
  plan: { value: plans.plan, kind: descriptive, when: subject_type == "human" && user.email_verified }
  limit: { value: user.attributes.limit * 2.0, kind: descriptive, when: subject_type == "human" }
  admin: { value: '"admin" in request.scopes', kind: authoritative, audiences: [api] }
scopes:
  admin: { grant: 'subject_type == "human" && "admin" in claims.roles' }
  read.{what}: { grant: 'subject_type != "human" || what in user.groups' }
deny:
  - { when: 'request.ip == "192.0.2.66"', reason: blocked }
`);
const compilation = await auth0.compile(policy);

const program = evaluateProgram(generateProgram(policy, { names: claimNames(policy) }));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 6 });
const words = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 4 });
const request = {
  scopes: words('openid', 'admin', 'read.a', 'read.b', 'other'),
  audience: optional(fc.constantFrom('api', 'other')),
  ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.66'),
};
const shared = {
  org: optional(fc.record({ id: optional(fc.constantFrom('o1', 'o2')) })),
  client: fc.record({ id: fc.constant('c'), metadata: fc.constantFrom({}, { level: 'gold' }) }),
};
const person = fc.record({
  ...shared,
  user: fc.record({
    id: fc.constantFrom('u1', 'u2'),
    email_verified: optional(fc.boolean()),
    roles: optional(words('admin', 'a', 'ab', 'b')),
    groups: optional(words('a', 'b')),
    attributes: fc.record({ limit: optional(fc.double({ min: 0, max: 9, noNaN: true })) }),
  }),
  request: fc.record({
    ...request,
    grant_type: fc.constantFrom('authorization_code', 'refresh_token', 'password'),
    scopes: request.scopes.map((scopes) => ['profile', ...scopes]),
  }),
  subject_type: fc.constant('human'),
});
const machine = fc.record({
  ...shared,
  request: fc.record({ ...request, grant_type: fc.constant('client_credentials') }),
  subject_type: fc.constantFrom('machine', 'agent'),
});

const answers = { u1: { plan: 'gold' }, u2: undefined } as const;

it('a built Action issues what its policy decides, in every situation', async () => {
  const around = surroundings({
    'https://plans.example/u1': () => Response.json(answers.u1),
    'https://plans.example/u2': () => new Response('', { status: 404 }),
  });
  let issued = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: person }, machine), async (situation) => {
      const answer =
        'user' in situation && situation.user.id === 'u1'
          ? { value: answers.u1, ageSeconds: 0 }
          : { failure: 'status' as const };
      const decision = program.decide(program.context(situation), { plans: answer });
      const event = auth0.simulator.eventFrom(situation, policy);
      const issuance = await auth0.simulator.simulate(compilation, event, around);
      // What an Action cannot take out of a machine's token, it refuses with the token.
      const refused = event.trigger === 'credentials-exchange' && decision.scopes.remove.length > 0;
      const denied = decision.denied ?? (refused ? 'scope_refused' : undefined);
      expect(issuance.denied?.description).toBe(denied);
      if (denied !== undefined) return;
      issued++;
      const kept = situation.request.scopes.filter((scope) => !decision.scopes.remove.includes(scope));
      expect(issuance.access).toEqual(decision.access);
      expect(issuance.scopes).toEqual(kept);
    }),
    { numRuns: 300 },
  );
  expect(issued).toBeGreaterThan(60);
});
