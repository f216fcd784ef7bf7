import type { Bypass, Promised } from '@claimsmith/core';
import { settingsOf } from '../settings.ts';

/** A script that is missing, or does not compile, is skipped in silence: the API's audience is missing then, too. */
export const bypass: Bypass = {
  when: 'the script is not there',
  promised(policy): Promised | undefined {
    if (!settingsOf(policy).scripts) return undefined;
    const lifetimeMs = policy.spec.lifetime?.access;
    return {
      marker: undefined,
      audiences: [],
      mostSeconds: lifetimeMs === undefined ? undefined : lifetimeMs / 1000,
    };
  },
  simulate: async (...run) => (await import('./simulator.ts')).simulateWithoutScript(...run),
};
