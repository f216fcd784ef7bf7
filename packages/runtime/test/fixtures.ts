import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Answers,
  type Decision,
  fillAddress,
  type HttpSource,
  type Json,
  type Need,
  type Program,
  request,
  type Setting,
} from '../src/index.ts';

/** A program as a generator might write it: asks every source for the user, and emits each answer or its failure. */
export function programOf(sources: Readonly<Record<string, string>>): Program {
  return {
    name: 'fixture',
    revision: '0a1b2c3d',
    context: (raw) => ({ raw }),
    needs: (context, answers) =>
      Object.entries(sources)
        .filter(([source]) => answers[source] === undefined)
        .map(([source, base]): Need => ({ source, url: `${base}?user=${userOf(context)}` })),
    decide: (_context, answers) =>
      issued(Object.fromEntries(Object.keys(sources).map((s) => [s, read(answers, s)]))),
  };
}

function userOf(context: object): unknown {
  return 'raw' in context ? context.raw : undefined;
}

function read(answers: Answers, source: string): Json {
  const answer = answers[source];
  if (answer === undefined) return 'unanswered';
  return answer.failure !== undefined ? answer.failure : JSON.parse(JSON.stringify(answer.value));
}

export function issued(access: Decision['access']): Decision {
  return {
    denied: undefined,
    access,
    id: {},
    scopes: { add: [], remove: [] },
    lifetimeSeconds: undefined,
    outcomes: [],
  };
}

/** A request as built files make it, with an address that is filled in. */
export function question(
  headers: (setting: Setting) => Readonly<Record<string, string>>,
  method?: 'POST',
): HttpSource['question'] {
  return ({ url = '', body }, setting) => ({
    url: fillAddress(url, setting),
    headers: headers(setting),
    ...(method === undefined ? {} : { method }),
    ...(body === undefined ? {} : { body }),
  });
}

export const plain: HttpSource = {
  question: question(() => ({ accept: 'application/json' })),
  send: request,
  timeoutMs: 400,
  retries: 0,
  cacheMs: 0,
  staleMs: 0,
  limitBytes: 1000,
};

/** A real server on loopback. `seen` holds the requests in the order in which they came. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void,
) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** A promise and what settles it. */
export function deferred<T>() {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: settle };
}
