import {
  type Export,
  type TerraformValue,
  terraform,
  terraformLabel,
  terraformProject,
} from '@claimsmith/core/export';
import type { NativeClaim } from '../plan/native-claim.ts';
import { feederPrefix } from '../platform/policy.ts';
import { type Settings, settingsOf } from '../settings.ts';
import type { Manifest } from '../wire.ts';
import { builtOf } from './built.ts';
import { leftToYou } from './left-to-you.ts';
import { about } from './terraform-about.ts';

/**
 * Native claims, scopes and the hook. Access policy rules and the authorization server belong to others: outputs have
 * what they need.
 *
 * @see https://registry.terraform.io/providers/okta/okta/latest/docs
 */
export const terraformExport: Export = {
  write: (policy, compilation) => {
    const built = builtOf(compilation);
    const { manifest, claims, forPeople } = built;
    const server = serverOf(manifest.authorizationServer.name);
    return terraformProject(policy, {
      issuer: 'okta',
      // The provider announces another shape of the hook: https://github.com/okta/terraform-provider-okta/pull/2887
      provider: { source: 'okta/okta', version: '~> 6.12.0' },
      about: about(manifest, Object.keys(variables(manifest))),
      variable: variables(manifest),
      ...oauthChannel(manifest, settingsOf(policy)),
      data: server.data,
      resource: {
        ...filled('okta_auth_server_scope', scopes(manifest, server.id)),
        ...filled('okta_auth_server_claim', claimResources(claims, server.id, manifest)),
        ...filled('okta_inline_hook', hook(manifest, settingsOf(policy))),
      },
      output: outputs(manifest, claims),
      beside: forPeople.map((artifact) => ({ ...artifact, path: `okta/${artifact.path}` })),
      findings: leftToYou(policy, built),
    });
  },
};

function filled(type: string, resources: { readonly [label: string]: TerraformValue }) {
  return Object.keys(resources).length === 0 ? {} : { [type]: resources };
}

/** The id of the authorization server. `default` and ids can be used as they are; a name is looked up. */
function serverOf(name: string): { readonly id: TerraformValue; readonly data?: TerraformValue } {
  if (name === 'default' || /^aus[0-9A-Za-z]{17}$/.test(name)) return { id: name };
  return {
    id: terraform('data.okta_auth_server.server.id'),
    data: { okta_auth_server: { server: { name } } },
  };
}

/** Scopes with fixed names. Those that name an object exist once for each object. */
function scopes({ authorizationServer }: Manifest, server: TerraformValue) {
  return Object.fromEntries(
    authorizationServer.scopes
      .filter((name) => !name.includes('{'))
      .map((name) => [
        terraformLabel(name),
        {
          auth_server_id: server,
          name,
          consent: 'IMPLICIT',
          metadata_publish: 'NO_CLIENTS',
          default: false,
          optional: false,
        },
      ]),
  );
}

/** The proof comes after the feeders, and goes before them: whoever finds it can rely on all of them. */
function claimResources(
  claims: readonly NativeClaim[],
  server: TerraformValue,
  manifest: Manifest,
): { readonly [label: string]: TerraformValue } {
  const ownScopes = new Map(
    manifest.authorizationServer.scopes.map((name) => [
      name,
      `okta_auth_server_scope.${terraformLabel(name)}`,
    ]),
  );
  return Object.fromEntries(
    claims.map((claim) => {
      const before = claims.filter((other) => isFedBy(claim, other));
      const requested = claim.conditions.scopes.flatMap((scope) => ownScopes.get(scope) ?? []);
      const after = [...before.map((other) => `okta_auth_server_claim.${labelOf(other)}`), ...requested];
      return [
        labelOf(claim),
        {
          auth_server_id: server,
          name: claim.name,
          status: claim.status,
          claim_type: claim.claimType,
          value_type: claim.valueType,
          value: claim.value,
          ...(claim.group_filter_type === undefined ? {} : { group_filter_type: claim.group_filter_type }),
          ...(claim.conditions.scopes.length === 0 ? {} : { scopes: claim.conditions.scopes }),
          always_include_in_token: claim.alwaysIncludeInToken,
          ...(after.length === 0 ? {} : { depends_on: after }),
        },
      ];
    }),
  );
}

