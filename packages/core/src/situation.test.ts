import { compile } from '@claimsmith/cel';
import { describe, expect, test } from 'vitest';
import { decide, policyOf, programOf } from '../test/kit.ts';
import { contextType } from './context.ts';
import { canBeTrue, gaps, readsAbsent, type Situation } from './situation.ts';

const machine: Situation = {
  title: 'client credentials',
  values: { subject_type: 'machine', 'request.grant_type': 'client_credentials' },
  absent: ['user', 'session'],
};

const { fields } = contextType({ kind: 'record', name: 'user.attributes', fields: {} });
const variables = Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]));

function expression(source: string) {
  const compiled = compile(source, { variables });
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  return compiled.expression;
}

test.each([
  ['subject_type == "human"', false],
  ['subject_type != "machine"', false],
  ['!(subject_type == "machine")', false],
  ['subject_type in ["human", "agent"]', false],
  ['"x" in request.scopes && subject_type == "human"', false],
  ['request.grant_type == "client_credentials" ? false : true', false],
  ['has(user.id)', false],
  ['subject_type == "machine"', true],
  ['subject_type in ["human", "machine"]', true],
  ['subject_type == "human" || client.id == "batch"', true],
  ['client.id == "batch"', true],
])('%s can be true for a machine: %s', (source, possible) => {
  expect(canBeTrue(expression(source), machine)).toBe(possible);
});

test.each([
  ['user.id', 'user.id'],
  ['client.id + user["id"]', 'user["id"]'],
  ['user.roles.exists(r, r == "a")', 'user.roles'],
  ['subject_type == "human" ? user.id : client.id', undefined],
  ['subject_type == "machine" ? user.id : client.id', 'user.id'],
  ['subject_type == "human" && user.id == "a"', undefined],
  ['has(user.id) ? user.id : client.id', undefined],
  ['user.?id.orValue("none")', undefined],
  ['client.id == "a" && user.id == "b"', 'user.id'],
])('%s reads what a machine lacks at %s', (source, place) => {
  const range = readsAbsent(expression(source), machine);
  expect(range && source.slice(range.start, range.end)).toBe(place);
});

test('a policy has a gap wherever a part fails for want of a user, through other claims too', () => {
  const policy = policyOf(`
claims:
  login: { value: user.id, kind: descriptive }
  roles: { value: user.roles, kind: authoritative, when: subject_type == "human", maxItems: 9 }
  first: { value: 'claims.roles[0]', kind: descriptive }
  client: { value: client.id, kind: descriptive }
scopes:
  pay: { grant: '"pay" in claims.roles' }
  ok: { grant: client.id == "a" }
deny: [{ when: user.email == "", reason: no_mail }]
`);
  expect(gaps(policy, machine).map(({ part, name }) => `${part} ${name}`)).toEqual([
    'deny no_mail',
    'claim login',
    'claim first',
    'scope pay',
  ]);
});

describe('a source whose address reads what is absent', () => {
  const spec = (rest: string) => `
sources:
  ent: { http: { url: "https://ent.example/{user.id}" }, returns: { plan: string, bans: list(string) } }
  app: { http: { url: "https://app.example/{client.id}" }, returns: { plan: string } }
${rest}
`;
  const found = (rest: string) =>
    gaps(policyOf(spec(rest)), machine).map(({ part, name }) => `${part} ${name}`);

  test('is a gap wherever it is read', () => {
    expect(
      found(`
claims:
  plan: { value: ent.plan, kind: descriptive }
  human: { value: ent.plan, kind: descriptive, when: subject_type == "human" }
  when: { value: client.id, kind: descriptive, when: 'ent.plan == "gold"' }
  after: { value: claims.plan, kind: descriptive }
  app: { value: app.plan, kind: descriptive }
scopes:
  pay: { grant: ent.plan == "gold" }
  ok: { grant: 'subject_type == "human" && ent.plan == "gold"' }
deny:
  - { when: 'ent.bans.exists(b, b == "all")', reason: banned }
  - { when: 'subject_type == "human" && ent.plan == ""', reason: human }
`),
    ).toEqual(['deny banned', 'claim plan', 'claim when', 'claim after', 'scope pay']);
  });

  test.each(['has(ent.plan) && ent.plan == "x"', 'ent.?plan.orValue("") == "x"', 'has(ent.plan)'])(
    'can not be softened: %s fails, and the program agrees',
    (when) => {
      const rest = `claims: {}\ndeny: [{ when: '${when}', reason: refused }]`;
      expect(found(rest)).toEqual(['deny refused']);
      const context = { subject_type: 'machine', client: { id: 'a' }, request: {} };
      const { denied } = decide(programOf(spec(rest)), context);
      expect(denied).toBe('enrichment_unavailable');
    },
  );
});
