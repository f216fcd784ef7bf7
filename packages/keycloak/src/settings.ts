import {
  attributePlaces,
  enrichedSettings,
  exchangeSetting,
  exchanges,
  issuerSettings,
  observeSetting,
  oncePer,
  own,
  type Policy,
  removeSettingWithUserinfo,
} from '@claimsmith/core';
import { z } from 'zod';
import { realmLimit } from './limits.ts';

/** Spelled out: anybody who administers a realm can rename it, also to a name that matches a pattern. */
const realmName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,200}$/, "one realm's name, of letters, digits, dots, underscores and hyphens");

const aClient = 'an id of a client without colons and white space';

/** What may stand under `issuers.keycloak` of a spec. */
export const settings = z
  .strictObject({
    realm: z
      .union([realmName, z.array(realmName).min(1).max(realmLimit)])
      .optional()
      .describe(
        "The realm, or all realms that the policy is for. A policy script works in no other realm. Default the policy's name.",
      ),
    scripts: z
      .boolean()
      .default(false)
      .describe(
        'Whether a policy script may do what mappers cannot. It needs a server with the preview feature `scripts`. Default false.',
      ),
    ...enrichedSettings,
    audience: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('The audience of the API. Tokens carry it only if the policy allows them.'),
    serviceAccounts: z
      .boolean()
      .optional()
      .describe(
        'Whether enriched clients may have service accounts. With false, only people get enriched tokens. Default true; without a script, false if a part of the policy is for people only.',
      ),
    rolesFrom: z
      .union([
        z.literal('realm'),
        z.strictObject({ client: z.string().min(1).max(255) }),
        z.strictObject({
          clients: z
            .array(z.string(aClient).regex(/^[^:\s]{1,255}$/, aClient))
            .min(1)
            .max(50),
        }),
      ])
      .default('realm')
      .describe(
        'The source of user.roles: the roles of the realm, those of one client, or those of several clients, each as <client>:<role>. Default realm.',
      ),
    groups: z
      .enum(['names', 'paths'])
      .default('names')
      .describe('What user.groups lists: names, or paths such as /staff/berlin. Default names.'),
    attributes: z
      .record(z.string(), z.string().min(1).max(255))
      .optional()
      .describe('The user attribute behind user.attributes.<name>, if it has another name at Keycloak.'),
    exchange: exchangeSetting.describe(
      'Whether somebody may act for a user here: a service that exchanges a token, or an administrator who impersonates the user. Only a policy script can tell who, so with true and without one the policy must not keep anything from delegated tokens. Default true if the policy reads `actor` or says `delegated: false`, else false.',
    ),
    observe: observeSetting,
    remove: removeSettingWithUserinfo,
    ownRealm: z
      .boolean()
      .default(false)
      .describe(
        'Whether the realm is made only from realm.json, without other mappers, which could write the claims of the policy. Default false.',
      ),
    missing: z
      .enum(['refuse', 'guard'])
      .default('refuse')
      .describe(
        'What happens to claims whose missing value would have to deny the token, which needs a script. refuse: an error. guard: the claim is left out, and services must require it. Default refuse.',
      ),
  })
  .describe('Keycloak: client scopes with protocol mappers, and a policy script if it is allowed.');

/** The settings of a policy, defaults filled in. */
export type Settings = Omit<
  z.output<typeof settings>,
  'realm' | 'serviceAccounts' | 'clients' | 'exchange'
> & {
  readonly exchange: boolean;
  /** Undefined: all. */
  readonly clients: string[] | undefined;
  readonly serviceAccounts: boolean;
  /** In the order of the spec, without repetitions. There is at least one. */
  readonly realms: readonly [string, ...string[]];
};

/** The settings of a policy, which the spec's schema has checked. */
export const settingsOf = oncePer((policy: Policy): Settings => {
  const { realm, serviceAccounts, ...read } = issuerSettings(settings, policy, 'keycloak');
  const [first = policy.name, ...others] = new Set([realm ?? policy.name].flat());
  return {
    ...read,
    exchange: exchanges(policy, read.exchange),
    clients: read.clients === 'all' ? undefined : read.clients,
    attributes: { ...read.attributes, ...attributePlaces(policy.spec, 'keycloak') },
    // Mappers cannot tell a service account from a person.
    serviceAccounts: serviceAccounts ?? (read.scripts || !isForPeople(policy)),
    realms: [first, ...others],
  };
});

/** The clients whose roles `user.roles` lists; none if it lists those of the realm. */
export function roleOwners({ rolesFrom }: Settings): readonly string[] {
  if (rolesFrom === 'realm') return [];
  return 'client' in rolesFrom ? [rolesFrom.client] : [...new Set(rolesFrom.clients)];
}

/** Whether roles have the client's id before their names: `shop:admin`. */
export function isOfSeveral({ rolesFrom }: Settings): boolean {
  return rolesFrom !== 'realm' && 'clients' in rolesFrom;
}

/** Whether a claim or a grant is for people, and not for machines. */
function isForPeople({ claims, scopes, guards }: Policy): boolean {
  return [
    ...claims.map(({ subjects }) => subjects),
    ...scopes.map(({ name }) => guards.subjects(['scopes', name, 'grant'])),
  ].some((subjects) => subjects?.kinds.includes('human') && !subjects.kinds.includes('machine'));
}

/** Keycloak's name of a declared attribute. */
export function attributeName({ attributes }: Settings, name: string): string {
  return own(attributes ?? {}, name) ?? name;
}

/** The lifetime that the realm gives to access tokens, in milliseconds; undefined: it is left alone. */
export function lifetimeMsOf(policy: Policy): number | undefined {
  return settingsOf(policy).observe === true ? undefined : policy.spec.lifetime?.access;
}
