import type { Target } from '@claimsmith/core';
import { z } from 'zod';
import { settingReference } from '../secret-reference.ts';

/** What an environment's reader needs of a target. */
export type TargetSettings = Pick<Target, 'settings' | 'fillsSettings' | 'resolvesReferences'>;

/** By issuer id, its target; undefined if the issuer cannot be published to. */
export type Targets = Readonly<Record<string, TargetSettings | undefined>>;

/** The shape of an environment file. */
export function environmentSchema(targets: Targets) {
  const byIssuer = Object.entries(targets).map(
    ([id, target]) => [id, target === undefined ? z.unknown() : entries(id, target.settings)] as const,
  );
  return z
    .strictObject({
      $schema: z.string().optional(),
      params: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
        .optional()
        .describe('The values of the parameters of the spec, by their names. They are part of the build.'),
      settings: z
        .record(z.string(), settingReference)
        .optional()
        .describe('Where the value of each `${NAME}` of the spec is kept, by its name.'),
      targets: z
        .strictObject(optionals(Object.fromEntries(byIssuer)))
        .describe('The tenants, orgs and realms to publish to, by the id of the issuer.'),
      journal: z
        .string()
        .min(1)
        .optional()
        .describe(
          'The folder of the journal, from the folder of this file. Default: `<name>.journal` beside this file.',
        ),
    })
    .describe('Where a policy is published to.');
}

function entries(id: string, entry: z.ZodType) {
  return z.union([entry, z.array(entry).min(1)]).describe(`One place of ${id}, or a list of places.`);
}

function optionals(shape: Readonly<Record<string, z.ZodType>>) {
  return Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, type.optional()]));
}
