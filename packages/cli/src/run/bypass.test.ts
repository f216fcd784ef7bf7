import { noTokens, type Verdict } from '@claimsmith/core';
import { expect, test } from 'vitest';
import { policyOf } from '../../../okta/test/policies.ts';
import { overreach } from './bypass.ts';

const policy = policyOf('claims: { a: { const: 1, kind: descriptive } }');
const promised = { marker: 'unenriched', audiences: ['urn:nobody'], mostSeconds: 300 };
const verdict: Verdict = { ...noTokens, denied: undefined, access: { a: 1 }, audiences: ['urn:api'] };
const token: Verdict = {
  ...noTokens,
  denied: undefined,
  access: { policy: 'unenriched' },
  audiences: ['urn:nobody'],
  lifetimeSeconds: 300,
};
const at = (actual: Verdict, decided = verdict) =>
  overreach(promised, decided, actual, policy).map((mismatch) => mismatch.at);

test('a token that nobody has enriched is no more than was promised', () => {
  expect(at(token)).toEqual([]);
  expect(at({ ...token, lifetimeSeconds: 60 })).toEqual([]);
  // What the issuer makes by itself is what the policy decides.
  expect(at({ ...token, access: { ...token.access, a: 1 } })).toEqual([]);
  expect(at({ ...noTokens, denied: 'server_error' })).toEqual([]);
});

test.each<[string, Verdict, string]>([
  ['no sentinel', { ...token, access: {} }, 'access.policy'],
  ['the marker of an enriched one', { ...token, access: { policy: policy.marker?.value } }, 'access.policy'],
  ['another value', { ...token, access: { ...token.access, a: 2 } }, 'access.a'],
  ['a claim more', { ...token, id: { b: 2 } }, 'id.b'],
  ['the real audience', { ...token, audiences: ['urn:api'] }, 'audience'],
  ['a longer life', { ...token, lifetimeSeconds: 301 }, 'lifetime'],
  ['an unbounded life', { ...token, lifetimeSeconds: undefined }, 'lifetime'],
])('more is told: %s', (_, actual, place) => {
  expect(at(actual)).toEqual([place]);
});

test('of a user who is denied, the guard alone counts', () => {
  const denied = { ...noTokens, denied: 'suspended' };
  expect(at({ ...token, access: { ...token.access, a: 2 } }, denied)).toEqual([]);
  expect(at({ ...token, access: {} }, denied)).toEqual(['access.policy']);
});
