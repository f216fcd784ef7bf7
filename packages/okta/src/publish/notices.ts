/* What a person should know before anything is written. */
import { type Notice, observeNotices, type Resource } from '@claimsmith/core';
import { quarantineAudience } from '../limits.ts';
import type { Deployment } from '../simulator/deployment.ts';
import type { Manifest } from '../wire.ts';
import { keys } from './images.ts';
import { ruleKeys, type Surroundings, unknownSecret } from './resources.ts';
import { type OktaState, type RuleState, textAt, valueAt } from './state.ts';
import { type HookTarget, hasSentinel, isDynamic, isOfOthers, ruleImageOf } from './wanted.ts';

export function noticesOf(
  state: OktaState,
  deployment: Deployment,
  around: Surroundings,
  target: HookTarget,
): readonly Notice[] {
  const { manifest } = deployment;
  return [
    ...claimNotices(state, manifest, around),
    ...attributeNotices(state, manifest, target),
    ...ruleNotices(state, manifest, around),
    ...exchangeNotices(state.rules, manifest),
    ...serverNotices(state, deployment, around, target),
    ...revisionNotices(manifest),
    ...observeNotices('Okta', deployment.hook?.observe),
  ];
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
    const isActive = isActiveRule(state);
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

/** Rules by which tokens are exchanged, if the policy relies on it that none are. */
export function exchangeNotices(rules: readonly RuleState[], manifest: Manifest): readonly Notice[] {
  const names = ruleKeys(rules);
  const { withoutGrantTypes = [] } = manifest.rules;
  return rules.flatMap((state): readonly Notice[] => {
    if (!grantTypesOf(state).some((type) => withoutGrantTypes.includes(type))) return [];
    const key = names.get(state) ?? '';
    const message = `The ${key} allows token exchange, and Okta does not say who acts for a user: an exchanged token would have authority that the policy does not delegate.`;
    const help =
      'Take the grant type out of the rule, or say `exchange: true` under issuers.okta of the spec, and check it.';
    return [{ severity: isActiveRule(state) ? 'conflict' : 'warning', key, message, help }];
  });
}

function isActiveRule({ rule, policy }: RuleState): boolean {
  return textAt(rule, 'status') === 'ACTIVE' && textAt(policy, 'status') === 'ACTIVE';
}

function scopesOf({ rule }: RuleState): readonly string[] {
  return textsAt(rule, 'conditions', 'scopes', 'include');
}

function grantTypesOf({ rule }: RuleState): readonly string[] {
  return textsAt(rule, 'conditions', 'grantTypes', 'include');
}

function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.map(String) : [];
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
export function secretNotice({ key, image }: Pick<Resource, 'key' | 'image'>): readonly Notice[] {
  if (valueAt(image, 'auth', 'secret', '$secret') !== unknownSecret) return [];
  const message = `The secret of the ${key} is not the one that was applied last, or the journal does not know it. Apply sends it again.`;
  return [{ severity: 'note', key, message }];
}
