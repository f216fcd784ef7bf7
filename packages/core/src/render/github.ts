import type { Finding, Severity } from '../finding.ts';
import { printable } from './display.ts';
import { fold } from './fold.ts';
import { severities } from './order.ts';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** GitHub keeps so many annotations of each kind per step. */
const limitPerSeverity = 10;

/**
 * Findings as workflow commands, which GitHub shows at their lines: first one for each cause, then its other places.
 * What is over GitHub's limit is left out, and counted in a last line.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderGithub(findings: readonly Finding[]): string {
  const folded = fold(findings.filter(({ accepted }) => accepted === undefined));
  const all: readonly Finding[] = [...folded, ...folded.flatMap(({ others }) => others)];
  const shown = severities.flatMap((severity) =>
    all.filter((finding) => finding.severity === severity).slice(0, limitPerSeverity),
  );
  const hidden = all.length - shown.length;
  const rest =
    hidden === 0
      ? ''
      : `${hidden} more places are not annotated: GitHub keeps ${limitPerSeverity} of each kind.\n`;
  return shown.map(annotation).join('') + rest;
}

function annotation({ rule, severity, message, range, issuer, help }: Finding): string {
  const properties: string[] = [];
  const add = (name: string, value: string | number) => properties.push(`${name}=${property(String(value))}`);
  if (range) {
    const { file, start, end } = range;
    add('file', file.replaceAll('\\', '/'));
    add('line', start.line);
    add('endLine', end.line);
    // Columns are valid only within one line, and the last one belongs to the range.
    if (start.line === end.line) {
      add('col', start.column);
      add('endColumn', Math.max(start.column, end.column - 1));
    }
  }
  add('title', issuer === undefined ? rule : `${rule} ${issuer}`);
  const text = help === undefined ? printable(message) : `${printable(message)}\n${printable(help)}`;
  return `::${commands[severity]} ${properties.join(',')}::${data(text)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
