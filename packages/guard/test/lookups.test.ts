import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createGuard, type LookupToken } from '@claimsmith/guard';
import { createLookups } from '@claimsmith/guard/lookups';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Changes,
  client,
  type IssuerId,
  type LocalIssuer,
  startLocalIssuer,
} from '../../../examples/payments/service/local-issuer.ts';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { startPostgres } from '../../../tools/servers/postgres.ts';
import { built, ownValues } from './built.ts';

const audience = 'https://payments.acme.example/';
const ids: readonly IssuerId[] = ['auth0', 'cognito', 'keycloak', 'okta'];
const postgres = await serverForTests(startPostgres);
const ended: (() => unknown)[] = [];
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer();
});
afterAll(async () => {
  issuer.close();
  for (const end of ended) await end();
});

/** A source of this machine, and what it was asked. */
async function source(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ended.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const place = server.address();
  return { asked, port: typeof place === 'object' && place !== null ? place.port : 0 };
}

const answers = (text: string) => (_: unknown, response: ServerResponse) => response.end(text);

/** A spec of payments with a bank. */
const spec = (
  port: number,
  claims: string,
  more: { readonly source?: string; readonly rest?: string } = {},
) => `
version: 1
name: payments
lifetime: { access: 10m }
user: { attributes: { level: int } }
sources:
  bank:
    http: { url: "http://127.0.0.1:${port}/users/{user.id}", headers: { authorization: "Bearer \${BANK_TOKEN}" } }
    returns: { left: double, limit: double, locked: bool, names: list(string) }
    timeout: 1s
    ${more.source ?? ''}
claims:
  tenant_id: { value: org.id, kind: authoritative, subjects: [human] }
${claims.replace(/^/gm, '  ')}
${more.rest ?? ''}
issuers:
  auth0: { audiences: ["${audience}"] }
  okta: { audience: "${audience}", guard: [sentinel], supply: { org.id: user.organization } }
  keycloak: { realm: payments, scripts: true, audience: "${audience}" }
  cognito: { audience: "${audience}", supply: { org.id: custom:org }, clients: all }
`;
const left = 'left: { value: bank.left, kind: authoritative, resolve: request }';

async function guarded(
  text: string,
  more: { readonly settings?: Record<string, string>; readonly deadlineMs?: number } = {},
) {
  const { contract, artifact, policy } = await built(text);
  const lookups = createLookups({ policy: artifact, settings: { BANK_TOKEN: 'secret' }, ...more });
  ended.push(() => lookups.close());
  const guard = createGuard({
    contract,
    audience,
    issuers: {
      auth0: { issuer: issuer.address('auth0') },
      cognito: { issuer: issuer.address('cognito'), clients: [client] },
      keycloak: { issuer: issuer.address('keycloak') },
      okta: { issuer: issuer.address('okta') },
    },
    lookups,
  });
  /** A token with claims by their names in the spec. */
  const tokenOf = async (id: IssuerId, claims: Record<string, unknown> = {}, changes: Changes = {}) => {
    const said = { ...(changes.machine === true ? {} : { tenant_id: 'acme' }), ...claims };
    const named = Object.entries(said).map(([name, value]) => [
      contract.apis[audience]?.claims[name]?.names[id] ?? name,
      value,
    ]);
    const access = { ...Object.fromEntries(named), policy: `payments@${policy.revision}` };
    const result = await guard.checkToken(
      await issuer.sign(id, { access, scopes: ['pay'], audiences: [audience] }, changes),
    );
    if (!result.ok) throw new Error(JSON.stringify(result.problem));
    return result.token;
  };
  return { tokenOf, lookups };
}

