import type { CST } from 'yaml';
import type { Span } from '../finding.ts';
import { type ReadProblem, unreadable } from './problem.ts';

type TokenType = ReturnType<typeof CST.tokenType>;

/** What JSON allows next. */
type State = 'value' | 'item or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/**
 * Watches the tokens of a text that claims to be JSON, and tells the first that is YAML only:
 * such a file reads here and breaks in every other reader of it.
 */
export function jsonProblem(): (type: TokenType, lexeme: string, span: Span) => ReadProblem | undefined {
  const open: TokenType[] = [];
  let state: State = 'value';
  let scalarNext = false;
  let last: TokenType = null;

  const afterValue = (): State => (open.length === 0 ? 'nothing' : 'comma or end');
  function opens(type: TokenType): boolean {
    if (state !== 'value' && state !== 'item or end') return false;
    open.push(type);
    state = type === 'flow-map-start' ? 'key or end' : 'item or end';
    return true;
  }
  function closes(opening: TokenType, empty: State): boolean {
    if (open.at(-1) !== opening || (state !== 'comma or end' && state !== empty)) return false;
    open.pop();
    state = afterValue();
    return true;
  }
  function steps(from: State, to: State): boolean {
    if (state !== from) return false;
    state = to;
    return true;
  }
  function isAllowed(type: TokenType, lexeme: string): boolean {
    switch (type) {
      case 'flow-map-start':
      case 'flow-seq-start':
        return opens(type);
      case 'flow-map-end':
        return closes('flow-map-start', 'key or end');
      case 'flow-seq-end':
        return closes('flow-seq-start', 'item or end');
      case 'map-value-ind':
        return steps('colon', 'value');
      case 'comma':
        return steps('comma or end', open.at(-1) === 'flow-map-start' ? 'key' : 'value');
      case 'double-quoted-scalar':
        if (state === 'key' || state === 'key or end') return isJson(lexeme) && steps(state, 'colon');
        return (state === 'value' || state === 'item or end') && isJson(lexeme) && steps(state, afterValue());
      case 'scalar':
        return (state === 'value' || state === 'item or end') && isJson(lexeme) && steps(state, afterValue());
      default:
        return type === 'space' || type === 'newline' || type === 'doc-mode';
    }
  }
  return (type, lexeme, span) => {
    // The lexer announces a plain scalar, which may look like another token, by a token of its own.
    if (type === 'scalar' && !scalarNext) {
      scalarNext = true;
      return undefined;
    }
    const known = scalarNext ? 'scalar' : type;
    scalarNext = false;
    if (isAllowed(known, lexeme)) {
      if (known !== 'space' && known !== 'newline') last = known;
      return undefined;
    }
    return notJson(lexeme, last, span);
  };
}

function notJson(lexeme: string, last: TokenType, { start, end }: Span): ReadProblem {
  const [line = ''] = /^.*/.exec(lexeme) ?? [];
  const span = { start, end: Math.min(end, start + Math.max(1, line.length)) };
  if (/^(?:\/\/|\/\*|#)/.test(lexeme)) {
    return unreadable(
      'JSON has no comments.',
      span,
      'Remove it, or write the spec as YAML, in a file that ends in .yaml.',
    );
  }
  if (last === 'comma' && /^[}\]]$/.test(lexeme))
    return unreadable('JSON does not allow a comma before this.', span, 'Remove the comma.');
  if (lexeme.startsWith("'")) return unreadable('JSON allows only double quotes.', span, 'Write "…".');
  const help = 'Write it as JSON, or rename the file so that it ends in .yaml.';
  return unreadable('This may be YAML, but it is not JSON.', span, help);
}

function isJson(lexeme: string): boolean {
  try {
    JSON.parse(lexeme);
    return true;
  } catch {
    return false;
  }
}
