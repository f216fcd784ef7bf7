import type { Issuer } from '@claimsmith/core';
import * as registered from './registry.ts';

/** Every issuer. To add one, create a folder under packages and add a line in registry.ts. */
export const issuers: readonly Issuer[] = Object.values(registered);

export const issuerIds: readonly string[] = issuers.map(({ id }) => id);

/** The ids of the issuers that have a capability, as a list for people. */
export function capable(what: 'serve' | 'live' | 'target'): string {
  return issuers.flatMap((issuer) => (issuer[what] === undefined ? [] : [issuer.id])).join(', ');
}

/** The formats that issuers can be exported in, by name, with the issuers of each and what they write. */
export function exportFormats(): readonly {
  readonly format: string;
  readonly issuers: readonly string[];
  readonly about: string;
}[] {
  const formats = new Set(issuers.flatMap((issuer) => Object.keys(issuer.exports ?? {})));
  return [...formats].sort().map((format) => {
    const offered = issuers.flatMap((issuer) => {
      const capability = Object.hasOwn(issuer.exports ?? {}, format) ? issuer.exports?.[format] : undefined;
      return capability === undefined ? [] : [{ id: issuer.id, text: `${issuer.id} (${capability.about})` }];
    });
    const about = `${format}: ${offered.map(({ text }) => text).join(', ')}.`;
    return { format, issuers: offered.map(({ id }) => id), about };
  });
}
