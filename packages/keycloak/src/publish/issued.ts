import { type Issuance, mappingOf, noTokens, type Policy, textOf, textsOf } from '@claimsmith/core';
import { claimNames } from '../names.ts';
import { settingsOf } from '../settings.ts';

/** Payloads of a running server. */
export interface SignedPayloads {
  readonly access: unknown;
  /** Undefined: there is none. */
  readonly id: unknown;
}

/** The part of signed tokens that the policy decides. */
export function issuanceOf(policy: Policy, signed: SignedPayloads, asked: readonly string[]): Issuance {
  const access = mappingOf(signed.access);
  const rest = { notes: [], requests: [], log: [], elapsedMs: 0 };
  if (isDead(access)) {
    return { ...noTokens, ...rest, denied: { error: 'access_denied', description: 'dead on arrival' } };
  }
  const own = [...Object.values(claimNames(policy)), policy.marker?.claim ?? ''];
  const scopes = (textOf(access['scope']) ?? '').split(' ').filter((name) => name !== '');
  const { aud, exp, iat } = access;
  return {
    ...rest,
    denied: undefined,
    access: pick(access, own),
    id: pick(mappingOf(signed.id), own),
    scopes: scopes.filter(
      (name) => asked.includes(name) || policy.scopes.some((scope) => scope.name === name),
    ),
    // Other mappers add audiences of their own.
    audiences: (typeof aud === 'string' ? [aud] : textsOf(aud)).filter(
      (name) => name === settingsOf(policy).audience,
    ),
    lifetimeSeconds: typeof exp === 'number' && typeof iat === 'number' ? exp - iat : undefined,
  };
}

/** Whether a policy script made an access token worthless. */
export function isDead({ exp }: Readonly<Record<string, unknown>>): boolean {
  return typeof exp === 'number' && exp <= 1;
}

function pick(claims: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}
