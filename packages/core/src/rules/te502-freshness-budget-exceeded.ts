import type { Finding } from '../finding.ts';
import { ageSum, ageVerdict, freshnessOf, longestLifetimeMs } from '../freshness.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { formatAge, formatDuration } from '../spec/units.ts';
import type { Rule } from './rule.ts';

export const freshnessBudgetExceeded = {
  id: 'TE502',
  slug: 'freshness-budget-exceeded',
  severity: 'error',
  also: ['warning'],
  title: "Source lag, cache, token lifetime and one minute for clocks fit into a claim's `maxAge`.",
  why: 'Otherwise a service relies on values that are older than the spec allows. The sources of claims that it reads count too, and without a source the life of the token itself. Without `lifetime`, nothing is proven.',
  mend: 'Set a shorter `lifetime`, shorten the cache, or allow the claim to be older.',
  bad: `lifetime: { access: 10m }
sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string }, cache: 10m }
claims:
  plan: { value: crm.plan, kind: descriptive, maxAge: 15m }`,
  good: `lifetime: { access: 10m }
sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string }, cache: 4m }
claims:
  plan: { value: crm.plan, kind: descriptive, maxAge: 15m }`,
  standards: ['restrictedTokens', 'leastPrivilege'],
  // `checkIssuers` warns where the spec has no lifetime: only issuers know how long their tokens then live.
  lookups: true,
  check: (policy) => policy.claims.flatMap((claim) => tooOld(policy, claim)),
} as const satisfies Rule;

function tooOld(policy: Policy, claim: PolicyClaim): readonly Finding[] {
  const freshness = freshnessOf(policy, claim);
  if (freshness?.maxAgeMs === undefined || ageVerdict(freshness) !== 'exceeded') return [];
  const { source, totalMs, maxAgeMs, lifetimeMs } = freshness;
  const atLeast = lifetimeMs === undefined ? 'more than ' : '';
  return [
    {
      rule: 'TE502',
      severity: 'error',
      message:
        `\`${claim.name}\` may be ${atLeast}${formatAge(totalMs)} old when a service relies on it: ` +
        `${ageSum(freshness)}; maxAge is ${formatDuration(maxAgeMs)}.`,
      range: policy.source.value(['claims', claim.name, 'maxAge']),
      help: `${way(source, longestLifetimeMs(freshness))}, or allow the claim to be older.`,
    },
  ];
}

function way(source: string | undefined, longestMs: number | undefined): string {
  const shorter =
    source === undefined ? undefined : `shorten \`cache\`, \`stale\` or \`lag\` of \`${source}\``;
  const life =
    longestMs === undefined ? undefined : `set \`lifetime: { access: ${formatDuration(longestMs)} }\``;
  const ways = [life, shorter].filter((text) => text !== undefined).join(', or ');
  return ways === '' ? 'Leave out `maxAge`' : ways[0]?.toUpperCase() + ways.slice(1);
}
