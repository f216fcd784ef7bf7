/**
 * What a tenant of Auth0 does that a client must know, one case each. The stand-in is tested by them, and whoever has a
 * tenant for tests can run them there. Sources: Auth0's documentation, and recorded traffic of tenants in 2023 to 2026.
 */
import { expect } from 'vitest';

/** Sends a request to `/api/v2`. */
export type Call = (
  line: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;

export interface Fact {
  readonly fact: string;
  readonly holds: (call: Call) => Promise<void>;
}

const login = { supported_triggers: [{ id: 'post-login', version: 'v3' }] };
const code = 'exports.onExecutePostLogin = async () => {};';

async function made(call: Call, name: string, more: object = {}): Promise<string> {
  const { status, body } = await call('POST /actions/actions', { name, code, ...login, ...more });
  expect(status).toBe(201);
  return String(body['id']);
}

/** The states of a build as one read after the other finds them, until it ends. */
async function statesOf(call: Call, id: string): Promise<readonly unknown[]> {
  const states: unknown[] = [];
  for (let read = 0; read < 20; read++) {
    const { status } = (await call(`GET /actions/actions/${id}`)).body;
    states.push(status);
    if (status === 'built' || status === 'failed') break;
  }
  return states;
}

async function deployed(call: Call, name: string, more: object = {}): Promise<string> {
  const id = await made(call, name, more);
  expect((await statesOf(call, id)).at(-1)).toBe('built');
  expect((await call(`POST /actions/actions/${id}/deploy`)).status).toBe(200);
  await call(`GET /actions/actions/${id}`);
  return id;
}

const bind = (call: Call, ...ids: readonly string[]) =>
  call('PATCH /actions/triggers/post-login/bindings', {
    bindings: ids.map((value) => ({ ref: { type: 'action_id', value }, display_name: `shown ${value}` })),
  });

export const facts: readonly Fact[] = [
  {
    fact: 'a draft is pending first, and built without any check of its code',
    holds: async (call) => {
      const { body } = await call('POST /actions/actions', {
        name: 'broken',
        code: 'this is " no code',
        ...login,
      });
      expect(body).toMatchObject({
        status: 'pending',
        all_changes_deployed: false,
        runtime: 'node22',
        secrets: [],
      });
      expect(await statesOf(call, String(body['id']))).toEqual(['built']);
      expect((await call(`POST /actions/actions/${String(body['id'])}/deploy`)).status).toBe(200);
    },
  },
  {
    fact: 'dependencies take a build longer, and one that cannot be installed ends it after some attempts',
    holds: async (call) => {
      const good = await made(call, 'good', { dependencies: [{ name: 'lodash', version: '4.17.21' }] });
      expect(await statesOf(call, good)).toEqual(['building', 'built']);
      const bad = await made(call, 'bad', { dependencies: [{ name: 'crypto', version: '99.0.0' }] });
      const states = await statesOf(call, bad);
      expect(states).toContain('retrying');
      expect(states.at(-1)).toBe('failed');
      expect((await call(`POST /actions/actions/${bad}/deploy`)).status).toBe(400);
    },
  },
  {
    fact: 'only a built draft can be deployed',
    holds: async (call) => {
      const id = await made(call, 'early');
      expect(await call(`POST /actions/actions/${id}/deploy`)).toMatchObject({
        status: 400,
        body: { message: "A draft must be in the 'built' state." },
      });
    },
  },
  {
    fact: 'a deployment says deployed: false, and is there at the next read',
    holds: async (call) => {
      const id = await made(call, 'slow');
      await statesOf(call, id);
      const answer = await call(`POST /actions/actions/${id}/deploy`);
      expect(answer).toMatchObject({ status: 200, body: { deployed: false, number: 1, status: 'built' } });
      expect((await call(`GET /actions/actions/${id}`)).body).toMatchObject({
        all_changes_deployed: true,
        deployed_version: { deployed: true, number: 1 },
        current_version: { status: 'BUILT', number: 1 },
      });
    },
  },
  {
    fact: 'a change sets the draft and not what runs',
    holds: async (call) => {
      const id = await deployed(call, 'changed');
      await call(`PATCH /actions/actions/${id}`, { code: '// new' });
      expect((await call(`GET /actions/actions/${id}`)).body).toMatchObject({
        code: '// new',
        all_changes_deployed: false,
        deployed_version: { code, number: 1 },
      });
    },
  },
  {
    fact: 'secrets never come back, and a list of them replaces the one before',
    holds: async (call) => {
      const secrets = [
        { name: 'A', value: 'planted-a' },
        { name: 'B', value: 'planted-b' },
      ];
      const id = await made(call, 'secret', { secrets });
      const first = await call(`GET /actions/actions/${id}`);
      expect(JSON.stringify(first)).not.toContain('planted');
      expect(first.body['secrets']).toEqual([
        { name: 'A', updated_at: expect.any(String) },
        { name: 'B', updated_at: expect.any(String) },
      ]);
      await call(`PATCH /actions/actions/${id}`, { code: '// other' });
      expect((await call(`GET /actions/actions/${id}`)).body['secrets']).toEqual(first.body['secrets']);
      await call(`PATCH /actions/actions/${id}`, {
        secrets: [
          { name: 'C', value: 'c' },
          { name: 'B', value: 'b' },
        ],
      });
      const { body } = await call(`GET /actions/actions/${id}`);
      expect(body['secrets']).toMatchObject([{ name: 'B' }, { name: 'C' }]);
    },
  },
  {
    fact: 'a version keeps its secrets, and redeploying it leaves the draft unless one says otherwise',
    holds: async (call) => {
      const id = await deployed(call, 'versions', { secrets: [{ name: 'A', value: 'a' }] });
      const first = (await call(`GET /actions/actions/${id}/versions`)).body['versions'];
      const [{ id: version }] = Array.isArray(first) ? first : [{}];
      await call(`PATCH /actions/actions/${id}`, { code: '// two', secrets: [] });
      await statesOf(call, id);
      await call(`POST /actions/actions/${id}/deploy`);
      const again = await call(`POST /actions/actions/${id}/versions/${version}/deploy`);
      expect(again.body).toMatchObject({ number: 3, code, secrets: [{ name: 'A' }], deployed: false });
      expect((await call(`GET /actions/actions/${id}`)).body).toMatchObject({
        code: '// two',
        all_changes_deployed: false,
        deployed_version: { code, number: 3 },
      });
      await call(`POST /actions/actions/${id}/versions/${version}/deploy`, { update_draft: true });
      expect((await call(`GET /actions/actions/${id}`)).body).toMatchObject({
        code,
        all_changes_deployed: true,
        deployed_version: { number: 4 },
      });
    },
  },
  {
    fact: 'fifty versions are kept, the oldest goes first',
    holds: async (call) => {
      const id = await deployed(call, 'many');
      for (let more = 0; more < 51; more++) await call(`POST /actions/actions/${id}/deploy`);
      const { body } = await call(`GET /actions/actions/${id}/versions?per_page=100`);
      expect(body).toMatchObject({ total: 50 });
      const numbers = Array.isArray(body['versions']) ? body['versions'].map(({ number }) => number) : [];
      expect([numbers[0], numbers.at(-1)]).toEqual([52, 3]);
    },
  },
  {
    fact: 'a list of bindings replaces the one before, in its order, and every binding gets a new id',
    holds: async (call) => {
      const [a, b] = [await deployed(call, 'a'), await deployed(call, 'b')];
      const first = await bind(call, a, b);
      expect(first).toMatchObject({
        status: 200,
        body: { bindings: [{ action: { id: a } }, { action: { id: b } }] },
      });
      const second = await bind(call, b);
      expect(second.body).toMatchObject({ bindings: [{ action: { id: b }, display_name: `shown ${b}` }] });
      const idsOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) =>
        (Array.isArray(body['bindings']) ? body['bindings'] : []).map(({ id }) => String(id));
      expect(idsOf(first)).not.toContain(idsOf(second)[0]);
    },
  },
  {
    fact: 'an Action must be deployed before it is bound, and right after a deployment it is not yet',
    holds: async (call) => {
      const id = await made(call, 'unbound');
      await statesOf(call, id);
      expect((await bind(call, id)).status).toBe(400);
      await call(`POST /actions/actions/${id}/deploy`);
      expect((await bind(call, id)).status).toBe(400);
      expect((await bind(call, id)).status).toBe(200);
    },
  },
  {
    fact: 'what is bound cannot be deleted, except by force, which unbinds it',
    holds: async (call) => {
      const id = await deployed(call, 'bound');
      await bind(call, id);
      expect((await call(`DELETE /actions/actions/${id}`)).status).toBe(409);
      expect((await call(`DELETE /actions/actions/${id}?force=true`)).status).toBe(204);
      expect((await call('GET /actions/triggers/post-login/bindings')).body).toEqual({
        bindings: [],
        per_page: 50,
      });
      expect(await call(`GET /actions/actions/${id}`)).toMatchObject({
        status: 404,
        body: { statusCode: 404, error: 'Not Found', message: 'That action does not exist.' },
      });
    },
  },
  {
    fact: 'a page has 50 items, 100 at most, and leaves out numbers that are zero',
    holds: async (call) => {
      for (let count = 0; count < 60; count++) await made(call, `paged ${count}`);
      const { body } = await call('GET /actions/actions?actionName=paged');
      expect(body).toMatchObject({ total: 60, per_page: 50 });
      expect(Object.keys(body)).not.toContain('page');
      expect(body['actions']).toHaveLength(50);
      const second = await call('GET /actions/actions?actionName=paged&page=1');
      expect(second.body).toMatchObject({ page: 1 });
      expect(second.body['actions']).toHaveLength(10);
      expect((await call('GET /actions/actions?per_page=101')).status).toBe(400);
      expect((await call('GET /actions/actions?actionName=nothing')).body).toEqual({
        actions: [],
        per_page: 50,
      });
    },
  },
  {
    fact: 'the filter by name also finds names that contain it, and no two Actions have one name',
    holds: async (call) => {
      await made(call, 'payments');
      await made(call, 'payments-old');
      const { body } = await call('GET /actions/actions?actionName=payments');
      expect(body['actions']).toHaveLength(2);
      expect((await call('POST /actions/actions', { name: 'payments', code, ...login })).status).toBe(409);
    },
  },
  {
    fact: 'fields that are not known, and triggers that do not exist, are refused',
    holds: async (call) => {
      const id = await made(call, 'strict');
      expect(await call(`PATCH /actions/actions/${id}`, { cod: '' })).toMatchObject({
        status: 400,
        body: { errorCode: 'invalid_body' },
      });
      const wrong = { name: 'wrong', code, supported_triggers: [{ id: 'post-login', version: 'v9' }] };
      expect((await call('POST /actions/actions', wrong)).status).toBe(400);
    },
  },
  {
    fact: 'an old version of a trigger has an old runtime',
    holds: async (call) => {
      const id = await made(call, 'old', { supported_triggers: [{ id: 'post-login', version: 'v2' }] });
      expect((await call(`GET /actions/actions/${id}`)).body).toMatchObject({ runtime: 'node16' });
    },
  },
  {
    fact: 'a trigger that is bound by other objects has an empty list of bindings',
    holds: async (call) => {
      expect(await call('GET /actions/triggers/custom-token-exchange/bindings')).toMatchObject({
        status: 200,
        body: { bindings: [] },
      });
    },
  },
  {
    fact: 'a token exchange profile that is gone can be deleted again',
    holds: async (call) => {
      const exchange = { supported_triggers: [{ id: 'custom-token-exchange', version: 'v1' }] };
      const action_id = await deployed(call, 'exchange', exchange);
      const profile = {
        name: 'acme',
        subject_token_type: 'urn:acme:token',
        action_id,
        type: 'custom_authentication',
      };
      const { status, body } = await call('POST /token-exchange-profiles', profile);
      expect(status).toBe(201);
      const path = `/token-exchange-profiles/${String(body['id'])}`;
      for (const _ of [1, 2]) expect((await call(`DELETE ${path}`)).status).toBe(204);
      expect((await call(`GET ${path}`)).body['message']).toBe('Token exchange profile not found.');
    },
  },
  {
    fact: 'the Action of an event stream is deleted with it',
    holds: async (call) => {
      const action_id = await deployed(call, 'stream', {
        supported_triggers: [{ id: 'event-stream', version: 'v1' }],
      });
      const destination = { type: 'action', configuration: { action_id } };
      const { body } = await call('POST /event-streams', { name: 's', subscriptions: [], destination });
      expect((await call(`DELETE /event-streams/${String(body['id'])}`)).status).toBe(204);
      expect((await call(`GET /actions/actions/${action_id}`)).status).toBe(404);
    },
  },
  {
    fact: 'a module is published in versions, and cannot be deleted while an Action uses it',
    holds: async (call) => {
      const { body: module } = await call('POST /actions/modules', {
        name: 'm',
        code: 'module.exports = {};',
      });
      const path = `/actions/modules/${String(module['id'])}`;
      expect(module).toMatchObject({ all_changes_published: false, actions_using_module_total: 0 });
      const version = await call(`POST ${path}/versions`);
      expect(version).toMatchObject({ status: 200, body: { version_number: 1 } });
      const modules = [{ module_id: module['id'], module_version_id: version.body['id'] }];
      await made(call, 'user of m', { modules });
      expect((await call(`GET ${path}`)).body).toMatchObject({
        all_changes_published: true,
        actions_using_module_total: 1,
        latest_version: { version_number: 1 },
      });
      expect((await call(`DELETE ${path}`)).status).toBe(412);
    },
  },
  {
    fact: "an API's tokens never live longer in browsers than elsewhere",
    holds: async (call) => {
      const { body } = await call('POST /resource-servers', { identifier: 'https://facts.acme.example' });
      const path = `/resource-servers/${String(body['id'])}`;
      expect(body).toMatchObject({ token_lifetime: 86_400, token_lifetime_for_web: 7_200 });
      expect((await call(`PATCH ${path}`, { token_lifetime: 600 })).status).toBe(400);
      const both = { token_lifetime: 600, token_lifetime_for_web: 600 };
      expect(await call(`PATCH ${path}`, both)).toMatchObject({ status: 200, body: both });
      const query = 'identifiers=https%3A%2F%2Ffacts.acme.example&include_totals=true';
      const list = await call(`GET /resource-servers?${query}`);
      expect(list.body).toMatchObject({ total: 1, resource_servers: [{ id: body['id'] }] });
    },
  },
];
