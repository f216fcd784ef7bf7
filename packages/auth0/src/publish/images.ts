import { type Json, TargetError } from '@claimsmith/core';
import { z } from 'zod';

/** An Action, as far as a policy sets it. */
export type ActionImage = {
  /** `post-login v3` */
  readonly trigger: string;
  readonly runtime: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, { readonly $secret: string }>>;
  /** What runs; of an Action that was never deployed, what would run. */
  readonly code: { readonly $code: string };
  readonly deployed: boolean;
  /** Where the draft differs from what runs. Deploying it in the dashboard would change the tenant. */
  readonly draft?: DraftImage;
};

export type DraftImage = {
  readonly trigger?: string;
  readonly runtime?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly code?: { readonly $code: string };
};

const code = z.strictObject({ $code: z.string() });
const dependencies = z.record(z.string(), z.string());
const actionImage = z.strictObject({
  trigger: z.string(),
  runtime: z.string(),
  dependencies: dependencies.default({}),
  secrets: z.record(z.string(), z.strictObject({ $secret: z.string() })).default({}),
  code,
  deployed: z.boolean(),
  draft: z
    .strictObject({
      trigger: z.string().exactOptional(),
      runtime: z.string().exactOptional(),
      dependencies: dependencies.exactOptional(),
      code: code.exactOptional(),
    })
    .exactOptional(),
});

/** An image as a resource has it: what is empty is left out. */
export function jsonOf({ dependencies: packages, secrets, ...image }: ActionImage): Json {
  return {
    ...image,
    ...(Object.keys(packages).length === 0 ? {} : { dependencies: packages }),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
  };
}

/** An image that a journal may have kept; undefined if it is of another version of Claimsmith. */
export function knownImage(image: Json): ActionImage | undefined {
  return actionImage.safeParse(image).data;
}

/** @throws {TargetError} `refused` */
export function parseActionImage(image: Json): ActionImage {
  const known = knownImage(image);
  if (known !== undefined) return known;
  const message = 'The journal describes the Action in a way that this version does not know.';
  throw new TargetError('refused', message);
}

/** What a journal keeps with an image. */
export type ActionMemo = {
  /** The id of the version that is deployed. */
  readonly version?: string;
  /** When each secret was set. */
  readonly secrets: Readonly<Record<string, string>>;
};

const actionMemo = z.looseObject({
  version: z.string().exactOptional(),
  secrets: z.record(z.string(), z.string()).default({}),
});

export function parseMemo(memo: Json | undefined): ActionMemo {
  const parsed = actionMemo.safeParse(memo ?? {});
  return parsed.success ? parsed.data : { secrets: {} };
}
