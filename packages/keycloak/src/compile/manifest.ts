import { createHash } from 'node:crypto';
import { type Policy, reliesOnNoExchange } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { generator } from '@claimsmith/host-js';
import { planOf } from '../plan/plan.ts';
import { refusedScopes } from '../plan/scope-plan.ts';
import type { Enrichment } from '../representation.ts';
import { lifetimeMsOf, settingsOf } from '../settings.ts';
import type { Manifest } from '../wire.ts';
import { userProfile } from './realm/user-profile.ts';
import { jarFile, scriptDescription, scriptFile } from './script/names.ts';

/** What a realm and its server need in addition to the files. */
export function manifestOf(policy: Policy, enrichment: Enrichment, jar: Uint8Array | undefined): Manifest {
  const settings = settingsOf(policy);
  const lifetimeMs = lifetimeMsOf(policy);
  const hasOrganization = contextFields(policy).some((field) => field.startsWith('org.'));
  const clientRoles = new Map<string, string[]>();
  for (const permission of enrichment.permissions) {
    for (const [client, roles] of Object.entries(permission.clientRoles)) {
      clientRoles.set(client, [...new Set([...(clientRoles.get(client) ?? []), ...roles])].sort());
    }
  }
  return {
    policy: policy.name,
    revision: policy.revision,
    generator,
    realms: settings.realms.toSorted(),
    ...(settings.clients === undefined ? {} : { clients: settings.clients }),
    requires: {
      features: [
        ...(settings.scripts ? (['scripts'] as const) : []),
        ...(hasOrganization ? (['organization'] as const) : []),
      ],
      attributes: userProfile(policy)
        .attributes.filter(({ permissions }) => !permissions.edit.includes('user'))
        .map(({ name }) => name),
      realmRoles: [...new Set(enrichment.permissions.flatMap(({ realmRoles }) => realmRoles))].sort(),
      clientRoles: Object.fromEntries(clientRoles),
      fullScopeAllowed: planOf(policy).some(
        (plan) => plan.by === 'mapper' && plan.limits.includes('full_scope'),
      ),
      noServiceAccounts: !settings.serviceAccounts,
      noExchange: !settings.scripts && reliesOnNoExchange(policy, settings),
      ...(lifetimeMs === undefined ? {} : { accessTokenLifespan: lifetimeMs / 1000 }),
    },
    refusedScopes: [...refusedScopes(policy)],
    ...(jar === undefined || settings.audience === undefined
      ? {}
      : {
          script: {
            file: jarFile(policy),
            provider: `script-${scriptFile(policy)}`,
            description: scriptDescription(policy),
            bytes: jar.length,
            sha256: createHash('sha256').update(jar).digest('hex'),
            settings: [...policy.secrets],
            audience: settings.audience,
          },
        }),
  };
}
