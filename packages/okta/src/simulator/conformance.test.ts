import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { policyOf, surroundings } from '../../test/hook-fixtures.ts';
import { okta } from '../index.ts';

const policy = policyOf(`
version: 1
name: conformance
namespace: https://shop.example/
lifetime: { access: 10m }
user: { attributes: { tier: string, limit: double, points: int, vip: bool, accounts: list(string) } }
tables: { level: { gold: "1", silver: "2" } }
sources:
  plans: { http: { url: "https://plans.example/{user.id}" }, returns: { plan: string } }
claims:
  constant: { const: [a, b], kind: descriptive }
  tier: { value: user.attributes.tier, kind: descriptive, when: subject_type == "human" }
  level: { value: 'tables.level[user.attributes.tier]', kind: descriptive, when: subject_type == "human", onMissing: { default: none } }
  vip: { value: user.attributes.vip && user.attributes.points > 5, kind: descriptive, when: subject_type == "human" }
  staff: { value: 'user.groups.exists(g, g == "staff")', kind: descriptive, when: subject_type == "human" }
  who: { value: user.email, kind: descriptive, when: subject_type == "human", tokens: [access, id] }
  name: { value: user.name, kind: descriptive, when: subject_type == "human", tokens: [id] }
  given: { value: user.given_name, kind: descriptive, when: subject_type == "human", tokens: [id], onMissing: { default: nobody } }
  client: { value: client.id, kind: descriptive, clients: [c1] }
  tenant: { value: org.id, kind: authoritative }
  roles: { value: 'user.groups.filter(r, r.startsWith("a"))', kind: authoritative, when: subject_type == "human", maxItems: 2 }
  limit: { value: user.attributes.limit * 2.0, kind: descriptive, when: subject_type == "human" }
  grant: { value: request.grant_type, kind: authoritative }
  method: { value: 'session.amr', kind: descriptive, when: subject_type == "human" }
  idp: { value: session.idp, kind: descriptive, when: subject_type == "human", as: { okta: login_idp } }
  nick: { value: user.nickname, kind: descriptive, when: subject_type == "human" }
  since: { value: session.auth_time, kind: descriptive, when: subject_type == "human" }
  channel: { value: 'request.params["channel"]', kind: descriptive }
  plan: { value: plans.plan, kind: descriptive, when: subject_type == "human" && user.attributes.vip }
  admin: { value: '"admin" in request.scopes', kind: authoritative, audiences: [api] }
  groups: { value: user.groups, kind: descriptive, when: subject_type == "human", maxItems: 3 }
scopes:
  admin: { grant: 'subject_type == "human" && "admin" in claims.roles' }
  read.{what}: { grant: 'subject_type != "human" || what in user.attributes.accounts' }
deny:
  - { when: 'request.ip == "192.0.2.66"', reason: blocked }
  - { when: 'subject_type == "human" && "suspended" in user.groups', reason: suspended }
issuers:
  okta: { audience: api, guard: [sentinel], supply: { org.id: [user.organization, app.profile.organization] } }
`);
const compilation = await okta.compile(policy);

const program = evaluateProgram(generateProgram(policy, { names: okta.names(policy) }));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 6 });
const words = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 4 });
const request = {
  scopes: words('openid', 'admin', 'read.a', 'read.b', 'other'),
  audience: fc.constantFrom('api', 'other'),
  ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.66'),
  params: fc.constantFrom({}, { channel: 'mobile' }),
};
const shared = {
  org: fc.record({ id: optional(fc.constantFrom('o1', 'o2')) }),
  client: fc.record({ id: fc.constantFrom('c1', 'c2'), name: fc.constant('C') }),
};
const person = fc.record({
  ...shared,
  user: fc.record({
    id: fc.constantFrom('u1', 'u2'),
    email: optional(fc.constantFrom('ada@acme.example', '"quoted"@acme.example', '')),
    name: optional(fc.string()),
    given_name: optional(fc.constantFrom('Ada', 'Ödön')),
    nickname: optional(fc.string()),
    groups: fc.uniqueArray(fc.constantFrom('admin', 'a', 'ab', 'b', 'staff', 'suspended'), { maxLength: 3 }),
    attributes: fc.record({
      tier: optional(fc.constantFrom('gold', 'silver', 'tin', '')),
      limit: optional(fc.double({ min: 0, max: 9, noNaN: true })),
      points: optional(fc.integer({ min: 0, max: 9 })),
      vip: optional(fc.boolean()),
      accounts: optional(words('a', 'b')),
    }),
  }),
  session: fc.record({
    auth_time: optional(fc.integer({ min: 1e9, max: 2e9 })),
    amr: optional(words('pwd', 'otp', 'mfa')),
    idp: optional(fc.constantFrom('00o1', '0oa2')),
  }),
  request: fc.record({
    ...request,
    grant_type: fc.constantFrom('authorization_code', 'implicit', 'refresh_token', 'password'),
  }),
  subject_type: fc.constant('human'),
});
const machine = fc.record({
  ...shared,
  request: fc.record({ ...request, grant_type: fc.constant('client_credentials') }),
  subject_type: fc.constant('machine'),
});

/** At a refresh, only an ID token says how the user has logged in. */
function told(situation: Parameters<typeof okta.simulator.eventFrom>[0]) {
  const untold = okta.model.supplies.filter((supply) => supply.untold?.isUntold(situation));
  expect(untold.map(({ field }) => field)).toEqual(untold.length === 0 ? [] : ['session.amr', 'session.idp']);
  const { session, ...others } = situation;
  return untold.length === 0
    ? situation
    : { ...others, session: { ...Object(session), amr: undefined, idp: undefined } };
}

const plan = { plan: 'gold' };

it('tokens are what the policy decides, in every situation', async () => {
  expect(compilation.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  let issued = 0;
  let ids = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 3, arbitrary: person }, machine),
      fc.boolean(),
      async (situation, isUp) => {
        const answer = isUp ? { value: plan, ageSeconds: 0 } : { failure: 'status' as const };
        // The authorization server has one audience, whatever is asked for.
        const known = { ...situation, request: { ...situation.request, audience: 'api' } };
        const decision = program.decide(program.context(told(known)), { plans: answer });
        const around = surroundings({ plans: isUp ? { value: plan } : { fails: 'status' } });
        const issuance = await okta.simulator.simulate(
          compilation,
          okta.simulator.eventFrom(situation, policy),
          around,
        );
        const denied = decision.denied ?? (decision.scopes.remove.length > 0 ? 'scope_refused' : undefined);
        expect(issuance.denied?.description).toBe(denied);
        expect(issuance.notes).toEqual([]);
        if (denied !== undefined) return;
        issued++;
        expect(issuance.access).toEqual(decision.access);
        const hasId = 'user' in situation && situation.request.scopes.includes('openid');
        if (hasId) ids++;
        expect(issuance.id).toEqual(hasId ? decision.id : {});
        expect(issuance.scopes).toEqual(situation.request.scopes);
        expect(issuance.audiences).toEqual(['api']);
      },
    ),
    { numRuns: 1_000 },
  );
  expect(issued).toBeGreaterThan(100);
  expect(ids).toBeGreaterThan(10);
});
