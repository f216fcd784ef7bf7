import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request as httpRequest, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// biome-ignore lint/correctness/noUnresolvedImports: Node has it since 22.13; the linter's list is older
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { added, call, header, plainSpec, secret, servedPolicy, tokenRequest } from '../test/served.ts';
import {
  defaultLimits,
  type Log,
  type RunningServer,
  type ServerOptions,
  startServer,
  verifyAudit,
} from './index.ts';

const silent: Log = { error() {}, warn() {}, info() {}, debug() {}, flush() {} };

const unavailable = { error: { errorSummary: 'enrichment_unavailable' } };

const closing: (() => Promise<unknown>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimsmith-server-'));
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    policy: servedPolicy(),
    authentication: header,
    port: 0,
    log: silent,
    ...options,
  });
  closing.push(() => server.close());
  return server;
}

async function text(server: RunningServer, path: string) {
  const response = await fetch(`http://127.0.0.1:${server.address.port}${path}`);
  return { status: response.status, text: await response.text() };
}

/** The port of a server that listens on loopback until the test is over. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A source on this machine whose answers wait until they are let go. */
async function startSource() {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked = 0;
  const source = createServer(async (_, response) => {
    asked++;
    await held;
    response.setHeader('content-type', 'application/json');
    response.end('{"plan":"gold"}');
  });
  return { port: await listening(source), release, asked: () => asked };
}

async function until(holds: () => boolean | Promise<boolean>) {
  const endMs = performance.now() + 5_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error('it does not come to hold');
    await later(5);
  }
}

const sourceSpec = (port: number) => `${plainSpec}
  plan: { value: plans.plan, kind: authoritative }
sources:
  plans:
    http: { url: "http://127.0.0.1:${port}/{user.id}", headers: { authorization: "Bearer \${PLANS_TOKEN}" } }
    returns: { plan: string }
    timeout: 1s
`;

test('the hook is served under its path, whatever its query', async () => {
  const server = await start();
  expect(await call(server.address.hook)).toEqual(
    added({ login: 'ada@acme.example', policy: expect.any(String) }),
  );
  expect(await call(`${server.address.hook}?x=1`)).toHaveProperty('commands');
  expect((await text(server, '/okta/token-hooks')).status).toBe(404);
});

test('others get no claim', async () => {
  const server = await start();
  expect(await call(server.address.hook, tokenRequest(), 'Bearer another secret')).toEqual(unavailable);
});

