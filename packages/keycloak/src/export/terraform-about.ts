import type { Manifest } from '../wire.ts';

/** What the folder has for realms, in Markdown. */
export function about({ realms, script }: Manifest): string {
  const where = realms.length === 1 ? `the realm \`${realms[0]}\`` : `${realms.length} realms`;
  return [
    `Client scopes with their mappers, and the roles that permit them, in ${where}. Roles of the realm must exist.${script === undefined ? '' : ` \`keycloak/${script.file}\` is for the server.`}`,
    'Credentials: `KEYCLOAK_URL`, `KEYCLOAK_CLIENT_ID`, `KEYCLOAK_CLIENT_SECRET`, of a client whose service account may manage clients and view realms; from Keycloak 26.8.2 on, mappers need `manage-realm`.',
    'Outputs: `keycloak_default_client_scopes`, `keycloak_optional_client_scopes` and `keycloak_client_scopes_by_client`, as far as there are such scopes. Add them to your own lists:',
    `\`\`\`hcl
resource "keycloak_openid_client_default_scopes" "web" {
  realm_id       = "${realms[0]}"
  client_id      = keycloak_openid_client.web.id
  default_scopes = concat(["basic", "profile", "email", "roles", "web-origins", "acr"], module.claims.keycloak_default_client_scopes)
}
\`\`\``,
    'Terraform does not see mappers that somebody adds to these client scopes by hand.',
  ].join('\n\n');
}
