import { type Decision, unavailable } from '@claimsmith/runtime';
import { claimsLimitBytes, logLimitCharacters } from '../limits.ts';

/** Denies a decision whose tokens would make Auth0 fail with its own error. */
export const tooLarge = 'token_too_large';

/** The reason to deny everything; undefined if there is none. Both tokens are measured before either is changed. */
export function refusal({ denied, access, id }: Decision): string | undefined {
  return denied ?? (isTooLarge(access) || isTooLarge(id) ? tooLarge : undefined);
}

function isTooLarge(claims: Decision['access']): boolean {
  return Buffer.byteLength(JSON.stringify(claims)) > claimsLimitBytes;
}

/** The result of an execution. */
export interface Attempt {
  /** The reason to deny everything; undefined only if the whole decision was applied. */
  readonly refused: string | undefined;
  /** The missing parts and why, for the log. */
  readonly causes: string;
  /** Whether the tokens are left alone. */
  readonly isLeft?: true | undefined;
  /** What the client sees instead of the reason. */
  readonly message?: string | undefined;
}

/**
 * Decides and applies the decision. If either step throws, it returns a reason to deny.
 *
 * @param carryOut applies the whole decision, or returns a reason to deny everything
 */
export async function attempt(
  decide: () => Decision | Promise<Decision>,
  carryOut: (decision: Decision) => string | undefined,
): Promise<Attempt> {
  let causes = '';
  try {
    const decision = await decide();
    causes = causesIn(decision);
    return { refused: carryOut(decision), causes, isLeft: decision.left, message: decision.message };
  } catch {
    return { refused: unavailable, causes };
  }
}

/** The missing parts of a decision and why, each after a semicolon. */
export function causesIn({ outcomes }: Decision): string {
  let causes = '';
  for (const { kind, name, outcome, cause } of outcomes) {
    // A requested scope may name someone's account; the other names are the policy's own.
    if (cause !== undefined) causes += `; ${kind === 'scope' ? kind : name} ${outcome}: ${cause}`;
  }
  return causes;
}

/** Writes a line to the tenant's log: names and codes of the policy, never a value. Written last, so that it reports the result. */
export function log(policy: string, { refused, causes, isLeft }: Attempt, done = 'issued'): void {
  const verdict = refused === undefined ? (isLeft ? 'left alone' : done) : `denied ${refused}`;
  console.log(`claimsmith ${policy}; ${verdict}${causes}`.slice(0, logLimitCharacters));
}

export function setClaims(
  token: { setCustomClaim(name: string, value: unknown): unknown },
  claims: Decision['access'],
): void {
  for (const name of Object.keys(claims)) token.setCustomClaim(name, claims[name]);
}
