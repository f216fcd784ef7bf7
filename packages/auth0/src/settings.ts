import { oncePerPolicy } from '@claimsmith/core';
import { z } from 'zod';

/** What may stand under `issuers.auth0` of a spec. */
export const settings = z
  .strictObject({
    attributesIn: z
      .enum(['app_metadata', 'user_metadata'])
      .default('app_metadata')
      .describe(
        'Where user.attributes are kept. Users can change their own user_metadata. Default app_metadata.',
      ),
    groupsIn: z
      .string()
      .min(1)
      .optional()
      .describe('The attribute that lists the groups of a user: user.groups. Default groups.'),
    triggers: z
      .array(z.enum(['post-login', 'credentials-exchange']))
      .min(1)
      .default(['post-login', 'credentials-exchange'])
      .describe('The triggers to enrich: logins, and client credentials. Default both.'),
    minify: z
      .boolean()
      .default(false)
      .describe(
        'Write the Action without white space and long names. Default false, so that it can be read.',
      ),
  })
  .describe('Auth0: Actions.');

/** The settings of a policy, defaults filled in. */
export type Settings = z.output<typeof settings>;

/** The attribute that holds groups. Auth0 has no groups, so a spec without `groupsIn` has made no choice about them. */
export function groupsAttribute({ groupsIn = 'groups' }: Settings): string {
  return groupsIn;
}

/** The settings of a policy, which the spec's schema has checked. */
export const settingsOf = oncePerPolicy((policy): Settings => {
  return settings.parse(policy.spec.issuers?.['auth0'] ?? {});
});
