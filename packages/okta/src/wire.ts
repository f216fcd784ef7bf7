import { z } from 'zod';

const attribute = z.strictObject({
  /** The variable name. */
  name: z.string(),
  type: z.enum(['string', 'boolean', 'integer', 'number', 'array']),
  /** Of an array. */
  items: z.enum(['string', 'integer', 'number']).optional(),
  /** Authority depends on it: its permission for SELF must be READ_ONLY or HIDE. */
  authority: z.literal(true).optional(),
});

/**
 * The body that registers the hook, without its secrets: `POST /api/v1/inlineHooks`.
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/InlineHook/
 */
const registration = z.strictObject({
  name: z.string(),
  type: z.literal('com.okta.oauth2.tokens.transform'),
  version: z.literal('1.0.0'),
  channel: z.strictObject({
    type: z.enum(['HTTP', 'OAUTH']),
    version: z.literal('1.0.0'),
    config: z.strictObject({
      /** Left out if the spec does not say it. */
      uri: z.string().optional(),
      method: z.literal('POST'),
      headers: z.array(z.never()),
      /** With HTTP: the header that carries the secret. */
      authScheme: z.strictObject({ type: z.literal('HEADER'), key: z.literal('authorization') }).optional(),
      /** With OAUTH. */
      authType: z.literal('client_secret_post').optional(),
    }),
  }),
});

/** `manifest.json`: the settings that the org needs, and how the parts belong together. */
export const manifest = z.strictObject({
  policy: z.string(),
  revision: z.string().regex(/^[0-9a-f]{8}$/),
  /** `claimsmith <version>` */
  generator: z.string(),
  authorizationServer: z.strictObject({
    /** Id or name. */
    name: z.string(),
    /** What it gives natively; absent if the spec does not say it. */
    audience: z.string().optional(),
    /** That it must know. `{}` stands for what names one object. */
    scopes: z.array(z.string()),
  }),
  /** Attributes that the expressions read. If a schema lacks one, every token request fails. */
  schemas: z.strictObject({
    user: z.array(attribute),
    /** The profile of the user in the app. */
    appUser: z.array(attribute),
    /** Names in the profile of each client. */
    app: z.array(z.string()),
  }),
  nativeClaims: z.strictObject({
    file: z.literal('native-claims.json'),
    count: z.int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /**
     * Names that native claims must not have, because only the hook may write them. A claim left from an earlier build
     * would appear in tokens whose hook was not called.
     */
    absent: z.strictObject({ access: z.array(z.string()), id: z.array(z.string()) }),
  }),
  /** Absent if nothing needs it. */
  hook: z
    .strictObject({
      file: z.literal('policy.mjs'),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      deadlineMs: z.int(),
      registration,
      /**
       * Values that Okta also needs, by their places in the registration. A manifest never holds the values themselves.
       */
      secrets: z.array(z.string()),
      /** With OAUTH: the authorization server that gives Okta its token. */
      tokenFrom: z.string().optional(),
      /** Names of the settings that the hook server must be given. */
      settings: z.array(z.string()),
    })
    .optional(),
  /** For every access policy rule of the authorization server that can issue a token for the audience. */
  rules: z.strictObject({
    /** The name of the inline hook that each must carry. */
    inlineHook: z.string().optional(),
    accessTokenLifetimeMinutes: z.int().optional(),
    /** Scopes that none of them may grant. */
    withoutScopes: z.array(z.string()).optional(),
    /** Grant types that none of them may allow. */
    withoutGrantTypes: z.array(z.string()).optional(),
  }),
  guard: z.array(z.enum(['sentinel', 'quarantine', 'short_life'])),
});
export type Manifest = z.output<typeof manifest>;
export type SchemaAttribute = z.output<typeof attribute>;
