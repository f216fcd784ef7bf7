import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Notice, type Place, type Policy, TargetError } from '@claimsmith/core';
import {
  accessOf,
  createSettings,
  type Journal,
  type Outcome,
  openJournals,
  planAt,
  type Run,
  runAt,
} from '@claimsmith/deploy';
import { exportJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OktaStandIn } from '../stand-ins/okta/index.ts';
import { type StandIn, type StandInAnswer, startStandIn } from '../stand-ins/server.ts';
import {
  addOthers,
  apiToken,
  firstSpec,
  hookSecret,
  othersOf,
  placeAt,
  plainEntry,
  policyOf,
  secondSpec,
  startHook,
  startOrg,
  variables,
} from './okta.ts';

const closing: (() => Promise<void> | void)[] = [];
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claimsmith-okta-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0).reverse()) await close();
});

const hookUrl = 'https://hook.acme.example/okta/token-hook';
const policy = policyOf(firstSpec);

async function open(options: Parameters<typeof startOrg>[0] = {}): Promise<OktaStandIn> {
  const okta = await startOrg(options);
  closing.push(() => okta.close());
  return okta;
}

interface Opened {
  readonly place: Place;
  readonly journal: Journal;
}

async function placeOf(
  entry: object,
  of: Policy = policy,
  more: Record<string, string> = {},
  timeoutMs = 4_000,
): Promise<Opened> {
  const journals = openJournals(folder);
  const settings = createSettings({
    references: {},
    folder,
    key: journals.key,
    variables: { ...variables, ...more },
  });
  let journal: Journal | undefined;
  const place = await placeAt(
    of,
    entry,
    accessOf({
      secret: settings.secret,
      setting: settings.setting,
      known: (_, key) => journal?.history().last.get(key),
      clock: { now: () => Date.now(), sleep: async () => undefined },
      timeoutMs,
    }),
  );
  journal = journals.of('okta', place.name);
  return { place, journal };
}

async function plan(entry: object, of: Policy = policy, more?: Record<string, string>) {
  const { place } = await placeOf(entry, of, more);
  return (await planAt({ place, want: async (reading) => reading.want(await place.compile()) })).plan;
}

/** Nobody looks at the hook server, unless `awaits` is kept. */
async function apply(
  entry: object,
  of: Policy = policy,
  more: Record<string, string> = {},
  { isAwaited = false }: { readonly isAwaited?: boolean } = {},
): Promise<Outcome> {
  const { place, journal } = await placeOf(entry, of, more);
  const { awaits: _, ...hurried } = place;
  const run: Run = {
    place: isAwaited ? place : hurried,
    journal,
    by: 'apply',
    policy: of.name,
    goal: { revision: of.revision },
    want: async (reading) => reading.want(await place.compile()),
  };
  return await runAt(run);
}

async function failureOf(action: () => Promise<unknown>): Promise<TargetError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
  throw new Error('It did not fail');
}

const conflictsOf = (notices: readonly Notice[]) => notices.filter(({ severity }) => severity === 'conflict');

function appKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), publicKey };
}

