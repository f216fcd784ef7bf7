import type { FoundRecord } from './record.ts';

/** A record, and where it begins. */
export interface Entry {
  readonly record: FoundRecord;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Whether parts of it are missing. */
  readonly isPartial: boolean;
}

interface Waiting {
  readonly entry: Entry;
  readonly parts: Map<number, FoundRecord>;
  readonly count: number;
}

/** The most records that wait for their other parts, and parts that are remembered. */
const memory = 10_000;

/** Puts parts of records together, in bounded memory. */
export class PartJoiner {
  /** Parts that came again: some logs deliver at least once. */
  repeated = 0;
  readonly #waiting = new Map<string, Waiting>();
  readonly #known = new Set<string>();

  /** The records that are complete now, or have waited for too long. */
  add(record: FoundRecord, file: string, line: number): readonly Entry[] {
    const [index = 1, count = 1] = record.part?.split('/').map(Number) ?? [];
    const key = `${record.id} ${index}/${count}`;
    if (this.#known.has(key)) {
      this.repeated++;
      return [];
    }
    this.#remember(key);
    const entry = { record, file, line, isPartial: false };
    if (count === 1) return [entry];
    const of = `${record.id} ${record.claimsmith} ${count}`;
    const one = this.#waiting.get(of) ?? { entry, parts: new Map(), count };
    one.parts.set(index, record);
    this.#waiting.delete(of);
    if (one.parts.size === count) return [joined(one)];
    this.#waiting.set(of, one);
    const [oldest] = this.#waiting.size > memory ? this.#waiting : [];
    if (oldest === undefined) return [];
    this.#waiting.delete(oldest[0]);
    return [joined(oldest[1])];
  }

  /** The records whose other parts have not come. */
  rest(): readonly Entry[] {
    const rest = [...this.#waiting.values()].map(joined);
    this.#waiting.clear();
    return rest;
  }

  #remember(key: string): void {
    this.#known.add(key);
    const [oldest] = this.#known.size > memory ? this.#known : [];
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Lists and maps go on in the next part; every other member is in one of them. */
function joined({ entry, parts, count }: Waiting): Entry {
  const inOrder = [...parts].toSorted(([a], [b]) => a - b).map(([, part]) => part);
  const record: FoundRecord = Object.assign({}, entry.record, ...inOrder, {
    ...list(inOrder, 'claims'),
    ...list(inOrder, 'native'),
    ...map(inOrder, 'causes'),
    ...map(inOrder, 'sources'),
  });
  const isPartial = parts.size < count;
  if (isPartial) return { ...entry, record, isPartial };
  const { part: _, ...whole } = record;
  return { ...entry, record: whole, isPartial };
}

function list(parts: readonly FoundRecord[], name: 'claims' | 'native') {
  const all = parts.flatMap((part) => part[name] ?? []);
  return all.length === 0 ? {} : { [name]: all };
}

function map(parts: readonly FoundRecord[], name: 'causes' | 'sources') {
  const all = parts.flatMap((part) => Object.entries(part[name] ?? {}));
  return all.length === 0 ? {} : { [name]: Object.fromEntries(all) };
}
