import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FaultMode, startFaultProxy } from '../../../../tools/fault-proxy.ts';
import { startDynamoDb } from '../../../../tools/servers/dynamodb.ts';
import { serverForTests } from '../../../../tools/servers/for-tests.ts';
import { serve } from '../../test/fixtures.ts';
import { dynamoDbSource, limits, open } from '../../test/server.ts';
import type { Answer } from '../index.ts';
import type { DynamoDbServerSource } from './index.ts';

const server = await serverForTests(startDynamoDb);

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  if (server === undefined) return;
  const client = new DynamoDBClient({ region: 'eu-central-1', endpoint: server.endpoint });
  for (const [table, key] of [
    ['users', [['id', 'S']]],
    [
      'levels',
      [
        ['org', 'S'],
        ['level', 'N'],
      ],
    ],
  ] as const) {
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: key.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
        KeySchema: key.map(([AttributeName], at) => ({
          AttributeName,
          KeyType: at === 0 ? 'HASH' : 'RANGE',
        })),
      }),
    );
  }
  const items = [
    {
      ...{
        id: { S: 'u1' },
        plan: { S: 'gold' },
        limit: { N: '12.5' },
        active: { BOOL: true },
        none: { NULL: true },
      },
      ...{
        features: { SS: ['a', 'b'] },
        levels: { NS: ['1', '2'] },
        list: { L: [{ S: 'x' }, { NULL: true }] },
      },
      nested: { M: { a: { N: '1' }, __proto__x: { S: 'y' }, constructor: { S: 'z' } } },
    },
    {
      ...{
        id: { S: 'numbers' },
        a: { N: '9007199254740993' },
        b: { N: '9007199254740991' },
        c: { N: '-0.1' },
      },
      ...{
        d: { N: '1.00000000000000000001' },
        e: { N: '1E+30' },
        f: { N: '123456789.123456' },
        g: { N: '0' },
      },
    },
    { id: { S: 'binary' }, secret: { B: new Uint8Array([1]) } },
    { id: { S: 'inside' }, list: { L: [{ M: { a: { BS: [new Uint8Array([1])] } } }] } },
    { id: { S: 'large' }, text: { S: 'x'.repeat(20_000) } },
  ];
  for (const Item of items) await client.send(new PutItemCommand({ TableName: 'users', Item }));
  await client.send(
    new PutItemCommand({
      TableName: 'levels',
      Item: { org: { S: 'acme' }, level: { N: '3' }, role: { S: 'approver' } },
    }),
  );
  client.destroy();
});
afterAll(() => vi.unstubAllEnvs());

async function ask(
  parameters: Readonly<Record<string, string | number | boolean>>,
  source: Partial<DynamoDbServerSource> = {},
  endpoint = server?.endpoint,
): Promise<Answer> {
  const settings = { DYNAMODB: endpoint };
  await using asking = open({ sources: { item: { ...dynamoDbSource, ...source } }, settings });
  return await asking.ask({ source: 'item', parameters }, limits());
}

