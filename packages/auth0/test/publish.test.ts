import { TargetError } from '@claimsmith/core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addAction,
  allNeeded,
  bindOther,
  changeByHand,
  othersAt,
  placeAt,
  settings,
  specs,
  startTenant,
  variables,
} from '../../../tools/publishing/auth0.ts';
import { type Publisher, publisherOf } from '../../../tools/publishing/publisher.ts';
import type { Auth0StandIn, Options } from '../../../tools/stand-ins/auth0.ts';

/** A policy without sources, so without secrets. */
const plain = `
version: 1
name: payments
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive }
issuers: { auth0: { triggers: [post-login] } }
`;
const changed = plain.replace('user.attributes.tier, kind', 'user.attributes.tier + "!", kind');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Bench {
  readonly standIn: Auth0StandIn;
  readonly publisher: Publisher;
  /** What a new process works with: another spec, another entry of the environment. */
  at(spec: string, entry?: object): { open: Parameters<typeof publisherOf>[0]['open'] };
  /** Methods and paths of the requests since the last call, without those for tokens. */
  requests(): readonly string[];
}

async function bench(spec: string, options: Options = {}, others = 2): Promise<Bench> {
  const standIn = await startTenant(others, options);
  const at: Bench['at'] = (other, entry) => ({ open: (access) => placeAt(standIn, other, access, entry) });
  const publisher = publisherOf({ ...at(spec), variables, settings });
  closing.push(
    () => standIn.close(),
    () => publisher.close(),
  );
  let seen = 0;
  return {
    standIn,
    publisher,
    at,
    requests: () => {
      const since = standIn.requests.slice(seen);
      seen = standIn.requests.length;
      return since
        .filter(({ path }) => path !== '/oauth/token')
        .map(
          ({ method, path }) =>
            `${method} ${path.replace('/api/v2', '').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id')}`,
        );
    },
  };
}

const writes = (requests: readonly string[]) => requests.filter((line) => !line.startsWith('GET'));

function bindingsOf({ tenant }: Auth0StandIn): readonly string[] {
  return (tenant.bindings.get('post-login') ?? []).map(({ display_name }) => display_name);
}

function actionOf({ tenant }: Auth0StandIn, name = 'payments-post-login') {
  const action = [...tenant.actions.values()].find((each) => each.name === name);
  if (action === undefined) throw new Error(`no Action ${name}`);
  return { action, running: action.versions.find(({ id }) => id === action.deployed) };
}

async function failureOf(run: Promise<{ stopped: { code: string; message: string } | undefined }>) {
  try {
    return (await run).stopped;
  } catch (error) {
    if (error instanceof TargetError) return { code: error.code, message: error.message };
    throw error;
  }
}

