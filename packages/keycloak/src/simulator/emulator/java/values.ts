/** A script's values as they look outside of it. */
import type { Value } from '../draft.ts';
import { heldBy } from './collections.ts';
import { longOf, NoStandIn } from './objects.ts';

/** The result of `JsonSerialization.readValue`. */
export const parsedValue = Symbol('parsed');

/**
 * A value as Java has it: an array or object of JavaScript is a map there, and an array's elements are its entries.
 *
 * @returns null if there is nothing
 */
export function claimValue(result: unknown): Value {
  if (result === null || result === undefined) return null;
  if (typeof result === 'string' || typeof result === 'number' || typeof result === 'boolean') return result;
  if (typeof result !== 'object') throw new NoStandIn(`a ${typeof result} as a claim`);
  const long = longOf(result);
  if (long !== undefined) return BigInt(long);
  if (Object.hasOwn(result, parsedValue)) return { node: Reflect.get(result, parsedValue) };
  const held = heldBy(result);
  if (held?.kind === 'list') return held.items.map(claimValue);
  if (held?.kind === 'array') throw new NoStandIn('an array of Java as a claim');
  if (held?.kind === 'map')
    return new Map([...held.entries].map(([key, value]) => [String(key), claimValue(value)]));
  return mirrorOf(result);
}

function mirrorOf(result: object): Value {
  const kind = Object.prototype.toString.call(result);
  if (kind !== '[object Array]' && kind !== '[object Object]') throw new NoStandIn(`${kind} as a claim`);
  const members = Object.entries(result).map(([key, value]) => [key, claimValue(value)] as const);
  return { mirror: new Map(members), text: kind };
}
