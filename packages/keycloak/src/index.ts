import type { Issuer } from '@claimsmith/core';
import { bypass } from './bypass.ts';
import { check } from './check.ts';
import { claimNames } from './claim-names.ts';
import { departs } from './departs.ts';
import { eventFrom } from './event-from.ts';
import { holds } from './held.ts';
import { settings, settingsOf } from './settings.ts';
import { lacks, supplies } from './supplies.ts';
import { ways } from './ways.ts';

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
  compile: async (policy) => (await import('./compile.ts')).compile(policy),
  simulate: async (...run) => (await import('./simulator.ts')).simulate(...run),
  bypass,
  facts: async (...files) => (await import('./facts.ts')).facts(...files),
} satisfies Issuer;

export { type Collision, collisionsOf, type LiveMapper } from './collisions.ts';
export type { KeycloakIssuance } from './issuance.ts';
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
export { type Manifest, manifest } from './wire.ts';
