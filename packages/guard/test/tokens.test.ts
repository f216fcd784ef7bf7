import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Changes,
  type Issued,
  type IssuerId,
  type LocalIssuer,
  startLocalIssuer,
} from '../../../examples/payments/service/local-issuer.ts';
import { audience, guardOf, issuerIds, ofPerson, revision } from './setup.ts';

let issuer: LocalIssuer;
let other: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer();
  other = await startLocalIssuer();
});
afterAll(() => {
  issuer.close();
  other.close();
});

const day = 86_400;
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const part = (data: unknown) => Buffer.from(JSON.stringify(data)).toString('base64url');

interface Wrong {
  readonly what: string;
  readonly problem: string;
  readonly changes?: Changes;
  /** Default: what a person's token says. */
  readonly says?: (says: Issued) => Issued;
  /** Default: as it was signed. */
  readonly token?: (token: string, id: IssuerId) => string | Promise<string>;
  readonly only?: readonly IssuerId[];
}

const idToken = { token_use: 'id', typ: 'ID', policy: undefined, aud: 'shop-web', nonce: 'n' };
const without =
  (name: string) =>
  (says: Issued): Issued => {
    const kept = Object.entries(says.access).filter(([key]) => !key.endsWith(name));
    return { ...says, access: Object.fromEntries(kept) };
  };
const claim =
  (name: string, value: unknown) =>
  (says: Issued): Issued => ({
    ...says,
    access: Object.fromEntries(
      Object.entries(says.access).map(([key, old]) => [key, key.endsWith(name) ? value : old]),
    ),
  });

const wrong: readonly Wrong[] = [
  {
    what: 'an ID token',
    problem: 'type|audience|marker',
    changes: { payload: idToken, header: { typ: 'JWT' } },
  },
  { what: 'no typ', problem: 'type', changes: { header: { typ: undefined } }, only: ['auth0', 'keycloak'] },
  { what: 'a security event', problem: 'type', changes: { header: { typ: 'secevent+jwt' } } },
  { what: 'a logout token', problem: 'type', changes: { header: { typ: 'logout+jwt' } } },
  { what: 'no exp', problem: 'time', changes: { payload: { exp: undefined } } },
  { what: 'no iat', problem: 'time', changes: { payload: { iat: undefined } } },
  { what: 'no jti', problem: 'id', changes: { payload: { jti: undefined } } },
  { what: 'no sub', problem: 'subject', changes: { payload: { sub: undefined } } },
  {
    what: 'no audience',
    problem: 'audience',
    changes: { payload: { aud: undefined } },
    only: ['auth0', 'keycloak', 'okta'],
  },
  { what: 'another audience', problem: 'audience', changes: { payload: { aud: 'https://other.example/' } } },
  {
    what: 'two audiences',
    problem: 'audience',
    changes: { payload: { aud: [audience, 'https://other.example/'] } },
  },
  { what: 'another issuer', problem: 'issuer', changes: { payload: { iss: 'https://evil.example/' } } },
  {
    what: 'iat a day ahead',
    problem: 'time',
    changes: { payload: { iat: inSeconds(day), exp: inSeconds(day + 60) } },
  },
  { what: 'iat 30 days ago', problem: 'time', changes: { payload: { iat: inSeconds(-30 * day) } } },
  { what: 'nbf in an hour', problem: 'time', changes: { payload: { nbf: inSeconds(3_600) } } },
  { what: 'expired', problem: 'time', changes: { ageSeconds: 700 } },
  { what: 'exp as text', problem: 'time', changes: { payload: { exp: '99999999999' } } },
  { what: 'unenriched', problem: 'unenriched', changes: { payload: { policy: 'unenriched' } } },
  { what: 'no marker', problem: 'marker', changes: { payload: { policy: undefined } } },
  {
    what: "another policy's marker",
    problem: 'marker',
    changes: { payload: { policy: 'paymentsx@c44bcd7e' } },
  },
  { what: 'a required claim missing', problem: 'claim', says: without('roles') },
  { what: 'a claim of another type', problem: 'claim', says: claim('roles', 'approver') },
  { what: 'a null claim', problem: 'claim', says: claim('tenant_id', null) },
  { what: 'a claim over its bounds', problem: 'claim', says: claim('roles', Array(21).fill('r')) },
  {
    what: 'a required claim too old',
    problem: 'stale',
    changes: { ageSeconds: 841, lifetimeSeconds: 3_600 },
  },
  { what: 'bound to a key', problem: 'bound', changes: { payload: { cnf: { jkt: 'x' } } } },
  { what: 'an extension in crit', problem: 'format', token: (token) => swapHeader(token, { crit: ['exp'] }) },
  {
    what: 'alg none',
    problem: 'format|algorithm',
    token: (token) => `${swapHeader(token, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`,
  },
  { what: 'HS256 with the public key', problem: 'algorithm', token: signedWithPublicKey },
  { what: "another issuer's key", problem: 'signature', token: (_token, id) => forged(id) },
  { what: 'a changed payload', problem: 'signature', token: (token) => swapPayload(token, { sub: 'admin' }) },
  { what: 'an unknown key', problem: 'key', token: (token) => swapHeader(token, { kid: 'other' }) },
  { what: 'an encrypted token', problem: 'format', token: (token) => `${token}.AAAA.BBBB` },
];

function swapHeader(token: string, changes: object): string {
  const [header = '', ...rest] = token.split('.');
  return [part({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...changes }), ...rest].join(
    '.',
  );
}

