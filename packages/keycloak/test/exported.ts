/** A realm file for keycloak-config-cli has the shape of Keycloak's own realm files: the server reads it. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { configCliExport } from '../src/export/config-cli.ts';
import { policyOf } from './fixtures.ts';

const names = { exported: 'claimsmith-exported', whole: 'claimsmith-exported-whole' } as const;

const spec = `version: 1
name: exported
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive }
  text: { const: "$(env:HOME) $$(x) %{y} ##Z## @@Z@@ \\u2028 \\u0085 é 😀 \\\\ \\"", kind: descriptive }
  data: { const: { a: [1, "$(env:HOME)"] }, kind: descriptive }
  https://acme.example/staff: { const: true, kind: descriptive, when: '"staff" in user.roles' }
scopes:
  orders.read: { grant: '"clerk" in user.roles' }
issuers:
  keycloak: { realm: ${names.exported}, audience: https://api.acme.example/, rolesFrom: { client: shop } }
`;

export function exportedAgainstServer(keycloak: Keycloak): void {
  describe('reads a realm file for keycloak-config-cli', () => {
    it('with the scopes, mappers and roles of realm.json', async () => {
      const policy = policyOf(spec);
      const compilation = await compile(policy);
      const { files } = configCliExport.write(policy, compilation);
      const json = (path: string) =>
        JSON.parse([...files, ...compilation.artifacts].find((file) => file.path === path)?.content ?? '');
      const [file, whole] = [json(`${names.exported}.json`), json('realm.json')];
      const admin = adminOf(keycloak);
      for (const name of Object.values(names)) await admin.delete(`/${name}`).catch(() => undefined);
      try {
        // The file relies on the client whose roles it names.
        const { roles, clients } = whole;
        expect(roles.realm).toEqual(file.roles.realm);
        const owner = clients.filter(({ clientId }: { clientId: string }) => clientId === 'shop');
        expect(owner).toHaveLength(1);
        await admin.post('', { ...file, enabled: true, clients: owner, roles });
        await admin.post('', { ...whole, realm: names.whole });
        const found = await scopesOf(keycloak, names.exported);
        expect(found.map(({ name }) => name)).toEqual(
          file.clientScopes.map(({ name }: { name: string }) => name).sort(),
        );
        expect(found).toEqual(await scopesOf(keycloak, names.whole));
        const { config } = found.flatMap(({ mappers }) => mappers).find(({ name }) => name === 'text') ?? {};
        expect(config?.['claim.value']).toBe('$(env:HOME) $$(x) %{y} ##Z## @@Z@@ \u2028 \u0085 é 😀 \\ "');
      } finally {
        for (const name of Object.values(names)) await admin.delete(`/${name}`).catch(() => undefined);
      }
    }, 120_000);
  });
}

const scopes = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().optional(),
    attributes: z.record(z.string(), z.string()),
    protocolMappers: z
      .array(
        z.object({ name: z.string(), protocolMapper: z.string(), config: z.record(z.string(), z.string()) }),
      )
      .default([]),
  }),
);
const roleNames = z.array(z.object({ name: z.string() })).default([]);
const mappings = z.object({
  realmMappings: roleNames,
  clientMappings: z.record(z.string(), z.object({ mappings: roleNames })).default({}),
});

/** Our client scopes as a realm has them, in one order and without ids. */
async function scopesOf(keycloak: Keycloak, realm: string) {
  const admin = adminOf(keycloak);
  const ours = scopes
    .parse(await admin.get(`/${realm}/client-scopes`))
    .filter(({ attributes }) => attributes['claimsmith.policy'] === 'exported');
  const found = await Promise.all(
    ours.map(async ({ id, protocolMappers, ...scope }) => {
      const { realmMappings, clientMappings } = mappings.parse(
        await admin.get(`/${realm}/client-scopes/${id}/scope-mappings`),
      );
      return {
        ...scope,
        mappers: protocolMappers.sort((a, b) => a.name.localeCompare(b.name)),
        roles: realmMappings.map(({ name }) => name).sort(),
        clientRoles: Object.entries(clientMappings)
          .map(([client, { mappings: roles }]) => [client, roles.map(({ name }) => name).sort()])
          .sort(),
      };
    }),
  );
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
