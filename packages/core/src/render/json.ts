import type { Finding } from '../finding.ts';
import { type FoldedFinding, fold } from './fold.ts';
import { tally } from './order.ts';

/**
 * Findings as one JSON document: `{ version, summary, findings }`.
 *
 * `version` is 1 and rises when a field changes its meaning or goes; fields may be added. `summary` counts by
 * severity. Each finding has `rule`, `severity`, `message`, `range` (`{ file, start, end }`, each end with `line`,
 * `column` and `offset` as in `Position`; null where there is no text), `issuer` and `help` (null where absent).
 * `places` lists the other places of the same cause, each with its own `message`, `range` and `help`.
 */
export function renderJson(findings: readonly Finding[]): string {
  const folded = fold(findings);
  const report = { version: 1, summary: tally(folded), findings: folded.map(reported) };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function reported(finding: FoldedFinding) {
  const { rule, severity, issuer, others } = finding;
  return { rule, severity, ...place(finding), issuer: issuer ?? null, places: others.map(place) };
}

function place({ message, range, help }: Finding) {
  return { message, range: range ?? null, help: help ?? null };
}
