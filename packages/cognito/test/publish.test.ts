import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { mappingOf, TargetError } from '@claimsmith/core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Aws,
  at,
  awsAt,
  createFunction,
  createPool,
  named,
  othersOf,
  type Pool,
  placeAt,
  specs,
  startProxy,
} from '../../../tools/publishing/cognito.ts';
import { type Publisher, publisherOf } from '../../../tools/publishing/publisher.ts';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { startMinistack } from '../../../tools/servers/ministack.ts';
import { startMoto } from '../../../tools/servers/moto.ts';
import type { StandIn, StandInRequest } from '../../../tools/stand-ins/server.ts';

const ministack = await serverForTests(startMinistack);
const moto = await serverForTests(startMoto);

const plain = (plan: string, more = '', settings = 'clients: all, runtime: nodejs22.x') => `
version: 1
name: shop
user: { attributes: { plan: string } }
claims:
  plan: { value: ${plan}, kind: descriptive }
${more}issuers: { cognito: { ${settings} } }
`;
const first = plain('user.attributes.plan');
const second = plain('user.attributes.plan + "!"');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Bench {
  readonly aws: Aws;
  readonly pool: Pool;
  readonly proxy: StandIn;
  readonly functionName: string;
  readonly publisher: Publisher;
  /** What a new process works with: another spec, or another entry of the environment. */
  at(spec: string, more?: object): { open: Parameters<typeof publisherOf>[0]['open'] };
  /** What answers become from now on. */
  alterWith(change: (text: string) => string): void;
  /** What was written since the last call: the method and the last word of the path, or the action of Cognito. */
  writes(): readonly string[];
}

let count = 0;

async function bench(
  spec: string,
  endpoint = ministack?.endpoint,
  options: object = {},
  place: object = {},
): Promise<Bench> {
  if (endpoint === undefined) throw new Error('no emulator');
  const aws = awsAt(endpoint);
  const pool = await createPool(aws);
  let alter = (text: string) => text;
  const proxy = await startProxy(endpoint, (text) => alter(text));
  const functionName = `bench-${++count}-${process.pid}`;
  const entry = { userPoolId: pool.id, endpoint: proxy.url, functionName };
  const opened: Bench['at'] = (text, more) => ({
    open: (access) => placeAt(text, entry, access, { ...place, ...more }),
  });
  const publisher = publisherOf({ ...opened(spec), waits: true, timeoutMs: 10_000, ...options });
  closing.push(
    () => proxy.close(),
    () => publisher.close(),
  );
  let seen = 0;
  const writes = () => {
    const since = proxy.requests.slice(seen).map(named);
    seen = proxy.requests.length;
    return since
      .filter(({ method, path }) => method !== 'GET' && path !== 'DescribeUserPool')
      .map(
        ({ method, path }) =>
          `${method} ${path.replace(/^.*\/functions\/?/, '').replace(/^bench[^/]*/, ':name')}`,
      );
  };
  const alterWith: Bench['alterWith'] = (change) => {
    alter = change;
  };
  return { aws, pool, proxy, functionName, publisher, at: opened, alterWith, writes };
}

async function failureOf(run: Promise<{ stopped: { code: string; message: string } | undefined }>) {
  try {
    return (await run).stopped;
  } catch (error) {
    if (error instanceof TargetError) return { code: error.code, message: error.message };
    throw error;
  }
}

