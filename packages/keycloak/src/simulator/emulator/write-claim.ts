import { splitClaimPath } from './claim-path.ts';
import { convert, textOf } from './convert.ts';
import type { Draft, Value } from './draft.ts';

/** A mapper broke the whole request: Keycloak answers 500 and signs nothing. */
export class MapperFailure extends Error {
  override readonly name = 'MapperFailure';
}

/** Claims that only the server sets; a mapper's attempt is logged and ignored. */
const untouchable = ['jti', 'typ', 'iat', 'exp', 'iss', 'scope', 'nonce', 'session_state'];
/** Claims with a separate field. */
const settable = ['sub', 'azp', 'acr', 'auth_time', 'aud'];

/**
 * Writes a mapper's value into the claim that its configuration names, as all mappers except those of roles do.
 *
 * @param notes receives effects that an author may not expect
 */
export function writeClaim(
  draft: Draft,
  value: Value | undefined,
  config: Readonly<Record<string, string>>,
  notes: string[],
): void {
  if (Array.isArray(value) && value.length > 1 && config['multivalued'] !== 'true') {
    notes.push(`${config['claim.name']}: Keycloak signs only one of several values, in an undefined order.`);
  }
  const converted = convert(value, config);
  const path = splitClaimPath(config['claim.name'] ?? '');
  const [first] = path;
  if (converted === undefined || first === undefined) return;
  if (untouchable.includes(first)) {
    notes.push(`Keycloak reserves ${first}: the mapper is ignored.`);
  } else if (!settable.includes(first)) {
    put(draft.other, path, converted, config['multivalued'] === 'true');
  } else if (path.length > 1) {
    notes.push(`${first} cannot have parts: the mapper is ignored.`);
  } else {
    set(draft, first, converted);
  }
}

function set({ fields }: Draft, name: string, value: Value): void {
  const list = Array.isArray(value) ? value : [value];
  if (name === 'aud') fields.set('aud', list.map(textOf));
  else if (name === 'auth_time') {
    const time = convert(textOf(value), { 'jsonType.label': 'long' });
    if (typeof time === 'number') fields.set('auth_time', time);
  } else if (name === 'sub' || name === 'azp' || name === 'acr') fields.set(name, textOf(value));
}

/** Puts a value at a path. A list is appended to an existing list if both may hold several values. */
function put(claims: Map<string, Value>, path: readonly string[], value: Value, joins: boolean): void {
  const [holder, last] = holderOf(claims, path);
  const before = holder.get(last);
  if (!joins || before === undefined) {
    holder.set(last, value);
    return;
  }
  const all: Value[] = Array.isArray(before) ? [...before] : [before];
  for (const item of Array.isArray(value) ? value : [value]) if (!holds(all, item)) all.push(item);
  holder.set(last, all);
}

function holds(list: readonly Value[], item: Value): boolean {
  return list.some((other) => typeof other === typeof item && textOf(other) === textOf(item));
}

/** The map that holds the last name of a path; missing maps are created. */
export function holderOf(
  claims: Map<string, Value>,
  path: readonly string[],
): readonly [Map<string, Value>, string] {
  let holder = claims;
  for (const name of path.slice(0, -1)) {
    const next: Value | undefined = holder.get(name);
    if (next === undefined || next === null) {
      const made = new Map<string, Value>();
      holder.set(name, made);
      holder = made;
    } else if (next instanceof Map) holder = next;
    else throw new MapperFailure(`${name} holds a value, nothing can stand below it`);
  }
  return [holder, path.at(-1) ?? ''];
}
