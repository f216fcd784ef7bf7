import type { ProblemCode } from '../answer.ts';
import type { Kind, Sign } from '../contract/contract.ts';
import { isObject } from '../contract/value-type.ts';
import { Refused } from '../refused.ts';
import type { TokenFacts } from '../types.ts';
import type { Verified } from './verify.ts';

/** What a service has decided for all tokens. */
export interface Bounds {
  readonly audience: string;
  readonly maxLifetimeSeconds: number;
  /** How far the clock of an issuer may be ahead. */
  readonly clockSkewSeconds: number;
}

/** The facts of a token, apart from the policy's. */
export type BareFacts = Omit<TokenFacts, 'revision' | 'freshUntil'>;

/**
 * The registered claims of a token.
 *
 * @throws {Refused} if one is missing, malformed, or not for this service
 */
export function factsOf({ issuer, parsed, payload }: Verified, bounds: Bounds, nowMs: number): BareFacts {
  const { id, looks, withoutId, clients } = issuer;
  const refuse = (code: ProblemCode) => new Refused({ code, issuer: id });
  const tokenId = nonEmpty(payload['jti']);
  if (tokenId === undefined && (payload['jti'] !== undefined || !withoutId)) throw refuse('id');
  const types = tokenId === undefined ? (looks.typWithoutId ?? []) : looks.typ;
  // Auth0 may add an id to its own profile one day.
  const all = withoutId ? [...types, ...(looks.typWithoutId ?? [])] : types;
  if (!all.includes(parsed.typ)) throw refuse('type');
  for (const [name, value] of Object.entries(looks.proof)) if (payload[name] !== value) throw refuse('type');
  if (payload['cnf'] !== undefined) throw refuse('bound');
  const { issuedAt, expiresAt } = timesOf(payload, bounds, nowMs, () => refuse('time'));
  const subject = nonEmpty(payload['sub']);
  if (subject === undefined) throw refuse('subject');
  if (!isForUs(payload['aud'], bounds.audience, issuer)) throw refuse('audience');
  const client = clientOf({ issuer, payload });
  if (clients !== undefined && (client === undefined || !clients.has(client))) throw refuse('client');
  return {
    issuer: id,
    issuerUrl: parsed.issuer,
    subject,
    client,
    id: tokenId,
    session: looks.session === undefined ? undefined : nonEmpty(payload[looks.session]),
    issuedAt,
    expiresAt,
    scopes: scopesIn(payload[looks.scopes]),
    authenticatedAt: finite(payload['auth_time']),
    acr: nonEmpty(payload['acr']),
    actor: actorOf(payload['act']),
  };
}

function timesOf(
  payload: Verified['payload'],
  bounds: Bounds,
  nowMs: number,
  refuse: () => Refused,
): { readonly issuedAt: number; readonly expiresAt: number } {
  const now = nowMs / 1_000;
  const { clockSkewSeconds, maxLifetimeSeconds } = bounds;
  const expiresAt = finite(payload['exp']);
  const issuedAt = finite(payload['iat']);
  const notBefore = payload['nbf'] === undefined ? 0 : finite(payload['nbf']);
  if (expiresAt === undefined || issuedAt === undefined || notBefore === undefined) throw refuse();
  if (now >= expiresAt || issuedAt > now + clockSkewSeconds || notBefore > now + clockSkewSeconds)
    throw refuse();
  // Entries of denylists are kept this long.
  if (issuedAt < 0 || expiresAt - issuedAt > maxLifetimeSeconds) throw refuse();
  return { issuedAt, expiresAt };
}

/** A token that another API accepts too could be sent on by that API. */
function isForUs(aud: unknown, audience: string, { looks, audiences }: Verified['issuer']): boolean {
  if (aud === undefined) return !looks.hasAudience;
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.includes(audience) && named.every((name) => typeof name === 'string' && audiences.has(name));
}

function scopesIn(scopes: unknown): readonly string[] {
  const list: readonly unknown[] =
    typeof scopes === 'string' ? scopes.split(' ') : Array.isArray(scopes) ? scopes : [];
  return Object.freeze(list.filter((one): one is string => typeof one === 'string' && one !== ''));
}

/** An actor that cannot be read is an actor still. */
function actorOf(act: unknown): string | undefined {
  if (act === undefined) return undefined;
  return (isObject(act) ? nonEmpty(act['sub']) : undefined) ?? '';
}

function clientOf({ issuer, payload }: Pick<Verified, 'issuer' | 'payload'>): string | undefined {
  return issuer.looks.client.map((name) => nonEmpty(payload[name])).find((name) => name !== undefined);
}

/** The kind of a token's subject, as far as it shows. Without a sign of a machine, the subject counts as a person. */
export function kindOf({ issuer, payload }: Verified): Kind {
  return payload['act'] === undefined ? subjectOf({ issuer, payload }) : 'delegated';
}

/** The subject of a token, whoever acts for it. */
export function subjectOf({ issuer, payload }: Pick<Verified, 'issuer' | 'payload'>): 'human' | 'machine' {
  const client = clientOf({ issuer, payload }) ?? '';
  return issuer.looks.machine.some((sign) => shows(sign, payload[sign.claim], client)) ? 'machine' : 'human';
}

function shows({ present, startsWith, endsWith, equals }: Sign, value: unknown, client: string): boolean {
  const text = typeof value === 'string' ? value : '';
  return (
    (present === undefined || present === (value !== undefined)) &&
    (startsWith === undefined || text.startsWith(startsWith)) &&
    (endsWith === undefined || text.endsWith(endsWith)) &&
    (equals === undefined || value === equals.replaceAll('{client}', () => client))
  );
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
