import type { ClaimWay, Policy } from '@claimsmith/core';
import { classify } from './classify.ts';

const titles = { native: 'native claim', hook: 'token inline hook' } as const;

/** How each claim is made, by its name in the spec, and why. */
export function ways(policy: Policy): Readonly<Record<string, ClaimWay>> {
  return Object.fromEntries(
    Object.entries(classify(policy)).map(([name, { via, why }]) => [name, { via: titles[via], why }]),
  );
}
