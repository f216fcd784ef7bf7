import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contract } from '@claimsmith/guard';
import { createLog } from '@claimsmith/server';
import {
  type Changes,
  type IssuerId,
  startLocalIssuer,
} from '../../../examples/payments/service/local-issuer.ts';
import { type GatewayName, startGatewayProgram } from '../../../tools/servers/gateways.ts';
import { freePort, type Running } from '../../../tools/servers/process.ts';
import { built } from '../../guard/test/built.ts';
import { gateways, headerNames } from '../src/gateways/index.ts';
import { type GatewayPolicy, type Rules, readRules, type StartOptions, startGateway } from '../src/index.ts';

const audience = 'https://payments.acme.example/';

/** The rules that most tests go by. */
export const routes = `
deadlineMs: 500
routes:
  - path: /payments
    scopes: [payments.approve]
  - path: /payments/large
    methods: [POST]
    scopes: [payments.approve]
    acr: [phr]
    maxLoginAgeSeconds: 60
  - path: /refunds
    scopes: [payments.refund]
  - path: /limits
    resolve: [daily_limit_left]
  - path: /broken
    resolve: [broken_limit]
  - path: /slow
    resolve: [slow_limit]
  - path: /status
    open: true
`;

/** A policy whose sources are on this machine: one answers, one fails, and one never ends. */
const spec = (port: number) => `
version: 1
name: payments
lifetime: { access: 10m }
sources:
  bank:
    http: { url: "http://127.0.0.1:${port}/good/{user.id}", headers: { authorization: "Bearer \${BANK_TOKEN}" } }
    returns: { left: double }
    timeout: 2s
    cache: 10s
  broken:
    http: { url: "http://127.0.0.1:${port}/broken/{user.id}" }
    returns: { left: double }
    timeout: 2s
  slow:
    http: { url: "http://127.0.0.1:${port}/slow/{user.id}" }
    returns: { left: double }
    timeout: 2s
claims:
  tenant_id: { value: org.id, kind: authoritative, subjects: [human] }
  roles: { value: user.groups, maxItems: 20, kind: authoritative, subjects: [human], as: { auth0: https://acme.example/roles } }
  plan: { value: user.locale, when: has(user.locale), kind: descriptive }
  daily_limit_left: { value: bank.left, kind: authoritative, resolve: request, subjects: [human], maxAge: 15s }
  old_limit: { value: bank.left, kind: authoritative, resolve: request, subjects: [human], maxAge: 10s }
  broken_limit: { value: broken.left, kind: authoritative, resolve: request, subjects: [human] }
  slow_limit: { value: slow.left, kind: authoritative, resolve: request, subjects: [human] }
deny:
  - when: has(org.id) && org.id == "org_closed"
    subjects: [human]
    reason: wrong_tenant
  - when: has(org.id) && org.id == "org_late"
    subjects: [human]
    reason: unpaid
    message: 'Pay 100% of $bill {host} %[path] first, please'
  # No token says it.
  - when: has(user.email) && user.email == "closed@acme.example"
    subjects: [human]
    reason: closed_mailbox
issuers:
  auth0: { audiences: ["${audience}"], groupsIn: groups }
  okta: { audience: "${audience}", guard: [sentinel], supply: { org.id: user.organization } }
  keycloak: { realm: payments, scripts: true, audience: "${audience}" }
  cognito: { audience: "${audience}", supply: { org.id: custom:org }, clients: all }
`;

