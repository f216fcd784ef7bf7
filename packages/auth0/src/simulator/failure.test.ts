import { noTokens } from '@claimsmith/core';
import { minify } from '@claimsmith/host-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nowSeconds, policyOf, recordIn, surroundings } from '../../test/fixtures.ts';
import { auth0, type CacheEntries, runAction, type TriggerId } from '../index.ts';
import { simulatedApi } from './api.ts';

/** Authoritative claims of each origin, a source, scopes and a deny rule: everything that can fail. */
const spec = `
version: 1
name: shop
namespace: https://shop.example/
user: { attributes: { tier: string, limit: int, seats: list(string) } }
sources:
  plans:
    http: { url: "https://plans.example/users/{user.id}", headers: { authorization: "Bearer \${TOKEN}" } }
    returns: { plan: string, features: list(string) }
    timeout: 300ms
    retries: 1
    cache: 60s
claims:
  tenant: { value: org.id, kind: authoritative }
  roles: { value: user.roles, kind: authoritative, when: subject_type == "human" }
  tier: { value: user.attributes.tier, kind: authoritative, when: subject_type == "human" }
  plan: { value: plans.plan, kind: authoritative, when: subject_type == "human" }
  features: { value: plans.features, kind: descriptive, when: subject_type == "human" }
  limit:
    value: user.attributes.limit
    kind: descriptive
    onMissing: { default: 0 }
    when: subject_type == "human"
  nickname: { value: user.name, kind: descriptive, tokens: [id], when: subject_type == "human" }
scopes:
  orders.read: { grant: 'subject_type != "human" || "reader" in user.roles' }
  orders.write: { grant: 'subject_type == "human" && "writer" in claims.roles' }
  seat.{seat}: { grant: subject_type == "human" && seat in user.attributes.seats }
deny:
  - when: subject_type == "human" && "banned" in user.groups
    reason: account_banned
`;
const policies = {
  readable: policyOf(spec),
  minified: policyOf(`${spec}issuers: { auth0: { minify: true } }`),
};
const compilations = {
  readable: await auth0.compile(policies.readable),
  minified: await auth0.compile(policies.minified),
};

const plansUrl = 'https://plans.example/users/auth0%7C1';
const plans: Readonly<Record<string, () => Response | Promise<Response>>> = {
  [plansUrl]: () => Response.json({ plan: 'gold', features: ['a'] }),
};
const secrets = { TOKEN: 't' };
const around = (answers = plans) => surroundings(answers, secrets);

const login = {
  user: {
    user_id: 'auth0|1',
    name: 'Ann',
    app_metadata: { tier: 'top', limit: 5, seats: ['s1'], groups: ['staff'] },
    user_metadata: {},
  },
  authorization: { roles: ['reader', 'writer'] },
  organization: { id: 'org_1', name: 'acme', metadata: {} },
  client: { client_id: 'c1', name: 'App', metadata: {} },
  request: { ip: '192.0.2.1', query: {}, body: {} },
  resource_server: { identifier: 'https://api.example' },
  transaction: {
    protocol: 'oidc-basic-profile',
    requested_scopes: ['openid', 'orders.read', 'orders.write', 'seat.s1', 'seat.s2'],
  },
};
const exchange = {
  accessToken: { customClaims: {}, scope: ['orders.read'] },
  organization: login.organization,
  client: login.client,
  request: { ip: '192.0.2.1', body: {} },
  resource_server: login.resource_server,
  transaction: { requested_scopes: [] },
};

