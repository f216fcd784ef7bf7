import { z } from 'zod';

/** `manifest.json`, which says how to deploy the Actions beside it. */
export const manifest = z.strictObject({
  policy: z.string(),
  revision: z.string().regex(/^[0-9a-f]{8}$/),
  /** `claimsmith <version>` */
  generator: z.string(),
  actions: z.array(
    z.strictObject({
      name: z.string(),
      trigger: z.strictObject({
        id: z.enum(['post-login', 'credentials-exchange']),
        version: z.enum(['v2', 'v3']),
      }),
      runtime: z.literal('node22'),
      /** Beside the manifest. */
      file: z.string(),
      bytes: z.int().max(100_000),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** Names of the secrets to set. Values never come near a manifest. */
      secrets: z.array(z.string()).max(30),
      dependencies: z.array(z.strictObject({ name: z.string(), version: z.string() })).max(10),
    }),
  ),
  /** The identifier of the API that tokens are for. */
  api: z.strictObject({
    /** Its Maximum Access Token Lifetime; absent if the spec does not set one. */
    tokenLifetimeSeconds: z.int().positive().optional(),
  }),
});
export type Manifest = z.output<typeof manifest>;

/** Unknown fields pass: Auth0 adds some every month. */
const client = z.looseObject({
  client_id: z.string(),
  name: z.string(),
  metadata: z.record(z.string(), z.string()),
});
const organization = z.looseObject({
  id: z.string(),
  name: z.string(),
  metadata: z.record(z.string(), z.unknown()),
});
const request = z.looseObject({ ip: z.string(), body: z.record(z.string(), z.unknown()).optional() });
const resourceServer = z.looseObject({ identifier: z.string() });
const agent = z.looseObject({ agent_id: z.string() });
const actor = z.looseObject({ sub: z.string() });

/**
 * A post-login event (v3), as far as we read it.
 *
 * @example { "user": { "user_id": "auth0|1" }, "client": { "client_id": "c", "name": "App", "metadata": {} }, "request": { "ip": "192.0.2.1" } }
 * @see https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/post-login-event-object
 */
export const postLoginEvent = z.looseObject({
  user: z.looseObject({
    user_id: z.string(),
    // A custom database may put anything here.
    app_metadata: z.unknown(),
    user_metadata: z.unknown(),
    email: z.string().optional(),
    email_verified: z.boolean().optional(),
  }),
  client,
  request: request.extend({ query: z.record(z.string(), z.unknown()).optional() }),
  authentication: z
    .looseObject({ methods: z.array(z.looseObject({ name: z.string(), timestamp: z.string() })) })
    .optional(),
  authorization: z.looseObject({ roles: z.array(z.string()) }).optional(),
  organization: organization.optional(),
  resource_server: resourceServer.optional(),
  refresh_token: z
    .looseObject({
      created_at: z.string().optional(),
      resource_servers: z
        .array(z.looseObject({ audience: z.string(), scopes: z.string() }))
        .optional()
        .describe('Scopes in one string, apart by spaces.'),
    })
    .optional(),
  session: z
    .looseObject({
      id: z.string().optional(),
      authenticated_at: z.string().optional(),
      actor: actor.optional(),
    })
    .optional(),
  transaction: z
    .looseObject({
      protocol: z.string().optional(),
      requested_scopes: z.array(z.string()).optional(),
      requested_authorization_details: z.array(z.looseObject({ type: z.string() })).optional(),
      acr_values: z.array(z.string()).optional(),
      actor: actor.optional(),
    })
    .optional(),
  agent: agent.optional(),
});

/**
 * A credentials-exchange event (v2), as far as we read it.
 *
 * @example { "accessToken": { "scope": ["read"] }, "client": { "client_id": "c", "name": "Job", "metadata": {} }, "request": { "ip": "192.0.2.1" }, "resource_server": { "identifier": "https://api.example" } }
 * @see https://auth0.com/docs/customize/actions/explore-triggers/machine-to-machine-trigger/credentials-exchange-event-object
 */
export const credentialsExchangeEvent = z.looseObject({
  accessToken: z.looseObject({ scope: z.array(z.string()) }),
  client,
  request,
  resource_server: resourceServer,
  organization: organization.optional(),
  transaction: z.looseObject({ requested_scopes: z.array(z.string()) }).optional(),
  agent: agent.optional(),
});