function labelOf({ claimType, name }: NativeClaim): string {
  return terraformLabel(`${claimType === 'RESOURCE' ? 'access' : 'id'}_${name}`);
}

const proofPrefix = `${feederPrefix}feeders_`;

/** Whether a claim proves that a feeder is there. */
function isFedBy(proof: NativeClaim, feeder: NativeClaim): boolean {
  const isProof = proof.name.startsWith(proofPrefix) && proof.value === 'true';
  return (
    isProof &&
    proof.claimType === feeder.claimType &&
    feeder.name.startsWith(feederPrefix) &&
    feeder.name !== proof.name
  );
}

function hook({ hook }: Manifest, settings: Settings): { readonly [label: string]: TerraformValue } {
  if (hook === undefined) return {};
  const { name, type, version, channel } = hook.registration;
  const common = { name, type, version, status: 'ACTIVE' };
  const { authScheme, method } = channel.config;
  if (authScheme === undefined)
    return { hook: { ...common, channel_json: terraform('jsonencode(local.okta_hook_channel)') } };
  return {
    hook: {
      ...common,
      channel: { type: channel.type, version: channel.version, uri: addressOf(settings), method },
      auth: { ...authScheme, value: terraform('var.okta_hook_secret') },
    },
  };
}

function addressOf({ hook }: Settings): TerraformValue {
  return hook.url ?? terraform('var.okta_hook_url');
}

/** With OAuth, the channel as Okta's API takes it: the resource has no attributes for it. */
function oauthChannel({ hook }: Manifest, settings: Settings): { readonly locals?: TerraformValue } {
  if (hook === undefined || hook.registration.channel.config.authScheme !== undefined) return {};
  const { type, version, config } = hook.registration.channel;
  return {
    locals: {
      okta_hook_channel: {
        type,
        version,
        config: {
          uri: addressOf(settings),
          method: config.method,
          authType: config.authType,
          clientId: terraform('var.okta_hook_client_id'),
          clientSecret: terraform('var.okta_hook_client_secret'),
          tokenUrl: terraform('var.okta_hook_token_url'),
          scope: terraform('var.okta_hook_scope'),
        },
      },
    },
  };
}

function variables({ hook }: Manifest): Readonly<Record<string, TerraformValue>> {
  if (hook === undefined) return {};
  const text = (description: string, isSecret = false) => ({
    type: 'string',
    description,
    nullable: false,
    ...(isSecret ? { sensitive: true } : {}),
  });
  const { uri, authScheme } = hook.registration.channel.config;
  const url = uri === undefined ? { okta_hook_url: text('The address of the hook server, https.') } : {};
  if (authScheme !== undefined)
    return { ...url, okta_hook_secret: text('The value of HOOK_SECRET of the hook server.', true) };
  return {
    ...url,
    okta_hook_client_id: text('The client with which Okta asks for a token for the hook server.'),
    okta_hook_client_secret: text('Its secret.', true),
    okta_hook_token_url: text('Where Okta asks for the token.'),
    okta_hook_scope: text('The scope that the hook server requires.'),
  };
}

/** For the access policy rules and the authorization server, which others manage. */
function outputs(
  { rules, authorizationServer }: Manifest,
  claims: readonly NativeClaim[],
): { readonly [name: string]: TerraformValue } {
  const { inlineHook, accessTokenLifetimeMinutes } = rules;
  return {
    ...(inlineHook === undefined
      ? {}
      : {
          okta_inline_hook_id: {
            description: 'inline_hook_id of each access policy rule that can issue the audience.',
            value: terraform('okta_inline_hook.hook.id'),
            // A rule must not call a hook that is not fed.
            ...(claims.length === 0
              ? {}
              : { depends_on: claims.map((claim) => `okta_auth_server_claim.${labelOf(claim)}`) }),
          },
        }),
    ...(accessTokenLifetimeMinutes === undefined
      ? {}
      : {
          okta_access_token_lifetime_minutes: {
            description: 'access_token_lifetime_minutes of each of these rules.',
            value: accessTokenLifetimeMinutes,
          },
        }),
    ...(authorizationServer.audience === undefined
      ? {}
      : {
          okta_audience: {
            description: 'The audience of the authorization server. Set it last.',
            value: authorizationServer.audience,
          },
        }),
  };
}
