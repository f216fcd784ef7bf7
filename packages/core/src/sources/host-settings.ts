/*
 * Names of variables that belong to the machine and not to a source: they hold credentials of the server, the build or
 * the machine.
 */

/** Settings that the hook's server reads itself. */
const hook =
  'POLICY HOST PORT OPS_PORT HOOK_PATH HOOK_HEADER HOOK_SECRET HOOK_SECRET_NEXT OAUTH_ISSUER OAUTH_AUDIENCE ' +
  'OAUTH_CLIENT_ID OAUTH_SCOPE OAUTH_JWKS REDIS_URL CACHE_SECRET AUDIT_FILE AUDIT_SYNC LOG_LEVEL LINGER_MS ' +
  'MAX_CONNECTIONS CONFIG_FILE CLAIMSMITH_SETTINGS OTEL_EXPORTER_OTLP_LOGS_ENDPOINT OTEL_EXPORTER_OTLP_LOGS_HEADERS';

/** Settings of Keycloak, and of tools that administer issuers. */
const issuers =
  'KEYCLOAK_ADMIN KEYCLOAK_ADMIN_USERNAME KEYCLOAK_ADMIN_PASSWORD KEYCLOAK_CLIENT_ID KEYCLOAK_CLIENT_SECRET ' +
  'OKTA_API_TOKEN OKTA_CLIENT_TOKEN OKTA_CLIENT_PRIVATEKEY AUTH0_CLIENT_SECRET AUTH0_API_TOKEN';

/** Settings of clouds, build servers and package registries. */
const platforms =
  'AZURE_CLIENT_SECRET AZURE_CLIENT_CERTIFICATE_PATH AZURE_FEDERATED_TOKEN_FILE IDENTITY_HEADER MSI_SECRET ' +
  'GOOGLE_APPLICATION_CREDENTIALS GH_TOKEN GITLAB_TOKEN NPM_TOKEN NODE_AUTH_TOKEN VAULT_TOKEN DOCKER_AUTH_CONFIG ' +
  'KUBECONFIG SSH_AUTH_SOCK';

/** Settings of the system and of runtimes. */
const system =
  'PATH HOME USER LOGNAME SHELL PWD HOSTNAME TMPDIR CI NODE_OPTIONS NODE_EXTRA_CA_CERTS LD_PRELOAD LD_LIBRARY_PATH ' +
  'JAVA_OPTS JAVA_OPTS_APPEND JAVA_TOOL_OPTIONS';

const names = new Set(`${hook} ${issuers} ${platforms} ${system}`.split(' '));

/** The region, which is not a secret and which sources may name. */
const namespaces =
  /^(?:AWS_(?!REGION$|DEFAULT_REGION$|ENDPOINT_URL)|KC_|KUBERNETES_|GITHUB_|ACTIONS_|RUNNER_|CI_|npm_)/;

/** Whether a source must not read a variable of this name, or the file that it names. */
export function isOfHost(name: string): boolean {
  return names.has(name) || names.has(name.replace(/_FILE$/, '')) || namespaces.test(name);
}