test('operators see that it lives, is ready, and how it does', async () => {
  const server = await start({
    policy: servedPolicy(
      `${plainSpec}\ndeny:\n  - { when: 'user.username == "eve@acme.example"', reason: no_eve }\n`,
    ),
  });
  await call(server.address.hook);
  await call(server.address.hook, tokenRequest('eve@acme.example'));
  await call(server.address.hook, tokenRequest(), 'Bearer another secret');
  expect(await text(server, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await text(server, '/readyz')).toEqual({ status: 200, text: 'ready\n' });
  const metrics = (await text(server, '/metrics')).text;
  expect(metrics).toContain('claimsmith_issuances_total{decision="issued",reason=""} 1\n');
  expect(metrics).toContain('claimsmith_issuances_total{decision="denied",reason="no_eve"} 1\n');
  expect(metrics).toContain('claimsmith_hook_refusals_total{cause="authentication"} 1\n');
  expect(metrics).toMatch(/claimsmith_issuance_seconds_count\{decision="issued"\} 1\n/);
  expect(metrics).toMatch(/claimsmith_policy_info\{name="shop",revision="[0-9a-f]{8}"\} 1\n/);
  expect(metrics).not.toMatch(/ada@|eve@|user-1|client-1|secret/);
  expect(await text(server, '/')).toMatchObject({ status: 404 });
});

/** A log that keeps its lines. */
function keptLog() {
  const lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const keep = (message: string, fields: object = {}) => void lines.push({ message, fields: { ...fields } });
  return { log: { error: keep, warn: keep, info: keep, debug: keep, flush() {} } satisfies Log, lines };
}

test('the log counts refusals and denials by their reason, and says nothing of anybody', async () => {
  const { log, lines } = keptLog();
  const denying = `${plainSpec}\ndeny:\n  - { when: 'user.username == "eve@acme.example"', reason: no_eve }\n`;
  const server = await start({ log, policy: servedPolicy(denying) });
  for (let i = 0; i < 5; i++) {
    await call(server.address.hook, tokenRequest('eve@acme.example'));
    await call(server.address.hook, tokenRequest(), 'Bearer another secret');
    await call(server.address.hook, '{}');
    await call(`${server.address.hook}/elsewhere`);
    await call(server.address.hook);
  }
  await server.close();
  const counts: Record<string, number> = {};
  for (const { message, fields } of lines)
    counts[`${message}: ${fields['reason']}`] =
      (counts[`${message}: ${fields['reason']}`] ?? 0) + Number(fields['count']);
  expect(counts).toEqual({
    'issuances were denied: no_eve': 5,
    'requests were refused: authentication': 5,
    'requests were refused: payload': 5,
    'requests were refused: path': 5,
  });
  expect(JSON.stringify(lines)).not.toMatch(/ada@|eve@|user-1|client-1|Bearer/);
});

test('where answers of before serve, the log does not speak of a denial', async () => {
  const { log, lines } = keptLog();
  let status = 200;
  const source = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"plan":"gold"}');
  });
  const port = await listening(source);
  const spec = sourceSpec(port)
    .replace('timeout: 1s', 'timeout: 1s\n    cache: 1ms\n    stale: 1h')
    .replace('kind: authoritative }\nsources', 'kind: authoritative, maxAge: 3h, onMissing: deny }\nsources')
    .replace('owner:', 'lifetime: { access: 1h }\nowner:');
  const server = await start({ log, policy: servedPolicy(spec), settings: { PLANS_TOKEN: 'x' } });
  const gold = { login: 'ada@acme.example', plan: 'gold', policy: expect.any(String) };
  expect(await call(server.address.hook)).toEqual(added(gold));
  status = 401;
  await later(5);
  expect(await call(server.address.hook)).toEqual(added(gold));
  const told = () => lines.map(({ message, fields }) => `${message}: ${fields['name']}`);
  const stale = 'the source cannot be reached or refuses the server; kept answers are used: plans';
  expect(told()).toEqual([stale]);
  // Nothing is known of another user.
  const other = tokenRequest().replaceAll('user-1', 'user-2');
  expect(await call(server.address.hook, other)).toEqual(unavailable);
  const down = "the source cannot be reached or refuses the server; each claim's onMissing decides: plans";
  expect(told()).toEqual([stale, down, 'issuances were denied: undefined']);
  expect(await call(server.address.hook)).toEqual(added(gold));
  expect(told()).toHaveLength(3);
  status = 200;
  await until(
    async () =>
      'commands' in Object(await call(server.address.hook, tokenRequest().replaceAll('user-1', 'user-3'))),
  );
  expect(told().at(-1)).toBe('the source can be reached again: plans');
});

test('each issuance is in the audit before its answer comes, and no value is', async () => {
  const file = join(folder, 'audit.jsonl');
  const server = await start({ audit: { file } });
  await call(server.address.hook);
  const line = JSON.parse(await readFile(file, 'utf8'));
  expect(line.data).toMatchObject({
    decision: 'issued',
    client: 'client-1',
    claims: ['login'],
  });
  expect(JSON.stringify(line)).not.toContain('ada@');
  await call(server.address.hook);
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 2 });
});

