import {
  isMapping,
  type Json,
  type Notice,
  TargetError,
  type Wanted,
  type WantedResource,
} from '@claimsmith/core';
import { quarantineAudience, sentinel } from '../limits.ts';
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
  unknownSecret,
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

/** What an org should have. Pure. @throws {TargetError} `settings` if the environment lacks something */
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
    notices: [
      ...claimNotices(state, manifest, around),
      ...attributeNotices(state, manifest, target),
      ...ruleNotices(state, manifest, around),
      ...serverNotices(state, deployment, around, target),
      ...revisionNotices(manifest),
    ],
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
      const isBound = valueAt(image, 'inlineHook') === around.hook;
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
function isDynamic(scope: string): boolean {
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

function ruleImageOf(state: RuleState, hooks: OktaState['hooks'], { policy }: Surroundings) {
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
    const unbound = now.inlineHook === around.hook ? null : now.inlineHook;
    const isOthers = isOfOthers(now.inlineHook, around);
    const image = {
      inlineHook: isOthers ? now.inlineHook : (inlineHook ?? unbound),
      accessTokenLifetimeMinutes: accessTokenLifetimeMinutes ?? now.accessTokenLifetimeMinutes,
    };
    return { key: names.get(state) ?? '', image: isOthers ? now : image, isBinding: true };
  });
}

