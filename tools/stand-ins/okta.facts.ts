/**
 * What an org of Okta does that a client must know, one case each. The stand-in is tested by them, and whoever has an org
 * for tests can run them there. Sources: Okta's documentation, and recorded traffic of orgs in 2022 to 2026.
 */
import { expect } from 'vitest';

/** Sends a request to `/api/v1`. */
export type Call = (
  line: string,
  body?: unknown,
) => Promise<{
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly list: readonly unknown[];
}>;

export interface Fact {
  readonly fact: string;
  readonly holds: (call: Call) => Promise<void>;
}

const config = {
  uri: 'https://hook.acme.example/hook',
  method: 'POST',
  headers: [{ key: 'x-theirs', value: 'shown' }],
  authScheme: { type: 'HEADER', key: 'Authorization', value: 'not-shown' },
};
const channel = { type: 'HTTP', version: '1.0.0', config };
const hook = { name: 'facts', type: 'com.okta.oauth2.tokens.transform', version: '1.0.0', channel };
const replacement = { name: 'facts', version: '1.0.1', channel };

async function madeHook(call: Call, more: object = {}): Promise<string> {
  const { status, body } = await call('POST /inlineHooks', { ...hook, ...more });
  expect(status).toBe(200);
  return String(body['id']);
}

const claims = '/authorizationServers/default/claims';
const claim = {
  name: 'facts',
  claimType: 'RESOURCE',
  valueType: 'EXPRESSION',
  value: '"x"',
  conditions: { scopes: [] },
};

const conditions = {
  people: { users: {}, groups: { include: ['EVERYONE'] } },
  grantTypes: { include: ['password', 'client_credentials'] },
  scopes: { include: ['*'] },
};
const token = {
  accessTokenLifetimeMinutes: 60,
  refreshTokenLifetimeMinutes: 0,
  refreshTokenWindowMinutes: 10_080,
};

/** A rule of a new policy, and its path. */
async function madeRule(call: Call, inlineHook?: string): Promise<string> {
  const policies = '/authorizationServers/default/policies';
  const policy = await call(`POST ${policies}`, {
    type: 'OAUTH_AUTHORIZATION_POLICY',
    name: `facts ${Math.random()}`,
    description: 'facts',
    priority: 1,
    conditions: { clients: { include: ['ALL_CLIENTS'] } },
  });
  expect(policy.status).toBe(201);
  const at = `${policies}/${policy.body['id']}/rules`;
  const hooked = inlineHook === undefined ? token : { ...token, inlineHook: { id: inlineHook } };
  const { status, body } = await call(`POST ${at}`, rule({ token: hooked }));
  expect(status).toBe(201);
  return `${at}/${body['id']}`;
}

const rule = (actions: object) => ({
  type: 'RESOURCE_ACCESS',
  name: 'facts',
  priority: 1,
  conditions,
  actions,
});