describe('a claim with resolve: request', () => {
  const userIds: Readonly<Record<IssuerId, string>> = {
    auth0: 'auth0%7Cusr_berlin',
    cognito: 'usr_berlin',
    keycloak: 'usr_berlin',
    okta: '00u1berlin',
  };

  test.each(ids)('is asked with what a token of %s says', async (id) => {
    const bank = await source(answers('{"left":12.5}'));
    const { tokenOf } = await guarded(spec(bank.port, left));
    const token = await tokenOf(id);
    expect(await token.resolve('left')).toBe(12.5);
    expect(bank.asked).toEqual([`/users/${userIds[id]} Bearer secret`]);
    expect(JSON.parse(JSON.stringify(token))).not.toHaveProperty('resolve');
  });

  test.each(ids)('reads claims and fields that a token of %s carries', async (id) => {
    const bank = await source(answers('{"left":12.5}'));
    const claims = `
rate: { value: user.attributes.level, kind: authoritative, subjects: [human] }
more: { value: 'org.id + ":" + client.id + ":" + string(claims.rate) + ":" + request.scopes[0]', kind: authoritative, resolve: request, subjects: [human] }
twice: { value: 'bank.left * 2.0 + double(claims.rate) + double(claims.more.size())', kind: authoritative, resolve: request }`;
    const { tokenOf } = await guarded(spec(bank.port, claims));
    const token = await tokenOf(id, { rate: 2 });
    expect(await token.resolve('more')).toBe(`acme:${client}:2:pay`);
    expect(await token.resolve('twice')).toBe(25 + 2 + `acme:${client}:2:pay`.length);
  });

  test('a claim of the token that is too old is unknown, and not absent', async () => {
    const bank = await source(answers('{}'));
    const claims = `
cap: { value: user.attributes.level, when: has(user.attributes.level), kind: authoritative, subjects: [human], maxAge: 11m }
level: { value: user.attributes.level, kind: descriptive, subjects: [human], maxAge: 11m }
allowed: { value: 'has(claims.cap) ? claims.cap : 1000', kind: authoritative, resolve: request, subjects: [human] }
shown: { value: 'has(user.attributes.level) ? user.attributes.level : 1000', kind: descriptive, resolve: request, subjects: [human] }`;
    const rest = `deny: [{ when: has(user.attributes.level) && user.attributes.level > 5, subjects: [human], reason: high }]`;
    const { tokenOf } = await guarded(spec(bank.port, claims, { rest }));
    const said = { cap: 9, level: 9 };
    // An issuer that signs tokens for longer than the spec says.
    const aged = (ageSeconds: number) => tokenOf('auth0', said, { ageSeconds, lifetimeSeconds: 3_600 });
    const young = await aged(590);
    expect([await young.resolve('allowed'), await young.resolve('shown')]).toEqual([9, 9]);
    expect(await young.deny()).toEqual({ denied: 'high', unevaluated: [] });
    const old = await aged(610);
    expect([old.authority, old.descriptive]).toEqual([{ tenant_id: 'acme' }, {}]);
    for (const name of ['allowed', 'shown'])
      await expect(old.resolve(name), name).rejects.toMatchObject({ status: 503, why: 'unknown' });
    expect(await old.deny()).toEqual({ denied: undefined, unevaluated: ['high'] });
  });

  test('a claim that a token of another revision lacks is unknown, and not absent', async () => {
    const bank = await source(answers('{"left":900}'));
    const claims = `
cap: { value: user.attributes.level, when: has(user.attributes.level), kind: authoritative, subjects: [human] }
allowed: { value: 'has(claims.cap) ? claims.cap : 1000', kind: authoritative, resolve: request, subjects: [human] }
level: { value: user.attributes.level, kind: descriptive, subjects: [human] }
shown: { value: 'has(user.attributes.level) ? user.attributes.level : 1000', kind: descriptive, resolve: request, subjects: [human], onMissing: { default: 500 } }
${left}`;
    const rest = `deny:
  - { when: has(user.attributes.level) && user.attributes.level > 5, subjects: [human], reason: high }
  - { when: request.scopes.size() > 5, reason: scopes }`;
    const { tokenOf } = await guarded(spec(bank.port, claims, { rest }));
    const of = (said: Record<string, unknown>, policy = 'payments@00000000') =>
      tokenOf('okta', said, { payload: { policy } });
    const same = await tokenOf('okta');
    expect([await same.resolve('allowed'), await same.deny()]).toEqual([1000, { unevaluated: [] }]);
    const other = await of({});
    expect(await other.resolve('left')).toBe(900);
    const revision = {
      code: 'revision',
      statusCode: 401,
      refusal: { status: 401, error: 'invalid_token', challenge: 'Bearer error="invalid_token"' },
    };
    for (const [name, lacks] of [
      ['allowed', 'cap'],
      ['shown', 'level'],
    ] as const)
      await expect(other.resolve(name), name).rejects.toMatchObject({
        ...revision,
        claim: name,
        why: `the token lacks ${lacks}`,
      });
    await expect(other.deny()).rejects.toMatchObject(revision);
    const saying = await of({ cap: 9, level: 9 });
    expect([await saying.resolve('allowed'), (await saying.deny()).denied]).toEqual([9, 'high']);
  });

  test('a field is not taken from a claim that goes without a value over its bound', async () => {
    const bank = await source(answers('{}'));
    const bounded = (kind: string) => `
teams: { value: user.groups, maxItems: 2, kind: ${kind}, subjects: [human], delegated: true }
count: { value: 'has(user.groups) ? user.groups.size() : 1000', kind: descriptive, resolve: request, subjects: [human] }`;
    const rest = `deny: [{ when: 'has(user.groups) && "banned" in user.groups', subjects: [human], reason: banned }]`;
    await expect(built(spec(bank.port, bounded('descriptive')))).rejects.toThrow(
      /do not say `user.groups` .* `teams` is not enough/,
    );
    const loose = `${bounded('descriptive').replace(/count.*/, '')}${left}`;
    const open = await (await guarded(spec(bank.port, loose, { rest }))).tokenOf('okta');
    expect(await open.deny()).toEqual({ denied: undefined, unevaluated: ['banned'] });
    const { tokenOf } = await guarded(spec(bank.port, bounded('authoritative'), { rest }));
    const token = await tokenOf('okta', { teams: ['banned'] });
    expect([await token.resolve('count'), (await token.deny()).denied]).toEqual([1, 'banned']);
  });

  test('a field is not taken from a claim that people of a declared kind lack', async () => {
    const bank = await source(answers('{}'));
    const claims = (kinds: string) => `
level: { value: user.attributes.level, kind: authoritative, subjects: [${kinds}], delegated: true }
subject: { value: subject_type, kind: descriptive }
${left}`;
    const rest = `
subjects: { contractor: has(user.email) }
deny: [{ when: has(user.attributes.level) && user.attributes.level > 5, subjects: [human], reason: high }]`;
    const lacking = await (await guarded(spec(bank.port, claims('human'), { rest }))).tokenOf('okta', {
      subject: 'human',
    });
    expect(await lacking.deny()).toEqual({ denied: undefined, unevaluated: ['high'] });
    const { tokenOf } = await guarded(spec(bank.port, claims('human, contractor'), { rest }));
    expect(await (await tokenOf('okta', { level: 9, subject: 'human' })).deny()).toEqual({
      denied: 'high',
      unevaluated: [],
    });
  });

  test.each(ids)('is absent for a machine of %s, and asks nobody', async (id) => {
    const bank = await source(answers('{"left":12.5}'));
    const { tokenOf } = await guarded(spec(bank.port, left));
    expect(await (await tokenOf(id, {}, { machine: true })).resolve('left')).toBeUndefined();
    expect(bank.asked).toEqual([]);
  });

  test.each(ids)('is absent for a delegated token of %s', async (id) => {
    const bank = await source(answers('{"left":12.5}'));
    const { tokenOf } = await guarded(spec(bank.port, left));
    const token = await tokenOf(id, {}, { payload: { act: { sub: 'helper' } } });
    expect(await token.resolve('left')).toBeUndefined();
    expect(bank.asked).toEqual([]);
  });

  test('shows who acts, if it is for delegated tokens', async () => {
    const bank = await source(answers('{}'));
    const claim = `who: { value: 'actor.chain.size() > 1 ? actor.chain[1] : actor.sub', kind: authoritative, resolve: request }`;
    const { tokenOf } = await guarded(spec(bank.port, claim));
    const acting = (act: unknown) => tokenOf('auth0', {}, { payload: { act } });
    expect(await (await acting({ sub: 'desk' })).resolve('who')).toBe('desk');
    expect(await (await acting({ sub: 'desk', act: { sub: 'bot' } })).resolve('who')).toBe('bot');
    for (const act of ['desk', null, { sub: 7 }, { sub: 'a', act: 'b' }])
      await expect((await acting(act)).resolve('who'), JSON.stringify(act)).rejects.toMatchObject({
        status: 503,
      });
  });

  test('is asked once for a thousand requests at a time', async () => {
    const bank = await source((_, response) => setTimeout(() => response.end('{"left":1}'), 50));
    const { tokenOf } = await guarded(spec(bank.port, left));
    const token = await tokenOf('okta');
    const found = await Promise.all(Array.from({ length: 1_000 }, () => token.resolve('left')));
    expect(new Set(found)).toEqual(new Set([1]));
    expect(bank.asked.length).toBe(1);
  });

  test('is kept as long as the cache of the source says', async () => {
    const bank = await source(answers('{"left":1}'));
    const { tokenOf } = await guarded(
      spec(bank.port, `${left.replace(' }', ', maxAge: 1m }')}`, { source: 'cache: 1m' }),
    );
    const token = await tokenOf('okta');
    for (let i = 0; i < 10; i++) expect(await token.resolve('left')).toBe(1);
    expect(bank.asked.length).toBe(1);
  });

  test('is a value that nobody can change for others', async () => {
    const bank = await source(answers('{}'));
    const claims = `limits: { value: 'tables.limits[client.id]', kind: authoritative, resolve: request }`;
    const { tokenOf } = await guarded(
      spec(bank.port, claims, { rest: `tables: { limits: { ${client}: [1, 2] } }` }),
    );
    const token = await tokenOf('okta');
    const limits = await token.resolve('limits');
    expect(limits).toEqual([1, 2]);
    expect(Object.isFrozen(limits)).toBe(true);
  });
});

