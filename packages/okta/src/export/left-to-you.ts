import type { Finding, Policy } from '@claimsmith/core';
import { codes } from '@claimsmith/core/export';
import { quarantineAudience } from '../limits.ts';
import { feederPrefix } from '../platform/policy.ts';
import type { Manifest } from '../wire.ts';
import type { Built } from './built.ts';

/** What Terraform cannot say about an org, or what is not the policy's own there. */
export function leftToYou(policy: Policy, { manifest, claims }: Built): readonly Finding[] {
  const isFed = claims.some(({ name }) => name.startsWith(feederPrefix));
  const steps = [
    ...serverStep(manifest),
    ...attributeStep(manifest),
    ...absentStep(manifest),
    ...ruleStep(manifest),
    ...audienceStep(manifest),
  ].map((step) => ({ rule: 'TE940', ...step }));
  const dangers = [
    ...(isFed
      ? [
          {
            rule: 'TE943',
            message:
              'Terraform creates new feeders and deletes old ones in one run, but the hook server needs the old ones until it has the new policy.',
            help: 'Update the hook server right after `terraform apply`: until then, the hook denies all tokens.',
          },
        ]
      : []),
    ...(manifest.hook === undefined
      ? []
      : [
          {
            rule: 'TE944',
            message: 'The state of Terraform holds the secret with which Okta calls the hook, as plain text.',
            help: 'Keep the state in an encrypted backend that few people can read.',
          },
        ]),
  ];
  const range = policy.source.value(['issuers', 'okta']);
  return [...steps, ...dangers].map((finding) => ({
    severity: 'warning',
    issuer: 'okta',
    range,
    ...finding,
  }));
}

interface Step {
  readonly message: string;
  readonly help: string;
}

function serverStep({ hook, revision }: Manifest): readonly Step[] {
  if (hook === undefined) return [];
  return [
    {
      message: `Terraform does not update the hook server. It must run \`policy.mjs\` of revision ${revision}.`,
      help: 'Deploy `okta/policy.mjs` to the server.',
    },
  ];
}

function attributeStep({ schemas }: Manifest): readonly Step[] {
  const names = [
    ...schemas.user.map(({ name }) => `user.${name}`),
    ...schemas.appUser.map(({ name }) => `appuser.${name}`),
    ...schemas.app.map((name) => `app.profile.${name}`),
  ];
  if (names.length === 0) return [];
  return [
    {
      message: `The folder does not create the attributes that native claims read: ${codes(names)}. If a schema lacks one, every token request fails.`,
      help: 'Add those that are missing in the Profile Editor before you apply, with the types of `schemas` in `okta/manifest.json`.',
    },
  ];
}

function absentStep({ nativeClaims: { absent } }: Manifest): readonly Step[] {
  const names = [
    ...absent.access.map((name) => `${name} (access)`),
    ...absent.id.map((name) => `${name} (ID)`),
  ];
  if (names.length === 0) return [];
  return [
    {
      message: `Terraform deletes only claims that it has created, but native claims of these names must not exist: ${codes(names)}.`,
      help: 'Delete them before the first apply: they would be in tokens whose hook was not called.',
    },
  ];
}

function ruleStep({ rules }: Manifest): readonly Step[] {
  const parts = [
    ...(rules.inlineHook === undefined ? [] : ['`inline_hook_id` must be the output `okta_inline_hook_id`']),
    ...(rules.accessTokenLifetimeMinutes === undefined
      ? []
      : [`\`access_token_lifetime_minutes\` must be ${rules.accessTokenLifetimeMinutes}`]),
    ...(rules.withoutScopes === undefined ? [] : [`no rule may grant ${codes(rules.withoutScopes)}`]),
    ...(rules.withoutGrantTypes === undefined
      ? []
      : [`no rule may allow the grant type ${codes(rules.withoutGrantTypes)}`]),
  ];
  if (parts.length === 0) return [];
  return [
    {
      message: `Access policy rules belong to others. In each rule that can issue the audience, ${parts.join(', ')}.`,
      help: 'Set it where you manage the rules, one rule after the other, and after the hook server runs.',
    },
  ];
}

function audienceStep({ authorizationServer: { name, audience } }: Manifest): readonly Step[] {
  if (audience === undefined) return [];
  const isQuarantined = audience === quarantineAudience;
  return [
    {
      message: `The authorization server \`${name}\` belongs to others. Its audience must be \`${audience}\`.`,
      help: isQuarantined
        ? 'Set it last, when every rule has the hook: from then on, tokens that the hook has not seen are worthless.'
        : 'Set it where you manage the server.',
    },
  ];
}
