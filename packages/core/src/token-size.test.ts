import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, get } from 'node:http';
import fc from 'fast-check';
import { generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { policyOf } from '../test/kit.ts';
import {
  createPolicy,
  gateways,
  jsonBytes,
  tokenBytes,
  tokenLimitBytes,
  usualClaims,
  worstSize,
} from './index.ts';
import { readSpec } from './spec/read.ts';
import { furtherClaims, longestHeader } from './token-size.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function signedLength(header: object, payload: object): number {
  const input = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url')}`.length;
}

test('a token is exactly as long as one that is signed', () => {
  const header = { alg: 'RS256', typ: 'at+jwt', kid: 'k1' };
  const payload = {
    iss: 'https://acme.example/',
    roles: ['approver', 'prüfer', '承認者', '🦊'],
    note: '"\\\n\u2028',
  };
  expect(tokenBytes(header, payload)).toBe(signedLength(header, payload));
});

test('the length of JSON in UTF-8 holds for any text, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
      expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
    }),
  );
  expect(jsonBytes('\ud800x\udc00')).toBe(Buffer.byteLength(JSON.stringify('\ud800x\udc00')));
});

describe('the length is that of jose', () => {
  const payload = { sub: 'u1', roles: ['approver', 'prüfer', '🦊'], plan: 'x'.repeat(1000) };
  test.each([
    ['HS256', 'HS256', undefined],
    ['ES256', 'ES256', undefined],
    ['EdDSA', 'EdDSA', undefined],
    ['ES384', 'ES384', undefined],
    ['ES512', 'ES512', undefined],
    ['RS256', 'RS256', 2048],
    ['PS256', 'PS256', 2048],
    ['RS256-3072', 'RS256', 3072],
    ['RS256-4096', 'RS256', 4096],
  ] as const)('for %s', async (algorithm, alg, modulusLength) => {
    const header = { alg, typ: 'at+jwt', kid: 'k1' };
    const key =
      alg === 'HS256'
        ? new Uint8Array(32)
        : (await generateKeyPair(alg, modulusLength === undefined ? {} : { modulusLength })).privateKey;
    const signed = await new SignJWT(payload).setProtectedHeader(header).sign(key);
    expect(tokenBytes(header, payload, algorithm)).toBe(signed.length);
  });
});

