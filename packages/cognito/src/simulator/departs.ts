import { type Asked, type Departure, noTokens, type Policy, type Verdict } from '@claimsmith/core';
import { settingsOf } from '../settings.ts';

/** Tokens of machines that the trigger's version leaves alone, and what V1_0 lacks. */
export function departs(policy: Policy, verdict: Verdict, { trigger, scopes }: Asked): Departure | undefined {
  const { version } = settingsOf(policy);
  const path = ['issuers', 'cognito', 'version'];
  if (trigger === 'client-credentials' && version !== 'V3_0') {
    return {
      rule: 'TE832',
      path,
      why: `Cognito issues the tokens of machines without the policy: ${version} is for people alone.`,
      isGuarded: true,
      instead: {
        ...noTokens,
        denied: undefined,
        scopes,
        lifetimeSeconds:
          policy.spec.lifetime?.access === undefined ? undefined : policy.spec.lifetime.access / 1000,
      },
    };
  }
  if (verdict.denied !== undefined) return undefined;
  if (version !== 'V1_0' || Object.keys(verdict.access).length === 0) return undefined;
  return {
    rule: 'TE842',
    path,
    why: 'With V1_0, access tokens carry nothing of the policy.',
    instead: { ...verdict, access: {} },
  };
}
