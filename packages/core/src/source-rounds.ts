import { readsIn } from './expressions.ts';
import type { Policy, PolicySource } from './policy.ts';
import { restsOn } from './rests-on.ts';

/**
 * The longest time that asking all sources of a policy may take, in milliseconds. Sources are asked in rounds, each as
 * long as its slowest source: a claim's own sources come after those that its `when` depends on.
 *
 * @param longestMs the longest that asking one source may take, retries included
 */
export function longestRoundsMs(policy: Policy, longestMs: (source: PolicySource) => number): number {
  const rests = restsOn(policy);
  const rounds = new Map<string, number>();
  const roundOf = (name: string): number => {
    const known = rounds.get(name);
    if (known !== undefined) return known;
    // Stands while the round is found: a source that its own claim's `when` rests on is asked once.
    rounds.set(name, 0);
    const earlier = policy.claims
      .filter(({ value, reads }) => value !== undefined && reads.sources.includes(name))
      .flatMap(({ when }) => rests(readsIn(policy, when)).sources.filter((other) => other !== name));
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
