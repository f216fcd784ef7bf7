import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalIssuer, startLocalIssuer } from '../../../examples/payments/service/local-issuer.ts';
import { at, awsAt, foreignArchive } from '../../../tools/publishing/cognito.ts';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { startMinistack } from '../../../tools/servers/ministack.ts';
import { audience, contractData, ofPerson } from './setup.ts';

/*
 * The authorizers as functions behind an API Gateway that others wrote: its events, its reading of the answers, and Node as
 * Lambda runs it.
 */

const server = await serverForTests(startMinistack);
const folder = fileURLToPath(new URL('..', import.meta.url));

let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer();
});
afterAll(() => issuer.close());

/** The code of an authorizer, with all that it needs. */
async function authorizerCode(name: 'lambdaAuthorizer' | 'lambdaPolicyAuthorizer'): Promise<string> {
  const contents = `
    import { createGuard, readContract } from '@claimsmith/guard';
    import { ${name} } from '@claimsmith/guard/lambda';
    const guard = createGuard({
      contract: readContract(${JSON.stringify(contractData)}),
      audience: ${JSON.stringify(audience)},
      issuers: { auth0: { issuer: ${JSON.stringify(issuer.address('auth0'))} } },
    });
    export const handler = ${name}(guard, { scopes: ['payments.approve'] });`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@claimsmith/source'],
  });
  return outputFiles[0]?.text ?? '';
}

type Kind = 'HTTP, payload 2.0' | 'HTTP, payload 1.0' | 'REST, by the token' | 'REST, by the request';

const backendCode = `export const handler = async ({ requestContext: { authorizer } }) => {
  const { token } = authorizer.lambda ?? authorizer;
  return { statusCode: 200, body: JSON.parse(token).authority.tenant_id };
};`;
let made = 0;

/** An API with one route, whose function says what the authorizer has told it. */
async function apiWith(endpoint: string, kind: Kind, code: string): Promise<string> {
  made += 1;
  const functionOf = async (name: string, text: string) => {
    const uploaded = await awsAt(endpoint).functions('POST', '', {
      FunctionName: `${name}-${made}`,
      Role: 'arn:aws:iam::000000000000:role/shop',
      Code: { ZipFile: foreignArchive(text) },
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 10,
    });
    return at(uploaded, 'FunctionArn');
  };
  const send = async (method: string, path: string, body?: object) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${endpoint}${path}`, init);
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const functions = {
    backend: await functionOf('backend', backendCode),
    authorizer: await functionOf('authorizer', code),
  };
  return kind.startsWith('HTTP') ? httpApi(send, kind, functions) : restApi(send, kind, functions);
}

type Send = (method: string, path: string, body?: object) => Promise<unknown>;
type Functions = Readonly<Record<'backend' | 'authorizer', string>>;

const invoked = (functionArn: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

async function httpApi(send: Send, kind: Kind, { backend, authorizer }: Functions): Promise<string> {
  const api = at(await send('POST', '/v2/apis', { name: 'payments', protocolType: 'HTTP' }), 'apiId');
  const integration = await send('POST', `/v2/apis/${api}/integrations`, {
    integrationType: 'AWS_PROXY',
    integrationUri: backend,
    payloadFormatVersion: '2.0',
  });
  const created = await send('POST', `/v2/apis/${api}/authorizers`, {
    name: 'guard',
    authorizerType: 'REQUEST',
    authorizerUri: invoked(authorizer),
    authorizerPayloadFormatVersion: kind.slice(-3),
    enableSimpleResponses: kind.endsWith('2.0'),
    identitySource: ['$request.header.Authorization'],
    authorizerResultTtlInSeconds: 0,
  });
  await send('POST', `/v2/apis/${api}/routes`, {
    routeKey: 'GET /payments',
    target: `integrations/${at(integration, 'integrationId')}`,
    authorizationType: 'CUSTOM',
    authorizerId: at(created, 'authorizerId'),
  });
  await send('POST', `/v2/apis/${api}/stages`, { stageName: 'prod', autoDeploy: true });
  return `/_aws/execute-api/${api}/prod/payments`;
}

async function restApi(send: Send, kind: Kind, { backend, authorizer }: Functions): Promise<string> {
  const created = await send('POST', '/restapis', { name: 'payments' });
  const path = `/restapis/${at(created, 'id')}`;
  const resource = await send('POST', `${path}/resources/${at(created, 'rootResourceId')}`, {
    pathPart: 'payments',
  });
  const guard = await send('POST', `${path}/authorizers`, {
    name: 'guard',
    type: kind === 'REST, by the token' ? 'TOKEN' : 'REQUEST',
    authorizerUri: invoked(authorizer),
    identitySource: 'method.request.header.Authorization',
    authorizerResultTtlInSeconds: 0,
  });
  const method = `${path}/resources/${at(resource, 'id')}/methods/GET`;
  await send('PUT', method, { authorizationType: 'CUSTOM', authorizerId: at(guard, 'id') });
  await send('PUT', `${method}/integration`, {
    type: 'AWS_PROXY',
    httpMethod: 'POST',
    uri: invoked(backend),
  });
  await send('POST', `${path}/deployments`, { stageName: 'prod' });
  return `/_aws/execute-api/${at(created, 'id')}/prod/payments`;
}

describe.runIf(server)('behind API Gateway', () => {
  test.each([
    // Of an HTTP API the function cannot choose the status: refusals are 403, and what it throws is 500.
    ['HTTP, payload 2.0', 'lambdaAuthorizer', 403],
    ['HTTP, payload 1.0', 'lambdaPolicyAuthorizer', 500],
    ['REST, by the token', 'lambdaPolicyAuthorizer', 401],
    ['REST, by the request', 'lambdaPolicyAuthorizer', 401],
  ] as const)('%s: %s', async (kind, name, refused) => {
    const endpoint = server?.endpoint ?? '';
    const address = `${endpoint}${await apiWith(endpoint, kind, await authorizerCode(name))}`;
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(address, { headers });
      return response.status === 200 ? await response.text() : response.status;
    };
    const right = await issuer.sign('auth0', ofPerson('auth0'));
    const poor = await issuer.sign('auth0', { ...ofPerson('auth0'), scopes: [] });
    expect(await ask({ authorization: `Bearer ${right}` })).toBe('org_acme');
    expect(await ask({ AUTHORIZATION: `bearer ${right}` })).toBe('org_acme');
    expect(await ask({ authorization: `Bearer ${poor}` })).toBe(403);
    expect(await ask({ authorization: 'Bearer x' })).toBe(refused);
    expect(await ask({})).toBe(401);
  });
});

test.skipIf(server === undefined)('ministack is there', () => {});
