import { type Compilation, mappingOf } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { type Aws, at, awsAt, foreignArchive } from '../../../tools/publishing/cognito.ts';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { startMinistack } from '../../../tools/servers/ministack.ts';
import { cognito, runTrigger, type TriggerVersion } from '../src/index.ts';
import { policyOf, surroundings } from './fixtures.ts';

/*
 * Tokens of an emulator that others wrote, with built functions: what it does as Cognito is compared with the simulator. What it
 * does otherwise is listed below, so that nobody takes it for Cognito's behaviour; when it is mended, its row fails.
 */

const server = await serverForTests(startMinistack);

type Claims = Readonly<Record<string, unknown>>;

function claimsIn(token: string): Claims {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return mappingOf(payload);
}

const attributes = {
  email: 'ada@acme.example',
  email_verified: 'true',
  'custom:plan': 'gold',
  'custom:limit': '2.5',
};
const Password = 'Passw0rd!';
let made = 0;

/** A user pool with a function for its trigger, and one user in one group. */
async function poolWith(aws: Aws, code: string, LambdaVersion: TriggerVersion = 'V3_0') {
  const FunctionName = `shop-${++made}`;
  const Code = { ZipFile: foreignArchive(code) };
  const Role = 'arn:aws:iam::000000000000:role/shop';
  const uploaded = await aws.functions('POST', '', {
    ...{ FunctionName, Role, Code, Runtime: 'nodejs22.x', Handler: 'index.handler', Timeout: 4 },
  });
  const trigger = { LambdaArn: at(uploaded, 'FunctionArn'), LambdaVersion };
  const pool = await aws.pools('CreateUserPool', {
    PoolName: FunctionName,
    LambdaConfig: {
      // The emulator takes only the older setting for V1_0.
      ...(LambdaVersion === 'V1_0'
        ? { PreTokenGeneration: trigger.LambdaArn }
        : { PreTokenGenerationConfig: trigger }),
    },
  });
  const UserPoolId = at(pool, 'UserPool', 'Id');
  const client = await aws.pools('CreateUserPoolClient', {
    UserPoolId,
    ClientName: 'web',
    ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const ClientId = at(client, 'UserPoolClient', 'ClientId');
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  await aws.pools('AdminCreateUser', { UserPoolId, Username: 'ada', UserAttributes });
  await aws.pools('AdminSetUserPassword', { UserPoolId, Username: 'ada', Password, Permanent: true });
  await aws.pools('CreateGroup', { UserPoolId, GroupName: 'shop:clerk' });
  await aws.pools('AdminAddUserToGroup', { UserPoolId, Username: 'ada', GroupName: 'shop:clerk' });
  const logIn = async (AuthFlow: string, AuthParameters: object) => {
    const answer = await aws.pools('AdminInitiateAuth', { UserPoolId, ClientId, AuthFlow, AuthParameters });
    const result = mappingOf(mappingOf(answer)['AuthenticationResult']);
    const token = (name: string) => claimsIn(at(result, name));
    return { access: token('AccessToken'), id: token('IdToken'), refreshToken: result['RefreshToken'] };
  };
  return {
    UserPoolId,
    ClientId,
    logIn: () => logIn('ADMIN_USER_PASSWORD_AUTH', { USERNAME: 'ada', PASSWORD: Password }),
    refresh: (REFRESH_TOKEN: unknown) => logIn('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN }),
  };
}

const eventOf = (ClientId: string, access: Claims, triggerSource: string) => ({
  version: '3',
  triggerSource,
  userName: 'ada',
  callerContext: { clientId: ClientId },
  request: {
    userAttributes: { ...attributes, sub: access['sub'] },
    groupConfiguration: { groupsToOverride: ['shop:clerk'] },
    scopes: ['aws.cognito.signin.user.admin'],
  },
});

const scopesOf = ({ scope }: Claims) => String(scope).split(' ');

const build = (version: TriggerVersion, claims: string): Promise<Compilation> =>
  cognito.compile(
    policyOf(`
version: 1
name: shop
user: { attributes: { plan: string, limit: double } }
${claims}
issuers: { cognito: { version: ${version}, clients: all, supply: { user.roles: groups } } }
`),
  );
const codeOf = ({ artifacts }: Compilation) => artifacts[0]?.content ?? '';

describe('what the built function gives at the emulator is what the simulator says', () => {
  const claims = `
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 5 }
  plan: { value: user.attributes.plan, kind: descriptive, tokens: [access, id] }
  limit: { value: user.attributes.limit, kind: descriptive }
  mail: { value: user.email, kind: descriptive, when: user.email_verified }
  grant: { value: request.grant_type, kind: descriptive }
  job: { value: client.id, kind: descriptive, subjects: [machine] }
scopes:
  aws.cognito.signin.user.admin: { grant: '!("shop:clerk" in user.roles)' }
  shop/read: { grant: '"shop:clerk" in user.roles', add: true }
  shop/write: { subjects: { machine: 'true' } }`;

  it('for a login and a refresh', async () => {
    if (server === undefined) return;
    const built = await build('V3_0', claims);
    const pool = await poolWith(awsAt(server.endpoint), codeOf(built));
    const first = await pool.logIn();
    const second = await pool.refresh(first.refreshToken);
    for (const [{ access, id }, triggerSource] of [
      [first, 'TokenGeneration_Authentication'],
      [second, 'TokenGeneration_RefreshTokens'],
    ] as const) {
      const event = eventOf(pool.ClientId, access, triggerSource);
      const said = await cognito.simulator.simulate(built, { trigger: 'login', event }, surroundings());
      expect(said.access).toMatchObject({ roles: ['shop:clerk'], plan: 'gold', limit: 2.5 });
      expect(access).toMatchObject(said.access);
      expect(id).toMatchObject(said.id);
      expect(scopesOf(access)).toEqual(said.scopes);
    }
  });

  it('for client credentials', async () => {
    if (server === undefined) return;
    const built = await build('V3_0', claims);
    const aws = awsAt(server.endpoint);
    const { UserPoolId } = await poolWith(aws, codeOf(built));
    const Scopes = ['read', 'write'].map((name) => ({ ScopeName: name, ScopeDescription: name }));
    await aws.pools('CreateResourceServer', { UserPoolId, Identifier: 'shop', Name: 'shop', Scopes });
    const client = await aws.pools('CreateUserPoolClient', {
      UserPoolId,
      ClientName: 'job',
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['shop/read', 'shop/write'],
    });
    const [clientId, secret] = ['ClientId', 'ClientSecret'].map((name) => at(client, 'UserPoolClient', name));
    const response = await fetch(`${server.endpoint}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'shop/read shop/write',
        aws_client_metadata: '{"tenant":"t1"}',
      }),
    });
    const access = claimsIn(at(await response.json(), 'access_token'));
    const event = {
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      userName: 'ClientCredentials',
      callerContext: { clientId },
      request: {
        userAttributes: {},
        groupConfiguration: {},
        scopes: ['shop/read', 'shop/write'],
        clientMetadata: { tenant: 't1' },
      },
    };
    const said = await cognito.simulator.simulate(
      built,
      { trigger: 'client-credentials', event },
      surroundings(),
    );
    expect(said.access).toMatchObject({ job: clientId, grant: 'client_credentials' });
    expect(said.scopes).toEqual(['shop/write']);
    expect(access).toMatchObject(said.access);
    for (const name of ['roles', 'plan', 'mail']) expect(access).not.toHaveProperty(name);
    expect(scopesOf(access)).toEqual(said.scopes);
  });

  it('for the ID token of V1_0', async () => {
    if (server === undefined) return;
    const built = await build(
      'V1_0',
      'claims: { plan: { value: user.attributes.plan, kind: descriptive, tokens: [id] } }\nmarker: false',
    );
    const pool = await poolWith(awsAt(server.endpoint), codeOf(built), 'V1_0');
    const { id, access } = await pool.logIn();
    expect(id).toMatchObject({ plan: 'gold' });
    expect(access).not.toHaveProperty('plan');
  });
});

describe('what the emulator does otherwise than Cognito, and the simulator does not', () => {
  const handlerOf = (body: string) => `export const handler = async (event) => {\n  ${body}\n};`;
  const answering = (details: string) =>
    handlerOf(`return { ...event, response: { claimsAndScopeOverrideDetails: ${details} } };`);

  /** The access token of both, and why there is none at the simulator. */
  async function both(code: string) {
    if (server === undefined) return undefined;
    const pool = await poolWith(awsAt(server.endpoint), code);
    const { access, id } = await pool.logIn();
    const event = eventOf(pool.ClientId, access, 'TokenGeneration_Authentication');
    const simulated = await runTrigger(code, 'V3_0', event, surroundings());
    return { emulated: access, emulatedId: id, simulated };
  }

  it('it calls the function once for each token', async () => {
    const claims = '{ claimsToAddOrOverride: { call } }';
    const details = `{ accessTokenGeneration: ${claims}, idTokenGeneration: ${claims} }`;
    const found = await both(
      handlerOf(`const call = crypto.randomUUID();
  return { ...event, response: { claimsAndScopeOverrideDetails: ${details} } };`),
    );
    if (found === undefined) return;
    const { emulated, emulatedId, simulated } = found;
    expect(emulated['call']).toBeTypeOf('string');
    expect(emulatedId['call']).not.toBe(emulated['call']);
    expect(simulated.id['call']).toBe(simulated.access['call']);
  });

  it('it lets a function set `sub`', async () => {
    const found = await both(
      answering('{ accessTokenGeneration: { claimsToAddOrOverride: { sub: "evil" } } }'),
    );
    if (found === undefined) return;
    expect(found.emulated['sub']).toBe('evil');
    expect(found.simulated.access).toEqual({});
    expect(found.simulated.notes.join()).toContain('sub is protected');
  });

  const grouping = (version: TriggerVersion) =>
    cognito.compile(
      policyOf(`
version: 1
name: shop
claims:
  groups: { value: 'user.groups.map(g, g + ":eu")', kind: descriptive, subjects: [human], tokens: [access, id], as: { cognito: "cognito:groups" } }
issuers: { cognito: { version: ${version}, clients: all } }
`),
    );

  it('with V1_0 it replaces the groups by those of a claim in the ID token alone', async () => {
    if (server === undefined) return;
    const built = await grouping('V1_0');
    const pool = await poolWith(awsAt(server.endpoint), built.artifacts[0]?.content ?? '', 'V1_0');
    const { access, id } = await pool.logIn();
    const event = { ...eventOf(pool.ClientId, access, 'TokenGeneration_Authentication'), version: '1' };
    const signed = await cognito.simulator.simulate(built, { trigger: 'login', event }, surroundings());
    expect(signed.access).toEqual({ 'cognito:groups': ['shop:clerk:eu'] });
    expect(signed.id).toEqual(signed.access);
    expect(id).toMatchObject(signed.id);
    expect(access['cognito:groups']).toEqual(['shop:clerk']);
  });

  it('with V3_0 it looks for an override of groups in another place than Cognito', async () => {
    const found = await both((await grouping('V3_0')).artifacts[0]?.content ?? '');
    if (found === undefined) return;
    expect(found.emulated['cognito:groups']).toEqual(['shop:clerk']);
    expect(found.simulated.access).toMatchObject({ 'cognito:groups': ['shop:clerk:eu'] });
  });

  it('it keeps the groups if an override has none', async () => {
    const found = await both(answering('{ groupOverrideDetails: { groupsToOverride: [] } }'));
    if (found === undefined) return;
    expect(found.emulated['cognito:groups']).toEqual(['shop:clerk']);
    expect(found.simulated.notes.join()).toContain('removes all groups');
  });

  it.each([
    ['throws', 'throw new Error("no");', 'UserLambdaValidationException'],
    ['answers nonsense', 'return "nonsense";', 'InvalidLambdaResponseException'],
    [
      'answers with a scope that has a blank',
      'return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToAdd: ["a b"] } } } };',
      'InvalidLambdaResponseException',
    ],
  ])('it issues a token if the function %s', async (_, body, error) => {
    const found = await both(handlerOf(body));
    if (found === undefined) return;
    expect(found.emulated['token_use']).toBe('access');
    expect(found.simulated.denied?.error).toBe(error);
  });
});
