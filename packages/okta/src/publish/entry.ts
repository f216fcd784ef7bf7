import { secretReference } from '@claimsmith/deploy';
import { z } from 'zod';

const anOrg = 'the https address of the org without a path, such as https://acme.okta.com';
const aHook = 'an https address without credentials, at most 1,024 characters';

/** A server on this machine needs no TLS. Okta itself refuses hooks without it. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
}

function isOrg(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

function isHook(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || text.length > 1_024) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

const secret = (what: string) => secretReference.describe(what);
const name = z.string().min(1);

/** What may stand under `targets.okta` of an environment. */
export const entrySchema = z
  .strictObject({
    orgUrl: z
      .string(anOrg)
      .refine(isOrg, anOrg)
      .refine(
        (text) => !/-admin\.[^.]+\.com\/?$/.test(text),
        'the address of the org, not that of its admin console: without -admin',
      )
      .transform((text) => text.replace(/\/$/, ''))
      .describe('The address of the org: https://acme.okta.com.'),
    clientId: name.optional().describe('The client id of an API service app that may use the scopes below.'),
    privateKey: secret('The private key of the app, as PEM or JWK.').optional(),
    keyId: name.optional().describe('The id of the key, if the app has several.'),
    scopes: z
      .array(name)
      .min(1)
      .optional()
      .describe('The scopes that the app asks for. Default: those that publishing needs.'),
    token: secret('An API token, instead of an app. It has the rights of the person who made it.').optional(),
    hookUrl: z
      .string(aHook)
      .refine(isHook, aHook)
      .optional()
      .describe('The address of the hook server. Default: hook.url of the spec.'),
    hookSecret: secret('The secret that Okta sends to the hook server: its HOOK_SECRET.').optional(),
    hookClient: z
      .strictObject({
        clientId: name,
        clientSecret: secret('The client secret.'),
        tokenUrl: z.string(aHook).refine(isHook, aHook),
        scope: name,
      })
      .optional()
      .describe('With hook.auth oauth: how Okta gets its token for the hook server.'),
    createAttributes: z
      .boolean()
      .default(false)
      .describe('Whether missing user attributes are created. Default false: they are conflicts.'),
    probe: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'A situation, as scenarios write it, that the policy does not deny: it is sent to the hook server to see its revision.',
      ),
    verify: z
      .strictObject({
        clients: z.record(name, z.strictObject({ secret: secret('The client secret.') })).default({}),
        users: z.record(name, z.strictObject({ password: secret('The password.') })).default({}),
      })
      .prefault({})
      .describe(
        'Credentials of clients, by client id, and of test users, by login, for scenarios that are asked live.',
      ),
  })
  .refine(
    ({ token, privateKey, clientId }) =>
      (token === undefined) !== (privateKey === undefined || clientId === undefined),
    {
      error: 'needs either clientId and privateKey, or token',
    },
  )
  .describe('An Okta org.');

/** An org of an environment. */
export type Entry = z.output<typeof entrySchema>;
