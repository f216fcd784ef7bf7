import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSpec, decide, needs, policyOf, programOf } from '../test/kit.ts';

const person = {
  subject_type: 'human',
  user: { id: 'u1', email: 'a@acme.example', roles: ['r'] },
  request: { scopes: ['pay', 'view', 'read.a1'] },
};
const portal = { actor: { sub: 'portal' } };
const delegated = { ...person, ...portal };
const agent = { ...delegated, subject_type: 'agent' };

const claimOf = (claim: string) => policyOf(`claims: { a: { ${claim} } }`).claims[0]?.delegated;
const scopeOf = (scope: string) =>
  policyOf(`claims: { a: { const: 1, kind: descriptive } }\nscopes: { pay: { ${scope} } }`).scopes[0]
    ?.delegated;

describe('a part is for delegated tokens', () => {
  test.each([
    ['value: user.roles, kind: authoritative', 'never'],
    ['const: 1, kind: authoritative', 'never'],
    ['value: user.roles, kind: authoritative, delegated: true', 'always'],
    ['value: user.roles, kind: authoritative, subjects: [human, agent]', 'agents'],
    ['value: user.roles, kind: authoritative, subjects: [human, agent], delegated: false', 'never'],
    ['value: user.roles, kind: authoritative, subjects: [human, machine]', 'never'],
    ['value: user.roles, kind: authoritative, when: \'!has(actor.sub) || actor.sub == "a"\'', 'always'],
    ['value: actor.sub, kind: authoritative, when: has(actor.sub)', 'always'],
    ['value: user.roles, kind: authoritative, when: \'client.id != "actor.sub"\'', 'never'],
    ['value: user.email, kind: descriptive', 'always'],
    ['value: user.email, kind: descriptive, delegated: false', 'never'],
  ])('{ %s }: %s', (claim, expected) => {
    expect(claimOf(claim)).toBe(expected);
  });

  test.each([
    ['grant: "true"', 'never'],
    ['grant: "true", delegated: true', 'always'],
    ['grant: \'actor.sub == "portal"\'', 'always'],
    ['subjects: { human: "true", agent: "true" }', 'agents'],
    ['subjects: { human: "true" }', 'never'],
    ['subjects: { human: "true", agent: \'"portal" in actor.chain\' }', 'agents'],
    ['subjects: { human: "true" }, grant: \'has(actor.sub)\'', 'never'],
    ["subjects: { human: '!has(actor.sub)' }, grant: 'has(actor.sub)'", 'always'],
  ])('scope { %s }: %s', (scope, expected) => {
    expect(scopeOf(scope)).toBe(expected);
  });

  test('a kind that another part names decides nothing', () => {
    const { claims } = policyOf(`subjects: { bot: 'actor.sub == "bot"' }
claims: { a: { const: 1, kind: authoritative, subjects: [human] } }`);
    expect(claims[0]?.delegated).toBe('never');
  });
});

