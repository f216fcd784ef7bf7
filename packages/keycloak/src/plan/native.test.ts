import { noTokens } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { keycloak } from '../index.ts';
import { departs } from '../simulator/departs.ts';

/** Claims that mappers make without a script: values and conditions, apart from bounds and defaults. */
const values = [
  'value: user.attributes.tier',
  'value: user.attributes.level',
  'value: user.attributes.limit',
  'value: user.attributes.vip',
  'value: user.attributes.tags',
  'value: user.id',
  'value: user.username',
  'value: user.email',
  'value: user.email_verified',
  'value: user.given_name',
  'value: user.roles',
  'value: \'user.roles.map(r, "r:" + r)\'',
  'value: user.groups',
  'value: user.locale',
  'value: user.nickname',
  'value: session.idp',
  'value: session.notes.via',
  'value: session.notes.level',
  'value: session.notes.strong',
  'value: tables.region.DE',
  'value: request.audience',
  'const: text',
  'const: 1.5',
  'const: false',
  'const: []',
  'const: { a: [1, { b: "é" }] }',
];
const conditions = [
  '',
  ', when: \'"a" in user.roles\'',
  ', when: \'user.roles.exists(r, r == "b" || r in ["c", "d"])\'',
  ', when: \'"ask" in request.scopes\'',
  ', when: \'client.id == "web"\'',
  ', when: \'client.id in ["web", "app"] && "a" in user.roles\'',
  ', clients: [app]',
  ', audiences: ["urn:api"]',
  ', audiences: [other]',
  ', when: subject_type == "human"',
  ', when: \'subject_type == "human" && "a" in user.roles\'',
  ', when: \'!(subject_type != "human" || !("b" in user.roles))\'',
  ', when: \'subject_type in ["machine", "agent"] || client.id == "web"\'',
];
const grants = ['"true"', '\'"a" in user.roles\'', '\'"b" in user.roles || "c" in user.roles\''];

/** A role that opens everything. No client scope asks for a role and a requested scope. */
const gates = [
  '!("a" in user.roles)',
  '!user.roles.exists(r, r in ["b", "c"])',
  '!("a" in user.roles) || !("a" in user.roles)',
];

