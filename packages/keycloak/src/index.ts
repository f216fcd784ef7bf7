import type { Issuer } from '@claimsmith/core';
import { accessToken, tokenFields } from './access-token.ts';
import { check } from './check/check.ts';
import { defaultLifetime } from './limits.ts';
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
  starter: { settings: '{ scripts: true, audience: https://api.acme.example/ }' },
  names: claimNames,
  check,
  // The rest is loaded on use, because `check` does not need it.
  compile: async (policy) => (await import('./compile/compile.ts')).compile(policy),
  model: {
    supplies,
    lifetime: () => defaultLifetime,
    lacks,
    caches: false,
    ways,
    audience: (policy) => settingsOf(policy).audience,
  },
  accessToken,
  tokenFields,
  simulator: {
    eventFrom,
    holds,
    departs,
    bypass,
    simulate: async (...run) => (await import('./simulator/simulator.ts')).simulate(...run),
    facts: async (...files) => (await import('./simulator/facts.ts')).facts(...files),
  },
  exports: {
    terraform: {
      about: 'client scopes with mappers and roles',
      load: async () => (await import('./export/terraform.ts')).terraformExport,
    },
    'keycloak-config': {
      about: 'client scopes with mappers and roles, for keycloak-config-cli',
      load: async () => (await import('./export/config-cli.ts')).configCliExport,
    },
  },
  live: {
    about:
      'KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD, or KEYCLOAK_CLIENT_ID and KEYCLOAK_CLIENT_SECRET, are the login for the Admin REST API of a running Keycloak.',
    load: async () => (await import('./ask-live.ts')).live,
  },
  target: {
    about:
      'An entry under targets.keycloak of an environment names a server, a realm or a pattern of realms, and a login: a client with a service account, or a user.',
    load: async () => (await import('./target.ts')).target,
  },
} satisfies Issuer;

export type { ClientScope, Enrichment, ProtocolMapper, ScopePermission } from './representation.ts';
export type { Settings } from './settings.ts';
export { type Manifest, manifest } from './wire.ts';
