import { type Change, TargetError } from '@claimsmith/core';

/** The permissions of the Management API that a command needs. */
export const permissions = {
  plan: ['read:actions'],
  apply: ['read:actions', 'create:actions', 'update:actions', 'delete:actions'],
  planApi: ['read:resource_servers'],
  applyApi: ['read:resource_servers', 'update:resource_servers'],
} as const;

/**
 * The permissions that a later write would lack; empty if the token does not say what it may do.
 *
 * @param api the API whose lifetime is set
 */
export function missingFor(
  api: string | undefined,
  granted: readonly string[] | undefined,
): readonly string[] {
  if (granted === undefined) return [];
  const needed = [...permissions.apply, ...(api === undefined ? [] : permissions.applyApi)];
  return needed.filter((scope) => !granted.includes(scope));
}

/**
 * Refuses a write whose run could not be finished for lack of a permission, before anything is written.
 *
 * @throws {TargetError} `forbidden`
 */
export function assertMayWrite(
  { kind }: Change,
  api: string | undefined,
  granted: readonly string[] | undefined,
): void {
  const missing = missingFor(api, granted).filter((scope) => scope !== 'delete:actions' || kind === 'delete');
  if (missing.length === 0) return;
  throw new TargetError('forbidden', `The credential lacks permissions for it: ${missing.join(', ')}.`);
}
