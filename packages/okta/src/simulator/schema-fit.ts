import type { Type } from '@claimsmith/cel';

/** Whether an attribute of a schema can hold a value of the declared type. */
export function fitsSchema(value: unknown, type: Type): boolean {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' && !/\p{Surrogate}/u.test(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return Number.isFinite(value);
    case 'list':
      return Array.isArray(value) && value.every((item) => fitsSchema(item, type.element));
    default:
      return true;
  }
}
