import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { SourceRequest, Surroundings } from '@claimsmith/core';
import { createServer, request as httpRequest } from '@claimsmith/runtime/server';
import { createHook, type HookPolicy, hookLimitMs } from '../platform/index.ts';
import { simulatedAsking } from './asking.ts';
import type { HookAnswer } from './patch.ts';
import type { HookRequest } from './request-from.ts';

/** The result of calling a hook. */
export type Called = {
  /** In real time, or as waiting for sources would have taken. */
  readonly elapsedMs: number;
  /** The questions of the hook to its sources. */
  readonly requests: readonly SourceRequest[];
} & ({ readonly answer: HookAnswer } | { readonly failure: string });

/**
 * Serves the hook on this machine for one request, and calls it as Okta does: by POST, without following redirects, for
 * three seconds. Sources answer at once.
 */
export async function callHook(
  policy: HookPolicy,
  request: HookRequest,
  surroundings: Surroundings,
): Promise<Called> {
  const secret = randomBytes(24).toString('base64url');
  const { asking, requests, waitedMs } = simulatedAsking(policy, surroundings);
  const hook = createHook({
    policy,
    asking,
    authentication: { kind: 'header', secrets: [secret] },
    settings: surroundings.secrets,
    clock: () => Date.parse(request.eventTime),
  });
  const server = createServer((incoming, response) => void hook.handle(incoming, response));
  const port = await listen(server);
  try {
    const called = await post(port, secret, JSON.stringify(request));
    return { ...called, requests, elapsedMs: waitedMs() };
  } finally {
    server.close();
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function post(
  port: number,
  secret: string,
  body: string,
): Promise<{ readonly answer: HookAnswer } | { readonly failure: string }> {
  return new Promise((resolve) => {
    const fail = (failure: string) => resolve({ failure });
    const headers = { accept: 'application/json', 'content-type': 'application/json', authorization: secret };
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => fail('the connection broke'));
        response.on('end', () => {
          clearTimeout(timer);
          resolve({ answer: { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() } });
        });
      },
    );
    const timer = setTimeout(() => {
      fail(`no answer came in ${hookLimitMs} ms`);
      outgoing.destroy();
    }, hookLimitMs);
    outgoing.on('error', () => {
      clearTimeout(timer);
      fail('the connection broke');
    });
    outgoing.end(body);
  });
}
