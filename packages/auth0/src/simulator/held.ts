import { isMapping, isoTime, type Policy, type RawContext } from '@claimsmith/core';
import { isScope } from '../limits.ts';
import { asksForGroups, settingsOf } from '../settings.ts';

/**
 * A situation as Auth0 can store it: scopes have valid lengths and no white space, metadata of organizations and
 * clients is text, times are those of a calendar, and groups of Auth0 itself have no order.
 */
export function holds(context: RawContext, policy: Policy): RawContext {
  const known = withHeld(context, 'request', 'scopes', (scopes) =>
    Array.isArray(scopes) ? scopes.filter((scope) => typeof scope !== 'string' || isScope(scope)) : scopes,
  );
  const sorted = asksForGroups(settingsOf(policy)) ? withHeld(known, 'user', 'groups', names) : known;
  const dated = withHeld(sorted, 'session', 'auth_time', calendarTime);
  return withHeld(withHeld(dated, 'org', 'metadata', texts), 'client', 'metadata', texts);
}

function calendarTime(seconds: unknown): unknown {
  return typeof seconds === 'number' && isoTime(seconds) === undefined ? undefined : seconds;
}

function names(groups: unknown): unknown {
  const isList = Array.isArray(groups) && groups.every((name) => typeof name === 'string');
  return isList ? [...new Set(groups)].sort() : groups;
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
