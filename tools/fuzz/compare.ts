import type { Type } from '@claimsmith/cel';

const DYN: Type = { kind: 'dyn' };

/** A timestamp or a duration of an oracle, in nanoseconds. */
export class OracleTime {
  readonly kind: 'timestamp' | 'duration';
  readonly nanos: bigint;

  constructor(kind: OracleTime['kind'], nanos: bigint) {
    this.kind = kind;
    this.nanos = nanos;
  }

  /** The text that stands for it in our JSON. */
  get text(): string {
    const second = 1_000_000_000n;
    const isBefore = this.kind === 'duration' && this.nanos < 0n;
    const size = isBefore ? -this.nanos : this.nanos;
    const rest = ((size % second) + second) % second;
    const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
    const seconds = (size - rest) / second;
    if (this.kind === 'duration') return `${isBefore ? '-' : ''}${seconds}${fraction}s`;
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction}Z`;
  }
}

/**
 * Whether a generated function's result is the oracle's value: an int is a bigint over there and must be exact here,
 * -0 is not 0, NaN is NaN, maps have no order, and the static type must hold what came out.
 */
export function agrees(ours: unknown, theirs: unknown, type: Type): boolean {
  switch (typeof theirs) {
    case 'bigint':
      return isKind(type, 'int') && Object.is(ours, Number(theirs)) && Number.isSafeInteger(ours);
    case 'number':
      return isKind(type, 'double') && Object.is(ours, theirs);
    case 'boolean':
      return isKind(type, 'bool') && ours === theirs;
    case 'string':
      return isKind(type, 'string') && ours === theirs;
    default:
      return theirs === null ? isKind(type, 'null') && ours === null : agreesDeep(ours, theirs, type);
  }
}

const isKind = (type: Type, kind: Type['kind']): boolean => type.kind === kind || type.kind === 'dyn';

function agreesDeep(ours: unknown, theirs: unknown, type: Type): boolean {
  if (theirs instanceof OracleTime) return isKind(type, theirs.kind) && ours === theirs.text;
  if (Array.isArray(theirs)) {
    const element = type.kind === 'list' ? type.element : type.kind === 'dyn' ? DYN : undefined;
    return (
      element !== undefined &&
      Array.isArray(ours) &&
      ours.length === theirs.length &&
      theirs.every((member, index) => agrees(ours[index], member, element))
    );
  }
  if (!(theirs instanceof Map) || typeof ours !== 'object' || ours === null || Array.isArray(ours))
    return false;
  // A record's missing field is there as undefined.
  const entries = new Map(Object.entries(ours).filter(([, member]) => member !== undefined));
  return (
    entries.size === theirs.size &&
    [...theirs].every(
      ([key, member]) => entries.has(key) && agrees(entries.get(key), member, valueType(type, key)),
    )
  );
}

function valueType(type: Type, key: string): Type {
  if (type.kind === 'map') return type.value;
  return (type.kind === 'record' ? type.fields[key]?.type : undefined) ?? DYN;
}