describe('the largest token of a policy', () => {
  const body = `user: { attributes: { note: string, seats: int } }
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20 }
  seats: { value: user.attributes.seats, kind: descriptive }
  note: { value: user.attributes.note, kind: descriptive, maxBytes: 300 }
  fixed: { const: { a: [1, "ü"] }, kind: descriptive }
  id: { value: user.roles, kind: descriptive, tokens: [id], maxItems: 900 }
scopes: { pay: { grant: user.id == "a" }, 'read.{x}': { grant: x == user.id } }
`;

  test('is never smaller than one within the bounds, with texts of 36 characters', () => {
    const policy = policyOf(body);
    const { bytes } = worstSize(policy);
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', '-', '9'), maxLength: 36 }), { maxLength: 20 }),
        fc.integer(),
        fc.string({ maxLength: 120 }),
        (roles, seats, note) => {
          fc.pre(jsonBytes(note) <= 300);
          const claims = { roles, seats, note, fixed: { a: [1, 'ü'] }, policy: `test@${policy.revision}` };
          const scope = `openid profile email pay read.${'x'.repeat(36)}`;
          const token = { ...usualClaims({ scope }), ...furtherClaims, ...claims };
          expect(tokenBytes(longestHeader, token)).toBeLessThanOrEqual(bytes);
        },
      ),
    );
  });

  test('is reached', () => {
    const roles = Array.from({ length: 20 }, () => 'r'.repeat(36));
    const policy = policyOf(body);
    const scope = `openid profile email pay read.${'x'.repeat(36)}`;
    const claims = {
      roles,
      seats: Number.MIN_SAFE_INTEGER,
      note: 'n'.repeat(298),
      fixed: { a: [1, 'ü'] },
      policy: `test@${policy.revision}`,
    };
    const size = tokenBytes(longestHeader, { ...usualClaims({ scope }), ...furtherClaims, ...claims });
    expect(worstSize(policy).bytes - size).toBeLessThanOrEqual(2);
  });

  test.each([
    ['a list that has none', 'claims: { g: { value: user.groups, kind: descriptive } }', ['g']],
    [
      'a value of any shape',
      `sources: { s: { http: { url: "https://s.example/" }, returns: { v: dyn } } }
claims:
  g: { value: s.v, kind: descriptive }
  h: { value: s.v.w, kind: descriptive }
  small: { value: s.v.x, kind: descriptive, maxBytes: 100 }`,
      ['g', 'h'],
    ],
    [
      'authorization details, of which clients may ask for many',
      "claims: { a: { const: 1, kind: descriptive } }\nauthorizationDetails: { pay: { fields: { amount: int }, grant: 'detail.amount < 10' } }",
      ['authorization_details'],
    ],
    [
      'dynamic scopes, of which clients may ask for many',
      "claims: { a: { const: 1, kind: descriptive } }\nscopes: { 'read.{x}': { grant: x in user.groups }, pay: { grant: 'user.id == \"a\"' } }",
      ['scope'],
    ],
    [
      'none of what the spec itself writes',
      'claims: { a: { value: \'{"id": user.id, "tags": ["a", "b"]}\', kind: descriptive } }',
      [],
    ],
  ])('has no bound with %s', (_, text, unlimited) => {
    expect(worstSize(policyOf(text)).unlimited).toEqual(unlimited);
  });

  test.each([
    [`user.id == "a" ? "${'x'.repeat(90)}" : "b"`, 'x'.repeat(90)],
    [`"${'x'.repeat(50)}" + user.id`, 'x'.repeat(86)],
    [`user.?nickname.orValue("${'x'.repeat(70)}")`, 'x'.repeat(70)],
    [`[user.id, "${'x'.repeat(70)}"]`, ['x'.repeat(36), 'x'.repeat(70)]],
    [`["${'x'.repeat(70)}"] + [user.id]`, ['x'.repeat(70), 'x'.repeat(36)]],
    [`{"a": {"${'x'.repeat(50)}": user.id}}`, { a: { ['x'.repeat(50)]: 'x'.repeat(36) } }],
  ])('counts texts of the spec as they are: %s', (value, largest) => {
    const policy = policyOf(`claims: { a: { value: '${value}', kind: descriptive } }`);
    const [size] = worstSize(policy).claims;
    const bytes = jsonBytes({ a: largest }) - '{}'.length + ','.length;
    expect(size?.bytes).toBeGreaterThanOrEqual(bytes);
    expect((size?.bytes ?? 0) - bytes).toBeLessThanOrEqual(4);
  });

  test('has the longest name that a claim has at an issuer', () => {
    const text = `version: 1
name: s
claims: { a: { const: 1, kind: descriptive, as: { auth0: "https://acme.example/a" } } }`;
    const { spec, source } = readSpec({ file: 's.yaml', text }, { auth0: z.strictObject({}) });
    const policy = spec && createPolicy(spec, source).policy;
    expect(policy && worstSize(policy).claims[0]?.bytes).toBe(',"https://acme.example/a":1'.length);
  });
});

describe('gateways', () => {
  test('Node takes what its row says, and not much more', async () => {
    const server = createServer((_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const status = (bytes: number) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = {
          host: 'payments.eu.acme.example:8443',
          authorization: `Bearer ${'t'.repeat(bytes)}`,
        };
        get({ port, host: '127.0.0.1', path: '/', headers, agent: false }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      });
    const node = gateways.find(({ id }) => id === 'node');
    const limit = node === undefined ? 0 : tokenLimitBytes(node);
    try {
      expect([await status(limit), await status(limit + 300)]).toEqual([200, node?.answer]);
    } finally {
      server.close();
    }
  });

  test('the first to break is named, and with --gateway the one that is asked for', () => {
    const text = (items: number) =>
      `version: 1\nname: s\nclaims: { g: { value: user.groups, kind: descriptive, maxItems: ${items} } }`;
    const said = (items: number, names: readonly string[] = []) => {
      const { spec, source } = readSpec({ file: 's.yaml', text: text(items) }, {});
      return (
        spec &&
        createPolicy(spec, source, { gateways: names }).findings.map(({ severity, message }) => [
          severity,
          message,
        ])
      );
    };
    expect(said(100)).toEqual([]);
    expect(said(500)).toEqual([
      [
        'warning',
        expect.stringMatching(/^An access token may take 27,\d{3} bytes, .*; (?:Tomcat|Jetty) takes 8,113/),
      ],
    ]);
    expect(said(150, ['nginx', 'alb'])).toEqual([['error', expect.stringContaining('nginx takes 8,168')]]);
    expect(said(150, ['alb'])).toEqual([]);
  });
});
