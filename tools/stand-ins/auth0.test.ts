import { afterEach, describe, expect, it } from 'vitest';
import { type Call, facts } from './auth0.facts.ts';
import { type Auth0StandIn, type Options, startAuth0 } from './auth0.ts';

const running: Auth0StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.close();
});

async function started(options?: Options): Promise<Auth0StandIn> {
  const standIn = await startAuth0(options);
  running.push(standIn);
  return standIn;
}

function callerOf({ url }: Auth0StandIn, token?: string): Call {
  return async (line, body) => {
    const [method = '', path = ''] = line.split(' ');
    const response = await fetch(`${url}/api/v2${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
}

async function tokenOf({ url }: Auth0StandIn, fields: Readonly<Record<string, string>>) {
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) });
  const body: Readonly<Record<string, unknown>> = JSON.parse(await response.text());
  return { status: response.status, body };
}

const management = {
  grant_type: 'client_credentials',
  client_id: 'reader',
  client_secret: 'planted',
  audience: 'https://tenant.example/api/v2/',
};

describe('the stand-in for Auth0', () => {
  it.each(facts)('$fact', async ({ holds }) => {
    await holds(callerOf(await started()));
  });

  it('gives tokens to applications that it knows, and keeps each token to its permissions', async () => {
    const standIn = await started({ clients: { reader: { secret: 'planted', scopes: ['read:actions'] } } });
    expect(await tokenOf(standIn, { ...management, client_secret: 'wrong' })).toMatchObject({
      status: 401,
      body: { error: 'access_denied' },
    });
    const { body } = await tokenOf(standIn, management);
    expect(body).toMatchObject({ scope: 'read:actions', token_type: 'Bearer' });
    const call = callerOf(standIn, String(body['access_token']));
    expect((await call('GET /actions/actions')).status).toBe(200);
    expect(await call('POST /actions/actions', { name: 'x' })).toMatchObject({
      status: 403,
      body: { errorCode: 'insufficient_scope', message: expect.stringContaining('create:actions') },
    });
    expect((await callerOf(standIn, 'wrong')('GET /actions/actions')).status).toBe(401);
  });

  it('says how many requests are left, and refuses those that are too many', async () => {
    const standIn = await started({ requestsPerSecond: 3 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => fetch(`${standIn.url}/api/v2/actions/actions`)),
    );
    expect(answers.map(({ status }) => status)).toContain(429);
    const [first] = answers;
    expect(first?.headers.get('x-ratelimit-limit')).toBe('3');
    expect(Number(first?.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000 - 2);
  });

  it('lets builds and deployments take as many reads as a test wants', async () => {
    const call = callerOf(await started({ slowReads: 2 }));
    const trigger = { supported_triggers: [{ id: 'post-login', version: 'v3' }] };
    const { body } = await call('POST /actions/actions', { name: 'slow', code: '', ...trigger });
    const path = `/actions/actions/${String(body['id'])}`;
    const states = [];
    for (let read = 0; read < 3; read++) states.push((await call(`GET ${path}`)).body['status']);
    expect(states).toEqual(['building', 'building', 'built']);
    await call(`POST ${path}/deploy`);
    expect((await call(`GET ${path}`)).body).toMatchObject({ deployed_version: { deployed: false } });
  });

  it('refuses what is not there', async () => {
    const call = callerOf(await started());
    expect((await call('GET /nothing')).status).toBe(404);
    expect((await call('DELETE /actions/actions')).status).toBe(404);
  });
});
