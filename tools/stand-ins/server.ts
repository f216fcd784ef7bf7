/** What the servers share that stand in for a vendor's management API in tests: HTTP on loopback, a log, and faults. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface StandInRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON, or the fields of a form; undefined without a body. */
  readonly body: unknown;
}

export interface StandInAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * - `status`: it answers so, and does nothing
 * - `hang`: it never answers, and does nothing
 * - `reset`: it breaks the connection, and does nothing
 * - `lost`: it does what was asked, and breaks the connection instead of answering
 */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      /** In place of JSON. */
      readonly text?: string;
    }
  | 'hang'
  | 'reset'
  | 'lost';

export interface StandIn {
  /** Without a slash at its end. */
  readonly url: string;
  /** All requests so far, for counts. Tests may empty it. */
  readonly requests: StandInRequest[];
  /** Decides about a fault before each request is handled; undefined: none. */
  fault: ((request: StandInRequest) => Fault | undefined) | undefined;
  close(): Promise<void>;
}

/**
 * @param handle answers a request; it may change the state that it closes over
 * @param port default: a free one
 */
export async function startStandIn(
  handle: (request: StandInRequest) => StandInAnswer | Promise<StandInAnswer>,
  port = 0,
): Promise<StandIn> {
  const server = createServer((incoming, response) => {
    void respond(incoming, response).catch(() => response.destroy());
  });
  const respond = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await requestOf(incoming);
    standIn.requests.push(request);
    const fault = standIn.fault?.(request);
    if (fault === 'hang') return;
    if (fault === 'reset') return void incoming.socket.destroy();
    const {
      status,
      body,
      headers = {},
    }: StandInAnswer = typeof fault === 'object' ? fault : await handle(request);
    if (fault === 'lost') return void incoming.socket.destroy();
    const text = typeof fault === 'object' ? fault.text : undefined;
    response.writeHead(status, {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    });
    response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)));
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  const standIn: StandIn = {
    url: `http://127.0.0.1:${taken}`,
    requests: [],
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return standIn;
}

async function requestOf(incoming: IncomingMessage): Promise<StandInRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(incoming.url ?? '/', 'http://stand-in');
  const isForm = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const body: unknown =
    text === '' ? undefined : isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
  const { method = 'GET', headers } = incoming;
  return { method, path: url.pathname, query: url.searchParams, headers, body };
}
