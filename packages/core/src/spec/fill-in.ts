import { isMapping } from '../data.ts';
import type { Path, SourceRange, SpecSource } from '../finding.ts';
import type { ParameterValue } from './schema.ts';

/** What stands for `${params.name}`; undefined after reporting why nothing does. */
export type Filled = ParameterValue | undefined;

/**
 * @param range where it stands
 * @param isAlone whether the text holds nothing else; then the value may be more than text
 */
export type FillIn = (name: string, range: () => SourceRange, isAlone: boolean) => Filled;

/** A part of a text that was filled in: its offsets now, and as it was written. */
interface Segment {
  readonly now: readonly [start: number, end: number];
  readonly written: readonly [start: number, end: number];
}

/** Fills each `${params.name}` of some data. Findings about the new texts point at the places in the old ones. */
export function expandedTexts(
  data: unknown,
  source: SpecSource,
  fillIn: FillIn,
  isFilledIn: (path: Path) => boolean,
): { readonly data: unknown; readonly source: SpecSource; readonly refused: readonly Path[] } {
  const refused: Path[] = [];
  const segments = new Map<string, readonly Segment[]>();
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item: unknown, index) => visit(item, [...path, index]));
    if (isMapping(value))
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, visit(each, [...path, key])]),
      );
    if (typeof value !== 'string' || !value.includes('${params.') || !isFilledIn(path)) return value;
    const filled = filledText(value, (name, start, end, isAlone) =>
      fillIn(name, () => source.within(path, start, end), isAlone),
    );
    if (filled === undefined) {
      refused.push(path);
      return undefined;
    }
    segments.set(JSON.stringify(path), filled.segments);
    return filled.value;
  };
  const expanded = visit(data, []);
  const within: SpecSource['within'] = (path, start, end) => {
    const changed = segments.get(JSON.stringify(path)) ?? [];
    return source.within(path, writtenAt(changed, start, 0), writtenAt(changed, end, 1));
  };
  return { data: expanded, source: segments.size === 0 ? source : { ...source, within }, refused };
}

const placeholder = /\$\{params\.([^}]*)\}/g;

function filledText(
  text: string,
  fillIn: (name: string, start: number, end: number, isAlone: boolean) => Filled,
): { readonly value: ParameterValue; readonly segments: readonly Segment[] } | undefined {
  const segments: Segment[] = [];
  let made = '';
  let last = 0;
  let isWhole = true;
  for (const { 0: found, 1: name = '', index } of text.matchAll(placeholder)) {
    const end = index + found.length;
    const isAlone = found.length === text.length;
    const value = fillIn(name.trim(), index, end, isAlone);
    if (value === undefined) isWhole = false;
    if (isAlone) return value === undefined ? undefined : { value, segments: wholeSegment(value, end) };
    made += text.slice(last, index);
    const start = made.length;
    made += String(value);
    segments.push({ now: [start, made.length], written: [index, end] });
    last = end;
  }
  return isWhole ? { value: made + text.slice(last), segments } : undefined;
}

function wholeSegment(value: ParameterValue, end: number): readonly Segment[] {
  return [{ now: [0, typeof value === 'string' ? value.length : 0], written: [0, end] }];
}

/** @param side 0 for the beginning of a range, 1 for its end: what lies in a filled part is the whole placeholder. */
function writtenAt(segments: readonly Segment[], offset: number, side: 0 | 1): number {
  let shift = 0;
  for (const { now, written } of segments) {
    if (offset < now[0] || (side === 1 && offset === now[0])) break;
    if (offset < now[1] || (side === 1 && offset === now[1])) return written[side];
    shift = written[1] - now[1];
  }
  return offset + shift;
}