const hooks: readonly Fact[] = [
  {
    fact: 'a new hook is active, whatever status is asked for',
    holds: async (call) => {
      const { body } = await call('POST /inlineHooks', { ...hook, status: 'INACTIVE' });
      expect(body).toMatchObject({ status: 'ACTIVE', name: 'facts' });
    },
  },
  {
    fact: 'the status changes by the lifecycle alone, and a replacement keeps it',
    holds: async (call) => {
      const id = await madeHook(call);
      expect((await call(`POST /inlineHooks/${id}/lifecycle/deactivate`)).body).toMatchObject({
        status: 'INACTIVE',
      });
      const { body } = await call(`PUT /inlineHooks/${id}`, { ...replacement, status: 'ACTIVE' });
      expect(body).toMatchObject({ status: 'INACTIVE', version: '1.0.1' });
      expect((await call(`POST /inlineHooks/${id}/lifecycle/activate`)).body).toMatchObject({
        status: 'ACTIVE',
      });
    },
  },
  {
    fact: 'secrets never come back, other headers do',
    holds: async (call) => {
      const id = await madeHook(call);
      const { body } = await call(`GET /inlineHooks/${id}`);
      expect(JSON.stringify(body)).not.toContain('not-shown');
      expect(body).toMatchObject({
        channel: {
          config: { headers: config.headers, authScheme: { type: 'HEADER', key: 'Authorization' } },
        },
      });
    },
  },
  {
    fact: 'the client secret of a hook with OAuth never comes back, and its authScheme is null',
    holds: async (call) => {
      const { authScheme: _, ...rest } = config;
      const oauth = {
        authType: 'client_secret_post',
        clientId: 'c',
        clientSecret: 'not-shown',
        tokenUrl: 'https://t.acme.example/token',
        scope: 's',
      };
      const id = await madeHook(call, {
        channel: { ...channel, type: 'OAUTH', config: { ...rest, ...oauth } },
      });
      const { body } = await call(`GET /inlineHooks/${id}`);
      expect(JSON.stringify(body)).not.toContain('not-shown');
      expect(body).toMatchObject({ channel: { config: { authScheme: null, clientId: 'c' } } });
    },
  },
  {
    fact: 'a replacement without headers has none',
    holds: async (call) => {
      const id = await madeHook(call);
      const { headers: _, ...rest } = config;
      const { body } = await call(`PUT /inlineHooks/${id}`, {
        ...replacement,
        channel: { ...channel, config: rest },
      });
      expect(body).toMatchObject({ channel: { config: { headers: [] } } });
    },
  },
  {
    fact: 'the links of a hook are what its status allows',
    holds: async (call) => {
      const id = await madeHook(call);
      const linksOf = async () =>
        Object.keys(Object((await call(`GET /inlineHooks/${id}`)).body['_links'])).sort();
      expect(await linksOf()).toEqual(['deactivate', 'execute', 'self']);
      await call(`POST /inlineHooks/${id}/lifecycle/deactivate`);
      expect(await linksOf()).toEqual(['activate', 'delete', 'self']);
    },
  },
  {
    fact: 'an active hook is not deleted; an inactive one is, although a rule names it',
    holds: async (call) => {
      const id = await madeHook(call);
      const at = await madeRule(call, id);
      expect((await call(`DELETE /inlineHooks/${id}`)).status).toBe(400);
      await call(`POST /inlineHooks/${id}/lifecycle/deactivate`);
      expect((await call(`DELETE /inlineHooks/${id}`)).status).toBe(204);
      expect((await call(`GET /inlineHooks/${id}`)).status).toBe(404);
      expect((await call(`GET ${at}`)).body).toMatchObject({ actions: { token: { inlineHook: { id } } } });
    },
  },
  {
    fact: 'a list is narrowed by the parameter type',
    holds: async (call) => {
      await madeHook(call);
      await madeHook(call, { type: 'com.okta.import.transform', name: 'other' });
      const { list } = await call('GET /inlineHooks?type=com.okta.import.transform');
      expect(list.map((one) => Object(one).type)).toEqual(['com.okta.import.transform']);
    },
  },
  {
    fact: 'a trial of a hook that cannot be reached is refused with 400',
    holds: async (call) => {
      const id = await madeHook(call, {
        channel: { ...channel, config: { ...config, uri: 'https://127.0.0.1:9/hook' } },
      });
      expect((await call(`POST /inlineHooks/${id}/execute`, {})).status).toBe(400);
    },
  },
  {
    fact: 'a hook key shows its public key when it is made and changed, not when it is read',
    holds: async (call) => {
      const { body } = await call('POST /hook-keys', { name: 'facts' });
      expect(body['_embedded']).toMatchObject({ kty: 'RSA', e: 'AQAB' });
      const read = await call(`GET /hook-keys/${body['id']}`);
      expect(read.body['_embedded']).toBeUndefined();
      expect(read.body).toMatchObject({ name: 'facts', isUsed: false });
    },
  },
];

const claimFacts: readonly Fact[] = [
  {
    fact: 'a server has 19 claims of its own, all but one for ID tokens',
    holds: async (call) => {
      const { list } = await call(`GET ${claims}`);
      const own = list.map((one) => Object(one)).filter(({ system }) => system === true);
      expect(own).toHaveLength(19);
      expect(own.filter(({ claimType }) => claimType === 'RESOURCE').map(({ name }) => name)).toEqual([
        'sub',
      ]);
    },
  },
  {
    fact: 'a claim has no times, and an expression is not checked',
    holds: async (call) => {
      const { status, body } = await call(`POST ${claims}`, { ...claim, value: 'nonsense(' });
      expect(status).toBe(201);
      expect(body['created']).toBeUndefined();
      expect(body['lastUpdated']).toBeUndefined();
      expect(body).toMatchObject({ value: 'nonsense(', status: 'ACTIVE', system: false });
    },
  },
  {
    fact: 'one name may be used once in each kind of token',
    holds: async (call) => {
      expect((await call(`POST ${claims}`, claim)).status).toBe(201);
      expect((await call(`POST ${claims}`, claim)).status).toBe(400);
      expect((await call(`POST ${claims}`, { ...claim, claimType: 'IDENTITY' })).status).toBe(201);
    },
  },
  {
    fact: 'a claim is replaced as a whole',
    holds: async (call) => {
      const { body } = await call(`POST ${claims}`, { ...claim, conditions: { scopes: ['profile'] } });
      const { conditions: _, ...rest } = claim;
      const replaced = await call(`PUT ${claims}/${body['id']}`, {
        ...rest,
        value: '"y"',
        status: 'INACTIVE',
      });
      expect(replaced.body).toMatchObject({ value: '"y"', status: 'INACTIVE', conditions: { scopes: [] } });
    },
  },
  {
    fact: 'a claim of the server itself can be changed and not deleted',
    holds: async (call) => {
      const { list } = await call(`GET ${claims}`);
      const {
        id,
        _links: _,
        apiResourceId: _a,
        ...sub
      } = Object(list.find((one) => Object(one).name === 'sub'));
      expect((await call(`PUT ${claims}/${id}`, sub)).status).toBe(200);
      expect((await call(`DELETE ${claims}/${id}`)).status).toBe(403);
    },
  },
];

