import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerError } from '@claimsmith/server';
import { afterAll, expect, test } from 'vitest';
import { readRules } from './rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-rules-'));
const file = join(folder, 'gateway.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  writeFileSync(file, text);
  return readRules(file);
}

/** What is wrong, without the folder. */
function problems(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ServerError && error.code === 'configuration')
      return error.message.replaceAll(`${folder}/`, '').split('\n');
    throw error;
  }
  throw new Error('no problem');
}

const head = `version: 1
audience: https://shop.acme.example/
issuers:
  okta: { issuer: https://acme.okta.com/oauth2/default }
`;

test('a route has what it needs, and the rest has defaults', () => {
  const rules = read(`${head}routes:
  - path: /orders
    methods: [GET]
    scopes: [orders.read]
    acr: [phr]
    maxLoginAgeSeconds: 300
  - path: /stock
    audience: https://stock.acme.example/
  - path: /status
    open: true
`);
  expect(rules).toMatchObject({
    pass: 'headers',
    revisions: 'any',
    deadlineMs: 2_000,
    preflight: false,
    routes: [
      {
        path: '/orders',
        methods: ['GET'],
        audience: 'https://shop.acme.example/',
        needs: { otherScopes: ['orders.read'], acr: ['phr'], maxLoginAgeSeconds: 300 },
      },
      { path: '/stock', audience: 'https://stock.acme.example/', needs: {} },
      { path: '/status', open: true, audience: undefined, needs: {} },
    ],
  });
});

test.each([
  ['', ['gateway.yaml:1:1 the file must be a mapping']],
  [
    'version: 2',
    expect.arrayContaining(['gateway.yaml:1:10 version must be 1', 'gateway.yaml:1:1 routes is missing']),
  ],
  [`${head}routes: []\n`, ['gateway.yaml:5:9 routes must not be empty']],
  [
    `${head}routes:\n  - path: orders\n`,
    [expect.stringMatching(/^gateway.yaml:6:11 routes.0.path must be a path that starts/)],
  ],
  [
    `${head}routes:\n  - path: /a//b\n`,
    [expect.stringMatching(/^gateway.yaml:6:11 routes.0.path must be a path/)],
  ],
  [`${head}routes:\n  - path: /a\n    scope: [b]\n`, ['gateway.yaml:6:5 routes.0 has unknown keys: scope']],
  [
    `${head}routes:\n  - path: /a\n    methods: [get]\n`,
    ['gateway.yaml:7:15 routes.0.methods.0 must be a method in capitals'],
  ],
  [
    `${head}routes:\n  - path: /a\n    open: true\n    scopes: [b]\n`,
    ['gateway.yaml:6:5 routes.0 is open, so it cannot need anything: leave out `open` or the rest'],
  ],
  [
    `${head}routes:\n  - path: /a\n  - path: /A\n`,
    ['gateway.yaml:7:11 routes.1.path differs from /a only in case or escapes'],
  ],
  [
    `${head}routes:\n  - path: /a:b\n  - path: /a%3Ab\n  - path: /c/\n`,
    [
      'gateway.yaml:8:11 routes.2.path must be a path that starts with /, without empty or escaped parts, and without a slash at the end, such as /payments',
    ],
  ],
  [
    `${head}routes:\n  - path: /a:b\n  - path: /a%3Ab\n`,
    ['gateway.yaml:7:11 routes.1.path differs from /a:b only in case or escapes'],
  ],
  [
    `${head}routes:\n  - path: /a\n    methods: [GET]\n  - path: /a\n`,
    ['gateway.yaml:8:5 routes.1 has a method of an earlier route for /a'],
  ],
  [
    `${head}pass: token\nroutes: [{ path: /a }]\n`,
    ['gateway.yaml:5:7 pass is token, so `token` with its `issuer` must be there'],
  ],
  [
    `${head}pass: token\ntoken: { issuer: a, lifetimeSeconds: 61 }\nroutes: [{ path: /a }]\n`,
    ['gateway.yaml:6:38 token.lifetimeSeconds must be 60 or less'],
  ],
  [
    `version: 1\nissuers: {}\nroutes: [{ path: /a }]\n`,
    [
      'gateway.yaml:2:10 issuers must name an issuer',
      'gateway.yaml:3:10 routes.0 has no audience: give it here, or for all routes',
    ],
  ],
  [`version: 1\nversion: 1\n`, ['gateway.yaml:2:1 is not YAML: DUPLICATE_KEY']],
  [`a: [`, [expect.stringMatching(/^gateway.yaml:1:5 is not YAML: /)]],
])('what is wrong has its place: %j', (text, expected) => {
  expect(problems(text)).toEqual(expected);
});
