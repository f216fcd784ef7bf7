import type { Bypass, Policy, Promised } from '@claimsmith/core';
import { sentinel } from '@claimsmith/core';
import { leastRuleLifetimeMinutes, quarantineAudience } from '../limits.ts';
import { planOf } from '../plan/plan.ts';
import { feederPrefix } from '../platform/policy.ts';
import { audienceOf } from './event-from.ts';

/** If Okta cannot reach the hook, it still signs the tokens; the guard makes them worthless. */
export const bypass: Bypass = {
  when: 'the hook is not called',
  promised(policy, audience): Promised | undefined {
    const { hook, settings } = planOf(policy);
    // What only observes promises nothing.
    if (hook === undefined || settings.observe !== undefined) return undefined;
    const { guard } = settings;
    return {
      marker: guard.includes('sentinel') ? sentinel : undefined,
      audiences: [guard.includes('quarantine') ? quarantineAudience : audienceOf(policy, audience)],
      mostSeconds: guard.includes('short_life') ? leastSeconds : ruleSeconds(policy),
    };
  },
  async simulate(...run) {
    const { simulateWith } = await import('./simulator.ts');
    const issuance = await simulateWith({ kind: 'down' }, ...run);
    // Feeders stay, as a finding says.
    return { ...issuance, access: withoutFeeders(issuance.access), id: withoutFeeders(issuance.id) };
  },
};

const leastSeconds = leastRuleLifetimeMinutes * 60;

/** A rule counts in minutes. */
function ruleSeconds({ spec }: Policy): number | undefined {
  const ms = spec.lifetime?.access;
  return ms === undefined ? undefined : Math.max(leastSeconds, Math.ceil(ms / 60_000) * 60);
}

function withoutFeeders(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !name.startsWith(feederPrefix)));
}
