import {
  attributePlaces,
  enrichedSettings,
  issuerSettings,
  observeSetting,
  oncePer,
  own,
  type Policy,
  removeSetting,
} from '@claimsmith/core';
import { z } from 'zod';
import { attributeNameLimit, standardAttributes } from './limits.ts';

const aField =
  'a field of `org`, `tenant.id`, `user.roles`, `user.created_at`, `user.logins_count` or a field of `connection`';
const field = z
  .string(aField)
  .regex(
    /^(org\.(id|name|display_name)|tenant\.id|connection\.(name|strategy)|user\.(roles|created_at|logins_count))$/,
    aField,
  );

const aPlace = `\`custom:<name>\` with at most ${attributeNameLimit} characters, or a standard attribute`;

/** What may stand under `issuers.cognito` of a spec. */
export const settings = z
  .strictObject({
    ...enrichedSettings,
    version: z
      .enum(['V1_0', 'V2_0', 'V3_0'])
      .default('V3_0')
      .describe(
        'The version of the trigger. V1_0: texts in ID tokens. V2_0: all tokens of people. V3_0: also those of machines. Default V3_0.',
      ),
    audience: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The API that the tokens of the user pool are for: request.audience. Access tokens of Cognito do not carry it.',
      ),
    supply: z
      .record(
        field,
        z.string(aPlace).refine((text) => text === 'groups' || isPlace(text), aPlace),
      )
      .default({})
      .describe(
        'The user attribute in which Cognito keeps a field that it does not have itself: custom:<name>. For user.roles also groups.',
      ),
    appClients: z
      .record(
        z.string().min(1),
        z.strictObject({
          name: z.string().min(1).optional().describe('Its name: client.name.'),
          metadata: z.record(z.string(), z.string()).optional().describe('Its metadata: client.metadata.'),
          org: z
            .strictObject({
              id: z.string().min(1).optional(),
              name: z.string().min(1).optional(),
              display_name: z.string().min(1).optional(),
            })
            .optional()
            .describe('The organization that its machine tokens are for: org.'),
        }),
      )
      .default({})
      .describe(
        'What Cognito does not know of app clients, by client id. It is written into the function, so it is not for secrets.',
      ),
    drivers: z
      .array(z.enum(['pg', 'mysql2']))
      .optional()
      .describe(
        'What asks SQL sources, and goes into the function. Default: what their connections begin with; both if that is a setting.',
      ),
    observe: observeSetting,
    remove: removeSetting,
    runtime: z
      .enum(['nodejs22.x', 'nodejs24.x'])
      .default('nodejs24.x')
      .describe('The runtime of the Lambda function. Default nodejs24.x.'),
    minify: z
      .boolean()
      .default(false)
      .describe(
        'Write the function without white space and long names. Default false, so that it can be read.',
      ),
  })
  .describe('Amazon Cognito: a Lambda function for the pre token generation trigger.');

/** The settings of a policy, defaults filled in. */
export type Settings = z.output<typeof settings> & {
  /** Attributes that the spec places itself, by name. Default: none. */
  readonly places?: Readonly<Record<string, string>>;
};

/** The settings of a policy, which the spec's schema has checked. */
export const settingsOf = oncePer(
  (policy: Policy): Settings => ({
    ...issuerSettings(settings, policy, 'cognito'),
    places: attributePlaces(policy.spec, 'cognito'),
  }),
);

/** Whether Cognito can have an attribute of this name. */
export function isPlace(text: string): boolean {
  const [, name] = /^(?:dev:)?custom:(.+)$/s.exec(text) ?? [];
  if (name === undefined) return standardAttributes.includes(text);
  return name.length <= attributeNameLimit && /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(name);
}

/** Cognito's name of the attribute. */
export function placeOf(attribute: string, { places = {} }: Pick<Settings, 'places'>): string {
  return own(places, attribute) ?? `custom:${attribute}`;
}

/** The npm packages that ask the SQL sources of a policy. */
export function driversOf(policy: Policy, settings: Settings): readonly ('pg' | 'mysql2')[] {
  const connections = policy.sources.flatMap((source) => (source.kind === 'sql' ? [source.connection] : []));
  if (connections.length === 0) return [];
  if (settings.drivers !== undefined) return settings.drivers;
  const needs = (scheme: RegExp) => connections.some((text) => text.startsWith('${') || scheme.test(text));
  return [
    ...(needs(/^postgres(ql)?:/) ? (['pg'] as const) : []),
    ...(needs(/^(mysql|mariadb):/) ? (['mysql2'] as const) : []),
  ];
}
