import type { Guard, Problem, Token } from '@claimsmith/guard';
import { claimHeaders, tokenHeader } from './headers.ts';
import type { Signer } from './internal-token.ts';
import { type Routes, routesOf } from './routes.ts';
import type { Rule } from './rules.ts';

/** A request of a client, as its gateway tells it. */
export interface Asked {
  readonly method: string;
  /** The path and the query, as the service will get them. */
  readonly address: string;
  /** The values of all headers `authorization`. */
  readonly authorization: readonly string[];
  /** Whether the client may have sent headers that the gateway should have taken out. */
  readonly isSpoofed: boolean;
}

/** What to answer to a gateway. */
export interface Answer {
  readonly status: 200 | 400 | 401 | 403 | 503;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** A constant for the client; undefined where the request passes. */
  readonly error: string | undefined;
  /** Why a request is refused, for log and metrics. */
  readonly problem: { readonly code: string; readonly issuer?: string; readonly claim?: string } | undefined;
}

export interface CheckOptions {
  readonly rules: {
    readonly routes: readonly Rule[];
    readonly deadlineMs: number;
    readonly preflight: boolean;
  };
  /** By audience. */
  readonly guards: ReadonlyMap<string, Guard>;
  /** Signs what the service gets. Undefined: it gets headers. */
  readonly signer: Signer | undefined;
}

/** Says whether requests may pass, and with which headers. */
export class Check {
  readonly #options: CheckOptions;
  readonly #routes: Routes<Rule>;
  /** Tokens come from the guard's cache again and again. */
  readonly #headers = new WeakMap<Token, readonly string[]>();

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#routes = routesOf(options.rules.routes);
  }

  /** Never rejects, and takes no longer than the deadline. */
  async answer(asked: Asked): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => resolve(unavailable('deadline')), this.#options.rules.deadlineMs);
    });
    try {
      return await Promise.race([this.#answer(asked), late]);
    } catch {
      return unavailable('internal');
    } finally {
      clearTimeout(timer);
    }
  }

  async #answer({ method, address, authorization, isSpoofed }: Asked): Promise<Answer> {
    if (isSpoofed) return refused(400, 'spoofed');
    const rule = this.#routes.find(method, address);
    if (rule === 'path') return refused(400, 'path');
    if (rule === 'no_route') return refused(403, 'no_route');
    if (rule.open === true || (method === 'OPTIONS' && this.#options.rules.preflight)) return passed([]);
    // One of them could be for us, and the other for the service.
    if (authorization.length > 1) return refused(400, 'request');
    const { audience = '' } = rule;
    const guard = this.#options.guards.get(audience);
    if (guard === undefined) return unavailable('internal');
    const result = await guard.check({ headers: { authorization: authorization[0] } }, rule.needs);
    if (!result.ok) {
      const { status, challenge, error = 'no_token', problem } = result;
      return { status, headers: ['WWW-Authenticate', challenge], error, problem: named(problem) };
    }
    return passed(this.#headersFor(result.token, audience));
  }

  #headersFor(token: Token, audience: string): readonly string[] {
    const { signer } = this.#options;
    if (signer !== undefined) return [tokenHeader, signer.sign(token, audience)];
    const known = this.#headers.get(token);
    if (known !== undefined) return known;
    const headers = claimHeaders(token);
    this.#headers.set(token, headers);
    return headers;
  }
}

/** Without what may hold a value. */
function named({ code, issuer, claim }: Problem): NonNullable<Answer['problem']> {
  return { code, ...(issuer === undefined ? {} : { issuer }), ...(claim === undefined ? {} : { claim }) };
}

function passed(headers: readonly string[]): Answer {
  return { status: 200, headers, error: undefined, problem: undefined };
}

function refused(status: 400 | 403, code: 'spoofed' | 'path' | 'no_route' | 'request'): Answer {
  const error = status === 403 ? 'access_denied' : 'invalid_request';
  return { status, headers: [], error, problem: { code } };
}

function unavailable(code: 'deadline' | 'internal'): Answer {
  return { status: 503, headers: [], error: 'temporarily_unavailable', problem: { code } };
}
