import type { Policy, PolicyClaim, Reads } from './policy.ts';

/**
 * Finds everything that a part of a policy depends on: claims, sources, and fields of the context, directly and through
 * other claims and the questions to sources, which may read other sources.
 *
 * @param isOpen whether to follow what a claim reads. Default: for every claim
 */
export function restsOn(
  { claims, sources }: Pick<Policy, 'claims' | 'sources'>,
  isOpen: (claim: PolicyClaim) => boolean = () => true,
): (reads: Reads) => Reads {
  const asked = new Map(sources.map(({ name, reads }) => [name, reads]));
  const behind = new Map<string, Reads>();
  const rest = (reads: Reads): Reads => {
    const through = reads.claims.flatMap((name) => behind.get(name) ?? []);
    const names = withAsked([...reads.sources, ...through.flatMap((other) => other.sources)], asked);
    return {
      claims: sorted([...reads.claims, ...through.flatMap((other) => other.claims)]),
      sources: names,
      fields: sorted([
        ...reads.fields,
        ...names.flatMap((name) => asked.get(name)?.fields ?? []),
        ...through.flatMap(({ fields }) => fields),
      ]),
    };
  };
  // They come in dependency order: what a claim reads is known by then.
  for (const claim of claims) if (isOpen(claim)) behind.set(claim.name, rest(claim.reads));
  return rest;
}

/** Sources, and those whose answers they are asked with. */
function withAsked(names: readonly string[], asked: ReadonlyMap<string, Reads>): readonly string[] {
  const all = new Set(names);
  // What is added meanwhile is visited too.
  for (const name of all) for (const other of asked.get(name)?.sources ?? []) all.add(other);
  return [...all].sort();
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
