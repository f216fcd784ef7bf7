import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@claimsmith/server';
import type { LocalIssuer } from '../../../examples/payments/service/local-issuer.ts';
import { type GatewayName, startGatewayProgram } from '../../../tools/servers/gateways.ts';
import { freePort, type Running } from '../../../tools/servers/process.ts';
import { contract, contractData } from '../../guard/test/setup.ts';
import { type GatewayFile, gateways, headerNames } from '../src/gateways/index.ts';
import {
  type GatewayPolicy,
  loadContract,
  type Rules,
  readRules,
  type StartOptions,
  startGateway,
} from '../src/index.ts';

export { audience, contract, contractData, ofPerson } from '../../guard/test/setup.ts';

/** The rules that most tests go by. */
export const routes = `
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
  - path: /status
    open: true
`;

/** The text of a gateway.yaml for the local issuers. */
export function rulesText(issuer: LocalIssuer, rest = routes): string {
  return `version: 1
audience: https://payments.acme.example/
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

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-gateway-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const contractFile = join(folder, 'contract.json');
writeFileSync(contractFile, JSON.stringify(contractData));

export function policyOf(text: string, rest: Partial<GatewayPolicy> = {}): GatewayPolicy {
  return { ...loadContract(contractFile), rules: rulesOf(text), ...rest };
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
  check: number,
  service: number,
  change: (file: GatewayFile) => GatewayFile = (file) => file,
): Promise<Running | undefined> {
  const place = (port: number) => ({ host: '127.0.0.1', port });
  const port = await freePort();
  const settings = {
    listen: place(port),
    check: place(check),
    service: place(service),
    headers: headerNames(contract),
  };
  const running = await startGatewayProgram(name, gateways[name](settings).map(change), port);
  if (!('missing' in running)) return running;
  console.warn(`skipped: ${running.missing} (tools/servers/install.ts installs it)`);
  return undefined;
}

/** The port of an address. */
export function portOf(address: string): number {
  return Number(new URL(address).port);
}
