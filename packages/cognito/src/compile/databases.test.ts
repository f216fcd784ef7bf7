import { createServer } from 'node:http';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startDynamoDb } from '../../../../tools/servers/dynamodb.ts';
import { serverForTests } from '../../../../tools/servers/for-tests.ts';
import { startMariaDb } from '../../../../tools/servers/mariadb.ts';
import { startPostgres } from '../../../../tools/servers/postgres.ts';
import { findingsOf, policyOf, surroundings } from '../../test/fixtures.ts';
import { functionOf } from '../../test/function.ts';
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
    returns: { plan: string, seats: int, open: bool }
    timeout: 1s
    cache: 60s
claims:
  plan: { value: orders.plan, kind: authoritative, maxAge: 5m }
  seats: { value: orders.seats, kind: authoritative, maxAge: 5m }
issuers: { cognito: ${settings} }
`;
const staff = (endpoint: string) => `
version: 1
name: stores
sources:
  staff:
    dynamodb: { table: staff, region: eu-central-1, endpoint: "${endpoint}", key: { id: user.id } }
    returns: { team: string }
    timeout: 1s
claims: { team: { value: staff.team, kind: authoritative } }
issuers: { cognito: {} }
`;
const setting = `"\${ORDERS_DB}"`;
const built = await cognito.compile(policyOf(spec(setting)));
const contentOf = (file: string, files = built) =>
  files.artifacts.find(({ path }) => path === file)?.content ?? '';

/** What reads the settings in a connection. */
const forSettings = ['settings.mjs', 'signature-v4.mjs'];

describe('the built files', () => {
  const filesOf = async (connection: string, settings?: string) =>
    (await cognito.compile(policyOf(spec(connection, settings)))).artifacts.map(({ path }) => path);

  it('ask with one connection for each SQL source', async () => {
    const two = spec(setting).replace(
      'claims:',
      `  more:
    sql: { connection: ${setting}, query: select 1 as n }
    returns: { n: int }
claims:
  n: { value: more.n, kind: descriptive }`,
    );
    const files = await cognito.compile(policyOf(two));
    expect(contentOf('index.mjs', files).match(/"?connections"?: ?1\b/g)).toHaveLength(2);
  });

  it('have what asks databases beside the function, with its packages', async () => {
    expect(built.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const all = ['index.mjs', ...forSettings, 'databases.mjs', 'pg.mjs', 'mysql2.mjs', 'manifest.json'];
    expect(built.artifacts.map(({ path }) => path)).toEqual(all);
    const drivers = async (connection: string, settings?: string) =>
      (await filesOf(connection, settings)).slice(2 + forSettings.length, -1);
    expect(await drivers('"postgres://${ORDERS_HOST}/orders"')).toEqual(['pg.mjs']);
    expect(await drivers('"mysql://${ORDERS_HOST}/orders"')).toEqual(['mysql2.mjs']);
    expect(await drivers(setting, '{ drivers: [pg] }')).toEqual(['pg.mjs']);
  });

  it('load the packages with the function, and name their licenses', () => {
    expect(contentOf('databases.mjs').split('\n').slice(0, 2)).toEqual([
      "import './pg.mjs';",
      "import './mysql2.mjs';",
    ]);
    for (const [file, names] of [
      ['pg.mjs', ['pg 8', 'pg-pool', 'pg-protocol']],
      ['mysql2.mjs', ['mysql2 3', 'iconv-lite', 'sql-escaper']],
    ] as const) {
      const licenses = contentOf(file).split('/*').at(-1);
      for (const name of names) expect(licenses).toMatch(new RegExp(`^${name}.*\\((MIT|BSD|ISC)`, 'm'));
    }
  });

  it('need no package for DynamoDB, which the runtime of Lambda has', async () => {
    const files = await cognito.compile(policyOf(staff('${STAFF_ENDPOINT}')));
    expect(files.artifacts.map(({ path }) => path)).toEqual([
      'index.mjs',
      ...forSettings,
      'databases.mjs',
      'manifest.json',
    ]);
    expect(contentOf('databases.mjs', files)).toMatch(/^import '@aws-sdk\/client-dynamodb';\n/);
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
    // A list of this realm, so that it can be compared.
    expect(first.requests[0]?.said['booleans']).toStrictEqual(['open']);
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

const postgres = await serverForTests(startPostgres);
const mariadb = await serverForTests(startMariaDb);
const dynamodb = await serverForTests(startDynamoDb);
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
    const { handler } = await functionOf(built);
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

  it('PostgreSQL, after its user was rotated in Secrets Manager', async () => {
    if (postgres === undefined) return;
    const admin = new Client({ connectionString: postgres.url });
    await admin.connect();
    const create = async (username: string) => {
      await admin.query(`create role ${username} login`);
      await admin.query(`grant select on plans to ${username}`);
      return Object.assign(new URL(postgres.url), { username, password: '' }).href;
    };
    await admin.query(
      'create table if not exists plans (id varchar(40) primary key, plan varchar(40), seats bigint)',
    );
    await admin.query("insert into plans values ('u7', 'gold', 3)");
    let secret = await create('first_teller');
    const server = createServer((_, response) => void response.end(JSON.stringify({ SecretString: secret })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
    vi.stubEnv('ORDERS_DB', 'secretsmanager:orders');
    vi.spyOn(console, 'log').mockReturnValue();
    const { handler } = await functionOf(built);
    const plan = async () => {
      const request = { userAttributes: { sub: 'u7' }, scopes: ['openid'] };
      const { response } = await handler({ ...samples['documented'], request });
      return response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride['plan'];
    };
    try {
      expect(await plan()).toBe('gold');
      secret = await create('second_teller');
      await admin.query('alter role first_teller nologin');
      await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'first_teller'",
      );
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_001 });
      expect(await plan()).toBe('gold');
    } finally {
      vi.useRealTimers();
      server.close();
      await admin.end();
    }
  });

  it('DynamoDB', async () => {
    if (dynamodb === undefined) return;
    vi.stubEnv('STAFF_ENDPOINT', dynamodb.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    vi.spyOn(console, 'log').mockReturnValue();
    const client = new DynamoDBClient({ region: 'eu-central-1', endpoint: dynamodb.endpoint });
    await client.send(
      new CreateTableCommand({
        TableName: 'staff',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await client.send(
      new PutItemCommand({ TableName: 'staff', Item: { id: { S: 'u1' }, team: { S: 'risk' } } }),
    );
    const { handler } = await functionOf(await cognito.compile(policyOf(staff('${STAFF_ENDPOINT}'))));
    const ask = (sub: string) =>
      handler({ ...samples['documented'], request: { userAttributes: { sub }, scopes: ['openid'] } });
    expect(await ask('u1')).toMatchObject({
      response: {
        claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: { team: 'risk' } } },
      },
    });
    await expect(ask('u2')).rejects.toThrow(/^enrichment_unavailable$/);
    await dynamodb.stop();
    await expect(ask('u1')).rejects.toThrow(/^enrichment_unavailable$/);
  });
});
