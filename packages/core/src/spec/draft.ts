import type { z } from 'zod';
import type { Path, SpecSource } from '../finding.ts';
import { checkShape, type Flaw } from './issues.ts';
import type { Spec } from './schema.ts';
import { typeMeant } from './synonyms.ts';

/** A spec without its errors, so that one run can check the rest. */
export interface Draft {
  readonly spec: Spec;
  /** Paths at which the author's intention is unknown: the value was left out or replaced. */
  readonly flaws: readonly Path[];
  /** Finds the value of a misspelt key by the intended key. */
  readonly source: SpecSource;
}

/**
 * Repairs a spec: it renames a misspelt key to the probable one, adds stand-ins for required parts, and leaves out
 * everything else that is wrong.
 */
export function draftOf(
  schema: z.ZodType<Spec>,
  data: unknown,
  flaws: readonly Flaw[],
  source: SpecSource,
): Draft | undefined {
  const draft = structuredClone(data);
  const all: Flaw[] = [];
  let open = flaws;
  // One repair can reveal another problem: a misspelt key may hold a wrong value.
  for (let round = 0; round < 4; round++) {
    for (const flaw of open) repair(draft, flaw);
    all.push(...open);
    const checked = checkShape(schema, { data: draft, source, refused: [], noun: 'spec' });
    if (checked.value !== undefined) {
      return { spec: checked.value, flaws: all.flatMap(placesOf), source: asMeant(source, all) };
    }
    open = checked.flaws;
  }
  return undefined;
}

function placesOf({ path, meant }: Flaw): readonly Path[] {
  return meant === undefined ? [path] : [path, [...path.slice(0, -1), meant]];
}

function asMeant(source: SpecSource, flaws: readonly Flaw[]): SpecSource {
  const renamed = flaws.filter(({ meant }) => meant !== undefined).toReversed();
  if (renamed.length === 0) return source;
  const written = (path: Path): Path =>
    renamed.reduce<Path>((at, { path: key, meant }) => {
      const last = key.length - 1;
      const isUnder = at[last] === meant && key.slice(0, last).every((step, depth) => step === at[depth]);
      return isUnder ? [...key, ...at.slice(key.length)] : at;
    }, path);
  return {
    ...source,
    value: (path) => source.value(written(path)),
    key: (path) => source.key(written(path)),
    within: (path, start, end) => source.within(written(path), start, end),
  };
}

function repair(draft: unknown, { path, meant, isLeftOut = false }: Flaw): void {
  const key = path.at(-1);
  const parent = parentOf(draft, path);
  if (key === undefined || parent === undefined) return;
  if (Array.isArray(parent)) {
    repair(draft, { path: path.slice(0, -1) });
    return;
  }
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  delete parent[key];
  const standIn = standInFor(path, value);
  if (meant !== undefined && !Object.hasOwn(parent, meant)) parent[meant] = value;
  // Where the stand-in itself stood, it is the key that is wrong.
  else if (standIn !== undefined && standIn.value !== value) parent[standIn.key] = standIn.value;
  // A required part is missing, so the part around it is left out too.
  else if (value === undefined && !isLeftOut) repair(draft, { path: path.slice(0, -1) });
}

/** Keeps a part that expressions may read, with any type. A condition becomes true. */
function standInFor(
  path: Path,
  value: unknown,
): { readonly key: string; readonly value: unknown } | undefined {
  const [section, , part] = path;
  const key = String(path.at(-1));
  if (path.length === 1) {
    const values = { version: 1, name: 'draft', claims: {} };
    return Object.hasOwn(values, key) ? { key, value: Reflect.get(values, key) } : undefined;
  }
  const isType =
    (section === 'user' && path[1] === 'attributes' && path.length > 2) ||
    (section === 'user' && path[1] === 'identities' && path.length > 3) ||
    (section === 'session' && path[1] === 'notes' && path.length > 2) ||
    ((section === 'org' || section === 'client') && path[1] === 'metadata' && path.length > 2) ||
    (section === 'sources' && part === 'returns' && path.length > 3) ||
    (section === 'authorizationDetails' && part === 'fields' && path.length > 3);
  if (isType) return { key, value: (typeof value === 'string' && typeMeant(value)) || 'dyn' };
  if (section === 'user' && path[1] === 'roleAttributes' && path.length > 2)
    return { key, value: 'list(string)' };
  if (section === 'subjects' && path.length === 2) return { key, value: 'true' };
  if (path.length !== 3) return undefined;
  switch (section) {
    case 'claims':
      if (key === 'kind') return { key, value: 'descriptive' };
      return key === 'value' || key === 'const' ? { key: 'const', value: '' } : undefined;
    case 'scopes':
    case 'authorizationDetails':
      return key === 'grant' ? { key, value: 'true' } : undefined;
    case 'deny':
    case 'challenge':
      return key === 'when' ? { key, value: 'true' } : key === 'reason' ? { key, value: 'draft' } : undefined;
    default:
      return undefined;
  }
}

function parentOf(draft: unknown, path: Path): Record<string | number, unknown> | undefined {
  let value = draft;
  for (const step of path.slice(0, -1)) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
