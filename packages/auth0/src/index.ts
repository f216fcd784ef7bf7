import type { Issuer } from '@claimsmith/core';
import { check } from './check.ts';
import { claimNames } from './claim-names.ts';
import { departs } from './departs.ts';
import { eventFrom } from './event-from.ts';
import { holds } from './held.ts';
import { recordedEvents } from './recorded-events.ts';
import { settings } from './settings.ts';
import { lacks, supplies } from './supplies.ts';

export const auth0 = {
  id: 'auth0',
  title: 'Auth0',
  settings,
  supplies,
  lacks: (_policy, trigger) => lacks(trigger),
  names: claimNames,
  check,
  departs,
  holds,
  eventFrom,
  recordedEvents,
  // Loaded when used: `check` needs neither.
  compile: async (policy) => (await import('./compile.ts')).compile(policy),
  simulate: async (...run) => (await import('./simulator.ts')).simulate(...run),
  facts: async (...files) => (await import('./facts.ts')).facts(...files),
} satisfies Issuer;

export { ActionError, type ActionErrorCode } from './action-error.ts';
export type { TriggerId } from './limits.ts';
export type { Settings } from './settings.ts';
export type { CacheEntries } from './simulated-cache.ts';
export { runAction } from './simulator.ts';
export { credentialsExchangeEvent, type Manifest, manifest, postLoginEvent } from './wire.ts';
