import type { Finding } from '../finding.ts';
import { restsOn } from '../rests-on.ts';
import { ruleTitle } from '../rule-title.ts';
import type { Rule } from './rule.ts';

export const staleWithoutBound = {
  id: 'TE507',
  slug: 'stale-without-bound',
  severity: 'error',
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
  check(policy) {
    const stale = policy.sources.filter(({ staleMs }) => staleMs > 0).map(({ name }) => name);
    if (stale.length === 0) return [];
    // A claim with its own `maxAge` bounds what reads it.
    const rests = restsOn(policy, ({ maxAgeSeconds }) => maxAgeSeconds === undefined);
    const findings: Finding[] = [];
    const report = (subject: string, path: readonly (string | number)[], names: Iterable<string>) => {
      for (const name of names) {
        if (!stale.includes(name)) continue;
        findings.push({
          rule: 'TE507',
          severity: 'error',
          message: `${subject} depends on the source \`${name}\`, which may give stale answers, but no \`maxAge\` limits their age.`,
          range: policy.source.key(path),
          help:
            path[0] === 'claims'
              ? 'Give the claim a `maxAge`, or remove `stale` from the source.'
              : 'Read an authoritative claim with a `maxAge` instead, or remove `stale` from the source.',
        });
      }
    };
    for (const claim of policy.claims) {
      if (claim.kind !== 'authoritative' || claim.maxAgeSeconds !== undefined) continue;
      const { sources } = rests(claim.reads);
      report(`The authoritative claim \`${claim.name}\``, ['claims', claim.name], sources);
    }
    for (const { name, path, reads } of policy.scopes)
      report(`The grant of \`${name}\``, path, reads.sources);
    for (const { type, reads } of policy.details)
      report(`The grant of \`${type}\``, ['authorizationDetails', type, 'grant'], reads.sources);
    for (const rule of policy.deny) report(ruleTitle(rule), [...rule.path, 'when'], rule.reads.sources);
    return findings;
  },
} as const satisfies Rule;
