import {
  type Answer,
  auditLines,
  auditMember,
  auditMembers,
  type Decision,
  type Issued,
  unavailable,
} from '@claimsmith/runtime';
import { claimsLimitBytes, logLimitCharacters } from '../limits.ts';
import type { CredentialsExchangeEvent } from './context.ts';

/** Denies a decision whose tokens would make Auth0 fail with its own error. */
export const tooLarge = 'token_too_large';

/** The reason to deny everything; undefined if there is none. Both tokens are measured before either is changed. */
export function refusal({ denied, access, id }: Decision): string | undefined {
  return denied ?? (isTooLarge(access) || isTooLarge(id) ? tooLarge : undefined);
}

export function isTooLarge(claims: object): boolean {
  return Buffer.byteLength(JSON.stringify(claims)) > claimsLimitBytes;
}

/**
 * Decides.
 *
 * @param answers takes the answers of sources
 */
export type Decide = (answers: Record<string, Answer>) => Decision | Promise<Decision>;

/**
 * Decides and applies the decision. If either step throws, it returns a reason to deny.
 *
 * @param carryOut applies the whole decision, or returns a reason to deny everything
 */
export async function attempt(
  decide: Decide,
  carryOut: (decision: Decision) => string | undefined,
): Promise<Issued> {
  const startMs = Date.now();
  const answers = {};
  let decision: Decision | undefined;
  let refused: string | undefined = unavailable;
  try {
    decision = await decide(answers);
    refused = carryOut(decision);
  } catch {
    // Then it is denied.
  }
  return { decision, refused, answers, startMs };
}

/**
 * Writes the record of an issuance to the log: names and codes of the policy, never a value. Written last, so that it
 * reports the result. Auth0 keeps only the first characters of what an Action logs.
 *
 * @param subject gives the digest that stands for the user
 */
export function log(
  policy: string,
  event: Pick<CredentialsExchangeEvent, 'client' | 'resource_server'>,
  issued: Issued,
  subject?: () => string | undefined,
): void {
  try {
    const who = auditMember('subject', subject?.()) + auditMember('client', event.client?.client_id);
    const more = auditMember('audience', event.resource_server?.identifier);
    const members = auditMembers('auth0', policy, issued, who, more);
    for (const line of auditLines(members, logLimitCharacters)) console.log(line);
  } catch {
    // A failed log line must not change the token.
  }
}

export function setClaims(
  token: { setCustomClaim(name: string, value: unknown): unknown },
  claims: Decision['access'],
): void {
  for (const name of Object.keys(claims)) token.setCustomClaim(name, claims[name]);
}
