import type { Compilation, Surroundings } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { enrichment, mapper, scope } from '../../test/world.ts';
import { jar } from '../compile/jar.ts';
import { keycloak } from '../index.ts';
import { simulate } from './simulator.ts';

const nowSeconds = 1_795_132_800;
const event = {
  user: {
    id: 'u1',
    username: 'ada',
    emailVerified: true,
    firstName: 'Ada',
    attributes: { tags: ['a', 'b'] },
    realmRoles: ['reader'],
    clientRoles: { payments: ['approver'] },
    groups: [{ path: '/staff', attributes: {} }],
    organizations: [{ id: 'o1', alias: 'acme', name: 'Acme', attributes: { tier: ['gold'] } }],
  },
  client: { clientId: 'app', name: 'App', attributes: { color: 'red' } },
  session: { id: 's1', notes: { AUTH_TIME: '7' } },
  request: { grantType: 'password', scopes: ['openid'], ip: '192.0.2.1', params: { x: 'y' } },
};

function surroundings(fetch: Surroundings['fetch'] = () => new Promise(() => undefined)): Surroundings {
  return { fetch, answer: () => ({ fails: 'network' }), secrets: { TOKEN: 't' }, nowSeconds };
}

/** A compilation with one script, whose result is the claim `result`. */
function scripted(code: string, { scopes = [scriptScope], files = { 'policy.js': code } } = {}): Compilation {
  const descriptor = JSON.stringify({ mappers: [{ name: 'policy', fileName: 'policy.js' }] });
  const content = Buffer.from(jar({ 'META-INF/keycloak-scripts.json': descriptor, ...files })).toString(
    'base64',
  );
  return {
    findings: [],
    artifacts: [
      { path: 'client-scopes.json', content: JSON.stringify(enrichment(scopes)) },
      { path: 'policy.jar', content, encoding: 'base64' },
    ],
  };
}

const scriptScope = scope('scripted', [
  mapper('script-policy.js', {
    'claim.name': 'result',
    'jsonType.label': 'String',
    'userinfo.token.claim': 'false',
  }),
]);

const run = (code: string, around = surroundings(), more: object = {}) =>
  simulate(scripted(code), { trigger: 'user', event: { ...event, ...more } }, around);
const result = async (code: string) => (await run(code)).access['result'];

