import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createGuard, readContract } from '@claimsmith/guard';
import { createLookups } from '@claimsmith/guard/lookups';
import { afterAll, expect, test } from 'vitest';
import { type Apis, fingerprint } from '../../../examples/daily-limit/service/contract.ts';
import { createService } from '../../../examples/daily-limit/service/service.ts';
import { client, startLocalIssuer } from '../../../examples/payments/service/local-issuer.ts';
import { built } from './built.ts';

const audience = 'https://transfers.acme.example/';
const ends: (() => unknown)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  const place = server.address();
  return `http://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`;
}

test("the transfers service decides by the bank's answer, and passes nobody without it", async () => {
  const bank = { isUp: true, left: 25_000 };
  const directory = { roles: ['payer'], locked: false };
  const sources = await listen((request, response) => {
    const isBank = request.url?.startsWith('/v1/users/usr_berlin/limits') === true;
    if (isBank && !bank.isUp) response.writeHead(500).end();
    else response.end(JSON.stringify(isBank ? { daily: 100_000, left: bank.left } : directory));
  });
  const file = fileURLToPath(new URL('../../../examples/daily-limit/enrichment.yaml', import.meta.url));
  const text = readFileSync(file, 'utf8').replace(/https:\/\/(?:bank|directory)\.acme\.example/g, sources);
  const { contractData, artifact, policy } = await built(text);
  const lookups = createLookups({ policy: artifact, settings: { BANK_TOKEN: 'a', DIRECTORY_TOKEN: 'b' } });
  const issuer = await startLocalIssuer();
  ends.push(
    () => lookups.close(),
    () => issuer.close(),
  );
  const guard = createGuard({
    contract: readContract<Apis>(contractData, fingerprint),
    audience,
    issuers: { cognito: { issuer: issuer.address('cognito'), clients: [client] } },
    lookups,
  });
  const service = await listen(createService(guard));
  const access = { roles: ['payer'], daily_limit: 100_000, policy: `transfers@${policy.revision}` };
  const token = await issuer.sign('cognito', { access, scopes: [], audiences: [audience] });
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${service}${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
    });
    return [answer.status, await answer.text()];
  };
  const pay = (cents: number) => ask('POST', '/transfers', { cents });

  expect(await pay(20_000)).toEqual([200, '{"allowed":true,"left":25000}']);
  bank.left = 5_000;
  expect(await pay(20_000)).toEqual([403, '{"allowed":false,"left":5000}']);
  bank.isUp = false;
  expect(await pay(1)).toEqual([503, '{"error":"temporarily_unavailable"}']);
  expect(await ask('DELETE', '/accounts/1')).toEqual([204, '']);
  directory.locked = true;
  expect(await ask('DELETE', '/accounts/1')).toEqual([403, 'Forbidden']);
});
