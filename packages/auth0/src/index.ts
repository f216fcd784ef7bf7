import type { Issuer } from '@claimsmith/core';
import { accessToken, tokenFields } from './access-token.ts';
import { check } from './check/check.ts';
import { defaultLifetime } from './limits.ts';
import { claimNames } from './names.ts';
import { settings, settingsOf } from './settings.ts';
import { departs } from './simulator/departs.ts';
import { eventFrom, subject } from './simulator/event-from.ts';
import { holds } from './simulator/held.ts';
import { recordedEvents } from './simulator/recorded-events.ts';
import { lacks, supplies } from './supplies.ts';

export const auth0 = {
  id: 'auth0',
  title: 'Auth0',
  settings,
  starter: {
    settings: '{ audiences: [https://api.acme.example/] }',
    comment: 'tokens for other APIs are left alone',
  },
  names: claimNames,
  check,
  // The rest is loaded on use, because `check` does not need it.
  compile: async (policy) => (await import('./compile/compile.ts')).compile(policy),
  model: {
    supplies,
    lifetime: () => defaultLifetime,
    lacks: (_policy, trigger) => lacks(trigger),
    audience: (policy, asked) => asked ?? settingsOf(policy).audiences?.[0],
  },
  accessToken,
  tokenFields,
  simulator: {
    eventFrom,
    subject,
    holds,
    recordedEvents,
    departs,
    simulate: async (...run) => (await import('./simulator/simulator.ts')).simulate(...run),
    facts: async (...files) => (await import('./simulator/facts.ts')).facts(...files),
  },
  target: {
    about:
      'Publishes Actions, their bindings, and the token lifetime of the API to tenants of Auth0. It needs a machine-to-machine application of the Management API, with read:actions to plan, and with create:actions, update:actions and delete:actions to apply.',
    load: async () => (await import('./target.ts')).target,
  },
  exports: {
    terraform: {
      about: 'Actions, their secrets as variables, and their bindings',
      load: async () => (await import('./export/terraform.ts')).terraformExport,
    },
    a0deploy: {
      about: 'Actions for auth0-deploy-cli',
      load: async () => (await import('./export/a0deploy.ts')).a0deployExport,
    },
  },
} satisfies Issuer;

export type { TriggerId } from './limits.ts';
export type { Settings } from './settings.ts';
export type { CacheEntries } from './simulator/cache.ts';
export { runAction } from './simulator/simulator.ts';
export { credentialsExchangeEvent, type Manifest, manifest, postLoginEvent } from './wire.ts';
