import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { cognito } from '@claimsmith/cognito';
import { type Compilation, createPolicy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { Client } from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { issuers } from '../packages/cli/src/issuers.ts';
import { functionOf } from '../packages/cognito/test/function.ts';
import { startDynamoDb } from './servers/dynamodb.ts';
import { serverForTests } from './servers/for-tests.ts';
import { startPostgres } from './servers/postgres.ts';

/* The built function of examples/verified-permissions with its stores: PostgreSQL, twice, and DynamoDB Local. */

const example = fileURLToPath(new URL('../examples/verified-permissions/', import.meta.url));
const postgres = await serverForTests(startPostgres);
const dynamodb = await serverForTests(startDynamoDb);

/** The statements that the README shows. */
const [tables = ''] = /(?<=```sql\n)[^`]*/.exec(readFileSync(`${example}README.md`, 'utf8')) ?? [];
const rows = `
insert into customer_role values ('ada', 'reviewer'), ('ada', 'buyer');
insert into tenant values ('t_north', true), ('t_south', false);
insert into membership values ('ada', 't_north'), ('bob', 't_south'), ('eve', 't_north'), ('eve', 't_south');
`;

async function fillPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(tables);
  await client.query(rows);
  await client.end();
}

async function fillDynamoDb(endpoint: string): Promise<void> {
  const client = new DynamoDBClient({ region: 'eu-central-1', endpoint });
  await client.send(
    new CreateTableCommand({
      TableName: 'staff',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'user_id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'user_id', KeyType: 'HASH' }],
    }),
  );
  const department = { S: 'claims' };
  const items = [
    {
      user_id: { S: 'ada' },
      department,
      clearance: { N: '3' },
      sites: { SS: ['berlin', 'ulm'] },
      active: { BOOL: true },
    },
    { user_id: { S: 'bob' }, department, clearance: { N: '1' }, sites: { L: [] }, active: { BOOL: false } },
    { user_id: { S: 'odd' }, department, clearance: { N: '2.5' }, sites: { L: [] }, active: { BOOL: true } },
  ];
  for (const Item of items) await client.send(new PutItemCommand({ TableName: 'staff', Item }));
  client.destroy();
}

let built: Compilation;
beforeAll(async () => {
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const text = readFileSync(`${example}enrichment.yaml`, 'utf8');
  const { spec, source, findings } = readSpec({ file: 'enrichment.yaml', text }, settings);
  const policy = spec && createPolicy(spec, source).at('cognito').policy;
  if (policy === undefined) throw new Error(JSON.stringify(findings));
  built = await cognito.compile(policy);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  if (postgres !== undefined) await fillPostgres(postgres.url);
  if (dynamodb !== undefined) await fillDynamoDb(dynamodb.endpoint);
}, 60_000);

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('CUSTOMERS_DB', postgres?.url);
  vi.stubEnv('TENANTS_DB', postgres?.url);
  // The AWS SDK's own variable.
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamodb?.endpoint);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const nowhere = 'postgres://nobody@127.0.0.1:1/none';

/** What the function answers when a user logs in to an app: the claims of both tokens, or why there is none. */
async function logIn(clientId: string, sub: string): Promise<unknown> {
  const { handler } = await functionOf(built);
  const event = {
    version: '3',
    triggerSource: 'TokenGeneration_HostedAuth',
    userName: sub,
    userPoolId: 'eu-central-1_EXAMPLE',
    callerContext: { awsSdkVersion: '3', clientId },
    request: {
      userAttributes: { sub },
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      scopes: ['openid'],
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
  try {
    const { response } = await handler(event);
    const { accessTokenGeneration, idTokenGeneration } = response.claimsAndScopeOverrideDetails;
    expect(idTokenGeneration).toEqual({ claimsToAddOrOverride: {} });
    const { policy, ...claims } = accessTokenGeneration.claimsToAddOrOverride;
    expect(policy).toMatch(/^records@/);
    return claims;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

describe('examples/verified-permissions, built, with its stores', () => {
  it.each([
    ['shop', 'ada', { roles: ['buyer', 'reviewer'] }],
    ['shop', 'nobody', { roles: [] }],
    ['backoffice', 'ada', { department: 'claims', clearance: 3, sites: ['berlin', 'ulm'] }],
    ['backoffice', 'bob', 'not_employed'],
    ['backoffice', 'nobody', 'not_employed'],
    ['backoffice', 'odd', 'enrichment_unavailable'],
    ['console', 'ada', { tenant_id: 't_north' }],
    ['console', 'bob', 'no_open_tenant'],
    ['console', 'nobody', 'no_open_tenant'],
    ['console', 'eve', 'enrichment_unavailable'],
    ['newsletter', 'ada', {}],
  ])('%s, %s', async (app, user, expected) => {
    if (postgres === undefined || dynamodb === undefined) return;
    expect(await logIn(app, user)).toEqual(expected);
  });

  it.each([
    ['shop', 'CUSTOMERS_DB', nowhere],
    ['backoffice', 'AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:1'],
    ['console', 'TENANTS_DB', nowhere],
  ])('%s needs its own store and no other: %s is down', async (app, variable, address) => {
    if (postgres === undefined || dynamodb === undefined) return;
    vi.stubEnv(variable, address);
    for (const each of ['shop', 'backoffice', 'console']) {
      const claims = await logIn(each, 'ada');
      if (each === app) expect(claims).toBe('enrichment_unavailable');
      else expect(claims).toBeTypeOf('object');
    }
  });
});