describe('requests', () => {
  it('are few to plan: Actions, two lists of bindings, the API, and one for a token', async () => {
    const { standIn, publisher, requests } = await bench(specs[1]);
    await publisher.plan();
    expect(requests()).toEqual([
      'GET /actions/actions',
      'GET /actions/triggers/post-login/bindings',
      'GET /actions/triggers/credentials-exchange/bindings',
      'GET /resource-servers',
    ]);
    expect(standIn.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual([
      '/oauth/token',
    ]);
  });

  it('deploy before they bind, and wait for builds and deployments', async () => {
    const { standIn, publisher, requests } = await bench(plain, { slowReads: 3 });
    requests();
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(writes(requests())).toEqual([
      'POST /actions/actions',
      'POST /actions/actions/:id/deploy',
      'PATCH /actions/triggers/post-login/bindings',
    ]);
    expect(actionOf(standIn).running?.number).toBe(1);
  });

  it('unbind before they delete', async () => {
    const { publisher, requests, standIn } = await bench(plain);
    await publisher.apply();
    requests();
    expect((await publisher.destroy()).stopped).toBeUndefined();
    expect(writes(requests())).toEqual([
      'PATCH /actions/triggers/post-login/bindings',
      'DELETE /actions/actions/:id',
    ]);
    expect(bindingsOf(standIn)).toEqual(['their 0 (shown)', 'their 1 (shown)']);
  });

  it('shorten the lifetime first and lengthen it last, and never let browsers have longer tokens', async () => {
    const { standIn, publisher, requests, at } = await bench(specs[1]);
    const api = () => [...standIn.tenant.apis.values()][0];
    requests();
    await publisher.apply();
    expect(writes(requests())[0]).toMatch(/^PATCH \/resource-servers/);
    expect(api()).toMatchObject({ token_lifetime: 600, token_lifetime_for_web: 600 });
    await publisher.apply(at(specs[2]));
    expect(writes(requests()).at(-1)).toMatch(/^PATCH \/resource-servers/);
    expect(api()).toMatchObject({ token_lifetime: 1800, token_lifetime_for_web: 600 });
    await publisher.destroy(at(specs[2]));
    expect(api()).toMatchObject({ token_lifetime: 1800, token_lifetime_for_web: 600 });
  });
});

describe('a policy with a challenge', () => {
  const asking = `${plain}challenge:
  - { when: '!("mfa" in session.amr)', with: mfa, reason: step_up_required }
`;
  const own = ['payments-post-login-challenge', 'payments-post-login'];
  const theirs = ['their 0 (shown)', 'their 1 (shown)'];

  it('asks before it decides, also where it is added later, and is gone without a trace', async () => {
    const { standIn, publisher, at } = await bench(plain);
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(bindingsOf(standIn)).toEqual([...theirs, 'payments-post-login']);
    expect((await publisher.apply(at(asking))).stopped).toBeUndefined();
    expect(bindingsOf(standIn)).toEqual([...theirs, ...own]);
    expect((await publisher.plan(at(asking))).steps).toEqual([]);
    expect((await publisher.apply(at(plain))).stopped).toBeUndefined();
    expect(bindingsOf(standIn)).toEqual([...theirs, 'payments-post-login']);
    expect([...standIn.tenant.actions.values()].some(({ name }) => name.endsWith('challenge'))).toBe(false);
  });

  it('is put in order again where somebody has moved its Action behind the other', async () => {
    const { standIn, publisher } = await bench(asking);
    await publisher.apply();
    expect(bindingsOf(standIn)).toEqual([...theirs, ...own]);
    const list = standIn.tenant.bindings.get('post-login') ?? [];
    standIn.tenant.bindings.set('post-login', list.toReversed());
    const plan = await publisher.plan();
    expect(plan.steps.map(({ change }) => change.key)).toEqual(['binding post-login-challenge']);
    await publisher.apply();
    expect(bindingsOf(standIn)).toEqual([...own, ...theirs.toReversed()]);
  });
});

describe('bindings of others', () => {
  it('are kept in their order, over all pages, with ours where somebody has moved it', async () => {
    const { standIn, publisher, at } = await bench(plain, {}, 250);
    const before = othersAt(standIn);
    await publisher.apply();
    expect(bindingsOf(standIn).at(-1)).toBe('payments-post-login');
    const list = standIn.tenant.bindings.get('post-login') ?? [];
    const ours = list.at(-1);
    if (ours === undefined) throw new Error('not bound');
    const moved = [...list.slice(0, 120), { ...ours, display_name: 'renamed' }, ...list.slice(120, -1)];
    standIn.tenant.bindings.set('post-login', moved);
    expect((await publisher.apply(at(changed))).stopped).toBeUndefined();
    expect(bindingsOf(standIn)[120]).toBe('payments-post-login');
    expect(othersAt(standIn)).toEqual(before);
    await publisher.destroy();
    expect(othersAt(standIn)).toEqual(before);
  });

  it('are all read where a page has fewer items than were asked for', async () => {
    const { standIn, publisher } = await bench(plain, { longestPage: 50 }, 120);
    const before = othersAt(standIn);
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(othersAt(standIn)).toEqual(before);
  });

  it('are all kept where the list grows between its pages', async () => {
    const { standIn, publisher } = await bench(plain, { longestPage: 50 }, 120);
    let pages = 0;
    standIn.fault = ({ method, path }) => {
      if (method === 'GET' && path.endsWith('post-login/bindings') && ++pages === 2)
        bindOther(standIn, 'late');
      return undefined;
    };
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(bindingsOf(standIn)).toContain('late (shown)');
  });

  it('that come while ours is written are kept, and told', async () => {
    const { standIn, publisher, at } = await bench(plain);
    let isWritten = false;
    standIn.fault = ({ method, path }) => {
      const isBindings = path.endsWith('/bindings');
      if (isWritten && method === 'GET' && isBindings) bindOther(standIn, 'late');
      isWritten = method === 'PATCH' && isBindings;
      return undefined;
    };
    expect((await publisher.apply()).stopped).toMatchObject({
      code: 'changed',
      message: expect.stringContaining('Somebody else changed the bindings of post-login at the same time.'),
    });
    standIn.fault = undefined;
    expect((await publisher.apply(at(changed))).stopped).toBeUndefined();
    expect(bindingsOf(standIn)).toEqual([
      'their 0 (shown)',
      'their 1 (shown)',
      'payments-post-login',
      'late (shown)',
    ]);
  });
});

describe('a run that is ended', () => {
  it.each([
    ['the first apply', undefined],
    ['an update', specs[1]],
  ])(
    'after any request of %s can be gone on with',
    async (_, first) => {
      for (let at = 1, isEnded = true; isEnded; at++) {
        const { standIn, publisher, at: withSpec } = await bench(specs[2]);
        const before = othersAt(standIn);
        if (first !== undefined) await publisher.apply(withSpec(first));
        let count = 0;
        const afterRequest = () => {
          if (++count === at) throw new RangeError('ended');
        };
        const result = await publisher.apply({ afterRequest }).catch((error: unknown) => error);
        isEnded = result instanceof RangeError;
        expect((await publisher.apply()).stopped).toBeUndefined();
        expect((await publisher.plan()).steps).toEqual([]);
        const { action, running } = actionOf(standIn);
        expect(running?.code).toBe(action.code);
        expect(running?.secrets.map(({ name, value }) => [name, value])).toEqual([
          ['LIMITS_TOKEN', variables.LIMITS_TOKEN],
        ]);
        expect(othersAt(standIn)).toEqual(before);
      }
    },
    240_000,
  );

  it('between draft and deployment is finished without a second draft', async () => {
    const { publisher, at, requests } = await bench(plain);
    await publisher.apply();
    let isDrafted = false;
    const afterRequest = (kind: 'read' | 'write') => {
      if (isDrafted) throw new RangeError('ended');
      isDrafted = kind === 'write';
    };
    await expect(publisher.apply({ ...at(changed), afterRequest })).rejects.toThrow('ended');
    requests();
    expect((await publisher.apply(at(changed))).stopped).toBeUndefined();
    expect(writes(requests())).toEqual(['POST /actions/actions/:id/deploy']);
  });
});

describe('secrets', () => {
  it('are sent when their values change, and only then', async () => {
    const { standIn, publisher, requests } = await bench(specs[1]);
    await publisher.apply();
    requests();
    const rotated = { variables: { ...variables, PLANS_TOKEN: 'planted-other-token' } };
    const { steps } = await publisher.plan(rotated);
    expect(steps.map(({ change }) => change.key)).toEqual([
      'Action payments-post-login',
      'Action payments-credentials-exchange',
    ]);
    expect((await publisher.apply(rotated)).stopped).toBeUndefined();
    expect((await publisher.plan(rotated)).steps).toEqual([]);
    expect(actionOf(standIn).running?.secrets[0]?.value).toBe('planted-other-token');
    expect(actionOf(standIn).running?.number).toBe(2);
  });

  it('that somebody sets in the dashboard are set again', async () => {
    const { standIn, publisher } = await bench(specs[1]);
    await publisher.apply();
    const { action } = actionOf(standIn);
    const at = standIn.tenant.now();
    action.secrets = action.secrets.map((secret) => ({ ...secret, value: 'theirs', updated_at: at }));
    const { steps } = await publisher.plan();
    expect(steps.map(({ change }) => change.key)).toEqual(['Action payments-post-login']);
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(actionOf(standIn).running?.secrets[0]?.value).toBe(variables.PLANS_TOKEN);
    expect((await publisher.plan()).steps).toEqual([]);
  });

  it('that neither the spec nor the journal knows are a conflict', async () => {
    const { standIn, publisher } = await bench(specs[1]);
    await publisher.apply();
    const { action } = actionOf(standIn);
    const secret = { name: 'STRANGE', value: 'x', updated_at: standIn.tenant.now() };
    action.secrets = [...action.secrets, secret];
    const { notices } = await publisher.plan();
    expect(notices).toContainEqual(
      expect.objectContaining({ severity: 'conflict', message: expect.stringContaining('STRANGE') }),
    );
    expect((await failureOf(publisher.apply()))?.code).toBe('conflict');
  });

  it('that the environment does not have are a conflict for a plan, and none for destroy', async () => {
    const { publisher } = await bench(specs[1]);
    await publisher.apply();
    const without = { variables: { AUTH0_SECRET: variables.AUTH0_SECRET } };
    const { notices } = await publisher.plan(without);
    expect(notices.map(({ severity }) => severity)).toContain('conflict');
    expect((await publisher.destroy(without)).stopped).toBeUndefined();
  });
});

describe('a rollback', () => {
  it('deploys the version of the release again, without a new build', async () => {
    const { standIn, publisher, at, requests } = await bench(plain);
    await publisher.apply();
    await publisher.apply(at(changed));
    requests();
    expect((await publisher.rollback()).stopped).toBeUndefined();
    expect(writes(requests())).toEqual(['POST /actions/actions/:id/versions/:id/deploy']);
    const { action, running } = actionOf(standIn);
    expect(running?.number).toBe(3);
    expect(action.code).toBe(running?.code);
    expect((await publisher.plan()).steps).toEqual([]);
  });

  it('writes the code of the journal if Auth0 has forgotten the version', async () => {
    const { standIn, publisher, at, requests } = await bench(plain);
    await publisher.apply();
    await publisher.apply(at(changed));
    const { action, running } = actionOf(standIn);
    action.versions = running === undefined ? [] : [running];
    requests();
    expect((await publisher.rollback()).stopped).toBeUndefined();
    expect(writes(requests())).toEqual(['PATCH /actions/actions/:id', 'POST /actions/actions/:id/deploy']);
    expect((await publisher.plan()).steps).toEqual([]);
  });

  it('creates again what a later release has deleted, with secrets that its policy does not read any more', async () => {
    const { standIn, publisher, at } = await bench(specs[1]);
    await publisher.apply();
    await publisher.apply(at(specs[2]));
    const later = at(specs[2]);
    expect((await publisher.rollback(later)).stopped).toBeUndefined();
    const { running } = actionOf(standIn, 'payments-credentials-exchange');
    expect(running?.secrets[0]?.value).toBe(variables.PLANS_TOKEN);
    expect((await publisher.plan()).steps).toEqual([]);
  });

  it('takes lost secrets from the version', async () => {
    const { standIn, publisher, at } = await bench(specs[1]);
    await publisher.apply();
    const only = { settings: { LIMITS_TOKEN: { env: 'LIMITS_TOKEN' } } };
    const second = { ...at(specs[2].replace('[post-login]', '[post-login, credentials-exchange]')), ...only };
    expect((await publisher.apply(second)).stopped).toBeUndefined();
    expect((await publisher.rollback(second)).stopped).toBeUndefined();
    expect(actionOf(standIn).running?.secrets).toMatchObject([
      { name: 'PLANS_TOKEN', value: variables.PLANS_TOKEN },
    ]);
  });

  it('gives an adopted Action back as it was', async () => {
    const { standIn, publisher } = await bench(plain);
    addAction(standIn, 'payments-post-login', '// somebody else');
    expect((await publisher.apply({}, { adopt: true })).stopped).toBeUndefined();
    expect((await publisher.rollback()).stopped).toBeUndefined();
    expect(actionOf(standIn).running?.code).toBe('// somebody else');
    expect(bindingsOf(standIn)).toEqual(['their 0 (shown)', 'their 1 (shown)']);
  });
});

describe('a draft that somebody has not deployed', () => {
  it('is shown, and replaced without a new version', async () => {
    const { standIn, publisher, requests } = await bench(plain);
    await publisher.apply();
    actionOf(standIn).action.code += '// unfinished\n';
    const { steps } = await publisher.plan();
    expect(steps.map(({ change }) => Object.keys(Object(change.before?.image)))).toEqual([
      expect.arrayContaining(['draft']),
    ]);
    requests();
    expect((await publisher.apply()).stopped).toBeUndefined();
    expect(writes(requests())).toEqual(['PATCH /actions/actions/:id']);
    expect(actionOf(standIn).running?.number).toBe(1);
  });

  it('is not deployed by a race', async () => {
    const { standIn, publisher, at } = await bench(plain);
    await publisher.apply();
    standIn.fault = ({ method, path }) => {
      if (method === 'GET' && /actions\/actions\/./.test(path)) {
        const { action } = actionOf(standIn);
        if (action.build[0] === 'pending') action.code = '// a race';
      }
      return undefined;
    };
    const stopped = await failureOf(publisher.apply(at(changed)));
    expect(stopped).toMatchObject({ code: 'changed' });
    expect(actionOf(standIn).running?.code).not.toBe('// a race');
  });
});

describe('errors', () => {
  it.each([
    [
      'a wrong secret',
      { variables: { ...variables, AUTH0_SECRET: 'wrong' } },
      'unauthorized',
      'the client id or its secret is wrong',
    ],
    ['a secret that cannot be read', { variables: {} }, 'settings', 'AUTH0_SECRET'],
  ])('%s', async (_, options, code, text) => {
    const { publisher } = await bench(plain);
    const stopped = await failureOf(publisher.apply(options));
    expect(stopped).toMatchObject({ code });
    expect(stopped?.message).toContain(text);
  });

  it('an application that is not authorized for the Management API', async () => {
    const { publisher } = await bench(plain, { clients: { claimsmith: { secret: variables.AUTH0_SECRET } } });
    expect(await failureOf(publisher.apply())).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('not authorized for the Management API'),
    });
  });

  it('a host without a tenant, and a host that does not exist', async () => {
    const { standIn, publisher, at } = await bench(plain);
    standIn.fault = ({ path }) => (path === '/oauth/token' ? { status: 404 } : undefined);
    expect(await failureOf(publisher.apply())).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('check the domain, and its region'),
    });
    const nowhere = at(plain, { domain: 'tenant.invalid' });
    expect(await failureOf(publisher.apply(nowhere))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('tenant.invalid'),
    });
  });

  const scoped = (without: string) => ({
    clients: {
      claimsmith: { secret: variables.AUTH0_SECRET, scopes: allNeeded.filter((scope) => scope !== without) },
    },
  });

  it.each(['create:actions', 'update:actions', 'update:resource_servers'])(
    'without %s a plan works, and an apply writes nothing',
    async (scope) => {
      const { publisher, requests } = await bench(specs[1], scoped(scope));
      expect((await publisher.plan()).notices).toContainEqual(
        expect.objectContaining({ severity: 'note', message: expect.stringContaining(scope) }),
      );
      requests();
      const stopped = await failureOf(publisher.apply());
      expect(stopped).toMatchObject({ code: 'forbidden', message: expect.stringContaining(scope) });
      expect(writes(requests())).toEqual([]);
    },
  );

  it.each(['read:actions', 'read:resource_servers'])(
    'without %s a plan fails, and names it',
    async (scope) => {
      const { publisher } = await bench(specs[1], scoped(scope));
      await expect(publisher.plan()).rejects.toThrow(`lacks the permission ${scope}`);
    },
  );

  it('without delete:actions nothing is unbound', async () => {
    const { standIn, publisher, requests } = await bench(plain);
    await publisher.apply();
    standIn.tenant.clients.set('claimsmith', {
      secret: variables.AUTH0_SECRET,
      scopes: allNeeded.filter((scope) => scope !== 'delete:actions'),
    });
    requests();
    expect(await failureOf(publisher.destroy())).toMatchObject({ code: 'forbidden' });
    expect(writes(requests())).toEqual([]);
  });

  it('a build that fails: what ran before still runs', async () => {
    const { standIn, publisher, at } = await bench(plain);
    await publisher.apply();
    const before = actionOf(standIn).running?.code;
    standIn.fault = () => {
      const { action } = actionOf(standIn);
      if (action.build[0] !== 'built') action.build = ['failed'];
      return undefined;
    };
    expect(await failureOf(publisher.apply(at(changed)))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('could not build'),
    });
    expect(actionOf(standIn).running?.code).toBe(before);
    standIn.fault = undefined;
    expect((await publisher.apply(at(changed))).stopped).toBeUndefined();
  });

  it('a build that does not end, and 50 versions', async () => {
    const { standIn, publisher, at } = await bench(plain);
    await publisher.apply();
    standIn.fault = () => {
      const { action } = actionOf(standIn);
      if (action.build[0] !== 'built') action.build = ['building'];
      return undefined;
    };
    expect(await failureOf(publisher.apply(at(changed)))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('two minutes'),
    });
    const { action, running } = actionOf(standIn);
    action.build = ['built'];
    if (running !== undefined) action.versions = Array.from({ length: 50 }, () => running);
    standIn.fault = ({ path }) => (path.endsWith('/deploy') ? { status: 400 } : undefined);
    expect(await failureOf(publisher.apply(at(changed)))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('50 versions'),
    });
  });

  it('a value that is too long for a secret', async () => {
    const { publisher } = await bench(specs[1]);
    const long = { variables: { ...variables, PLANS_TOKEN: 'x'.repeat(5_000) } };
    const { notices } = await publisher.plan(long);
    expect(notices).toContainEqual(
      expect.objectContaining({ severity: 'conflict', message: expect.stringContaining('5000 characters') }),
    );
  });

  it('a token instead of an application, which does not say what it may do', async () => {
    const { standIn, publisher } = await bench(plain);
    const entry = { clientId: undefined, clientSecret: undefined, token: { env: 'TOKEN' } };
    const withToken = (scopes: readonly string[]) => {
      standIn.tenant.tokens.set('opaque', scopes);
      return {
        open: (access: Parameters<typeof placeAt>[2]) => placeAt(standIn, plain, access, entry),
        variables: { TOKEN: 'opaque' },
      };
    };
    const few = withToken(allNeeded.filter((scope) => scope !== 'create:actions'));
    expect((await publisher.plan(few)).notices).toEqual([]);
    expect(await failureOf(publisher.apply(few))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('create:actions'),
    });
    expect((await publisher.apply(withToken(allNeeded))).stopped).toBeUndefined();
    expect(standIn.requests.filter(({ path }) => path === '/oauth/token')).toEqual([]);
  });

  it('a rate limit is waited for', async () => {
    const { publisher } = await bench(plain, { requestsPerSecond: 5 });
    expect((await publisher.apply({ waits: true })).stopped).toBeUndefined();
  });

  it('an API that the tenant does not have, or that is Auth0’s', async () => {
    const { publisher, at, standIn } = await bench(specs[1]);
    const absent = await publisher.plan(at(specs[1], { api: 'https://other.acme.example' }));
    expect(absent.notices).toContainEqual(expect.objectContaining({ severity: 'conflict' }));
    for (const [id, api] of standIn.tenant.apis) standIn.tenant.apis.set(id, { ...api, is_system: true });
    const system = await publisher.plan();
    expect(system.notices).toContainEqual(expect.objectContaining({ severity: 'conflict' }));
  });

  it('answers that make no sense', async () => {
    for (let at = 0, isReached = true; isReached; at++) {
      const { standIn, publisher } = await bench(plain);
      const before = othersAt(standIn);
      let count = 0;
      standIn.fault = () => (count++ === at ? { status: 200 } : undefined);
      await failureOf(publisher.apply());
      isReached = count > at;
      standIn.fault = undefined;
      expect((await publisher.apply()).stopped).toBeUndefined();
      expect((await publisher.plan()).steps).toEqual([]);
      expect(othersAt(standIn)).toEqual(before);
    }
  });
});

