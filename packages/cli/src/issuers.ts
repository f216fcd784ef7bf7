import type { Issuer } from '@claimsmith/core';
import * as registered from './registry.ts';

/** Every issuer. To add one, create a folder under packages and add a line in registry.ts. */
export const issuers: readonly Issuer[] = Object.values(registered);

export const issuerIds: readonly string[] = issuers.map(({ id }) => id);

/** The ids of the issuers that have a capability, as a list for people. */
export function capable(what: 'serve' | 'live' | 'target'): string {
  return issuers.flatMap((issuer) => (issuer[what] === undefined ? [] : [issuer.id])).join(', ');
}
