import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSpec, decide, policyOf, programOf } from '../test/kit.ts';

const person = { subject_type: 'human', user: { id: 'u1', email: 'a@acme.example', roles: ['r'] } };
const machine = { subject_type: 'machine', client: { id: 'job' } };
const agent = { ...person, subject_type: 'agent' };
const attributes = 'user: { attributes: { tier: string } }\n';
const crm =
  'sources: { crm: { http: { url: "https://crm.acme.example/{user.id}" }, returns: { plan: string } } }\n';

const kindsOf = (claim: string, before = '') =>
  policyOf(`${attributes}${before}claims: { a: { kind: descriptive, ${claim} } }`).claims[0]?.subjects;

describe('a claim', () => {
  test.each([
    ['value: user.email', 'user.email'],
    ['value: session.id', 'session.id'],
    ['value: connection.name', 'connection.name'],
    ['value: \'"r" in user.roles\'', 'user.roles'],
    ['const: 1, when: user.email_verified', 'user.email_verified'],
    ['value: client.id + user.id', 'user.id'],
    ['value: user.email, when: client.id == "a"', 'user.email'],
  ])('that reads what only people have is for people: %s', (claim, because) => {
    expect(kindsOf(claim)).toEqual({ kinds: ['human'], because });
  });

  test.each([
    'value: client.id',
    'const: 1',
    'value: \'has(user.email) ? user.email : "none"\'',
    'value: user.?email.orValue("none")',
    'value: user.email, when: subject_type == "human"',
    'value: user.email, when: subject_type != "machine"',
    'value: user.email, when: request.grant_type == "password" && subject_type == "agent"',
  ])('that has nothing of people, or checks first, is for everybody: %s', (claim) => {
    expect(kindsOf(claim)).toBeUndefined();
  });

  test('that reads a source asked with a person, or a claim for people, is for people', () => {
    expect(kindsOf('value: crm.plan', crm)).toEqual({ kinds: ['human'], because: 'crm.plan' });
    const { claims } = policyOf(`claims:
  b: { value: claims.a + "x", kind: descriptive }
  a: { value: user.id, kind: descriptive }
  c: { value: claims.a, kind: descriptive, subjects: [human, machine, agent] }`);
    expect(claims.map(({ name, subjects }) => [name, subjects?.because])).toEqual([
      ['a', 'user.id'],
      ['b', 'claims.a'],
      ['c', undefined],
    ]);
  });

  test.each(['params.open || client.id == "c"', 'params.open ? true : client.id == "c"', '!params.open'])(
    'is for nobody else where a constant rules out a part of its condition: %s',
    (condition) => {
      const program = programOf(`params: { open: { type: bool, default: false } }
claims: { a: { const: 1, kind: authoritative, subjects: [human], when: '${condition}' } }
deny: [{ when: '${condition}', subjects: [agent], reason: no_agents }]`);
      const client = { id: 'c' };
      expect(decide(program, { ...person, client }).access).toHaveProperty('a');
      expect(decide(program, { ...machine, client }).access).not.toHaveProperty('a');
      expect(decide(program, { ...machine, client }).denied).toBeUndefined();
      expect(decide(program, { ...agent, client }).denied).toBe('no_agents');
    },
  );

  test('is not missing for others, and agents are named where they are meant', () => {
    const program = programOf(`claims:
  a: { value: user.id, kind: authoritative }
  b: { value: user.id, kind: authoritative, subjects: [human, agent] }
  c: { value: client.id, kind: authoritative, subjects: [machine] }`);
    expect(Object.keys(decide(program, person).access)).toEqual(['a', 'b', 'policy']);
    expect(Object.keys(decide(program, agent).access)).toEqual(['b', 'policy']);
    expect(Object.keys(decide(program, machine).access)).toEqual(['c', 'policy']);
  });
});

describe('a deny rule', () => {
  const program = programOf(`${attributes}claims: { a: { const: 1, kind: authoritative } }
deny: [{ when: user.attributes.tier == "blocked", reason: blocked }]`);
  const tier = (context: object, value: unknown) =>
    decide(program, { ...context, user: { id: 'u1', attributes: { tier: value } } }).denied;

  test('is for everybody who has a user', () => {
    for (const context of [person, agent, machine]) {
      expect(tier(context, 'blocked')).toBe('blocked');
      expect(tier(context, 'free')).toBeUndefined();
    }
    expect(decide(program, machine).denied).toBeUndefined();
  });

  test('is not escaped by a person without an id', () => {
    const nobody = { subject_type: 'human', user: { attributes: { tier: 'blocked' } } };
    expect(decide(program, nobody).denied).toBe('blocked');
    expect(decide(program, { subject_type: 'human' }).denied).toBe('enrichment_unavailable');
  });

  test('that names its subjects is for these', () => {
    const named = programOf(`claims: {}
deny: [{ when: '"r" in user.roles', reason: no, subjects: [human] }]`);
    expect(decide(named, person).denied).toBe('no');
    expect(decide(named, agent).denied).toBeUndefined();
  });
});

describe('a grant', () => {
  const scopes = (ruled: string, context: object) =>
    decide(programOf(`claims: {}\nscopes: { read: { ${ruled} } }`), {
      ...context,
      request: { scopes: ['read'] },
    }).scopes.remove;

  test('that reads what only people have is false for others', () => {
    const grant = `grant: '"r" in user.roles'`;
    expect(scopes(grant, person)).toEqual([]);
    expect(scopes(grant, agent)).toEqual(['read']);
    expect(scopes(grant, machine)).toEqual(['read']);
  });

  test('that is the same for each kind is for everybody, as one expression', () => {
    const same = `'"r" in user.roles'`;
    const { scopes: made } = policyOf(
      `claims: {}\nscopes: { read: { subjects: { human: ${same}, machine: ${same}, agent: ${same} } } }`,
    );
    expect(made[0]?.grant.source).toBe('"r" in user.roles');
  });

  test('for a kind is for that kind, and the other grant is not', () => {
    const named = `subjects: { agent: '"r" in user.roles' }, grant: '"r" in user.roles'`;
    expect(scopes(named, agent)).toEqual([]);
    expect(scopes(named, person)).toEqual([]);
    expect(scopes(named, { ...person, subject_type: 'machine' })).toEqual(['read']);
  });
});

