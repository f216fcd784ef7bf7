import { bidiControl } from '../bidi.ts';
import type { Finding, Path, Span, SpecSource } from '../finding.ts';
import { linesOf } from '../lines.ts';
import { convert } from './convert.ts';
import { maxFindings, maxTextLength } from './limits.ts';
import { sourceOf } from './locate.ts';
import { locatorOf } from './place.ts';
import { type ReadProblem, unreadable } from './problem.ts';
import { readRules } from './rule-ids.ts';
import { parseYaml } from './yaml.ts';

/** A file's name, as findings show it, and its text. A name that ends in `.json` means JSON, any other YAML. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** A file as plain data; `readable` is false if the data cannot be used at all. */
export interface DataDocument {
  readonly readable: boolean;
  readonly data: unknown;
  readonly source: SpecSource;
  readonly findings: readonly Finding[];
  readonly refused: readonly Path[];
  readonly doubtful: readonly Path[];
}

/** Reads untrusted YAML or JSON into plain data with positions. Never throws. */
export function readDocument({ file, text: raw }: TextFile): DataDocument {
  const text = raw.startsWith('\ufeff') ? raw.slice(1) : raw;
  const untidy = untidyText(text);
  const parsed = untidy ? { problems: [untidy] } : parseYaml(text, file.toLowerCase().endsWith('.json'));
  if ('problems' in parsed) {
    const source = sourceOf(file, text, undefined);
    return {
      readable: false,
      data: undefined,
      source,
      findings: toFindings(parsed.problems, file, text),
      refused: [],
      doubtful: [],
    };
  }
  const { data, place, problems, refused, doubtful } = convert(parsed.root, text);
  const source = sourceOf(file, text, locatorOf(place));
  return { readable: true, data, source, findings: toFindings(problems, file, text), refused, doubtful };
}

/** Why a text cannot be parsed at all. */
function untidyText(text: string): ReadProblem | undefined {
  if (text.length > maxTextLength) {
    return unreadable(`The file is longer than ${maxTextLength} characters.`, { start: 0, end: 0 });
  }
  // Some of these are markers to the YAML lexer; a lone carriage return is a line break to some readers only.
  const control = /[^\P{Cc}\t\n\r]|\r(?!\n)/u.exec(text);
  if (control) {
    const message = `The control character ${codeOf(control[0])} is not allowed in a text file.`;
    return unreadable(message, spanOf(control), 'Is the file UTF-8 text?');
  }
  const turning = bidiControl.exec(text);
  if (!turning) return undefined;
  return unreadable(
    `The invisible character ${codeOf(turning[0])} changes the order in which text is shown.`,
    spanOf(turning),
    'Remove it: a reader must see what the spec says. In double quotes it can be written as an escape.',
  );
}

function codeOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function spanOf({ index }: RegExpExecArray): Span {
  return { start: index, end: index + 1 };
}

export function toFindings(problems: readonly ReadProblem[], file: string, text: string): Finding[] {
  const { position } = linesOf(text);
  return problems.map(({ rule, severity = 'error', message, span, help, fix }) => ({
    rule,
    severity,
    message,
    range: { file, start: position(span.start), end: position(span.end) },
    ...(help === undefined ? {} : { help }),
    ...(fix === undefined ? {} : { fix }),
  }));
}

/** The first 1,000, in the order of the text, without warnings at places that have an error. */
export function settle(findings: readonly Finding[]): Finding[] {
  const at = ({ range }: Finding) => range?.start.offset ?? -1;
  const errors = new Set(findings.filter(({ severity }) => severity === 'error').map(at));
  const settled = findings
    .filter((finding) => finding.severity === 'error' || !errors.has(at(finding)))
    .sort((a, b) => at(a) - at(b));
  if (settled.length <= maxFindings) return settled;
  const more: Finding = {
    rule: readRules.unreadable,
    severity: 'error',
    message: `The file has more than the ${maxFindings} problems shown.`,
    range: undefined,
  };
  return [...settled.slice(0, maxFindings), more];
}
