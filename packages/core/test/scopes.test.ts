import { describe, expect, test } from 'vitest';
import { compileSpec, decide, policyOf, programOf } from './kit.ts';

const body = `
subjects:
  third_party: client.?metadata.?party.orValue("") == "third"
  dynamic_client: client.id.startsWith("dcr-")
claims:
  a: { const: 1, kind: descriptive }
scopes:
  pay:
    grant: "false"
    subjects:
      human: '"payer" in user.roles'
      machine: client.id == "settlement" // at night
      third_party: '"payer" in user.roles && client.metadata.level == "gold"'
  view: { subjects: { human: "true", dynamic_client: "true" } }
  read.{id}: { subjects: { human: id in user.groups, agent: 'id == "a"' } }
`;

describe('grants by kind of subject', () => {
  const program = programOf(body);
  const granted = (context: object, asked: readonly string[]) => {
    const { scopes, denied } = decide(program, { ...context, request: { scopes: asked } });
    expect(denied).toBeUndefined();
    return asked.filter((scope) => !scopes.remove.includes(scope));
  };
  const human = (more: object = {}) => ({
    subject_type: 'human',
    client: { id: 'web', metadata: {} },
    user: { roles: ['payer'], groups: ['g'] },
    ...more,
  });

  test('each kind has its own, others the common one or nothing', () => {
    expect(granted(human(), ['pay', 'view'])).toEqual(['pay', 'view']);
    expect(granted(human({ user: { roles: [] } }), ['pay', 'view'])).toEqual(['view']);
    const machine = { subject_type: 'machine', client: { id: 'settlement', metadata: {} } };
    expect(granted(machine, ['pay', 'view'])).toEqual(['pay']);
    expect(granted({ ...machine, client: { id: 'other', metadata: {} } }, ['pay'])).toEqual([]);
    expect(granted({ ...machine, subject_type: 'agent' }, ['pay', 'view'])).toEqual([]);
  });

  test('a declared kind goes before what subject_type says', () => {
    const third = human({ client: { id: 'shop', metadata: { party: 'third' } } });
    expect(granted(third, ['pay', 'view'])).toEqual([]);
    const gold = human({ client: { id: 'shop', metadata: { party: 'third', level: 'gold' } } });
    expect(granted(gold, ['pay', 'view'])).toEqual(['pay']);
    expect(granted(human({ client: { id: 'dcr-1', metadata: {} } }), ['pay', 'view'])).toEqual(['view']);
  });

  test('a subject of unknown kind gets no scope', () => {
    expect(granted(human({ client: {} }), ['pay', 'view'])).toEqual([]);
  });

  test('placeholders are bound in each', () => {
    expect(granted(human(), ['read.g', 'read.h'])).toEqual(['read.g']);
    const agent = { subject_type: 'agent', client: { id: 'bot', metadata: {} } };
    expect(granted(agent, ['read.a', 'read.b'])).toEqual(['read.a']);
  });
});

test('kinds that there are not, and scopes without a grant, are findings at their places', () => {
  const { findings } = compileSpec(`
subjects: { human: "true" }
claims: { a: { const: 1, kind: descriptive } }
scopes:
  pay: { subjects: { robot: "true" } }
  view: {}
  ask: { subjects: { human: 'user.rols == []' } }
`);
  const said = findings.map(({ rule, range, message }) => `${rule} ${range?.start.line} ${message}`);
  expect(said).toEqual([
    'TE015 4 `human` is a built-in kind of subject (`subject_type`), so the spec cannot declare it.',
    'TE015 7 The kind of subject `robot` does not exist; the kinds are human, machine, agent.',
    'TE015 8 The scope `view` has no grant.',
    'TE004 9 `user` has no field `rols`.',
  ]);
});

test('what a grant reads is found in each kind', () => {
  const { reads } = policyOf(body).scopes[0] ?? {};
  expect(reads?.fields).toEqual(['client.id', 'client.metadata', 'subject_type', 'user.roles']);
});
