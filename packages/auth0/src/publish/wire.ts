import { z } from 'zod';

/*
 * Answers of the Management API, as far as we read them. Unknown fields pass: answers have more than the documents say.
 * @see https://auth0.com/docs/api/management/v2/actions/get-actions
 */

const dependency = z.looseObject({ name: z.string(), version: z.string() });
const secret = z.looseObject({ name: z.string(), updated_at: z.string().optional() });
const trigger = z.looseObject({ id: z.string(), version: z.string().optional() });

const content = {
  code: z.string().default(''),
  runtime: z.string().default(''),
  dependencies: z.array(dependency).nullish().transform(orEmpty),
  secrets: z.array(secret).nullish().transform(orEmpty),
  supported_triggers: z.array(trigger).nullish().transform(orEmpty),
};

function orEmpty<T>(list: readonly T[] | null | undefined): readonly T[] {
  return list ?? [];
}

export const version = z.looseObject({
  ...content,
  id: z.string(),
  number: z.number().default(0),
  deployed: z.boolean().default(false),
});
export type Version = z.output<typeof version>;

export const action = z.looseObject({
  ...content,
  id: z.string(),
  name: z.string(),
  /** Of the draft: pending, building, packaged, retrying, built, failed. */
  status: z.string().optional(),
  deployed_version: version.nullish(),
  modules: z
    .array(z.looseObject({ module_id: z.string(), module_version_id: z.string().optional() }))
    .nullish()
    .transform(orEmpty),
});
export type Action = z.output<typeof action>;

/** What a draft and a version have in common. */
export type Content = Pick<Version, 'code' | 'runtime' | 'dependencies' | 'secrets' | 'supported_triggers'>;

/** Of the Action that is bound, only who it is: the answer has its code, too, which may be that of another team. */
export const binding = z.looseObject({
  action: z.object({ id: z.string(), name: z.string() }),
  display_name: z.string(),
});
export type Binding = z.output<typeof binding>;

export const api = z.looseObject({
  id: z.string(),
  identifier: z.string(),
  is_system: z.boolean().optional(),
  token_lifetime: z.number().optional(),
  token_lifetime_for_web: z.number().optional(),
});
export type Api = z.output<typeof api>;

/** Pages of lists. `total` is that of all pages; a page without items has none. */
const total = z.number().optional();
export const actionPage = z.looseObject({ actions: z.array(action), total });
export const bindingPage = z.looseObject({ bindings: z.array(binding), total });
export const versionPage = z.looseObject({ versions: z.array(version), total });
export const apiPage = z.looseObject({ resource_servers: z.array(api) });
