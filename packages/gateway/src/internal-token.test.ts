import { generateKeyPairSync } from 'node:crypto';
import type { Token } from '@claimsmith/guard';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { createSigner } from './internal-token.ts';

const pem = (key: { export(options: { format: 'pem'; type: 'pkcs8' }): string | Buffer }) =>
  String(key.export({ format: 'pem', type: 'pkcs8' }));
const ec = () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const audience = 'https://shop.acme.example/';
const issuer = 'https://gateway.acme.example';

const nowSeconds = 1_796_000_000;
const now = () => nowSeconds * 1_000;
const token = {
  issuer: 'okta',
  subject: '00u1',
  client: '0oa1',
  scopes: ['orders.read', 'orders.write'],
  kind: 'human',
  expiresAt: nowSeconds + 600,
  freshUntil: nowSeconds + 600,
  issuedAt: nowSeconds - 10,
  acr: 'phr',
  authenticatedAt: nowSeconds - 20,
  actor: undefined,
  authority: { roles: ['admin'], exp: 'a claim that is called so' },
  descriptive: { plan: 'gold' },
  authorizationDetails: [],
} as unknown as Token;

test.each([
  ['ES256', ec()],
  ['EdDSA', pem(generateKeyPairSync('ed25519').privateKey)],
  ['RS256', pem(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey)],
])('services verify a token of %s with the keys of the gateway', async (algorithm, key) => {
  const signer = await createSigner({ issuer, lifetimeSeconds: 60, key, nextKey: ec(), now });
  const text = signer.sign(token, undefined, audience);
  const { payload, protectedHeader } = await jwtVerify(text, createLocalJWKSet(JSON.parse(signer.keys)), {
    issuer,
    audience,
    typ: 'internal+jwt',
    algorithms: [algorithm],
    currentDate: new Date(now()),
  });
  expect(protectedHeader.kid).toMatch(/^[\w-]{43}$/);
  expect(payload).toEqual({
    iss: issuer,
    aud: audience,
    sub: '00u1',
    iat: nowSeconds,
    exp: nowSeconds + 60,
    jti: expect.any(String),
    client_id: '0oa1',
    scope: 'orders.read orders.write',
    acr: 'phr',
    auth_time: nowSeconds - 20,
    issuer: 'okta',
    kind: 'human',
    authority: { roles: ['admin'], exp: 'a claim that is called so' },
    descriptive: { plan: 'gold' },
  });
  expect(signer.keys).not.toMatch(/"d":/);
});

test('it never lives longer than the token that it stands for, or than its claims are fresh', async () => {
  const signer = await createSigner({ issuer, lifetimeSeconds: 60, key: ec(), nextKey: undefined, now });
  const lifeOf = (changes: Partial<Token>, freshSeconds?: number) => {
    const found = freshSeconds === undefined ? undefined : { authority: {}, descriptive: {}, freshSeconds };
    const [, payload = ''] = signer.sign({ ...token, ...changes }, found, audience).split('.');
    return JSON.parse(Buffer.from(payload, 'base64url').toString()).exp - nowSeconds;
  };
  expect(lifeOf({ freshUntil: nowSeconds + 5.5 })).toBe(5);
  expect(lifeOf({}, 7)).toBe(7);
  expect(lifeOf({ freshUntil: nowSeconds + 3 }, 7)).toBe(3);
  expect(lifeOf({}, Number.POSITIVE_INFINITY)).toBe(60);
});

test('the next key is published before it signs, so services know it when it does', async () => {
  const [old, next] = [ec(), ec()];
  const before = await createSigner({ issuer, lifetimeSeconds: 60, key: old, nextKey: next, now });
  const after = await createSigner({ issuer, lifetimeSeconds: 60, key: next, nextKey: old, now });
  const kid = (text: string) => decodeProtectedHeader(text).kid;
  expect(kid(before.sign(token, undefined, audience))).not.toBe(kid(after.sign(token, undefined, audience)));
  await jwtVerify(after.sign(token, undefined, audience), createLocalJWKSet(JSON.parse(before.keys)), {
    currentDate: new Date(now()),
  });
});

test.each([
  ['a text', 'hush', 'SIGNING_KEY is not a private key in PEM'],
  [
    'a short key',
    pem(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey),
    'SIGNING_KEY must be a key of',
  ],
  [
    'another curve',
    pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey),
    'SIGNING_KEY must be a key of',
  ],
])('%s does not sign', async (_what, key, why) => {
  const error = await createSigner({ issuer, lifetimeSeconds: 60, key, nextKey: undefined }).catch(String);
  expect(error).toContain(why);
  expect(error).not.toContain('hush');
});
