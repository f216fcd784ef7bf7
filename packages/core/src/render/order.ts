import type { Finding, Severity } from '../finding.ts';

/** The most severe first. */
export const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** Findings without a place first, then in the order of the files, each from top to bottom. */
export function byFile(findings: readonly Finding[]): Finding[] {
  const files = new Map<string, Finding[]>([['', []]]);
  for (const finding of findings) {
    const file = finding.range?.file ?? '';
    const group = files.get(file);
    if (group) group.push(finding);
    else files.set(file, [finding]);
  }
  const at = ({ range }: Finding) => range?.start.offset ?? 0;
  return [...files.values()].flatMap((group) => group.sort((a, b) => at(a) - at(b)));
}

export function tally(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}
