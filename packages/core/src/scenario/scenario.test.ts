import { describe, expect, test } from 'vitest';
import { createPolicy } from '../index.ts';
import { readScenarios, readSpec } from '../spec/index.ts';

const read = (text: string, file = 'scenarios/a.yaml') => readScenarios({ file, text });

test('a file is a list of scenarios', () => {
  const { scenarios, findings } = read(`
- name: approver in Berlin
  context: { user: { id: u1, roles: [approver], attributes: { country: DE } }, request: { scopes: [pay] } }
  sources: { entitlements: { plan: gold } }
  now: 2026-11-21T08:00:00Z
  expect: { access: { plan: gold }, scopes: [pay], absent: [name] }
- name: directory down
  sources: { directory: { fails: timeout } }
  now: 1795248000
  expect: { denied: enrichment_unavailable }
`);
  expect(findings).toEqual([]);
  expect(scenarios).toEqual([
    {
      name: 'approver in Berlin',
      context: {
        user: { id: 'u1', roles: ['approver'], attributes: { country: 'DE' } },
        request: { scopes: ['pay'] },
      },
      own: {
        user: { id: 'u1', roles: ['approver'], attributes: { country: 'DE' } },
        request: { scopes: ['pay'] },
      },
      sources: { entitlements: { value: { plan: 'gold' } } },
      later: {},
      nowSeconds: 1_795_248_000,
      expect: { access: { plan: 'gold' }, scopes: ['pay'], absent: ['name'] },
      live: undefined,
      decisions: [],
      entities: {},
      path: [0],
    },
    {
      name: 'directory down',
      context: {},
      own: {},
      sources: { directory: { fails: 'timeout' } },
      later: {},
      nowSeconds: 1_795_248_000,
      expect: { denied: 'enrichment_unavailable' },
      live: undefined,
      decisions: [],
      entities: {},
      path: [1],
    },
  ]);
});

test('what scenarios share is merged under their own, mappings key by key, lists whole', () => {
  const { scenarios, source } = read(`
context: { org: { id: acme }, user: { id: u1, attributes: { country: DE, limit: 1 } }, request: { scopes: [a, b] } }
sources: { plans: { plan: free }, limits: { max: 1 } }
scenarios:
  - name: one
    context: { user: { attributes: { limit: null } }, request: { scopes: [] } }
    sources: { plans: { fails: status } }
`);
  expect(scenarios[0]).toMatchObject({
    context: {
      org: { id: 'acme' },
      user: { id: 'u1', attributes: { country: 'DE', limit: null } },
      request: { scopes: [] },
    },
    own: { user: { attributes: { limit: null } }, request: { scopes: [] } },
    sources: { plans: { fails: 'status' }, limits: { value: { max: 1 } } },
    nowSeconds: undefined,
    expect: undefined,
  });
  expect(source.value(scenarios[0]?.path ?? []).start.line).toBe(5);
});

test('a scenario says how running issuers are asked, and differently for one of them', () => {
  const text = `
- name: a
  live: { client: web, user: ada, okta: { client: 0oa1, user: ada@acme.example } }
- { name: b, live: { keycloak: { client: job } } }
- { name: c, live: { client: job } }
`;
  const { scenarios, findings } = readScenarios({ file: 'a.yaml', text }, undefined, ['okta', 'keycloak']);
  expect(findings).toEqual([]);
  expect(scenarios.map(({ live }) => live)).toEqual([
    { client: 'web', user: 'ada', issuers: { okta: { client: '0oa1', user: 'ada@acme.example' } } },
    { issuers: { keycloak: { client: 'job' } } },
    { client: 'job' },
  ]);
});

test('an answer may be anything a source could say', () => {
  const { scenarios } = read('- { name: a, sources: { a: [1], b: null, c: text, d: {}, e: 1.5 } }');
  expect(scenarios[0]?.sources).toEqual({
    a: { value: [1] },
    b: { value: null },
    c: { value: 'text' },
    d: { value: {} },
    e: { value: 1.5 },
  });
});

