import { isMapping, sentinel, TargetError, type Wanted, type WantedResource } from '@claimsmith/core';
import { quarantineAudience } from '../limits.ts';
import type { Deployment } from '../simulator/deployment.ts';
import type { Manifest } from '../wire.ts';
import {
  claimImage,
  type HookAuth,
  type HookImage,
  jsonOf,
  keys,
  ruleImage,
  serverImage,
  wantedAttribute,
} from './images.ts';
import { scopeMark } from './mark.ts';
import {
  hookNames,
  isAudience,
  ruleKeys,
  ruleResources,
  type Surroundings,
  serverResource,
} from './resources.ts';
import { type OktaState, type RuleState, textAt, valueAt } from './state.ts';

/** What the environment says about the hook; undefined if it says nothing. */
export interface HookTarget {
  readonly url: string | undefined;
  /** With a header. */
  readonly secretDigest: string | undefined;
  readonly client:
    | {
        readonly clientId: string;
        readonly tokenUrl: string;
        readonly scope: string;
        readonly secretDigest: string;
      }
    | undefined;
  readonly createAttributes: boolean;
  /** The audience that the spec names. */
  readonly audience: string | undefined;
}

/** What an org should have, without notices. Pure. @throws {TargetError} `settings` if the environment lacks something */
export function wantedOf(
  state: OktaState,
  deployment: Deployment | undefined,
  around: Surroundings,
  target: HookTarget,
): Wanted {
  if (deployment === undefined) return nothingWanted(state, around, target);
  const { manifest, native } = deployment;
  const hook = manifest.hook === undefined ? [] : [wantedHook(manifest, around, target)];
  const claims = native.map((claim) => ({
    key: keys.claim(claim.claimType, claim.name),
    image: claimImage(claim),
  }));
  return {
    resources: [
      ...hook,
      ...claims,
      ...wantedScopes(state, manifest, around),
      ...wantedAttributes(state, manifest, target),
      ...wantedRules(state, manifest, around),
      wantedServer(state, deployment, around),
    ],
    notices: [],
  };
}

/** Without the policy: no rule calls the hook, and what the policy has set is again as it was before the first apply. */
function nothingWanted(
  { rules, hooks, server }: OktaState,
  around: Surroundings,
  target: HookTarget,
): Wanted {
  const unbound = ruleResources({ rules, hooks }, around).flatMap(
    ({ key, image, memo }): WantedResource[] => {
      const known = around.known(key);
      const isBound = isOurs(valueAt(image, 'inlineHook'), around);
      if (!isBound && known === undefined) return [];
      const minutes = valueAt(image, 'accessTokenLifetimeMinutes');
      const isAsLeft = minutes === valueAt(known?.image, 'accessTokenLifetimeMinutes');
      const original = valueAt(memo, 'original');
      const restored = {
        inlineHook: isBound ? null : jsonOf(valueAt(image, 'inlineHook')),
        accessTokenLifetimeMinutes: jsonOf(isAsLeft ? original : minutes),
      };
      return [{ key, image: restored, isBinding: true }];
    },
  );
  const { key, image, memo } = serverResource(server, around);
  const isQuarantined = isAudience(image, quarantineAudience);
  const known = around.known(key);
  const isAsLeft = known !== undefined && JSON.stringify(known.image) === JSON.stringify(image);
  if (!isQuarantined && !isAsLeft) return { resources: unbound, notices: [] };
  const original = valueAt(memo, 'original');
  const audiences =
    Array.isArray(original) && !original.includes(quarantineAudience) ? original.map(String) : undefined;
  const real = audiences ?? (target.audience === undefined ? undefined : [target.audience]);
  if (real === undefined) {
    const message = `The authorization server keeps the audience ${quarantineAudience}, which services refuse.`;
    return {
      resources: unbound,
      notices: [{ severity: 'warning', message, help: 'Set its audience by hand.', key }],
    };
  }
  const restored = { key, image: { audiences: real }, memo: { hasSentinel: false } };
  return { resources: [...unbound, restored], notices: [] };
}

function wantedHook({ hook }: Manifest, around: Surroundings, target: HookTarget): WantedResource {
  const { channel, version } = hook?.registration ?? {};
  const url = target.url ?? channel?.config.uri;
  if (url === undefined) throw lacking('hookUrl, the address of the hook server');
  const image: HookImage = {
    url,
    method: 'POST',
    version: version ?? '1.0.0',
    status: 'ACTIVE',
    owner: around.policy,
    auth: wantedAuth(channel?.type === 'OAUTH', target),
  };
  return { key: keys.hook(around.hook), image: { ...image } };
}

