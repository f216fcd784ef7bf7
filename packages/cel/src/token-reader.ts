import type { Token } from './lexer.ts';
import { refuse } from './problem.ts';

/** Other languages' names for CEL's operators. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  and: 'write &&',
  or: 'write ||',
  not: 'write !',
  is: 'write ==',
};
const OTHERWISE = 'write has(a.b) ? a.b : "…", or a.?b.orValue("…")';

/** Goes through the tokens of one expression. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #position = 0;

  /** @param tokens of which the last is the end */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The next token, or a later one; at the end, the end token. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('the last token is always there');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  /** Whether an operator comes next. */
  at(text: string): boolean {
    const token = this.peek();
    return token.kind === 'operator' && token.text === text;
  }

  /** Goes past an operator, if it comes next. */
  take(text: string): boolean {
    const found = this.at(text);
    if (found) this.#position += 1;
    return found;
  }

  /** Goes past an operator that has to be there. */
  expect(text: string): Token {
    return this.at(text) ? this.next() : this.unexpected(`\`${text}\``);
  }

  /** Refuses the token that comes next. */
  unexpected(wanted?: string): never {
    const token = this.peek();
    const found = token.kind === 'end' ? 'the expression ends here' : `unexpected ${shown(token)}`;
    const message = wanted === undefined ? found : `${found}, expected ${wanted}`;
    const before = this.#tokens[this.#position - 1]?.text ?? '';
    const isElvis = before === '?' && (token.text === ':' || token.text === '?');
    const word = before === 'not' ? before : token.text;
    const help = Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word] : undefined;
    return refuse('syntax', message, token.range, isElvis ? OTHERWISE : help);
  }
}

function shown(token: Token): string {
  return token.kind === 'string' ? 'string' : `\`${token.text}\``;
}
