import { once } from 'node:events';
import { createServer } from 'node:http';
import { mappingOf } from '@claimsmith/core';
import { afterAll, expect, it } from 'vitest';
import { at, awsAt } from '../../../tools/publishing/cognito.ts';
import { startCognitoLocal } from '../../../tools/servers/cognito-local.ts';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { cognito } from '../src/index.ts';
import { policyOf, surroundings } from './fixtures.ts';

/*
 * ID tokens of an emulator that others wrote, which knows version V1_0 alone, with a built function. Its events have no groups,
 * and the version 0.
 */

const built = await cognito.compile(
  policyOf(`
version: 1
name: shop
user: { attributes: { plan: string, limit: double } }
claims:
  plan: { value: user.attributes.plan, kind: descriptive, tokens: [id] }
  limit: { value: string(user.attributes.limit), kind: descriptive, tokens: [id] }
  mail: { value: user.email, kind: descriptive, tokens: [id], when: user.email_verified }
  grant: { value: request.grant_type, kind: descriptive, tokens: [id] }
  hint: { value: request.params.hint, kind: descriptive, tokens: [id] }
deny:
  - { when: 'user.attributes.?plan.orValue("") == "none"', reason: no_plan }
issuers: { cognito: { version: V1_0, clients: all } }
`),
);

/** Lambda's own API, as far as a function is invoked by it. It keeps the events. */
const events: object[] = [];
const lambda = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const event: object = JSON.parse(Buffer.concat(chunks).toString());
  events.push(event);
  try {
    response.end(JSON.stringify(await handler(event)));
  } catch (error) {
    response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify({ errorMessage: error instanceof Error ? error.message : '' }));
  }
}).listen(0, '127.0.0.1');
await once(lambda, 'listening');
afterAll(() => lambda.close());
const { handler }: { handler(event: object): Promise<unknown> } = await import(
  /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(built.artifacts[0]?.content ?? '')}`
);

const address = lambda.address();
const port = typeof address === 'object' ? address?.port : undefined;
const server = await serverForTests(() => startCognitoLocal(`http://127.0.0.1:${port}`, 'shop'));

const Password = 'Passw0rd!';

async function poolOf(endpoint: string) {
  const { pools } = awsAt(endpoint);
  const UserPoolId = at(await pools('CreateUserPool', { PoolName: 'shop' }), 'UserPool', 'Id');
  const client = await pools('CreateUserPoolClient', {
    UserPoolId,
    ClientName: 'web',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const ClientId = at(client, 'UserPoolClient', 'ClientId');
  return {
    add: async (Username: string, attributes: Readonly<Record<string, string>>) => {
      const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
      await pools('AdminCreateUser', { UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' });
      await pools('AdminSetUserPassword', { UserPoolId, Username, Password, Permanent: true });
    },
    logIn: async (AuthFlow: string, AuthParameters: object) =>
      mappingOf(
        mappingOf(await pools('InitiateAuth', { ClientId, AuthFlow, AuthParameters }))[
          'AuthenticationResult'
        ],
      ),
  };
}

function claimsIn(token: unknown): Readonly<Record<string, unknown>> {
  const payload: unknown = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
  return mappingOf(payload);
}

it('a login and a refresh give the ID tokens that the simulator says', async () => {
  if (server === undefined) return;
  const pool = await poolOf(server.endpoint);
  await pool.add('ada', {
    email: 'ada@acme.example',
    email_verified: 'true',
    'custom:plan': 'gold',
    'custom:limit': '2.5',
  });
  const first = await pool.logIn('USER_PASSWORD_AUTH', { USERNAME: 'ada', PASSWORD: Password });
  const second = await pool.logIn('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: first['RefreshToken'] });
  expect(events).toHaveLength(2);
  for (const [index, tokens] of [first, second].entries()) {
    // Cognito says 1 where the emulator says 0.
    const event = { ...events[index], version: '1' };
    const said = await cognito.simulator.simulate(built, { trigger: 'login', event }, surroundings());
    expect(said.id).toMatchObject({ plan: 'gold', limit: '2.5', mail: 'ada@acme.example' });
    expect(said.id['grant']).toBe(index === 0 ? 'password' : 'refresh_token');
    expect(said.id).not.toHaveProperty('hint');
    expect(claimsIn(tokens['IdToken'])).toMatchObject(said.id);
    expect(claimsIn(tokens['AccessToken'])).not.toHaveProperty('plan');
  }
});

it('a denied login gives no token, and the reason alone', async () => {
  if (server === undefined) return;
  const pool = await poolOf(server.endpoint);
  await pool.add('eve', { 'custom:plan': 'none' });
  const login = pool.logIn('USER_PASSWORD_AUTH', { USERNAME: 'eve', PASSWORD: Password });
  await expect(login).rejects.toThrow(/UserLambdaValidationException.*no_plan/s);
});
