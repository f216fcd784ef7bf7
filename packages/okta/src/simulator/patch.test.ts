import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyAnswer, type PatchableTokens } from './patch.ts';

const tokens: PatchableTokens = {
  access: {
    claims: { aud: 'api', n: { a: 1 }, l: ['x', 'y'], 'https://acme.example/r': 1 },
    lifetimeSeconds: 3600,
  },
  id: { claims: { sub: 'u', name: 'Ada' }, lifetimeSeconds: 3600 },
};

type Operation = Readonly<Record<string, unknown>>;

function answer(commands: unknown, status = 200) {
  return { status, body: JSON.stringify({ commands }) };
}

function patch(value: readonly Operation[], type = 'com.okta.access.patch') {
  return applyAnswer(answer([{ type, value }]), tokens);
}

function claimsAfter(...operations: readonly Operation[]) {
  const applied = patch(operations);
  return applied.kind === 'patched' ? applied.tokens.access?.claims : applied;
}

describe('an answer that fits', () => {
  it.each<[string, Operation, Readonly<Record<string, unknown>>]>([
    ['adds a claim', { op: 'add', path: '/claims/r', value: ['a'] }, { r: ['a'] }],
    ['adds over a claim that is there', { op: 'add', path: '/claims/n', value: true }, { n: true }],
    ['replaces a claim', { op: 'replace', path: '/claims/aud', value: 'other' }, { aud: 'other' }],
    ['adds a member', { op: 'add', path: '/claims/n/b', value: null }, { n: { a: 1, b: null } }],
    ['inserts an element', { op: 'add', path: '/claims/l/1', value: 'z' }, { l: ['x', 'z', 'y'] }],
    ['appends an element', { op: 'add', path: '/claims/l/-', value: 'z' }, { l: ['x', 'y', 'z'] }],
    ['appends at the end by number', { op: 'add', path: '/claims/l/2', value: 'z' }, { l: ['x', 'y', 'z'] }],
    ['replaces an element', { op: 'replace', path: '/claims/l/0', value: 'z' }, { l: ['z', 'y'] }],
    ['removes an element', { op: 'remove', path: '/claims/l/0' }, { l: ['y'] }],
    [
      'knows names with slashes',
      { op: 'replace', path: '/claims/https:~1~1acme.example~1r', value: 2 },
      { 'https://acme.example/r': 2 },
    ],
    ['knows names with tildes', { op: 'add', path: '/claims/~0~01', value: 2 }, { '~~1': 2 }],
  ])('%s', (_, operation, changes) => {
    expect(claimsAfter(operation)).toEqual({ ...tokens.access?.claims, ...changes });
  });

  it.each([undefined, null])('removes a claim, its value %s', (value) => {
    expect(claimsAfter({ op: 'remove', path: '/claims/n', value })).not.toHaveProperty('n');
  });

  it('takes a name that reaches a prototype for a name', () => {
    const claims = claimsAfter({ op: 'add', path: '/claims/__proto__', value: { polluted: true } });
    expect(Object.hasOwn(claims ?? {}, '__proto__')).toBe(true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('sets lifetimes of both tokens, within bounds', () => {
    for (const value of [300, 86_400]) {
      const operation = { op: 'replace', path: '/token/lifetime/expiration', value };
      const applied = applyAnswer(
        answer([
          { type: 'com.okta.access.patch', value: [operation] },
          { type: 'com.okta.identity.patch', value: [operation] },
        ]),
        tokens,
      );
      expect(applied).toMatchObject({
        tokens: { access: { lifetimeSeconds: value }, id: { lifetimeSeconds: value } },
      });
    }
  });

  it('may patch a token twice, and sees what it did', () => {
    const applied = applyAnswer(
      answer([
        { type: 'com.okta.access.patch', value: [{ op: 'add', path: '/claims/o', value: {} }] },
        { type: 'com.okta.access.patch', value: [{ op: 'add', path: '/claims/o/p', value: 1 }] },
      ]),
      tokens,
    );
    expect(applied).toMatchObject({
      tokens: { access: { claims: { o: { p: 1 } } } },
      touched: { access: ['o'] },
    });
  });

  it.each(['{}', '{"commands":null}', '{"commands":[]}', '{"commands":[],"error":null,"debugContext":{}}'])(
    'changes nothing: %s',
    (body) => expect(applyAnswer({ status: 200, body }, tokens)).toMatchObject({ kind: 'patched', tokens }),
  );
});

describe('no token', () => {
  it('is issued where there is an error, whatever else there is', () => {
    const body = JSON.stringify({
      error: { errorSummary: 'account_suspended' },
      commands: [{ type: 'com.okta.access.patch', value: [{ op: 'add', path: '/claims/r', value: 1 }] }],
    });
    expect(applyAnswer({ status: 200, body }, tokens)).toEqual({
      kind: 'denied',
      description: 'account_suspended',
    });
  });

  it('says something of its own where the hook does not', () => {
    expect(applyAnswer({ status: 200, body: '{"error":{}}' }, tokens)).toEqual({
      kind: 'denied',
      description: 'The callback service returned an error',
    });
  });
});

describe('one thing that does not fit', () => {
  const good = { op: 'add', path: '/claims/fine', value: 1 };
  it.each<[string, Operation]>([
    ['a reserved claim', { op: 'add', path: '/claims/groups', value: [] }],
    ['below a reserved claim', { op: 'add', path: '/claims/scp/-', value: 'admin' }],
    ['a parent that is not there', { op: 'add', path: '/claims/no/b', value: 1 }],
    ['a parent that is a text', { op: 'add', path: '/claims/aud/b', value: 1 }],
    ['replacing what is not there', { op: 'replace', path: '/claims/no', value: 1 }],
    ['removing what is not there', { op: 'remove', path: '/claims/no' }],
    ['removing with a value', { op: 'remove', path: '/claims/n', value: 1 }],
    ['no value', { op: 'add', path: '/claims/x' }],
    ['a gap in a list', { op: 'add', path: '/claims/l/3', value: 1 }],
    ['an element past the end', { op: 'replace', path: '/claims/l/2', value: 1 }],
    ['replacing the end', { op: 'replace', path: '/claims/l/-', value: 1 }],
    ['an index with a zero before it', { op: 'replace', path: '/claims/l/01', value: 1 }],
    ['all claims', { op: 'replace', path: '/claims', value: {} }],
    ['another part of the token', { op: 'replace', path: '/scopes/x', value: {} }],
    ['no pointer', { op: 'add', path: 'claims/x', value: 1 }],
    ['an invalid escape', { op: 'add', path: '/claims/x~2', value: 1 }],
    ['no path', { op: 'add', value: 1 }],
    ['another operation', { op: 'move', from: '/claims/n', path: '/claims/x', value: 1 }],
    ['a lifetime that is added', { op: 'add', path: '/token/lifetime/expiration', value: 600 }],
    ['a lifetime too short', { op: 'replace', path: '/token/lifetime/expiration', value: 299 }],
    ['a lifetime too long', { op: 'replace', path: '/token/lifetime/expiration', value: 86_401 }],
    ['a lifetime in parts', { op: 'replace', path: '/token/lifetime/expiration', value: 300.5 }],
    ['a lifetime in letters', { op: 'replace', path: '/token/lifetime/expiration', value: '600' }],
  ])('drops the whole answer: %s', (_, bad) => {
    expect(patch([good, bad])).toMatchObject({
      kind: 'unmodified',
      reason: expect.stringContaining('value[1]'),
    });
    expect(patch([bad, good]).kind).toBe('unmodified');
  });

  it.each(['aud', 'role', 'permissions', 'sub'])('drops it for %s in an ID token', (name) => {
    const operation = { op: 'add', path: `/claims/${name}`, value: 'x' };
    expect(patch([operation], 'com.okta.identity.patch').kind).toBe('unmodified');
    expect(patch([operation]).kind).toBe('patched');
  });

  it('drops it for a token that was not asked for', () => {
    const body = answer([{ type: 'com.okta.identity.patch', value: [good] }]);
    expect(applyAnswer(body, { ...tokens, id: undefined })).toMatchObject({
      kind: 'unmodified',
      reason: expect.stringContaining('not asked for'),
    });
  });

  it.each([
    [204, ''],
    [201, '{}'],
    [302, ''],
    [401, '{"error":{"errorSummary":"x"}}'],
    [500, '{"error":{"errorSummary":"x"}}'],
    [200, ''],
    [200, '{'],
    [200, '[]'],
    [200, '{"commands":{}}'],
    [200, '{"commands":[null]}'],
    [200, '{"commands":[{"type":"com.okta.assertion.patch","value":[]}]}'],
    [200, '{"commands":[{"type":"com.okta.access.patch"}]}'],
    [200, '{"error":"no"}'],
    [200, JSON.stringify({ commands: [], debugContext: { x: 'x'.repeat(256_000) } })],
  ])('drops it: status %i, %.40s', (status, body) => {
    expect(applyAnswer({ status, body }, tokens).kind).toBe('unmodified');
  });
});

describe('laws', () => {
  // Through JSON, which does not know a negative zero.
  const json: fc.Arbitrary<unknown> = fc.json().map((text) => JSON.parse(text));
  const step = fc.oneof(fc.constantFrom('claims', 'n', 'l', 'a', '0', '-', 'groups'), fc.string());
  const operation = fc.record(
    {
      op: fc.constantFrom('add', 'replace', 'remove', 'test'),
      path: fc.array(step, { maxLength: 4 }).map((steps) => ['', 'claims', ...steps].join('/')),
      value: json,
    },
    { requiredKeys: [] },
  );

  it('whatever comes, what went in does not change, and nothing throws', () => {
    const before = JSON.stringify(tokens);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(operation).map((value) => [{ type: 'com.okta.access.patch', value }]),
          json,
        ),
        (commands) => {
          const applied = applyAnswer(answer(commands), tokens);
          expect(['patched', 'unmodified']).toContain(applied.kind);
          expect(JSON.stringify(tokens)).toBe(before);
        },
      ),
    );
  });

  it('what is added is there, removed it is as before', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), json, (name, value) => {
        const path = `/claims/x-${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        expect(claimsAfter({ op: 'add', path, value })).toEqual({
          ...tokens.access?.claims,
          [`x-${name}`]: value,
        });
        expect(claimsAfter({ op: 'add', path, value }, { op: 'remove', path })).toEqual(
          tokens.access?.claims,
        );
      }),
    );
  });
});
