import {
  attributePlaces,
  enrichedSettings,
  issuerSettings,
  observeSetting,
  oncePer,
  own,
  type Policy,
} from '@claimsmith/core';
import { z } from 'zod';

/** Users can change what the second one holds. */
export const stores = ['app_metadata', 'user_metadata'] as const;

/** What may stand under `issuers.auth0` of a spec. */
export const settings = z
  .strictObject({
    ...enrichedSettings,
    attributesIn: z
      .enum(stores)
      .default('app_metadata')
      .describe(
        'Where user.attributes are kept that do not say it themselves. Users can change their own user_metadata. Default app_metadata.',
      ),
    groupsIn: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The attribute that lists the groups of a user: user.groups. api: the names of the groups that Auth0 itself has. Default groups.',
      ),
    triggers: z
      .array(z.enum(['post-login', 'credentials-exchange']))
      .min(1)
      .default(['post-login', 'credentials-exchange'])
      .describe('The triggers to enrich: logins, and client credentials. Default both.'),
    observe: observeSetting,
    minify: z
      .boolean()
      .default(false)
      .describe(
        'Write the Action without white space and long names. Default false, so that it can be read.',
      ),
  })
  .describe('Auth0: Actions.');

/** The settings of a policy, defaults filled in. */
export type Settings = z.output<typeof settings> & {
  /** Attributes that the spec places itself, by name. Default: none. */
  readonly places?: Readonly<Record<string, Place>>;
};

/** Where a user has a value: a store, and the names that lead to it there. */
export interface Place {
  readonly store: (typeof stores)[number];
  readonly steps: readonly string[];
}

/** The attribute that holds groups. Events have no groups, so a spec without `groupsIn` has made no choice about them. */
export function groupsAttribute({ groupsIn = 'groups' }: Settings): string {
  return groupsIn;
}

/** The settings of a policy, which the spec's schema has checked. */
export const settingsOf = oncePer((policy: Policy): Settings => {
  const said = Object.entries(attributePlaces(policy.spec, 'auth0')).flatMap(([name, text]) => {
    const place = readPlace(text, name);
    return place === undefined ? [] : [[name, place] as const];
  });
  return { ...issuerSettings(settings, policy, 'auth0'), places: Object.fromEntries(said) };
});

/** `user_metadata`, `app_metadata.billing.plan`; undefined for another text. Without a path, it is the attribute's name. */
export function readPlace(text: string, attribute: string): Place | undefined {
  const [named, ...steps] = text.split('.');
  const store = stores.find((one) => one === named);
  if (store === undefined || steps.includes('')) return undefined;
  return { store, steps: steps.length === 0 ? [attribute] : steps };
}

/** Where a user has the attribute. */
export function placeOf(attribute: string, { attributesIn, places = {} }: Settings): Place {
  return own(places, attribute) ?? { store: attributesIn, steps: [attribute] };
}

/** Whether an Action asks Auth0 for the groups of a user, who then has no list of them. */
export function asksForGroups({ groupsIn }: Settings): boolean {
  return groupsIn === 'api';
}

/** Where a user has the list of groups; undefined if an Action asks for them. */
export function placeOfGroups(settings: Settings): Place | undefined {
  if (asksForGroups(settings)) return undefined;
  return { store: settings.attributesIn, steps: [groupsAttribute(settings)] };
}

/** A place as people write it: `app_metadata.billing.plan`. */
export function placeText({ store, steps }: Place): string {
  return [store, ...steps].join('.');
}

/** The lifetime that the settings of the API are to have, in milliseconds; undefined: they are left alone. */
export function lifetimeMsOf(policy: Policy): number | undefined {
  return settingsOf(policy).observe === true ? undefined : policy.spec.lifetime?.access;
}
