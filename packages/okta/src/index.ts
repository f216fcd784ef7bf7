import type { Issuer } from '@claimsmith/core';
import { bypass } from './bypass.ts';
import { check } from './check.ts';
import { claimNames } from './claim-names.ts';
import { departs } from './departs.ts';
import { audienceOf, eventFrom } from './event-from.ts';
import { lacks, supplies } from './fields.ts';
import { holds } from './held.ts';
import { recordedEvents } from './recorded-events.ts';
import { settings } from './settings.ts';
import { ways } from './ways.ts';

export const okta = {
  id: 'okta',
  title: 'Okta',
  settings,
  supplies,
  lacks,
  names: claimNames,
  ways,
  check,
  audience: audienceOf,
  departs,
  holds,
  eventFrom,
  recordedEvents,
  // Loaded when used: `check` needs neither.
  compile: async (policy) => (await import('./compile.ts')).compile(policy),
  simulate: async (...run) => (await import('./simulator.ts')).simulate(...run),
  bypass,
  facts: async (...files) => (await import('./facts.ts')).facts(...files),
} satisfies Issuer;

export { type Classification, classify } from './classify.ts';
export { ElError, type ElErrorCode } from './el/el-error.ts';
export { evaluateEl } from './el/evaluate.ts';
export type { NativeClaim } from './native-claim.ts';
export type { GuardRecipe, Settings } from './settings.ts';
export { type Manifest, manifest } from './wire.ts';
