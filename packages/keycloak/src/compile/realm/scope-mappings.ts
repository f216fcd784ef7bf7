import type { Enrichment } from '../../representation.ts';

/** Roles of clients that permit client scopes, by client id, as realm files have them. */
export function clientScopeMappings({ permissions }: Enrichment) {
  const byClient = new Map<string, { clientScope: string; roles: readonly string[] }[]>();
  for (const { clientScope, clientRoles } of permissions) {
    for (const [client, roles] of Object.entries(clientRoles)) {
      byClient.set(client, [...(byClient.get(client) ?? []), { clientScope, roles }]);
    }
  }
  return Object.fromEntries(byClient);
}

/** Roles of the realm that permit client scopes, as realm files have them. */
export function scopeMappings({ permissions }: Enrichment) {
  return permissions
    .filter(({ realmRoles }) => realmRoles.length > 0)
    .map(({ clientScope, realmRoles }) => ({ clientScope, roles: realmRoles }));
}
