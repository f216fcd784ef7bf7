import type { Finding } from '../finding.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import { formatDuration } from '../spec/units.ts';
import type { Rule } from './rule.ts';

export const freshnessBudgetExceeded = {
  id: 'TE502',
  slug: 'freshness-budget-exceeded',
  severity: 'error',
  title: "Source lag, cache and token lifetime fit into a claim's `maxAge`.",
  why: 'Otherwise a service relies on values that are older than the spec allows. The sources of claims that it reads count too.',
  mend: 'Shorten the cache or the token lifetime, or allow the claim to be older.',
  bad: `lifetime: { access: 10m }
sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string }, cache: 10m }
claims:
  plan: { value: crm.plan, kind: descriptive, maxAge: 15m }`,
  good: `lifetime: { access: 10m }
sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string }, cache: 5m }
claims:
  plan: { value: crm.plan, kind: descriptive, maxAge: 15m }`,
  check(policy) {
    const rests = restsOn(policy);
    return policy.claims.flatMap((claim) => overBudget(policy, claim, rests(claim.reads).sources));
  },
} as const satisfies Rule;

function overBudget(policy: Policy, claim: PolicyClaim, sources: readonly string[]): readonly Finding[] {
  if (claim.maxAgeSeconds === undefined) return [];
  const lifetimeMs = policy.spec.lifetime?.access ?? 0;
  const maxAgeMs = claim.maxAgeSeconds * 1000;
  return policy.sources
    .filter(({ name }) => sources.includes(name))
    .map(({ name, lagMs, cacheMs, staleMs }) => {
      const ofSource = Object.entries({ lag: lagMs, cache: cacheMs, stale: staleMs })
        .filter(([, ms]) => ms > 0)
        .map(([key, ms]) => `${key} ${formatDuration(ms)}`)
        .join(' + ');
      const parts = [
        ...(ofSource === '' ? [] : [`${ofSource} of \`${name}\``]),
        `token lifetime ${formatDuration(lifetimeMs)}`,
      ].join(' + ');
      return { totalMs: lagMs + cacheMs + staleMs + lifetimeMs, parts };
    })
    .filter(({ totalMs }) => totalMs > maxAgeMs)
    .map(({ totalMs, parts }) => ({
      rule: 'TE502',
      severity: 'error',
      message:
        `\`${claim.name}\` may be ${formatDuration(totalMs)} old when a service relies on it: ` +
        `${parts}; maxAge is ${formatDuration(maxAgeMs)}.`,
      range: policy.source.value(['claims', claim.name, 'maxAge']),
      help: 'Shorten the cache or the token lifetime, or allow the claim to be older.',
    }));
}
