import { contentHash, isMapping, type Json } from '@claimsmith/core';

/** Whether two images mean the same: keys in any order, absent keys like undefined ones. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return contentHash({ a }) === contentHash({ a: b });
}

/** A secret in an image: `{ $secret: digest }`. */
export function isSecret(image: unknown): image is { readonly $secret: string } {
  return isMapping(image) && typeof image['$secret'] === 'string';
}

/** Code in an image: `{ $code: text }`. */
export function isCode(image: unknown): image is { readonly $code: string } {
  return isMapping(image) && typeof image['$code'] === 'string';
}

/** An image whose secrets all look alike: an older release does not know the values of today. */
export function withoutSecrets(image: Json): Json {
  return mapJson(image, (part) => (isSecret(part) ? { $secret: '' } : undefined));
}

/** An image with other values where `change` gives one. */
export function mapJson(image: Json, change: (part: Json) => Json | undefined): Json {
  const changed = change(image);
  if (changed !== undefined) return changed;
  if (Array.isArray(image)) return image.map((item: Json) => mapJson(item, change));
  if (!isMapping(image)) return image;
  const members: readonly (readonly [string, Json | undefined])[] = Object.entries(image);
  return Object.fromEntries(
    members.flatMap(([key, value]) => (value === undefined ? [] : [[key, mapJson(value, change)]])),
  );
}

/** A member of an image that is an object; undefined if there is none. */
export function memberOf(image: Json | undefined, key: string): Json | undefined {
  if (!isMapping(image) || !Object.hasOwn(image, key)) return undefined;
  const members: { readonly [key: string]: Json | undefined } = image;
  return members[key];
}