test('no secret is in an answer, the log, the audit, its export or the metrics, whatever a source says', async () => {
  const secrets = {
    PLANS_TOKEN: 'canary-of-the-source-8d1f',
    PAIRWISE_KEY: 'canary-of-the-hmac-key-77ac',
    AUDIT_KEY: 'canary-of-the-audit-key-of-32-characters-02be',
  };
  const replies = [
    (response: ServerResponse) => response.end('{"plan":"gold"}'),
    (response: ServerResponse) => response.writeHead(401).end(secrets.PLANS_TOKEN),
    (response: ServerResponse) => response.writeHead(500, secrets.PLANS_TOKEN).end(),
    (response: ServerResponse) => response.end(`{"plan": ${secrets.PLANS_TOKEN}`),
    (response: ServerResponse) => response.destroy(new Error(secrets.PLANS_TOKEN)),
  ];
  let asked = 0;
  const source = createServer((request, response) => {
    expect(request.headers.authorization).toBe(`Bearer ${secrets.PLANS_TOKEN}`);
    replies[asked++ % replies.length]?.(response);
  });
  const exported: string[] = [];
  const receiver = createServer(async (request, response) => {
    for await (const chunk of request) exported.push(String(chunk));
    response.end('{}');
  });
  const [sourcePort, receiverPort] = await Promise.all([source, receiver].map(listening));
  const { log, lines } = keptLog();
  const file = join(folder, 'audit.jsonl');
  const server = await start({
    policy: servedPolicy(
      `${sourceSpec(sourcePort ?? 0).replace('sources:', `  pseudonym: { value: 'hash.hmac("\${PAIRWISE_KEY}", user.id)', kind: authoritative }\nsources:`)}audit: { key: "\${AUDIT_KEY}" }\n`,
    ),
    settings: secrets,
    log,
    audit: { file },
    logExport: { url: `http://127.0.0.1:${receiverPort}/v1/logs` },
  });
  const answers = [];
  for (const _ of replies) answers.push(await call(server.address.hook));
  answers.push(await call(server.address.hook, tokenRequest(), 'Bearer another secret'));
  const metrics = (await text(server, '/metrics')).text;
  await server.close();
  const all = JSON.stringify([answers, lines, metrics, await readFile(file, 'utf8'), exported]);
  expect(answers[0]).toHaveProperty('commands');
  expect(answers.slice(1)).toEqual(Array(replies.length).fill(unavailable));
  expect(exported.join('')).toContain('shop@');
  expect(all).not.toContain('canary');
  expect(all).not.toContain(secret.replace('Bearer ', ''));
});

test('what cannot be recorded is not issued', async () => {
  const server = await start({ audit: { file: '/dev/full' } });
  expect(await call(server.address.hook)).toEqual({ error: { errorSummary: 'audit_unavailable' } });
  expect((await text(server, '/metrics')).text).toContain('claimsmith_audit_failures_total 1\n');
});

test('it does not start without an audit that it was told to keep', async () => {
  await expect(start({ audit: { file: folder } })).rejects.toMatchObject({ code: 'audit_unavailable' });
});

test('a port that is taken is said so', async () => {
  const { address } = await start();
  await expect(start({ port: address.port })).rejects.toMatchObject({
    code: 'listen',
    message: `Cannot listen on 127.0.0.1:${address.port}: EADDRINUSE`,
  });
});

test('a new policy serves from the next request on, and the old one ends what it began', async () => {
  const source = await startSource();
  const settings = { PLANS_TOKEN: 'token' };
  const server = await start({ policy: servedPolicy(sourceSpec(source.port)), settings });
  const under = call(server.address.hook);
  await until(() => source.asked() > 0);
  await server.replace(servedPolicy());
  expect(await call(server.address.hook)).not.toEqual(added(expect.objectContaining({ plan: 'gold' })));
  source.release();
  expect(JSON.stringify(await under)).toContain('"/claims/plan","value":"gold"');
  const metrics = (await text(server, '/metrics')).text;
  expect(metrics).toContain('claimsmith_source_asked_total{source="plans",outcome="answered"} 1\n');
});

