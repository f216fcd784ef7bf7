import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisDenylist } from '@claimsmith/guard';
import { createClient } from '@redis/client';
import { decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newKey, startProcess } from '../../../packages/gateway/test/process.ts';
import { rulesText, startWorld, type World } from '../../../packages/gateway/test/setup.ts';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { startRedis } from '../../../tools/servers/redis.ts';

const redis = await serverForTests(startRedis);
const folder = mkdtempSync(join(tmpdir(), 'claimsmith-gateway-app-'));
const agent = new Agent({ keepAlive: true });
let world: World;
let running: Awaited<ReturnType<typeof startProcess>> | undefined;

beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => running?.stop());
afterAll(async () => {
  agent.destroy();
  await world.close();
  rmSync(folder, { recursive: true });
});

async function start(environment: Readonly<Record<string, string>> = {}, rules = rulesText(world)) {
  running = await startProcess(folder, { ...world.files, 'gateway.yaml': rules }, environment);
  return { ...running, port: await running.port() };
}

/** Asks as Caddy does; gives the status and the headers. */
function ask(
  port: number,
  uri: string,
  bearer = '',
): Promise<{ status: number; headers: Record<string, unknown> }> {
  const [name = '', value = ''] = bearer.split(/: (.*)/);
  const headers = {
    'x-forwarded-method': 'GET',
    'x-forwarded-uri': uri,
    ...(name === '' ? {} : { [name]: value }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path: '/check/forwarded', agent, headers },
      (response) => {
        response
          .resume()
          .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      },
    );
    sent.on('error', reject).end();
  });
}

