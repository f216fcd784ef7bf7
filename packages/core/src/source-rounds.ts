import { readsIn } from './expressions.ts';
import type { Policy, PolicySource, Reads } from './policy.ts';
import { restsOn } from './rests-on.ts';

/**
 * The longest time for asking all sources of a policy, in milliseconds. Sources are asked in rounds, and each round
 * takes as long as its slowest source. A claim's own sources come after those of its `when`, and a source after those
 * whose answers it is asked with.
 *
 * @param longestMs the longest time for asking one source, including retries
 */
export function longestRoundsMs(policy: Policy, longestMs: (source: PolicySource) => number): number {
  const rests = restsOn(policy);
  /** The sources that a part reads, and those behind them. */
  const behind = ({ sources }: Reads) => rests({ sources, claims: [], fields: [] }).sources;
  const rounds = new Map<string, number>();
  const roundOf = (name: string): number => {
    const known = rounds.get(name);
    if (known !== undefined) return known;
    // A first value that ends the recursion, if a claim's `when` depends on the claim's own source.
    rounds.set(name, 0);
    const earlier = [
      ...(policy.sources.find((source) => source.name === name)?.reads.sources ?? []),
      ...policy.sources
        .filter(({ when, reads }) => when !== undefined && reads.sources.includes(name))
        .flatMap(({ when }) => rests(readsIn(policy, when)).sources),
      ...policy.claims
        .filter(({ value, reads }) => value !== undefined && behind(reads).includes(name))
        .flatMap(({ when }) => rests(readsIn(policy, when)).sources),
    ].filter((other) => other !== name);
    const round = earlier.length === 0 ? 0 : 1 + Math.max(...earlier.map(roundOf));
    rounds.set(name, round);
    return round;
  };
  const slowest: number[] = [];
  for (const source of policy.sources) {
    const round = roundOf(source.name);
    slowest[round] = Math.max(slowest[round] ?? 0, longestMs(source));
  }
  return slowest.reduce((sum, ms) => sum + (ms ?? 0), 0);
}
