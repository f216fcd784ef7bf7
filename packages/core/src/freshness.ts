import { oncePer } from './once-per.ts';
import type { Policy, PolicyClaim, PolicySource } from './policy.ts';
import { restsOn } from './rests-on.ts';
import { formatAge, formatDuration } from './spec/units.ts';

/**
 * What the proof of a `maxAge` adds for time that nobody measures, in milliseconds: clocks of the issuer, of a shared
 * cache and of services differ, services accept tokens for a while after `exp`, and a token is made some seconds after
 * its sources have answered.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4
 */
export const leewayMs = 60_000;

/** How old the value of a claim may be when a service relies on it, at worst. All times in milliseconds. */
export interface Freshness {
  /** The source whose answer may be the oldest; undefined: everything is read while the token is made. */
  readonly source: string | undefined;
  /** The times of that source; 0 without one. */
  readonly lagMs: number;
  readonly cacheMs: number;
  readonly staleMs: number;
  /** How long the token lives; undefined: the spec does not say. 0 for a claim that is looked up. */
  readonly lifetimeMs: number | undefined;
  /** 0 for a claim that is looked up. */
  readonly leewayMs: number;
  /** The sum; without the lifetime if that is unknown. */
  readonly totalMs: number;
  readonly maxAgeMs: number | undefined;
}

/** What an issuer adds to the proof. */
export interface AgeAt {
  /** Whether it keeps answers of sources. */
  readonly caches: boolean;
  /** How long its tokens live if the spec does not say, in milliseconds. */
  readonly lifetimeMs: number | undefined;
}

/**
 * How old a claim may be: the token's life, and before that the oldest of the sources that the claim depends on, also
 * through other claims and the questions to sources. Undefined for a constant, which does not age.
 *
 * Sources are not added up: each answer is as old as its own lag, cache and stale time, whoever is asked with it.
 *
 * @param at of one issuer. Default: the worst of what the spec allows
 */
export function freshnessOf(policy: Policy, claim: PolicyClaim, at?: AgeAt): Freshness | undefined {
  const { sources, fields } = restsOf(policy)(claim.reads);
  const maxAgeMs = claim.maxAgeSeconds === undefined ? undefined : claim.maxAgeSeconds * 1000;
  if (sources.length === 0 && fields.length === 0) return undefined;
  const ages = policy.sources
    .filter(({ name }) => sources.includes(name))
    .map((source) => ({ source: source.name, ...agesOf(source, at) }));
  const [worst = noSource] = ages.toSorted((a, b) => sumOf(b) - sumOf(a));
  // The spec's lifetime is that of access tokens.
  const said = claim.tokens.includes('access') ? policy.spec.lifetime?.access : undefined;
  // What is looked up serves at once.
  const isLater = claim.resolve === 'issuance';
  const lifetimeMs = isLater ? (said ?? at?.lifetimeMs) : 0;
  const clocksMs = isLater ? leewayMs : 0;
  const totalMs = sumOf(worst) + (lifetimeMs ?? 0) + clocksMs;
  return { ...worst, lifetimeMs, leewayMs: clocksMs, totalMs, maxAgeMs };
}

/** Whether the age of a claim is within its `maxAge`. */
export type AgeVerdict = 'fits' | 'exceeded' | 'unproven' | 'unlimited';

/** `unproven`: the lifetime of the token is unknown. `unlimited`: the claim has no `maxAge`. */
export function ageVerdict({ totalMs, maxAgeMs, lifetimeMs }: Freshness): AgeVerdict {
  if (maxAgeMs === undefined) return 'unlimited';
  if (totalMs > maxAgeMs) return 'exceeded';
  return lifetimeMs === undefined ? 'unproven' : 'fits';
}

/** The sum with the numbers of the spec: ``cache 1d of `crm` + token lifetime 10m + 1m for clocks = 24h 11m``. */
export function ageSum({ source, lagMs, cacheMs, staleMs, lifetimeMs, ...rest }: Freshness): string {
  const times = Object.entries({ lag: lagMs, cache: cacheMs, stale: staleMs })
    .filter(([, ms]) => ms > 0)
    .map(([key, ms]) => `${key} ${formatDuration(ms)}`);
  const last = times.pop();
  const parts = [
    ...times,
    ...(last === undefined ? [] : [`${last} of \`${source}\``]),
    // A claim that is looked up has neither.
    ...(lifetimeMs === 0
      ? []
      : [lifetimeMs === undefined ? 'the token lifetime' : `token lifetime ${formatAge(lifetimeMs)}`]),
    ...(rest.leewayMs === 0 ? [] : [`${formatDuration(rest.leewayMs)} for clocks`]),
  ];
  if (parts.length === 0) return 'asked when a service decides';
  const total = lifetimeMs === undefined ? '' : ` = ${formatAge(rest.totalMs)}`;
  return `${parts.join(' + ')}${total}`;
}

/** The longest lifetime with which a claim stays within its `maxAge`, in milliseconds; undefined: none helps. */
export function longestLifetimeMs({ totalMs, lifetimeMs, maxAgeMs }: Freshness): number | undefined {
  if (lifetimeMs === 0) return undefined;
  const longest = (maxAgeMs ?? 0) - (totalMs - (lifetimeMs ?? 0));
  return longest >= 1000 ? Math.floor(longest / 1000) * 1000 : undefined;
}

const restsOf = oncePer((policy: Policy) => restsOn(policy));

type SourceAge = Pick<Freshness, 'source' | 'lagMs' | 'cacheMs' | 'staleMs'>;

const noSource: SourceAge = { source: undefined, lagMs: 0, cacheMs: 0, staleMs: 0 };

function agesOf({ lagMs, cacheMs, staleMs }: PolicySource, at: AgeAt | undefined) {
  return at?.caches === false ? { lagMs, cacheMs: 0, staleMs: 0 } : { lagMs, cacheMs, staleMs };
}

function sumOf({ lagMs, cacheMs, staleMs }: SourceAge): number {
  return lagMs + cacheMs + staleMs;
}