/** A person who can log in. */
async function logInOf({ aws, id: UserPoolId }: Pool) {
  const client = await aws.pools('CreateUserPoolClient', {
    UserPoolId,
    ClientName: 'web',
    ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const ClientId = at(client, 'UserPoolClient', 'ClientId');
  const Password = 'Passw0rd!-long';
  const UserAttributes = [{ Name: 'custom:plan', Value: 'gold' }];
  await aws.pools('AdminCreateUser', { UserPoolId, Username: 'ada', UserAttributes });
  await aws.pools('AdminSetUserPassword', { UserPoolId, Username: 'ada', Password, Permanent: true });
  const login = async () => {
    const answer = await aws.pools('AdminInitiateAuth', {
      UserPoolId,
      ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'ada', PASSWORD: Password },
    });
    const token = at(answer, 'AuthenticationResult', 'AccessToken');
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return mappingOf(payload);
  };
  return { login, ClientId, Password };
}

const steps = (plan: { steps: readonly { change: { kind: string; key: string } }[] }) =>
  plan.steps.map(({ change }) => `${change.kind} ${change.key.split(' ')[0]}`);

describe.skipIf(ministack === undefined)('publishing to a user pool', () => {
  it('changes tokens, and a rollback changes them back: the alias moves, the user pool is not written', async () => {
    const { pool, publisher, at: opened, writes } = await bench(first);
    const { login, ClientId, Password } = await logInOf(pool);
    expect(await login()).not.toHaveProperty('plan');
    expect(steps(await publisher.plan())).toEqual(['create function', 'create permission', 'create trigger']);
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(writes()).toEqual([
      'POST ',
      'POST :name/versions',
      'POST :name/aliases',
      'POST :name/policy',
      'POST UpdateUserPool',
    ]);
    expect(await login()).toMatchObject({ plan: 'gold' });

    expect((await publisher.apply(opened(second))).stopped).toBeUndefined();
    expect(writes()).toEqual([
      'PUT :name/code',
      'PUT :name/configuration',
      'POST :name/versions',
      'PUT :name/aliases/live',
    ]);
    expect(await login()).toMatchObject({ plan: 'gold!' });

    expect((await publisher.rollback(opened(second))).stopped).toBeUndefined();
    expect(writes()).toEqual(['PUT :name/aliases/live']);
    expect(await login()).toMatchObject({ plan: 'gold' });

    const verify = { clients: { [ClientId]: {} }, users: { ada: { password: { env: 'ADA' } } } };
    const variables = { ADA: Password };
    const place = await publisher.place({ ...opened(first, { verify }), variables });
    const question = { context: {}, client: ClientId, user: 'ada', scopes: ['openid'], audience: undefined };
    const [answer] = (await place.ask?.(question)) ?? [];
    expect(answer).toMatchObject({
      how: `a login of ada at ${ClientId}`,
      issuance: { access: { plan: 'gold' } },
    });
    const wrong = await publisher.place({
      ...opened(first, { verify }),
      variables: { ADA: 'planted-wrong' },
    });
    await expect(wrong.ask?.(question)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await place.ask?.({ ...question, user: 'bob' })).toEqual([]);
    expect(await place.ask?.({ ...question, scopes: ['orders.read'] })).toEqual([]);

    expect((await publisher.destroy(opened(first))).stopped).toBeUndefined();
    expect(await login()).not.toHaveProperty('plan');
  });

  it('asks for the tokens of machines', async () => {
    const spec = plain('"gold"').replace(
      'plan: { value: "gold"',
      'plan: { const: gold, subjects: [human, machine]',
    );
    const { aws, pool, publisher, at: opened } = await bench(spec);
    const UserPoolId = pool.id;
    await aws.pools('CreateResourceServer', {
      UserPoolId,
      Identifier: 'shop',
      Name: 'shop',
      Scopes: [{ ScopeName: 'read', ScopeDescription: 'read' }],
    });
    const made = await aws.pools('CreateUserPoolClient', {
      UserPoolId,
      ClientName: 'job',
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['shop/read'],
    });
    const client = at(made, 'UserPoolClient', 'ClientId');
    const secret = at(made, 'UserPoolClient', 'ClientSecret');
    await publisher.apply();
    const verify = { clients: { [client]: { secret: { env: 'JOB' } } } };
    const ask = async (JOB: string) => {
      const place = await publisher.place({ ...opened(spec, { verify }), variables: { JOB } });
      return place.ask?.({
        context: {},
        client,
        user: undefined,
        scopes: ['shop/read'],
        audience: undefined,
      });
    };
    await expect(ask(secret)).rejects.toThrow('The user pool has no domain');
    await aws.pools('CreateUserPoolDomain', { UserPoolId, Domain: `bench-${count}-${process.pid}` });
    expect(await ask(secret)).toMatchObject([
      {
        how: `client credentials of ${client}`,
        issuance: { access: { plan: 'gold' }, id: {}, scopes: ['shop/read'], lifetimeSeconds: 3600 },
      },
    ]);
    await expect(ask('planted-wrong')).rejects.toMatchObject({ code: 'refused' });
  });

  it('gives the function a setting that Secrets Manager has', async () => {
    const source = createServer((request, response) => {
      const isRight = request.headers.authorization === 'Bearer planted-rank';
      response.writeHead(isRight ? 200 : 401).end('{"rank": "first"}');
    });
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
    closing.push(() => source.close());
    const address = source.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const spec = plain(
      'ranks.rank',
      `sources:
  ranks:
    http: { url: "\${RANKS_URL}/", headers: { authorization: "Bearer \${RANKS_TOKEN}" } }
    returns: { rank: string }
`,
    );
    const settings = {
      RANKS_URL: { value: `http://127.0.0.1:${port}` },
      RANKS_TOKEN: { secretsManager: 'shop/ranks:token' },
    };
    const { aws, pool, publisher } = await bench(spec, undefined, { settings });
    await aws.secrets('CreateSecret', { Name: 'shop/ranks', SecretString: '{"token":"planted-rank"}' });
    const { login } = await logInOf(pool);
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(await login()).toMatchObject({ plan: 'first' });
    expect(JSON.stringify(publisher.reopened().history().releases)).not.toContain('planted-rank');
  });

  it('goes on after it was killed at any request', async () => {
    class Killed extends Error {}
    for (let last = 9; ; last += 7) {
      const { pool, publisher, at: opened } = await bench(first);
      await publisher.apply();
      const others = await othersOf(pool);
      let seen = 0;
      const afterRequest = () => {
        if (++seen === last) throw new Killed();
      };
      const killed = await publisher.apply({ ...opened(second), afterRequest }).catch((error) => error);
      expect((await publisher.apply(opened(second))).stopped).toBeUndefined();
      expect(steps(await publisher.plan(opened(second)))).toEqual([]);
      expect(await othersOf(pool)).toEqual(others);
      if (!(killed instanceof Killed)) break;
    }
  });

  it('stops if somebody else changes the function at the same time', async () => {
    const { aws, functionName, publisher, proxy, at: opened } = await bench(first);
    await publisher.apply();
    const before = at(await aws.functions('GET', `/${functionName}/aliases/live`), 'FunctionVersion');
    let isDone = false;
    // Between our reading and our writing.
    proxy.fault = ({ method, path }) => {
      if (method !== 'PUT' || !path.endsWith('/code') || isDone) return undefined;
      isDone = true;
      return { status: 412, headers: { 'x-amzn-errortype': 'PreconditionFailedException' }, body: {} };
    };
    const stopped = await failureOf(publisher.apply(opened(second)));
    expect(stopped).toMatchObject({
      code: 'changed',
      message: `Cannot change the code of the function ${functionName}: somebody else changed it at the same time`,
    });
    expect(at(await aws.functions('GET', `/${functionName}/aliases/live`), 'FunctionVersion')).toBe(before);
    proxy.fault = undefined;
    expect((await publisher.apply(opened(second))).stopped).toBeUndefined();
  });

  it('sends the revision that it has read', async () => {
    const { aws, functionName, publisher, proxy, at: opened } = await bench(first);
    await publisher.apply();
    const revisions = (request: StandInRequest) => mappingOf(request.body)['RevisionId'];
    const count = proxy.requests.length;
    await publisher.apply(opened(second));
    const sent = proxy.requests.slice(count).filter(({ method }) => method !== 'GET');
    const guarded = sent.filter(({ headers }) => headers['x-amz-target'] === undefined);
    expect(guarded.length).toBe(4);
    for (const request of guarded) expect(revisions(request)).toMatch(/^[0-9a-f-]{36}$/);
    // The emulator knows it, too.
    await expect(
      aws.functions('PUT', `/${functionName}/configuration`, { MemorySize: 128, RevisionId: 'old' }),
    ).rejects.toThrow('412');
  });

  it.each([
    ['lambda:CreateFunction, or iam:PassRole', 'POST', /\/functions\/?$/],
    ['lambda:PublishVersion', 'POST', /\/versions$/],
    ['lambda:CreateAlias', 'POST', /\/aliases$/],
    ['lambda:AddPermission', 'POST', /\/policy$/],
    ['cognito-idp:UpdateUserPool', 'POST', /^UpdateUserPool$/],
    ['lambda:GetFunctionConfiguration', 'GET', /\/configuration$/],
    ['cognito-idp:DescribeUserPool', 'POST', /^DescribeUserPool$/],
  ])('names the permission that is missing: %s', async (permission, method, path) => {
    const { publisher, proxy } = await bench(first);
    proxy.fault = (request) => {
      const asked = named(request);
      if (asked.method !== method || !path.test(asked.path)) return undefined;
      const body = {
        __type: 'AccessDeniedException',
        message: 'User: arn:aws:iam::1:user/planted is not authorized',
      };
      return {
        status: method === 'GET' ? 403 : 400,
        headers: { 'x-amzn-errortype': 'AccessDeniedException' },
        body,
      };
    };
    const stopped = await failureOf(publisher.apply());
    expect(stopped?.code).toBe('forbidden');
    expect(stopped?.message).toContain(`the credential lacks the permission ${permission}`);
    expect(stopped?.message).not.toContain('planted');
    proxy.fault = undefined;
    expect((await publisher.apply()).stopped).toBeUndefined();
  });

  it.each<[string, number, string, string, RegExp]>([
    ['ExpiredTokenException', 403, '', 'unauthorized', /have expired/],
    ['UnrecognizedClientException', 403, '', 'unauthorized', /refuses the credentials/],
    [
      'InvalidParameterValueException',
      400,
      'The role defined for the function cannot be assumed by Lambda.',
      'refused',
      /apply again in a minute/,
    ],
    ['CodeStorageExceededException', 400, 'planted', 'refused', /CodeStorageExceededException \(400\)$/],
  ])('says what %s means', async (type, status, message, code, words) => {
    const { publisher, proxy } = await bench(first);
    proxy.fault = ({ method }) =>
      method === 'POST' && proxy.requests.at(-1)?.path.includes('/functions') === true
        ? { status, headers: { 'x-amzn-errortype': type }, body: { message } }
        : undefined;
    const stopped = await failureOf(publisher.apply());
    expect(stopped).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(stopped?.message).not.toContain('planted');
  });

  it('keeps what others have set of the function, and removes a variable of an older release', async () => {
    const variables = { RANKS_TOKEN: 'planted-1', LIMITS_TOKEN: 'planted-2' };
    const settings = { RANKS_TOKEN: { env: 'RANKS_TOKEN' }, LIMITS_TOKEN: { env: 'LIMITS_TOKEN' } };
    const {
      aws,
      functionName,
      publisher,
      at: opened,
    } = await bench(specs[1], undefined, { variables, settings });
    await publisher.apply();
    const variablesNow = async () =>
      mappingOf(
        mappingOf(
          mappingOf(await aws.functions('GET', `/${functionName}/configuration?Qualifier=live`))[
            'Environment'
          ],
        )['Variables'],
      );
    expect(await variablesNow()).toEqual({ RANKS_TOKEN: 'planted-1' });
    await aws.functions('PUT', `/${functionName}/configuration`, {
      Environment: { Variables: { RANKS_TOKEN: 'planted-1', OTEL: 'on' } },
    });
    await publisher.apply(opened(specs[2]));
    expect(await variablesNow()).toEqual({ LIMITS_TOKEN: 'planted-2', OTEL: 'on' });

    // A value of today is not in an older version, so a rollback makes a new one.
    const today = { ...variables, RANKS_TOKEN: 'planted-3' };
    expect((await publisher.rollback({ ...opened(specs[2]), variables: today })).stopped).toBeUndefined();
    expect(await variablesNow()).toEqual({ RANKS_TOKEN: 'planted-3', OTEL: 'on' });
    const rotated = { ...variables, RANKS_TOKEN: 'planted-4' };
    const plan = await publisher.plan({ variables: rotated });
    expect(steps(plan)).toEqual(['update function']);
    expect(JSON.stringify(plan)).not.toContain('planted');
  });

  it('says that the function of the last release stays if the environment names another one', async () => {
    const { functionName, publisher, at: opened } = await bench(first);
    const notices = async (more?: object) =>
      (await publisher.plan(opened(first, more))).notices.map(
        ({ severity, message }) => `${severity} ${message}`,
      );
    expect(await notices({ functionName: `${functionName}-2` })).toEqual([]);
    await publisher.apply();
    expect(await notices()).toEqual([]);
    expect(await notices({ functionName: `${functionName}-2` })).toContainEqual(
      expect.stringMatching(
        new RegExp(`^warning The last release made the function arn:.*:${functionName}:live\\. It stays`),
      ),
    );
  });

  it('refuses more variables than a function can have, those of others included', async () => {
    const options = (token: string) => ({
      variables: { RANKS_TOKEN: token },
      settings: { RANKS_TOKEN: { env: 'RANKS_TOKEN' } },
    });
    const { aws, functionName, publisher } = await bench(specs[1], undefined, options('planted'));
    await publisher.apply();
    await aws.functions('PUT', `/${functionName}/configuration`, {
      Environment: { Variables: { RANKS_TOKEN: 'planted', OTEL: 'x'.repeat(2_000) } },
    });
    const conflicts = async (length: number) => {
      const { notices } = await publisher.plan({ variables: { RANKS_TOKEN: 'y'.repeat(length) } });
      return notices.filter(({ severity }) => severity === 'conflict').map(({ message }) => message);
    };
    const most = 4_096 - 'RANKS_TOKENOTEL'.length - 2_000;
    expect(await conflicts(most)).toEqual([]);
    expect(await conflicts(most + 1)).toEqual([expect.stringMatching(/^The settings have 4097 bytes/)]);
  });

  it('refuses a user pool with settings that it does not know, and writes nothing', async () => {
    const { publisher, alterWith, writes, at: opened } = await bench(first);
    alterWith((text) => text.replace('{"Id":', '{"NewThing":{"a":1},"Id":'));
    const { notices } = await publisher.plan();
    expect(notices).toMatchObject([
      {
        severity: 'conflict',
        message: expect.stringMatching(/would reset settings .* does not know: NewThing\.$/),
        help: expect.stringMatching(/function:bench-\d+-\d+:live with V3_0\.$/),
      },
    ]);
    expect((await publisher.apply()).stopped?.code).toBe('conflict');
    expect(writes()).toEqual([]);
    // A new function does not write the user pool.
    alterWith((text) => text);
    await publisher.apply();
    alterWith((text) => text.replace('{"Id":', '{"NewThing":{"a":1},"Id":'));
    expect((await publisher.apply(opened(second))).stopped).toBeUndefined();
  });

  it('does not take over the trigger, or the function, of somebody else', async () => {
    const { aws, pool, publisher, functionName, at: opened } = await bench(first);
    await createFunction(aws, `theirs-${functionName}`, 'export const handler = async (event) => event;');
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:theirs-${functionName}`;
    const LambdaConfig = { PreTokenGeneration: arn };
    await aws.pools('UpdateUserPool', { UserPoolId: pool.id, LambdaConfig });
    expect((await publisher.plan()).notices).toMatchObject([
      { severity: 'conflict', key: `trigger of user pool ${pool.id}` },
    ]);
    expect((await publisher.apply({}, { adopt: true })).stopped).toBeUndefined();
    const config = async () =>
      mappingOf(
        mappingOf(mappingOf(await aws.pools('DescribeUserPool', { UserPoolId: pool.id }))['UserPool']),
      )['LambdaConfig'];
    const live = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}:live`;
    // The old key must be the same as the new one.
    expect(await config()).toEqual({
      PreTokenGeneration: live,
      PreTokenGenerationConfig: { LambdaArn: live, LambdaVersion: 'V3_0' },
    });
    expect((await publisher.rollback()).stopped).toBeUndefined();
    expect(at(await config(), 'PreTokenGenerationConfig', 'LambdaArn')).toBe(arn);

    const other = await createPool(aws);
    await publisher.apply({}, { adopt: true });
    const elsewhere = publisherOf({ ...opened(first, { userPoolId: other.id }), waits: true });
    closing.push(() => elsewhere.close());
    const conflict = {
      severity: 'conflict',
      key: `function ${functionName}`,
      message: `The function ${functionName} is that of the policy shop for the user pool ${pool.id}.`,
      help: 'Give this user pool a function of its own, with `functionName` in the environment.',
    };
    expect((await elsewhere.plan()).notices).toContainEqual(conflict);
    // Two user pools with one function would overwrite each other's: that cannot be adopted.
    expect((await elsewhere.apply({}, { adopt: true })).stopped?.code).toBe('conflict');
  });

  it('says what a feature plan does not have, and when nobody gets a token', async () => {
    const identity = (version: string) =>
      plain('user.attributes.plan', '', `clients: all, version: ${version}`).replace(
        'descriptive }',
        'descriptive, tokens: [id] }',
      );
    const { publisher, alterWith, at: opened } = await bench(identity('V1_0'));
    await publisher.apply();
    const warned = await publisher.plan(opened(identity('V2_0')));
    expect(warned.notices.map(({ message }) => message)).toEqual([
      'Between V1_0 and V2_0, the function does not answer for some seconds, and nobody gets a token.',
    ]);
    expect(steps(warned)).toEqual(['update function', 'update trigger']);
    alterWith((text) => text.replace(/"UserPoolTier": ?"\w+"/, '"UserPoolTier":"LITE"'));
    const { notices } = await publisher.plan(opened(first));
    expect(notices).toContainEqual(
      expect.objectContaining({
        severity: 'conflict',
        message: 'The user pool has the feature plan Lite, which does not have V3_0 of the trigger.',
      }),
    );
  });

  it('lowers the trigger before the function', async () => {
    const { publisher, at: opened } = await bench(first);
    await publisher.apply();
    const lower = opened(plain('user.attributes.plan', '', 'clients: all, version: V2_0'));
    expect(steps(await publisher.plan(lower))).toEqual(['update trigger', 'update function']);
    expect((await publisher.apply(lower)).stopped).toBeUndefined();
  });
});

/** This emulator wants the role of a function to exist. */
async function createRole(endpoint: string): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20261201/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: new URLSearchParams({
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName: 'shop',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  });
  return /<Arn>([^<]+)<\/Arn>/.exec(await response.text())?.[1] ?? '';
}

