import {
  type Contract,
  type Guard,
  LookupError,
  type Problem,
  type Refusal,
  type Token,
} from '@claimsmith/guard';
import { claimHeaders, type Headers, headerValue, tokenHeader, tokenHeaders } from './headers.ts';
import type { Found, Signer } from './internal-token.ts';
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
  readonly headers: Headers;
  /** JSON of printable ASCII for the client; empty where the request passes. */
  readonly body: string;
  /** Why a request is refused, for log and metrics. */
  readonly problem: { readonly code: string; readonly issuer?: string; readonly claim?: string } | undefined;
  /** The deny rules that the token cannot decide. Default: none. */
  readonly undecided?: { readonly issuer: string; readonly reasons: readonly string[] };
}

/** One API behind the gateway. */
export interface Api {
  readonly guard: Guard;
  /** The claims of the contract that are looked up. */
  readonly lookups: NonNullable<Contract['apis'][string]['lookups']>;
}

export interface CheckOptions {
  readonly rules: {
    readonly routes: readonly Rule[];
    readonly deadlineMs: number;
    readonly preflight: boolean;
  };
  /** By audience. */
  readonly apis: ReadonlyMap<string, Api>;
  /** Whether the deny rules of the policy can be asked. */
  readonly denies: boolean;
  /** Signs what the service gets. Undefined: it gets headers. */
  readonly signer: Signer | undefined;
}

/** Says whether requests may pass, and with which headers. */
export class Check {
  readonly #options: CheckOptions;
  readonly #routes: Routes<Rule>;
  /** Tokens come from the guard's cache again and again. */
  readonly #headers = new WeakMap<Token, Headers>();

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
    } catch (error) {
      return error instanceof LookupError ? refusal(error.refusal) : unavailable('internal');
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
    const api = this.#options.apis.get(audience);
    if (api === undefined) return unavailable('internal');
    const result = await api.guard.check({ headers: { authorization: authorization[0] } }, rule.needs);
    if (!result.ok) return refusal(result);
    const { token } = result;
    const [denial, found] = await Promise.all([
      this.#options.denies ? token.deny() : undefined,
      rule.resolve.length === 0 ? undefined : lookedUp(token, rule.resolve, api),
    ]);
    if (denial?.denied !== undefined) return denied(denial.denied, denial.message, token.issuer);
    const answer = passed(this.#headersFor(token, found, audience));
    const reasons = denial?.unevaluated ?? [];
    return reasons.length === 0 ? answer : { ...answer, undecided: { issuer: token.issuer, reasons } };
  }

  #headersFor(token: Token, found: Found | undefined, audience: string): Headers {
    const { signer } = this.#options;
    if (signer !== undefined) return [tokenHeader, signer.sign(token, found, audience)];
    let headers = this.#headers.get(token);
    if (headers === undefined) {
      headers = tokenHeaders(token);
      this.#headers.set(token, headers);
    }
    if (found === undefined) return headers;
    const { authority, descriptive } = found;
    return [
      ...headers,
      ...claimHeaders(authority, 'authoritative'),
      ...claimHeaders(descriptive, 'descriptive'),
    ];
  }
}

/** @throws {LookupError} if a value cannot be had, and the policy denies then */
async function lookedUp(token: Token, names: readonly string[], { lookups }: Api): Promise<Found> {
  const values = await Promise.all(names.map(async (name) => [name, await token.resolve(name)] as const));
  const of = (kind: 'authoritative' | 'descriptive') =>
    Object.fromEntries(values.filter(([name]) => lookups[name]?.kind === kind));
  const freshSeconds = Math.min(...names.map((name) => freshSecondsOf(lookups[name])));
  return { authority: of('authoritative'), descriptive: of('descriptive'), freshSeconds };
}

/** How long a claim that was looked up just now may be used; `Infinity` without a `maxAge`. */
export function freshSecondsOf(claim: Api['lookups'][string] | undefined): number {
  const { maxAgeSeconds = Number.POSITIVE_INFINITY, ageAtIssueSeconds = 0 } = claim ?? {};
  return maxAgeSeconds - ageAtIssueSeconds;
}

function passed(headers: Headers): Answer {
  return { status: 200, headers, body: '', problem: undefined };
}

function refusal({ status, challenge, error = 'no_token', problem }: Refusal): Answer {
  return {
    status,
    headers: status === 503 ? [] : ['WWW-Authenticate', challenge],
    body: headerValue({ error }),
    problem: named(problem),
  };
}

/** Without what may hold a value. */
function named({ code, issuer, claim }: Problem): NonNullable<Answer['problem']> {
  return { code, ...(issuer === undefined ? {} : { issuer }), ...(claim === undefined ? {} : { claim }) };
}

/** A deny rule of the policy: its reason and its message are constants of the spec. */
function denied(reason: string, message: string | undefined, issuer: string): Answer {
  const body = headerValue({ error: 'access_denied', error_description: message ?? reason });
  return { status: 403, headers: [], body, problem: { code: reason, issuer } };
}

function refused(status: 400 | 403, code: 'spoofed' | 'path' | 'no_route' | 'request'): Answer {
  const error = status === 403 ? 'access_denied' : 'invalid_request';
  return { status, headers: [], body: headerValue({ error }), problem: { code } };
}

function unavailable(code: 'deadline' | 'internal'): Answer {
  return {
    status: 503,
    headers: [],
    body: headerValue({ error: 'temporarily_unavailable' }),
    problem: { code },
  };
}
