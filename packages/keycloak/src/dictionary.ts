import { z } from 'zod';

/** A mapping by names that others chose, `__proto__` among them, which zod leaves out of its own. */
export function dictionary<Value extends z.ZodType>(value: Value) {
  const entries = (data: unknown) =>
    typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.entries(data) : data;
  const pairs = z.array(z.tuple([z.string(), value]));
  return z.preprocess(
    entries,
    pairs.transform((found): Readonly<Record<string, z.output<Value>>> => Object.fromEntries(found)),
  );
}

/** What a record holds under such a name. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