describe('credentials', () => {
  const scopes = ['okta.authorizationServers.manage', 'okta.inlineHooks.manage', 'okta.schemas.read'];

  test('a service app signs with its key, also when its token ends on the way', async () => {
    const { pem, publicKey } = appKey();
    const okta = await open({
      apiTokens: [],
      serviceApps: [{ clientId: 'app', publicKey: await exportJWK(publicKey), scopes }],
    });
    const entry = {
      orgUrl: okta.url,
      clientId: 'app',
      privateKey: { env: 'KEY' },
      hookUrl,
      hookSecret: { env: 'HOOK_SECRET' },
    };
    let count = 0;
    okta.fault = () => {
      if (++count % 40 === 0) okta.door.expire();
      return undefined;
    };
    const outcome = await apply(entry, policy, { KEY: pem });
    expect(outcome.stopped).toBeUndefined();
    expect((await plan(entry, policy, { KEY: pem })).steps).toEqual([]);
  });

  test('a scope that the app was not granted is named', async () => {
    const { pem, publicKey } = appKey();
    const app = { clientId: 'app', publicKey: await exportJWK(publicKey), scopes: scopes.slice(1) };
    const okta = await open({ apiTokens: [], serviceApps: [app] });
    const entry = {
      orgUrl: okta.url,
      clientId: 'app',
      privateKey: { env: 'KEY' },
      hookUrl,
      hookSecret: { env: 'HOOK_SECRET' },
    };
    const error = await failureOf(() => plan(entry, policy, { KEY: pem }));
    expect(error.code).toBe('forbidden');
    expect(error.message).toContain('okta.authorizationServers.manage');
  });

  test('another key is refused, and an invalid key is not sent', async () => {
    const [{ publicKey }, { pem }] = [appKey(), appKey()];
    const okta = await open({
      apiTokens: [],
      serviceApps: [{ clientId: 'app', publicKey: await exportJWK(publicKey), scopes }],
    });
    const entry = {
      orgUrl: okta.url,
      clientId: 'app',
      privateKey: { env: 'KEY' },
      hookUrl,
      hookSecret: { env: 'HOOK_SECRET' },
    };
    expect((await failureOf(() => plan(entry, policy, { KEY: pem }))).code).toBe('unauthorized');
    const count = okta.requests.length;
    const error = await failureOf(() => plan(entry, policy, { KEY: 'canary-no-key' }));
    expect(error.code).toBe('settings');
    expect(inspect(error, { depth: 9 })).not.toContain('canary-no-key');
    expect(okta.requests.length).toBe(count);
  });

  test('a token with too few rights: the permission that is missing is named', async () => {
    const reader = { token: apiToken, scopes: ['okta.inlineHooks.read', 'okta.authorizationServers.read'] };
    const okta = await open({ apiTokens: [reader] });
    expect((await plan(plainEntry(okta, hookUrl))).steps.length).toBeGreaterThan(0);
    const { stopped, done } = await apply(plainEntry(okta, hookUrl));
    expect(done).toEqual([]);
    expect(stopped?.code).toBe('forbidden');
    expect(stopped?.message).toContain('okta.authorizationServers.manage');
  });

  test('a token endpoint that never answers', async () => {
    const { pem, publicKey } = appKey();
    const app = { clientId: 'app', publicKey: await exportJWK(publicKey), scopes };
    const okta = await open({ apiTokens: [], serviceApps: [app] });
    okta.fault = ({ path }) => (path === '/oauth2/v1/token' ? 'hang' : undefined);
    const entry = { orgUrl: okta.url, clientId: 'app', privateKey: { env: 'KEY' }, hookUrl };
    const { place } = await placeOf(entry, policy, { KEY: pem }, 200);
    expect((await failureOf(() => place.read())).code).toBe('unreachable');
  });

  test('a token that was revoked', async () => {
    const okta = await open({ apiTokens: [{ token: 'another' }] });
    const error = await failureOf(() => plan(plainEntry(okta, hookUrl)));
    expect(error.code).toBe('unauthorized');
    expect(error.message).toContain('refuses the credential');
  });

  test("files and variables of Okta's SDK have no effect", async () => {
    const okta = await open();
    const stranger = await startStandIn(() => ({ status: 200, body: [] }));
    closing.push(() => stranger.close());
    mkdirSync(join(folder, '.okta'));
    const yaml = `okta:\n  client:\n    orgUrl: ${stranger.url}\n    token: canary\n    authorizationMode: SSWS\n    keyId: other\n    userAgent: canary\n`;
    writeFileSync(join(folder, '.okta', 'okta.yaml'), yaml);
    vi.stubEnv('HOME', folder);
    vi.stubEnv('OKTA_CLIENT_ORGURL', stranger.url);
    vi.stubEnv('OKTA_CLIENT_AUTHORIZATIONMODE', 'PrivateKey');
    expect((await apply(plainEntry(okta, hookUrl))).stopped).toBeUndefined();
    expect(stranger.requests).toEqual([]);
    expect(okta.requests.every(({ headers }) => headers.authorization === `SSWS ${apiToken}`)).toBe(true);
  });
});

