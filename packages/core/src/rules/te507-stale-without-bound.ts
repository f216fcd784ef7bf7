import type { Finding } from '../finding.ts';
import type { Policy } from '../policy.ts';
import type { Rule } from './rule.ts';

export const staleWithoutBound = {
  id: 'TE507',
  slug: 'stale-without-bound',
  severity: 'error',
  safety: true,
  title: 'What grants rests on a source with `stale` only where a `maxAge` bounds it.',
  why: 'While the source is down, tokens would go on granting what it has taken back.',
  mend: 'Give the claim a `maxAge`, or the source no `stale`.',
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
  check(policy) {
    const stale = policy.sources.filter(({ staleMs }) => staleMs > 0).map(({ name }) => name);
    if (stale.length === 0) return [];
    const rests = sourcesBehind(policy);
    const findings: Finding[] = [];
    const report = (subject: string, path: readonly (string | number)[], names: Iterable<string>) => {
      for (const name of names) {
        if (!stale.includes(name)) continue;
        findings.push({
          rule: 'TE507',
          severity: 'error',
          message: `${subject} rests on \`${name}\`, whose answers may be stale, and nothing bounds their age.`,
          range: policy.source.key(path),
          help: `Give ${path[0] === 'claims' ? 'it' : 'an authoritative claim that it reads instead'} a \`maxAge\`, or drop \`stale\`.`,
        });
      }
    };
    for (const claim of policy.claims) {
      if (claim.kind !== 'authoritative' || claim.maxAgeSeconds !== undefined) continue;
      report(
        `The authoritative claim \`${claim.name}\``,
        ['claims', claim.name],
        rests.get(claim.name) ?? [],
      );
    }
    for (const { name, path, reads } of policy.scopes)
      report(`The grant of \`${name}\``, path, reads.sources);
    for (const { type, reads } of policy.details)
      report(`The grant of \`${type}\``, ['authorizationDetails', type, 'grant'], reads.sources);
    for (const [index, { reason, when }] of policy.deny.entries()) {
      const roots = new Set(when.reads.map(({ path }) => path[0] ?? ''));
      report(`The deny rule \`${reason}\``, ['deny', index, 'when'], roots);
    }
    return findings;
  },
} as const satisfies Rule;

/** For every claim the sources it rests on, up to claims whose own `maxAge` bounds them. */
function sourcesBehind({ claims }: Policy): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  // They come in dependency order: what a claim reads is known by then.
  for (const { name, reads, maxAgeSeconds } of claims) {
    const through = reads.claims.flatMap((other) => [...(all.get(other) ?? [])]);
    all.set(name, new Set(maxAgeSeconds === undefined ? [...reads.sources, ...through] : []));
  }
  return all;
}
