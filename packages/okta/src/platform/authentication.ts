import { hash, timingSafeEqual } from 'node:crypto';
import { mayAsk } from '@claimsmith/runtime';
import { OktaError } from '../okta-error.ts';

import type { OAuthAuthentication } from './bearer.ts';

/** How Okta proves that it is Okta. */
export type Authentication = HeaderAuthentication | OAuthAuthentication;

/**
 * A secret in a header, as registered with the hook. For `authorization` it is the whole value, including the scheme.
 */
export interface HeaderAuthentication {
  readonly kind: 'header';
  /** Default `authorization`. */
  readonly name?: string;
  /** The current secret, and the next one during a change; each 16 to 4,096 printable ASCII characters. */
  readonly secrets: readonly string[];
}

export interface Authenticator {
  /** The lower-case name of the header that {@link Authenticator.verify} wants. */
  readonly header: string;
  verify(value: string | undefined): boolean | Promise<boolean>;
}

/** @throws OktaError `authentication` if it would accept nobody, or anybody */
export function createAuthenticator(authentication: Authentication): Authenticator {
  return authentication.kind === 'header'
    ? headerAuthenticator(authentication)
    : bearerAuthenticator(authentication);
}

function headerAuthenticator({ name = 'authorization', secrets }: HeaderAuthentication): Authenticator {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    throw new OktaError('authentication', 'The name of the header is not valid');
  if (secrets.length === 0) throw new OktaError('authentication', 'A hook needs a secret');
  if (!secrets.every((secret) => /^[\x21-\x7e][\x20-\x7e]{14,4094}[\x21-\x7e]$/.test(secret)))
    throw new OktaError('authentication', 'A secret of the hook must have 16 to 4,096 printable characters');
  const digests = secrets.map(digestOf);
  return {
    header: name.toLowerCase(),
    verify(value) {
      if (value === undefined) return false;
      const digest = digestOf(value);
      // All are compared, so that the time does not reveal which one fits.
      let isKnown = false;
      for (const known of digests) isKnown = timingSafeEqual(known, digest) || isKnown;
      return isKnown;
    },
  };
}

function digestOf(text: string): Buffer {
  // As text: faster than as a buffer.
  return Buffer.from(hash('sha256', text), 'latin1');
}

function bearerAuthenticator(authentication: OAuthAuthentication): Authenticator {
  const { issuer, audience, clientId, scope, jwks } = authentication;
  if ([issuer, audience, clientId, scope].includes(''))
    throw new OktaError('authentication', 'The hook needs issuer, audience, client id and scope');
  if ((typeof jwks === 'string' || jwks instanceof URL) && !mayAsk(String(jwks)))
    throw new OktaError(
      'authentication',
      'The address of the keys must be https, unless it is on this machine',
    );
  // Loaded only when used. If loading fails, verification fails, and the failure is reported.
  const verifier = import('./bearer.ts').then(({ createBearerVerifier }) =>
    createBearerVerifier(authentication),
  );
  verifier.catch(() => undefined);
  return {
    header: 'authorization',
    verify: async (value) => value !== undefined && (await verifier)(value),
  };
}
