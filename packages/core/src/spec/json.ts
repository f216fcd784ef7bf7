import type { CST } from 'yaml';
import type { Span } from '../finding.ts';
import { type ReadProblem, unreadable } from './problem.ts';

type TokenType = ReturnType<typeof CST.tokenType>;

const structure: readonly TokenType[] = [
  'space',
  'newline',
  'doc-mode',
  'flow-map-start',
  'flow-map-end',
  'flow-seq-start',
  'flow-seq-end',
  'map-value-ind',
  'comma',
  'scalar',
  'double-quoted-scalar',
];

/**
 * Watches the tokens of a text that claims to be JSON, and tells the first that is YAML only:
 * such a file reads here and breaks in every other reader of it.
 */
export function jsonProblem(): (type: TokenType, lexeme: string, span: Span) => ReadProblem | undefined {
  let scalarNext = false;
  let afterComma = false;
  let afterOpening = false;
  return (type, lexeme, span) => {
    // The lexer announces a plain scalar by a token of its own.
    if (lexeme === '\x1f') {
      scalarNext = true;
      return undefined;
    }
    const scalar = scalarNext || type === 'double-quoted-scalar';
    scalarNext = false;
    if (!scalar && (type === 'space' || type === 'newline' || type === 'doc-mode')) return undefined;
    const closing = !scalar && (type === 'flow-map-end' || type === 'flow-seq-end');
    const comma = !scalar && type === 'comma';
    const misplacedComma = (comma && (afterComma || afterOpening)) || (closing && afterComma);
    afterComma = comma;
    afterOpening = !scalar && (type === 'flow-map-start' || type === 'flow-seq-start');
    if (misplacedComma) return notJson('There is a comma too many.', span);
    if (scalar ? isJson(lexeme) : structure.includes(type)) return undefined;
    return notJson('This is YAML, but not JSON.', span);
  };
}

function notJson(message: string, span: Span): ReadProblem {
  return unreadable(message, span, 'Write it as JSON, or let the name of the file end in .yaml.');
}

function isJson(lexeme: string): boolean {
  try {
    JSON.parse(lexeme);
    return true;
  } catch {
    return false;
  }
}
