import { codes } from '@claimsmith/core/export';
import type { Manifest } from '../wire.ts';

/** What the folder has for an org, in Markdown. */
export function about(
  { hook, authorizationServer, nativeClaims, rules }: Manifest,
  variables: readonly string[],
): string {
  const auth = hook?.registration.channel.config.authScheme === undefined ? 'OAuth' : 'a secret header';
  const outputs = [
    ...(rules.inlineHook === undefined ? [] : ['okta_inline_hook_id']),
    ...(rules.accessTokenLifetimeMinutes === undefined ? [] : ['okta_access_token_lifetime_minutes']),
    ...(authorizationServer.audience === undefined ? [] : ['okta_audience']),
  ];
  return [
    `${nativeClaims.count} native claims and the scopes of the authorization server \`${authorizationServer.name}\`${hook === undefined ? '.' : `, and the token inline hook with ${auth}. \`okta/policy.mjs\` is for the hook server.`}`,
    'Credentials: `OKTA_ORG_NAME`, `OKTA_BASE_URL`, `OKTA_API_CLIENT_ID`, `OKTA_API_PRIVATE_KEY_ID`, `OKTA_API_PRIVATE_KEY`, and `OKTA_API_SCOPES` with `okta.authorizationServers.manage` and `okta.inlineHooks.manage`.',
    ...(variables.length === 0 ? [] : [`Variables: ${codes(variables)}.`]),
    ...(outputs.length === 0
      ? []
      : [`Outputs for your own rules and authorization server: ${codes(outputs)}.`]),
    ...(rules.inlineHook === undefined
      ? []
      : [
          'Before you destroy the folder, take the hook out of every rule: Okta would let the hook be deleted, and issue tokens without it.',
        ]),
    'To take over a claim or scope that exists: `terraform import okta_auth_server_claim.<name> <server id>/<claim id>`.',
  ].join('\n\n');
}
