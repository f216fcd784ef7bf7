import type { Finding, Severity } from '../finding.ts';
import { printable, wrap } from './display.ts';
import { codeFrame, type FrameText, frameText } from './frame.ts';
import { byFile, tally } from './order.ts';
import { type Paint, plain } from './paint.ts';

/** How findings are shown at a terminal. */
export interface PrettyOptions {
  /** The texts that findings point into; a `SpecSource` is one. */
  readonly sources: readonly { readonly file: string; readonly text: string }[];
  /** Default: no colours. */
  readonly paint?: Paint;
  /** Columns of the terminal. Default 100. */
  readonly width?: number;
  /** How many findings are written out. Default 100; the summary counts all. */
  readonly limit?: number;
}

/** Findings for people at a terminal: place, message, the lines with the range underlined, the way out, a summary. */
export function renderPretty(findings: readonly Finding[], options: PrettyOptions): string {
  const { sources, paint = plain, width = 100, limit = 100 } = options;
  const texts = new Map<string, FrameText>();
  const textOf = (file: string) => {
    const source = texts.has(file) ? undefined : sources.find((each) => each.file === file);
    if (source) texts.set(file, frameText(source.text));
    return texts.get(file);
  };
  const merged = mergeIssuers(byFile(findings));
  const blocks = merged
    .slice(0, limit)
    .map((finding, index) =>
      block(notRepeated(finding, merged[index - 1]), textOf(finding.range?.file ?? ''), paint, width),
    );
  return `${[...blocks, summary(merged, limit, paint)].join('\n\n')}\n`;
}

/** What several issuers say alike of one place is one finding to a reader. */
function mergeIssuers(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const { issuer, ...rest } = finding;
    const key = issuer === undefined ? String(merged.size) : JSON.stringify(rest);
    const same = merged.get(key);
    merged.set(key, same === undefined ? finding : { ...same, issuer: `${same.issuer}, ${issuer}` });
  }
  return [...merged.values()];
}

interface Shown extends Finding {
  /** Whether the lines stand above already. */
  readonly isBelow?: true;
}

/** The lines and the way out are shown once where issuers stumble at one place one after the other. */
function notRepeated(finding: Finding, before: Finding | undefined): Shown {
  const { range, help, ...rest } = finding;
  const isSamePlace = range !== undefined && JSON.stringify(range) === JSON.stringify(before?.range);
  if (!isSamePlace || !isFramed(before)) return finding;
  return { ...rest, range, isBelow: true, ...(help === undefined || help === before?.help ? {} : { help }) };
}

/** Information is to be read, not mended: it goes without the lines it is about. So does a secret, for logs' sake. */
function isFramed(finding: Finding | undefined): boolean {
  return finding !== undefined && finding.severity !== 'info' && finding.rule !== 'TE401';
}

function block(finding: Shown, source: FrameText | undefined, paint: Paint, width: number): string {
  const { rule, severity, message, range, issuer, help } = finding;
  const mark = paint[severity];
  const place = range ? `${printable(range.file)}:${range.start.line}:${range.start.column}  ` : '';
  const about = issuer === undefined ? '' : paint.dim(`  ${printable(issuer)}`);
  const lines = [`${paint.dim(place)}${mark(severity)}  ${paint.dim(rule)}${about}`];
  lines.push(...sentence(message, width - 2, paint).map((line) => `  ${line}`));
  const frame =
    source && range && isFramed(finding) && !finding.isBelow
      ? codeFrame(source, range, width, paint, mark)
      : [];
  if (frame.length > 0) lines.push('', ...frame);
  if (help !== undefined) {
    const [first = '', ...rest] = sentence(help, width - 8, paint);
    if (frame.length > 0) lines.push('');
    lines.push(`  ${paint.info('help')}  ${first}`, ...rest.map((line) => `        ${line}`));
  }
  return lines.join('\n');
}

function sentence(text: string, width: number, paint: Paint): string[] {
  return wrap(printable(text), width).map((line) => line.replace(/`[^`]+`/g, (name) => paint.code(name)));
}

const order: readonly Severity[] = ['error', 'warning', 'info'];

function summary(findings: readonly Finding[], limit: number, paint: Paint): string {
  if (findings.length === 0) return paint.strong('No problems found.');
  const counts = tally(findings);
  const parts = order
    .filter((severity) => counts[severity] > 0)
    .map((severity) =>
      paint[severity](
        `${counts[severity]} ${severity}${counts[severity] === 1 || severity === 'info' ? '' : 's'}`,
      ),
    );
  const files = new Set(findings.flatMap(({ range }) => (range ? [range.file] : [])));
  const where = files.size > 1 ? ` in ${files.size} files` : '';
  const rest = findings.length > limit ? paint.dim(` (${findings.length - limit} of them not shown)`) : '';
  return `${parts.join(', ')}${where}${rest}`;
}
