import { Composer, CST, type Document, Lexer, type ParsedNode, Parser, type YAMLParseError } from 'yaml';
import { linesOf } from '../lines.ts';
import { JsonWatch } from './json.ts';
import { maxDepth, maxTokens } from './limits.ts';
import { type ReadProblem, tooDeep, unreadable } from './problem.ts';
import { commonCause, syntaxProblem, unexplained } from './yaml-errors.ts';

/** More of them are echoes of the first ones. */
const maxSyntaxProblems = 3;

export type ParsedYaml = { readonly root: ParsedNode } | { readonly problems: readonly ReadProblem[] };

/** The one document of a YAML or JSON text, or what is wrong with it. Never throws. */
export function parseYaml(text: string, json: boolean): ParsedYaml {
  // The parser makes an Error for each problem. A million unused stack traces take ten seconds.
  const before: unknown = Reflect.get(Error, 'stackTraceLimit');
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return parse(text, json);
  } finally {
    Reflect.set(Error, 'stackTraceLimit', before);
  }
}

function parse(text: string, json: boolean): ParsedYaml {
  const problems: ReadProblem[] = [];
  const documents: Document.Parsed[] = [];
  const parser = new Parser();
  // Duplicate keys are found while converting: the composer compares every pair of keys.
  const composer = new Composer({ uniqueKeys: false, keepSourceTokens: true, resolveKnownTags: false });
  const watch = json ? new JsonWatch() : undefined;
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const span = { start: parser.offset, end: parser.offset + lexeme.length };
    tokens += 1;
    if (tokens > maxTokens)
      return { problems: [unreadable(`The file has more than ${maxTokens} parts.`, span)] };
    const problem = watch?.problem(CST.tokenType(lexeme), lexeme, span);
    if (problem) return { problems: [problem] };
    for (const token of parser.next(lexeme)) {
      if (token.type === 'directive') problems.push(...directiveProblems(token.source, token.offset));
      documents.push(...composer.next(token));
    }
    // The composer and the converter are recursive; the parser's stack shows how deep they would go.
    if (documents.length > 1) break;
    if (parser.stack.length > maxDepth + 2) return { problems: [tooDeep(span)] };
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));

  const [document, second] = documents;
  const errors: YAMLParseError[] = documents.flatMap((each) => each.errors);
  const cause = errors.length > 0 ? commonCause(errors, text) : undefined;
  if (cause) return { problems: [cause] };
  const found = firstOfEachLine(errors, text).map((error) => syntaxProblem(error, text));
  // After a first problem, one without an explanation mostly is an echo of it.
  problems.push(...found.filter(({ message }, i) => i === 0 || message !== unexplained));
  if (problems.length === 0 && second) problems.push(secondDocument(second, text));
  if (problems.length > 0) return { problems: problems.slice(0, maxSyntaxProblems) };
  const contents = document?.contents;
  return contents ? { root: contents } : { problems: [emptyFile(text)] };
}

/** A second problem in a line mostly is an echo of the first. */
function firstOfEachLine(errors: readonly YAMLParseError[], text: string): YAMLParseError[] {
  const { position } = linesOf(text);
  const byLine = new Map<number, YAMLParseError>();
  for (const error of errors) {
    const { line } = position(error.pos[0]);
    if (!byLine.has(line)) byLine.set(line, error);
    if (byLine.size > maxSyntaxProblems) break;
  }
  return [...byLine.values()];
}

function emptyFile(text: string): ReadProblem {
  return unreadable('The file is empty.', { start: 0, end: text.length });
}

function secondDocument(document: Document.Parsed, text: string): ReadProblem {
  const at = text.lastIndexOf('---', document.range[0]);
  const start = at === -1 ? document.range[0] : at;
  const span = { start, end: start + 3 };
  return unreadable(
    'A second YAML document begins here; a file holds one.',
    span,
    'Move it to a file of its own.',
  );
}

/** `%YAML 1.1` would change the meaning of plain text, and `%TAG` is only useful for tags. */
function directiveProblems(source: string, offset: number): ReadProblem[] {
  if (/^%YAML[ \t]+1\.2[ \t]*(#.*)?$/.test(source)) return [];
  const span = { start: offset, end: offset + source.length };
  return [unreadable('YAML directives other than %YAML 1.2 are refused.', span, 'Remove this line.')];
}