describe('a source that fails', () => {
  const failures: readonly (readonly [string, string, RequestListener])[] = [
    ['is down', 'network', (request) => request.socket.destroy()],
    ['answers 500', 'status', (_, response) => response.writeHead(500).end()],
    ['answers 401', 'status', (_, response) => response.writeHead(401).end('{"left":9}')],
    ['answers garbage', 'malformed', answers('{"left":')],
    ['answers too much', 'too_large', answers(`{"left":1,"x":"${'x'.repeat(70_000)}"}`)],
    ['is slow', 'timeout', () => undefined],
  ];
  test.each(failures)('%s', async (_, why, answer) => {
    const bank = await source(answer);
    const claims = `${left}
rest: { value: bank.left, kind: descriptive, resolve: request }
known: { value: bank.left, kind: descriptive, resolve: request, onMissing: { default: 0.0 } }
behind: { value: claims.rest + 1.0, kind: descriptive, resolve: request, onMissing: deny }`;
    const { tokenOf } = await guarded(spec(bank.port, claims).replace('timeout: 1s', 'timeout: 200ms'));
    const token = await tokenOf('okta');
    await expect(token.resolve('left')).rejects.toMatchObject({
      name: 'LookupError',
      code: 'unavailable',
      message: 'Temporarily unavailable',
      claim: 'left',
      why,
      refusal: { status: 503, error: 'temporarily_unavailable', challenge: 'Bearer' },
    });
    expect(await token.resolve('rest')).toBeUndefined();
    expect(await token.resolve('known')).toBe(0);
    await expect(token.resolve('behind')).rejects.toMatchObject({ code: 'unavailable', why });
  });

  test('is not asked any more after some failures', async () => {
    const bank = await source((request) => request.socket.destroy());
    const { tokenOf } = await guarded(spec(bank.port, left));
    const token = await tokenOf('okta');
    const whys: string[] = [];
    for (let i = 0; i < 30; i++)
      await token.resolve('left').catch((error: { readonly why: string }) => whys.push(error.why));
    expect(whys.length).toBe(30);
    expect(whys.at(-1)).toBe('open');
    expect(bank.asked.length).toBeLessThan(30);
  });

  test('takes no longer than the deadline', async () => {
    const bank = await source(() => undefined);
    const { tokenOf } = await guarded(spec(bank.port, left, { source: 'retries: 3' }), { deadlineMs: 100 });
    await expect((await tokenOf('okta')).resolve('left')).rejects.toMatchObject({
      status: 503,
      why: 'timeout',
    });
  });

  test.each([
    ['{}', 'no_such_key'],
    ['{"left":null}', 'no_such_key'],
    ['{"left":"12"}', 'no_such_key'],
  ])('has no value: %s', async (answer, why) => {
    const bank = await source(answers(answer));
    const { tokenOf } = await guarded(spec(bank.port, left));
    await expect((await tokenOf('okta')).resolve('left')).rejects.toMatchObject({
      code: 'missing',
      message: 'Access denied',
      why,
      refusal: { status: 403, error: 'access_denied' },
    });
  });

  test('has more than the claim may hold', async () => {
    const bank = await source(answers('{"names":["a","b","c"]}'));
    const { tokenOf } = await guarded(
      spec(bank.port, 'names: { value: bank.names, kind: authoritative, resolve: request, maxItems: 2 }'),
    );
    await expect((await tokenOf('okta')).resolve('names')).rejects.toMatchObject({ code: 'missing' });
  });
});

