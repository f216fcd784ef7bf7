import type { Bypass, Promised } from '@claimsmith/core';
import { lifetimeMsOf, settingsOf } from '../settings.ts';

/**
 * Keycloak silently skips a script that is missing or does not compile. The token then also lacks the API's audience.
 */
export const bypass: Bypass = {
  when: 'the script is not there',
  promised(policy): Promised | undefined {
    if (!settingsOf(policy).scripts) return undefined;
    const lifetimeMs = lifetimeMsOf(policy);
    return {
      marker: undefined,
      audiences: [],
      mostSeconds: lifetimeMs === undefined ? undefined : lifetimeMs / 1000,
    };
  },
  simulate: async (...run) => (await import('./simulator.ts')).simulateWithoutScript(...run),
};
