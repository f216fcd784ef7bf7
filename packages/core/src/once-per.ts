/** Computes a function once for each object: many parts of an issuer need the same plan and settings of a policy. */
export function oncePer<Key extends object, Result extends object>(
  compute: (key: Key) => Result,
): (key: Key) => Result {
  const results = new WeakMap<Key, Result>();
  return (key) => {
    const found = results.get(key) ?? compute(key);
    results.set(key, found);
    return found;
  };
}
