import type { SharedCacheOptions } from '@claimsmith/runtime/server';
import * as z from 'zod/mini';
import { redisUrl } from './variables.ts';

/** Variables of a cache of answers that several servers share. */
export const cacheVariables = {
  REDIS_URL: z.optional(redisUrl),
  CACHE_SECRET: z.optional(z.string().check(z.minLength(32, 'must have 32 characters or more'))),
};

/** Those of them that hold a secret. */
export const cacheSecrets = ['REDIS_URL', 'CACHE_SECRET'] as const;

/** The cache that the variables describe; undefined without one, or if `problems` gets the reason. */
export function sharedCacheOf(
  { REDIS_URL: url, CACHE_SECRET: secret }: Readonly<Record<string, string>>,
  problems: string[],
): SharedCacheOptions | undefined {
  if (url === undefined) return undefined;
  if (secret !== undefined) return { url, secret };
  problems.push(
    'CACHE_SECRET is required with REDIS_URL: without it, anybody who can write to Redis could forge answers',
  );
  return undefined;
}