test('a policy whose settings are not given is refused, and the old one stays', async () => {
  const server = await start();
  await expect(server.replace(servedPolicy(sourceSpec(1)), {})).rejects.toMatchObject({
    name: 'SourceError',
  });
  expect(await call(server.address.hook)).toHaveProperty('commands');
});

const tableSpec = `${plainSpec}
  plan: { value: plans.plan, kind: authoritative }
sources:
  plans:
    sql:
      connection: "\${PLANS_DB}"
      query: select plan from plans where user_id = :id
      params: { id: user.id }
      rows: one
    returns: { plan: string }
`;

test('where a source is not there yet, it denies, says so, and gives when the source is there', async () => {
  const file = join(folder, 'plans.db');
  const server = await start({ policy: servedPolicy(tableSpec), settings: { PLANS_DB: `sqlite:${file}` } });
  // Who is not ready gets no requests, and a request that nobody gets is a token without claims.
  expect(await text(server, '/readyz')).toEqual({ status: 200, text: 'ready\n' });
  expect(await call(server.address.hook)).toEqual(unavailable);
  await until(async () =>
    (await text(server, '/metrics')).text.includes('claimsmith_source_up{source="plans"} 0\n'),
  );
  const database = new DatabaseSync(file);
  database.exec("create table plans (user_id text, plan text); insert into plans values ('user-1', 'gold')");
  database.close();
  await until(async () => JSON.stringify(await call(server.address.hook)).includes('gold'));
  expect((await text(server, '/metrics')).text).toContain('claimsmith_source_up{source="plans"} 1\n');
  await server.replace(servedPolicy());
  expect((await text(server, '/metrics')).text).not.toContain('claimsmith_source_up{');
});

test.each([401, 403, 407])('a source that refuses us with %d is not up', async (refusal) => {
  let status = 200;
  const source = createServer((_, response) => response.writeHead(status).end('{"plan":"gold"}'));
  const port = await listening(source);
  const spec = sourceSpec(port).replace('{user.id}', '{user.username}');
  const server = await start({ policy: servedPolicy(spec), settings: { PLANS_TOKEN: 'token' } });
  const ask = (login: string) => call(server.address.hook, tokenRequest(login));
  const isUp = async () =>
    /claimsmith_source_up\{source="plans"\} (.)/.exec((await text(server, '/metrics')).text)?.[1];
  await ask('ada');
  expect(await isUp()).toBe('1');
  status = refusal;
  expect(await ask('eve')).toEqual(unavailable);
  // 403 may be about her.
  expect(await isUp()).toBe(refusal === 403 ? '1' : '0');
  for (const login of ['u1', 'u2', 'u3', 'u4']) await ask(login);
  expect(await isUp()).toBe('0');
  expect((await text(server, '/metrics')).text).toContain('outcome="refused"');
});

test('a source that fails for one user alone stays up', async () => {
  const source = createServer((request, response) => {
    if (request.url === '/mallory') request.socket.destroy();
    else response.end('{"plan":"gold"}');
  });
  const port = await listening(source);
  const spec = sourceSpec(port).replace('{user.id}', '{user.username}');
  const server = await start({ policy: servedPolicy(spec), settings: { PLANS_TOKEN: 'token' } });
  const ask = (login: string) => call(server.address.hook, tokenRequest(login));
  await ask('mallory');
  for (let nth = 0; nth < 8; nth++) {
    expect(await ask('ada')).toHaveProperty('commands');
    expect(await ask('mallory')).toEqual(unavailable);
    expect((await text(server, '/metrics')).text).toContain('claimsmith_source_up{source="plans"} 1\n');
  }
});

test('a new policy is taken while its source cannot be reached, and denies until it can', async () => {
  const file = join(folder, 'later.db');
  const server = await start();
  await server.replace(servedPolicy(tableSpec), { PLANS_DB: `sqlite:${file}` });
  expect(await call(server.address.hook)).toEqual(unavailable);
  const database = new DatabaseSync(file);
  database.exec("create table plans (user_id text, plan text); insert into plans values ('user-1', 'gold')");
  database.close();
  await until(async () => JSON.stringify(await call(server.address.hook)).includes('gold'));
});

