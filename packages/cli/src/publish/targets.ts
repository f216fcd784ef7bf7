import type { Issuer, Target } from '@claimsmith/core';

/** By issuer id, the loaded target; undefined if the issuer cannot be published to. */
export type LoadedTargets = Readonly<Record<string, Target | undefined>>;

/** Loads the targets of issuers. Their SDKs are loaded later, when a place is asked. */
export async function loadTargets(issuers: readonly Issuer[]): Promise<LoadedTargets> {
  const loaded = issuers.map(async ({ id, target }) => [id, await target?.load()] as const);
  return Object.fromEntries(await Promise.all(loaded));
}