describe('a claim of the token', () => {
  const claims = `
limit: { value: 'bank.limit * double(claims.factor)', kind: authoritative, subjects: [human] }
factor: { value: user.attributes.level, kind: authoritative, subjects: [human] }
mail: { value: 'user.email + string(bank.limit)', kind: authoritative, subjects: [human] }`;
  const text = (port: number) => spec(port, claims);

  test.each(ids)('of %s can be asked again, with the rest of the login as it was', async (id) => {
    const bank = await source(answers('{"limit":100}'));
    const { tokenOf } = await guarded(text(bank.port));
    const token = await tokenOf(id, { limit: 5, factor: 3, mail: 'x' });
    expect(token.authority['limit']).toBe(5);
    expect(await token.fresh('limit')).toBe(300);
  });

  test('cannot be asked again if it reads what no token says', async () => {
    const bank = await source(answers('{"limit":100}'));
    const { contract } = await built(text(bank.port));
    expect(contract.apis[audience]?.fresh).toEqual(['limit']);
    const { tokenOf } = await guarded(text(bank.port));
    const token = await tokenOf('okta', { limit: 5, factor: 3, mail: 'x' });
    for (const name of ['mail', 'factor', 'tenant_id', 'constructor', '__proto__'])
      await expect(token.fresh(name), name).rejects.toThrow('can be looked up again');
  });
});

