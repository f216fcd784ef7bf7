import { type Change, type Json, type Resource, TargetError } from '@claimsmith/core';
import { z } from 'zod';
import type { Client } from './client.ts';
import { apiKey } from './names.ts';
import type { Api } from './wire.ts';

/** The lifetimes of an API's access tokens in seconds. That of browsers is never longer than the other one. */
export type LifetimeImage = {
  readonly token_lifetime: number;
  readonly token_lifetime_for_web: number;
};

const lifetimeImage = z.strictObject({ token_lifetime: z.number(), token_lifetime_for_web: z.number() });

/** What Auth0 gives to an API that says nothing. */
const defaults: LifetimeImage = { token_lifetime: 86_400, token_lifetime_for_web: 7_200 };

export function lifetimesOf(api: Api): LifetimeImage {
  const {
    token_lifetime = defaults.token_lifetime,
    token_lifetime_for_web = defaults.token_lifetime_for_web,
  } = api;
  return { token_lifetime, token_lifetime_for_web };
}

/** An API as a resource. It belongs to others; the environment names it, so that its lifetimes may be set. */
export function apiResource(api: Api): Resource {
  return { key: apiKey(api.identifier), owner: 'shared', id: api.id, image: lifetimesOf(api) };
}

/** The lifetimes of an API under a policy. */
export function limitedTo(seconds: number, { token_lifetime_for_web }: LifetimeImage): LifetimeImage {
  return { token_lifetime: seconds, token_lifetime_for_web: Math.min(token_lifetime_for_web, seconds) };
}

/** Whether a change makes tokens live longer. */
export function isGrowth({ before, after }: Change): boolean {
  const seconds = (image: Json | undefined) => lifetimeImage.safeParse(image).data?.token_lifetime ?? 0;
  return seconds(after?.image) > seconds(before?.image);
}

export async function writeLifetimes(
  client: Client,
  identifier: string,
  { after }: Change,
  now: Resource | undefined,
): Promise<void> {
  const image = lifetimeImage.safeParse(after?.image);
  if (!image.success || now?.id === undefined) {
    throw new TargetError('not_found', `There is no API with the identifier ${identifier}.`);
  }
  await client.setApi(now.id, identifier, { ...image.data });
}
