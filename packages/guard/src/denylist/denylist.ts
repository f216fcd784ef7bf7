/** What a denylist is asked about: a token whose signature is right. */
export interface Candidate {
  /** `iss`, or another address of the same issuer: a guard asks about each. */
  readonly issuer: string;
  /** `jti`. */
  readonly id: string | undefined;
  readonly subject: string;
  readonly session: string | undefined;
  /**
   * The earliest time that it may have been issued, in Unix seconds: `iat`, less the guard's `clockSkewSeconds`, because the
   * clock of the issuer may be ahead. May be less than 0.
   */
  readonly issuedAt: number;
  /** Where its status is (Token Status List); undefined if the token does not name one. */
  readonly status: StatusReference | undefined;
}

/** The place of a token in a status list. */
export interface StatusReference {
  readonly uri: string;
  readonly index: number;
}

/** Says which tokens were revoked. */
export interface Denylist {
  /** If it throws, or takes longer than the guard waits, requests are refused. */
  isRevoked(candidate: Candidate): boolean | Promise<boolean>;
  /** Whether it reads status lists. Default: tokens that name one are refused. */
  readonly readsStatus?: boolean;
}

/**
 * One revocation at an issuer: of a token by its id, of a session, or of all tokens of a subject that were issued at
 * `before` (Unix time in seconds) or earlier. `until` is when it may be forgotten: no token that it meets lives longer.
 */
export type Entry = { readonly issuer: string; readonly until: number } & (
  | { readonly id: string }
  | { readonly session: string }
  | { readonly subject: string; readonly before: number }
);

/**
 * Checks an entry, which may come from a file. One that names nothing, or has no time, would revoke nothing.
 *
 * @throws {TypeError} if it is not an entry
 */
export function assertEntry(entry: Entry): void {
  const said: Readonly<Record<string, unknown>> = { ...entry };
  const [name = 'id', ...others] = ['id', 'session', 'subject'].filter((one) => one in said);
  const hasTexts = [said['issuer'], said[name]].every((text) => typeof text === 'string' && text !== '');
  const hasTimes = Number.isFinite(said['until']) && (name !== 'subject' || Number.isFinite(said['before']));
  if (!hasTexts || !hasTimes || others.length > 0)
    throw new TypeError(
      'An entry of a denylist needs `issuer`, `until`, and `id`, or `session`, or `subject` with `before`.',
    );
}

/** A denylist that takes entries. To add one twice changes nothing. */
export interface DenylistStore extends Denylist {
  /** Rejects if the entry may not have been stored. */
  add(entry: Entry): Promise<void>;
}

/** How long entries are kept by default, in seconds: as long as a guard lets a token live. */
export const defaultRetentionSeconds = 86_400;

/** How far the clock of an issuer may be ahead at most, in seconds. Tokens may then live as much longer. */
export const maxClockSkewSeconds = 60;