describe('deny rules', () => {
  const rest = `
deny:
  - { when: bank.locked, reason: account_locked, message: Your account is locked }
  - { when: 'client.id == "old-app"', reason: old_app }
  - { when: 'user.groups.exists(g, g == "suspended")', reason: suspended }
  - { when: 'org.id == "closed"', reason: closed, subjects: [human] }`;

  test.each(ids)('of a token of %s', async (id) => {
    const bank = await source(answers('{"locked":true,"left":1}'));
    const { tokenOf } = await guarded(
      spec(bank.port, left, { rest }).replace('auth0: {', 'auth0: { groupsIn: groups, '),
    );
    expect(await (await tokenOf(id)).deny()).toEqual({
      denied: 'account_locked',
      message: 'Your account is locked',
      unevaluated: ['suspended'],
    });
  });

  test('that no source decides hold while a source is down; else nobody knows', async () => {
    const bank = await source((request) => request.socket.destroy());
    const { tokenOf } = await guarded(
      spec(bank.port, left, { rest }).replace('auth0: {', 'auth0: { groupsIn: groups, '),
    );
    const denied = await tokenOf('okta', { tenant_id: 'closed' });
    expect((await denied.deny()).denied).toBe('closed');
    await expect((await tokenOf('okta')).deny()).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  });

  test('that a token cannot decide are named', async () => {
    const bank = await source(answers('{"locked":false}'));
    const { tokenOf } = await guarded(
      spec(bank.port, left, { rest }).replace('auth0: {', 'auth0: { groupsIn: groups, '),
    );
    // The tenant of a delegated token is not in it.
    const token = await tokenOf('okta', {}, { payload: { act: { sub: 'desk' } } });
    expect(await token.deny()).toEqual({ denied: undefined, unevaluated: ['suspended', 'closed'] });
  });
});

