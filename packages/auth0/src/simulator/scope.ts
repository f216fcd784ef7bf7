import { isScope } from '../limits.ts';

/** A scope as an Action names it, trimmed; throws, as Auth0 does, if it is not a scope. */
export function checkedScope(scope: unknown): string {
  if (typeof scope !== 'string') throw new TypeError('A scope is a string.');
  const name = scope.trim();
  if (!isScope(name)) throw new Error('Invalid scope.');
  return name;
}
