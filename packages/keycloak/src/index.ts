import type { Issuer } from '@claimsmith/core';
import { check } from './check/check.ts';
import { claimNames } from './names.ts';
import { ways } from './plan/ways.ts';
import { settings, settingsOf } from './settings.ts';
import { bypass } from './simulator/bypass.ts';
import { departs } from './simulator/departs.ts';
import { eventFrom } from './simulator/event-from.ts';
import { holds } from './simulator/held.ts';
import { lacks, supplies } from './supplies.ts';

export const keycloak = {
  id: 'keycloak',
  title: 'Keycloak',
  settings,
  supplies,
  lacks: (_policy, trigger) => lacks(trigger),
  caches: false,
  names: claimNames,
  ways,
  check,
  audience: (policy) => settingsOf(policy).audience,
  departs,
  holds,
  eventFrom,
  // Loaded when used: `check` needs neither.
  compile: async (policy) => (await import('./compile/compile.ts')).compile(policy),
  simulate: async (...run) => (await import('./simulator/simulator.ts')).simulate(...run),
  bypass,
  facts: async (...files) => (await import('./simulator/facts.ts')).facts(...files),
} satisfies Issuer;

export { type Collision, collisionsOf, type LiveMapper } from './collisions.ts';
export {
  type AdminLogin,
  LiveError,
  type LiveErrorCode,
  type LiveQuestion,
  type LiveTokens,
  previewLive,
} from './live.ts';
export type { ClientScope, Enrichment, ProtocolMapper, ScopePermission } from './representation.ts';
export type { Settings } from './settings.ts';
export type { KeycloakIssuance } from './simulator/issuance.ts';
export { type Manifest, manifest } from './wire.ts';