/** What tests share: issuers, sources, and a policy that was built. */
export async function startWorld() {
  const issuer = await startLocalIssuer();
  const bank = createServer((request, response) => {
    if (request.url?.startsWith('/good/') === true && request.headers.authorization === 'Bearer hush')
      response.end('{"left":12.5}');
    else if (request.url?.startsWith('/slow/') !== true) response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => bank.listen(0, '127.0.0.1', resolve));
  const { port } = bank.address() as AddressInfo;
  const made = await built(spec(port));
  const lookups = { policy: made.artifact, digest: 'lookups', settings: { BANK_TOKEN: 'hush' } };
  const { claims = {} } = made.contract.apis[audience] ?? {};
  return {
    issuer,
    contract: made.contract,
    files: { 'contract.json': JSON.stringify(made.contractData), 'lookups.mjs': made.file ?? '' },
    policyOf: (text: string, rest: Partial<GatewayPolicy> = {}): GatewayPolicy => ({
      contract: made.contract,
      digest: 'contract',
      rules: rulesOf(text),
      lookups,
      ...rest,
    }),
    /** A header with a token of a person. Claims have their names in the spec. */
    async bearer(id: IssuerId, values: Readonly<Record<string, unknown>> = {}, changes: Changes = {}) {
      const all = { tenant_id: 'org_acme', roles: ['approver'], plan: 'gold', ...values };
      const named = Object.entries(all).map(([name, value]) => [claims[name]?.names[id] ?? name, value]);
      // Where the issuer says it itself, it counts.
      const own = id === 'auth0' ? { org_id: all.tenant_id } : {};
      const access = {
        ...own,
        ...Object.fromEntries(named),
        policy: made.contract.policy.revision,
        ...changes.payload,
      };
      const issued = { access, scopes: ['openid', 'payments.approve'], audiences: [audience] };
      return `Authorization: Bearer ${await issuer.sign(id, issued, changes)}`;
    },
    async close() {
      issuer.close();
      bank.closeAllConnections();
      bank.close();
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** The text of a gateway.yaml for the local issuers. */
export function rulesText({ issuer }: Pick<World, 'issuer'>, rest = routes): string {
  return `version: 1
audience: ${audience}
issuers:
  auth0: { issuer: "${issuer.address('auth0')}" }
  cognito: { issuer: "${issuer.address('cognito')}", clients: [shop-web] }
  keycloak: { issuer: "${issuer.address('keycloak')}" }
  okta: { issuer: "${issuer.address('okta')}" }
${rest}`;
}

/** Reads a text as a file. */
export function rulesOf(text: string): Rules {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-gateway-'));
  try {
    const file = join(folder, 'gateway.yaml');
    writeFileSync(file, text);
    return readRules(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function started(policy: GatewayPolicy, rest: Partial<StartOptions> = {}) {
  return startGateway({ policy, port: 0, log: createLog('silent'), ...rest });
}

/** What a service behind a gateway got. */
export interface Got {
  readonly method: string;
  readonly url: string;
  /** Names as they were sent, with their values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A service that says what it got, as JSON. */
export async function startService() {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => (body += text));
    request.on('end', () => {
      const { rawHeaders, method = '', url = '' } = request;
      const headers = rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
      );
      got.push({ method, url, headers, body });
      // What a service says itself is not the gateway's: 403 and 500 must come through.
      const status = Number(/[?&]answer=(\d+)/.exec(url)?.[1] ?? 200);
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`served ${status}`);
    });
  });
  server.on('upgrade', (request, socket) => {
    got.push({ method: 'UPGRADE', url: request.headers.upgrade ?? '', headers: [], body: '' });
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64');
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    got,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends bytes as they are, so that nothing is put right before it arrives; gives the answer, and whatever came after it. */
export function exchange(port: number, bytes: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const end = () => {
      socket.destroy();
      resolve(replyOf(received));
    };
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      received += text;
      if (isWhole(received)) end();
    });
    socket.on('error', (error) => (received === '' ? reject(error) : end()));
    socket.on('close', end);
  });
}

function isWhole(text: string): boolean {
  const [head = '', body] = text.split(/\r\n\r\n(.*)/s);
  if (body === undefined) return false;
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  return /^transfer-encoding: *chunked/im.test(head)
    ? body.endsWith('0\r\n\r\n')
    : head.startsWith('HTTP/1.1 101');
}

function replyOf(text: string): Reply {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*: */, '')]),
  );
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0), headers, body };
}

/** A request as text. */
export function requestText(
  address: string,
  { method = 'GET', headers = [] as readonly string[], body = '', version = '1.1' } = {},
): string {
  const length =
    body === '' && (method === 'GET' || method === 'HEAD') ? [] : [`Content-Length: ${body.length}`];
  const lines = ['Host: service', 'Connection: close', ...headers, ...length];
  return `${method} ${address} HTTP/${version}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The gateways that are tested as they are. */
export const gatewayNames = ['envoy', 'nginx', 'caddy', 'haproxy'] as const;

/** Starts a gateway in front of a service; undefined where it cannot be had. */
export async function startInFront(
  name: GatewayName,
  contract: Contract,
  check: number,
  service: number,
  change: (content: string) => string = (content) => content,
): Promise<Running | undefined> {
  const place = (port: number) => ({ host: '127.0.0.1', port });
  const port = await freePort();
  const settings = {
    listen: place(port),
    check: place(check),
    service: place(service),
    headers: headerNames(contract),
  };
  const running = await startGatewayProgram(
    name,
    gateways[name](settings).map(({ path, content }) => ({ path, content: change(content) })),
    port,
  );
  if (!('missing' in running)) return running;
  console.warn(`skipped: ${running.missing} (tools/servers/install.ts installs it)`);
  return undefined;
}

/** The port of an address. */
export function portOf(address: string): number {
  return Number(new URL(address).port);
}
