import { isMapping } from '@claimsmith/core';
import { z } from 'zod';

/** A mapping with names that others chose. It keeps `__proto__`, which zod's record drops. */
export function dictionary<Value extends z.ZodType>(value: Value) {
  const entries = (data: unknown) => (isMapping(data) ? Object.entries(data) : data);
  const pairs = z.array(z.tuple([z.string(), value]));
  return z.preprocess(
    entries,
    pairs.transform((found): Readonly<Record<string, z.output<Value>>> => Object.fromEntries(found)),
  );
}
