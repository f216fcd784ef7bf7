import type { Finding } from '../finding.ts';
import { byFile, tally } from './order.ts';

/**
 * Findings as one JSON document: `{ version, summary, findings }`.
 *
 * `version` is 1 and rises when a field changes its meaning or goes; fields may be added. `summary` counts by
 * severity. Each finding has `rule`, `severity`, `message`, `range` (`{ file, start, end }`, each end with `line`,
 * `column` and `offset` as in `Position`; null where there is no text), `issuer` and `help` (null where absent).
 */
export function renderJson(findings: readonly Finding[]): string {
  const report = {
    version: 1,
    summary: tally(findings),
    findings: byFile(findings).map(({ rule, severity, message, range, issuer, help }) => ({
      rule,
      severity,
      message,
      range: range ?? null,
      issuer: issuer ?? null,
      help: help ?? null,
    })),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
