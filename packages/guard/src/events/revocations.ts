import { isObject } from '../contract/value-type.ts';
import type { Entry } from '../denylist/denylist.ts';

/** The subject of an event, as its transmitter writes it: a subject identifier (RFC 9493). */
export type EventSubject = Readonly<Record<string, unknown>>;

/** A subject as tokens name it. */
export interface SubjectName {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** `sub` of its tokens. */
  readonly subject: string;
}

/** An entry of a denylist, before anybody has said how long it is kept. */
export type Revocation = Entry extends infer One ? (One extends Entry ? Omit<One, 'until'> : never) : never;

type SubjectOf = (subject: EventSubject) => SubjectName | undefined | Promise<SubjectName | undefined>;

interface Events {
  readonly events: Readonly<Record<string, unknown>>;
  /** `sub_id` of the token; events of older transmitters have a subject of their own. */
  readonly subject: unknown;
  /** Unix time in seconds. */
  readonly issuedAt: number;
}

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const risc = 'https://schemas.openid.net/secevent/risc/event-type/';
/** Of the session, if they name one; all concern the tokens that the subject has. */
const sessionRevoked = `${caep}session-revoked`;
const revoking = [
  sessionRevoked,
  ...['credential-change', 'token-claims-change'].map((name) => caep + name),
  ...['account-disabled', 'account-purged', 'credential-compromise', 'sessions-revoked'].map(
    (name) => risc + name,
  ),
];

/** What events revoke; undefined if one of them should revoke something and does not say what. */
export async function revocationsOf(
  { events, subject, issuedAt }: Events,
  subjectOf: SubjectOf | undefined,
): Promise<readonly Revocation[] | undefined> {
  const all: Revocation[] = [];
  for (const [type, event] of Object.entries(events)) {
    if (!revoking.includes(type)) continue;
    const about = subject ?? (isObject(event) ? event['subject'] : undefined);
    const found = isObject(about)
      ? await revocationsOfOne(about, type === sessionRevoked, issuedAt, subjectOf)
      : undefined;
    if (found === undefined) return undefined;
    all.push(...found);
  }
  return all;
}

/**
 * Tokens that were made until the event was sent may still come from the old state, so its own time counts, which is the
 * later one.
 */
async function revocationsOfOne(
  about: EventSubject,
  ofSession: boolean,
  before: number,
  subjectOf: SubjectOf | undefined,
): Promise<readonly Revocation[] | undefined> {
  const { format, iss, jti, user, session } = about;
  if (format === 'jwt_id' && isText(iss) && isText(jti)) return [{ issuer: iss, id: jti }];
  const named = await nameOf(isObject(user) ? user : about, subjectOf);
  if (named === undefined) return undefined;
  // Few tokens name their session, so the subject's tokens until then are always revoked.
  const revoked = { ...named, before };
  const id = ofSession && isObject(session) && session['format'] === 'opaque' ? session['id'] : undefined;
  return isText(id) ? [revoked, { issuer: named.issuer, session: id }] : [revoked];
}

async function nameOf(
  about: EventSubject,
  subjectOf: SubjectOf | undefined,
): Promise<SubjectName | undefined> {
  const found = await subjectOf?.(about);
  if (found !== undefined) return found;
  const { format, iss, sub } = about;
  return format === 'iss_sub' && isText(iss) && isText(sub) ? { issuer: iss, subject: sub } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