describe('tokens between all requests', () => {
  const guarded = (tier: string, scope: string, triggers: string) => `
version: 1
name: payments
user: { attributes: { tier: string } }
claims:
  tier: { value: '${tier}', kind: authoritative }
scopes:
  ${scope}: { grant: 'user.attributes.tier == "gold"' }
deny:
  - { reason: no_bots, when: client.id == "bot" }
issuers: { auth0: { triggers: [${triggers}] } }
`;
  const first = guarded('user.attributes.tier', 'pay', 'post-login');
  const second = guarded('user.attributes.tier + "!"', 'refund', 'post-login');
  const clients = {
    claimsmith: { secret: variables.AUTH0_SECRET, scopes: allNeeded },
    web: { secret: 'w' },
    bot: { secret: 'b' },
  };
  const users = { ada: { password: 'p', app_metadata: { tier: 'gold' } } };

  /** What ada gets at two clients: the answer without what differs from token to token. */
  async function tokens({ url }: Auth0StandIn): Promise<string> {
    const login = { grant_type: 'password', username: 'ada', password: 'p', scope: 'pay refund' };
    const answers = [];
    for (const [client_id, { secret }] of Object.entries(clients).slice(1)) {
      const fields = { ...login, client_id, client_secret: secret, audience: 'https://api.acme.example' };
      const response = await fetch(`${url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams(fields),
      });
      const body = JSON.parse(await response.text());
      const [, payload = ''] = String(body.access_token ?? '').split('.');
      const { iat: _, exp: __, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}');
      answers.push([response.status, body.error_description, body.scope, claims]);
    }
    return JSON.stringify(answers);
  }

  it.each([
    ['the first apply', undefined, first, 'apply'],
    ['an update', first, second, 'apply'],
    ['a rollback', first, second, 'rollback'],
    ['destroy', undefined, first, 'destroy'],
  ] as const)('%s: each is as before, or as after', async (name, earlier, later, command) => {
    const { standIn, publisher, at } = await bench(later, { clients, users });
    if (earlier !== undefined) expect((await publisher.apply(at(earlier))).stopped).toBeUndefined();
    if (command !== 'apply') expect((await publisher.apply()).stopped).toBeUndefined();
    const before = await tokens(standIn);
    const seen: string[] = [];
    const afterRequest = async () => {
      seen.push(await tokens(standIn));
    };
    expect((await publisher[command]({ afterRequest })).stopped).toBeUndefined();
    const after = await tokens(standIn);
    expect(after, name).not.toBe(before);
    const switched = seen.indexOf(after);
    expect(switched).toBeGreaterThan(0);
    expect(seen.every((token, index) => token === (index < switched ? before : after))).toBe(true);
  });
});

describe('a copy of our Action under another name', () => {
  it('is named and left alone', async () => {
    const { standIn, publisher } = await bench(plain);
    await publisher.apply();
    addAction(standIn, 'copy', actionOf(standIn).action.code);
    const { steps, notices } = await publisher.plan();
    expect(steps).toEqual([]);
    expect(notices).toContainEqual(
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('copy') }),
    );
    changeByHand(standIn, 'copy', (code) => `${code}//`);
    await publisher.destroy();
    expect([...standIn.tenant.actions.values()].map(({ name }) => name)).toContain('copy');
  });
});

describe('verify', () => {
  const deny = `${plain.replace('[post-login]', '[post-login, credentials-exchange]')}
deny:
  - { reason: no_bots, when: client.id == "bot" }
`;
  const clients = {
    claimsmith: { secret: variables.AUTH0_SECRET, scopes: allNeeded },
    web: { secret: 'planted-web-secret' },
    bot: { secret: 'planted-bot-secret' },
  };
  const users = { 'ada@acme.example': { password: 'planted-password', app_metadata: { tier: 'gold' } } };
  const entry = {
    verify: {
      clients: { web: { secret: { env: 'WEB' } }, bot: { secret: { env: 'BOT' } } },
      users: { 'ada@acme.example': { password: { env: 'ADA' } } },
    },
  };
  const logins = { WEB: 'planted-web-secret', BOT: 'planted-bot-secret', ADA: 'planted-password' };
  const question = { context: {}, client: 'web', user: undefined, scopes: [], audience: undefined };

  async function asked(more: object, secrets: Readonly<Record<string, string>> = logins) {
    const { publisher, at } = await bench(deny, { clients, users });
    await publisher.apply();
    const place = await publisher.place({ ...at(deny, entry), variables: { ...variables, ...secrets } });
    return place.ask?.({ ...question, ...more });
  }

  it('asks for the token of a login', async () => {
    const [answer] = (await asked({ user: 'ada@acme.example', scopes: ['openid'] })) ?? [];
    expect(answer?.issuance.access).toMatchObject({ tier: 'gold' });
    expect(answer?.issuance).toMatchObject({
      denied: undefined,
      scopes: ['openid'],
      audiences: ['https://api.acme.example'],
    });
    expect(answer?.how).toContain('ada@acme.example');
  });

  it('asks for the token of a machine, and knows a denial', async () => {
    const [machine] = (await asked({})) ?? [];
    expect(machine?.issuance.denied).toBeUndefined();
    const [bot] = (await asked({ client: 'bot' })) ?? [];
    expect(bot?.issuance.denied).toEqual({ error: 'invalid_request', description: 'no_bots' });
  });

  it('asks nothing that the environment does not know', async () => {
    expect(await asked({ client: 'unknown' })).toEqual([]);
    expect(await asked({ user: 'nobody' })).toEqual([]);
  });

  it.each([
    [{ WEB: 'wrong' }, {}, 'The tenant refuses the secret of web.'],
    [{ ADA: 'wrong' }, { user: 'ada@acme.example' }, 'The tenant refuses the login of ada@acme.example.'],
    [{}, { audience: 'https://unknown.acme.example' }, 'Is the application authorized for the API?'],
  ])('says what is wrong: %o', async (secrets, more, text) => {
    await expect(asked(more, { ...logins, ...secrets })).rejects.toThrow(text);
  });
});
