import { type Json, TargetError } from '@claimsmith/core';
import { z } from 'zod';

const functionImage = z.strictObject({
  description: z.string(),
  runtime: z.string(),
  handler: z.string(),
  role: z.string(),
  memoryMb: z.number(),
  timeoutSeconds: z.number(),
  environment: z.record(z.string(), z.strictObject({ $secret: z.string() })).default({}),
  code: z.string(),
  live: z.boolean(),
  traffic: z.record(z.string(), z.number()).exactOptional(),
});

/** A function, as far as a policy sets it: what the alias runs, or without an alias, what it would run. */
export type FunctionImage = {
  /** It has the revision of the policy. */
  readonly description: string;
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, { readonly $secret: string }>>;
  /** SHA-256 of the archive in Base64. */
  readonly code: string;
  /** Whether the alias is there. */
  readonly live: boolean;
  /** Other versions that the alias sends a part of the calls to, by number. */
  readonly traffic?: Readonly<Record<string, number>>;
};

/** An image as a resource has it: an empty environment is left out. */
export function jsonOf({ environment, ...image }: FunctionImage): Json {
  return { ...image, ...(Object.keys(environment).length === 0 ? {} : { environment }) };
}

/** @throws {TargetError} `refused` */
export function parseFunctionImage(image: Json): FunctionImage {
  const parsed = functionImage.safeParse(image);
  if (parsed.success) return parsed.data;
  throw new TargetError(
    'refused',
    'The journal describes the function in a way that this version does not know.',
  );
}

/** The names of the environment variables of an image that a journal may have kept. */
export function environmentNames(image: Json | undefined): readonly string[] {
  return Object.keys(functionImage.safeParse(image).data?.environment ?? {});
}

/** What a journal keeps with an image: how a rollback gets the code back. */
export type FunctionMemo = {
  /** The number of the version that the alias runs. */
  readonly version?: string;
  /** The archive in Base64, if we made it. */
  readonly archive?: string;
};

const functionMemo = z.looseObject({
  version: z.string().exactOptional(),
  archive: z.string().exactOptional(),
});

export function parseMemo(memo: Json | undefined): FunctionMemo {
  return functionMemo.safeParse(memo ?? {}).data ?? {};
}

/** The trigger of a user pool. */
export type TriggerImage = {
  /** The ARN that it calls. */
  readonly function: string;
  /** `V1_0`, `V2_0`, `V3_0`. */
  readonly version: string;
};

const triggerImage = z.strictObject({ function: z.string(), version: z.string() });

export function triggerImageOf(image: Json | undefined): TriggerImage | undefined {
  return triggerImage.safeParse(image).data;
}

/** Who may call the alias. */
export type PermissionImage = {
  readonly principal: string;
  readonly action: string;
  /** The ARN of the user pool. */
  readonly source: string;
};