/** A hook that is gone calls nobody. */
function isOfOthers(hook: string | null, { hook: ours }: Surroundings): boolean {
  return hook !== null && !hook.startsWith('(gone) ') && hook !== ours && !hook.startsWith(`${ours} (`);
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
function hasSentinel({ native }: Deployment, marker: string | undefined): boolean {
  return native.some((claim) => claim.name === marker && claim.value === `"${sentinel}"`);
}

/** Claims of others where only the hook may write. */
function claimNotices({ claims }: OktaState, manifest: Manifest, around: Surroundings): readonly Notice[] {
  const { access, id } = manifest.nativeClaims.absent;
  return claims.flatMap((claim): Notice[] => {
    const [type, name] = [textAt(claim, 'claimType'), textAt(claim, 'name')];
    const key = keys.claim(type, name);
    const isInTheWay = claim['system'] !== true && (type === 'RESOURCE' ? access : id).includes(name);
    if (!isInTheWay || around.known(key)?.owner === 'ours') return [];
    return [
      {
        severity: 'conflict',
        key,
        message: `The authorization server makes the claim ${name} itself, which only the hook may write: it would be in tokens whose hook was not called.`,
        help: 'Delete this claim in Okta, or rename yours.',
      },
    ];
  });
}

function attributeNotices(
  { attributes }: OktaState,
  { schemas }: Manifest,
  { createAttributes }: HookTarget,
): readonly Notice[] {
  const notices: Notice[] = schemas.user.flatMap((wanted): Notice[] => {
    if (attributes === undefined) return [];
    const found = attributes[wanted.name];
    const key = keys.attribute(wanted.name);
    const type = typeText(wanted);
    if (found === undefined) {
      if (createAttributes) return [];
      const message = `Users have no attribute ${wanted.name}. Without it, every token request would fail.`;
      return [
        {
          severity: 'conflict',
          key,
          message,
          help: `Add it in Okta with the type ${type}, or set createAttributes.`,
        },
      ];
    }
    const now = typeText({ type: textAt(found, 'type'), items: textAt(found, 'items', 'type') });
    if (now !== type) {
      const message = `The user attribute ${wanted.name} has the type ${now}; the spec needs ${type}.`;
      return [
        {
          severity: 'conflict',
          key,
          message,
          help: 'Change the type in the spec, or use another attribute.',
        },
      ];
    }
    if (wanted.authority === undefined || !isSelfWritable(found)) return [];
    const message = `Users can change their attribute ${wanted.name} themselves, and the policy grants authority by it.`;
    return [
      { severity: 'conflict', key, message, help: 'Set its permission for users to read-only or hidden.' },
    ];
  });
  const app = [
    ...schemas.appUser.map(
      (attribute) => `${attribute.name} (${typeText(attribute)}) of the user in the app`,
    ),
    ...schemas.app.map((name) => `${name} in the profile of the app`),
  ];
  if (app.length > 0) {
    const message = `Apply does not look at apps. Each app that asks for tokens needs: ${app.join(', ')}.`;
    notices.push({ severity: 'note', message });
  }
  return notices;
}

function typeText({ type, items }: { readonly type: string; readonly items?: string | undefined }): string {
  return type === 'array' && items !== undefined && items !== '' ? `array of ${items}` : type;
}

function isSelfWritable(attribute: unknown): boolean {
  const permissions = valueAt(attribute, 'permissions');
  if (!Array.isArray(permissions)) return false;
  return permissions.some(
    (one) => textAt(one, 'principal') === 'SELF' && textAt(one, 'action') === 'READ_WRITE',
  );
}

function ruleNotices(
  { rules, hooks, server }: OktaState,
  manifest: Manifest,
  around: Surroundings,
): readonly Notice[] {
  const names = ruleKeys(rules);
  const { inlineHook, withoutScopes = [] } = manifest.rules;
  const notices = rules.flatMap((state): Notice[] => {
    const key = names.get(state) ?? '';
    const { inlineHook: now } = ruleImageOf(state, hooks, around);
    const isActive = textAt(state.rule, 'status') === 'ACTIVE' && textAt(state.policy, 'status') === 'ACTIVE';
    const found: Notice[] = [];
    if (inlineHook !== undefined && isOfOthers(now, around)) {
      const message = `The ${key} calls the inline hook ${now}, and a rule can call only one. Its tokens would not go through ${inlineHook}.`;
      const help = 'Remove that hook from the rule, or use another authorization server.';
      found.push({ severity: isActive ? 'conflict' : 'warning', key, message, help });
    } else if (inlineHook !== undefined && now !== inlineHook && isActive) {
      const audience = serverAudience(server);
      const message = `The ${key} can issue tokens for ${audience} without the hook, until apply binds it.`;
      found.push({ severity: 'note', key, message });
    }
    const granted = scopesOf(state).filter((scope) => scope === '*' || withoutScopes.includes(scope));
    if (withoutScopes.length > 0 && granted.length > 0) {
      const message = `The ${key} can grant ${withoutScopes.join(', ')}, and the spec says idTokens: false.`;
      const help = 'List the scopes of the rule without it, or remove idTokens from the spec.';
      found.push({ severity: isActive ? 'conflict' : 'warning', key, message, help });
    }
    return found;
  });
  if (rules.length > 0) return notices;
  const message = 'The authorization server has no access policy rule, so nobody gets tokens from it.';
  return [{ severity: 'warning', message, help: 'Add a rule, and apply again so that it calls the hook.' }];
}

function scopesOf({ rule }: RuleState): readonly string[] {
  const scopes = valueAt(rule, 'conditions', 'scopes', 'include');
  return Array.isArray(scopes) ? scopes.map(String) : [];
}

function serverAudience(server: unknown): string {
  const audiences = valueAt(server, 'audiences');
  return Array.isArray(audiences) ? audiences.join(', ') : '';
}

function serverNotices(
  { server }: OktaState,
  deployment: Deployment,
  { marker }: Surroundings,
  { client }: HookTarget,
): readonly Notice[] {
  const { manifest } = deployment;
  const notices: Notice[] = [];
  const { audience, scopes } = manifest.authorizationServer;
  const now = serverAudience(server);
  if (
    audience !== undefined &&
    audience !== now &&
    audience !== quarantineAudience &&
    now !== quarantineAudience
  ) {
    const message = `The audience of the authorization server changes from ${now} to ${audience} for all its clients.`;
    notices.push({
      severity: 'warning',
      message,
      help: 'Services that expect the old audience will refuse the tokens.',
    });
  }
  const isLifted = now === quarantineAudience && audience !== undefined && audience !== now;
  if (isLifted && manifest.hook !== undefined && !hasSentinel(deployment, marker)) {
    const message =
      'Without the sentinel, the real audience comes back last: services refuse tokens from the update of the hook server until apply has ended.';
    const help = 'To avoid it, publish a version with both guards first, then remove quarantine.';
    notices.push({ severity: 'warning', message, help });
  }
  if (textAt(server, 'status') !== 'ACTIVE') {
    notices.push({
      severity: 'warning',
      message: 'The authorization server is not active, so it issues no tokens.',
    });
  }
  const dynamic = scopes.filter(isDynamic);
  if (dynamic.length > 0) {
    const message = `Okta has no dynamic scopes. Create each scope that clients may ask for by hand: ${dynamic.join(', ')}.`;
    notices.push({ severity: 'note', message });
  }
  const issuer = textAt(server, 'issuer');
  if (
    manifest.hook?.registration.channel.type === 'OAUTH' &&
    issuer !== '' &&
    client?.tokenUrl.startsWith(`${issuer}/`) === true
  ) {
    const message =
      'Okta would get its token for the hook from the authorization server that calls the hook, and so call it again.';
    notices.push({
      severity: 'conflict',
      message,
      help: 'Use another authorization server in hookClient.tokenUrl.',
    });
  }
  return notices;
}

/** Okta does not know what runs there, and a plan does not ask. */
function revisionNotices({ hook, revision }: Manifest): readonly Notice[] {
  if (hook === undefined) return [];
  const message = `The hook server must run policy.mjs, revision ${revision}. It is deployed by other means.`;
  return [{ severity: 'note', message }];
}

/** Says that the secret must be sent again. */
export function secretNotice(key: string, image: Json): readonly Notice[] {
  if (valueAt(image, 'auth', 'secret', '$secret') !== unknownSecret) return [];
  const message = `The secret of the ${key} is not the one that was applied last, or the journal does not know it. Apply sends it again.`;
  return [{ severity: 'note', key, message }];
}
