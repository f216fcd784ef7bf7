/*
 * Reads the hook's request. Okta documents its shape but guarantees little, so any part may be missing. A value of
 * another type counts as missing. Names that we read directly are safe: parsed JSON has only its own names, and no
 * prototype has ours.
 */

export type Part = Readonly<Record<string, unknown>>;

/** A value as a record; undefined if it is not a record. */
export function partOf(value: unknown): Part | undefined {
  return isPart(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value under a name that others choose, so that `constructor` does not reach the prototype. */
export function own(part: Part | undefined, name: string): unknown {
  return part !== undefined && Object.hasOwn(part, name) ? part[name] : undefined;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parts of a request that the hook reads, found once. */
export interface Payload {
  readonly eventId: string;
  /** In milliseconds. */
  readonly eventTime: number;
  readonly grantType: string | undefined;
  readonly request: Part | undefined;
  readonly protocol: Part | undefined;
  readonly user: Part | undefined;
  readonly session: Part | undefined;
  /** Undefined: no such token is asked for. */
  readonly access: IncomingToken | undefined;
  readonly id: IncomingToken | undefined;
}

/** A token as Okta is about to sign it. */
export interface IncomingToken {
  readonly claims: Part;
  /** Undefined if they cannot be read, and in ID tokens. */
  readonly scopes: Part | undefined;
  readonly lifetimeSeconds: number | undefined;
}

/** Finds the parts of a request; undefined if it is not a request to a token hook. */
export function readPayload(request: unknown, eventType: string): Payload | undefined {
  const body = partOf(request);
  const data = partOf(body?.['data']);
  const context = partOf(data?.['context']);
  if (body === undefined || data === undefined || context === undefined) return undefined;
  const eventId = textOf(body['eventId']);
  if (body['eventType'] !== eventType || !isId(eventId)) return undefined;
  const access = readToken(data['access']);
  const id = readToken(data['identity']);
  // We cannot remove claims from an unreadable token, and a request without tokens is not for this hook.
  if (access === 'unreadable' || id === 'unreadable' || (access ?? id) === undefined) return undefined;
  const protocol = partOf(context['protocol']);
  return {
    eventId,
    eventTime: Date.parse(textOf(body['eventTime']) ?? ''),
    grantType: grantType(protocol, textOf(body['source']) ?? ''),
    request: partOf(context['request']),
    protocol,
    user: partOf(context['user']),
    session: partOf(context['session']),
    access,
    id,
  };
}

function readToken(token: unknown): IncomingToken | 'unreadable' | undefined {
  if (token === undefined || token === null) return undefined;
  const parts = partOf(token);
  const claims = partOf(parts?.['claims']);
  if (parts === undefined || claims === undefined) return 'unreadable';
  const lifetime = partOf(partOf(parts['token'])?.['lifetime'])?.['expiration'];
  return {
    claims,
    scopes: partOf(parts['scopes']),
    lifetimeSeconds: typeof lifetime === 'number' ? lifetime : undefined,
  };
}

/** Okta's ids have 22 characters; much longer ones would fill the memory of events. */
function isId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.length <= 200;
}

/**
 * Derived from the requested tokens if Okta does not say: with the authorization code, Okta calls the hook at the
 * authorization endpoint, whose requests have no grant type.
 */
function grantType(protocol: Part | undefined, source: string): string | undefined {
  const request = partOf(protocol?.['request']);
  const stated = textOf(request?.['grant_type']);
  if (stated !== undefined) return stated;
  if (protocol?.['originalGrant'] !== undefined || protocol?.['OriginalGrant'] !== undefined)
    return 'refresh_token';
  const responseType = textOf(request?.['response_type'])?.split(' ') ?? [];
  if (!/\/authorize(\?|$)/.test(source)) return undefined;
  if (responseType.includes('code')) return 'authorization_code';
  return responseType.includes('token') || responseType.includes('id_token') ? 'implicit' : undefined;
}
