import { createHash } from 'node:crypto';
import type { Policy } from '@claimsmith/core';
import { settingsOf } from '../../settings.ts';

/** The script's file in the JAR; its provider is `script-` and this. */
export function scriptFile({ name }: Policy): string {
  return `claimsmith-${name}.js`;
}

export function jarFile({ name }: Policy): string {
  return `claimsmith-${name}.jar`;
}

/**
 * Tells scripts of one policy apart, by their revision and their realms. The admins of all realms of a server can read it,
 * so it has a digest of the realms' names.
 */
export function scriptDescription(policy: Policy): string {
  const { name, revision } = policy;
  const realms = settingsOf(policy).realms.toSorted();
  const digest = createHash('sha256').update(realms.join('\n')).digest('hex').slice(0, 8);
  const count = realms.length === 1 ? '1 realm' : `${realms.length} realms`;
  return `The policy ${name}, revision ${revision}, for ${count} (${digest}), by Claimsmith.`;
}
