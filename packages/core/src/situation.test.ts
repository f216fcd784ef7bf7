import { compile } from '@claimsmith/cel';
import { expect, test } from 'vitest';
import { policyOf } from '../test/kit.ts';
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
