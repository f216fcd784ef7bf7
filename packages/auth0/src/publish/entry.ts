import { secretReference } from '@claimsmith/deploy';
import { z } from 'zod';

const host =
  /^(?=.{1,253}(?::\d{1,5})?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
const loopback = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/;

const verify = z
  .strictObject({
    clients: z
      .record(z.string(), z.strictObject({ secret: secretReference.optional() }))
      .optional()
      .describe('Applications that may ask for tokens, by client id, each with where its secret is kept.'),
    users: z
      .record(
        z.string(),
        z.strictObject({
          password: secretReference,
          connection: z
            .string()
            .min(1)
            .optional()
            .describe("The database connection of the user. Default: the tenant's default directory."),
        }),
      )
      .optional()
      .describe('Test users, by the name that they log in with.'),
  })
  .describe('Who asks for tokens in `claimsmith verify`.');

const common = {
  domain: z
    .string()
    .refine((text) => host.test(text) || loopback.test(text), {
      error: 'the host of a tenant, such as acme.eu.auth0.com, without https://',
    })
    .describe(
      "The tenant's own domain, such as acme.eu.auth0.com; not a custom domain, which has no Management API.",
    ),
  api: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The identifier of the API that tokens are for. Its token lifetime becomes the spec's `lifetime.access`.",
    ),
  verify: verify.optional(),
};

/** What may stand under `targets.auth0` of an environment. */
export const entrySchema = z
  .union([
    z.strictObject({
      ...common,
      clientId: z.string().min(1).describe('A machine-to-machine application of the Management API.'),
      clientSecret: secretReference.describe('Where its secret is kept.'),
    }),
    z.strictObject({
      ...common,
      token: secretReference.describe(
        'Where a token for the Management API is kept, instead of an application.',
      ),
    }),
  ])
  .describe('A tenant of Auth0.');

export type Entry = z.output<typeof entrySchema>;

/** Where requests to a tenant go. Only a server on this machine may be asked without TLS. */
export interface Address {
  /** Without a slash at its end. */
  readonly origin: string;
  /** Without a scheme. */
  readonly host: string;
}

export function addressOf({ domain }: Entry): Address {
  const origin = loopback.test(domain) ? domain : `https://${domain.toLowerCase()}`;
  return { origin, host: origin.replace(/^https?:\/\//, '') };
}
