/* Reads data of unknown shape: scenarios, vendors' events, JSON. A value of another type counts as missing. */

/** Data with names that others choose. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value is what JSON calls an object. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a mapping; an empty mapping for anything else. */
export function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

/** The value under a name that others choose, read so that `constructor` does not reach the prototype. */
export function own<T>(mapping: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(mapping, name) ? mapping[name] : undefined;
}

/** A value as text; undefined if it is not text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The entries of a mapping that are texts. */
export function textEntries(value: unknown): Readonly<Record<string, string>> {
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
  return Object.fromEntries(Object.entries(mappingOf(value)).filter(isText));
}

/** Seconds since 1970 as an ISO 8601 time, as in vendors' events. */
export function isoTime(seconds: unknown): string | undefined {
  return typeof seconds === 'number' && Math.abs(seconds) < 1e11
    ? new Date(seconds * 1000).toISOString()
    : undefined;
}