test('without an audit that can be written it denies, stays ready for that, and tells', async () => {
  const file = join(folder, 'writable.jsonl');
  const isWritable = async () =>
    /^claimsmith_audit_writable ([01])$/m.exec((await text(server, '/metrics')).text)?.[1];
  const server = await start({ audit: { file } });
  await call(server.address.hook);
  expect(await isWritable()).toBe('1');
  await writeFile(file, '');
  expect(await isWritable()).toBe('0');
  // The file is looked at ten times a second.
  await later(150);
  expect(await call(server.address.hook)).toEqual({ error: { errorSummary: 'audit_unavailable' } });
  // Who is not ready gets no requests, and a request that nobody gets is a token without claims.
  expect(await text(server, '/readyz')).toMatchObject({ status: 200 });
  await server.reopenAudit();
  expect(await isWritable()).toBe('1');
  expect(await call(server.address.hook)).toHaveProperty('commands');
});

test('an event that one policy has seen does not come to the next with another content', async () => {
  const server = await start();
  const seen = tokenRequest();
  expect(await call(server.address.hook, seen)).toHaveProperty('commands');
  await server.replace(servedPolicy());
  expect(await call(server.address.hook, seen)).toHaveProperty('commands');
  expect(await call(server.address.hook, seen.replace('"Ada"', '"Eve"'))).toEqual(unavailable);
});

test('other secrets are good from the next request on', async () => {
  const server = await start();
  const next = 'Bearer the next secret';
  await server.replace(servedPolicy(), {}, { authentication: { kind: 'header', secrets: [next] } });
  expect(await call(server.address.hook)).toEqual(unavailable);
  expect(await call(server.address.hook, tokenRequest(), next)).toHaveProperty('commands');
});

test('what operators ask has a port of its own, where it is given one', async () => {
  const server = await start({ opsPort: 0 });
  const of = async (path: string) => (await fetch(`${server.address.operations}${path}`)).status;
  expect(await Promise.all(['/healthz', '/readyz', '/metrics'].map(of))).toEqual([200, 200, 200]);
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    expect(await text(server, path)).toEqual({ status: 404, text: '' });
  }
  await server.close();
  await expect(fetch(server.address.operations)).rejects.toThrow();
});

