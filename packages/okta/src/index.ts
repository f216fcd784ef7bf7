import type { DefaultLifetime, Issuer, Policy } from '@claimsmith/core';
import { accessToken, tokenFields } from './access-token.ts';
import { check } from './check/check.ts';
import { defaultLifetime, leastRuleLifetimeMinutes } from './limits.ts';
import { claimNames } from './names.ts';
import { listedGroups } from './plan/plan.ts';
import { ways } from './plan/ways.ts';
import { settings, settingsOf } from './settings.ts';
import { bypass } from './simulator/bypass.ts';
import { departs } from './simulator/departs.ts';
import { audienceOf, eventFrom, subject } from './simulator/event-from.ts';
import { holds } from './simulator/held.ts';
import { recordedEvents } from './simulator/recorded-events.ts';
import { lacks, supplies } from './supplies.ts';

export const okta = {
  id: 'okta',
  title: 'Okta',
  settings,
  starter: {
    settings: '{ guard: [sentinel] }',
    comment: 'tokens that the hook has not seen carry no authority',
  },
  names: claimNames,
  check,
  // The rest is loaded on use, because `check` does not need it.
  compile: async (policy) => (await import('./compile/compile.ts')).compile(policy),
  model: { supplies, lacks, ways, emptyLeftOut: listedGroups, lifetime: lifetimeOf, audience: audienceOf },
  accessToken,
  tokenFields,
  simulator: {
    eventFrom,
    subject,
    holds,
    recordedEvents,
    departs,
    bypass,
    simulate: async (...run) => (await import('./simulator/simulator.ts')).simulate(...run),
    facts: async (...files) => (await import('./simulator/facts.ts')).facts(...files),
  },
  exports: {
    terraform: {
      about: 'native claims, scopes and the inline hook',
      load: async () => (await import('./export/terraform.ts')).terraformExport,
    },
  },
  target: {
    about:
      'Okta: publishes native claims, the token inline hook, and the rules that call it, through the management API. The environment gives the org, a credential, and the address and secret of the hook server. The server itself is deployed by other means.',
    load: async () => (await import('./target.ts')).target,
  },
} satisfies Issuer;

/** With the guard `short_life` all tokens live as short as a rule allows. */
function lifetimeOf(policy: Policy): DefaultLifetime {
  return settingsOf(policy).guard.includes('short_life')
    ? { ...defaultLifetime, defaultMs: leastRuleLifetimeMinutes * 60_000 }
    : defaultLifetime;
}

export { type Classification, classify } from './plan/classify.ts';
export { ElError, type ElErrorCode } from './plan/el/el-error.ts';
export { evaluateEl } from './plan/el/evaluate.ts';
export type { NativeClaim } from './plan/native-claim.ts';
export type { GuardRecipe, Settings } from './settings.ts';
export { type Manifest, manifest } from './wire.ts';
