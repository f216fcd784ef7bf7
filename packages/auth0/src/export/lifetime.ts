import type { Finding, Policy } from '@claimsmith/core';
import { lifetimeMsOf } from '../settings.ts';

/** The lifetime of tokens is a setting of the API, which others manage. */
export function lifetimeFinding(policy: Policy): readonly Finding[] {
  const { source } = policy;
  const lifetimeMs = lifetimeMsOf(policy);
  if (lifetimeMs === undefined) return [];
  return [
    {
      rule: 'TE940',
      severity: 'warning',
      issuer: 'auth0',
      message: `The folder does not set the lifetime of access tokens, because it is a setting of the API. The policy wants ${lifetimeMs / 1000} seconds.`,
      range: source.value(['issuers', 'auth0']),
      help: 'Set `token_lifetime` where you manage the API.',
    },
  ];
}
