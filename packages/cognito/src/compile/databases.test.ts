import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { serverForTests } from '../../../../tools/servers/for-tests.ts';
import { startMariaDb } from '../../../../tools/servers/mariadb.ts';
import { startPostgres } from '../../../../tools/servers/postgres.ts';
import { findingsOf, policyOf, surroundings } from '../../test/fixtures.ts';
import { samples } from '../../test/samples.ts';
import { cognito } from '../index.ts';

const spec = (connection: string, settings = '{}') => `
version: 1
name: stores
sources:
  orders:
    sql:
      connection: ${connection}
      query: select plan, seats from plans where id = :id
      params: { id: user.id }
    returns: { plan: string, seats: int }
    timeout: 1s
    cache: 60s
claims:
  plan: { value: orders.plan, kind: authoritative, maxAge: 5m }
  seats: { value: orders.seats, kind: authoritative, maxAge: 5m }
issuers: { cognito: ${settings} }
`;
const setting = `"\${ORDERS_DB}"`;
const built = await cognito.compile(policyOf(spec(setting)));
const contentOf = (file: string, files = built) =>
  files.artifacts.find(({ path }) => path === file)?.content ?? '';

describe('the built files', () => {
  it('import what asks databases, and name the packages that it needs', async () => {
    expect(built.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(built.artifacts.map(({ path }) => path)).toEqual([
      'index.mjs',
      'databases.mjs',
      'package.json',
      'manifest.json',
    ]);
    const packages = async (connection: string, settings?: string) => {
      const files = await cognito.compile(policyOf(spec(connection, settings)));
      const text = contentOf('package.json', files);
      return text === '' ? undefined : Object.keys(JSON.parse(text).dependencies);
    };
    expect(await packages(setting)).toEqual(['pg', 'mysql2']);
    expect(await packages('"postgres://${ORDERS_HOST}/orders"')).toEqual(['pg']);
    expect(await packages('"mysql://${ORDERS_HOST}/orders"')).toEqual(['mysql2']);
    expect(await packages(setting, '{ drivers: [pg] }')).toEqual(['pg']);
  });

  it('need no package for DynamoDB, which the runtime of Lambda has', async () => {
    const files = await cognito.compile(
      policyOf(`
version: 1
name: stores
sources:
  staff: { dynamodb: { table: staff, region: eu-central-1, key: { id: user.id } }, returns: { team: string }, timeout: 1s }
claims: { team: { value: staff.team, kind: descriptive } }
issuers: { cognito: {} }
`),
    );
    expect(files.artifacts.map(({ path }) => path)).toEqual(['index.mjs', 'databases.mjs', 'manifest.json']);
  });

  it('cannot have a file of SQLite', () => {
    expect(findingsOf(spec('"sqlite:orders.db"').replace('version: 1\nname: stores\n', ''))[0]).toMatch(
      /^error TE814/,
    );
  });
});

describe('simulated', () => {
  const event = { trigger: 'login', event: { ...samples['documented'] } };
  const answering = (answer: ReturnType<ReturnType<typeof surroundings>['answer']>) => ({
    ...surroundings({}, { ORDERS_DB: 'postgres://orders' }),
    answer: () => answer,
  });

  it('asks with the parameters, and keeps answers as long as the instance lives', async () => {
    const around = { ...answering({ value: { plan: 'gold', seats: 3 } }), instance: {} };
    const first = await cognito.simulator.simulate(built, event, around);
    expect(first.access).toMatchObject({ plan: 'gold', seats: 3 });
    expect(first.requests.map(({ said }) => said)).toMatchObject([
      { connection: 'postgres://orders', 'parameter id': 'u1', rows: 'one' },
    ]);
    expect((await cognito.simulator.simulate(built, event, around)).requests).toEqual([]);
  });

  it.each(['timeout', 'network', 'status', 'ambiguous', 'malformed'] as const)('%s denies', async (fails) => {
    const { denied, elapsedMs } = await cognito.simulator.simulate(built, event, answering({ fails }));
    expect(denied?.description).toBe('enrichment_unavailable');
    expect(elapsedMs).toBe(fails === 'timeout' ? 1_000 : 0);
  });

  it('without its setting it denies', async () => {
    const { denied } = await cognito.simulator.simulate(built, event, surroundings());
    expect(denied?.description).toBe('enrichment_unavailable');
  });
});

const cache = fileURLToPath(new URL('../../../../.cache/', import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'cognito-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const { path, content } of built.artifacts) writeFileSync(join(folder, path), content);

const postgres = await serverForTests(startPostgres);
const mariadb = await serverForTests(startMariaDb);
const statements = [
  'create table plans (id varchar(40) primary key, plan varchar(40), seats bigint)',
  "insert into plans values ('u1', 'gold', 3)",
];

async function fill(url: string): Promise<void> {
  if (url.startsWith('postgres')) {
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
    return;
  }
  const connection = await createConnection(url);
  for (const statement of statements) await connection.query(statement);
  await connection.end();
}

describe('as Node runs them, with real databases', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it.each([
    ['PostgreSQL', postgres?.url],
    ['MariaDB', mariadb?.url],
  ])('%s', async (_, url) => {
    if (url === undefined) return;
    await fill(url);
    vi.stubEnv('ORDERS_DB', url);
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const fresh = `${join(folder, 'index.mjs')}?${encodeURIComponent(url)}`;
    const { handler } = await import(fresh);
    const ask = (sub: string) =>
      handler({ ...samples['documented'], request: { userAttributes: { sub }, scopes: ['openid'] } });
    const { response } = await ask('u1');
    expect(response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride).toMatchObject({
      plan: 'gold',
      seats: 3,
    });
    await expect(ask("u1' or '1'='1")).rejects.toThrow(/^enrichment_unavailable$/);
    expect(log.mock.calls.join()).not.toContain(url);
  });
});
