import { type Change, contentHash, type Json, type Resource } from '@claimsmith/core';
import { z } from 'zod';
import { DeployError } from './deploy-error.ts';
import type { Plan } from './plan.ts';
import { withoutSecrets } from './same.ts';

/** A plan that was reviewed: what may be applied, and from what state. It holds no claim code and no secret. */
export const savedPlan = z.strictObject({
  claimsmithPlan: z.literal(1),
  /** `claimsmith <version>` */
  generator: z.string(),
  policy: z.string(),
  revision: z.string(),
  /** Its name. A path could lead to another file, whose commands would run. */
  environment: z.string().regex(/^[^\\/]+(?<!\.(?:yaml|yml|json))$/),
  /** The spec, relative to the folder of this file. */
  spec: z.string(),
  /** The values of parameters that were given with `--set`; absent: none. */
  set: z.array(z.string()).optional(),
  places: z.array(
    z.strictObject({
      issuer: z.string(),
      place: z.string(),
      /** Of all changes, with what was there before them. */
      fingerprint: z.string(),
      changes: z.array(z.strictObject({ kind: z.enum(['create', 'update', 'delete']), key: z.string() })),
    }),
  ),
});
export type SavedPlan = z.output<typeof savedPlan>;

/** @throws {DeployError} `plan` if the text is not a saved plan */
export function readSavedPlan(file: string, text: string): SavedPlan {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new DeployError('plan', `${file} is not JSON.`, { cause });
  }
  const plan = savedPlan.safeParse(data);
  if (plan.success) return plan.data;
  throw new DeployError(
    'plan',
    `${file} is not a plan of this version. Make a new one: claimsmith plan --out ${file}`,
  );
}

/**
 * Equal for plans that make the same changes from the same state. Secrets do not count: their digests depend on the
 * journal at hand.
 */
export function fingerprintOf({ steps }: Plan): string {
  return contentHash(steps.map(({ change, phase }) => [phase, changeData(change)]));
}

function changeData({ kind, key, before, after, parts }: Change): Json {
  return [
    kind,
    key,
    before === undefined ? null : resourceData(before),
    after === undefined ? null : withoutSecrets(after.image),
    parts.map(changeData),
  ];
}

function resourceData({ owner, image, rest = null }: Resource): Json {
  return [owner, withoutSecrets(image), rest];
}