describe.skipIf(server === undefined)('an item of DynamoDB', () => {
  it('is found by its key', async () => {
    expect(await ask({ id: 'u1' })).toMatchObject({
      value: {
        ...{ id: 'u1', plan: 'gold', limit: 12.5, active: true },
        ...{ features: ['a', 'b'], levels: expect.arrayContaining([1, 2]), list: ['x', null] },
        nested: { a: 1, __proto__x: 'y', constructor: 'z' },
      },
    });
    expect(await ask({ org: 'acme', level: 3 }, { table: 'levels' })).toMatchObject({
      value: { org: 'acme', level: 3, role: 'approver' },
    });
  });

  it('that is not there is a record without fields', async () => {
    expect(await ask({ id: 'nobody' })).toMatchObject({ value: {} });
  });

  it('has numbers where they are exact, else their digits', async () => {
    expect(await ask({ id: 'numbers' })).toMatchObject({
      value: {
        ...{ a: '9007199254740993', b: 9007199254740991, c: -0.1, d: '1.00000000000000000001' },
        ...{ e: 1e30, f: 123456789.123456, g: 0 },
      },
    });
  });

  it('that JSON cannot carry is malformed, and a large one too large', async () => {
    expect(await ask({ id: 'binary' })).toEqual({ failure: 'malformed' });
    expect(await ask({ id: 'inside' })).toEqual({ failure: 'malformed' });
    expect(await ask({ id: 'large' })).toEqual({ failure: 'too_large' });
  });

  it('of a table or key that does not exist fails with status', async () => {
    expect(await ask({ id: 'u1' }, { table: 'nothing' })).toEqual({ failure: 'status' });
    expect(await ask({ name: 'u1' })).toEqual({ failure: 'status' });
    expect(await ask({ id: 7 })).toEqual({ failure: 'status' });
  });

  const faults: readonly (readonly [FaultMode, string])[] = [
    ['down', 'network'],
    ['hang', 'timeout'],
    ['reset', 'network'],
    ['garbage', 'network'],
    ['truncate', 'network'],
    [{ kind: 'drip', everyMs: 50 }, 'timeout'],
  ];
  it.each(faults)('behind a network in trouble (%j) fails with %s in time', async (mode, failure) => {
    const proxy = await startFaultProxy({ target: { port: server?.port ?? 0 } });
    try {
      const settings = { DYNAMODB: `http://127.0.0.1:${proxy.port}` };
      await using asking = open({ sources: { item: { ...dynamoDbSource, timeoutMs: 500 } }, settings });
      const question = { source: 'item', parameters: { id: 'u1' } };
      expect(await asking.ask(question, limits())).toHaveProperty('value');
      await proxy.mode(mode);
      const start = performance.now();
      expect(await asking.ask(question, limits())).toEqual({ failure });
      expect(performance.now() - start).toBeLessThan(2000);
      await proxy.mode('pass');
      expect(await asking.ask(question, limits())).toHaveProperty('value');
    } finally {
      await proxy.close();
    }
  });
});

describe('DynamoDB', () => {
  it('gets ready where it has credentials', async () => {
    await using asking = open({
      sources: { item: dynamoDbSource },
      settings: { DYNAMODB: 'http://127.0.0.1:1' },
    });
    await asking.ready();
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    await using without = open({
      sources: { item: dynamoDbSource },
      settings: { DYNAMODB: 'http://127.0.0.1:1' },
    });
    await expect(without.ready()).rejects.toThrow('item: AWS credentials were not found');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });

  it.each(['http://dynamodb.acme.example', 'nonsense'])('is not asked at %s', async (endpoint) => {
    expect(await ask({ id: 'u1' }, {}, endpoint)).toEqual({ failure: 'address' });
    await using asking = open({ sources: { item: dynamoDbSource }, settings: { DYNAMODB: endpoint } });
    await expect(asking.ready()).rejects.toMatchObject({ code: 'address', source: 'item' });
  });

  it.each([
    ['AccessDeniedException', ['status', 'status', 'status', 'status', 'refused']],
    ['UnrecognizedClientException', ['refused', 'refused', 'refused', 'refused', 'refused']],
    ['ValidationException', ['status', 'status', 'status', 'status', 'status']],
  ])('that answers with %s may refuse us', async (type, outcomes) => {
    await using refusing = await serve((_request, response) =>
      response.writeHead(400).end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}` })),
    );
    await using asking = open({
      sources: { item: dynamoDbSource },
      settings: { DYNAMODB: refusing.url.slice(0, -1) },
    });
    for (const id of ['u1', 'u2', 'u3', 'u4', 'u5']) {
      const answer = await asking.ask({ source: 'item', parameters: { id } }, limits());
      expect(answer).toEqual({ failure: 'status' });
    }
    expect(asking.outcomes()).toEqual(outcomes);
  });

  it('without its settings fails with setting', async () => {
    await using asking = open({ sources: { item: dynamoDbSource } });
    await expect(asking.ready()).rejects.toThrow('item: the setting `DYNAMODB` is not set');
    expect(await asking.ask({ source: 'item', parameters: { id: 'u1' } }, limits())).toEqual({
      failure: 'setting',
    });
  });
});
