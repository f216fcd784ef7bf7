import type { Issuance } from '@claimsmith/core';
import type { Decision } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divergences, type NamedIssuance, unmet, withSpecNames } from './compare.ts';

const token: NamedIssuance = {
  denied: undefined,
  access: { roles: ['a', 'b'], limit: 0 },
  id: { name: 'Ada' },
  scopes: ['openid', 'read'],
};
const denied: NamedIssuance = { denied: 'account_suspended', access: {}, id: {}, scopes: [] };
const decision: Decision = {
  denied: undefined,
  access: { roles: ['a', 'b'], limit: 0 },
  id: { name: 'Ada' },
  scopes: { add: ['read'], remove: ['write'] },
  lifetimeSeconds: undefined,
  outcomes: [],
};

describe('unmet', () => {
  test('what is not named may be anything, scopes come in any order', () => {
    expect(unmet({}, token)).toEqual([]);
    expect(unmet({ access: { limit: 0 }, scopes: ['read', 'openid'], absent: ['plan'] }, token)).toEqual([]);
    expect(unmet({ denied: 'account_suspended' }, denied)).toEqual([]);
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
    expect(unmet(expectation, token).map((mismatch) => mismatch.at)).toEqual([at]);
  });

  test('a denial that was not expected is one mismatch, not many', () => {
    expect(unmet({ access: { limit: 0 } }, denied)).toEqual([
      { at: 'denied', expected: undefined, actual: 'account_suspended' },
    ]);
  });
});

describe('divergences', () => {
  test('none where the issuer signs what the policy decides', () => {
    expect(divergences(decision, ['openid', 'write'], token)).toEqual([]);
    expect(divergences({ ...decision, denied: 'account_suspended', access: {}, id: {} }, [], denied)).toEqual(
      [],
    );
  });

  test.each([
    ['a claim more', { ...token, access: { ...token.access, admin: true } }, 'access.admin'],
    ['a claim less', { ...token, id: {} }, 'id.name'],
    ['another value', { ...token, access: { ...token.access, limit: 1 } }, 'access.limit'],
    ['a scope more', { ...token, scopes: ['openid', 'read', 'write'] }, 'scopes'],
    ['a denial', denied, 'denied'],
    ['no denial', token, 'denied'],
  ])('%s', (what, actual, at) => {
    const decided = what === 'no denial' ? { ...decision, denied: 'account_suspended' } : decision;
    const found = divergences(decided, ['openid', 'write'], actual);
    expect(found.map((mismatch) => mismatch.at)).toEqual([at]);
  });
});

describe('withSpecNames', () => {
  const issued = (access: Issuance['access']): Issuance => ({
    denied: undefined,
    access,
    id: {},
    scopes: [],
    notes: [],
    log: [],
    elapsedMs: 0,
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
        const named = withSpecNames(issued(access), Object.fromEntries(names));
        expect(Object.entries(named.access).every(([claim, value]) => claim === value)).toBe(true);
      }),
    );
  });
});