describe('a finding stands at what is wrong', () => {
  test.each<[what: string, text: string, rule: string, underlined: string]>([
    ['an unknown field of the context', '- { name: a, context: { user: { mail: x } } }', 'TE002', 'mail'],
    ['an unknown failure', '- { name: a, sources: { s: { fails: timeot } } }', 'TE003', 'timeot'],
    [
      'a failure with an answer',
      '- { name: a, sources: { s: { fails: timeout, plan: x } } }',
      'TE002',
      'plan',
    ],
    ['no name', '- context: {}', 'TE003', 'context'],
    ['a name twice', '- { name: same }\n- { name: "same" }', 'TE008', '"same"'],
    ['an expectation that is not a list', '- { name: a, expect: { scopes: pay } }', 'TE003', 'pay'],
    ['a time without its zone', '- { name: a, now: 2026-01-01T00:00:00 }', 'TE003', '2026-01-01T00:00:00'],
    ['a list of something else', '- name: a\n- text', 'TE003', 'text'],
    ['a mapping without scenarios', 'context: {}', 'TE003', 'context'],
    [
      'a prototype name',
      '- { name: a, context: { user: { attributes: { __proto__: 1 } } } }',
      'TE008',
      '__proto__',
    ],
    ['what is not YAML', '- {', 'TE001', '{'],
    ['scopes as text', '- { name: a, context: { request: { scopes: openid } } }', 'TE003', 'openid'],
    ['roles as text', '- { name: a, context: { user: { roles: admin } } }', 'TE003', 'admin'],
    ['methods as text', '- { name: a, context: { session: { amr: mfa } } }', 'TE003', 'mfa'],
    ['a client as a number', '- { name: a, context: { client: { id: 5 } } }', 'TE003', '5'],
    ['an unknown kind of subject', '- { name: a, context: { subject_type: humn } }', 'TE003', 'humn'],
    ['a question without a client', '- { name: a, live: { user: ada } }', 'TE003', 'live'],
    ['an empty question', '- { name: a, live: {} }', 'TE003', 'live'],
    ['a misspelt key of a question', '- { name: a, live: { clint: web } }', 'TE002', 'clint'],
    ['no scenario', 'scenarios: []', 'TE003', 'scenarios'],
    ['no scenario in a list', '[]', 'TE003', '[]'],
    ['an empty file', '', 'TE001', ''],
  ])('%s', (_, text, rule, underlined) => {
    const { scenarios, findings } = read(text);
    expect(scenarios).toEqual([]);
    expect(findings.map((each) => each.rule)).toEqual([rule]);
    const range = findings[0]?.range;
    expect(text.slice(range?.start.offset, range?.end.offset)).toBe(underlined);
  });
});

test('null is a value of every field, and profiles and parameters may hold anything', () => {
  const { findings } = read(`- name: a
  context:
    user: { id: null, name: 5, email_verified: "yes", roles: null, attributes: { plan: [1] } }
    client: { id: null, metadata: null }
    request: { scopes: null, params: { a: [1] }, authorization_details: [{ type: pay }] }
    session: { auth_time: null, amr: null }
    subject_type: null
`);
  expect(findings).toEqual([]);
});

describe('names that the spec does not have', () => {
  const spec = readSpec(
    {
      file: 'spec.yaml',
      text: `version: 1
name: named
user: { attributes: { address: { city: string }, tags: list(string) } }
sources:
  crm: { http: { url: "https://crm.example/{user.id}" }, returns: { plan: string, seats: { used: int } } }
  roles: { sql: { connection: "sqlite:a", query: "select role from r", rows: many }, returns: { role: string } }
claims: { plan: { value: crm.plan, kind: descriptive } }
authorizationDetails: { payment: { fields: { amount: double }, grant: "true" } }
`,
    },
    {},
  );
  const { policy } = createPolicy(spec.spec ?? fail(), spec.draft?.source ?? fail());
  test.each<[what: string, text: string, message: string, help: string | undefined]>([
    [
      'a field of an answer',
      'sources: { crm: { plam: x } }',
      '`crm` returns no field `plam`.',
      'Did you mean `plan`?',
    ],
    [
      'a field within an answer',
      'sources: { crm: { seats: { usd: 1 } } }',
      '`crm` returns no field `usd`.',
      'Did you mean `used`?',
    ],
    [
      'a column of a row',
      'sources: { roles: { rows: [{ role: a }, { rule: b }] } }',
      '`roles` returns no field `rule`.',
      'Did you mean `role`?',
    ],
    [
      'a field of an attribute',
      'context: { user: { attributes: { address: { town: x } } } }',
      'The spec has no user attribute `town`.',
      'It has `city`.',
    ],
    [
      'a grant type',
      'context: { request: { grant_type: autorization_code } }',
      'There is no grant type `autorization_code`.',
      'Did you mean `authorization_code`?',
    ],
    [
      'a type of authorization details',
      'context: { request: { authorization_details: [{ type: payments }] } }',
      'The spec has no authorization detail `payments`.',
      'Did you mean `payment`?',
    ],
    [
      'a field of authorization details',
      'context: { request: { authorization_details: [{ type: payment, amuont: 5 }] } }',
      '`payment` has no field `amuont`.',
      'Did you mean `amount`?',
    ],
  ])('%s', (_, text, message, help) => {
    const { findings } = readScenarios({ file: 'a.yaml', text: `- { name: a, ${text} }` }, policy);
    expect(findings.map((each) => [each.rule, each.message, each.help])).toEqual([['TE017', message, help]]);
  });

  test('a request may hold what the policy does not know', () => {
    const text = `- name: a
  context:
    request: { grant_type: "urn:acme:grant", authorization_details: [{ type: other, x: 1 }, { type: payment, actions: [a], iban: b }] }
  sources: { crm: 5, roles: { fails: timeout } }
`;
    expect(readScenarios({ file: 'a.yaml', text }, policy).findings).toEqual([]);
  });
});

function fail(): never {
  throw new TypeError('the spec of this test is not right');
}