describe('a delegated token', () => {
  const program = programOf(`
claims:
  roles: { value: user.roles, kind: authoritative }
  kept: { value: user.roles, kind: authoritative, delegated: true }
  by_agents: { value: user.roles, kind: authoritative, subjects: [human, agent] }
  email: { value: user.email, kind: descriptive }
  hidden: { value: user.id, kind: descriptive, delegated: false }
  acts: { value: actor.sub, kind: authoritative, when: has(actor.sub) }
  hops: { value: size(actor.chain), kind: descriptive }
  of_roles: { value: size(claims.roles), kind: descriptive }
scopes:
  pay: { grant: '"r" in user.roles' }
  view: { grant: '"r" in user.roles', delegated: true }
  read.{account}: { grant: account == "a1" }
  extra: { grant: "true", add: true }
deny: [{ when: user.email == "b@acme.example", reason: blocked }]`);

  test('carries what describes the user, and the authority that the spec says', () => {
    const direct = decide(program, person);
    expect(Object.keys(direct.access)).toEqual([
      'roles',
      'kept',
      'by_agents',
      'email',
      'hidden',
      'of_roles',
      'policy',
    ]);
    expect(direct.scopes).toEqual({ add: ['extra'], remove: [] });
    const { access, scopes, denied } = decide(program, delegated);
    expect(denied).toBeUndefined();
    expect(access).toEqual({
      kept: ['r'],
      email: 'a@acme.example',
      acts: 'portal',
      hops: 1,
      policy: `test@${program.revision}`,
    });
    expect(scopes).toEqual({ add: [], remove: ['pay', 'read.a1'] });
  });

  test('carries what agents get, if its subject is an agent', () => {
    expect(Object.keys(decide(program, agent).access)).toContain('by_agents');
    expect(Object.keys(decide(program, { ...agent, subject_type: 'machine' }).access)).not.toContain(
      'by_agents',
    );
  });

  test('is denied like one of the user', () => {
    const blocked = { ...delegated, user: { ...person.user, email: 'b@acme.example' } };
    expect(decide(program, blocked).denied).toBe('blocked');
  });

  test('never has more than one that the user asks for', () => {
    const silent = programOf(`
claims:
  roles: { value: user.roles, kind: authoritative }
  kept: { value: user.roles, kind: authoritative, delegated: true }
  email: { value: user.email, kind: descriptive }
scopes:
  pay: { grant: '"r" in user.roles' }
  view: { grant: '"r" in user.roles', delegated: true, add: true }`);
    fc.assert(
      fc.property(fc.anything(), fc.subarray(['pay', 'view']), fc.boolean(), (actor, scopes, hasRole) => {
        const raw = { ...person, user: { ...person.user, roles: hasRole ? ['r'] : [] }, request: { scopes } };
        const direct = decide(silent, raw);
        const { access, scopes: judged, denied } = decide(silent, { ...raw, actor });
        for (const [name, value] of Object.entries(access)) expect(direct.access[name]).toEqual(value);
        expect(direct.scopes.add).toEqual(expect.arrayContaining([...judged.add]));
        if (denied === undefined)
          expect(judged.remove).toEqual(expect.arrayContaining([...direct.scopes.remove]));
      }),
    );
  });
});

