/* How we know what is ours. */
import { isMapping } from '@claimsmith/core';
import { feederPrefix } from '../platform/policy.ts';
import { type Raw, textAt, valueAt } from './state.ts';

/** A static header of the hook. It holds the policy's name. */
export const ownerHeader = 'x-claimsmith-owner';

export function headersOf(hook: Raw): readonly { readonly key: string; readonly value: string }[] {
  const headers = valueAt(hook, 'channel', 'config', 'headers');
  if (!Array.isArray(headers)) return [];
  return headers
    .filter(isMapping)
    .map((header) => ({ key: textAt(header, 'key'), value: textAt(header, 'value') }));
}

export function isOwnerHeader({ key }: { readonly key: string }): boolean {
  return key.toLowerCase() === ownerHeader;
}

/** Whether a hook has our mark for a policy. */
export function isHookOf(hook: Raw, policy: string): boolean {
  return headersOf(hook).some((header) => isOwnerHeader(header) && header.value === policy);
}

/** The description of a scope that we have made. */
export function scopeMark(policy: string): string {
  return `Made by Claimsmith for the policy ${policy}.`;
}

export function isFeeder(name: string): boolean {
  return name.startsWith(feederPrefix);
}

/** The claim that proves a set of feeders complete. */
export function isProof(name: string): boolean {
  return name.startsWith(`${feederPrefix}feeders_`);
}