describe('kinds that the spec declares', () => {
  const kinds = 'subjects: { partner: client.id == "p", ours: client.id == "o" }\n';
  const partner = { ...person, client: { id: 'p' }, request: { ip: '2.2.2.2' } };

  test('are one for each subject in claims, and what a deny rule names is at least met', () => {
    const program = programOf(`${kinds}claims:
  a: { const: 1, kind: descriptive, subjects: [human] }
  b: { const: 1, kind: descriptive, subjects: [partner] }
deny: [{ when: 'request.ip == "1.1.1.1"', reason: no, subjects: [human] }]`);
    const other = { ...partner, client: { id: 'x' } };
    expect(Object.keys(decide(program, partner).access)).toEqual(['b', 'policy']);
    expect(Object.keys(decide(program, other).access)).toEqual(['a', 'policy']);
    expect(decide(program, { ...partner, request: { ip: '1.1.1.1' } }).denied).toBe('no');
  });

  test('must exist', () => {
    const { findings } = compileSpec(
      `${kinds}claims: { a: { const: 1, kind: descriptive, subjects: [humna] } }`,
    );
    expect(findings).toMatchObject([{ rule: 'TE015', severity: 'error', range: { start: { line: 4 } } }]);
  });
});

test('a finding about a condition behind a guard points at what the author wrote', () => {
  const policy = policyOf(`${attributes}claims:
  a:
    value: user.id
    kind: descriptive
    when: user.attributes.tier == "gold" || client.id == "x"`);
  const [claim] = policy.claims;
  const read = claim?.when?.reads.find(({ path }) => path.includes('tier'));
  expect(claim?.when?.source).toBe(
    'subject_type == "human" && (user.attributes.tier == "gold" || client.id == "x")',
  );
  const range = read && policy.source.within(['claims', 'a', 'when'], read.range.start, read.range.end);
  expect(policy.source.text.slice(range?.start.offset, range?.end.offset)).toBe('user.attributes.tier');
});

test('a condition that ends in a comment, and one that just fits', () => {
  const comment = policyOf(`claims:
  a: { value: user.id, kind: descriptive, when: "user.email_verified // proven" }`);
  expect(comment.claims[0]?.when?.source).toContain('// proven\n)');
  const long = `client.id == "${'x'.repeat(2_020)}"`;
  const { findings } = compileSpec(`claims:\n  a: { value: user.id, kind: descriptive, when: '${long}' }`);
  expect(findings).toMatchObject([
    { rule: 'TE004', message: expect.stringContaining('too large'), range: { start: { line: 4 } } },
  ]);
});

/* What a spec infers never issues what it would not issue if it said that everything is for everybody. */
const facts = [
  'user.email_verified',
  '"r" in user.roles',
  'has(user.email)',
  'client.id == "job"',
  'session.id == "s"',
];
const conditions = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...facts, 'subject_type == "human"', 'subject_type != "machine"', 'crm.plan == "gold"'),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} || ${b})`),
    tie('condition').map((a) => `!(${a})`),
  ),
})).condition;
const contexts = fc.record(
  {
    subject_type: fc.constantFrom('human', 'machine', 'agent'),
    user: fc.record(
      {
        id: fc.constant('u1'),
        email: fc.constant('e'),
        email_verified: fc.boolean(),
        roles: fc.constantFrom([], ['r']),
      },
      { requiredKeys: ['id'] },
    ),
    session: fc.record({ id: fc.constantFrom('s', 't') }),
    client: fc.record({ id: fc.constantFrom('job', 'web') }),
  },
  { requiredKeys: ['subject_type'] },
);

test('what is inferred only takes away', () => {
  const everybody = 'subjects: [human, machine, agent]';
  fc.assert(
    fc.property(
      conditions,
      conditions,
      conditions,
      contexts,
      fc.boolean(),
      (value, when, deny, context, isUp) => {
        const spec = (subjects: string) => `${crm}claims:
  a: { value: '${value}', kind: descriptive, when: '${when}'${subjects} }
deny: [{ when: '${deny}', reason: refused${subjects} }]
scopes: { read: { ${subjects === '' ? `grant: '${when}'` : `subjects: { human: '${when}', machine: '${when}', agent: '${when}' }`} } }
`;
        const answers =
          isUp && context.user !== undefined ? { crm: { value: { plan: 'gold' }, ageSeconds: 0 } } : {};
        // Nobody has a session without a user.
        const { session, ...others } = context;
        const raw = { ...(context.user === undefined ? others : context), request: { scopes: ['read'] } };
        const inferred = decide(programOf(spec('')), raw, answers);
        const whole = decide(programOf(spec(`, ${everybody}`)), raw, answers);
        if (whole.denied === 'refused') expect(inferred.denied).toBeDefined();
        if (inferred.denied !== undefined || whole.denied !== undefined) return;
        if ('a' in inferred.access) expect(whole.access['a']).toBe(inferred.access['a']);
        expect(inferred.scopes.remove).toEqual(expect.arrayContaining([...whole.scopes.remove]));
      },
    ),
  );
});