function wantedAuth(isOauth: boolean, { secretDigest, client }: HookTarget): HookAuth {
  if (!isOauth) {
    if (secretDigest === undefined) throw lacking('hookSecret, the secret that the hook server expects');
    return { type: 'HTTP', header: 'authorization', secret: { $secret: secretDigest } };
  }
  if (client === undefined) throw lacking('hookClient, because hook.auth of the spec is oauth');
  const { clientId, tokenUrl, scope, secretDigest: digest } = client;
  return {
    type: 'OAUTH',
    authType: 'client_secret_post',
    clientId,
    tokenUrl,
    scope,
    secret: { $secret: digest },
  };
}

function lacking(what: string): TargetError {
  return new TargetError('settings', `The environment lacks targets.okta.${what}.`);
}

/** A scope with `{}` stands for names that nobody can list. */
export function isDynamic(scope: string): boolean {
  return scope.includes('{');
}

function wantedScopes(
  { scopes }: OktaState,
  manifest: Manifest,
  { policy }: Surroundings,
): readonly WantedResource[] {
  const others = new Set(
    scopes
      .filter((scope) => textAt(scope, 'description') !== scopeMark(policy))
      .map((scope) => textAt(scope, 'name')),
  );
  return manifest.authorizationServer.scopes
    .filter((name) => !isDynamic(name) && !others.has(name))
    .map((name) => ({ key: keys.scope(name), image: { name } }));
}

function wantedAttributes(
  { attributes }: OktaState,
  manifest: Manifest,
  { createAttributes }: HookTarget,
): readonly WantedResource[] {
  if (attributes === undefined || !createAttributes) return [];
  return manifest.schemas.user
    .filter(({ name }) => attributes[name] === undefined)
    .map((attribute) => ({ key: keys.attribute(attribute.name), image: wantedAttribute(attribute) }));
}

export function ruleImageOf(state: RuleState, hooks: OktaState['hooks'], { policy }: Surroundings) {
  const names = hookNames(hooks, policy);
  const image = ruleImage(state, (id) => names.get(id) ?? `(gone) ${id}`);
  const inlineHook = isMapping(image) && typeof image['inlineHook'] === 'string' ? image['inlineHook'] : null;
  const minutes =
    isMapping(image) && typeof image['accessTokenLifetimeMinutes'] === 'number'
      ? image['accessTokenLifetimeMinutes']
      : null;
  return { inlineHook, accessTokenLifetimeMinutes: minutes };
}

/** Rules that are not active, too: somebody may activate them. */
function wantedRules(
  { rules, hooks }: OktaState,
  manifest: Manifest,
  around: Surroundings,
): readonly WantedResource[] {
  const { inlineHook, accessTokenLifetimeMinutes } = manifest.rules;
  const names = ruleKeys(rules);
  return rules.map((state) => {
    const now = ruleImageOf(state, hooks, around);
    const unbound = isOurs(now.inlineHook, around) ? null : now.inlineHook;
    const isOthers = isOfOthers(now.inlineHook, around);
    const image = {
      inlineHook: isOthers ? now.inlineHook : (inlineHook ?? unbound),
      accessTokenLifetimeMinutes: accessTokenLifetimeMinutes ?? now.accessTokenLifetimeMinutes,
    };
    return { key: names.get(state) ?? '', image: isOthers ? now : image, isBinding: true };
  });
}

/** A hook that is gone calls nobody. */
export function isOfOthers(hook: string | null, around: Surroundings): boolean {
  return hook !== null && !hook.startsWith('(gone) ') && !isOurs(hook, around);
}

/** Two runs at once may have made two hooks of one name. */
function isOurs(hook: unknown, { hook: ours }: Surroundings): boolean {
  return hook === ours || (typeof hook === 'string' && hook.startsWith(`${ours} (`));
}

function wantedServer(
  { server }: OktaState,
  deployment: Deployment,
  { server: name, marker }: Surroundings,
): WantedResource {
  const { audience } = deployment.manifest.authorizationServer;
  return {
    key: keys.server(name),
    image: audience === undefined ? serverImage(server) : { audiences: [audience] },
    memo: { hasSentinel: hasSentinel(deployment, marker) },
  };
}

/** Whether tokens that bypass the hook say so. */
export function hasSentinel({ native }: Deployment, marker: string | undefined): boolean {
  return native.some((claim) => claim.name === marker && claim.value === `"${sentinel}"`);
}
