import type { Policy } from '@claimsmith/core';

/** Each claim carries its own name, or the one under `as`. */
export function names({ claims }: Policy): Readonly<Record<string, string>> {
  return Object.fromEntries(claims.map(({ name, as }) => [name, as['toy'] ?? name]));
}
