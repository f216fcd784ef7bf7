import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mappingOf } from '@claimsmith/core';
import { expect, it } from 'vitest';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { ministack, startMinistack } from '../../../tools/servers/ministack.ts';
import { cognito } from '../src/index.ts';
import { policyOf, surroundings } from './fixtures.ts';

/*
 * A real login with the built function, at an emulator that others wrote. It checks the form of the answer; what the
 * emulator does wrong (two calls a login, protected claims, errors that still give tokens) is in the simulator's tests.
 */

const server = await serverForTests(startMinistack);
const authorization =
  'AWS4-HMAC-SHA256 Credential=test/20261201/us-east-1/aws/aws4_request, SignedHeaders=host, Signature=0';

async function answerOf(path: string, headers: Record<string, string>, body: object): Promise<unknown> {
  const response = await fetch(`${server?.endpoint}${path}`, {
    method: 'POST',
    headers: { authorization, ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} ${JSON.stringify(headers)}: ${response.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

const pools = (action: string, body: object) =>
  answerOf(
    '/',
    {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body,
  );

function at(value: unknown, ...steps: readonly string[]): string {
  return String(steps.reduce<unknown>((found, step) => mappingOf(found)[step], value));
}

function claimsIn(token: string): Readonly<Record<string, unknown>> {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return mappingOf(payload);
}

function archived(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-function-'));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  execFileSync(`${ministack.folder}bin/python`, ['-m', 'zipfile', '-c', 'all.zip', ...Object.keys(files)], {
    cwd: folder,
  });
  const archive = readFileSync(join(folder, 'all.zip')).toString('base64');
  rmSync(folder, { recursive: true });
  return archive;
}

const policy = policyOf(`
version: 1
name: shop
user: { attributes: { plan: string, limit: double } }
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 5 }
  plan: { value: user.attributes.plan, kind: descriptive, tokens: [access, id] }
  limit: { value: user.attributes.limit, kind: descriptive }
  mail: { value: user.email, kind: descriptive, when: user.email_verified }
  grant: { value: request.grant_type, kind: descriptive }
scopes:
  aws.cognito.signin.user.admin: { grant: '!("shop:clerk" in user.roles)' }
  shop/read: { grant: '"shop:clerk" in user.roles', add: true }
issuers: { cognito: { clients: all, supply: { user.roles: groups } } }
`);

it('a login and a refresh carry what the simulator says', async () => {
  if (server === undefined) return;
  const built = await cognito.compile(policy);
  const code = built.artifacts[0]?.content ?? '';
  const made = await answerOf(
    '/2015-03-31/functions',
    { 'content-type': 'application/json' },
    {
      FunctionName: 'shop',
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::000000000000:role/shop',
      Handler: 'index.handler',
      Timeout: 4,
      Code: { ZipFile: archived({ 'index.mjs': code }) },
    },
  );
  const trigger = { LambdaArn: at(made, 'FunctionArn'), LambdaVersion: 'V3_0' };
  const pool = await pools('CreateUserPool', {
    PoolName: 'shop',
    LambdaConfig: { PreTokenGenerationConfig: trigger },
  });
  const UserPoolId = at(pool, 'UserPool', 'Id');
  const client = await pools('CreateUserPoolClient', {
    UserPoolId,
    ClientName: 'web',
    ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const ClientId = at(client, 'UserPoolClient', 'ClientId');
  const attributes = {
    email: 'ada@acme.example',
    email_verified: 'true',
    'custom:plan': 'gold',
    'custom:limit': '2.5',
  };
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  await pools('AdminCreateUser', { UserPoolId, Username: 'ada', UserAttributes });
  const Password = 'Passw0rd!';
  await pools('AdminSetUserPassword', { UserPoolId, Username: 'ada', Password, Permanent: true });
  await pools('CreateGroup', { UserPoolId, GroupName: 'shop:clerk' });
  await pools('AdminAddUserToGroup', { UserPoolId, Username: 'ada', GroupName: 'shop:clerk' });

  const logIn = async (AuthFlow: string, AuthParameters: object) =>
    mappingOf(
      mappingOf(await pools('AdminInitiateAuth', { UserPoolId, ClientId, AuthFlow, AuthParameters }))[
        'AuthenticationResult'
      ],
    );
  const first = await logIn('ADMIN_USER_PASSWORD_AUTH', { USERNAME: 'ada', PASSWORD: Password });
  const second = await logIn('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: first['RefreshToken'] });
  for (const [result, triggerSource] of [
    [first, 'TokenGeneration_Authentication'],
    [second, 'TokenGeneration_RefreshTokens'],
  ] as const) {
    const access = claimsIn(at(result, 'AccessToken'));
    const event = {
      version: '3',
      triggerSource,
      userName: 'ada',
      callerContext: { clientId: ClientId },
      request: {
        userAttributes: { ...attributes, sub: access['sub'] },
        groupConfiguration: { groupsToOverride: ['shop:clerk'] },
        scopes: ['aws.cognito.signin.user.admin'],
      },
    };
    const said = await cognito.simulator.simulate(built, { trigger: 'login', event }, surroundings());
    expect(said.access).toMatchObject({ roles: ['shop:clerk'], plan: 'gold', limit: 2.5 });
    expect(access).toMatchObject(said.access);
    expect(claimsIn(at(result, 'IdToken'))).toMatchObject(said.id);
    expect(at(access, 'scope').split(' ')).toEqual(said.scopes);
  }
});
