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
/** Of the session, if they name one; the others concern all tokens of the subject. */
const sessionRevoked = `${caep}session-revoked`;
const revoking = [sessionRevoked, `${caep}credential-change`, `${caep}token-claims-change`];

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
      ? await revocationOf(about, type === sessionRevoked, issuedAt, subjectOf)
      : undefined;
    if (found === undefined) return undefined;
    all.push(found);
  }
  return all;
}

/**
 * Tokens that were made until the event was sent may still come from the old state, so its own time counts, which is the
 * later one.
 */
async function revocationOf(
  about: EventSubject,
  ofSession: boolean,
  before: number,
  subjectOf: SubjectOf | undefined,
): Promise<Revocation | undefined> {
  const { format, iss, jti, user, session } = about;
  if (format === 'jwt_id' && typeof iss === 'string' && typeof jti === 'string')
    return { issuer: iss, id: jti };
  const named = await nameOf(isObject(user) ? user : about, subjectOf);
  if (named === undefined) return undefined;
  if (ofSession && isObject(session)) {
    const { id } = session;
    // Who names a session that we cannot read means at least that one.
    if (session['format'] === 'opaque' && typeof id === 'string' && id !== '')
      return { issuer: named.issuer, session: id };
  }
  return { ...named, before };
}

async function nameOf(
  about: EventSubject,
  subjectOf: SubjectOf | undefined,
): Promise<SubjectName | undefined> {
  const { format, iss, sub } = about;
  if (format === 'iss_sub' && typeof iss === 'string' && typeof sub === 'string' && sub !== '')
    return { issuer: iss, subject: sub };
  return await subjectOf?.(about);
}