const specs = fc
  .record({
    gate: fc.option(fc.constantFrom(...gates), { nil: undefined }),
    claims: fc.array(
      fc.record({
        value: fc.constantFrom(...values),
        condition: fc.constantFrom(...conditions),
        tokens: fc.constantFrom('', ', tokens: [id]', ', tokens: [access, id]'),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    scopes: fc.dictionary(fc.constantFrom('read', 'write'), fc.constantFrom(...grants), { maxKeys: 2 }),
    add: fc.boolean(),
  })
  .map(
    ({ gate, claims, scopes, add }) => `version: 1
name: native
session: { notes: { via: string, level: int, strong: bool } }
user: { attributes: { tier: string, level: int, limit: double, vip: bool, tags: list(string) } }
tables: { region: { DE: eu } }
claims:
${claims.map(({ value, condition, tokens }, i) => `  c.${i}: { ${value}, kind: descriptive${gate !== undefined && condition.includes('request.') ? '' : condition}${tokens} }`).join('\n')}
scopes:
${['other', ...Object.keys(scopes)].map((name) => `  ${name}: { grant: ${scopes[name] ?? '"true"'}, add: ${add} }`).join('\n')}
${gate === undefined ? '' : `deny: [{ when: '${gate}', reason: outsider }]\n`}issuers: { keycloak: { audience: "urn:api", serviceAccounts: false } }`,
  );

const some = (...texts: string[]) => fc.uniqueArray(fc.constantFrom(...texts), { maxLength: 4 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });
const text = fc.constantFrom('gold', 'é', '', ' x', 'true', '12', '{"a":1}', 'a.b\\c');
const situations = fc.record({
  user: fc.record({
    id: fc.constant('u1'),
    username: fc.constantFrom('ada', 'bob.1'),
    email: optional(fc.constant('ada@acme.example')),
    email_verified: fc.boolean(),
    given_name: optional(text),
    locale: optional(fc.constant('de')),
    nickname: optional(text),
    roles: some('a', 'b', 'c', 'é x'),
    groups: some('g', 'g h', 'ö'),
    attributes: fc.record({
      tier: optional(text),
      level: optional(fc.integer()),
      // JSON has no -0.
      limit: optional(fc.double({ noNaN: true, noDefaultInfinity: true }).map((limit) => limit + 0)),
      vip: optional(fc.boolean()),
      tags: optional(fc.array(text, { minLength: 1, maxLength: 3 })),
    }),
  }),
  session: fc.record({
    idp: optional(text),
    notes: fc.record({ via: optional(text), level: optional(fc.integer()), strong: optional(fc.boolean()) }),
  }),
  client: fc.record({ id: fc.constantFrom('web', 'app', 'other') }),
  request: fc.record({
    grant_type: fc.constant('authorization_code'),
    audience: fc.constant('urn:api'),
    scopes: some('ask', 'read', 'write', 'other').map((asked) => ['openid', ...asked]),
  }),
  subject_type: fc.constant('human'),
});

const around = {
  fetch: () => Promise.reject(new TypeError('nothing is asked')),
  answer: () => ({ fails: 'network' as const }),
  secrets: {},
  nowSeconds: 1_795_132_800,
};

it('mappers sign what the policy decides, in 600 random pairs of spec and user', async () => {
  let claims = 0;
  let closed = 0;
  let left = 0;
  await fc.assert(
    fc.asyncProperty(specs, fc.array(situations, { minLength: 4, maxLength: 4 }), async (spec, contexts) => {
      const policy = policyOf(spec);
      const compilation = await keycloak.compile(policy);
      expect(compilation.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      const program = evaluateProgram(generateProgram(policy));
      for (const context of contexts) {
        const held = keycloak.simulator.holds(context, policy);
        const { denied, access, id, scopes } = program.decide(program.context(held), {});
        const kept = context.request.scopes.filter((scope) => !scopes.remove.includes(scope));
        const verdict =
          denied === undefined
            ? { ...noTokens, denied, access, id, scopes: [...kept, ...scopes.add], audiences: ['urn:api'] }
            : { ...noTokens, denied };
        const event = keycloak.simulator.eventFrom(context, policy);
        const departure = departs(policy, verdict, {
          trigger: event.trigger,
          client: context.client.id,
          scopes: context.request.scopes,
          context: held,
        });
        const expected = departure?.instead ?? verdict;
        const issuance = await keycloak.simulator.simulate(compilation, event, around);
        expect(issuance.denied).toBeUndefined();
        expect(issuance.access).toEqual(expected.access);
        expect(issuance.id).toEqual(expected.id);
        expect(issuance.scopes.toSorted()).toEqual(expected.scopes.toSorted());
        expect(issuance.audiences).toEqual(expected.audiences);
        if (denied !== undefined) {
          closed++;
          if (Object.keys(issuance.access).length > 0) left++;
        }
        claims += Object.keys(access).length + Object.keys(id).length;
      }
    }),
    { numRuns: 150 },
  );
  expect(claims).toBeGreaterThan(500);
  expect(closed).toBeGreaterThan(50);
  expect(left).toBeGreaterThan(5);
});

it('a required value that is missing is left out, as the departure says', async () => {
  const policy = policyOf(`version: 1
name: native
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: authoritative }
  fixed: { const: 1, kind: descriptive, tokens: [access, id] }
scopes: { given: { grant: "true", add: true } }
issuers: { keycloak: { audience: "urn:api", missing: guard } }`);
  const context = { user: { id: 'u1' }, subject_type: 'human', request: { scopes: ['openid'] } };
  const program = evaluateProgram(generateProgram(policy));
  const { denied } = program.decide(program.context(context), {});
  const verdict = { ...noTokens, denied };
  const expected = departs(policy, verdict, {
    client: undefined,
    trigger: 'user',
    scopes: ['openid'],
    context,
  })?.instead;
  const event = keycloak.simulator.eventFrom(context, policy);
  const issuance = await keycloak.simulator.simulate(await keycloak.compile(policy), event, around);
  expect(denied).toBe('enrichment_unavailable');
  expect(issuance).toMatchObject({ denied: undefined, access: expected?.access, id: expected?.id });
  expect(issuance.access).toEqual({ fixed: 1, policy: policy.marker?.value });
  expect(issuance.scopes.toSorted()).toEqual(expected?.scopes.toSorted());
});
