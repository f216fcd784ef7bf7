import type { Policy } from '@claimsmith/core';
import {
  type Export,
  type TerraformValue,
  terraform,
  terraformLabel,
  terraformProject,
} from '@claimsmith/core/export';
import { nobodyOf } from '../compile/enrichment.ts';
import type { ClientScope, Enrichment, ScopePermission } from '../representation.ts';
import { builtOf, ownAttributes } from './built.ts';
import { leftToYou } from './left-to-you.ts';
import { about } from './terraform-about.ts';

/**
 * Client scopes with their mappers, and the roles that permit them, in each realm of the policy. Lists of a realm's or
 * client's scopes are replaced as a whole by their resources, so outputs name the scopes instead.
 *
 * @see https://registry.terraform.io/providers/keycloak/keycloak/latest/docs
 */
export const terraformExport: Export = {
  write: (policy, compilation) => {
    const built = builtOf(policy, compilation);
    const { enrichment, forPeople, manifest } = built;
    const { roles, clients, permits } = permissions(policy, enrichment);
    return terraformProject(policy, {
      issuer: 'keycloak',
      provider: { source: 'keycloak/keycloak', version: '~> 5.9' },
      about: about(manifest),
      locals: { keycloak_realms: [...manifest.realms] },
      data: dataOf({ keycloak_openid_client: clients, keycloak_role: roles }),
      resource: {
        keycloak_openid_client_scope: Object.fromEntries(
          enrichment.clientScopes.map((scope) => [terraformLabel(scope.name), scopeResource(scope)]),
        ),
        ...filled('keycloak_generic_protocol_mapper', mappers(enrichment)),
        ...filled('keycloak_role', nobody(policy, enrichment)),
        ...filled('keycloak_generic_role_mapper', permits),
      },
      output: outputs(enrichment, Object.keys(permits)),
      beside: forPeople.map((artifact) => ({ ...artifact, path: `keycloak/${artifact.path}` })),
      findings: leftToYou(policy, built),
    });
  },
};

type Blocks = Readonly<Record<string, TerraformValue>>;

function filled(type: string, blocks: Blocks): Blocks {
  return Object.keys(blocks).length === 0 ? {} : { [type]: blocks };
}

function dataOf(types: Readonly<Record<string, Blocks>>): Blocks | undefined {
  const found = Object.entries(types).filter(([, blocks]) => Object.keys(blocks).length > 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** One of each in every realm. */
const inEachRealm = {
  for_each: terraform('toset(local.keycloak_realms)'),
  realm_id: terraform('each.key'),
} as const;

function scopeResource({ name, description, attributes }: ClientScope): TerraformValue {
  const consent = attributes['consent.screen.text'];
  return {
    ...inEachRealm,
    name,
    description,
    include_in_token_scope: attributes['include.in.token.scope'] === 'true',
    include_in_openid_provider_metadata: attributes['include.in.openid.provider.metadata'] === 'true',
    // The provider shows a scope on the consent screen if it has a text.
    ...(consent === undefined ? {} : { consent_screen_text: consent }),
    extra_config: ownAttributes(attributes),
  };
}

/** With every flag: Keycloak adds those that are missing, and Terraform would change them back at each run. */
function mappers({ clientScopes }: Enrichment): Blocks {
  return Object.fromEntries(
    clientScopes.flatMap(({ name: scope, protocolMappers }) =>
      protocolMappers.map(({ name, protocol, protocolMapper, config }) => [
        mapperLabel(scope, name),
        {
          ...inEachRealm,
          client_scope_id: scopeId(scope),
          name,
          protocol,
          protocol_mapper: protocolMapper,
          // Keycloak drops empty values.
          config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== '')),
        },
      ]),
    ),
  );
}

function mapperLabel(scope: string, mapper: string): string {
  return terraformLabel(`${scope}__${mapper}`);
}

function scopeId(scope: string): TerraformValue {
  return terraform(`keycloak_openid_client_scope.${terraformLabel(scope)}[each.key].id`);
}

function nobody(policy: Policy, { permissions }: Enrichment): Blocks {
  if (permissions.length === 0) return {};
  return {
    nobody: {
      ...inEachRealm,
      name: nobodyOf(policy),
      description: 'Nobody may have it: it keeps client scopes closed when other roles are deleted.',
    },
  };
}

/** The roles that permit scopes. Ours is made; the others must exist. */
function permissions(
  policy: Policy,
  { permissions: all }: Enrichment,
): { readonly roles: Blocks; readonly clients: Blocks; readonly permits: Blocks } {
  const roles = new Map<string, TerraformValue>();
  const clients = new Map<string, TerraformValue>();
  const permits = new Map<string, TerraformValue>();
  const permit = (scope: string, role: string, id: string) =>
    permits.set(terraformLabel(`${scope}__${role}`), {
      ...inEachRealm,
      client_scope_id: scopeId(scope),
      role_id: terraform(id),
    });
  for (const { clientScope, realmRoles, clientRoles } of all) {
    for (const name of realmRoles) {
      if (name === nobodyOf(policy)) {
        permit(clientScope, name, 'keycloak_role.nobody[each.key].id');
        continue;
      }
      const label = terraformLabel(`realm_${name}`);
      roles.set(label, { ...inEachRealm, name });
      permit(clientScope, name, `data.keycloak_role.${label}[each.key].id`);
    }
    for (const [client, role] of clientRolesOf(clientRoles)) {
      const owner = terraformLabel(`client_${client}`);
      const label = terraformLabel(`client_${client}__${role}`);
      clients.set(owner, { ...inEachRealm, client_id: client });
      roles.set(label, {
        ...inEachRealm,
        client_id: terraform(`data.keycloak_openid_client.${owner}[each.key].id`),
        name: role,
      });
      permit(clientScope, `${client}__${role}`, `data.keycloak_role.${label}[each.key].id`);
    }
  }
  return {
    roles: Object.fromEntries(roles),
    clients: Object.fromEntries(clients),
    permits: Object.fromEntries(permits),
  };
}

function clientRolesOf(clientRoles: ScopePermission['clientRoles']): readonly (readonly [string, string])[] {
  return Object.entries(clientRoles).flatMap(([client, roles]) =>
    roles.map((role) => [client, role] as const),
  );
}

/**
 * Names of client scopes for the lists of others. They come after mappers and roles, so that no client gets a scope that
 * is open to all for a moment.
 */
function outputs(
  { clientScopes, defaultScopes, optionalScopes, clientScopesByClient }: Enrichment,
  permits: readonly string[],
): Blocks {
  const depends_on = [
    ...clientScopes.flatMap(({ name, protocolMappers }) =>
      protocolMappers.map((mapper) => `keycloak_generic_protocol_mapper.${mapperLabel(name, mapper.name)}`),
    ),
    ...clientScopes.map(({ name }) => `keycloak_openid_client_scope.${terraformLabel(name)}`),
    ...permits.map((label) => `keycloak_generic_role_mapper.${label}`),
  ];
  const output = (description: string, value: TerraformValue) => ({ description, value, depends_on });
  return {
    keycloak_default_client_scopes: output('Default client scopes of each enriched client.', defaultScopes),
    ...(optionalScopes.length === 0
      ? {}
      : {
          keycloak_optional_client_scopes: output(
            'Optional client scopes of each enriched client.',
            optionalScopes,
          ),
        }),
    ...(Object.keys(clientScopesByClient).length === 0
      ? {}
      : {
          keycloak_client_scopes_by_client: output(
            'More default client scopes of single clients, by client_id.',
            clientScopesByClient,
          ),
        }),
  };
}
