/* Okta's objects as images: what the policy sets, in one form, and the rest. */
import { isMapping, type Json } from '@claimsmith/core';
import type { NativeClaim } from '../plan/native-claim.ts';
import type { SchemaAttribute } from '../wire.ts';
import { headersOf, isOwnerHeader } from './mark.ts';
import { type Raw, type RuleState, textAt, valueAt } from './state.ts';

export const keys = {
  hook: (name: string) => `inline hook ${name}`,
  claim: (type: string, name: string) => `claim ${type} ${name}`,
  scope: (name: string) => `scope ${name}`,
  rule: (policy: string, rule: string) => `rule ${policy}/${rule}`,
  server: (name: string) => `authorization server ${name}`,
  attribute: (name: string) => `user attribute ${name}`,
} as const;

/** What a key is about. */
export type Subject =
  | { readonly kind: 'hook' | 'scope' | 'server' | 'attribute' | 'rule'; readonly name: string }
  | { readonly kind: 'claim'; readonly type: string; readonly name: string };

export function subjectOf(key: string): Subject {
  const [, prefix, name = ''] =
    /^(inline hook|scope|rule|authorization server|user attribute) (.*)$/s.exec(key) ?? [];
  const [, type, claim] = /^claim (RESOURCE|IDENTITY) (.*)$/s.exec(key) ?? [];
  if (type !== undefined && claim !== undefined) return { kind: 'claim', type, name: claim };
  const kinds = {
    'inline hook': 'hook',
    scope: 'scope',
    rule: 'rule',
    'authorization server': 'server',
    'user attribute': 'attribute',
  } as const;
  const kind = Object.entries(kinds).find(([text]) => text === prefix)?.[1];
  if (kind === undefined) throw new RangeError(`No resource of Okta has the key ${key}`);
  return { kind, name };
}

/** How Okta authenticates to the hook. */
export type HookAuth =
  | { readonly type: 'HTTP'; readonly header: string | null; readonly secret: Json }
  | {
      readonly type: 'OAUTH';
      readonly authType: string;
      readonly clientId: string;
      readonly tokenUrl: string;
      readonly scope: string;
      readonly secret: Json;
    };

export interface HookImage {
  readonly url: string;
  readonly method: string;
  readonly version: string;
  readonly status: string;
  readonly owner: string | null;
  readonly auth: HookAuth;
}

/** @param digest of the secret, which Okta never returns */
export function hookImage(hook: Raw, digest: string): Json {
  const config = valueAt(hook, 'channel', 'config');
  const secret = { $secret: digest };
  const scheme = valueAt(config, 'authScheme');
  const auth: HookAuth =
    textAt(hook, 'channel', 'type') === 'OAUTH'
      ? {
          type: 'OAUTH',
          authType: textAt(config, 'authType'),
          clientId: textAt(config, 'clientId'),
          tokenUrl: textAt(config, 'tokenUrl'),
          scope: textAt(config, 'scope'),
          secret,
        }
      : {
          type: 'HTTP',
          header: isMapping(scheme) ? textAt(scheme, 'key').toLowerCase() : null,
          secret: isMapping(scheme) ? secret : null,
        };
  const image: HookImage = {
    url: textAt(config, 'uri'),
    method: textAt(config, 'method'),
    version: textAt(hook, 'version'),
    status: textAt(hook, 'status'),
    owner: headersOf(hook).find(isOwnerHeader)?.value ?? null,
    auth,
  };
  return { ...image };
}

/** Names of other headers. Their values may be secret. */
export function hookRest(hook: Raw): Json {
  return {
    headers: headersOf(hook)
      .filter((header) => !isOwnerHeader(header))
      .map(({ key }) => key)
      .sort(),
  };
}

export function claimImage(claim: Raw | NativeClaim): Json {
  const scopes = valueAt(claim, 'conditions', 'scopes');
  const filter = valueAt(claim, 'group_filter_type');
  return {
    status: textAt(claim, 'status'),
    valueType: textAt(claim, 'valueType'),
    value: textAt(claim, 'value'),
    ...(typeof filter === 'string' ? { group_filter_type: filter } : {}),
    scopes: Array.isArray(scopes) ? scopes.map(String).sort() : [],
    alwaysIncludeInToken: valueAt(claim, 'alwaysIncludeInToken') === true,
  };
}

/** What our requests set, and what the vendor makes itself. */
const claimFields = [
  'id',
  'name',
  'status',
  'claimType',
  'valueType',
  'value',
  'group_filter_type',
  'conditions',
  'alwaysIncludeInToken',
  'system',
  'apiResourceId',
  '_links',
  'created',
  'lastUpdated',
];

export function claimRest(claim: Raw): Json {
  return jsonOf(without(claim, claimFields));
}

export function attributeImage(attribute: Raw): Json {
  const items = textAt(attribute, 'items', 'type');
  return { type: textAt(attribute, 'type'), ...(items === '' ? {} : { items }) };
}

export function wantedAttribute({ type, items }: SchemaAttribute): Json {
  return { type, ...(items === undefined ? {} : { items }) };
}

/** @param hookName of an inline hook's id */
export function ruleImage({ rule }: RuleState, hookName: (id: string) => string): Json {
  const id = textAt(rule, 'actions', 'token', 'inlineHook', 'id');
  const minutes = valueAt(rule, 'actions', 'token', 'accessTokenLifetimeMinutes');
  return {
    inlineHook: id === '' ? null : hookName(id),
    accessTokenLifetimeMinutes: typeof minutes === 'number' ? minutes : null,
  };
}

export function ruleRest({ rule }: RuleState): Json {
  const token = valueAt(rule, 'actions', 'token');
  const actions = valueAt(rule, 'actions');
  return jsonOf({
    ...without(rule, ['id', 'created', 'lastUpdated', '_links']),
    actions: {
      ...(isMapping(actions) ? actions : {}),
      token: without(isMapping(token) ? token : {}, ['inlineHook', 'accessTokenLifetimeMinutes']),
    },
  });
}

export function serverImage(server: Raw): Json {
  const audiences = valueAt(server, 'audiences');
  return { audiences: Array.isArray(audiences) ? audiences.map(String) : [] };
}

export function serverRest(server: Raw): Json {
  // Keys rotate by themselves.
  return jsonOf(without(server, ['id', 'audiences', 'created', 'lastUpdated', '_links', 'credentials']));
}

export function without(raw: Raw, names: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !names.includes(name)));
}

/** Answers of the API are JSON already. */
export function jsonOf(raw: unknown): Json {
  return JSON.parse(JSON.stringify(raw)) as Json;
}
