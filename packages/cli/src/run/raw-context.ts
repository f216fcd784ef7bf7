import type { RawContext } from '@claimsmith/core';

/** A field of an identity context; undefined if it is absent, or its record is not a mapping. */
export function at(context: RawContext, group: string, field: string): unknown {
  const record: unknown = Object.hasOwn(context, group) ? context[group] : undefined;
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, field)) return undefined;
  return Reflect.get(record, field);
}

export function textAt(context: RawContext, group: string, field: string): string | undefined {
  const value = at(context, group, field);
  return typeof value === 'string' ? value : undefined;
}

/** The scopes that a client asks for. */
export function requestedScopes(context: RawContext): readonly string[] {
  const scopes = at(context, 'request', 'scopes');
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [];
}
