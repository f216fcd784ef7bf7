import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createGuard } from '@claimsmith/guard';
import { createLookups } from '@claimsmith/guard/lookups';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  client,
  type IssuerId,
  type LocalIssuer,
  startLocalIssuer,
} from '../../../examples/payments/service/local-issuer.ts';
import { built } from './built.ts';

const audience = 'https://payments.acme.example/';
let issuer: LocalIssuer;
const ended: (() => unknown)[] = [];

beforeAll(async () => {
  issuer = await startLocalIssuer();
});
afterAll(async () => {
  issuer.close();
  for (const end of ended) await end();
});

/** A source of this machine. */
async function source(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ended.push(() => server.close());
  const place = server.address();
  return { asked, port: typeof place === 'object' && place !== null ? place.port : 0 };
}

const spec = (port: number, more = '') => `
version: 1
name: payments
lifetime: { access: 10m }
sources:
  bank:
    http: { url: "http://127.0.0.1:${port}/users/{user.id}", headers: { authorization: "Bearer \${BANK_TOKEN}" } }
    returns: { left: double, limit: double }
    timeout: 1s
claims:
  limit: { value: bank.limit, kind: authoritative, subjects: [human] }
  tenant_id: { value: org.id, kind: authoritative, subjects: [human] }
  daily_limit_left: { value: bank.left, kind: authoritative, resolve: request, subjects: [human] }
${more}
issuers:
  auth0: { audiences: ["${audience}"] }
  okta: { audience: "${audience}", guard: [sentinel], supply: { org.id: user.organization } }
  keycloak: { realm: payments, scripts: true, audience: "${audience}" }
  cognito: { audience: "${audience}", supply: { org.id: custom:org }, clients: all }
`;

async function guarded(text: string, settings = { BANK_TOKEN: 'secret' }) {
  const { contract, artifact, policy } = await built(text);
  const lookups = createLookups({ policy: artifact, settings });
  ended.push(() => lookups.close());
  const guard = createGuard({
    contract,
    audience,
    issuers: {
      auth0: { issuer: issuer.address('auth0') },
      cognito: { issuer: issuer.address('cognito'), clients: [client] },
      keycloak: { issuer: issuer.address('keycloak') },
      okta: { issuer: issuer.address('okta') },
    },
    lookups,
  });
  const tokenOf = async (id: IssuerId, changes: Parameters<LocalIssuer['sign']>[2] = {}) => {
    const access = { limit: 100, tenant_id: 'acme', policy: `payments@${policy.revision}` };
    const signed = await issuer.sign(id, { access, scopes: ['pay'], audiences: [audience] }, changes);
    const result = await guard.checkToken(signed);
    if (!result.ok) throw new Error(JSON.stringify(result.problem));
    return result.token;
  };
  return { guard, tokenOf };
}

const ids: readonly IssuerId[] = ['auth0', 'cognito', 'keycloak', 'okta'];

describe('a claim with resolve: request', () => {
  test.each(ids)('is asked with what a token of %s says', async (id) => {
    const bank = await source((_, response) => response.end('{"left":12.5,"limit":100}'));
    const { tokenOf } = await guarded(spec(bank.port));
    const token = await tokenOf(id);
    expect(await token.resolve('daily_limit_left')).toBe(12.5);
    expect(await token.fresh('limit')).toBe(100);
    const user = {
      auth0: 'auth0%7Cusr_berlin',
      okta: '00u1berlin',
      keycloak: 'usr_berlin',
      cognito: 'usr_berlin',
    };
    expect(new Set(bank.asked)).toEqual(new Set([`/users/${user[id]} Bearer secret`]));
    expect(await token.deny()).toEqual({ denied: undefined, unevaluated: [] });
  });

  test('is unavailable while its source is down', async () => {
    const bank = await source((_, response) => response.writeHead(500).end());
    const { tokenOf } = await guarded(spec(bank.port));
    const token = await tokenOf('okta');
    await expect(token.resolve('daily_limit_left')).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
      message: 'Temporarily unavailable',
      claim: 'daily_limit_left',
      why: 'status',
    });
  });
});
