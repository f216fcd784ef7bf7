import { secretReference } from '@claimsmith/deploy';
import { z } from 'zod';

const text = z.string().min(1).max(255);

/** An entry under `targets.keycloak` of an environment: one realm, or all realms of a server that a pattern names. */
export const entry = z
  .strictObject({
    url: z
      .string()
      .refine(isSafe, 'https, or http on this machine')
      .describe('The server, with the path that it is served under.'),
    realm: text.optional().describe('The realm.'),
    realms: z
      .union([text, z.array(text).min(1)])
      .optional()
      .describe(
        'The realms, by name; `*` stands for any characters. The realm master is never meant by a pattern.',
      ),
    clientId: text.optional().describe('A client with a service account.'),
    clientSecret: secretReference.optional(),
    username: text.optional().describe('A user of the realm master, instead of a client.'),
    password: secretReference.optional(),
    loginRealm: text
      .optional()
      .describe('The realm of the login. Default: for a client and one realm, that realm; otherwise master.'),
    clients: z
      .array(text)
      .min(1)
      .optional()
      .describe(
        'The clients to enrich, by id. Default those of the spec; without those, the scopes become defaults of the realm.',
      ),
    userProfile: z
      .enum(['create', 'check'])
      .default('create')
      .describe(
        'Whether missing attributes are added to the user profile, or are a conflict. Default create.',
      ),
    verify: z
      .strictObject({
        passwords: z
          .record(z.string(), secretReference)
          .optional()
          .describe('Passwords of test users, by username. `verify` then also logs them in.'),
        clientSecrets: z
          .record(z.string(), secretReference)
          .optional()
          .describe('Secrets of clients that log test users in, by id. Default: asked of the server.'),
      })
      .optional(),
  })
  .refine(({ realm, realms }) => (realm === undefined) !== (realms === undefined), 'either realm or realms')
  .refine(
    ({ clientId, clientSecret, username, password }) =>
      clientId !== undefined
        ? clientSecret !== undefined && username === undefined && password === undefined
        : username !== undefined && password !== undefined && clientSecret === undefined,
    'either clientId and clientSecret, or username and password',
  )
  .describe('A realm of a Keycloak server, or several ones.');

export type Entry = z.output<typeof entry>;

/** Secrets travel by https alone, or within this machine. */
export function isSafe(address: string): boolean {
  const { protocol, hostname, username, search, hash } = URL.parse(address) ?? {};
  if (username !== '' || search !== '' || hash !== '') return false;
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(localhost|\[::1\]|127(\.\d+){3})$/.test(hostname ?? '');
}

/** The server's address without a slash at its end. */
export function addressOf({ url }: Entry): string {
  return url.replace(/\/+$/, '');
}

/** The realm to log in to. */
export function loginRealmOf({ loginRealm, clientId, realm }: Entry): string {
  return loginRealm ?? (clientId === undefined ? 'master' : (realm ?? 'master'));
}

/** Whether an entry needs the list of realms. */
export function patternsOf({ realms }: Entry): readonly string[] | undefined {
  return realms === undefined ? undefined : [realms].flat();
}

/** The realms that patterns name, sorted. */
export function matching(names: readonly string[], patterns: readonly string[]): readonly string[] {
  const tests = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return { pattern, regex: new RegExp(`^${parts.join('.*')}$`, 's') };
  });
  return names
    .filter((name) =>
      tests.some(({ pattern, regex }) => name === pattern || (name !== 'master' && regex.test(name))),
    )
    .toSorted();
}
