import { generateKeyPairSync } from 'node:crypto';
import { isMapping } from '@claimsmith/core';
import { exportJWK, SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { type OktaOptions, type OktaStandIn, startOkta } from './okta/index.ts';
import { type Call, facts } from './okta.facts.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: OktaOptions = {}): Promise<OktaStandIn> {
  const okta = await startOkta(options);
  closing.push(() => okta.close());
  return okta;
}

const callOf =
  ({ url }: OktaStandIn, authorization?: string): Call =>
  async (line, body) => {
    const [method = '', path = ''] = line.split(' ');
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    return {
      status: response.status,
      body: isMapping(answer) ? answer : {},
      list: Array.isArray(answer) ? answer : [],
    };
  };

describe('the stand-in for Okta', () => {
  test.each(facts)('$fact', async ({ holds }) => {
    await holds(callOf(await start()));
  });

  test.each([
    ['an unknown property', { name: 'x', nme: 1 }],
    ['a wrong type', { name: 5 }],
    ['a missing part', {}],
  ])('refuses a claim with %s', async (_, body) => {
    const { status } = await callOf(await start())('POST /authorizationServers/default/claims', body);
    expect(status).toBe(400);
  });

  test('keeps unknown fields of a rule, and refuses those that nobody has put there', async () => {
    const okta = await start();
    const call = callOf(okta);
    const [policy] = (await call('GET /authorizationServers/default/policies')).list.map((one) =>
      Object(one),
    );
    const at = `/authorizationServers/default/policies/${policy.id}/rules`;
    const [first] = (await call(`GET ${at}`)).list.map((one) => Object(one));
    for (const { policies } of okta.org.servers.values())
      for (const { rules } of policies.values())
        for (const rule of rules.values()) rule['later'] = { deep: [1] };
    const { id, _links: _, ...rule } = Object((await call(`GET ${at}/${first.id}`)).body);
    expect((await call(`PUT ${at}/${id}`, rule)).body['later']).toEqual({ deep: [1] });
    expect((await call(`PUT ${at}/${id}`, { ...rule, other: 1 })).status).toBe(400);
  });

  test('goes over pages by the header Link', async () => {
    const okta = await start({ pageSize: 5 });
    const names: string[] = [];
    let next: string | undefined = `${okta.url}/api/v1/authorizationServers/default/claims`;
    for (let page = 0; next !== undefined; page++) {
      const response: Response = await fetch(next);
      const items: unknown = await response.json();
      for (const item of Array.isArray(items) ? items : []) names.push(Object(item).name);
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
      expect(page).toBeLessThan(10);
    }
    expect(new Set(names).size).toBe(19);
    expect(names).toHaveLength(19);
  });

  test('limits requests, and says when the limit ends', async () => {
    const okta = await start({ limitPerMinute: 2 });
    const read = () => fetch(`${okta.url}/api/v1/inlineHooks`);
    expect((await read()).headers.get('x-rate-limit-remaining')).toBe('1');
    await read();
    const refused = await read();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('x-rate-limit-reset'))).toBeGreaterThan(Date.now() / 1000);
    expect(await refused.json()).toMatchObject({ errorCode: 'E0000047' });
  });

  test('an org without API Access Management has no authorization servers', async () => {
    const { status, body } = await callOf(await start({ hasServers: false }))(
      'GET /authorizationServers/default',
    );
    expect([status, body['errorCode']]).toEqual([401, 'E0000015']);
  });

  test('an API token opens the API, another one does not, and a role limits it', async () => {
    const okta = await start({
      apiTokens: [{ token: 'good' }, { token: 'reader', scopes: ['okta.inlineHooks.read'] }],
    });
    expect((await callOf(okta, 'SSWS good')('GET /inlineHooks')).status).toBe(200);
    expect((await callOf(okta, 'SSWS bad')('GET /inlineHooks')).body['errorCode']).toBe('E0000011');
    expect((await callOf(okta)('GET /inlineHooks')).status).toBe(401);
    expect((await callOf(okta, 'SSWS reader')('GET /inlineHooks')).status).toBe(200);
    expect((await callOf(okta, 'SSWS reader')('POST /hook-keys', { name: 'x' })).status).toBe(403);
  });

  test('a service app signs for a token with the scopes that it was granted', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const okta = await start({
      serviceApps: [
        { clientId: 'app', publicKey: await exportJWK(publicKey), scopes: ['okta.inlineHooks.read'] },
      ],
    });
    const ask = async (scope: string, issuer = 'app') => {
      const assertion = await new SignJWT({})
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(issuer)
        .setSubject(issuer)
        .setAudience(`${okta.url}/oauth2/v1/token`)
        .setExpirationTime('2m')
        .sign(privateKey);
      const response = await fetch(`${okta.url}/oauth2/v1/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      });
      return Object(await response.json());
    };
    const { access_token: token } = await ask('okta.inlineHooks.read');
    expect((await callOf(okta, `Bearer ${token}`)('GET /inlineHooks')).status).toBe(200);
    expect((await callOf(okta, `Bearer ${token}`)('GET /authorizationServers')).status).toBe(403);
    expect(await ask('okta.inlineHooks.manage')).toMatchObject({ error: 'invalid_scope' });
    expect(await ask('okta.inlineHooks.read', 'other')).toMatchObject({ error: 'invalid_client' });
    okta.door.expire();
    expect((await callOf(okta, `Bearer ${token}`)('GET /inlineHooks')).status).toBe(401);
  });
});
