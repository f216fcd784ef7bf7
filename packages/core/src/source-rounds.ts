import { readsIn } from './expressions.ts';
import type { Policy, PolicySource, Reads } from './policy.ts';
import { restsOn } from './rests-on.ts';

/** The longest time for asking the sources of a policy, and the sources that take it, in their order. */
export interface LongestRounds {
  readonly ms: number;
  /** For people: `crm` (400 ms), then `plans` (800 ms). */
  readonly text: string;
}

/**
 * The longest time for asking all sources of a policy. Sources are asked in rounds, and each round
 * takes as long as its slowest source. A claim's own sources come after those of its `when`, and a source after those
 * whose answers it is asked with.
 *
 * @param longestMs the longest time for asking one source, including retries
 */
export function longestRounds(policy: Policy, longestMs: (source: PolicySource) => number): LongestRounds {
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
  const slowest: { readonly name: string; readonly ms: number }[] = [];
  for (const source of policy.sources) {
    const round = roundOf(source.name);
    const ms = longestMs(source);
    if (ms > (slowest[round]?.ms ?? 0)) slowest[round] = { name: source.name, ms };
  }
  return addedUp(slowest.filter((one) => one !== undefined));
}

/** The time of sources that are asked one after another. */
export function addedUp(asked: readonly { readonly name: string; readonly ms: number }[]): LongestRounds {
  const named = asked.map(({ name, ms }) => `\`${name}\` (${ms} ms)`);
  return { ms: asked.reduce((sum, { ms }) => sum + ms, 0), text: named.join(', then ') };
}
