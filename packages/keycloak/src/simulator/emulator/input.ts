import { z } from 'zod';
import { dictionary } from '../../dictionary.ts';

const attributes = dictionary(z.array(z.string()));

const group: z.ZodType<KnownGroup> = z.lazy(() =>
  z.object({ path: z.string(), attributes, parent: group.optional() }),
);

interface KnownGroup {
  readonly path: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly parent?: KnownGroup | undefined;
}

const identity = z.object({
  provider: z.string().optional(),
  alias: z.string(),
  userId: z.string().optional(),
});

/** Without a client, it is a role of the realm. */
const roleAttributes = z.object({ role: z.string(), client: z.string().optional(), attributes });

const organization = z.object({
  id: z.string().optional(),
  alias: z.string().optional(),
  name: z.string().optional(),
  attributes,
});

/**
 * A partly known issuance: Keycloak knows the identity of every user, but a situation may not state it. A complete one
 * is a `KeycloakIssuance`.
 */
export const issuance = z.object({
  realm: z.string().optional(),
  user: z.object({
    id: z.string().optional(),
    username: z.string().optional(),
    email: z.string().optional(),
    emailVerified: z.boolean().optional(),
    firstName: z.string().optional(),
    lastName: z.string().optional(),
    createdTimestamp: z.int().optional(),
    attributes: attributes.default({}),
    realmRoles: z.array(z.string()).default([]),
    clientRoles: attributes.default({}),
    roleAttributes: z.array(roleAttributes).optional(),
    groups: z.array(group).default([]),
    identities: z.array(identity).optional(),
    organizations: z.array(organization).default([]),
    otherOrganizations: z.array(z.string()).optional(),
    serviceAccountOf: z.string().optional(),
  }),
  client: z.object({
    clientId: z.string().optional(),
    name: z.string().optional(),
    attributes: dictionary(z.string()).default({}),
    /** The id of its authenticator; absent: a secret. */
    authenticator: z.string().optional(),
    publicClient: z.boolean().optional(),
    fullScopeAllowed: z.boolean().default(true),
    lightweight: z.boolean().default(false),
    scopeMappings: z.object({ realmRoles: z.array(z.string()), clientRoles: attributes }).optional(),
    otherScopes: z.array(z.string()).optional(),
  }),
  session: z.object({
    id: z.string().optional(),
    isOffline: z.boolean().optional(),
    /** Authentication context class of the login. */
    acr: z.string().optional(),
    notes: dictionary(z.string()).default({}),
    /** The claim `act`, if another mapper writes it. */
    act: z.unknown().optional(),
  }),
  request: z.object({
    grantType: z.string().optional(),
    scopes: z.array(z.string()).default([]),
    ip: z.string().optional(),
    userAgent: z.string().optional(),
    params: dictionary(z.string()).default({}),
  }),
});

export type KnownIssuance = DeepReadonly<z.output<typeof issuance>>;
export type KnownOrganization = KnownIssuance['user']['organizations'][number];

export type KnownIdentity = DeepReadonly<z.output<typeof identity>>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

const mapper = z.object({
  name: z.string(),
  protocol: z.literal('openid-connect'),
  protocolMapper: z.string(),
  config: dictionary(z.string()),
});

/** `client-scopes.json`. */
export const enrichment = z.object({
  clientScopes: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      protocol: z.literal('openid-connect'),
      attributes: dictionary(z.string()),
      protocolMappers: z.array(mapper),
    }),
  ),
  permissions: z.array(
    z.object({ clientScope: z.string(), realmRoles: z.array(z.string()), clientRoles: attributes }),
  ),
  defaultScopes: z.array(z.string()),
  optionalScopes: z.array(z.string()),
  clientScopesByClient: attributes,
});

/** The part of `manifest.json` about where the files belong. */
export const destination = z.object({
  realms: z.array(z.string()).min(1),
  clients: z.array(z.string()).optional(),
  requires: z.object({ noServiceAccounts: z.boolean(), accessTokenLifespan: z.int().optional() }),
});

/** The part of `user-profile.json` that a token depends on; the rest is kept for comparison. */
export const userProfile = z.looseObject({ attributes: z.array(z.looseObject({ name: z.string() })) });

const scopeMapping = z.object({ clientScope: z.string().optional(), roles: z.array(z.string()) });

/** The parts of `realm.json` that other files also have. */
export const realm = z.object({
  accessTokenLifespan: z.int().optional(),
  clientScopes: z.array(z.looseObject({ name: z.string() })),
  scopeMappings: z.array(scopeMapping),
  clientScopeMappings: dictionary(z.array(scopeMapping)),
  components: z.object({
    'org.keycloak.userprofile.UserProfileProvider': z.array(
      z.object({ config: z.object({ 'kc.user.profile.config': z.array(z.string()) }) }),
    ),
  }),
});

/** `META-INF/keycloak-scripts.json` of a JAR. */
export const scriptDescriptor = z.object({
  mappers: z
    .array(
      z.object({ name: z.string().optional(), fileName: z.string(), description: z.string().optional() }),
    )
    .default([]),
});
