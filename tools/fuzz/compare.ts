import type { Type } from '@claimsmith/cel';

const DYN: Type = { kind: 'dyn' };

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
