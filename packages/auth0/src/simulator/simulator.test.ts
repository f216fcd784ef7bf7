import { describe, expect, it } from 'vitest';
import { nowSeconds, surroundings } from '../../test/fixtures.ts';
import { runAction, type TriggerId } from '../index.ts';

const event = {
  user: { user_id: 'auth0|1', app_metadata: {}, user_metadata: {} },
  client: { client_id: 'c1', name: 'App', metadata: {} },
  request: { ip: '192.0.2.1', query: {}, body: {} },
  resource_server: { identifier: 'https://api.example' },
  transaction: { protocol: 'oidc-basic-profile', requested_scopes: ['openid', 'read'] },
};

function run(body: string, around = surroundings()) {
  return runAction(
    `exports.onExecutePostLogin = async (event, api) => {\n${body}\n};`,
    'post-login',
    event,
    around,
  );
}

function load(code: string, trigger: TriggerId = 'post-login') {
  return runAction(code, trigger, event, surroundings());
}

describe('an Action that behaves', () => {
  it('sets claims and scopes of the tokens', async () => {
    const issuance = await run(`
      api.accessToken.setCustomClaim('https://acme.example/tier', 'gold').accessToken.setCustomClaim('n', 1);
      api.idToken.setCustomClaim('nickname', event.user.user_id);
      api.accessToken.addScope('write');
      api.accessToken.removeScope('read');
      console.log('hello %s', 'log');`);
    expect(issuance).toEqual({
      denied: undefined,
      access: { 'https://acme.example/tier': 'gold', n: 1 },
      id: { nickname: 'auth0|1' },
      userinfo: { nickname: 'auth0|1' },
      scopes: ['openid', 'write'],
      audiences: ['https://api.example'],
      lifetimeSeconds: undefined,
      notes: [],
      requests: [],
      log: ['hello log'],
      elapsedMs: 0,
    });
  });

  it('may use module.exports, built-in modules and the globals of Node', async () => {
    const issuance = await load(
      `
      const { createHash } = require('crypto');
      module.exports = { async onExecutePostLogin(event, api) {
        const hash = createHash('sha256').update(new TextEncoder().encode('a')).digest('hex').slice(0, 4);
        const body = await (await fetch('https://x.example/')).json();
        api.accessToken.setCustomClaim('hash', hash + body.ok + new URL('https://a.example/b').pathname);
      } };`.replace("fetch('https://x.example/')", 'new Response(\'{"ok":1}\')'),
    );
    expect(issuance.access).toEqual({ hash: 'ca971/b' });
  });

  it('sees the time of the simulation, and waits without waiting', async () => {
    const started = performance.now();
    const issuance = await run(`
      const first = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 3000));
      api.accessToken.setCustomClaim('times', [first, Date.now(), new Date().getTime()]);`);
    const startMs = nowSeconds * 1000;
    expect(issuance.access).toEqual({ times: [startMs, startMs + 3000, startMs + 3000] });
    expect(issuance.elapsedMs).toBe(3000);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('has intervals and immediates, and can clear them', async () => {
    const issuance = await run(`
      const seen = [];
      await new Promise((resolve) => {
        const never = setTimeout(() => seen.push('never'), 5).unref();
        setImmediate(() => seen.push('immediate'));
        const ticks = setInterval(() => {
          if (seen.push(Date.now() % 1000) === 4) { clearInterval(ticks); resolve(); }
        }, 10);
        clearTimeout(never);
        clearTimeout(undefined);
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      api.accessToken.setCustomClaim('seen', seen);`);
    expect(issuance.access).toEqual({ seen: ['immediate', 10, 20, 30] });
    expect(issuance.elapsedMs).toBe(130);
  });

  it('gets its secrets, and an event of its own to change', async () => {
    const issuance = await run(
      `event.user.user_id = event.secrets.KEY; api.accessToken.setCustomClaim('k', event.user.user_id);`,
      surroundings({}, { KEY: 'v' }),
    );
    expect(issuance.access).toEqual({ k: 'v' });
    expect(event.user.user_id).toBe('auth0|1');
  });

  it('keeps nothing from one simulation to the next', async () => {
    const code = `let n = 0; exports.onExecutePostLogin = async (event, api) => {
      globalThis.m = (globalThis.m ?? 0) + 1; api.accessToken.setCustomClaim('n', [++n, m]); };`;
    expect((await load(code)).access).toEqual({ n: [1, 1] });
    expect((await load(code)).access).toEqual({ n: [1, 1] });
  });

  it('can be denied, which does not stop it', async () => {
    const issuance = await run(
      `api.access.deny('no_entry'); console.log('after'); api.accessToken.setCustomClaim('a', 1);`,
    );
    expect(issuance.denied).toEqual({ error: 'access_denied', description: 'no_entry' });
    expect(issuance).toMatchObject({ access: {}, id: {}, scopes: [], log: ['after'] });
  });

  it('gives the api back without being waited for', async () => {
    expect((await run(`return api.access.deny('x');`)).denied?.description).toBe('x');
  });

  it('may call what is not simulated', async () => {
    const { notes, access } = await run(`
      api.user.setAppMetadata('a', 1); api.multifactor.enable('any'); api.accessToken.setCustomClaim('a', 1);`);
    expect(access).toEqual({ a: 1 });
    expect(notes).toEqual([
      'api.user.setAppMetadata is not simulated.',
      'api.multifactor.enable is not simulated.',
    ]);
  });
});

describe('an Action that fails', () => {
  it.each([
    ['throws', `throw new Error('user auth0|1 has no plan');`, 'user auth0|1 has no plan'],
    ['rejects with no error', `await Promise.reject('nope');`, 'nope'],
    ['sets scope', `api.accessToken.setCustomClaim('scope', 'admin');`, 'The "scope" claim cannot be set.'],
    ['adds no scope', `api.accessToken.addScope(' ');`, 'Invalid scope.'],
    ['adds two scopes as one', `api.accessToken.addScope('a b');`, 'Invalid scope.'],
    ['adds a scope that is not text', `api.accessToken.addScope(7);`, 'A scope is a string.'],
  ])('shows the client why when it %s', async (_name, body, description) => {
    const issuance = await run(`api.accessToken.setCustomClaim('a', 1);\n${body}`);
    expect(issuance.denied).toEqual({ error: 'access_denied', description });
    expect(issuance.access).toEqual({});
    expect(issuance.notes.join()).toContain('shows the text of the error');
  });

  it.each([
    [
      'is not an async function',
      `exports.onExecutePostLogin = (event, api) => Promise.resolve();`,
      'Invalid function',
    ],
    ['is missing', `exports.onExecute = async () => {};`, 'does not export onExecutePostLogin'],
    ['cannot be parsed', `exports.onExecutePostLogin = async () => {`, 'cannot be parsed'],
    ['closes its wrapper', `}; }); (function () { return function () {`, 'cannot be parsed'],
    ['is an ES module', `export const onExecutePostLogin = async () => {};`, 'cannot be parsed'],
    ['throws while loading', `throw new Error('early');`, 'early'],
    ['hangs while loading', `for (;;);`, 'timed out'],
    ['needs a package', `require('lodash');`, "Cannot find module 'lodash'"],
    ['reads its folder', `exports.x = __dirname;`, '__dirname is not defined'],
  ])('fails the login when its code %s', async (_name, code, description) => {
    const { denied } = await load(code);
    expect(denied?.error).toBe('access_denied');
    expect(denied?.description).toContain(description);
  });

  it.each([
    ['waits for nothing', `await new Promise(() => {});`],
    ['waits for ever', `for (;;) await new Promise((resolve) => setTimeout(resolve, 100));`],
    ['waits for an answer that does not come', `await fetch('https://slow.example/');`],
    ['is busy for ever', `for (;;);`],
  ])('fails the login after 20 seconds when it %s', async (_name, body) => {
    const issuance = await run(`api.accessToken.setCustomClaim('a', 1);\n${body}`);
    expect(issuance.denied?.error).toBe('access_denied');
    expect(issuance.denied?.description).toMatch(/20 seconds|timed out/);
    expect(issuance.access).toEqual({});
  });

  it('can abort what it waits for', async () => {
    const issuance = await run(`
      try { await fetch('https://slow.example/', { signal: AbortSignal.timeout(700) }); }
      catch (error) { api.accessToken.setCustomClaim('why', error.name); }`);
    expect(issuance.access).toEqual({ why: 'TimeoutError' });
    expect(issuance.elapsedMs).toBe(700);
  });
});

describe('what Auth0 does with claims', () => {
  it('silently drops restricted names and its own namespaces', async () => {
    const names = ['roles', 'sub', 'x5t#S256', 'sub_profile', 'https://tenant.auth0.com/a', 'urn:auth0:a'];
    const sets = names.map((name) => `api.accessToken.setCustomClaim('${name}', 1);`).join('\n');
    const issuance = await run(`${sets}\napi.accessToken.setCustomClaim('https://notauth0.com/a', 1);`);
    expect(issuance.access).toEqual({ 'https://notauth0.com/a': 1 });
    expect(issuance.notes).toHaveLength(names.length);
  });

  it('fails the login over 100 kB in one token, names and values together', async () => {
    const claim = (target: string, n: number) => `api.${target}.setCustomClaim('claim', 'x'.repeat(${n}));`;
    expect((await run(claim('accessToken', 99_993))).denied).toBeUndefined();
    expect((await run(claim('accessToken', 99_994))).denied?.error).toBe('access_denied');
    expect((await run(claim('accessToken', 60_000) + claim('idToken', 60_000))).denied).toBeUndefined();
  });

  it('leaves out what JSON cannot say', async () => {
    const { access, notes } = await run(`api.accessToken.setCustomClaim('a', undefined);`);
    expect(access).toEqual({});
    expect(notes).toHaveLength(1);
  });

  it('gives no ID token without openid', async () => {
    const { id, notes } = await run(
      `api.accessToken.removeScope('openid'); api.idToken.setCustomClaim('nickname', 'n');`,
    );
    expect(id).toEqual({});
    expect(notes.join()).toContain('openid');
  });

  it('takes no bare names for its own APIs, and no claim at all for the Management API', async () => {
    const own = (path: string) => ({
      ...event,
      resource_server: { identifier: `https://tenant.eu.auth0.com/${path}` },
    });
    const code = `exports.onExecutePostLogin = async (event, api) => {
      api.accessToken.setCustomClaim('a', 1); api.accessToken.setCustomClaim('https://acme.example/a', 1); };`;
    const { access } = await runAction(code, 'post-login', own('mfa/'), surroundings());
    expect(access).toEqual({ 'https://acme.example/a': 1 });
    const management = await runAction(code, 'post-login', own('api/v2/'), surroundings());
    expect(management.access).toEqual({});
    expect(management.notes).toHaveLength(2);
  });

  it('keeps 256 characters of a log', async () => {
    const { log, notes } = await run(`console.log('x'.repeat(257)); console.error('y'.repeat(100));`);
    expect(log).toHaveLength(2);
    expect(notes.join()).toContain('256');
  });
});

describe('the cache of a trigger', () => {
  async function cached(body: string, cache = new Map(), at = nowSeconds) {
    const code = `exports.onExecutePostLogin = async (event, api) => {
      api.accessToken.setCustomClaim('r', await (async () => {${body}})()); };`;
    const around = { ...surroundings(), nowSeconds: at };
    return (await runAction(code, 'post-login', event, around, cache)).access['r'];
  }

  it('gives a record of value and expiry, until it expires', async () => {
    const cache = new Map();
    await cached(`return api.cache.set('k', 'v', { ttl: 60000 });`, cache);
    const record = { value: 'v', expires_at: (nowSeconds + 60) * 1000 };
    expect(await cached(`return api.cache.get('k');`, cache)).toEqual(record);
    expect(await cached(`return api.cache.get('k') ?? 'gone';`, cache, nowSeconds + 60)).toBe('gone');
  });

  it.each([
    [`api.cache.set('k'.repeat(65), 'v')`, 'CacheKeySizeExceeded'],
    [`api.cache.set('k', 'v'.repeat(4097))`, 'CacheValueSizeExceeded'],
    [`api.cache.set('k', 'v', { ttl: -1 })`, 'ItemAlreadyExpired'],
    [`api.cache.set('k', 'v', { ttl: 0.5 })`, 'ItemAlreadyExpired'],
    [`api.cache.set('k', 'v', { ttl: '60000' })`, 'InvalidExpiry'],
    [`api.cache.set('k', 'v', { ttl: null })`, 'InvalidExpiry'],
    [`api.cache.set('k', 'v', { ttl: Infinity })`, 'InvalidExpiry'],
    [`api.cache.set('k', 'v', { ttl: 60000, expires_at: 'soon' })`, 'InvalidExpiry'],
    [`api.cache.set('k', 'v', { expires_at: 1e300 })`, 'InvalidExpiry'],
    [`api.cache.delete('k')`, 'CacheKeyDoesNotExist'],
    [`Array.from({ length: 21 }, (_, i) => api.cache.set('k' + i, 'v')).at(-1)`, 'CacheSizeExceeded'],
    [
      `Array.from({ length: 5 }, (_, i) => api.cache.set('k' + i, 'v'.repeat(4000))).at(-1)`,
      'CacheSizeExceeded',
    ],
    [`api.cache.delete(7)`, 'CacheKeyDoesNotExist'],
  ])('returns what went wrong: %s', async (call, code) => {
    expect(await cached(`return ${call};`)).toEqual({ type: 'error', code });
  });
});

describe('what is like in the test kit of Auth0', () => {
  it.each([
    [`api.cache.set('k', { no: 'text' })`],
    [`api.cache.set(7, 'v')`],
    [`api.cache.set('k')`],
    [`api.accessToken.addScope('x'.repeat(281))`],
    [`api.accessToken.removeScope('x'.repeat(281))`],
    [`api.accessToken.removeScope('a\u00a0b')`],
    [`api.transaction.addTargetScope('read')`],
    [`api.session.setMetadata('k', 'v')`],
    [`await api.groups.hasGroupMembership([])`],
    [`await api.roles.getUserEffectiveRoles({ take: 0 })`],
    [`api.redirect.sendUserTo('no address')`],
    [`api.redirect.validateToken({ secret: 's' })`],
    [`api.user.setSomething('x')`],
    [`api.something.set('x')`],
  ])('%s throws', async (call) => {
    expect((await run(`${call};`)).denied?.error).toBe('access_denied');
  });

  it.each([
    [`(await api.groups.hasGroupMembership(['g'])).memberships`, {}],
    [`(await api.groups.getUserGroups()).groups`, []],
    [`(await api.roles.getUserEffectiveRolesByNames(['r'])).roles`, []],
    [`api.redirect.canRedirect()`, true],
    [`api.rules.wasExecuted('r')`, false],
    [`[api.multifactor.enable('any') === api, api.user.setAppMetadata('a', 1) === api]`, [true, true]],
    [`[api.accessToken.addScope('w'), api.authentication.setPrimaryUser('u')]`, [null, null]],
    [`[api.cache.get(7), api.cache.get('k')]`, [null, null]],
    [`api.cache.set('k', 'v'.repeat(4096)).type`, 'success'],
    [`api.cache.set('k', 'v', null).type`, 'success'],
    [
      `[...'abcd'].map((k) => api.cache.set(k, 'v'.repeat(4096))).concat(api.cache.set('a', 'w'.repeat(4096))).map((r) => r.type)`,
      Array.from({ length: 5 }, () => 'success'),
    ],
  ])('%s', async (call, value) => {
    const issuance = await run(`api.accessToken.setCustomClaim('r', ${call});`);
    expect(issuance.access).toEqual({ r: value });
  });

  it('the last word on a scope or a claim counts', async () => {
    const body = (...calls: string[]) => calls.map((call) => `api.accessToken.${call};`).join('\n');
    const scopes = async (...calls: string[]) => (await run(body(...calls))).scopes;
    expect(await scopes(`removeScope('w')`, `addScope('w')`)).toContain('w');
    expect(await scopes(`addScope('w')`, `removeScope('w')`)).not.toContain('w');
    expect(await scopes(`removeScope('read')`, `addScope(' read ')`)).toContain('read');
    const { access } = await run(body(`setCustomClaim('a', 1)`, `setCustomClaim('a', undefined)`));
    expect(access).toEqual({});
  });

  it('nobody can be redirected where nobody can be asked', async () => {
    const ask = `exports.onExecutePostLogin = async (event, api) => {
      api.accessToken.setCustomClaim('r', api.redirect.canRedirect()); };`;
    const told = async (part: object) =>
      (await runAction(ask, 'post-login', { ...event, ...part }, surroundings())).access['r'];
    expect(await told({ transaction: { protocol: 'oauth2-refresh-token' } })).toBe(false);
    expect(await told({ request: { ...event.request, query: { prompt: 'none' } } })).toBe(false);
    expect(await told({ transaction: { protocol: 'oauth2-token-exchange' } })).toBe(true);
  });
});

describe('client credentials', () => {
  const exchange = {
    accessToken: { customClaims: {}, scope: ['read', 'write'] },
    client: event.client,
    request: event.request,
    resource_server: event.resource_server,
    transaction: { requested_scopes: [] },
  };
  const runExchange = (body: string) =>
    runAction(
      `exports.onExecuteCredentialsExchange = async (event, api) => {\n${body}\n};`,
      'credentials-exchange',
      exchange,
      surroundings(),
    );

  it('carries the granted scopes and the claims', async () => {
    const issuance = await runExchange(`api.accessToken.setCustomClaim('a', 1);`);
    expect(issuance).toMatchObject({ denied: undefined, access: { a: 1 }, scopes: ['read', 'write'] });
  });

  it('denies with a code and a reason', async () => {
    const issuance = await runExchange(`api.access.deny('invalid_scope', 'why');`);
    expect(issuance.denied).toEqual({ error: 'invalid_scope', description: 'why' });
  });

  it('drops a scope claim in silence', async () => {
    const issuance = await runExchange(`api.accessToken.setCustomClaim('scope', 'admin');`);
    expect(issuance).toMatchObject({ denied: undefined, access: {}, scopes: ['read', 'write'] });
  });

  it.each([
    [`api.accessToken.addScope('admin');`],
    [`api.idToken.setCustomClaim('a', 1);`],
    [`api.user.setAppMetadata('a', 1);`],
    [`api.transaction.addTargetScope('a b');`],
    [`api.transaction.setTargetScopes('read');`],
  ])('has no %s', async (body) => {
    expect((await runExchange(body)).denied?.error).toBe('access_denied');
  });
});
