import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { allNeeded } from '../../../tools/publishing/auth0.ts';
import { startAuth0 } from '../../../tools/stand-ins/auth0.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const spec = `version: 1
name: shop
namespace: https://acme.example/
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive, when: subject_type == "human" }
  level: { const: basic, kind: descriptive }
scopes:
  orders.read: { grant: 'subject_type == "human" && "clerk" in user.roles' }
deny: [{ when: 'subject_type == "human" && "blocked" in user.roles', reason: account_blocked }]
issuers: { auth0: {} }
`;

const scenarios = `
context: { request: { audience: https://api.acme.example, scopes: [openid, orders.read] } }
scenarios:
  - name: a clerk
    context: { user: { id: "auth0|ada", roles: [clerk], attributes: { tier: gold } } }
    live: { client: web, user: ada }
  - name: a visitor
    context: { user: { id: "auth0|eve", roles: [] } }
    live: { client: web, user: eve }
  - name: blocked
    context: { user: { id: "auth0|bob", roles: [blocked] } }
    live: { client: web, user: bob }
  - name: a nightly job
    context: { subject_type: machine, request: { scopes: [] } }
    live: { client: web }
  - name: a stranger
    context: { user: { id: u1 } }
`;

const secrets = { AUTH0_SECRET: 'planted-secret', WEB_SECRET: 'planted-web', PASSWORD: 'planted-password' };

async function published() {
  const tenant = await startAuth0({
    clients: {
      claimsmith: { secret: secrets.AUTH0_SECRET, scopes: allNeeded },
      web: { secret: secrets.WEB_SECRET },
    },
    apis: ['https://api.acme.example'],
    users: {
      ada: { password: secrets.PASSWORD, roles: ['clerk'], app_metadata: { tier: 'gold' } },
      eve: { password: secrets.PASSWORD },
      bob: { password: secrets.PASSWORD, roles: ['blocked'] },
    },
  });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await tenant.close();
    isOpen = false;
  };
  onTestFinished(close);
  for (const [name, value] of Object.entries(secrets)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const user = '{ password: { env: PASSWORD } }';
  const folder = scratchFolder({
    'enrichment.yaml': spec,
    'scenarios/all.yaml': scenarios,
    'environments/prod.yaml': `targets:
  auth0:
    domain: "${tenant.url}"
    clientId: claimsmith
    clientSecret: { env: AUTH0_SECRET }
    verify:
      clients: { web: { secret: { env: WEB_SECRET } } }
      users: { ada: ${user}, eve: ${user}, bob: ${user} }
`,
  });
  const run = async (...args: readonly string[]) => {
    const { code, out, err } = await claimsmith(folder, ...args);
    for (const secret of Object.values(secrets)) expect(out + err).not.toContain(secret);
    return { code, out: out.replaceAll(new URL(tenant.url).host, 'the tenant'), err };
  };
  expect(await run('apply', '--yes')).toMatchObject({ code: 0 });
  tenant.requests.length = 0;
  return { tenant, folder, run, close };
}

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../../docs/schemas/verify.schema.json', import.meta.url), 'utf8'),
);
const fits = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(
  Object(schema),
);

test('after apply every token is as the policy decides, and nothing but tokens was asked for', async () => {
  const { tenant, run } = await published();
  expect(await run('verify')).toEqual({
    code: 0,
    out: `auth0  the tenant
  ✓ a clerk        a login of ada at web
  ✓ a visitor      a login of eve at web
  ✓ blocked        a login of bob at web
  ✓ a nightly job  client credentials of web

✓ 4 tokens of 4 scenarios at 1 place, all as the policy decides
  Not asked: 1 scenario has no \`live:\`.
`,
    err: '',
  });
  expect(tenant.requests.map(({ path }) => path)).toEqual(Array(4).fill('/oauth/token'));
});

test('another revision at the tenant is a difference, with its claims, and the plan as the remedy', async () => {
  const { folder, run } = await published();
  writeFileSync(join(folder, 'enrichment.yaml'), spec.replace('const: basic', 'const: plus'));
  const { code, out } = await run('verify', '--scenario', 'a visitor');
  expect(code).toBe(2);
  expect(out).toContain('    access.level\n      policy  "plus"\n      token   "basic"\n');
  expect(out).toContain('see claimsmith plan');
  const { out: json } = await run('verify', '--json');
  expect([fits(JSON.parse(json)), fits.errors]).toEqual([true, null]);
  expect(JSON.parse(json).places[0]).toMatchObject({ status: 'differs' });
});

test('a user who has more than the scenario says gets another token', async () => {
  const { tenant, run } = await published();
  tenant.tenant.users.set('eve', { password: secrets.PASSWORD, roles: ['clerk'] });
  const { code, out } = await run('verify', '--scenario', 'a visitor');
  expect(code).toBe(2);
  expect(out).toContain('    scopes\n      policy  []\n      token   ["orders.read"]\n');
});

test('an Action that somebody unbound does not deny any more, and verify sees it', async () => {
  const { tenant, run } = await published();
  tenant.tenant.bindings.set('post-login', []);
  const { code, out } = await run('verify', '--scenario', 'blocked');
  expect(code).toBe(2);
  expect(out).toContain('    denied\n      policy  "account_blocked"\n      token   nothing\n');
});

test('a question that fails ends with 1, and the others are asked', async () => {
  const { tenant, run } = await published();
  tenant.tenant.users.delete('ada');
  const { code, out } = await run('verify');
  expect(code).toBe(1);
  expect(out).toContain('✗ a clerk        The tenant refuses the login of ada.\n  ✓ a visitor');
  expect(out).toContain('1 question failed');
  const { out: json } = await run('verify', '--json');
  expect([fits(JSON.parse(json)), fits.errors]).toEqual([true, null]);
});

test('a tenant that cannot be reached ends with 3', async () => {
  const { run, close } = await published();
  await close();
  expect(await run('verify', '--scenario', 'a visitor')).toMatchObject({
    code: 3,
    out: expect.stringContaining('cannot be reached'),
  });
});

test('nothing asked ends with 2', async () => {
  const { run, folder } = await published();
  expect(await run('verify', '--scenario', 'a stranger')).toMatchObject({
    code: 2,
    out: expect.stringContaining('Nothing was asked'),
  });
  const environment = join(folder, 'environments/prod.yaml');
  writeFileSync(environment, readFileSync(environment, 'utf8').replace(/ {4}verify:[\s\S]*$/, ''));
  const { code, out } = await run('verify');
  expect(code).toBe(2);
  expect(out).toContain('4 questions without a way to ask: look at `verify` under the');
});