describe.skipIf(moto === undefined)('a user pool that forgets what an update leaves out', () => {
  it('keeps all settings of others', async () => {
    const role = await createRole(moto?.endpoint ?? '');
    const { aws, pool, publisher, writes } = await bench(first, moto?.endpoint, {}, { role });
    const before = await othersOf(pool);
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(writes()).toContain('POST UpdateUserPool');
    expect(await othersOf(pool)).toEqual(before);
    expect((await publisher.destroy()).stopped).toBeUndefined();
    expect(await othersOf(pool)).toEqual(before);
    // The emulator does forget.
    await aws.pools('UpdateUserPool', { UserPoolId: pool.id, LambdaConfig: {} });
    expect(await othersOf(pool)).not.toEqual(before);
  });
});

it('docs/cognito.md grants each permission that a message may name', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const page = read('../../../docs/cognito.md');
  const policies = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => JSON.parse(text));
  const granted = policies.flatMap(({ Statement }) =>
    Statement.flatMap(({ Action }: { Action: string | readonly string[] }) => Action),
  );
  const named = [...read('../src/target.ts').matchAll(/\b(?:lambda|cognito-idp|iam):[A-Z]\w+/g)].map(String);
  expect(new Set(named).size).toBeGreaterThan(12);
  // This one is for `verify` alone.
  expect(named.filter((one) => !granted.includes(one))).toEqual(['cognito-idp:AdminInitiateAuth']);
  expect(page).toContain('`verify` needs `cognito-idp:AdminInitiateAuth`');
});
