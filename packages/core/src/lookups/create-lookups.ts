import type { Policy, PolicyClaim, PolicyLookups, PolicySource } from '../policy.ts';
import type { Work } from '../policy-work.ts';

/** What a spec leaves to services, of all its claims and sources. */
export function createLookups(
  { spec, reader, source }: Work,
  claims: readonly PolicyClaim[],
  sources: readonly PolicySource[],
): PolicyLookups {
  const looked = claims.filter(({ resolve }) => resolve === 'request');
  for (const { name } of looked) {
    for (const key of ['tokens', 'as'] as const) {
      if (spec.claims[name]?.[key] === undefined) continue;
      reader.report({
        rule: 'TE036',
        severity: 'error',
        message: `No token carries \`${name}\`, because services look it up; \`${key}\` has no effect.`,
        range: source.key(['claims', name, key]),
        help: `Remove \`${key}\`, or remove \`resolve: request\` to put the claim into tokens.`,
      });
    }
  }
  const [first] = looked;
  if (first !== undefined && spec.marker === false) {
    reader.report({
      rule: 'TE036',
      severity: 'error',
      message: `Without a policy marker, no service knows that the policy made a token, so it cannot look up \`${first.name}\`.`,
      range: source.value(['marker']),
      help: 'Remove `marker: false`.',
    });
  }
  const asked = new Set(looked.flatMap(({ reads }) => reads.sources));
  // They come in dependency order: what is asked with the answer of another comes after it.
  for (const { name, reads } of sources.toReversed())
    if (asked.has(name)) for (const other of reads.sources) asked.add(other);
  return { claims: looked, sources: sources.filter(({ name }) => asked.has(name)) };
}

/** Reports what is decided with the token and reads a claim that is known only later. */
export function reportEarlyReads(
  { reader, source }: Work,
  { claims, scopes, details }: Pick<Policy, 'claims' | 'scopes' | 'details'>,
  lookups: PolicyLookups,
): void {
  const later = new Set(lookups.claims.map(({ name }) => name));
  const parts = [
    ...claims.map(({ name, reads }) => ({ part: `The claim \`${name}\``, path: ['claims', name], reads })),
    ...scopes.map(({ name, path, reads }) => ({ part: `The scope \`${name}\``, path, reads })),
    ...details.map(({ type, reads }) => ({
      part: `The authorization detail \`${type}\``,
      path: ['authorizationDetails', type, 'grant'],
      reads,
    })),
  ];
  for (const { part, path, reads } of parts) {
    const read = reads.claims.find((name) => later.has(name));
    if (read === undefined) continue;
    reader.report({
      rule: 'TE035',
      severity: 'error',
      message: `${part} is decided when the token is made, and \`${read}\` is looked up only afterwards.`,
      range: source.key(path),
      help: `Remove \`resolve: request\` from \`${read}\`, or do not read it here: services see both.`,
    });
  }
}