describe('who acts', () => {
  const program = programOf(
    'claims: { chain: { value: actor.chain, kind: descriptive }, r: { const: 1, kind: authoritative } }',
  );
  const actOf = (...names: readonly unknown[]): unknown =>
    names.reduceRight((act: unknown, sub) => (act === undefined ? { sub } : { sub, act }), undefined);
  const chainOf = (actor: unknown) => decide(program, { ...person, actor }).access['chain'];

  test.each([
    ['the claim `act`', actOf('a'), ['a']],
    ['a chain of actors', actOf('a', 'b', 'c'), ['a', 'b', 'c']],
    ['five actors', actOf('a', 'b', 'c', 'd', 'e'), ['a', 'b', 'c', 'd', 'e']],
    ['one actor twice', actOf('a', 'a'), ['a', 'a']],
    ['more about an actor', { sub: 'a', iss: 'https://acme.example', chain: 'x', act: null }, ['a']],
    ['a list', { chain: ['a', 'b'] }, ['a', 'b']],
    ['a list, and its first', { sub: 'a', chain: ['a', 'b'] }, ['a', 'b']],
  ])('is read from %s', (_, actor, chain) => {
    expect(chainOf(actor)).toEqual(chain);
    expect(decide(program, { ...person, actor }).access).not.toHaveProperty('r');
  });

  test.each([undefined, null, {}])('is nobody: %j', (actor) => {
    const { denied, access } = decide(program, { ...person, actor });
    expect(denied).toBeUndefined();
    expect(access).toMatchObject({ r: 1 });
  });

  const cycle: { sub: string; act?: unknown } = { sub: 'a' };
  cycle.act = cycle;

  test.each<[string, unknown]>([
    ['six actors', actOf('a', 'b', 'c', 'd', 'e', 'f')],
    ['a list of six', { chain: ['a', 'b', 'c', 'd', 'e', 'f'] }],
    ['a cycle', cycle],
    ['a thousand actors', actOf(...Array(1000).fill('a'))],
    ['a huge list', { chain: Array(1_000_000).fill('a') }],
    ['text', 'portal'],
    ['no text', ''],
    ['a number', 0],
    ['false', false],
    ['a list in its place', ['portal']],
    ['an empty list in its place', []],
    ['no sub', { iss: 'https://acme.example' }],
    ['a sub that is empty', { sub: '' }],
    ['a sub that is null', { sub: null }],
    ['a sub that is not text', { sub: ['a'] }],
    ['a sub that is too long', { sub: 'a'.repeat(4097) }],
    ['an act that is text', { sub: 'a', act: 'b' }],
    ['an act without a sub', { sub: 'a', act: {} }],
    ['an act below that is not text', { sub: 'a', act: { sub: 'b', act: { sub: 7 } } }],
    ['an empty chain', { chain: [] }],
    ['a chain that holds other things', { chain: ['a', null] }],
    ['a chain that begins with another', { sub: 'b', chain: ['a', 'b'] }],
    ['an inherited sub', Object.create({ sub: 'a' })],
    ['a name of the prototype', JSON.parse('{"__proto__": {"sub": "a"}}')],
  ])('unreadable, denies: %s', (_, actor) => {
    const { denied, access, outcomes } = decide(program, { ...person, actor });
    expect(denied).toBe('enrichment_unavailable');
    expect(access).toEqual({});
    expect(outcomes).toEqual([{ kind: 'deny', name: 'actor', outcome: 'denied', cause: 'actor' }]);
  });

  test('has no meaning for a policy without authority', () => {
    const open = programOf('claims: { a: { value: user.email, kind: descriptive } }');
    expect(decide(open, { ...person, actor: 'garbage' }).denied).toBeUndefined();
    expect(decide(open, delegated).access).toMatchObject({ a: 'a@acme.example' });
  });

  test('is not taken from the parameters of a request', () => {
    const params = { actor: 'portal', act: '{"sub":"portal"}', actor_token: 'x', 'actor.sub': 'portal' };
    const { access } = decide(program, { ...person, request: { params } });
    expect(access).toMatchObject({ r: 1 });
    expect(access).not.toHaveProperty('chain');
  });
});

test('a source that only undelegated parts read is not asked for a delegated token', () => {
  const program = programOf(`
sources:
  crm: { http: { url: "https://crm.acme.example/{user.id}" }, returns: { plan: string, ok: bool } }
claims:
  plan: { value: crm.plan, kind: authoritative }
  other: { value: crm.plan, kind: authoritative, subjects: [human, agent] }
scopes:
  pay: { grant: crm.ok }
  extra: { grant: crm.ok, add: true }`);
  const asked = (context: object) => needs(program, context).map(({ source }) => source);
  expect(asked(person)).toEqual(['crm']);
  expect(asked(delegated)).toEqual([]);
  expect(asked(agent)).toEqual(['crm']);
  expect(decide(program, delegated).denied).toBeUndefined();
});

test('authorization details are refused to whoever acts for the user', () => {
  const spec = (more: string) => `claims: { a: { value: user.email, kind: descriptive } }
authorizationDetails: { payment: { fields: { amount: int }, grant: detail.amount < 10${more} } }`;
  const detail = { authorization_details: [{ type: 'payment', amount: 1 }] };
  const deniedBy = (more: string, context: object) =>
    decide(programOf(spec(more)), { ...context, request: detail }).denied;
  expect(deniedBy('', person)).toBeUndefined();
  expect(deniedBy('', delegated)).toBe('authorization_details_refused');
  expect(deniedBy(', delegated: true', delegated)).toBeUndefined();
});

test('`actor.act` is not a field: expressions read the chain', () => {
  const { findings } = compileSpec('claims: { a: { value: actor.act, kind: descriptive } }');
  expect(findings.map(({ message }) => message)).toEqual(['`actor` has no field `act`.']);
});
