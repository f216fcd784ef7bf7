import type { Answer, Decision, SourceFailure } from './program.ts';

/**
 * What every issuance leaves at every issuer: who asked, which version of the policy decided, what came of it, which claims,
 * and how old the answers of its sources were. Names and codes, never a value of a claim. The members come in this order.
 */
export interface AuditRecord {
  /** `<name>@<revision>` of the policy that decided. Readers find records in other text by this member. */
  readonly claimsmith: string;
  /** A UUID of version 7 (RFC 9562). It begins with the time of the decision: 48 bits, in milliseconds since 1970. */
  readonly id: string;
  /** `1/2`: this is the first of two parts of a record. The parts have one `id`. */
  readonly part?: string;
  /** `left`: the policy is not for this token. `challenged`: the user was asked for another factor instead. */
  readonly decision: 'issued' | 'denied' | 'left' | 'challenged';
  /** The policy only observes: the decision had no effect, and the token stayed as it was. */
  readonly observed?: true;
  /** The constant of the policy because of which it denied or challenged. */
  readonly reason?: string;
  /** The keyed digest of the user's id at the issuer; see {@link subjectDigest}. Absent without a key or a user. */
  readonly subject?: string;
  /** The client's id. */
  readonly client?: string;
  /** The age of each source's answer in seconds, or how the source failed. Absent if none was asked. */
  readonly sources?: Readonly<Record<string, number | SourceFailure>>;
  /** The claims that the policy's program has set, by their names in the spec. Absent if there are none. */
  readonly claims?: readonly string[];
  /** Why parts of the policy are not as evaluated: `{ "limit": "omitted: crm:timeout" }`. */
  readonly causes?: Readonly<Record<string, string>>;
  /** The claims in the token that the issuer itself makes for the policy. */
  readonly native?: readonly string[];
  /** The id of the token, where the issuer tells it before it signs. */
  readonly jti?: string;
  readonly audience?: string;
  readonly grant?: string;
  /** The issuer's own id of the request. */
  readonly request?: string;
  /** How many scopes were added and removed. Their names may be somebody's account. */
  readonly scopesAdded?: number;
  readonly scopesRemoved?: number;
  /** From the start of the request to the decision, in milliseconds. */
  readonly ms?: number;
  /** The issuer's id: `auth0`. */
  readonly issuer: string;
}

/** A member of a record as JSON, after a comma; empty without a value: undefined, 0 or an empty text. */
export function auditMember(name: keyof AuditRecord, value: unknown): string {
  return value ? `,"${name}":${json(value)}` : '';
}

/** Nearly all texts of a record are without escapes, and quicker to quote than to stringify. */
function json(value: unknown): string {
  return typeof value === 'string' && /^[ !#-[\]-~]*$/.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** What came of an issuance. */
export interface Issued {
  /** Undefined if deciding failed. */
  readonly decision: Decision | undefined;
  /** Why nothing is issued, or why the user is asked for a factor; undefined: it is issued or left alone. */
  readonly refused: string | undefined;
  readonly isObserved?: true | undefined;
  /** What it is called if something is refused. Default: denied. */
  readonly verdict?: 'challenged' | 'denied';
  /** The answers of its sources. */
  readonly answers: Readonly<Record<string, Answer>>;
  readonly startMs: number;
  /** Default: now. */
  readonly endMs?: number;
}

/** A member as JSON. A list or a map comes in parts: its begin, its elements (at least one), its end. */
export type AuditText = string | readonly [begin: string, elements: readonly string[], end: string];

/**
 * The members of a record as JSON. Empty lists and maps are left out. `{${members.flat().join('')}}` is the record.
 *
 * @param issuer the issuer's id
 * @param policy `<name>@<revision>`
 * @param who the members `subject` and `client`: they come early, because the end of a record may not be kept
 * @param more the other members that the issuer tells
 */
export function auditMembers(
  issuer: string,
  policy: string,
  { decision, refused, answers, startMs, endMs = Date.now(), isObserved, verdict = 'denied' }: Issued,
  who: string,
  more: string,
): readonly AuditText[] {
  const claims: string[] = [];
  const causes: Record<string, string> = {};
  for (const { kind, name, outcome, cause } of decision?.outcomes ?? []) {
    const isSet = outcome === 'emitted' || outcome === 'default';
    if (isSet && kind === 'claim' && refused === undefined) claims.push(json(name));
    // A requested scope may name someone's account; the other names are the policy's own.
    if (cause !== undefined) causes[kind === 'scope' ? kind : name] = `${outcome}: ${cause}`;
  }
  const ages = Object.entries(answers).map(
    ([name, { failure, ageSeconds }]) => `"${name}":${json(failure ?? Math.round(ageSeconds))}`,
  );
  const scopes = decision?.scopes;
  return [
    `"claimsmith":"${policy}"`,
    `,"id":"${auditId(endMs)}"`,
    `,"decision":"${refused === undefined ? (decision?.left ? 'left' : 'issued') : verdict}"`,
    auditMember('observed', isObserved),
    auditMember('reason', refused),
    who,
    listed(',"sources":{', ages, '}'),
    listed(',"claims":[', claims, ']'),
    listed(
      ',"causes":{',
      Object.entries(causes).map(([name, cause]) => `${json(name)}:${json(cause)}`),
      '}',
    ),
    more,
    auditMember('scopesAdded', scopes?.add.length),
    auditMember('scopesRemoved', scopes?.remove.length),
    `,"ms":${Math.round(endMs - startMs)}`,
    `,"issuer":"${issuer}"`,
  ];
}

/** A list or a map as a member; empty without elements. */
function listed(begin: string, elements: readonly string[], end: string): AuditText {
  return elements.length > 0 ? [begin, elements, end] : '';
}

/** A UUID of version 7 that begins with a time, which engines write faster in two parts. */
function auditId(timeMs: number): string {
  return `${hex(Math.floor(timeMs / 65_536), 8)}-${hex(timeMs % 65_536, 4)}-7${crypto.randomUUID().slice(15)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
