/**
 * What a realm answers, as far as publishing needs it.
 *
 * @see https://www.keycloak.org/docs-api/latest/rest-api/index.html
 */
import { isMapping, TargetError, textEntries } from '@claimsmith/core';
import { z } from 'zod';
import { dictionary } from '../dictionary.ts';

/** A mapping of names to texts; other values are left out. */
const texts = z.unknown().transform(textEntries);

export const mapper = z.object({
  id: z.string(),
  name: z.string(),
  protocolMapper: z.string(),
  config: texts,
});
export type RealmMapper = z.output<typeof mapper>;

export const clientScope = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  protocol: z.string().nullish(),
  attributes: texts,
  protocolMappers: z.array(mapper).default([]),
});
export type RealmScope = z.output<typeof clientScope>;

export const client = z.object({
  id: z.string(),
  clientId: z.string(),
  protocol: z.string().nullish(),
  publicClient: z.boolean().default(false),
  bearerOnly: z.boolean().default(false),
  fullScopeAllowed: z.boolean().default(true),
  serviceAccountsEnabled: z.boolean().default(false),
  directAccessGrantsEnabled: z.boolean().default(false),
  attributes: texts,
  defaultClientScopes: z.array(z.string()).default([]),
  optionalClientScopes: z.array(z.string()).default([]),
  protocolMappers: z.array(mapper).default([]),
});
export type RealmClient = z.output<typeof client>;

export const named = z.object({ id: z.string(), name: z.string() });

/** A role as the server takes it back in a request. */
export const role = z.looseObject({
  id: z.string(),
  name: z.string(),
  composite: z.boolean().default(false),
});
export type RealmRole = z.output<typeof role>;

/** The roles that permit a client scope. */
export const scopeMappings = z.object({
  realmMappings: z.array(role).default([]),
  clientMappings: dictionary(z.object({ client: z.string(), mappings: z.array(role) })).default({}),
});
export type ScopeMappings = z.output<typeof scopeMappings>;

/** The settings of a realm. A credential that may not view them gets its name alone. */
export const realmSettings = z.object({
  realm: z.string(),
  organizationsEnabled: z.boolean().optional(),
  accessTokenLifespan: z.number().optional(),
});
export type RealmSettings = z.output<typeof realmSettings>;

/** An attribute of the user profile. Everything in it is kept when it is written back. */
export const profileAttribute = z.looseObject({
  name: z.string(),
  validations: dictionary(z.unknown()).default({}),
  permissions: z
    .object({ view: z.array(z.string()).default([]), edit: z.array(z.string()).default([]) })
    .default({ view: [], edit: [] }),
  annotations: dictionary(z.unknown()).default({}),
  multivalued: z.boolean().default(false),
});
export type ProfileAttribute = z.output<typeof profileAttribute>;

export const userProfile = z.looseObject({
  attributes: z.array(profileAttribute).default([]),
  unmanagedAttributePolicy: z.string().nullish(),
});
export type UserProfile = z.output<typeof userProfile>;

/** What a server says about itself; the version only to a credential that may manage a realm. */
export const serverInfo = z.object({
  systemInfo: z.object({ version: z.string().optional() }).nullish(),
  features: z.array(z.object({ name: z.string(), enabled: z.boolean().default(false) })).default([]),
  protocolMapperTypes: dictionary(
    z.array(z.object({ id: z.string(), helpText: z.string().nullish() })),
  ).default({}),
});

/** The facts of a server that publishing depends on. */
export interface ServerFacts {
  /** Undefined: not told. */
  readonly version: string | undefined;
  /** The server's names of features that are on; undefined: not told. */
  readonly features: ReadonlySet<string> | undefined;
  /** What deployed scripts say of themselves, by the provider's id. */
  readonly scripts: ReadonlyMap<string, string>;
}

export function factsOf({
  systemInfo,
  features,
  protocolMapperTypes,
}: z.output<typeof serverInfo>): ServerFacts {
  const types = protocolMapperTypes['openid-connect'] ?? [];
  const on = features.filter(({ enabled }) => enabled).map(({ name }) => name);
  return {
    version: systemInfo?.version,
    features: features.length === 0 ? undefined : new Set(on),
    scripts: new Map(
      types.flatMap(({ id, helpText }) => (id.startsWith('script-') ? [[id, helpText ?? ''] as const] : [])),
    ),
  };
}

/** Everything that was read of a realm. */
export interface RealmState {
  readonly scopes: readonly RealmScope[];
  readonly clients: readonly RealmClient[];
  /** Names of client scopes that new clients get. */
  readonly defaults: readonly string[];
  readonly optionals: readonly string[];
  /** By the name of the client scope; only of those that roles may permit. */
  readonly permissions: ReadonlyMap<string, ScopeMappings>;
  /** Undefined: not needed. */
  readonly profile: UserProfile | undefined;
  readonly settings: RealmSettings | undefined;
  /** Names of roles that were looked for, and whether they exist: `r`, or `r of the client c`. */
  readonly roles: ReadonlyMap<string, boolean>;
  readonly server: ServerFacts;
}

/** @throws {TargetError} `refused` if the answer has another form */
export function understood<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const what = isMapping(answer) || Array.isArray(answer) ? 'in a form that is not known' : 'without JSON';
  throw new TargetError('refused', `the server answers ${what}. Is it a Keycloak?`);
}
