import type { Finding, Policy } from '@claimsmith/core';

export function check(_policy: Policy): readonly Finding[] {
  return [];
}
