import type { Finding } from '../finding.ts';
import { displayWidth, printable, wrap } from './display.ts';
import { type FoldedFinding, fold, nameOf } from './fold.ts';
import { codeFrame, type FrameText, frameText } from './frame.ts';
import { byFile, severities } from './order.ts';
import { type Paint, plain } from './paint.ts';

/** How findings are shown at a terminal. */
export interface PrettyOptions {
  /** The texts that findings point into; a `SpecSource` is one. */
  readonly sources: readonly { readonly file: string; readonly text: string }[];
  /** Default: no colours. */
  readonly paint?: Paint;
  /** Columns of the terminal. Default 100. */
  readonly width?: number;
  /** Lines of output at most, unless one finding alone takes more. Default 50. */
  readonly maxLines?: number;
  /** Every place of every finding with its lines, however long the output. Default: false. */
  readonly isVerbose?: boolean;
  /** Whether to show the lines of the spec. Default: true. */
  readonly withLines?: boolean;
  /** Whether to show accepted findings, with their reasons. Default: false. */
  readonly withAccepted?: boolean;
}

/**
 * Findings for people at a terminal: place, message, the lines with the range underlined, help, and a summary. Findings
 * with one cause are shown once. If the output is too long, it leaves out the lines of the spec, and then the less
 * severe findings.
 */
export function renderPretty(all: readonly Finding[], options: PrettyOptions): string {
  const { paint = plain, maxLines = 50, isVerbose = false, withLines = true, withAccepted = false } = options;
  const findings = withAccepted ? all : all.filter(({ accepted }) => accepted === undefined);
  const folded = mergeIssuers(fold(findings));
  const style = { ...options, paint, width: options.width ?? 100, textOf: texts(options.sources) };
  const total = summary(mergeIssuers(fold(all)), withAccepted, paint);
  const each = byFile(findings).map((finding) => ({ ...finding, others: [] }));
  const full = blocks(isVerbose ? mergeIssuers(each) : folded, style, withLines);
  if (isVerbose || fits(full, maxLines, 1)) return `${[...full, total].join('\n\n')}\n`;
  const brief = blocks(folded, style, false);
  const room = maxLines - 2;
  const shown = fits(brief, room, 0) ? brief : gravest(folded, brief, room);
  const hidden = folded.length - shown.length;
  const rest = hidden === 0 ? '' : paint.dim(` (${hidden} not shown; claimsmith check --verbose shows all)`);
  return `${[...shown, '', `${total}${rest}`].join('\n')}\n`;
}

/** Whether blocks fit with `gap` empty lines between them and before the summary. */
function fits(blocks: readonly string[], lines: number, gap: number): boolean {
  return blocks.reduce((sum, block) => sum + linesIn(block) + gap, 1) <= lines;
}

function linesIn(block: string): number {
  return block.split('\n').length;
}

/** As many blocks as fit, at least one: errors before warnings, in the order of the file. */
function gravest(findings: readonly Finding[], blocks: readonly string[], lines: number): readonly string[] {
  const order = severities.flatMap((severity) =>
    findings.flatMap((finding, index) => (finding.severity === severity ? [index] : [])),
  );
  const kept = new Set(order.slice(0, 1));
  let used = linesIn(blocks[order[0] ?? 0] ?? '');
  for (const index of order.slice(1)) {
    used += linesIn(blocks[index] ?? '');
    if (used > lines) break;
    kept.add(index);
  }
  return blocks.filter((_, index) => kept.has(index));
}

interface Style {
  readonly paint: Paint;
  readonly width: number;
  readonly textOf: (file: string) => FrameText | undefined;
}

function texts(sources: PrettyOptions['sources']): Style['textOf'] {
  const made = new Map<string, FrameText>();
  return (file) => {
    const source = made.has(file) ? undefined : sources.find((each) => each.file === file);
    if (source) made.set(file, frameText(source.text));
    return made.get(file);
  };
}

function blocks(findings: readonly FoldedFinding[], style: Style, isFramed: boolean): readonly string[] {
  return findings.map((finding, index) =>
    block(isFramed ? notRepeated(finding, findings[index - 1]) : { ...finding, isBelow: true }, style),
  );
}

/** The same finding of several issuers at the same places is shown as one. */
function mergeIssuers(findings: readonly FoldedFinding[]): readonly FoldedFinding[] {
  const merged = new Map<string, FoldedFinding>();
  for (const finding of findings) {
    const { issuer, others, ...rest } = finding;
    const places = others.map(({ range, message }) => [range, message]);
    const key = issuer === undefined ? String(merged.size) : JSON.stringify([rest, places]);
    const same = merged.get(key);
    merged.set(key, same === undefined ? finding : { ...same, issuer: `${same.issuer}, ${issuer}` });
  }
  return [...merged.values()];
}

