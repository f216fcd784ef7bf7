import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { answerIn, deciding, hookOf, requestOf, unavailable } from '../../test/hook-fixtures.ts';
import { codeFlow } from '../../test/payloads.ts';
import type { OAuthAuthentication, Refusal } from './index.ts';

const ours = await generateKeyPair('RS256', { extractable: true });
const others = await generateKeyPair('RS256');
const publicKey: JWK = { ...(await exportJWK(ours.publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' };

const oauth: OAuthAuthentication = {
  kind: 'oauth',
  issuer: 'https://acme.okta.example/oauth2/hooks',
  audience: 'api://hooks',
  clientId: '0oahook',
  scope: 'hook.call',
  jwks: { keys: [publicKey] },
};
const claims = { cid: '0oahook', scp: ['hook.call', 'other'] };

interface TokenParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: number | undefined;
  readonly key?: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly header?: Readonly<Record<string, string>>;
}

const nowSeconds = Math.floor(Date.now() / 1000);

function tokenOf(parts: TokenParts = {}): Promise<string> {
  const jwt = new SignJWT(parts.claims ?? claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...parts.header })
    .setIssuer(parts.issuer ?? oauth.issuer)
    .setAudience(parts.audience ?? oauth.audience);
  if (!('expires' in parts) || parts.expires !== undefined)
    jwt.setExpirationTime(parts.expires ?? nowSeconds + 300);
  return jwt.sign(parts.key ?? ours.privateKey);
}

async function answerOf(authorization: string, authentication = oauth, causes: Refusal[] = []) {
  const hook = hookOf(deciding({}), {}, { authentication, onRefused: (cause) => causes.push(cause) });
  return answerIn(await hook.fetch(requestOf(codeFlow, { authorization })));
}

describe('a token of Okta', () => {
  it('is taken', async () => {
    expect(await answerOf(`Bearer ${await tokenOf()}`)).toEqual({});
    expect(await answerOf(`bearer ${await tokenOf({ expires: nowSeconds - 20 })}`)).toEqual({});
  });

  it.each<[string, TokenParts]>([
    ['another issuer', { issuer: 'https://acme.okta.example/oauth2/default' }],
    ['another audience', { audience: 'api://default' }],
    ['another client', { claims: { ...claims, cid: '0oaother' } }],
    ['no client', { claims: { scp: ['hook.call'] } }],
    ['another scope', { claims: { ...claims, scp: ['other'] } }],
    ['a scope in a text', { claims: { ...claims, scp: 'hook.call' } }],
    ['no scope', { claims: { cid: '0oahook' } }],
    ['its time over', { expires: nowSeconds - 60 }],
    ['no end', { expires: undefined }],
    ['another key', { key: others.privateKey }],
    ['a key that nobody knows', { header: { kid: 'k2' } }],
  ])('is not taken with %s', async (_, parts) => {
    const causes: Refusal[] = [];
    expect(await answerOf(`Bearer ${await tokenOf(parts)}`, oauth, causes)).toEqual(unavailable);
    expect(causes).toEqual(['authentication']);
  });

  it('is not taken in another algorithm', async () => {
    const pss = await generateKeyPair('PS256');
    const jwk = { ...(await exportJWK(pss.publicKey)), kid: 'k1' };
    const token = await tokenOf({ key: pss.privateKey, header: { alg: 'PS256' } });
    expect(await answerOf(`Bearer ${token}`, { ...oauth, jwks: { keys: [jwk] } })).toEqual(unavailable);
  });

  it('is not taken without a signature, or signed with the public key as a secret', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = part({ ...claims, iss: oauth.issuer, aud: oauth.audience, exp: nowSeconds + 300 });
    expect(await answerOf(`Bearer ${part({ alg: 'none' })}.${body}.`)).toEqual(unavailable);
    expect(await answerOf(`Bearer ${part({ alg: 'none', kid: 'k1' })}.${body}.x`)).toEqual(unavailable);
    const hmac = await new SignJWT({
      ...claims,
      iss: oauth.issuer,
      aud: oauth.audience,
      exp: nowSeconds + 300,
    })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(publicKey)));
    expect(await answerOf(`Bearer ${hmac}`)).toEqual(unavailable);
  });

  it('is not taken in another form', async () => {
    const token = await tokenOf();
    for (const value of [
      token,
      `Basic ${token}`,
      'Bearer',
      'Bearer x',
      `Bearer ${token}.x`,
      `Bearer ${token},x`,
    ])
      expect(await answerOf(value)).toEqual(unavailable);
  });
});

describe('keys from an address', () => {
  async function keyServer(answer: (response: ServerResponse) => void) {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      jwks: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
      asked: () => asked,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }
  const keys = (response: ServerResponse) => response.end(JSON.stringify({ keys: [publicKey] }));

  it('are asked for once by many at a time, and kept', async () => {
    await using server = await keyServer((response) => setTimeout(() => keys(response), 30));
    const hook = hookOf(deciding({}), {}, { authentication: { ...oauth, jwks: server.jwks } });
    const authorization = `Bearer ${await tokenOf()}`;
    const ask = async () => answerIn(await hook.fetch(requestOf(codeFlow, { authorization })));
    expect(await Promise.all(Array.from({ length: 20 }, ask))).toEqual(Array(20).fill({}));
    expect(await ask()).toEqual({});
    expect(server.asked()).toBe(1);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['fails', (response) => response.writeHead(500).end()],
    ['has none', (response) => response.end('{"keys":[]}')],
    ['talks nonsense', (response) => response.end('<html>')],
    ['breaks off', (response) => response.destroy()],
    ['hangs', () => undefined],
    ['redirects', (response) => response.writeHead(302, { location: 'https://keys.example/' }).end()],
  ])('deny in time where the address %s', async (_, answer) => {
    await using server = await keyServer(answer);
    const started = performance.now();
    expect(await answerOf(`Bearer ${await tokenOf()}`, { ...oauth, jwks: server.jwks })).toEqual(unavailable);
    expect(performance.now() - started).toBeLessThan(1_700);
  });

  it('are asked for again once they can be had', async () => {
    let isDown = true;
    await using server = await keyServer((response) =>
      isDown ? response.writeHead(503).end() : keys(response),
    );
    const hook = hookOf(deciding({}), {}, { authentication: { ...oauth, jwks: server.jwks } });
    const authorization = `Bearer ${await tokenOf()}`;
    expect(await answerIn(await hook.fetch(requestOf(codeFlow, { authorization })))).toEqual(unavailable);
    isDown = false;
    expect(await answerIn(await hook.fetch(requestOf(codeFlow, { authorization })))).toEqual({});
  });
});
