import type { Delegated } from '@claimsmith/core';
import { formatPath } from '@claimsmith/core';
import { sameJson } from '../run/same-json.ts';

/**
 * What a change does to what tokens grant, as far as the text of the spec shows it:
 * - `wider`: there are tokens that may grant something new, or for longer, and the text shows which
 * - `changed`: an authoritative value is another one, so nobody can tell which grants more
 * - `narrower`: tokens grant no more than before, and some may grant less
 * - `same`: it does not change what tokens grant
 * - `unknown`: only decisions can show it
 */
export type Effect = 'wider' | 'changed' | 'narrower' | 'same' | 'unknown';

/** One change of a spec, in a reviewer's words. */
export interface Change {
  /** The part as `--allow-wider` takes it: `claims.roles`, `scopes["pay.approve"]`, `deny.suspended`. */
  readonly part: string;
  readonly kind:
    | 'added'
    | 'removed'
    | 'renamed'
    | 'retyped'
    | 'loosened'
    | 'tightened'
    | 'changed'
    | 'described';
  /** One sentence. */
  readonly text: string;
  readonly effect: Effect;
  /** Who reads the claim. */
  readonly consumers: readonly string[];
}

/** Whether a list has what another lacks; undefined stands for everything. */
export function hasMore(was: readonly string[] | undefined, is: readonly string[] | undefined): boolean {
  return was !== undefined && (is === undefined || is.some((one) => !was.includes(one)));
}

const delegations: readonly Delegated[] = ['never', 'agents', 'always'];

/** Whether a part is for more delegated tokens than before. */
export function isMoreDelegated(old: { readonly delegated: Delegated }, now: typeof old): boolean {
  return delegations.indexOf(now.delegated) > delegations.indexOf(old.delegated);
}

export function part(section: string, name: string): string {
  return formatPath([section, name]);
}

export function isSame(a: unknown, b: unknown): boolean {
  return sameJson(a ?? null, b ?? null);
}

/** At most one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ').trim();
  return `\`${line.length > 160 ? `${line.slice(0, 159)}…` : line}\``;
}
