import type { CST } from 'yaml';
import type { Span } from '../finding.ts';
import { type ReadProblem, unreadable } from './problem.ts';

type TokenType = ReturnType<typeof CST.tokenType>;

/** The tokens that JSON allows next. */
type State = 'value' | 'item or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/**
 * Finds the first token in a JSON file that only YAML allows. We could read such a file, but other JSON readers cannot.
 */
export class JsonWatch {
  readonly #open: TokenType[] = [];
  #state: State = 'value';
  #isScalarNext = false;
  #last: TokenType = null;

  /** What is wrong with the next token. */
  problem(type: TokenType, lexeme: string, span: Span): ReadProblem | undefined {
    // The lexer marks a plain scalar with a special token, because the scalar may look like another token.
    if (type === 'scalar' && !this.#isScalarNext) {
      this.#isScalarNext = true;
      return undefined;
    }
    const known = this.#isScalarNext ? 'scalar' : type;
    this.#isScalarNext = false;
    if (!this.#isAllowed(known, lexeme)) return notJson(lexeme, this.#last, span);
    if (known !== 'space' && known !== 'newline') this.#last = known;
    return undefined;
  }

  #isAllowed(type: TokenType, lexeme: string): boolean {
    switch (type) {
      case 'flow-map-start':
      case 'flow-seq-start':
        return this.#opens(type);
      case 'flow-map-end':
        return this.#closes('flow-map-start', 'key or end');
      case 'flow-seq-end':
        return this.#closes('flow-seq-start', 'item or end');
      case 'map-value-ind':
        return this.#steps('colon', 'value');
      case 'comma':
        return this.#steps('comma or end', this.#open.at(-1) === 'flow-map-start' ? 'key' : 'value');
      case 'double-quoted-scalar':
        if (this.#state === 'key' || this.#state === 'key or end')
          return isJson(lexeme) && this.#steps(this.#state, 'colon');
        return this.#isValue(lexeme);
      case 'scalar':
        return this.#isValue(lexeme);
      default:
        return type === 'space' || type === 'newline' || type === 'doc-mode';
    }
  }

  #isValue(lexeme: string): boolean {
    const isWanted = this.#state === 'value' || this.#state === 'item or end';
    return isWanted && isJson(lexeme) && this.#steps(this.#state, this.#afterValue());
  }

  #afterValue(): State {
    return this.#open.length === 0 ? 'nothing' : 'comma or end';
  }

  #opens(type: TokenType): boolean {
    if (this.#state !== 'value' && this.#state !== 'item or end') return false;
    this.#open.push(type);
    this.#state = type === 'flow-map-start' ? 'key or end' : 'item or end';
    return true;
  }

  #closes(opening: TokenType, empty: State): boolean {
    if (this.#open.at(-1) !== opening || (this.#state !== 'comma or end' && this.#state !== empty))
      return false;
    this.#open.pop();
    this.#state = this.#afterValue();
    return true;
  }

  #steps(from: State, to: State): boolean {
    if (this.#state !== from) return false;
    this.#state = to;
    return true;
  }
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
