import { createRemoteJWKSet, jwtVerify } from 'jose';
import { audience } from './payments.ts';
import type { LiveRealm } from './tokens.ts';

/**
 * A service of the API, as anybody would write one: does it take the token? It looks at the signature, the issuer, the
 * audience and the time, and at nothing of ours.
 */
export function resourceServer(realm: LiveRealm): (token: unknown) => Promise<boolean> {
  const keys = createRemoteJWKSet(new URL(`${realm.endpoint}/certs`));
  const issuer = realm.endpoint.replace('/protocol/openid-connect', '');
  return async (token) => {
    try {
      await jwtVerify(String(token), keys, { issuer, audience });
      return true;
    } catch {
      return false;
    }
  };
}
