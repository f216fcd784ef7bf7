import type { Finding, Path } from '../finding.ts';
import type { Reads } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import { formatDuration } from '../spec/units.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const freshnessMissing = {
  id: 'TE501',
  slug: 'freshness-missing',
  severity: 'warning',
  title: 'Authority that rests on a source with `cache` or `lag` says with `maxAge` how old it may be.',
  why: 'A service cannot see in a token how old its values are. Without a `maxAge`, nobody has decided how long a revoked right may live on, and a longer cache goes unnoticed. TE507 is about sources with `stale`.',
  mend: 'Give the claim a `maxAge`, and the spec a `lifetime`.',
  bad: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { admin: bool }, cache: 1d }
claims:
  admin: { value: crm.admin, kind: authoritative }`,
  good: `lifetime: { access: 5m }
sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { admin: bool }, cache: 5m }
claims:
  admin: { value: crm.admin, kind: authoritative, maxAge: 15m }`,
  reference: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.3',
  lookups: true,
  check(policy) {
    // TE507 reports those with `stale`.
    const aging = policy.sources.filter(
      ({ lagMs, cacheMs, staleMs }) => staleMs === 0 && lagMs + cacheMs > 0,
    );
    if (aging.length === 0) return [];
    // A claim with its own `maxAge` bounds what reads it.
    const rests = restsOn(policy, ({ maxAgeSeconds }) => maxAgeSeconds === undefined);
    const found = (subject: string, path: Path, help: string, reads: Reads): readonly Finding[] => {
      const { sources } = rests(reads);
      const [oldest] = aging
        .filter(({ name }) => sources.includes(name))
        .toSorted((a, b) => b.lagMs + b.cacheMs - (a.lagMs + a.cacheMs));
      if (oldest === undefined) return [];
      const { name, lagMs, cacheMs } = oldest;
      const times = [
        ...(lagMs > 0 ? [`data of \`${name}\` may be ${formatDuration(lagMs)} old`] : []),
        ...(cacheMs > 0 ? [`its answers are kept for ${formatDuration(cacheMs)}`] : []),
      ].join(', and ');
      const why = lagMs > 0 ? times : times.replace('its answers', `answers of \`${name}\``);
      const message = `Nothing says how old ${subject} may be: ${why}.`;
      return [{ rule: 'TE501', severity: 'warning', message, range: policy.source.value(path), help }];
    };
    const grantHelp = 'Read an authoritative claim with a `maxAge` instead.';
    return [
      ...policy.claims
        .filter(({ kind, maxAgeSeconds }) => kind === 'authoritative' && maxAgeSeconds === undefined)
        .flatMap((claim) =>
          found(
            `the authoritative claim \`${claim.name}\``,
            placeOfValue(claim),
            'Give the claim a `maxAge`.',
            claim.reads,
          ),
        ),
      ...policy.scopes.flatMap(({ name, path, reads }) =>
        found(`the grant of \`${name}\``, path, grantHelp, reads),
      ),
      ...policy.details.flatMap(({ type, reads }) =>
        found(`the grant of \`${type}\``, ['authorizationDetails', type, 'grant'], grantHelp, reads),
      ),
    ];
  },
} as const satisfies Rule;