describe('the wrong place', () => {
  const answering = async (answer: StandInAnswer): Promise<StandIn> => {
    const standIn = await startStandIn(() => answer);
    closing.push(() => standIn.close());
    return standIn;
  };

  test.each([
    ['a page of some website', { status: 200, body: '<html>canary-body</html>' }, 'refused'],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.acme.example/' } }, 'not_found'],
    ['nothing', { status: 404, body: { error: 'canary-body' } }, 'not_found'],
    ['an empty list where an object is due', { status: 200, body: [] }, 'refused'],
    ['a server that is broken', { status: 500, body: { error: 'canary-body' } }, 'unreachable'],
  ] as const)('%s', async (_, answer, code) => {
    const { url } = await answering(answer);
    const entry = { ...plainEntry(await open(), hookUrl), orgUrl: url };
    const error = await failureOf(() => plan(entry));
    expect(error.code).toBe(code);
    expect(inspect(error, { depth: 9 })).not.toMatch(/canary/);
  });

  test('a port where nobody listens', async () => {
    const entry = { ...plainEntry(await open(), hookUrl), orgUrl: 'http://127.0.0.1:9' };
    const error = await failureOf(() => plan(entry));
    expect([error.code, error.isUncertain]).toEqual(['unreachable', false]);
  });

  test('the next page of a list is not read from another address', async () => {
    const stranger = await answering({ status: 200, body: [] });
    const okta = await open();
    const { url } = await startWith((path) =>
      path.endsWith('/inlineHooks')
        ? { link: `<${stranger.url}/api/v1/inlineHooks?after=1>; rel="next"` }
        : {},
    );
    const error = await failureOf(() => plan({ ...plainEntry(okta, hookUrl), orgUrl: url }));
    expect(error.code).toBe('refused');
    expect(stranger.requests).toEqual([]);
  });

  async function startWith(headers: (path: string) => Record<string, string>): Promise<StandIn> {
    const standIn = await startStandIn(({ path }) => ({
      status: 200,
      headers: headers(path),
      body: path.endsWith('/default')
        ? { id: 'aus1', name: 'default', audiences: ['a'], status: 'ACTIVE' }
        : [],
    }));
    closing.push(() => standIn.close());
    return standIn;
  }

  test('an org without API Access Management', async () => {
    const okta = await open({ hasServers: false });
    const error = await failureOf(() => plan(plainEntry(okta, hookUrl)));
    expect(error.code).toBe('forbidden');
    expect(error.message).toContain('API Access Management');
  });

  test('an authorization server that is not there', async () => {
    const okta = await open();
    const other = policyOf(firstSpec.replace('okta: { ', 'okta: { authorizationServer: elsewhere, '));
    const error = await failureOf(() => plan(plainEntry(okta, hookUrl), other));
    expect([error.code, error.message.includes('elsewhere')]).toEqual(['not_found', true]);
  });

  test.each([
    'https://acme-admin.okta.com',
    'http://acme.okta.com',
    'https://acme.okta.com/api',
    'https://u:p@acme.okta.com',
  ])('the environment refuses %s', async (orgUrl) => {
    await expect(placeOf({ ...plainEntry(await open(), hookUrl), orgUrl })).rejects.toThrow(
      /address of the org/,
    );
  });
});

