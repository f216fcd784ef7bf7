import { withAcceptances } from './acceptance.ts';
import type { CreatedPolicy } from './create-policy.ts';
import type { Finding } from './finding.ts';
import { ageVerdict, type Freshness, freshnessOf, longestLifetimeMs } from './freshness.ts';
import type { Issuer } from './issuer.ts';
import { formatAge, formatDuration } from './spec/units.ts';

/**
 * Warns of each claim whose `maxAge` is not proven, because the spec does not say how long its token lives. Only issuers know
 * how long that is then.
 */
export function unprovenAges(created: CreatedPolicy, issuers: readonly Issuer[]): readonly Finding[] {
  const found = new Map<string, { readonly freshness: Freshness; readonly lives: string[] }>();
  for (const issuer of issuers) {
    const { draft } = created.at(issuer.id);
    for (const claim of draft?.claims ?? []) {
      const freshness = draft && freshnessOf(draft, claim);
      if (freshness === undefined || ageVerdict(freshness) !== 'unproven') continue;
      const life = claim.tokens.includes('access') && draft && issuer.model.lifetime?.(draft);
      const known = found.get(claim.name) ?? { freshness, lives: [] };
      if (life) known.lives.push(`${formatAge(life.defaultMs)} at ${issuer.title} (${life.setting})`);
      found.set(claim.name, known);
    }
  }
  const policy = created.draft;
  if (policy === undefined) return [];
  const findings = [...found].map(([name, { freshness, lives }]): Finding => {
    const { maxAgeMs = 0 } = freshness;
    const isOfAccess = policy.claims.some((claim) => claim.name === name && claim.tokens.includes('access'));
    const longest = longestLifetimeMs(freshness);
    const defaults = lives.length === 0 ? '' : ` Without one, tokens live ${lives.join(', ')}.`;
    return {
      rule: 'TE502',
      severity: 'warning',
      message: isOfAccess
        ? `Nothing proves that \`${name}\` is at most ${formatAge(maxAgeMs)} old, because the spec has no \`lifetime\`.${defaults}`
        : `Nothing proves that \`${name}\` is at most ${formatAge(maxAgeMs)} old: it is only in the ID token, and \`lifetime\` is that of access tokens.`,
      range: policy.source.value(['claims', name, 'maxAge']),
      help:
        isOfAccess && longest !== undefined
          ? `Set \`lifetime: { access: ${formatDuration(longest)} }\` or less.`
          : 'Leave out `maxAge`, or put the claim into the access token.',
      remedy: 'Set a `lifetime`.',
    };
  });
  return withAcceptances(findings, policy.acceptances);
}
