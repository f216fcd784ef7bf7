import type { ServerResponse } from 'node:http';
import { type FrontOptions, FrontServer, type Log, type Paced } from '@claimsmith/server';
import { askedIn } from './asked.ts';
import type { Answer, Asked, Check } from './check.ts';
import { bodyHeader, headerValue } from './headers.ts';
import type { Metrics } from './metrics.ts';

/** Where services get the keys of internal tokens. */
export const keysPath = '/.well-known/jwks.json';

/** What is at work now; a reload replaces it. */
export interface AtWork {
  readonly check: Check;
  /** The JWK Set of internal tokens; undefined without them. */
  readonly keys: string | undefined;
}

export interface GatewayOptions extends Pick<FrontOptions, 'host' | 'port' | 'opsPort' | 'limits'> {
  readonly current: () => AtWork;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly lines: Paced;
}

/** Answers the questions of gateways. It speaks plain HTTP, on a network that clients cannot reach. */
export function gatewayServer({ current, metrics, log, lines, ...doors }: GatewayOptions): FrontServer {
  /** Rules of an issuer that were told. A policy has a few, and a reload may bring more. */
  const told = new Set<string>();

  function tell({ status, problem, undecided }: Answer, ms: number) {
    const outcome = status === 200 ? 'passed' : status === 503 ? 'unavailable' : 'refused';
    metrics.checked(outcome, problem?.code ?? '', ms);
    for (const reason of undecided?.reasons ?? []) tellUndecided(reason, undecided?.issuer ?? '');
    if (problem === undefined) return;
    const { code, issuer } = problem;
    const fields = { reason: code, ...(issuer === undefined ? {} : { name: issuer }) };
    if (outcome === 'unavailable')
      lines.tell(code, (count) => log.error('requests could not be checked', { ...fields, count }));
    else lines.tell(code, (count) => log.info('requests were refused', { ...fields, count }));
  }

  function tellUndecided(reason: string, name: string) {
    metrics.undecided(reason, name);
    const text = 'tokens do not say what a deny rule reads: it was decided when they were issued';
    if (told.has(`${name} ${reason}`)) return;
    told.add(`${name} ${reason}`);
    log.warn(text, { reason, name });
  }

  async function answer(asked: Asked, response: ServerResponse) {
    const startMs = performance.now();
    const answer = await current().check.answer(asked);
    send(response, answer);
    tell(answer, performance.now() - startMs);
  }

  return new FrontServer({
    ...doors,
    handle(request, response, prove) {
      const asked = askedIn(request);
      if (asked !== undefined) {
        prove();
        void answer(asked, response);
        return true;
      }
      const { keys } = current();
      if (request.url !== keysPath || keys === undefined) return false;
      sendKeys(response, keys);
      return true;
    },
    faulty() {
      const problem = { code: 'malformed' };
      const body = headerValue({ error: 'invalid_request' });
      tell({ status: 400, headers: [], body, problem }, 0);
      return { status: 400, body };
    },
    render: async () => metrics.render(),
  });
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const all = [...headers, 'Content-Length', String(body.length)];
  if (body !== '')
    all.push('Content-Type', 'application/json', 'Cache-Control', 'no-store', bodyHeader, body);
  response.writeHead(status, all).end(body);
}

function sendKeys(response: ServerResponse, keys: string): void {
  response.writeHead(200, {
    'content-type': 'application/jwk-set+json',
    'cache-control': 'public, max-age=60',
    'content-length': Buffer.byteLength(keys),
  });
  response.end(keys);
}
