import {
  atIssuer,
  type Exported,
  type Finding,
  type Issuer,
  isError,
  newFindings,
  type SpecSource,
} from '@claimsmith/core';
import type { Loaded } from '../spec/load.ts';

/** What an issuer has written for a format. */
export interface IssuerPart {
  readonly issuer: Issuer;
  readonly exported: Exported;
}

/** What the issuers write for a format, with all findings; without parts if the spec has errors. */
export async function exportAll(
  { policyAt, issuers, findings: known }: Pick<Loaded, 'policyAt' | 'issuers' | 'findings'>,
  format: string,
): Promise<{ readonly findings: readonly Finding[]; readonly parts: readonly IssuerPart[] }> {
  const findings: Finding[] = [...known];
  const parts: IssuerPart[] = [];
  if (known.some(isError)) return { findings, parts };
  for (const issuer of issuers) {
    const policy = policyAt(issuer.id);
    if (policy === undefined) continue;
    const compilation = await issuer.compile(policy);
    findings.push(...newFindings(compilation.findings, known));
    if (compilation.findings.some(isError)) continue;
    const capability = Object.hasOwn(issuer.exports ?? {}, format) ? issuer.exports?.[format] : undefined;
    if (capability === undefined) {
      findings.push(...atIssuer(issuer.id, policy, [missing(issuer, format, policy.source)]));
      continue;
    }
    const exported: Exported = (await capability.load()).write(policy, compilation);
    const own = atIssuer(issuer.id, policy, exported.findings);
    findings.push(...own);
    parts.push({ issuer, exported: { ...exported, findings: own } });
  }
  return { findings, parts };
}

function missing({ id, title }: Issuer, format: string, source: SpecSource) {
  return {
    rule: 'TE945',
    severity: 'info',
    message: `${title} has no format \`${format}\`, so the folder has nothing for it.`,
    range: source.value(['issuers', id]),
  } satisfies Finding;
}
