import { createHash } from 'node:crypto';
import type { Type } from '@claimsmith/cel';
import { exchangeGrant, otherScopes, type Policy, reliesOnNoExchange } from '@claimsmith/core';
import { generator } from '@claimsmith/host-js';
import { authorityPaths } from '../check/authority.ts';
import { leastRuleLifetimeMinutes, quarantineAudience, systemIdNames } from '../limits.ts';
import { claimName } from '../names.ts';
import type { NativeClaim } from '../plan/native-claim.ts';
import type { Plan } from '../plan/plan.ts';
import { tokenTransform } from '../platform/reserved.ts';
import { deadlineOf, type Settings } from '../settings.ts';
import { declaredFields, profilePaths, typeAt } from '../supplies.ts';
import type { Manifest, SchemaAttribute } from '../wire.ts';

/** What the org must have so that the other artifacts work. */
export function manifestOf(
  policy: Policy,
  plan: Plan,
  native: { readonly claims: readonly NativeClaim[]; readonly content: string },
  hookContent: string | undefined,
): Manifest {
  const { settings, hook } = plan;
  const isQuarantined = hook !== undefined && settings.guard.includes('quarantine');
  const audience = isQuarantined ? quarantineAudience : settings.audience;
  const lifetimeMinutes = ruleLifetimeMinutes(policy, plan);
  return {
    policy: policy.name,
    revision: policy.revision,
    generator,
    authorizationServer: {
      name: settings.authorizationServer,
      ...(audience === undefined ? {} : { audience }),
      // Nobody would decide on new scopes.
      scopes:
        settings.observe === true
          ? []
          : policy.scopes.map(({ name }) => name).filter((name) => name !== otherScopes),
    },
    schemas: schemasOf(policy, settings),
    nativeClaims: {
      file: 'native-claims.json',
      count: native.claims.length,
      sha256: sha256(native.content),
      // Claims of others stay as they are while the policy only observes.
      absent: settings.observe === true ? { access: [], id: [] } : absentNames(policy, native.claims),
    },
    ...(hook === undefined || hookContent === undefined ? {} : { hook: hookOf(hook, settings, hookContent) }),
    rules: {
      ...(hook === undefined ? {} : { inlineHook: hookName(policy) }),
      ...(lifetimeMinutes === undefined ? {} : { accessTokenLifetimeMinutes: lifetimeMinutes }),
      ...(settings.idTokens === false && settings.observe === undefined ? { withoutScopes: ['openid'] } : {}),
      ...(reliesOnNoExchange(policy, settings) && settings.observe === undefined
        ? { withoutGrantTypes: [exchangeGrant] }
        : {}),
    },
    guard: hook === undefined ? [] : settings.guard,
  };
}

/** Names of the policy that its native claims do not use, except Okta's own claims of ID tokens, which always exist. */
function absentNames(policy: Policy, native: readonly NativeClaim[]): Manifest['nativeClaims']['absent'] {
  const names = (token: 'access' | 'id') =>
    policy.claims.filter(({ tokens }) => tokens.includes(token)).map((claim) => claimName(claim, policy));
  const made = (type: NativeClaim['claimType']) =>
    new Set(native.filter(({ claimType }) => claimType === type).map(({ name }) => name));
  const [access, id] = [made('RESOURCE'), made('IDENTITY')];
  const marker = policy.marker === undefined ? [] : [policy.marker.claim];
  return {
    access: [...names('access'), ...marker].filter((name) => !access.has(name)),
    id: names('id').filter((name) => !id.has(name) && !systemIdNames.includes(name)),
  };
}

function hookOf(hook: Policy, settings: Settings, content: string): NonNullable<Manifest['hook']> {
  const { url, auth, authorizationServer } = settings.hook;
  const isOauth = auth === 'oauth';
  return {
    file: 'policy.mjs',
    sha256: sha256(content),
    deadlineMs: deadlineOf(settings),
    registration: {
      name: hookName(hook),
      type: tokenTransform,
      version: '1.0.0',
      channel: {
        type: isOauth ? 'OAUTH' : 'HTTP',
        version: '1.0.0',
        config: {
          ...(url === undefined ? {} : { uri: url }),
          method: 'POST',
          headers: [],
          ...(isOauth
            ? { authType: 'client_secret_post' }
            : { authScheme: { type: 'HEADER', key: 'authorization' } }),
        },
      },
    },
    secrets: isOauth
      ? ['config.clientId', 'config.clientSecret', 'config.tokenUrl', 'config.scope']
      : ['config.authScheme.value'],
    ...(isOauth && authorizationServer !== undefined ? { tokenFrom: authorizationServer } : {}),
    settings: [...hook.secrets],
  };
}

/** The name of a policy's inline hook. */
export function hookName({ name }: Policy): string {
  return `claimsmith-${name}`;
}

/** The lifetime that a rule gives: the policy's, or with `short_life` the shortest possible. */
function ruleLifetimeMinutes({ spec }: Policy, { hook, settings }: Plan): number | undefined {
  if (hook !== undefined && settings.guard.includes('short_life')) return leastRuleLifetimeMinutes;
  // The hook sets it for the clients for which the policy is in force.
  const ms = settings.observe === undefined ? spec.lifetime?.access : undefined;
  return ms === undefined ? undefined : Math.max(leastRuleLifetimeMinutes, Math.ceil(ms / 60_000));
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function schemasOf(policy: Policy, settings: Settings): Manifest['schemas'] {
  const found = new Map<string, SchemaAttribute>();
  const granting = authorityPaths(policy, settings);
  for (const field of declaredFields(policy)) {
    const type = attributeType(typeAt(policy, field));
    for (const path of profilePaths(field, settings)) {
      const authority = granting.includes(path) ? { authority: true as const } : {};
      if (type) found.set(path, { name: nameOf(path), ...type, ...authority });
    }
  }
  const under = (owner: string) =>
    [...found]
      .filter(([path]) => path.slice(0, path.lastIndexOf('.')) === owner)
      .map(([, attribute]) => attribute)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    user: under('user'),
    appUser: under('appuser'),
    app: under('app.profile').map(({ name }) => name),
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** The type of an attribute in Okta's schemas; undefined if none of them fits. */
export function attributeType(type: Type): Omit<SchemaAttribute, 'name'> | undefined {
  const scalar = scalarType(type);
  if (scalar !== undefined) return { type: scalar };
  const items = type.kind === 'list' ? scalarType(type.element) : undefined;
  return items === undefined || items === 'boolean' ? undefined : { type: 'array', items };
}

function scalarType({ kind }: Type): 'string' | 'boolean' | 'integer' | 'number' | undefined {
  switch (kind) {
    case 'string':
      return 'string';
    case 'bool':
      return 'boolean';
    case 'int':
      return 'integer';
    case 'double':
      return 'number';
    default:
      return undefined;
  }
}
