import { createServer as createHttpServer } from 'node:http';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { serverForTests } from '../../../../tools/servers/for-tests.ts';
import { portOf, wayTo } from '../../../../tools/servers/frozen.ts';
import { startPostgres } from '../../../../tools/servers/postgres.ts';
import { policyOf } from '../../test/fixtures.ts';
import { functionOf } from '../../test/function.ts';
import { samples } from '../../test/samples.ts';
import { cognito } from '../index.ts';

beforeEach(() => void vi.spyOn(console, 'log').mockReturnValue());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Logs a user in, and says the claim `plan`. */
async function planOf(spec: string) {
  const { handler } = await functionOf(await cognito.compile(policyOf(spec)));
  return async () => {
    const request = { userAttributes: { sub: 'u1' }, scopes: ['openid'] };
    const { response } = await handler({ ...samples['documented'], request });
    return response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride['plan'];
  };
}

const head = 'version: 1\nname: frozen\nissuers: { cognito: { clients: all } }';

it('a login after the instance was frozen asks again, on a new connection', async () => {
  let isDown = false;
  let asked = 0;
  const source = createHttpServer((request, response) => {
    asked++;
    if (isDown) request.socket.resetAndDestroy();
    else response.end('{"plan":"gold"}');
  });
  const way = await wayTo(await portOf(source));
  vi.stubEnv('CRM_URL', `http://127.0.0.1:${way.port}`);
  const plan = await planOf(`${head}
sources: { crm: { http: { url: "\${CRM_URL}/plan" }, returns: { plan: string } } }
claims: { plan: { value: crm.plan, kind: authoritative } }`);
  // Two connections.
  expect(await Promise.all([plan(), plan()])).toEqual(['gold', 'gold']);
  way.freeze();
  expect([await plan(), asked]).toEqual(['gold', 3]);
  isDown = true;
  await expect(plan()).rejects.toThrow('enrichment_unavailable');
});

it('so it does when it reads a secret again', async () => {
  let secret = 'gold';
  const aws = createHttpServer((_, response) => response.end(JSON.stringify({ SecretString: secret })));
  const source = createHttpServer((request, response) =>
    response.end(JSON.stringify({ plan: request.headers.authorization })),
  );
  const way = await wayTo(await portOf(aws));
  vi.stubEnv('CRM_URL', `http://127.0.0.1:${await portOf(source)}`);
  vi.stubEnv('CRM_TOKEN', 'secretsmanager:crm');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${way.port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  const plan = await planOf(`${head}
sources: { crm: { http: { url: "\${CRM_URL}/plan", headers: { authorization: "\${CRM_TOKEN}" } }, returns: { plan: string } } }
claims: { plan: { value: crm.plan, kind: authoritative } }`);
  expect(await plan()).toBe('gold');
  way.freeze();
  secret = 'silver';
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_001 });
  expect(await plan()).toBe('silver');
});

const postgres = await serverForTests(startPostgres);

it('so it is with a database, whose connection is not used any more after five minutes', async () => {
  if (postgres === undefined) return;
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query("create table plans as select 'u1' as id, 'gold' as plan union select 'u2', 'silver'");
  await admin.end();
  const way = await wayTo(Number(new URL(postgres.url).port));
  vi.stubEnv('PLANS_DB', Object.assign(new URL(postgres.url), { port: String(way.port) }).href);
  const plan = await planOf(`${head}
sources:
  plans:
    sql: { connection: "\${PLANS_DB}", query: select plan from plans where id = :id, params: { id: user.id } }
    returns: { plan: string }
claims: { plan: { value: plans.plan, kind: authoritative } }`);
  expect([await plan(), await plan(), way.opened()]).toEqual(['gold', 'gold', 1]);
  way.freeze();
  expect([await plan(), way.opened()]).toEqual(['gold', 2]);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_001 });
  expect([await plan(), way.opened()]).toEqual(['gold', 3]);
  // Several questions at once share one connection.
  const plans = await planOf(`${head}
sources:
  plans:
    sql: { connection: "\${PLANS_DB}", query: select plan from plans where id = :one, params: { one: one } }
    each: { one: '["u1", "u2"]' }
    maxItems: 2
    returns: { plan: string }
claims: { plan: { value: 'plans.answers.map(p, p.plan)', kind: authoritative, maxItems: 2 } }`);
  expect([await plans(), way.opened()]).toEqual([['gold', 'silver'], 4]);
  await postgres.stop();
  await expect(plan()).rejects.toThrow('enrichment_unavailable');
});
