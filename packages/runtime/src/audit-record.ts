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
  /** The age of each source's answer in seconds, or how the source failed. */
  readonly sources?: Readonly<Record<string, number | SourceFailure>>;
  /** The claims that the policy's program has set, by their names in the spec. Empty if nothing was issued. */
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

/** A member of a record; undefined ones are left out. Pairs, because minified code renames properties of our own. */
export type AuditMember = readonly [name: keyof AuditRecord, value: unknown];

/** What came of an issuance. */
export interface Issued {
  /** Undefined if deciding failed. */
  readonly decision: Decision | undefined;
  /** Why nothing is issued, or why the user is asked for a factor; undefined: it is issued or left alone. */
  readonly refused: string | undefined;
  readonly isObserved?: boolean;
  readonly isChallenged?: boolean;
  /** The answers of its sources. */
  readonly answers: Readonly<Record<string, Answer>>;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The members of a record.
 *
 * @param issuer the issuer's id
 * @param policy `<name>@<revision>`
 * @param who `subject` and `client`: they come early, because the end of a record may not be kept
 * @param more the other members that the issuer tells
 */
export function auditMembers(
  issuer: string,
  policy: string,
  issued: Issued,
  who: readonly AuditMember[],
  more: readonly AuditMember[],
): AuditMember[] {
  const { decision, refused, answers, startMs, endMs } = issued;
  const claims: string[] = [];
  const causes: Record<string, string> = {};
  for (const { kind, name, outcome, cause } of decision?.outcomes ?? []) {
    if (kind === 'claim' && /^(emitted|default)$/.test(outcome)) claims.push(name);
    // A requested scope may name someone's account; the other names are the policy's own.
    if (cause !== undefined) causes[kind === 'scope' ? kind : name] = `${outcome}: ${cause}`;
  }
  const ages: Record<string, number | SourceFailure> = {};
  for (const source of Object.keys(answers)) {
    const answer = answers[source];
    if (answer) ages[source] = answer.failure ?? Math.round(answer.ageSeconds);
  }
  const verdict = issued.isChallenged ? 'challenged' : 'denied';
  return [
    ['claimsmith', policy],
    ['id', auditId(endMs)],
    ['decision', refused === undefined ? (decision?.left ? 'left' : 'issued') : verdict],
    ['observed', issued.isObserved ? true : undefined],
    ['reason', refused],
    ...who,
    ['sources', ages],
    ['claims', refused === undefined ? claims : []],
    ['causes', causes],
    ...more,
    ['scopesAdded', decision?.scopes.add.length || undefined],
    ['scopesRemoved', decision?.scopes.remove.length || undefined],
    ['ms', Math.round(endMs - startMs)],
    ['issuer', issuer],
  ];
}

/** The members as an object. */
export function auditRecord(members: readonly AuditMember[]): AuditRecord {
  // The names and values of members are those of a record.
  return Object.fromEntries(members) as object as AuditRecord;
}

/** A UUID of version 7 that begins with a time. */
function auditId(timeMs: number): string {
  const time = timeMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