/** As a mounted configuration changes: by a rename. */
function change(name: string, text: string) {
  writeFileSync(join(folder, `${name}.new`), text);
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

test('what lacks is told at once, and it does not start', async () => {
  running = await startProcess(folder, {}, { CONTRACT: '', RULES: '', PORT: 'x' });
  expect(await running.ended).toBe(1);
  expect(running.output().trim().split('\n')).toEqual([
    'CONTRACT is required: the path of the contract.json that `claimsmith build` wrote',
    'RULES is required: the path of your gateway.yaml',
    'PORT must be a whole number from 0 to 65535',
  ]);
});

test.each([
  ['a file that is not there', {}, { CONTRACT: 'none.json' }, 'none.json cannot be read: ENOENT'],
  [
    'another JSON',
    { 'contract.json': '{}' },
    {},
    'contract.json cannot be loaded. The contract cannot be read: it has no version',
  ],
  [
    'a module that is none',
    { 'lookups.mjs': 'export const a = 1;' },
    {},
    'lookups.mjs does not export a policy',
  ],
  [
    'a setting that is not allowed',
    {},
    { CLAIMSMITH_SETTINGS: '' },
    'the policy needs BANK_TOKEN: list it in CLAIMSMITH_SETTINGS, and set it',
  ],
  [
    'a route that resolves nothing',
    { 'gateway.yaml': 'resolve: [nothing]' },
    {},
    'resolves nothing, which is not a claim with `resolve: request`',
  ],
  ['tokens without a key', { 'gateway.yaml': 'pass: token' }, {}, 'SIGNING_KEY is required'],
] as const)('%s keeps it from starting', async (_what, files, environment, why) => {
  const texts: Record<string, string> = { ...world.files, 'gateway.yaml': rulesText(world), ...files };
  if (texts['gateway.yaml'] === 'resolve: [nothing]')
    texts['gateway.yaml'] = rulesText(world, 'routes: [{ path: /, resolve: [nothing] }]\n');
  if (texts['gateway.yaml'] === 'pass: token')
    texts['gateway.yaml'] = rulesText(world, 'pass: token\ntoken: { issuer: a }\nroutes: [{ path: / }]\n');
  running = await startProcess(folder, texts, environment);
  expect(await running.ended).toBe(1);
  expect(running.output()).toContain(why);
});

test('it follows its files without a gap, keeps the old ones if new ones are bad, and ends when told', async () => {
  const token = (key: string) => ({
    rules: rulesText(
      world,
      'pass: token\ntoken: { issuer: https://gw.acme.example }\nroutes: [{ path: /payments }]\n',
    ),
    key,
  });
  const { rules, key } = token(newKey());
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(folder, 'entries.json'), '{"entries":[]}');
  const { port, said, output, child, ended } = await start(
    { SIGNING_KEY_FILE: 'key.pem', DENYLIST: 'entries.json', OPS_PORT: '0' },
    rules,
  );
  const bearer = await world.bearer('auth0');
  const statuses = new Set<number>();
  let isOver = false;
  const load = [1, 2, 3].map(async () => {
    while (!isOver) statuses.add((await ask(port, '/payments/1', bearer)).status);
  });
  const kidOf = async () => {
    const { headers } = await ask(port, '/payments/1', bearer);
    return decodeProtectedHeader(String(headers['x-claims-token'])).kid;
  };
  const before = await kidOf();
  // Another key, another route, and a revoked token, one after the other.
  const taken = async (nth: number) => {
    for (let tries = 0; tries < 500 && output().split('the files were read again').length <= nth; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  change('key.pem', newKey());
  await taken(1);
  expect(await kidOf()).not.toBe(before);
  expect((await ask(port, '/refunds', bearer)).status).toBe(403);
  change('gateway.yaml', rules.replace('[{ path: /payments }]', '[{ path: /payments }, { path: /refunds }]'));
  await taken(2);
  expect((await ask(port, '/refunds', bearer)).status).toBe(200);
  const revoked = await world.bearer('auth0', {}, { payload: { jti: 'gone' } });
  expect((await ask(port, '/refunds', revoked)).status).toBe(200);
  const entry = { issuer: world.issuer.address('auth0'), id: 'gone', until: Date.now() / 1_000 + 600 };
  change('entries.json', JSON.stringify({ entries: [entry] }));
  await taken(3);
  expect((await ask(port, '/refunds', revoked)).status).toBe(401);
  change('gateway.yaml', 'version: 2\n');
  await said('the changed files were refused');
  expect(output()).toContain('gateway.yaml:1:10 version must be 1');
  expect((await ask(port, '/refunds', bearer)).status).toBe(200);
  // A file that is bad does not keep a token from being revoked.
  const late = await world.bearer('auth0', {}, { payload: { jti: 'late' } });
  expect((await ask(port, '/refunds', late)).status).toBe(200);
  change('entries.json', JSON.stringify({ entries: [entry, { ...entry, id: 'late' }] }));
  await expect.poll(async () => (await ask(port, '/refunds', late)).status, { timeout: 10_000 }).toBe(401);
  expect((await ask(port, '/refunds', bearer)).status).toBe(200);
  isOver = true;
  await Promise.all(load);
  expect([...statuses]).toEqual([200]);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(output()).not.toMatch(/eyJ|PRIVATE|hush/);
});

test('a secret of look-ups changes, and a denylist that comes later is told', async () => {
  writeFileSync(join(folder, 'bank.txt'), 'wrong');
  writeFileSync(join(folder, 'config.json'), '{}');
  writeFileSync(join(folder, 'entries.json'), '{"entries":[]}');
  const { port, said } = await start({
    BANK_TOKEN: '',
    BANK_TOKEN_FILE: 'bank.txt',
    CONFIG_FILE: 'config.json',
  });
  const bearer = await world.bearer('auth0');
  expect((await ask(port, '/limits', bearer)).status).toBe(503);
  change('bank.txt', 'hush\n');
  await said('the files were read again');
  expect((await ask(port, '/limits', bearer)).status).toBe(200);
  change('config.json', '{"DENYLIST":"entries.json"}');
  await said('DENYLIST and DENYLIST_REDIS_URL cannot change while the server runs: start it again');
  expect((await ask(port, '/limits', bearer)).status).toBe(200);
});

test('a flood of wrong tokens writes few lines, and counts in metrics', async () => {
  const { port, output } = await start();
  const none = Array.from({ length: 2_000 }, (_, nth) =>
    ask(port, '/payments/1', `authorization: Bearer a${nth}`),
  );
  expect(new Set((await Promise.all(none)).map(({ status }) => status))).toEqual(new Set([401]));
  expect(output().split('requests were refused').length).toBeLessThan(20);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('claimsmith_checks_total{outcome="refused",reason="format"} 2000\n');
});

test('a shared denylist is asked for each request, and closed while it is down', async ({ skip }) => {
  if (redis === undefined) return skip('Redis is not there');
  const { port, said } = await start({ DENYLIST_REDIS_URL: redis.url });
  const client = await createClient({ url: redis.url }).connect();
  const denylist = redisDenylist({ send: (args) => client.sendCommand(args) });
  const bearer = await world.bearer('okta', {}, { payload: { jti: 'shared' } });
  // A database that nobody has opened may have lost its data.
  expect((await ask(port, '/payments/1', bearer)).status).toBe(503);
  await denylist.open();
  expect((await ask(port, '/payments/1', bearer)).status).toBe(200);
  const until = Date.now() / 1_000 + 600;
  await denylist.add({ issuer: world.issuer.address('okta'), id: 'shared', until });
  expect((await ask(port, '/payments/1', bearer)).status).toBe(401);
  client.destroy();
  await redis.stop();
  const other = await world.bearer('okta');
  expect((await ask(port, '/payments/1', other)).status).toBe(503);
  await said('the denylist cannot be reached');
});
