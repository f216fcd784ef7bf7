import type { Path } from '../finding.ts';

/** All texts in a part of a spec, and where each stands. */
export function textsIn(
  data: unknown,
  path: Path,
): readonly { readonly path: Path; readonly text: string }[] {
  if (typeof data === 'string') return [{ path, text: data }];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    textsIn(value, [...path, Array.isArray(data) ? Number(key) : key]),
  );
}
