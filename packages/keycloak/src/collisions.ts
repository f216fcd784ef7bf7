import { dependsOnActor, type Policy } from '@claimsmith/core';
import { planOf } from './plan/plan.ts';
import { settingsOf } from './settings.ts';
import { splitClaimPath } from './simulator/emulator/claim-path.ts';

/** A mapper that runs when a client of a running server gets a token. */
export interface LiveMapper {
  readonly name: string;
  /** For people: `client scope profile`, or `the client`. */
  readonly container: string;
  /** The policy that a client scope belongs to; undefined if Claimsmith did not make the scope. */
  readonly policy: string | undefined;
  /** The provider's id. */
  readonly provider: string;
  readonly config: Readonly<Record<string, string>>;
}

/** Other mappers that write the policy's claims; it is not certain which mapper wins. */
export interface Collision {
  /** Name of the claim at Keycloak, or `aud` for the audience of the API. */
  readonly claim: string;
  /** For people, each with its container. */
  readonly writers: readonly string[];
}

/**
 * Reports other mappers that write the policy's claims. A policy script runs after all mappers and removes what they
 * wrote under its names. With or without a script, other mappers must never add the audience of the API.
 */
export function collisionsOf(policy: Policy, mappers: readonly LiveMapper[]): readonly Collision[] {
  const { audience, scripts } = settingsOf(policy);
  const found = (claim: string, writes: (mapper: LiveMapper) => boolean): Collision => ({
    claim,
    writers: writersOf(policy, mappers, writes),
  });
  const plans = planOf(policy).flatMap((plan) => (plan.by === 'mapper' ? [plan] : []));
  return [
    ...plans.map(({ name, form }) =>
      found(
        name,
        (mapper) => writesClaim(mapper, name) || (isOfRoles(form.provider) && changesRoles(mapper)),
      ),
    ),
    ...(policy.marker === undefined || scripts
      ? []
      : [found(policy.marker.claim, (mapper) => writesClaim(mapper, policy.marker?.claim ?? ''))]),
    ...(audience === undefined ? [] : [found('aud', (mapper) => givesAudience(mapper, audience))]),
  ].filter(({ writers }) => writers.length > 0);
}

/** Other mappers that a policy script lets say who acts for the user, each with its container. */
export function actorsWriters(policy: Policy, mappers: readonly LiveMapper[]): readonly string[] {
  if (!settingsOf(policy).scripts || !dependsOnActor(policy)) return [];
  return writersOf(policy, mappers, (mapper) => writesClaim(mapper, 'act'));
}

function writersOf(
  policy: Policy,
  mappers: readonly LiveMapper[],
  writes: (mapper: LiveMapper) => boolean,
): readonly string[] {
  return mappers
    .filter((mapper) => mapper.policy !== policy.name && writes(mapper))
    .map(({ name, container }) => `${container}, mapper ${name}`)
    .toSorted();
}

/** Claims of mappers that take no name. */
const fixedClaims: Readonly<Record<string, string>> = {
  'oidc-full-name-mapper': 'name',
  'oidc-address-mapper': 'address',
  'oidc-acr-mapper': 'acr',
  'oidc-amr-mapper': 'amr',
};

/** Whether a mapper writes into a claim. The scripts of other authors show what they write only in the result. */
function writesClaim({ provider, config }: LiveMapper, claim: string): boolean {
  const fixed = Object.hasOwn(fixedClaims, provider) ? fixedClaims[provider] : undefined;
  const byDefault = provider === 'oidc-organization-membership-mapper' ? 'organization' : '';
  const [name] = splitClaimPath(config['claim.name'] || byDefault);
  return isIncluded(config) && (fixed ?? name) === claim;
}

/** If a flag is missing, another flag or the provider decides, so only a mapper with all flags off is left out. */
function isIncluded(config: LiveMapper['config']): boolean {
  const flags = ['access.token.claim', 'id.token.claim', 'userinfo.token.claim', 'lightweight.claim'];
  return flags.some((flag) => (config[flag] ?? 'true') !== 'false');
}

function givesAudience({ provider, config }: LiveMapper, audience: string): boolean {
  if (provider !== 'oidc-audience-mapper')
    return splitClaimPath(config['claim.name'] ?? '')[0] === 'aud' && config['claim.value'] === audience;
  const given = config['included.client.audience'] || config['included.custom.audience'];
  return config['access.token.claim'] !== 'false' && given === audience;
}

function isOfRoles(provider: string): boolean {
  return provider === 'oidc-usermodel-realm-role-mapper' || provider === 'oidc-usermodel-client-role-mapper';
}

function changesRoles({ provider }: LiveMapper): boolean {
  return provider === 'oidc-role-name-mapper' || provider === 'oidc-hardcoded-role-mapper';
}