/** What comes back for bytes, until the connection ends. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

const post = (target: string, headers: string, body = '{}') =>
  `POST ${target} HTTP/1.1\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;

test.each([
  ['another path', post('/okta/token-hooks', 'host: x\r\n')],
  ['the root', post('/', 'host: x\r\n')],
  ['a path of operators', post('/metrics', 'host: x\r\n')],
  ['another address', post('http://x/other', 'host: x\r\n')],
  ['no host', post('/okta/token-hook', '')],
  ['an expectation', post('/okta/token-hook', 'host: x\r\nexpect: much\r\n')],
  ['headers that are too large', post('/okta/token-hook', `host: x\r\nx: ${'y'.repeat(20_000)}\r\n`)],
  ['an invalid header', post('/okta/token-hook', 'host: x\r\nx y z\r\n')],
  ['no HTTP', 'hello\r\n\r\n'],
  ['another secret', post('/okta/token-hook', 'host: x\r\nauthorization: another secret\r\n')],
])('a request with %s is denied, not failed, and its connection not kept', async (_what, bytes) => {
  const server = await start();
  const received = await exchange(server.address.port, bytes);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(received.toLowerCase()).toContain('\r\nconnection: close\r\n');
  const [, body = ''] = received.split('\r\n\r\n');
  expect(JSON.parse(body)).toEqual(unavailable);
  expect((await text(server, '/metrics')).text).toMatch(
    /claimsmith_hook_refusals_total\{cause="(path|malformed|authentication)"\} 1\n/,
  );
});

test('its path may have a slash at its end, or a host before it', async () => {
  const server = await start();
  expect(await call(`${server.address.hook}/`)).toHaveProperty('commands');
  expect(await call(`${server.address.hook}/?a=b`)).toHaveProperty('commands');
  const body = tokenRequest();
  const headers = `host: x\r\nconnection: close\r\nauthorization: ${header.secrets[0]}\r\n`;
  const target = 'https://hook.acme.example/okta/token-hook?a=b';
  expect(await exchange(server.address.port, post(target, headers, body))).toContain('"commands"');
});

test('strangers take no place: where all are taken, who has shown nothing for longest goes', async () => {
  const server = await start({ limits: { ...defaultLimits, connections: 3 } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const known = () =>
    new Promise<string>((resolve, reject) => {
      const headers = { authorization: header.secrets[0] };
      const sent = httpRequest(server.address.hook, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => resolve(String(response.headers.connection)));
      });
      sent.on('error', reject).end(tokenRequest());
    });
  expect(await known()).toBe('keep-alive');
  const socket = () => Object.values(agent.freeSockets)[0]?.[0];
  await until(() => socket() !== undefined);
  const kept = socket();
  const gone: number[] = [];
  const strangers = [];
  for (let nth = 0; nth < 6; nth++) {
    const stranger = connect(server.address.port, '127.0.0.1');
    stranger.on('error', () => undefined).on('close', () => gone.push(nth));
    strangers.push(stranger);
    await new Promise((resolve) => stranger.once('connect', resolve));
  }
  await until(() => gone.length === 4);
  expect(gone.toSorted()).toEqual([0, 1, 2, 3]);
  expect(await call(server.address.hook)).toHaveProperty('commands');
  expect(await known()).toBe('keep-alive');
  expect(socket() ?? kept).toBe(kept);
  for (const stranger of strangers) stranger.destroy();
  agent.destroy();
});

test('a policy that is set up wrongly keeps it from starting', async () => {
  await expect(start({ policy: servedPolicy(tableSpec) })).rejects.toMatchObject({
    name: 'SourceError',
    code: 'setting',
  });
  await expect(start({ authentication: { kind: 'header', secrets: [] } })).rejects.toThrow(
    expect.objectContaining({ code: 'authentication' }),
  );
});

test('on closing, what is under way is answered and idle connections end', async () => {
  const source = await startSource();
  const file = join(folder, 'audit.jsonl');
  const server = await start({
    policy: servedPolicy(sourceSpec(source.port)),
    settings: { PLANS_TOKEN: 'token' },
    audit: { file },
  });
  const idle = connect(server.address.port, '127.0.0.1');
  const idleEnds = new Promise((resolve) => idle.on('close', resolve));
  idle.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  await new Promise((resolve) => idle.once('data', resolve));
  const under = call(server.address.hook);
  await until(() => source.asked() > 0);
  const closed = server.close(100);
  const lingering = await fetch(`http://127.0.0.1:${server.address.port}/readyz`);
  expect(lingering.status).toBe(503);
  expect(lingering.headers.get('connection')).toBe('close');
  await lingering.text();
  await later(150);
  source.release();
  expect(JSON.stringify(await under)).toContain('gold');
  await closed;
  await idleEnds;
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 1 });
  await expect(fetch(server.address.hook)).rejects.toThrow();
});

test('a request that does not come whole does not stay', async () => {
  const server = await start({
    limits: { ...defaultLimits, headersTimeoutMs: 200, requestTimeoutMs: 300, checkingIntervalMs: 50 },
  });
  const startMs = performance.now();
  const heads = [
    '',
    'POST /okta/token-hook HTTP/1.1\r\nhost: x\r\n',
    'POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n',
  ];
  await Promise.all(
    heads.map(async (head) => {
      const socket = connect(server.address.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.write(head);
      await new Promise((resolve) => socket.on('close', resolve));
    }),
  );
  expect(performance.now() - startMs).toBeLessThan(2_000);
});