describe.each(['readable', 'minified'] as const)('%s:', (form) => {
  const policy = policies[form];
  const compilation = compilations[form];

  /** The readable Action, to be changed. */
  function action(trigger: TriggerId): string {
    return compilations.readable.artifacts.find(({ path }) => path === `${trigger}.js`)?.content ?? '';
  }

  /** A login's Action, called with another `api`: JavaScript that stands for members of it. */
  function withApi(code: string, members: string): string {
    const changed = code.replace('exports.onExecutePostLogin = ', 'const original = ');
    expect(changed).not.toBe(code);
    return `${changed}exports.onExecutePostLogin = async (event, api) => original(event, { ...api, ${members} });\n`;
  }

  /** Runs a changed Action in this form. */
  const run: typeof runAction = async (code, ...rest) =>
    runAction(form === 'minified' ? await minify(code, policies.readable, 'node22') : code, ...rest);

  const simulate = (event: object, surrounded = around(), trigger: TriggerId = 'post-login') =>
    auth0.simulator.simulate(compilation, { trigger, event: { ...event } }, surrounded);

  const marker = { policy: `shop@${policy.revision}` };
  const enriched = {
    ...marker,
    tenant: 'org_1',
    'https://shop.example/roles': ['reader', 'writer'],
    tier: 'top',
    plan: 'gold',
    features: ['a'],
    limit: 5,
  };

  /** Claims of an Action that a test has changed: it carries the revision of the readable one. */
  const ofReadable = { ...enriched, policy: `shop@${policies.readable.revision}` };

  describe('a built Action', () => {
    it('enriches a login', async () => {
      expect(compilation.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      const issuance = await simulate(login);
      expect(issuance).toMatchObject({
        denied: undefined,
        access: enriched,
        id: { nickname: 'Ann' },
        notes: [],
      });
      expect(issuance.scopes).toEqual(['openid', 'orders.read', 'orders.write', 'seat.s1']);
      const record = recordIn(issuance.log);
      expect(record).toMatchObject({
        claimsmith: `shop@${policy.revision}`,
        decision: 'issued',
        client: login.client.client_id,
        sources: { plans: 0 },
        issuer: 'auth0',
      });
      expect(Object.keys(record).slice(0, 3)).toEqual(['claimsmith', 'id', 'part']);
    });

    it('enriches client credentials, asking no source', async () => {
      const surrounded = around();
      const issuance = await simulate(exchange, surrounded, 'credentials-exchange');
      expect(issuance).toMatchObject({ denied: undefined, access: { ...marker, tenant: 'org_1' }, id: {} });
      expect(issuance.scopes).toEqual(['orders.read']);
      expect(surrounded.asked).toEqual([]);
    });

    it('asks once while the answer may serve, and for each user apart', async () => {
      const cache: CacheEntries = new Map();
      const surrounded = around({
        ...plans,
        'https://plans.example/users/auth0%7C2': () => Response.json({ plan: 'free', features: [] }),
      });
      const runAt = (event: typeof login, at = nowSeconds) =>
        run(action('post-login'), 'post-login', event, { ...surrounded, nowSeconds: at }, cache);
      const other = { ...login, user: { ...login.user, user_id: 'auth0|2' } };
      expect((await runAt(login)).access['plan']).toBe('gold');
      expect((await runAt(other)).access['plan']).toBe('free');
      expect((await runAt(login, nowSeconds + 59)).access['plan']).toBe('gold');
      expect(surrounded.asked).toHaveLength(2);
      await runAt(login, nowSeconds + 61);
      expect(surrounded.asked).toHaveLength(3);
    });
  });

  describe('when a source fails', () => {
    const failures: [string, () => Response | Promise<Response>, string, number][] = [
      ['hangs', () => new Promise(() => undefined), 'timeout', 2],
      ['is gone', () => Promise.reject(new TypeError('fetch failed')), 'network', 2],
      ['answers 500', () => new Response('', { status: 500 }), 'status', 2],
      ['answers 403', () => new Response('', { status: 403 }), 'status', 1],
      [
        'redirects',
        () => new Response('', { status: 302, headers: { location: 'https://x.example' } }),
        'status',
        1,
      ],
      ['answers HTML', () => new Response('<html>'), 'malformed', 1],
      ['answers a list', () => Response.json([1]), 'malformed', 1],
      ['answers too much', () => Response.json({ plan: 'x'.repeat(70_000) }), 'too_large', 1],
    ];
    it.each(failures)(
      'and %s, the login is denied and the log names the cause',
      async (_name, answer, cause, times) => {
        const surrounded = around({ [plansUrl]: answer });
        const issuance = await simulate(login, surrounded);
        expect(issuance.denied).toEqual({ error: 'access_denied', description: 'enrichment_unavailable' });
        expect(issuance).toMatchObject({ access: {}, id: {}, scopes: [] });
        expect(issuance.log.join()).toContain(`plans:${cause}`);
        expect(surrounded.asked).toHaveLength(times);
        expect(issuance.elapsedMs).toBeLessThan(8_000);
      },
    );

    it.each([
      ['another type', { plan: 7, features: ['a'] }],
      ['null', { plan: null, features: ['a'] }],
      ['nothing', {}],
    ])('and gives %s for an authoritative claim, the login is denied', async (_name, body) => {
      const issuance = await simulate(login, around({ [plansUrl]: () => Response.json(body) }));
      expect(issuance.denied?.description).toBe('enrichment_unavailable');
    });

    it('and lacks a descriptive value, the claim alone is left out', async () => {
      const issuance = await simulate(login, around({ [plansUrl]: () => Response.json({ plan: 'gold' }) }));
      const { features: _, ...rest } = enriched;
      expect(issuance.access).toEqual(rest);
      expect(issuance.log.join()).toContain('"features":"omitted: ');
    });

    it('for want of its secret, nothing is asked', async () => {
      const surrounded = surroundings(plans);
      const issuance = await simulate(login, surrounded);
      expect(issuance.denied?.description).toBe('enrichment_unavailable');
      expect(issuance.log.join()).toContain('plans:setting');
      expect(surrounded.asked).toEqual([]);
    });

    it('and every time-out is longer than the deadline, the login is denied after 8 seconds', async () => {
      const patient = action('post-login').replace('timeoutMs: 300', 'timeoutMs: 60000');
      expect(patient).not.toBe(action('post-login'));
      const issuance = await run(patient, 'post-login', login, around({}));
      expect(issuance.denied?.description).toBe('enrichment_unavailable');
      expect(issuance.log.join()).toContain('plans:timeout');
      expect(issuance.elapsedMs).toBe(8000);
    });

    it('because the cache of the trigger is broken, it is asked instead', async () => {
      const down = "() => { throw new Error('down'); }";
      const broken = withApi(action('post-login'), `cache: { get: ${down}, set: ${down} }`);
      expect((await run(broken, 'post-login', login, around())).access).toEqual(ofReadable);
    });
  });

  describe('what is kept for another', () => {
    it('is not used, even where the cache mixes up its keys', async () => {
      const cache: CacheEntries = new Map();
      const other = { ...login, user: { ...login.user, user_id: 'auth0|2' } };
      const answers = {
        'https://plans.example/users/auth0%7C2': () => Response.json({ plan: 'free', features: [] }),
      };
      await run(action('post-login'), 'post-login', other, around(answers), cache);
      const [foreign] = cache.values();
      expect(foreign?.value).toContain('free');
      const cached = `cache: { get: () => (${JSON.stringify(foreign)}), set: () => {} }`;
      const mixing = withApi(action('post-login'), cached);
      expect((await run(mixing, 'post-login', login, around())).access).toEqual(ofReadable);
    });

    it('never reaches a token, however many logins one instance serves at once', async () => {
      const handler = instanceOf(action('post-login'), async (url) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        return Response.json({ plan: decodeURIComponent(url.split('/').at(-1) ?? ''), features: [] });
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(6), { minLength: 2, maxLength: 10 }), async (users) => {
          const cache: CacheEntries = new Map();
          const tokens = await Promise.all(
            users.map(async (n) => {
              const user = {
                ...login.user,
                user_id: `u${n}`,
                app_metadata: { ...login.user.app_metadata, tier: `t${n}` },
              };
              const { api, recorded } = simulatedApi('post-login', {}, cache, () => Date.now());
              await handler({ ...login, user, secrets }, api);
              const claim = (name: string) => JSON.parse(recorded.access.get(name) ?? 'null');
              return [claim('tier'), claim('plan')];
            }),
          );
          expect(tokens).toEqual(users.map((n) => [`t${n}`, `u${n}`]));
        }),
        { numRuns: 20 },
      );
    });

    /** An Action loaded once, as an instance is that serves one login after the other. */
    function instanceOf(code: string, answer: (url: string) => Promise<Response>) {
      const module: { exports: Record<string, (event: unknown, api: unknown) => Promise<void>> } = {
        exports: {},
      };
      const load = new Function('module', 'exports', 'console', 'fetch', code);
      load(module, module.exports, { log: () => undefined }, answer);
      const handler = module.exports['onExecutePostLogin'];
      if (handler === undefined) throw new Error('no handler');
      return handler;
    }
  });

  describe('when a value is missing', () => {
    it.each([
      ['organization', { ...login, organization: undefined }],
      ['roles', { ...login, authorization: undefined }],
      ['app_metadata', { ...login, user: { ...login.user, app_metadata: 'legacy' } }],
      [
        'groups, which a deny rule reads',
        { ...login, user: { ...login.user, app_metadata: { tier: 'top' } } },
      ],
      ['user', { ...login, user: null }],
      ['transaction', { ...login, transaction: undefined }],
    ])('in %s, an authoritative claim denies the login', async (_name, event) => {
      const issuance = await simulate(event);
      expect(issuance.denied).toEqual({ error: 'access_denied', description: 'enrichment_unavailable' });
      expect(issuance).toMatchObject({ access: {}, id: {}, scopes: [] });
    });

    it('a declared default stands in', async () => {
      const user = { ...login.user, app_metadata: { ...login.user.app_metadata, limit: 'five' } };
      const issuance = await simulate({ ...login, user });
      expect(issuance.access).toEqual({ ...enriched, limit: 0 });
      expect(issuance.log.join()).toContain('"limit":"default: ');
    });

    it('machines are denied too, with a code for the client', async () => {
      const issuance = await simulate({ ...exchange, organization: null }, around(), 'credentials-exchange');
      expect(issuance.denied).toEqual({ error: 'server_error', description: 'enrichment_unavailable' });
    });
  });

  describe('a rule of the policy', () => {
    it('denies a login with its reason alone', async () => {
      const user = { ...login.user, app_metadata: { ...login.user.app_metadata, groups: ['banned'] } };
      const surrounded = around();
      const issuance = await simulate({ ...login, user }, surrounded);
      expect(issuance.denied).toEqual({ error: 'access_denied', description: 'account_banned' });
      expect(surrounded.asked).toEqual([]);
    });

    it('refuses a scope to a machine by refusing the token', async () => {
      const accessToken = { customClaims: {}, scope: ['orders.read', 'orders.write'] };
      const issuance = await simulate({ ...exchange, accessToken }, around(), 'credentials-exchange');
      expect(issuance.denied).toEqual({ error: 'invalid_scope', description: 'scope_refused' });
    });
  });

  describe('scopes that the event keeps elsewhere', () => {
    const at = (protocol: string, more: object = {}) => ({
      ...login,
      ...more,
      transaction: { protocol, requested_scopes: undefined },
    });

    it.each(['oauth2-refresh-token', 'oauth2-password', 'oauth2-token-exchange'])(
      'are read from the body of %s',
      async (protocol) => {
        const request = { ...login.request, body: { scope: 'openid orders.read seat.s2' } };
        const issuance = await simulate(at(protocol, { request }));
        expect(issuance.scopes).toEqual(['openid', 'orders.read']);
      },
    );

    it('are read from the refresh token, for the audience', async () => {
      const resource_servers = [
        { audience: 'https://other.example', scopes: 'orders.write' },
        { audience: 'https://api.example', scopes: 'openid orders.read seat.s2' },
      ];
      const issuance = await simulate(at('oauth2-refresh-token', { refresh_token: { resource_servers } }));
      expect(issuance.scopes).toEqual(['openid', 'orders.read']);
    });

    it.each(['oauth2-refresh-token', 'oauth2-password', 'oauth2-token-exchange'])(
      'deny %s where the event does not tell them',
      async (protocol) => {
        const issuance = await simulate(at(protocol));
        expect(issuance.denied?.description).toBe('enrichment_unavailable');
        expect(issuance.log.join()).toContain('scopes_unknown');
      },
    );

    it('do not exist with SAML', async () => {
      expect((await simulate(at('samlp'))).denied).toBeUndefined();
    });
  });

  describe('when our own code fails', () => {
    const sabotages: [string, string][] = [
      ['context', 'program.context = function () { throw new Error("auth0|1"); };'],
      ['needs', 'program.needs = function () { throw new Error("auth0|1"); };'],
      ['decide', 'program.decide = function () { throw new Error("auth0|1"); };'],
      ['decide, with nothing', 'program.decide = function () { return undefined; };'],
      ['decide, with rubbish', 'program.decide = function () { return { access: { a: 1 } }; };'],
    ];
    it.each(sabotages)('in %s, the login is denied with a constant text', async (_name, code) => {
      const broken = action('post-login').replace('\nreturn program;', `\n${code}\nreturn program;`);
      expect(broken).not.toBe(action('post-login'));
      const issuance = await run(broken, 'post-login', login, around());
      expect(issuance.denied).toEqual({ error: 'access_denied', description: 'enrichment_unavailable' });
      expect(issuance).toMatchObject({ access: {}, id: {}, scopes: [] });
      expect(issuance.log.join()).not.toContain('auth0|1');
      const machine = action('credentials-exchange').replace(
        '\nreturn program;',
        `\n${code}\nreturn program;`,
      );
      const denied = await run(machine, 'credentials-exchange', exchange, around());
      expect(denied.denied).toEqual({ error: 'server_error', description: 'enrichment_unavailable' });
    });

    it('because Auth0 refuses a claim, nothing is said to be issued', async () => {
      const [body, issued] = [action('post-login'), /"decision":"issued"/];
      const refusing = '() => { throw new Error("auth0|1"); }';
      const broken = withApi(body, `idToken: { setCustomClaim: ${refusing} }`);
      expect((await run(body, 'post-login', login, around())).log.join('\n')).toMatch(issued);
      const issuance = await run(broken, 'post-login', login, around());
      expect(issuance.denied).toEqual({ error: 'access_denied', description: 'enrichment_unavailable' });
      expect(issuance.log.join('\n')).toContain('"decision":"denied","reason":"enrichment_unavailable"');
      expect(issuance.log.join('\n')).not.toMatch(issued);
    });

    it('a refused scope that Auth0 does not take is refused like any other', async () => {
      const refused = [`seat.${'x'.repeat(300)}`, 'seat.a b', 'seat.\u00a0', ' ', 'seat.b\tc'];
      const transaction = { ...login.transaction, requested_scopes: ['openid', ...refused] };
      const issuance = await simulate({ ...login, transaction });
      expect(issuance.denied).toBeUndefined();
      expect(issuance.scopes).toEqual(['openid']);
    });
  });

  describe('a token that would be too large', () => {
    it('is denied by us, before Auth0 fails on it', async () => {
      const large = policyOf(`
version: 1
name: large
user: { attributes: { notes: list(string) } }
claims:
  notes: { value: user.attributes.notes, kind: descriptive }
issuers: { auth0: { triggers: [post-login] } }
`);
      const built = await auth0.compile(large);
      const run = (...notes: readonly string[]) => {
        const user = { ...login.user, app_metadata: { notes } };
        return auth0.simulator.simulate(
          built,
          { trigger: 'post-login', event: { ...login, user } },
          around(),
        );
      };
      const notes = (text: string, count: number) => Array.from({ length: count }, () => text.repeat(4_000));
      expect((await run(...notes('x', 24))).denied).toBeUndefined();
      expect((await run(...notes('x', 26))).denied?.description).toBe('token_too_large');
      expect((await run(...notes('é', 13))).denied?.description).toBe('token_too_large');
      const verdict = (count: number) => ({
        ...noTokens,
        denied: undefined,
        access: { notes: notes('x', count) },
      });
      const asked = { trigger: 'post-login', client: 'c1', scopes: [], context: {} };
      expect(auth0.simulator.departs?.(large, verdict(24), asked)).toBeUndefined();
      expect(auth0.simulator.departs?.(large, verdict(26), asked)?.instead.denied).toBe('token_too_large');
    });
  });

  describe('the log', () => {
    it('holds names and codes, never a value, in lines of which Auth0 keeps the first', async () => {
      const tier = {
        ...login.user,
        name: 7,
        app_metadata: { ...login.user.app_metadata, limit: 'x', tier: 7 },
      };
      const denied = await simulate({ ...login, user: tier, authorization: { roles: [7] } });
      const seats = { ...login.user, app_metadata: { ...login.user.app_metadata, seats: 's1' } };
      const issued = await simulate({ ...login, user: seats });
      expect(denied.log.join()).toContain('"tier":"denied: ');
      expect(issued.log.join()).toContain('"scope":"refused: ');
      for (const { log } of [denied, issued]) {
        for (const line of log) expect(line.length).toBeLessThanOrEqual(256);
        for (const value of ['auth0|1', 'Ann', 's1', 's2', 'org_1', 'gold'])
          expect(log.join().replaceAll(/"id":"[^"]*"/g, '')).not.toContain(value);
      }
    });
  });

  describe('whatever an event holds', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const parts = [
      'user',
      'authorization',
      'organization',
      'client',
      'request',
      'resource_server',
      'transaction',
    ];

    /** A copy of `event` in which something else stands at `path`. */
    function altered(event: object, path: readonly string[], value: unknown): object {
      const [first, ...rest] = path;
      if (first === undefined) return event;
      const inner: unknown = Reflect.get(event, first);
      const child = typeof inner === 'object' && inner !== null ? altered(inner, rest, value) : value;
      return { ...event, [first]: rest.length === 0 ? value : child };
    }

    const anywhere = fc.constantFrom(
      ...parts.map((part) => [part]),
      ['user', 'user_id'],
      ['user', 'name'],
      ['user', 'app_metadata'],
      ['user', 'app_metadata', 'tier'],
      ['user', 'app_metadata', 'seats'],
      ['user', 'app_metadata', 'groups'],
      ['authorization', 'roles'],
      ['organization', 'id'],
      ['transaction', 'protocol'],
      ['transaction', 'requested_scopes'],
    );

    it('ends in the declared outcome: no error, and never a wider token', async () => {
      const { scopes } = await simulate(login);
      const wrong = fc.constantFrom<unknown>(undefined, null, 7, true, {}, [], [null], [7], { length: 1 });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(anywhere, wrong), { minLength: 1, maxLength: 4 }),
          async (changes) => {
            const event = changes.reduce(
              (changed, [path, value]) => altered(changed, path, value),
              login as object,
            );
            const issuance = await simulate(event);
            expect(issuance.denied?.description ?? 'enrichment_unavailable').toBe('enrichment_unavailable');
            expect(issuance.notes.filter((note) => note.includes('throws'))).toEqual([]);
            for (const [name, value] of Object.entries(issuance.access)) {
              if (name === 'limit') expect([0, 5]).toContain(value);
              else if (name === 'https://shop.example/roles')
                expect([['reader', 'writer'], []]).toContainEqual(value);
              else expect(value).toEqual(Reflect.get(enriched, name));
            }
            for (const scope of issuance.scopes) expect(scopes).toContain(scope);
          },
        ),
        { numRuns: 150 },
      );
    });

    it('never makes an Action throw', async () => {
      const event = fc.record(Object.fromEntries(parts.map((part) => [part, json])), { requiredKeys: [] });
      await fc.assert(
        fc.asyncProperty(
          event,
          fc.constantFrom<TriggerId>('post-login', 'credentials-exchange'),
          async (junk, trigger) => {
            const issuance = await simulate(junk, around(), trigger);
            expect(issuance.notes.filter((note) => note.includes('throws'))).toEqual([]);
            if (issuance.denied) expect(issuance.denied.description).toBe('enrichment_unavailable');
          },
        ),
        { numRuns: 150 },
      );
    });
  });
});
