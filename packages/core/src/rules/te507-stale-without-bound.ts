import type { Finding } from '../finding.ts';
import type { Reads } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import { ruleTitle } from '../rule-title.ts';
import { formatDuration } from '../spec/units.ts';
import type { Rule } from './rule.ts';

export const staleWithoutBound = {
  id: 'TE507',
  slug: 'stale-without-bound',
  severity: 'error',
  fixable: true,
  safety: true,
  title: 'Authority depends on a source with `stale` only if a `maxAge` limits its age.',
  why: 'While the source is down, tokens would still grant what the source has revoked.',
  mend: 'Give the claim a `maxAge`, or remove `stale` from the source.',
  bad: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { limit: int }, cache: 1m, stale: 1h }
claims:
  limit: { value: crm.limit, kind: authoritative }`,
  good: `lifetime: { access: 10m }
sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { limit: int }, cache: 1m, stale: 1h }
claims:
  limit: { value: crm.limit, kind: authoritative, maxAge: 2h }`,
  reference: 'https://www.rfc-editor.org/rfc/rfc5861#section-4',
  lookups: true,
  check(policy) {
    const stale = policy.sources.filter(({ staleMs }) => staleMs > 0);
    if (stale.length === 0) return [];
    // A claim with its own `maxAge` bounds what reads it.
    const rests = restsOn(policy, ({ maxAgeSeconds }) => maxAgeSeconds === undefined);
    const claims = policy.claims
      .filter(({ kind, maxAgeSeconds }) => kind === 'authoritative' && maxAgeSeconds === undefined)
      .map(({ name, reads }) => ({ what: `the claim \`${name}\``, reads: rests(reads) }));
    const others = [
      ...policy.scopes.map(({ name, reads }) => ({ what: `the grant of \`${name}\``, reads })),
      ...policy.details.map(({ type, reads }) => ({ what: `the grant of \`${type}\``, reads })),
      ...policy.deny.map((rule) => ({ what: ruleTitle(rule).replace(/^The/, 'the'), reads: rule.reads })),
    ];
    return stale.flatMap(({ name, staleMs }): readonly Finding[] => {
      const readersAmong = (parts: readonly Part[]) =>
        parts.filter(({ reads }) => reads.sources.includes(name)).map(({ what }) => what);
      const [ofClaims, ofOthers] = [readersAmong(claims), readersAmong(others)];
      if (ofClaims.length + ofOthers.length === 0) return [];
      const help = [
        'Remove `stale`.',
        ...(ofClaims.length > 0 ? ['Or give each of these claims a `maxAge`.'] : []),
        ...(ofOthers.length > 0 ? ['Let rules and grants read an authoritative claim with a `maxAge`.'] : []),
      ].join(' ');
      return [
        {
          rule: 'TE507',
          severity: 'error',
          message: `While \`${name}\` fails, its answers are used for ${formatDuration(staleMs)} longer, and no \`maxAge\` limits their age for ${[...ofClaims, ...ofOthers].join(', ')}.`,
          range: policy.source.value(['sources', name, 'stale']),
          help,
          fix: { remove: ['sources', name, 'stale'] },
        },
      ];
    });
  },
} as const satisfies Rule;

/** What may grant or refuse something. */
interface Part {
  readonly what: string;
  readonly reads: Pick<Reads, 'sources'>;
}