describe('a script at the simulator', () => {
  it.each([
    ["'hello ' + user.getUsername()", 'hello ada'],
    ['String(keycloakSession.getContext().getClient().getAttributes().get("color"))', 'red'],
    ['String(keycloakSession.getContext().getHttpRequest().getDecodedFormParameters().getFirst("x"))', 'y'],
    ['String(keycloakSession.getContext().getConnection().getRemoteAddr())', '192.0.2.1'],
    ['String(userSession.getNote("AUTH_TIME"))', '7'],
    ['String(user.getAttributes().get("tags").size())', '2'],
    ['String(user.getGroupsStream().iterator().next().getName())', 'staff'],
    ['String(Java.type("java.lang.System").getenv("TOKEN"))', 't'],
    ['String(Date.now())', String(nowSeconds * 1000)],
    ['null', undefined],
    ['undefined', undefined],
  ])('gives the value of its last statement: %s', async (code, value) => {
    expect(await result(code)).toBe(value);
  });

  it('has what ECMAScript 5.1 has and no more', async () => {
    const later = [
      ...[
        'Map',
        'Set',
        'Promise',
        'Symbol',
        'BigInt',
        'Proxy',
        'Reflect',
        'globalThis',
        'Uint8Array',
        'console',
      ],
      ...['Object.assign', 'Object.entries', 'Array.from', 'Number.isInteger', 'Math.trunc', 'String.raw'],
      ...['[].includes', '[].find', '[].flat', '"".repeat', '"".padEnd', '"".includes'],
    ];
    const code = `[${later.map((name) => `typeof ${name}`).join(', ')}].filter(function (t) { return t !== 'undefined'; }).join()`;
    expect(await result(`(function () { return ${code}; })() || 'none'`)).toBe('none');
    const kept =
      '[[].map, Object.keys, JSON.parse, "".trim, Date.prototype.toISOString, [].reduce, String.fromCharCode]';
    expect(await result(`String(${kept}.every(function (f) { return typeof f === 'function'; }))`)).toBe(
      'true',
    );
  });

  it('gets texts of Java as texts, and collections as what they are', async () => {
    expect(await result("String(user.getUsername() === 'ada')")).toBe('true');
    expect(await result('JSON.stringify({ name: user.username })')).toBe('{"name":"ada"}');
    expect(await result("typeof user.getAttributes().get('none') + user.getAttributes().get('none')")).toBe(
      'objectnull',
    );
    expect(await result('String(Array.isArray(user.attributes.tags))')).toBe('false');
  });

  it.each([
    'user.getUsername().length()',
    'user.getAttributes().get("tags").map(String)',
    'user.getAttributes().putAll({})',
    'new (Java.type("java.util.concurrent.ConcurrentHashMap"))()',
    'new Date()',
    'keycloakSession.getProvider(Java.type("org.keycloak.models.UserProvider").class)',
    'user.setEmail("x")',
    'try { user.nothing() } catch (e) { "caught" }',
  ])('may use nothing that has no stand-in, caught or not: %s', async (code) => {
    await expect(run(code)).rejects.toThrow('no stand-in');
  });

  it('has no effect where it throws, and leaves a line in the log', async () => {
    const issuance = await run('throw new Error("broken")');
    expect(issuance).toMatchObject({ denied: undefined, access: {} });
    const line = 'Error during execution of ProtocolMapper script';
    // For each of the two tokens.
    expect(issuance.log).toEqual([line, line]);
  });

  it('that never ends leaves no token', async () => {
    const issuance = await run('for (;;) {}');
    expect(issuance.denied?.error).toBe('server_error');
    expect(issuance.notes.join()).toContain('waits for ever');
  });

  it('writes claims that were read from JSON, the audience, scopes and the lifetime', async () => {
    const issuance = await run(`
      var read = Java.type('org.keycloak.util.JsonSerialization').readValue;
      var any = Java.type('java.lang.Object').class;
      token.setOtherClaims('https://acme.example/c', read('{"a":[1,null,"ü"]}', any));
      token.addAudience('https://api.example/');
      token.setScope(String(token.getScope()) + ' more');
      String(Number(String(token.getExp())) - Number(String(token.getIat())));`);
    expect(issuance.access).toEqual({ 'https://acme.example/c': { a: [1, null, 'ü'] }, result: '300' });
    expect(issuance.scopes).toEqual(['openid', 'more']);
    const mirrored = await run("token.setOtherClaims('c', [1]); token.otherClaims.put('n', null); null");
    expect(mirrored.access).toEqual({ c: { 0: 1 } });
  });

  it('runs for the ID token of the same request too, where its flags say so', async () => {
    const code = `
      var seen = keycloakSession.getAttribute('seen');
      keycloakSession.setAttribute('seen', 'before');
      var isAccess = token instanceof Java.type('org.keycloak.representations.AccessToken');
      (isAccess ? 'access ' : 'id ') + seen`;
    const issuance = await run(code);
    expect(issuance.access['result']).toBe('access null');
    expect(issuance.id['result']).toBe('id before');
  });

  it('makes a token that is dead on arrival: the issuance is denied, for the reason in the log', async () => {
    const dead = "token.exp(Java.type('java.lang.Long').valueOf(1));";
    expect((await run(dead)).denied).toEqual({
      error: 'access_denied',
      description: 'enrichment_unavailable',
    });
    const log = `Java.type('org.jboss.logging.Logger').getLogger('x').warn('{"claimsmith":"shop@1","id":"1","decision":"denied","reason":"banned"}');`;
    expect((await run(log + dead)).denied?.description).toBe('banned');
  });

  it('that is not in its JAR, or comes without one, is skipped', async () => {
    const without = scripted('', { files: {} as never });
    const issuance = await simulate(without, { trigger: 'user', event }, surroundings());
    expect(issuance).toMatchObject({ denied: undefined, access: {}, id: {} });
    expect(issuance.notes.join()).toContain('The mapper script-policy.js does not exist');
  });
});