interface Shown extends FoldedFinding {
  /** Whether the lines are shown above already, or there is no room for them. */
  readonly isBelow?: true;
}

/** If several issuers report the same place in a row, its lines and help are shown once. */
function notRepeated(finding: FoldedFinding, before: Finding | undefined): Shown {
  const { range, help, ...rest } = finding;
  const isSamePlace = range !== undefined && JSON.stringify(range) === JSON.stringify(before?.range);
  if (!isSamePlace || !isFramed(before)) return finding;
  return { ...rest, range, isBelow: true, ...(help === undefined || help === before?.help ? {} : { help }) };
}

/**
 * Infos and accepted findings need no fix, so their lines are not shown. Lines with secrets are not shown either, to
 * keep them out of logs.
 */
function isFramed(finding: Finding | undefined): boolean {
  if (finding?.accepted !== undefined) return false;
  return finding !== undefined && finding.severity !== 'info' && finding.rule !== 'TE401';
}

function block(finding: Shown, { paint, width, textOf }: Style): string {
  const { rule, severity, message, range, issuer, help, accepted } = finding;
  const source = range && textOf(range.file);
  const mark = paint[severity];
  const place = range ? `${printable(range.file)}:${range.start.line}:${range.start.column}  ` : '';
  const about = issuer === undefined ? '' : paint.dim(`  ${printable(issuer)}`);
  const until = accepted === undefined ? '' : `  accepted until ${accepted.until}`;
  const lines = [`${paint.dim(place)}${mark(severity)}  ${paint.dim(rule)}${about}${until}`];
  lines.push(...sentence(message, width - 2, paint).map((line) => `  ${line}`));
  const frame =
    source && range && isFramed(finding) && !finding.isBelow
      ? codeFrame(source, range, width, paint, mark)
      : [];
  if (frame.length > 0) lines.push('', ...frame);
  const also = alsoAt(finding, width - 8);
  if (also !== undefined) {
    if (frame.length > 0) lines.push('');
    lines.push(`  ${paint.info('also')}  ${also}`);
  }
  const [label, text] =
    accepted === undefined ? ['help', help] : ['why ', `${accepted.because} (${accepted.owner})`];
  if (text !== undefined) {
    const [first = '', ...rest] = sentence(text, width - 8, paint);
    if (frame.length > 0 && also === undefined) lines.push('');
    lines.push(`  ${paint.info(label)}  ${first}`, ...rest.map((line) => `        ${line}`));
  }
  return lines.join('\n');
}

/** The other places, by line, column and name, as many as fit on a line. */
function alsoAt(finding: FoldedFinding, width: number): string | undefined {
  const { others } = finding;
  // No more fit than one in three columns.
  const places = others.slice(0, Math.ceil(width / 3)).map((other) => {
    const name = nameOf(other, finding);
    const { line, column } = other.range?.start ?? {};
    const place = line === undefined ? '' : `${line}:${column}`;
    return printable(name === undefined ? place : `${place} ${name}`.trim());
  });
  if (places.length === 0) return undefined;
  const rest = (count: number) => (count === others.length ? '' : ` and ${others.length - count} more`);
  let shown = places.length;
  const text = () => `${places.slice(0, shown).join(', ')}${rest(shown)}`;
  while (shown > 1 && displayWidth(text()) > width) shown -= 1;
  return text();
}

function sentence(text: string, width: number, paint: Paint): string[] {
  return wrap(printable(text), width).map((line) => line.replace(/`[^`]+`/g, (name) => paint.code(name)));
}

function summary(all: readonly FoldedFinding[], withAccepted: boolean, paint: Paint): string {
  const findings = all.filter(({ accepted }) => accepted === undefined);
  const count = all.length - findings.length;
  const hint = withAccepted ? '' : paint.dim(' (claimsmith check --accepted shows them)');
  const accepted = count === 0 ? '' : `, ${count} accepted${hint}`;
  if (findings.length === 0) return paint.strong(`No problems found${accepted}.`);
  const parts = severities.flatMap((severity) => {
    const some = findings.filter((finding) => finding.severity === severity);
    if (some.length === 0) return [];
    const noun = some.length === 1 || severity === 'info' ? severity : `${severity}s`;
    const places = some.reduce((sum, { others }) => sum + 1 + others.length, 0);
    const where = places > some.length ? ` at ${places} places` : '';
    return [paint[severity](`${some.length} ${noun}${where}`)];
  });
  const files = new Set(findings.flatMap(({ range }) => (range ? [range.file] : [])));
  return `${parts.join(', ')}${accepted}${files.size > 1 ? ` in ${files.size} files` : ''}`;
}
