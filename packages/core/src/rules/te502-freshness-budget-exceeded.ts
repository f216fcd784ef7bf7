import type { Finding } from '../finding.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { formatDuration } from '../spec/units.ts';
import type { Rule } from './rule.ts';

export const freshnessBudgetExceeded = {
  id: 'TE502',
  slug: 'freshness-budget-exceeded',
  severity: 'error',
  title: "Source lag, cache and token lifetime fit into a claim's maxAge.",
  why: 'Otherwise a service provably relies on values older than the spec allows.',
  check: (policy) => policy.claims.flatMap((claim) => overBudget(policy, claim)),
} as const satisfies Rule;

function overBudget(policy: Policy, claim: PolicyClaim): readonly Finding[] {
  if (claim.maxAgeSeconds === undefined) return [];
  const lifetimeMs = policy.spec.lifetime?.access ?? 0;
  const maxAgeMs = claim.maxAgeSeconds * 1000;
  return policy.sources
    .filter(({ name }) => claim.reads.sources.includes(name))
    .filter(({ lagMs, cacheMs }) => lagMs + cacheMs + lifetimeMs > maxAgeMs)
    .map(({ name, lagMs, cacheMs }) => ({
      rule: 'TE502',
      severity: 'error',
      message:
        `\`${claim.name}\` may be ${formatDuration(lagMs + cacheMs + lifetimeMs)} old when a service relies on it: ` +
        `lag ${formatDuration(lagMs)} + cache ${formatDuration(cacheMs)} of \`${name}\` + token lifetime ${formatDuration(lifetimeMs)}; ` +
        `maxAge is ${formatDuration(maxAgeMs)}.`,
      range: policy.source.value(['claims', claim.name, 'maxAge']),
      help: 'Shorten the cache or the token lifetime, or allow the claim to be older.',
    }));
}