describe('a token of one issuer', () => {
  test.each([
    ['auth0', { uid: 'admin', client_id: 'shop-web', cid: 'admin' }, 'auth0%7Cusr_berlin'],
    ['okta', { user_id: 'admin' }, '00u1berlin'],
    ['keycloak', { uid: 'admin', 'user.id': 'admin', user: { id: 'admin' } }, 'usr_berlin'],
    ['cognito', { uid: 'admin', __proto__: null, constructor: { id: 'admin' } }, 'usr_berlin'],
  ] as const)('of %s says nothing in the words of another', async (id, payload, user) => {
    const bank = await source(answers('{"left":1}'));
    const { tokenOf } = await guarded(spec(bank.port, left));
    await (await tokenOf(id, {}, { payload })).resolve('left');
    expect(bank.asked).toEqual([`/users/${user} Bearer secret`]);
  });

  test.each(['../admin', 'a/b', '.', '..', '?x=1', '#', '%2e%2e', '\ud800'])(
    'cannot lead a question elsewhere: %j',
    async (sub) => {
      const bank = await source(answers('{"left":1}'));
      const { tokenOf } = await guarded(spec(bank.port, left));
      const token = await tokenOf('auth0', {}, { payload: { sub } });
      await token.resolve('left').catch(() => undefined);
      for (const asked of bank.asked) expect(asked).toBe(`/users/${encodeURIComponent(sub)} Bearer secret`);
    },
  );

  test('of an agent is not taken for a person: it lacks what people have', async () => {
    const bank = await source(answers('{"left":1}'));
    const { tokenOf } = await guarded(spec(bank.port, left));
    await expect(tokenOf('auth0', { tenant_id: undefined })).rejects.toThrow('tenant_id');
  });
});

test('names of objects are not claims', async () => {
  const bank = await source(answers('{"left":1}'));
  const { tokenOf } = await guarded(spec(bank.port, left));
  const token = await tokenOf('okta');
  for (const name of ['__proto__', 'constructor', 'toString', 'tenant_id', '', 'LEFT'])
    await expect(token.resolve(name), name).rejects.toMatchObject({ name: 'GuardError', code: 'settings' });
});

describe('look-ups', () => {
  test('need their settings, and name those that are missing', async () => {
    const { artifact } = await built(spec(1, left));
    expect(() => createLookups({ policy: artifact, settings: {} })).toThrow('BANK_TOKEN');
  });

  test.each([
    undefined,
    null,
    {},
    { version: 2 },
    { version: 1 },
    { version: 1, name: 'a', revision: 'b', sources: {}, settings: [], issuers: { okta: {} } },
  ])('take nothing else for a policy: %j', (policy) => {
    expect(() => createLookups({ policy })).toThrow('The look-ups cannot be used');
  });

  test('belong to a contract of the same build', async () => {
    const one = await built(spec(1, left));
    const other = await built(spec(2, left));
    const lookups = createLookups({ policy: other.artifact, settings: { BANK_TOKEN: 'x' } });
    const issuers = { okta: { issuer: issuer.address('okta') } };
    expect(() => createGuard({ contract: one.contract, audience, issuers, lookups })).toThrow(
      'Take both from one build',
    );
    await lookups.close();
  });

  test('are not there without `lookups`', async () => {
    const { contract, policy } = await built(spec(1, left));
    const guard = createGuard({ contract, audience, issuers: { okta: { issuer: issuer.address('okta') } } });
    const access = { tenant_id: 'acme', policy: `payments@${policy.revision}` };
    const result = await guard.checkToken(
      await issuer.sign('okta', { access, scopes: [], audiences: [audience] }),
    );
    if (!result.ok) throw new Error(result.problem.code);
    await expect(result.token.resolve('left')).rejects.toMatchObject({ name: 'GuardError' });
    await expect(result.token.deny()).rejects.toMatchObject({ name: 'GuardError' });
  });

  test('end with their connections', async () => {
    const bank = await source(answers('{"left":1}'));
    const { tokenOf, lookups } = await guarded(spec(bank.port, left));
    const token = await tokenOf('okta');
    await lookups.close();
    await expect(token.resolve('left')).rejects.toMatchObject({ status: 503 });
  });
});

