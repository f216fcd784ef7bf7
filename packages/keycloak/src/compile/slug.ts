import { createHash } from 'node:crypto';

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
