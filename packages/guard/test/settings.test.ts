import { createGuard, eventReceiver, GuardError, readContract, statusListDenylist } from '@claimsmith/guard';
import { expect, test } from 'vitest';
import { audience, contract, contractData } from './setup.ts';

const okta = { issuer: 'https://acme.okta.com/oauth2/default' };
const guardWith = (options: object, settings: object = {}) =>
  createGuard({ contract, audience, issuers: { okta: { ...okta, ...settings } }, ...options });
const transmitter = {
  audience: 'https://payments.acme.example',
  about: [],
  jwksUrl: 'https://acme.okta.com/keys',
};

test.each(['cacheSize', 'clockSkewSeconds', 'denylistTimeoutMs', 'maxLifetimeSeconds', 'maxTokenLength'])(
  '%s that is not a number would limit nothing, and is refused',
  (name) => {
    for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY])
      expect(() => guardWith({ [name]: value })).toThrow(GuardError);
  },
);

test.each(['codeLifetimeSeconds', 'keysFreshSeconds', 'keysStaleSeconds', 'keysTimeoutMs'])(
  'so is %s of an issuer',
  (name) => {
    expect(() => guardWith({}, { [name]: Number.NaN })).toThrow(GuardError);
  },
);

test('so is the time that revocations and lists are kept', () => {
  const transmitters = { 'https://acme.okta.com': transmitter };
  const denylist = { add: async () => {} };
  expect(() => eventReceiver({ transmitters, denylist, retentionSeconds: Number.NaN })).toThrow(GuardError);
  const list = { issuer: 'https://status.example', jwks: { keys: [] }, under: 'https://status.example/' };
  expect(() => statusListDenylist({ ...list, maxTtlSeconds: Number.NaN })).toThrow(GuardError);
});

test('clocks may differ by a minute, which the age of claims counts', () => {
  expect(() => guardWith({ clockSkewSeconds: 60 })).not.toThrow();
  expect(() => guardWith({ clockSkewSeconds: 61 })).toThrow(/at most 60/);
});

test('keys come over https', () => {
  const jwksUrl = 'http://acme.okta.com/keys';
  expect(() => guardWith({}, { jwksUrl })).toThrow(/https address/);
  const transmitters = { 'https://acme.okta.com': { ...transmitter, jwksUrl } };
  expect(() => eventReceiver({ transmitters, denylist: { add: async () => {} } })).toThrow(/https address/);
});

test('a contract that nobody has read is read', () => {
  const { claims, ...api } = contract.apis[audience] ?? {};
  const apis = {
    [audience]: { ...api, claims: { ...claims, roles: { ...claims?.['roles'], type: 'set(string)' } } },
  };
  expect(() => guardWith({ contract: { ...contract, apis } })).toThrow(/claims\.roles\.type must be a type/);
});

test('types of another build than the contract are refused at the start', () => {
  expect(() => readContract<object>(contractData, '00000000')).toThrow(
    /The contract cannot be read: it is payments@[0-9a-f]{8} with the fingerprint [0-9a-f]{8}, and its types have 00000000\. Take contract\.json and contract\.ts from one build\./,
  );
  const { fingerprint: _, ...older } = Object(contractData);
  expect(() => readContract<object>(older, '00000000')).toThrow(/the fingerprint \(none\)/);
  expect(readContract(older).policy).toEqual(contract.policy);
});