test.skipIf(postgres === undefined)('PostgreSQL is asked with bound parameters', async () => {
  const database = new Client({ connectionString: postgres?.url });
  await database.connect();
  await database.query('create table if not exists spent (id text primary key, cents int)');
  await database.query("insert into spent values ('usr_berlin', 70) on conflict do nothing");
  const text = `
version: 1
name: payments
lifetime: { access: 10m }
sources:
  ledger:
    sql: { connection: "\${LEDGER}", query: "select cents from spent where id = :id", params: { id: user.id } }
    returns: { cents: int }
claims:
  tenant_id: { value: org.id, kind: authoritative, subjects: [human] }
  spent: { value: ledger.cents, kind: authoritative, resolve: request }
issuers: { keycloak: { realm: payments, scripts: true, audience: "${audience}" } }`;
  const { contract, artifact, policy } = await built(text);
  const lookups = createLookups({ policy: artifact, settings: { LEDGER: postgres?.url } });
  await lookups.ready();
  const guard = createGuard({
    contract,
    audience,
    issuers: { keycloak: { issuer: issuer.address('keycloak') } },
    lookups,
  });
  const access = { tenant_id: 'acme', policy: `payments@${policy.revision}` };
  const spent = async (payload: Changes['payload'] = {}) => {
    const text = await issuer.sign('keycloak', { access, scopes: [], audiences: [audience] }, { payload });
    const result = await guard.checkToken(text);
    return result.ok ? await result.token.resolve('spent') : undefined;
  };
  expect(await spent()).toBe(70);
  await database.query('update spent set cents = 80');
  expect(await spent()).toBe(80);
  await expect(spent({ sub: "' or '1'='1" })).rejects.toMatchObject({ code: 'missing' });
  await lookups.close();
  await database.end();
});

test('what is looked up is what the policy says in the same situation', async () => {
  let answer: unknown;
  const bank = await source((_, response) => response.end(JSON.stringify(answer)));
  const claims = `
role: { value: 'user.roles[0]', kind: descriptive, onMissing: omit, subjects: [human] }
x: { value: 'bank.left > 10.0 ? bank.names : [claims.role, org.id]', kind: descriptive, resolve: request, onMissing: omit, maxItems: 2 }
y: { value: 'claims.x.size() + int(bank.limit)', kind: descriptive, resolve: request, when: '"pay" in request.scopes', onMissing: { default: -1 } }`;
  const text = spec(bank.port, claims)
    .replace(/ {2}(?:okta|cognito|auth0): .*\n/g, '')
    .replace('value: org.id, kind: authoritative', 'value: org.id, kind: descriptive');
  const { artifact, policy } = await built(text);
  const lookups = createLookups({ policy: artifact, settings: { BANK_TOKEN: 'x' } });
  ended.push(() => lookups.close());
  const field = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const names = fc.constantFrom('a', 'b', 'c');
  const situation = fc.record({
    kind: fc.constantFrom('human' as const, 'delegated' as const),
    org: field(names),
    role: field(names),
    scopes: fc.uniqueArray(fc.constantFrom('pay', 'read')),
    answer: fc.oneof(
      fc.record({
        left: field(fc.constantFrom(5, 11, 'x')),
        names: field(fc.array(names, { maxLength: 3 })),
        limit: field(fc.constantFrom(0, 2.5, 1e300)),
      }),
      fc.constantFrom(null, [], 'x'),
    ),
  });
  await fc.assert(
    fc.asyncProperty(situation, async ({ kind, org, role, scopes, answer: said }) => {
      answer = said;
      const token: LookupToken = {
        issuer: 'keycloak',
        audience,
        kind,
        subject: 'human',
        client: 'web',
        scopes,
        revision: lookups.revision,
        payload: { sub: 'u1', ...(kind === 'delegated' && { act: { sub: 'desk' } }) },
        claims: { tenant_id: org, role },
        stale: [],
        nowMs: 0,
      };
      const context = {
        user: { id: 'u1', roles: role === undefined ? [] : [role] },
        org: { id: org },
        client: { id: 'web' },
        request: { scopes, audience },
        subject_type: 'human',
        ...(kind === 'delegated' && { actor: { sub: 'desk' } }),
        now: 0,
      };
      const own = ownValues(policy, context, { bank: said });
      for (const name of ['x', 'y']) {
        const found = await lookups
          .resolve(token, name)
          .catch((error: { readonly code: string }) => error.code);
        expect(found, name).toEqual(own[name]);
      }
    }),
    { numRuns: 150 },
  );
});
