import type { Path, Span } from '../finding.ts';
import type { Locator } from './locate.ts';

/** Where one part of the data was written. */
export interface Place {
  /** Undefined for the root and for items of a list. */
  readonly key: Span | undefined;
  readonly value: Span;
  /** For a string: the offset of each of its UTF-16 units in the text, and of its end; undefined if unknown. */
  readonly units: (() => readonly number[] | undefined) | undefined;
  readonly children: ReadonlyMap<string | number, Place>;
}

export function locatorOf(root: Place): Locator {
  const find = (path: Path) =>
    path.reduce<Place | undefined>((place, step) => place?.children.get(step), root);
  return {
    value: (path) => find(path)?.value,
    key(path) {
      const place = find(path);
      if (place?.key || place === undefined) return place?.key;
      // The root and the items of a list have no key. The first key or item inside shows where they begin.
      const [first] = place.children.values();
      return first?.key ?? place.value;
    },
    within(path, start, end) {
      const at = find(path)?.units?.();
      const from = at?.[start];
      const to = at?.[end];
      return from === undefined || to === undefined ? undefined : { start: from, end: to };
    },
  };
}
