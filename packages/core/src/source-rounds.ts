import type { Policy, PolicyClaim, PolicySource } from './policy.ts';

/**
 * The longest that asking all sources of a policy may take, in milliseconds. Sources are asked in rounds, each as long as
 * its slowest: a claim's own sources come after those that its `when` rests on.
 *
 * @param longestMs the longest that asking one source may take, retries included
 */
export function longestRoundsMs(policy: Policy, longestMs: (source: PolicySource) => number): number {
  const rounds = new Map<string, number>();
  const roundOf = (name: string): number => {
    const known = rounds.get(name);
    if (known !== undefined) return known;
    // Stands while the round is found: a source that its own claim's `when` rests on is asked once.
    rounds.set(name, 0);
    const earlier = policy.claims
      .filter(({ value, reads }) => value !== undefined && reads.sources.includes(name))
      .flatMap((claim) => [...sourcesOfWhen(policy, claim)].filter((other) => other !== name));
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

/** The sources that a claim's `when` rests on, through other claims too. */
function sourcesOfWhen({ claims, sources }: Policy, { when }: PolicyClaim): ReadonlySet<string> {
  const found = new Set<string>();
  const open = (when?.reads ?? []).map(({ path }) => path);
  const seen = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const [root = '', name] = path;
    if (sources.some((source) => source.name === root)) found.add(root);
    const claim = root === 'claims' ? claims.find((other) => other.name === name) : undefined;
    if (claim === undefined || seen.has(claim.name)) continue;
    seen.add(claim.name);
    open.push(...claim.reads.sources.map((source) => [source]));
    open.push(...claim.reads.claims.map((other) => ['claims', other]));
  }
  return found;
}
