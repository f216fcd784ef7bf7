import { type Acceptance, type Finding, formatPath } from '../finding.ts';
import { type FoldedFinding, fold } from './fold.ts';
import { tally } from './order.ts';

/**
 * Findings as one JSON document: `{ version, summary, findings, accepted }`.
 *
 * `version` is 1 and rises when a field changes its meaning or goes; fields may be added. `summary` counts by
 * severity. Each finding has `rule`, `severity`, `message`, `range` (`{ file, start, end }`, each end with `line`,
 * `column` and `offset` as in `Position`; null if there is no text), `issuer` and `help` (null if absent).
 * `at` is the path of the part of the spec (`claims.roles.value`; null if there is none), as `accept` takes it.
 * `places` lists the other places of the same cause, each with its own `message`, `range`, `at` and `help`.
 * `accepted` lists the findings that the spec accepts, each with its `acceptance`; they do not count.
 */
export function renderJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ version: 1, ...findingsReport(findings) }, undefined, 2)}\n`;
}

/** The same without `version`, as a part of what other commands report. */
export function findingsReport(findings: readonly Finding[]): object {
  const open = fold(findings.filter(({ accepted }) => accepted === undefined));
  const accepted = fold(findings).flatMap((finding) =>
    finding.accepted === undefined
      ? []
      : [{ ...reported(finding), acceptance: acceptance(finding.accepted) }],
  );
  return { summary: tally(open), findings: open.map(reported), accepted };
}

function reported(finding: FoldedFinding) {
  const { rule, severity, issuer, others } = finding;
  return { rule, severity, ...place(finding), issuer: issuer ?? null, places: others.map(place) };
}

function place({ message, range, help }: Finding) {
  const { file, start, end, path = [] } = range ?? {};
  return {
    message,
    range: range === undefined ? null : { file, start, end },
    at: path.length === 0 ? null : formatPath(path),
    help: help ?? null,
  };
}

function acceptance({ at, because, owner, until }: Acceptance) {
  return { at, because, owner, until };
}
