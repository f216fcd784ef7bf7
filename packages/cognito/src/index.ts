import type { Issuer, Policy } from '@claimsmith/core';
import { accessToken, tokenFields } from './access-token.ts';
import { check, ways } from './check/check.ts';
import { defaultLifetime } from './limits.ts';
import { claimNames, groupsClaimOf } from './names.ts';
import { settings } from './settings.ts';
import { departs } from './simulator/departs.ts';
import { audienceOf, eventFrom } from './simulator/event-from.ts';
import { holds } from './simulator/held.ts';
import { recordedEvents } from './simulator/recorded-events.ts';
import { lacks, supplies } from './supplies.ts';

export const cognito = {
  id: 'cognito',
  title: 'Cognito',
  settings,
  starter: {
    settings: '{ clients: all, supply: { user.roles: groups } }',
    comment: 'Cognito has no roles: its groups count as such',
  },
  names: claimNames,
  check,
  // The rest is loaded on use, because `check` does not need it.
  compile: async (policy) => (await import('./compile/compile.ts')).compile(policy),
  model: {
    supplies,
    lacks,
    ways,
    emptyLeftOut,
    lifetime: () => defaultLifetime,
    audience: audienceOf,
    hasAudience: false,
  },
  accessToken,
  tokenFields,
  simulator: {
    eventFrom,
    holds,
    recordedEvents,
    departs,
    simulate: async (...run) => (await import('./simulator/simulator.ts')).simulate(...run),
    facts: async (...files) => (await import('./simulator/facts.ts')).facts(...files),
  },
  target: {
    about:
      'Publishes the Lambda function to user pools of Cognito, with an alias, the permission to call it, and the trigger. It needs the credentials of the AWS CLI, and a role for the function.',
    load: async () => (await import('./target.ts')).target,
  },
  exports: {
    terraform: {
      about: 'the function, its alias, and the permission to call it',
      load: async () => (await import('./export/terraform.ts')).terraformExport,
    },
    cloudformation: {
      about: 'the function, its alias, and the permission to call it',
      load: async () => (await import('./export/cloudformation.ts')).cloudformationExport,
    },
  },
} satisfies Issuer;

/** Cognito has no claim of groups for a user without any. */
function emptyLeftOut(policy: Policy): readonly string[] {
  const claim = groupsClaimOf(policy);
  return claim === undefined ? [] : [claim.name];
}

export type { TriggerVersion } from './limits.ts';
export type { Settings } from './settings.ts';
export { runTrigger } from './simulator/trigger.ts';
export { type Manifest, manifest, triggerEvent } from './wire.ts';
