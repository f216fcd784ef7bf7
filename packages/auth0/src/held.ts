import type { RawContext } from '@claimsmith/core';
import { isScope } from './limits.ts';

/** A situation as Auth0 holds it: no API has a scope that is too long or has white space in it. */
export function holds(context: RawContext): RawContext {
  const { request } = context;
  if (typeof request !== 'object' || request === null || !('scopes' in request)) return context;
  const { scopes } = request;
  if (!Array.isArray(scopes)) return context;
  const held = scopes.filter((scope) => typeof scope !== 'string' || isScope(scope));
  return { ...context, request: { ...request, scopes: held } };
}