const ruleFacts: readonly Fact[] = [
  {
    fact: 'a rule that is written without its hook no longer calls it',
    holds: async (call) => {
      const at = await madeRule(call, await madeHook(call));
      const { body } = await call(`PUT ${at}`, rule({ token }));
      expect(JSON.stringify(body)).not.toContain('inlineHook');
    },
  },
  {
    fact: 'lists that a rule does not say come back empty, and grant types sorted',
    holds: async (call) => {
      const { body } = await call(`GET ${await madeRule(call)}`);
      expect(body).toMatchObject({
        conditions: {
          people: { users: { exclude: [] } },
          grantTypes: { include: ['client_credentials', 'password'] },
        },
      });
    },
  },
  {
    fact: 'the lifetime of a rule is at least five minutes',
    holds: async (call) => {
      const at = await madeRule(call);
      const short = rule({ token: { ...token, accessTokenLifetimeMinutes: 1 } });
      expect((await call(`PUT ${at}`, short)).status).toBe(400);
    },
  },
  {
    fact: 'a rule changes its status by the lifecycle',
    holds: async (call) => {
      const at = await madeRule(call);
      expect((await call(`POST ${at}/lifecycle/deactivate`)).status).toBe(204);
      expect((await call(`GET ${at}`)).body).toMatchObject({ status: 'INACTIVE' });
    },
  },
];

const others: readonly Fact[] = [
  {
    fact: 'the default server is found by its name, and shows itself by it',
    holds: async (call) => {
      const { body } = await call('GET /authorizationServers/default');
      expect(body).toMatchObject({ name: 'default', default: true, audiences: ['api://default'] });
      expect(String(body['issuer'])).toMatch(/\/oauth2\/default$/);
      expect((await call(`GET /authorizationServers/${body['id']}`)).body).toEqual(body);
    },
  },
  {
    fact: 'a new server rotates its keys by itself until it is told otherwise, and has one audience',
    holds: async (call) => {
      const server = {
        name: 'facts',
        audiences: ['api://facts'],
        credentials: { signing: { rotationMode: 'MANUAL' } },
      };
      const { status, body } = await call('POST /authorizationServers', server);
      expect(status).toBe(201);
      expect(body).toMatchObject({ description: null, credentials: { signing: { rotationMode: 'AUTO' } } });
      const told = await call(`PUT /authorizationServers/${body['id']}`, server);
      expect(told.body).toMatchObject({ credentials: { signing: { rotationMode: 'MANUAL' } } });
      const two = { ...server, audiences: ['a', 'b'] };
      expect((await call(`PUT /authorizationServers/${body['id']}`, two)).status).toBe(400);
    },
  },
  {
    fact: 'an active server is not deleted',
    holds: async (call) => {
      const { body } = await call('POST /authorizationServers', { name: 'gone', audiences: ['api://gone'] });
      const at = `/authorizationServers/${body['id']}`;
      expect((await call(`DELETE ${at}`)).status).toBe(400);
      expect((await call(`POST ${at}/lifecycle/deactivate`)).status).toBe(204);
      expect((await call(`DELETE ${at}`)).status).toBe(204);
    },
  },
  {
    fact: 'a new scope is not published, and needs no consent',
    holds: async (call) => {
      const { status, body } = await call('POST /authorizationServers/default/scopes', {
        name: 'facts.read',
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        metadataPublish: 'NO_CLIENTS',
        consent: 'IMPLICIT',
        default: false,
        system: false,
      });
    },
  },
  {
    fact: 'a change of the user schema keeps other attributes, and null removes one',
    holds: async (call) => {
      const set = (properties: object) =>
        call('POST /meta/schemas/user/default', {
          definitions: { custom: { id: '#custom', type: 'object', properties } },
        });
      await set({ one: { title: 'One', type: 'string' } });
      await set({ two: { title: 'Two', type: 'array', items: { type: 'integer' } } });
      await set({ one: null });
      const { body } = await call('GET /meta/schemas/user/default');
      expect(Object.keys(Object(body['definitions']).custom.properties)).toEqual(['two']);
      expect(Object(body['definitions']).base.properties.login.type).toBe('string');
    },
  },
  {
    fact: 'an error has a code, a summary, an id and causes',
    holds: async (call) => {
      const { status, body } = await call('GET /inlineHooks/calnone');
      expect(status).toBe(404);
      expect(Object.keys(body).sort()).toEqual([
        'errorCauses',
        'errorCode',
        'errorId',
        'errorLink',
        'errorSummary',
      ]);
      expect(body['errorCode']).toBe('E0000007');
    },
  },
];

export const facts: readonly Fact[] = [...hooks, ...claimFacts, ...ruleFacts, ...others];
