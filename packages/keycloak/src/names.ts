import { claimNaming } from '@claimsmith/core';
import { isReserved } from './limits.ts';

/** The names of claims at Keycloak: a name that Keycloak uses itself gets the namespace as a prefix. */
export const { claimName, claimNames } = claimNaming('keycloak', ({ name }) => isReserved(name));

/**
 * A claim's name as `claim.name` takes it: a dot would begin a nested object, a backslash takes the next character
 * as it is.
 */
export function claimPath(name: string): string {
  return name.replace(/[\\.]/g, '\\$&');
}
