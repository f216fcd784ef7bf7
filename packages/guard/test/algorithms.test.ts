import { createGuard } from '@claimsmith/guard';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { audience, contract, guardOf, ofPerson } from './setup.ts';

const iss = 'https://acme.example/';
const now = Math.floor(Date.now() / 1_000);

async function checked(signed: string, allowed: string, named?: string) {
  const { publicKey, privateKey } = await generateKeyPair(signed, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', ...(named === undefined ? {} : { alg: named }) };
  const guard = createGuard({
    contract,
    audience,
    issuers: { auth0: { issuer: iss, algorithms: [allowed], jwks: { keys: [jwk] } } },
  });
  const { access } = ofPerson('auth0');
  const claims = { iss, aud: audience, sub: 'auth0|1', jti: 'j', iat: now, exp: now + 60, ...access };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: signed, kid: 'k', typ: 'at+jwt' })
    .sign(privateKey);
  const result = await guard.checkToken(token);
  const changed = await guard.checkToken(`${token.slice(0, -8)}AAAAAAAA`);
  return [result.ok ? 'ok' : result.problem.code, changed.ok ? 'ok' : changed.problem.code];
}

test.each(['RS256', 'RS512', 'PS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
  '%s',
  async (algorithm) => {
    const [right, changed] = await checked(algorithm, algorithm, algorithm);
    expect([right, changed]).toEqual(['ok', expect.stringMatching(/^(signature|format)$/)]);
  },
);

test('a key for one algorithm verifies no other', async () => {
  expect(await checked('RS256', 'RS512')).toEqual(['algorithm', 'algorithm']);
  expect(await checked('RS256', 'RS256', 'PS256')).toEqual(['key', 'key']);
});

test.each(['none', 'HS256', '', 'rs256'])('%s cannot be allowed', (algorithm) => {
  const issuers = { auth0: { issuer: iss, algorithms: [algorithm] } };
  expect(() => createGuard({ contract, audience, issuers })).toThrow(/public key/);
});

test.each([
  ['an http address', { auth0: { issuer: 'http://acme.example/' } }, /https/],
  ['no issuer', {}, /no issuer/],
  ['an issuer that the contract does not have', { other: { issuer: iss } }, /signs no tokens/],
  ['Cognito without clients', { cognito: { issuer: iss } }, /clients/],
  ['two issuers with one address', { auth0: { issuer: iss }, okta: { issuer: iss } }, /two issuers/],
])('%s is refused when it is set up', (_what, issuers, why) => {
  expect(() => createGuard({ contract, audience, issuers })).toThrow(why);
});

test('both addresses of a user pool are one issuer', async () => {
  const pool = 'cognito-idp.eu-central-1.amazonaws.com/eu-central-1_A1b2C3';
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] };
  const issuers = { cognito: { issuer: `https://${pool}`, clients: ['shop'], jwks } };
  const guard = createGuard({ contract, audience, issuers });
  const { access } = ofPerson('cognito');
  for (const host of ['https://', 'https://issuer-']) {
    const claims = {
      iss: host + pool,
      sub: 's',
      username: 'ada',
      client_id: 'shop',
      token_use: 'access',
      jti: 'j',
      iat: now,
      exp: now + 60,
      ...access,
    };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(privateKey);
    expect(await guard.checkToken(token)).toMatchObject({ ok: true, token: { issuer: 'cognito' } });
  }
});

test('claims that are too old go, also from a remembered token', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] };
  let nowMs = now * 1_000;
  const issuers = { auth0: { issuer: iss, jwks } };
  const guard = createGuard({ contract, audience, issuers, now: () => nowMs });
  const { access } = ofPerson('auth0');
  const claims = { iss, aud: audience, sub: 'auth0|1', jti: 'j', iat: now, exp: now + 3_600, ...access };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'at+jwt' })
    .sign(privateKey);
  // maxAge 15m, of which cache and leeway take two minutes.
  nowMs = (now + 779) * 1_000;
  expect(await guard.checkToken(token)).toMatchObject({ ok: true, token: { descriptive: { plan: 'gold' } } });
  nowMs = (now + 780) * 1_000;
  expect(await guard.checkToken(token)).toMatchObject({
    ok: false,
    problem: { code: 'stale', claim: 'features' },
  });
  nowMs = (now - 6) * 1_000;
  expect(await guard.checkToken(token)).toMatchObject({ ok: false, problem: { code: 'time' } });
});

test('an answer holds no character that a header cannot', async () => {
  const result = await guardOf({ address: (id: string) => `https://${id}.example/` } as never, {}).check(
    { headers: {} },
    { acr: ['a"b\\c'], otherScopes: ['x\r\nset-cookie: a=b'] },
  );
  expect(result).toMatchObject({ status: 401, challenge: 'Bearer' });
});