function swapPayload(token: string, changes: object): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [
    header,
    part({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...changes }),
    signature,
  ].join('.');
}

async function signedWithPublicKey(token: string, id: IssuerId): Promise<string> {
  const path = {
    auth0: '.well-known/jwks.json',
    cognito: '.well-known/jwks.json',
    keycloak: 'protocol/openid-connect/certs',
    okta: 'v1/keys',
  };
  const keys = await (await fetch(issuer.address(id) + path[id])).text();
  const [header, payload] = swapHeader(token, { alg: 'HS256' }).split('.');
  return `${header}.${payload}.${createHmac('sha256', keys).update(`${header}.${payload}`).digest('base64url')}`;
}

/** The same token, signed by somebody else with a key of the same name. */
async function forged(id: IssuerId): Promise<string> {
  return await other.sign(id, ofPerson(id), { payload: { iss: issuer.address(id) } });
}

describe.each(issuerIds)('%s', (id) => {
  test('a right token is accepted, with claims by their names in the spec', async () => {
    const guard = guardOf(issuer);
    const token = await issuer.sign(id, ofPerson(id));
    const result = await guard.check(
      { headers: { authorization: `Bearer ${token}` } },
      { scopes: ['payments.approve'] },
    );
    expect(result).toMatchObject({
      ok: true,
      token: {
        issuer: id,
        kind: 'human',
        client: 'shop-web',
        revision,
        authority: { tenant_id: 'org_acme', roles: ['approver'], features: ['sepa'], approval_limit: 5000 },
        descriptive: { plan: 'gold' },
      },
    });
    expect(result.ok && Object.getPrototypeOf(result.token.authority)).toBe(null);
  });

  test("a machine's token has no claims of people", async () => {
    const { access, ...rest } = ofPerson(id);
    const token = await issuer.sign(
      id,
      { ...rest, access: { tenant_id: access['tenant_id'], policy: revision } },
      { machine: true },
    );
    const result = await guardOf(issuer).checkToken(token);
    expect(result.ok && { ...result.token.authority }).toEqual({ tenant_id: 'org_acme' });
    expect(result).toMatchObject({ token: { kind: 'machine' } });
  });

  test.each(wrong.filter(({ only }) => only?.includes(id) ?? true))('refused: $what', async (one) => {
    const problems: string[] = [];
    const guard = guardOf(issuer, { onRefused: ({ code }) => problems.push(code) });
    const says = one.says?.(ofPerson(id)) ?? ofPerson(id);
    const signed = await issuer.sign(id, says, one.changes);
    const token = (await one.token?.(signed, id)) ?? signed;
    const result = await guard.checkToken(token);
    expect(result).toMatchObject({ ok: false, status: 401, challenge: 'Bearer error="invalid_token"' });
    expect(problems[0]).toMatch(new RegExp(`^(${one.problem})$`));
  });
});

test.each([
  ['keycloak', { preferred_username: 'service-account-x' }],
  ['auth0', { sub: 'samlp|acme|x@clients' }],
] as const)('at %s, a person does not pass as a machine by a name of their choice', async (id, payload) => {
  const { access, ...rest } = ofPerson(id);
  const says = { ...rest, access: { tenant_id: access['tenant_id'], policy: revision } };
  const result = await guardOf(issuer).checkToken(await issuer.sign(id, says, { payload }));
  expect(result).toMatchObject({ ok: false, problem: { code: 'claim' } });
});

test('a remembered token that is not valid yet, after the clock was set back, is refused', async () => {
  let nowMs = Date.now();
  const guard = guardOf(issuer, { now: () => nowMs });
  const token = await issuer.sign('okta', ofPerson('okta'), {
    ageSeconds: 100,
    payload: { nbf: inSeconds(0) },
  });
  expect(await guard.checkToken(token)).toMatchObject({ ok: true });
  nowMs -= 60_000;
  expect(await guard.checkToken(token)).toMatchObject({ ok: false, problem: { code: 'time' } });
});

test('a log that fails later changes nothing', async () => {
  const guard = guardOf(issuer, { onRefused: () => Promise.reject(new Error('no log')) });
  expect(await guard.checkToken('x')).toMatchObject({ status: 401 });
});

test.each([
  ['a name that nobody knows', { scope: ['payments.approve'] }],
  ['no value', { scopes: undefined }],
  ['text for a list', { scopes: 'payments.approve' }],
  ['a time that is not a number', { maxLoginAgeSeconds: Number.NaN }],
  ['a time that is text', { maxLoginAgeSeconds: '300' }],
  ['a time without end', { maxLoginAgeSeconds: Number.POSITIVE_INFINITY }],
  ['a scope that is not a text', { scopes: [Symbol('payments.approve')] }],
  ['nothing at all', null],
  ['an async function', async () => ({ scopes: ['payments.approve'] })],
  ['a promise', Promise.resolve({ scopes: ['payments.approve'] })],
  ['a map', new Map([['scopes', ['payments.approve']]])],
])('needs with %s let nobody pass', async (_, needs) => {
  const problems: unknown[] = [];
  const guard = guardOf(issuer, { onRefused: ({ code }) => problems.push(code) });
  const token = await issuer.sign('auth0', ofPerson('auth0'));
  const result = await guard.checkToken(token, needs as object);
  expect(result).toMatchObject({ ok: false, status: 503 });
  expect(problems).toEqual(['internal']);
});