describe('conflicts', () => {
  test('a rule that calls the hook of others', async () => {
    const okta = await open();
    addOthers(okta);
    const [other] = okta.org.hooks.keys();
    for (const { policies } of okta.org.servers.values())
      for (const { rules } of policies.values())
        for (const rule of rules.values())
          rule['actions'] = { token: { ...Object(rule['actions']).token, inlineHook: { id: other } } };
    const before = structuredClone(othersOf(okta));
    const [conflict] = conflictsOf((await plan(plainEntry(okta, hookUrl))).notices);
    expect(conflict).toMatchObject({ key: 'rule Default Policy/Default Policy Rule' });
    expect(conflict?.message).toContain('theirs 0');
    expect((await apply(plainEntry(okta, hookUrl))).stopped?.code).toBe('conflict');
    expect(othersOf(okta)).toEqual(before);
  });

  test('a rule that can grant openid, if the spec wants no ID tokens', async () => {
    const okta = await open();
    const spec = policyOf(firstSpec.replace('okta: { ', 'okta: { idTokens: false, '));
    const [conflict] = conflictsOf((await plan(plainEntry(okta, hookUrl), spec)).notices);
    expect(conflict?.message).toContain('can grant openid');
  });

  test('a rule that allows token exchange, if the policy relies on it that none does', async () => {
    const okta = await open();
    const include = ['authorization_code', 'urn:ietf:params:oauth:grant-type:token-exchange'];
    for (const { policies } of okta.org.servers.values())
      for (const { rules } of policies.values())
        for (const rule of rules.values())
          rule['conditions'] = { ...Object(rule['conditions']), grantTypes: { include } };
    const entry = plainEntry(okta, hookUrl);
    const [conflict] = conflictsOf((await plan(entry)).notices);
    expect(conflict).toMatchObject({ key: 'rule Default Policy/Default Policy Rule' });
    expect(conflict?.message).toContain('allows token exchange');
    const delegating = firstSpec
      .replaceAll('kind: authoritative', 'kind: authoritative\n    delegated: true')
      .replace('okta: { ', 'okta: { exchange: true, ');
    expect(conflictsOf((await plan(entry, policyOf(delegating))).notices)).toEqual([]);
  });

  test('user attributes: missing, of another type, and writable by users', async () => {
    const okta = await open();
    const spec = policyOf(
      firstSpec
        .replace('division: string', 'division: string, level: int, grade: list(string)')
        .replace(
          '  admin:',
          '  level: { value: user.attributes.level, when: subject_type == "human", kind: authoritative, consumers: [x] }\n  admin:',
        )
        .replace(
          '  admin:',
          '  grade: { value: user.attributes.grade, when: subject_type == "human", onMissing: omit, kind: descriptive }\n  admin:',
        ),
    );
    const entry = plainEntry(okta, hookUrl);
    const messages = async () =>
      conflictsOf((await plan(entry, spec)).notices)
        .map(({ message }) => message)
        .join(' ');
    expect(await messages()).toMatch(/no attribute grade\..*no attribute level\./);
    okta.org.schema.custom['level'] = { title: 'Level', type: 'string' };
    okta.org.schema.custom['grade'] = { title: 'Grade', type: 'array', items: { type: 'string' } };
    expect(await messages()).toMatch(/level has the type string; the spec needs integer/);
    okta.org.schema.custom['level'] = {
      title: 'Level',
      type: 'integer',
      permissions: [{ principal: 'SELF', action: 'READ_WRITE' }],
    };
    expect(await messages()).toMatch(/Users can change their attribute level themselves/);
    okta.org.schema.custom['level'] = {
      title: 'Level',
      type: 'integer',
      permissions: [{ principal: 'SELF', action: 'HIDE' }],
    };
    expect(await messages()).toBe('');
    for (const name of ['level', 'grade']) Reflect.deleteProperty(okta.org.schema.custom, name);
    const created = { ...entry, createAttributes: true };
    expect((await apply(created, spec)).stopped).toBeUndefined();
    expect(okta.org.schema.custom).toMatchObject({
      level: { type: 'integer', permissions: [{ principal: 'SELF', action: 'READ_ONLY' }] },
      grade: { type: 'array', items: { type: 'string' } },
    });
    expect((await plan(created, spec)).steps).toEqual([]);
  });

  test('a claim of others that only the hook may write', async () => {
    const okta = await open();
    addOthers(okta);
    for (const { claims } of okta.org.servers.values())
      for (const claim of claims.values()) if (claim['name'] === 'theirs_0') claim['name'] = 'roles';
    const [conflict] = conflictsOf((await plan(plainEntry(okta, hookUrl))).notices);
    expect(conflict).toMatchObject({ key: 'claim RESOURCE roles' });
  });

  test('a hook with our name and without our mark', async () => {
    const okta = await open();
    addOthers(okta);
    for (const { shown } of okta.org.hooks.values()) shown['name'] = 'claimsmith-shop';
    const conflicts = conflictsOf((await plan(plainEntry(okta, hookUrl))).notices).map(({ key }) => key);
    expect(conflicts).toContain('inline hook claimsmith-shop');
  });

  test('an environment without what the hook needs', async () => {
    const okta = await open();
    const { hookSecret: _, ...withoutSecret } = plainEntry(okta, hookUrl);
    expect((await failureOf(() => plan(withoutSecret))).message).toContain('hookSecret');
    const { hookUrl: _url, ...withoutUrl } = plainEntry(okta, hookUrl);
    expect((await failureOf(() => plan(withoutUrl))).message).toContain('hookUrl');
    const short = await failureOf(() =>
      plan(plainEntry(okta, hookUrl), policy, { HOOK_SECRET: 'short-canary' }),
    );
    expect(short.message).toContain('16 to 4,096');
    expect(inspect(short)).not.toContain('short-canary');
    expect(okta.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('rules', () => {
  test('all of them call the hook, whatever clients and grants they are for', async () => {
    const okta = await open();
    const [server] = okta.org.servers.values();
    const [first] = server?.policies.values() ?? [];
    if (server === undefined || first === undefined) throw new Error('no policy');
    const copy = (rules: typeof first.rules, id: string, more: object) => {
      const rule = structuredClone([...rules.values()][0] ?? {});
      rules.set(id, { ...rule, id, ...more });
    };
    copy(first.rules, '0prmachines', {
      name: 'Machines',
      priority: 2,
      conditions: { grantTypes: { include: ['client_credentials'] }, scopes: { include: ['*'] } },
    });
    copy(first.rules, '0prasleep', { name: 'Asleep', priority: 3, status: 'INACTIVE' });
    const second = {
      shown: { ...first.shown, id: '00psecond', name: 'Second', priority: 2 },
      rules: new Map(first.rules),
    };
    server.policies.set('00psecond', second);
    const { steps, notices } = await plan(plainEntry(okta, hookUrl));
    const keys = steps.map(({ change }) => change.key).filter((key) => key.startsWith('rule '));
    expect(keys).toHaveLength(6);
    expect(
      notices.filter(({ message }) => message.includes('without the hook')).map(({ key }) => key),
    ).toEqual([
      'rule Default Policy/Default Policy Rule',
      'rule Default Policy/Machines',
      'rule Second/Default Policy Rule',
      'rule Second/Machines',
    ]);
    await apply(plainEntry(okta, hookUrl));
    const [hook] = okta.org.hooks.keys();
    for (const { rules } of server.policies.values())
      for (const rule of rules.values())
        expect(Object(rule['actions']).token.inlineHook).toEqual({ id: hook });
    expect((await plan(plainEntry(okta, hookUrl))).steps).toEqual([]);
    // Somebody takes the hook from one, and adds another one.
    copy(first.rules, '0prnew', { name: 'New', priority: 4 });
    const stripped = first.rules.get('0prmachines');
    if (stripped !== undefined) stripped['actions'] = { token: { accessTokenLifetimeMinutes: 10 } };
    const again = await plan(plainEntry(okta, hookUrl));
    expect(again.steps.map(({ change }) => change.key)).toEqual(['rule Default Policy/Machines']);
  });

  test('rules of one name are told apart by their ids', async () => {
    const okta = await open();
    for (const { policies } of okta.org.servers.values())
      for (const { rules } of policies.values())
        for (const rule of [...rules.values()])
          rules.set('0prtwin', { ...structuredClone(rule), id: '0prtwin' });
    const keys = (await plan(plainEntry(okta, hookUrl))).steps.map(({ change }) => change.key);
    expect(keys).toContain('rule Default Policy/Default Policy Rule (0prtwin)');
    expect((await apply(plainEntry(okta, hookUrl))).stopped).toBeUndefined();
    expect((await plan(plainEntry(okta, hookUrl))).steps).toEqual([]);
  });
});

describe('what belongs to others', () => {
  test('50 hooks and claims of others over pages, rules with unknown fields', async () => {
    const okta = await open({ pageSize: 20 });
    addOthers(okta, 50);
    const before = structuredClone(othersOf(okta));
    expect((await apply(plainEntry(okta, hookUrl))).stopped).toBeUndefined();
    expect((await apply(plainEntry(okta, hookUrl), policyOf(secondSpec))).stopped).toBeUndefined();
    expect(othersOf(okta)).toEqual(before);
    expect((await plan(plainEntry(okta, hookUrl), policyOf(secondSpec))).steps).toEqual([]);
  });

  test('a hook that another authorization server calls is not deleted', async () => {
    const okta = await open();
    await apply(plainEntry(okta, hookUrl));
    const [hook] = okta.org.hooks.keys();
    const headers = { authorization: `SSWS ${apiToken}`, 'content-type': 'application/json' };
    const post = async (path: string, body: object): Promise<{ readonly id: string }> =>
      Object(
        await (
          await fetch(`${okta.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
        ).json(),
      );
    const server = await post('/authorizationServers', { name: 'second', audiences: ['api://second'] });
    const at = `/authorizationServers/${server.id}/policies`;
    const access = await post(at, {
      type: 'OAUTH_AUTHORIZATION_POLICY',
      name: 'p',
      conditions: { clients: { include: ['ALL_CLIENTS'] } },
    });
    await post(`${at}/${access.id}/rules`, {
      type: 'RESOURCE_ACCESS',
      name: 'r',
      conditions: {},
      actions: { token: { inlineHook: { id: hook } } },
    });
    const { place, journal } = await placeOf(plainEntry(okta, hookUrl));
    const want: Run['want'] = async (reading) => reading.want(undefined);
    const { stopped } = await runAt({
      place,
      journal,
      by: 'destroy',
      policy: 'shop',
      goal: { revision: undefined },
      want,
    });
    expect(stopped?.message).toContain('rule p/r of the authorization server second still calls');
    expect(okta.org.hooks.size).toBe(1);
  });

  test('destroy restores the audience and the lifetime that were there before the first apply', async () => {
    const okta = await open();
    const [server] = [...okta.org.servers.values()];
    const lifetimes = () =>
      [...(server?.policies.values() ?? [])].flatMap(({ rules }) =>
        [...rules.values()].map((rule) => Object(rule['actions']).token.accessTokenLifetimeMinutes),
      );
    await apply(plainEntry(okta, hookUrl));
    expect([server?.shown['audiences'], lifetimes()]).toEqual([['https://shop.acme.example/'], [10]]);
    await apply(plainEntry(okta, hookUrl), policyOf(secondSpec));
    const { place, journal } = await placeOf(plainEntry(okta, hookUrl));
    const want: Run['want'] = async (reading) => reading.want(undefined);
    await runAt({ place, journal, by: 'destroy', policy: 'shop', goal: { revision: undefined }, want });
    expect([server?.shown['audiences'], lifetimes()]).toEqual([['api://default'], [60]]);
  });
});

describe('the hook', () => {
  test('its secret is sent once, and again when somebody may have changed it', async () => {
    const okta = await open();
    const entry = plainEntry(okta, hookUrl);
    await apply(entry);
    expect((await plan(entry)).steps).toEqual([]);
    const [hook] = okta.org.hooks.values();
    if (hook === undefined) throw new Error('no hook');
    expect(hook.secret).toBe(hookSecret);
    Object.assign(hook, { secret: 'changed by hand' });
    hook.shown['lastUpdated'] = '2031-01-01T00:00:00.000Z';
    const { steps, notices } = await plan(entry);
    expect(steps.map(({ change }) => change.key)).toEqual(['inline hook claimsmith-shop']);
    expect(notices.some(({ message }) => message.includes('Apply sends it again'))).toBe(true);
    await apply(entry);
    expect(hook.secret).toBe(hookSecret);
    const rotated = { HOOK_SECRET: 'canary-next-secret-0123456789' };
    expect((await apply(entry, policy, rotated)).done.map(({ key }) => key)).toEqual([
      'inline hook claimsmith-shop',
    ]);
    expect(hook.secret).toBe(rotated.HOOK_SECRET);
  });

  test('other headers stay, an inactive hook is activated', async () => {
    const okta = await open();
    const entry = plainEntry(okta, hookUrl);
    await apply(entry);
    const [hook] = okta.org.hooks.values();
    if (hook === undefined) throw new Error('no hook');
    const { config } = Object(hook.shown['channel']);
    config.headers.push({ key: 'x-theirs', value: 'canary-header-value' });
    hook.shown['status'] = 'INACTIVE';
    const other = { ...entry, hookUrl: 'https://new.acme.example/hook' };
    const outcome = await apply(other);
    expect(outcome.stopped).toBeUndefined();
    expect(JSON.stringify(outcome)).not.toContain('canary-header-value');
    const after = [...okta.org.hooks.values()][0]?.shown;
    expect(after).toMatchObject({ status: 'ACTIVE', channel: { config: { uri: other.hookUrl } } });
    expect(
      Object(after?.['channel'])
        .config.headers.map(({ key }: { key: string }) => key)
        .sort(),
    ).toEqual(['x-claimsmith-owner', 'x-theirs']);
  });

  const waiting = async (entry: object, of: Policy = policy) => {
    const { stopped } = await apply(entry, of, {}, { isAwaited: true });
    return stopped?.code === 'waiting' ? stopped.message : `${stopped?.code}`;
  };

  test('apply waits for the hook server: another revision, and then goes on', async () => {
    const [okta, hook] = [await open(), await startHook(policyOf(secondSpec))];
    closing.push(() => hook.close());
    const entry = plainEntry(okta, hook.address);
    const message = await waiting(entry);
    expect(message).toContain(`Deploy policy.mjs, revision ${policy.revision}`);
    await hook.deploy(policy);
    expect(await waiting(entry)).toBe('undefined');
    expect((await plan(entry)).steps).toEqual([]);
  });

  test('a hook server that cannot be reached, or does not know the secret', async () => {
    const okta = await open();
    expect(await waiting(plainEntry(okta, 'http://127.0.0.1:9/hook'))).toContain('Okta gets no answer');
    const hook = await startHook(policy);
    closing.push(() => hook.close());
    const { stopped } = await apply(
      plainEntry(okta, hook.address),
      policy,
      { HOOK_SECRET: 'another-secret-0123456789' },
      { isAwaited: true },
    );
    expect(stopped?.message).toContain('denies the trial request with enrichment_unavailable');
    expect(stopped?.message).toContain('log');
  });

  test('a server that answers something else', async () => {
    const okta = await open();
    const stranger = await startStandIn(() => ({ status: 200, body: { hello: 'canary-answer' } }));
    closing.push(() => stranger.close());
    const message = await waiting(plainEntry(okta, stranger.url));
    expect(message).toContain('does not set the policy marker');
    expect(message).not.toContain('canary');
  });

  test('a policy that denies the plain situations needs a probe', async () => {
    const strict = policyOf(
      firstSpec
        .replace('user.groups.exists(g, g == "suspended")', '!user.groups.exists(g, g == "shop:seller")')
        .replace('user.groups.filter', 'user.groups.filter'),
    );
    const [okta, hook] = [await open(), await startHook(strict)];
    closing.push(() => hook.close());
    const entry = {
      ...plainEntry(okta, hook.address),
      probe: { subject_type: 'human', user: { id: 'x', groups: [] } },
    };
    expect(await waiting(entry, strict)).toContain('account_suspended');
    const fitting = {
      ...entry,
      probe: { subject_type: 'human', user: { id: 'x', groups: ['shop:seller'] } },
    };
    expect(await waiting(fitting, strict)).toBe('undefined');
  });
});

test('two hooks of one name, after two runs at once: rules call one, and the other goes', async () => {
  const okta = await open();
  const entry = plainEntry(okta, hookUrl);
  await apply(entry);
  const [first] = okta.org.hooks.values();
  const [server] = okta.org.servers.values();
  if (first === undefined || server === undefined) throw new Error('no hook');
  const twin = {
    shown: { ...structuredClone(first.shown), id: 'caltwin', created: '2020-01-01T00:00:00.000Z' },
    secret: first.secret,
  };
  okta.org.hooks.set('caltwin', twin);
  const { steps } = await plan(entry);
  expect(steps.map(({ change }) => `${change.kind} ${change.key}`).sort()).toEqual([
    `delete inline hook claimsmith-shop (${first.shown['id']})`,
    'update inline hook claimsmith-shop',
    'update rule Default Policy/Default Policy Rule',
  ]);
  expect((await apply(entry)).stopped).toBeUndefined();
  expect([...okta.org.hooks.keys()]).toEqual(['caltwin']);
  expect((await plan(entry)).steps).toEqual([]);
});

test('a running org is asked for tokens: by the hook, and by client credentials', async () => {
  const [okta, hook] = [await open(), await startHook(policy)];
  closing.push(() => hook.close());
  okta.org.clients.push({ id: 'app', secret: 'canary-client-secret', name: 'App', profile: {} });
  okta.org.users.push({
    id: '00uada',
    password: 'canary-password',
    groups: ['shop:admin'],
    profile: { login: 'ada', department: 'sales' },
  });
  const entry = {
    ...plainEntry(okta, hook.address),
    verify: {
      clients: { app: { secret: { env: 'APP_SECRET' } } },
      users: { ada: { password: { env: 'ADA' } } },
    },
  };
  const more = { APP_SECRET: 'canary-client-secret', ADA: 'canary-password' };
  await apply(entry, policy, more);
  const { place } = await placeOf(entry, policy, more);
  const context = {
    subject_type: 'human',
    user: { id: 'ada', groups: ['shop:admin', 'shop:seller'], attributes: { department: 'sales' } },
    client: { id: 'app' },
  };
  const question = { context, client: 'app', user: 'ada', scopes: [], audience: undefined };
  const answers = (await place.ask?.(question)) ?? [];
  expect(answers.map(({ how }) => how)).toEqual(['the hook, by /execute', 'a login of ada']);
  expect(answers[0]?.issuance.access).toMatchObject({
    admin: true,
    roles: ['shop:admin', 'shop:seller'],
    department: 'sales',
  });
  expect(answers[1]?.issuance.access).toMatchObject({
    admin: true,
    roles: ['shop:admin'],
    policy: `shop@${policy.revision}`,
  });
  expect(answers[0]?.issuance.audiences).toEqual(['https://shop.acme.example/']);
  const machine = {
    ...question,
    context: { subject_type: 'machine', client: { id: 'app' } },
    user: undefined,
  };
  const [, credentials] = (await place.ask?.(machine)) ?? [];
  expect(credentials?.how).toBe('client credentials of app');
  expect(credentials?.issuance.access).toEqual({ tier: 'basic', policy: `shop@${policy.revision}` });
  const suspended = { ...question, context: { ...context, user: { id: 'ada', groups: ['suspended'] } } };
  expect((await place.ask?.(suspended))?.[0]?.issuance.denied?.description).toBe('account_suspended');
  expect(JSON.stringify(answers)).not.toContain('canary');
});
