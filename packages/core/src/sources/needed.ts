import type { PolicySource } from '../policy.ts';

/**
 * The sources that a policy may ask, in the same order: without those that only parts read which a constant rules out, such as
 * the branch of another issuer.
 *
 * @param read by the parts of the policy, directly
 * @param ruledOut what ruled-out parts of expressions read
 */
export function neededSources(
  sources: readonly PolicySource[],
  read: readonly string[],
  ruledOut: ReadonlySet<string>,
): readonly PolicySource[] {
  const needed = new Set(read);
  const spare = new Set(ruledOut);
  // They come in dependency order: what is asked with the answer of another comes after it. One that nothing reads at all
  // stays, so that its faults are found.
  for (const { name, reads } of sources.toReversed()) {
    const isNeeded = needed.has(name) || !spare.has(name);
    for (const other of reads.sources) (isNeeded ? needed : spare).add(other);
    if (isNeeded) needed.add(name);
  }
  return sources.filter(({ name }) => needed.has(name));
}
