import { type Issuance, noTokens, type Verdict } from '@claimsmith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differences, unmet, withSpecNames } from './compare.ts';

const token: Verdict = {
  denied: undefined,
  access: { roles: ['a', 'b'], limit: 0 },
  id: { name: 'Ada' },
  scopes: ['openid', 'read'],
  audiences: ['urn:api'],
  lifetimeSeconds: 600,
};
const denied: Verdict = { ...noTokens, denied: 'account_suspended' };
const policy = { marker: { claim: 'policy', value: 'p@1' }, scopes: [] };

describe('unmet', () => {
  test('what is not named may be anything, scopes come in any order', () => {
    expect(unmet({}, token, policy)).toEqual([]);
    expect(
      unmet({ access: { limit: 0 }, scopes: ['read', 'openid'], absent: ['plan'] }, token, policy),
    ).toEqual([]);
    expect(unmet({ denied: 'account_suspended' }, denied, policy)).toEqual([]);
  });

  test.each([
    [{ access: { limit: '0' } }, 'access.limit'],
    [{ access: { roles: ['b', 'a'] } }, 'access.roles'],
    [{ access: { toString: 'x' } }, 'access.toString'],
    [{ id: { name: 'Bob' } }, 'id.name'],
    [{ absent: ['name'] }, 'id.name'],
    [{ scopes: ['openid'] }, 'scopes'],
    [{ denied: 'enrichment_unavailable' }, 'denied'],
  ])('%j', (expectation, at) => {
    expect(unmet(expectation, token, policy).map((mismatch) => mismatch.at)).toEqual([at]);
  });

  test('a denial that was not expected is one mismatch, not many', () => {
    expect(unmet({ access: { limit: 0 } }, denied, policy)).toEqual([
      { at: 'denied', expected: undefined, actual: 'account_suspended' },
    ]);
  });
});

describe('differences', () => {
  test('none where the issuer signs what it is to sign', () => {
    expect(differences(token, { ...token, scopes: ['read', 'openid'] })).toEqual([]);
    expect(differences(denied, denied)).toEqual([]);
  });

  test.each([
    ['a claim more', { ...token, access: { ...token.access, admin: true } }, 'access.admin'],
    ['a claim less', { ...token, id: {} }, 'id.name'],
    ['another value', { ...token, access: { ...token.access, limit: 1 } }, 'access.limit'],
    ['a scope more', { ...token, scopes: ['openid', 'read', 'write'] }, 'scopes'],
    ['another audience', { ...token, audiences: ['urn:other'] }, 'audience'],
    ['an audience more', { ...token, audiences: ['urn:api', 'urn:other'] }, 'audience'],
    ['no audience', { ...token, audiences: [] }, 'audience'],
    ['a longer life', { ...token, lifetimeSeconds: 86_400 }, 'lifetime'],
    ['a life that nobody bounds', { ...token, lifetimeSeconds: undefined }, 'lifetime'],
    ['a denial', denied, 'denied'],
  ])('%s', (_, actual, at) => {
    expect(differences(token, actual).map((mismatch) => mismatch.at)).toEqual([at]);
  });

  test('none in the lifetime where the policy leaves it to the issuer', () => {
    expect(differences({ ...token, lifetimeSeconds: undefined }, token)).toEqual([]);
  });

  test('a token where none is to be', () => {
    expect(differences(denied, token).map((mismatch) => mismatch.at)).toEqual(['denied']);
  });
});

describe('withSpecNames', () => {
  const issued = (access: Issuance['access']): Issuance => ({
    ...noTokens,
    denied: undefined,
    access,
    notes: [],
    requests: [],
    log: [],
    elapsedMs: 0,
  });

  test('claims that share a name in two tokens are told apart', () => {
    const claims = [
      { name: 'entity_id', tokens: ['access' as const] },
      { name: 'entity_name', tokens: ['id' as const] },
    ];
    const names = { entity_id: 'entity', entity_name: 'entity' };
    const { access, id } = withSpecNames(
      { ...issued({ entity: 1 }), id: { entity: 'x' } },
      names,
      claims,
      [],
    );
    expect({ access, id }).toEqual({ access: { entity_id: 1 }, id: { entity_name: 'x' } });
  });

  test('law: undoes any naming', () => {
    const naming = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), {
      selector: ([claim, name]) => [claim, name].join(),
      comparator: (a, b) => a === b,
    });
    fc.assert(
      fc.property(naming, (pairs) => {
        const names = new Map(
          pairs.filter(([claim, name], i) => {
            return pairs.every(([other, as], j) => i === j || (other !== claim && as !== name));
          }),
        );
        const access = Object.fromEntries([...names].map(([claim, name]) => [name, claim]));
        const claims = [...names.keys()].map((name) => ({ name, tokens: ['access' as const] }));
        const named = withSpecNames(issued(access), Object.fromEntries(names), claims, []);
        expect(Object.entries(named.access).every(([claim, value]) => claim === value)).toBe(true);
      }),
    );
  });
});
