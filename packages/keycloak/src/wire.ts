import { z } from 'zod';
import { dictionary } from './dictionary.ts';

/** `manifest.json`, which lists what a realm and its server need in addition to the other files. */
export const manifest = z.strictObject({
  policy: z.string(),
  revision: z.string().regex(/^[0-9a-f]{8}$/),
  /** `claimsmith <version>` */
  generator: z.string(),
  /** Sorted. A policy script works in no other realm. */
  realms: z.array(z.string()).min(1),
  /** Clients to enrich, by id; undefined: the scopes become defaults of the realm. */
  clients: z.array(z.string()).optional(),
  requires: z.strictObject({
    /** Features of the server that are not on by default, or may be off. */
    features: z.array(z.enum(['scripts', 'organization'])),
    /** User attributes by Keycloak's names, each with an entry in `user-profile.json`. */
    attributes: z.array(z.string()),
    /**
     * Roles that conditions name; they must not be composite or part of composite roles. Also our role, which nobody
     * may have.
     */
    realmRoles: z.array(z.string()),
    clientRoles: dictionary(z.array(z.string())),
    /** Clients must have `Full scope allowed` on; otherwise role claims would lack some roles. */
    fullScopeAllowed: z.boolean(),
    /** Whether no enriched client may have a service account. */
    noServiceAccounts: z.boolean(),
    /** Whether no enriched client may exchange tokens. */
    noExchange: z.boolean(),
    /** In seconds; undefined: the realm's own. */
    accessTokenLifespan: z.number().positive().optional(),
  }),
  /**
   * The beginnings of scopes that name an object. Keycloak does not support such scopes and refuses requests for them.
   */
  refusedScopes: z.array(z.string()),
  script: z
    .strictObject({
      /** Beside the manifest; goes into the server's `providers` folder. */
      file: z.string(),
      /** The provider that the JAR brings. */
      provider: z.string(),
      /** As a server with the JAR shows it in its server info: it differs by revision and by realms. */
      description: z.string(),
      bytes: z.int(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** Names of environment variables of the server. A manifest never contains values. */
      settings: z.array(z.string()),
      /** Only the script gives it: other mappers must not write it. */
      audience: z.string(),
    })
    .optional(),
});
export type Manifest = z.output<typeof manifest>;
