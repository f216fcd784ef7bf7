import {
  attributePlaces,
  enrichedSettings,
  exchangeSetting,
  exchanges,
  issuerSettings,
  observeSetting,
  oncePer,
  type Policy,
  removeSetting,
} from '@claimsmith/core';
import { z } from 'zod';
import { deadlineMs } from './limits.ts';
import { OktaError } from './okta-error.ts';
import { readFilter } from './plan/group-filter.ts';

const aPath =
  '`user.<attribute>`, `appuser.<attribute>` or `app.profile.<property>`, with names of letters, digits and underscores';
const path = z
  .string(aPath)
  .regex(/^(user|appuser|app\.profile)\.[A-Za-z]\w{0,127}$/, aPath)
  .describe(
    'Where Okta keeps it: user.<attribute>, appuser.<attribute> (the user in the app) or app.profile.<property>.',
  );

const aField =
  'a field of `org`, `tenant.id`, `client.name`, `client.metadata`, `client.metadata.<name>`, or a field of `user` other than id, roles and groups';
const field = z
  .string(aField)
  .regex(
    /^(org\.(id|name|display_name|metadata(\.[A-Za-z_]\w*)?)|tenant\.id|client\.(name|metadata(\.[A-Za-z_]\w*)?)|user\.(username|email|email_verified|name|given_name|family_name|nickname|picture|locale|zoneinfo|phone_number|created_at|logins_count|attributes\..+))$/,
    aField,
  );

/** Why a text is not a filter of groups; undefined if it is one. */
function refusal(text: unknown): string | undefined {
  try {
    readFilter(String(text));
    return undefined;
  } catch (error) {
    if (error instanceof OktaError) return error.message;
    throw error;
  }
}

const anAttribute = 'a name of letters, digits and underscores that begins with a letter';
const aUrl = 'an https address without credentials, at most 1,024 characters';
const aDeadline = 'a duration such as 1500ms or 2s';

/** What may stand under `issuers.okta` of a spec. */
export const settings = z
  .strictObject({
    ...enrichedSettings,
    authorizationServer: z
      .string()
      .min(1)
      .default('default')
      .describe('The custom authorization server to enrich, by id or name. Default default.'),
    audience: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The audience of the tokens: that of the authorization server, or, with quarantine, the one that the hook sets.',
      ),
    guard: z
      .array(z.enum(['sentinel', 'quarantine', 'short_life']))
      .default([])
      .describe(
        'What makes a token worthless when Okta cannot call the hook. sentinel: the policy marker says unenriched. quarantine: its audience is one that services refuse. short_life: it lives for five minutes.',
      ),
    rolesIn: z
      .string(anAttribute)
      .regex(/^[A-Za-z]\w{0,127}$/, anAttribute)
      .default('groups')
      .describe('The source of user.roles: groups, or the user attribute that lists them. Default groups.'),
    groups: z
      .string()
      .min(1)
      .max(900)
      .refine((text) => refusal(text) === undefined, {
        error: ({ input }) => `a regular expression ${refusal(input)}`,
      })
      .optional()
      .describe('A regular expression: user.groups holds only groups whose whole names match it.'),
    idTokens: z
      .boolean()
      .optional()
      .describe(
        'Whether clients get ID tokens, which guards do not protect. With false, the access policy must not grant the scope openid. Default true.',
      ),
    supply: z
      .record(field, z.union([path, z.array(path).min(1).max(8)], aPath))
      .default({})
      .describe(
        'Where Okta keeps a field that it does not have itself. Of several places, the first with a value counts.',
      ),
    exchange: exchangeSetting,
    observe: observeSetting,
    remove: removeSetting,
    hook: z
      .strictObject({
        url: z
          .url(aUrl)
          .max(1_024)
          .regex(/^https:\/\/[^@/?#]+([/?#]|$)/, aUrl)
          .optional()
          .describe('The address of the hook server.'),
        auth: z
          .enum(['header', 'oauth'])
          .default('header')
          .describe(
            'How Okta authenticates to the hook: header (a secret) or oauth (a token). Default header.',
          ),
        authorizationServer: z
          .string()
          .min(1)
          .optional()
          .describe('With oauth: the authorization server that issues the token for calling the hook.'),
        deadline: z
          .string(aDeadline)
          .regex(/^[1-9]\d*(ms|s)$/, aDeadline)
          .optional()
          .describe(
            'How long the hook may take to answer; Okta waits three seconds. Default 2s, 1500ms with oauth.',
          ),
      })
      .prefault({})
      .describe('The token inline hook.'),
  })
  .describe('Okta: native claims of a custom authorization server, and a token inline hook for the rest.');

/** The settings of a policy, defaults filled in. */
export type Settings = Omit<z.output<typeof settings>, 'exchange'> & { readonly exchange: boolean };
/** A guard: it makes tokens worthless when Okta could not call the hook. */
export type GuardRecipe = Settings['guard'][number];

/** The settings of a policy, which the spec's schema has checked. */
export const settingsOf = oncePer((policy: Policy): Settings => {
  const read = issuerSettings(settings, policy, 'okta');
  const placed = Object.entries(attributePlaces(policy.spec, 'okta')).flatMap(([name, place]) => {
    const found = profilePlace(place);
    return found === undefined ? [] : [[`user.attributes.${name}`, found] as const];
  });
  return {
    ...read,
    exchange: exchanges(policy, read.exchange),
    supply: { ...read.supply, ...Object.fromEntries(placed) },
  };
});

/** The path of a user attribute of which a spec gives the name or the path; undefined if it cannot be one. */
export function profilePlace(place: string): string | undefined {
  const found = place.includes('.') ? place : `user.${place}`;
  return path.safeParse(found).success ? found : undefined;
}

/** How long the hook may take to answer, in milliseconds. */
export function deadlineOf({ hook }: Settings): number {
  const { deadline } = hook;
  if (deadline === undefined) return deadlineMs[hook.auth];
  return Number.parseInt(deadline, 10) * (deadline.endsWith('ms') ? 1 : 1_000);
}

/** The paths that supply a field; the first one with a value counts. Undefined without `supply` for the field. */
export function suppliedBy(field: string, { supply }: Settings): readonly string[] | undefined {
  const paths = Object.hasOwn(supply, field) ? supply[field] : undefined;
  return typeof paths === 'string' ? [paths] : paths;
}
