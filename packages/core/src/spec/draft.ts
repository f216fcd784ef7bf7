import type { z } from 'zod';
import type { Path, SpecSource } from '../finding.ts';
import { checkShape, type Flaw } from './issues.ts';
import type { Spec } from './schema.ts';

/**
 * A spec without its flaws, so that the rest can be checked in the same run: a misspelt key counts as the one
 * that was meant, what must be there gets a stand-in, everything else that is wrong is left out.
 */
export function draftOf(
  schema: z.ZodType<Spec>,
  data: unknown,
  flaws: readonly Flaw[],
  source: SpecSource,
): Spec | undefined {
  const draft = structuredClone(data);
  let open = flaws;
  // Setting one thing right can bring out another: a misspelt key may hold a wrong value.
  for (let round = 0; round < 4; round++) {
    for (const flaw of open) repair(draft, flaw);
    const checked = checkShape(schema, { data: draft, source, refused: [], noun: 'spec' });
    if (checked.value !== undefined) return checked.value;
    open = checked.flaws;
  }
  return undefined;
}

function repair(draft: unknown, { path, meant }: Flaw): void {
  const key = path.at(-1);
  const parent = parentOf(draft, path);
  if (key === undefined || parent === undefined) return;
  if (Array.isArray(parent)) {
    repair(draft, { path: path.slice(0, -1) });
    return;
  }
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  delete parent[key];
  const standIn = standInFor(path);
  if (meant !== undefined && !Object.hasOwn(parent, meant)) parent[meant] = value;
  else if (standIn !== undefined) parent[standIn.key] = standIn.value;
  // It must be there, and is not: without it, what it belongs to is nothing either.
  else if (value === undefined) repair(draft, { path: path.slice(0, -1) });
}

function standInFor(path: Path): { readonly key: string; readonly value: unknown } | undefined {
  const key = String(path.at(-1));
  if (path.length === 1 && key === 'version') return { key, value: 1 };
  if (path.length === 1 && key === 'name') return { key, value: 'draft' };
  if (path.length === 1 && key === 'claims') return { key, value: {} };
  if (path[0] !== 'claims' || path.length !== 3) return undefined;
  if (key === 'kind') return { key, value: 'descriptive' };
  return key === 'value' || key === 'const' ? { key: 'const', value: '' } : undefined;
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
