import { isMapping, type RawContext } from '@claimsmith/core';
import { isScope } from '../limits.ts';

/**
 * A situation as Auth0 can store it: scopes have valid lengths and no white space, and metadata of organizations and
 * clients is text.
 */
export function holds(context: RawContext): RawContext {
  const known = withHeld(context, 'request', 'scopes', (scopes) =>
    Array.isArray(scopes) ? scopes.filter((scope) => typeof scope !== 'string' || isScope(scope)) : scopes,
  );
  return withHeld(withHeld(known, 'org', 'metadata', texts), 'client', 'metadata', texts);
}

function texts(metadata: unknown): unknown {
  return isMapping(metadata)
    ? Object.fromEntries(Object.entries(metadata).filter(([, value]) => typeof value === 'string'))
    : metadata;
}

function withHeld(
  context: RawContext,
  group: string,
  field: string,
  held: (value: unknown) => unknown,
): RawContext {
  const record = context[group];
  if (!isMapping(record) || record[field] === undefined) return context;
  return { ...context, [group]: { ...record, [field]: held(record[field]) } };
}
