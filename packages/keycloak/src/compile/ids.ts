import { createHash } from 'node:crypto';

/** The namespace of our ids; any fixed UUID would do. */
const namespace = Buffer.from('5a3ff0d1c04b4e6b9a52a6c0cb1f7d24', 'hex');

/**
 * A UUID made from names (version 5): the same each time. Keycloak wants ids to be unique over all realms of a
 * server, so the realm is one of the names.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.5
 */
export function idOf(...names: readonly string[]): string {
  const bytes = createHash('sha1').update(namespace).update(JSON.stringify(names)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end)).join('-');
}

/** A part of a client scope's name: only allowed characters, with a short hash if some were dropped. */
export function slug(text: string): string {
  const plain = plainPart(text);
  return plain === text ? plain : `${plain}-${digest(text)}`;
}

/** The same for a list: lists whose texts would look alike have different hashes. */
export function slugOf(list: readonly string[]): string {
  const [only = ''] = list;
  return list.length === 1 ? slug(only) : `${plainPart(list.join('-'))}-${digest(JSON.stringify(list))}`;
}

function plainPart(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