describe('a request of a script', () => {
  const ask = (then: string, ms = 400) => `
    var request = new (Java.type('org.apache.http.client.methods.HttpGet'))('https://plans.example/u1');
    request.setHeader('authorization', 'Bearer t');
    var http = keycloakSession.getProvider(
      Java.type('org.keycloak.connections.httpclient.HttpClientProvider').class).getHttpClient();
    var task = new (Java.type('java.util.concurrent.FutureTask'))(function () {
      var response = http.execute(request);
      var bytes = response.getEntity().getContent().readNBytes(100);
      var decoder = Java.type('java.nio.charset.StandardCharsets').UTF_8.newDecoder();
      return response.getStatusLine().getStatusCode() + ' ' + decoder.decode(Java.type('java.nio.ByteBuffer').wrap(bytes));
    });
    var said;
    try { said = String(task.get(${ms}, Java.type('java.util.concurrent.TimeUnit').MILLISECONDS)); }
    catch (error) {
      said = error instanceof Java.type('java.util.concurrent.TimeoutException') ? 'late'
        : error instanceof Java.type('java.io.IOException') ? 'gone' : 'odd ' + error;
    }
    ${then}`;

  it('is answered, and asked once although the script runs again', async () => {
    const asked: unknown[] = [];
    const issuance = await run(
      ask('said'),
      surroundings(async (url, init) => {
        asked.push([url, Reflect.get(init, 'headers')]);
        return new Response('plan', { status: 200 });
      }),
    );
    expect(issuance.access['result']).toBe('200 plan');
    // Once for each of the two tokens, which share nothing here.
    expect(asked).toEqual([
      ['https://plans.example/u1', { authorization: 'Bearer t' }],
      ['https://plans.example/u1', { authorization: 'Bearer t' }],
    ]);
  });

  it('that hangs takes the time that the script gives it, which nobody waits for', async () => {
    const started = performance.now();
    const issuance = await run(ask('said + Date.now()', 3000));
    expect(issuance.access['result']).toBe(`late${nowSeconds * 1000 + 3000}`);
    expect(issuance.elapsedMs).toBe(6000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('that breaks is an exception of Java', async () => {
    const issuance = await run(
      ask('said'),
      surroundings(() => Promise.reject(new TypeError('fetch failed'))),
    );
    expect(issuance.access['result']).toBe('gone');
  });

  it('that is made without end leaves no token', async () => {
    const endless = `for (;;) { ${ask("''")} }`;
    const issuance = await run(
      endless,
      surroundings(async () => new Response('')),
    );
    expect(issuance.denied?.error).toBe('server_error');
  });
});

describe('the simulator', () => {
  const plain = (compilation: Partial<Compilation> = {}, more: object = {}) =>
    simulate(
      { ...scripted('"x"'), ...compilation },
      { trigger: 'user', event: { ...event, ...more } },
      surroundings(),
    );
  const asking = (...scopes: readonly string[]) => ({ request: { ...event.request, scopes } });

  it('runs nothing of a policy with errors', async () => {
    const finding = { rule: 'TE102', severity: 'error', message: 'x', range: undefined } as const;
    await expect(plain({ findings: [finding] })).rejects.toThrow('no client scopes to run');
    await expect(plain({ artifacts: [] })).rejects.toThrow('no client-scopes.json');
  });

  it('takes an issuance and nothing else', async () => {
    await expect(plain({}, { user: 'ada' })).rejects.toThrow();
  });

  it('refuses scopes that no client could have', async () => {
    expect((await plain({}, asking('openid', 'nothing'))).denied).toEqual({
      error: 'invalid_scope',
      description: 'invalid_scope',
    });
    expect((await plain({}, asking('openid', 'email', 'organization:acme'))).denied).toBeUndefined();
  });

  it('gives an ID token where openid is asked for', async () => {
    expect((await plain({}, asking('openid'))).id).toEqual({ result: 'x' });
    expect((await plain({}, asking())).id).toEqual({});
    expect((await plain({}, asking('email'))).id).toEqual({});
  });

  it('leaves out an attribute that the user profile lacks', async () => {
    const policy = policyOf(`version: 1
name: whole
user: { attributes: { tier: string } }
claims: { tier: { value: user.attributes.tier, kind: descriptive } }
issuers: { keycloak: { audience: "urn:api" } }`);
    const built = await keycloak.compile(policy);
    const user = { id: 'u1', attributes: { tier: 'gold' } };
    const context = { subject_type: 'human', user, request: { scopes: ['openid'] } };
    const artifacts = built.artifacts.map((artifact) =>
      artifact.path === 'user-profile.json'
        ? { ...artifact, content: artifact.content.replaceAll('"tier"', '"teir"') }
        : artifact,
    );
    const event = keycloak.simulator.eventFrom(context, policy);
    const { access } = await keycloak.simulator.simulate({ ...built, artifacts }, event, surroundings());
    expect(access).not.toHaveProperty('tier');
  });

  it('ends the session of a user for a rule about the user, and for no other', async () => {
    const policy = policyOf(`version: 1
name: rules
claims: { c: { value: user.id, kind: authoritative } }
deny:
  - { when: '"barred" in user.groups', reason: barred }
  - { when: request.grant_type == "password", reason: no_passwords }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`);
    const built = await keycloak.compile(policy);
    const notes = async (groups: readonly string[], grant_type: string) => {
      const context = { subject_type: 'human', user: { id: 'u1', groups }, request: { grant_type } };
      return (
        await keycloak.simulator.simulate(
          built,
          keycloak.simulator.eventFrom(context, policy),
          surroundings(),
        )
      ).notes;
    };
    expect(await notes(['barred'], 'authorization_code')).toEqual([
      'The issued token has already expired, and its session has ended.',
    ]);
    expect(await notes([], 'password')).toEqual([
      'The issued token has already expired, and its client is removed from the session.',
    ]);
    expect(await notes([], 'authorization_code')).toEqual([]);
  });

  it('says where a mapper would fail the request', async () => {
    const attribute = (name: string) =>
      mapper('oidc-usermodel-property-mapper', { 'user.attribute': 'username', 'claim.name': name });
    const broken = scripted('"x"', { scopes: [scope('broken', [attribute('a'), attribute('a.b')])] });
    expect((await plain(broken)).denied?.error).toBe('server_error');
  });
});
