/** A seeded source of random choices: the same seed gives the same run on every machine. */
export interface Random {
  /** In [0, 1). */
  readonly next: () => number;
  /** An integer in [0, bound). */
  readonly below: (bound: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
}

/** mulberry32. @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}

/** One of a list that is not empty. */
export function oneOf<T>({ below }: Random, choices: readonly T[]): T {
  const [first = fail(), ...others] = choices;
  return below(choices.length) === 0 ? first : (others[below(others.length)] ?? first);
}

function fail(): never {
  throw new RangeError('nothing to choose from');
}
