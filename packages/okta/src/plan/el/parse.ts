import { ElError } from './el-error.ts';

/** An expression in the part of the Okta Expression Language that we write. */
export type El =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'list'; readonly elements: readonly El[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'property'; readonly target: El; readonly name: string }
  /** `isMemberOfGroupName("x")`; with a target `user.getInternalProperty("id")`. */
  | {
      readonly kind: 'call';
      readonly target: El | undefined;
      readonly name: string;
      readonly args: readonly El[];
    }
  | { readonly kind: 'not'; readonly operand: El }
  | { readonly kind: 'negative'; readonly operand: El }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: El; readonly right: El }
  | { readonly kind: 'ternary'; readonly test: El; readonly yes: El; readonly no: El };

export type Operator = 'OR' | 'AND' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+';

interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'symbol' | 'end';
  readonly text: string;
}

/** Where one token ends and the next begins. A string holds its quotes doubled, as in Spring's language. */
const tokenPattern =
  /\s*(?:("(?:[^"]|"")*"|'(?:[^']|'')*')|(\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[-+!<>?:.,(){}]))/y;

/**
 * Parses an expression.
 *
 * @throws ElError `syntax`
 * @see https://docs.spring.io/spring-framework/reference/core/expressions/language-ref.html on which Okta's language is built
 */
export function parseEl(text: string): El {
  const tokens = new Tokens(tokensOf(text));
  const root = expression(tokens);
  if (tokens.peek().kind !== 'end') throw new ElError('syntax', 'there is more than one expression');
  return root;
}

/** Goes through the tokens of one expression. */
class Tokens {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? end;
  }

  take(): Token {
    return this.#tokens[this.#at++] ?? end;
  }

  isAt(...symbols: readonly string[]): boolean {
    const { kind, text } = this.peek();
    return kind === 'symbol' && symbols.includes(text);
  }

  isWord(word: string): boolean {
    const { kind, text } = this.peek();
    return kind === 'word' && text.toUpperCase() === word;
  }

  expect(symbol: string): void {
    if (!this.isAt(symbol)) throw new ElError('syntax', `${symbol} is missing`);
    this.#at++;
  }
}

function expression(tokens: Tokens): El {
  const test = either(tokens);
  if (!tokens.isAt('?')) return test;
  tokens.take();
  const yes = expression(tokens);
  tokens.expect(':');
  return { kind: 'ternary', test, yes, no: expression(tokens) };
}

function either(tokens: Tokens): El {
  let left = both(tokens);
  while (tokens.isAt('||') || tokens.isWord('OR')) {
    tokens.take();
    left = { kind: 'binary', operator: 'OR', left, right: both(tokens) };
  }
  return left;
}

function both(tokens: Tokens): El {
  let left = relation(tokens);
  while (tokens.isAt('&&') || tokens.isWord('AND')) {
    tokens.take();
    left = { kind: 'binary', operator: 'AND', left, right: relation(tokens) };
  }
  return left;
}

/** One comparison: Spring's language does not chain them. */
function relation(tokens: Tokens): El {
  const left = sum(tokens);
  const operator = comparisons.find((symbol) => tokens.isAt(symbol));
  if (operator === undefined) return left;
  tokens.take();
  return { kind: 'binary', operator, left, right: sum(tokens) };
}

function sum(tokens: Tokens): El {
  let left = unary(tokens);
  while (tokens.isAt('+')) {
    tokens.take();
    left = { kind: 'binary', operator: '+', left, right: unary(tokens) };
  }
  return left;
}

function unary(tokens: Tokens): El {
  if (!tokens.isAt('!', '-')) return postfix(tokens);
  return { kind: tokens.take().text === '!' ? 'not' : 'negative', operand: unary(tokens) };
}

function postfix(tokens: Tokens): El {
  let target = primary(tokens);
  while (tokens.isAt('.')) {
    tokens.take();
    const { kind, text } = tokens.take();
    if (kind !== 'word') throw new ElError('syntax', 'a name must follow a dot');
    target = tokens.isAt('(')
      ? { kind: 'call', target, name: text, args: list(tokens, '(', ')') }
      : { kind: 'property', target, name: text };
  }
  return target;
}

function primary(tokens: Tokens): El {
  if (tokens.isAt('{')) return { kind: 'list', elements: list(tokens, '{', '}') };
  const token = tokens.take();
  if (token.kind === 'string') return { kind: 'literal', value: unquoted(token.text) };
  if (token.kind === 'number') return { kind: 'literal', value: numberOf(token.text) };
  if (token.kind === 'word') {
    const constant = constants.get(token.text.toLowerCase());
    if (constant !== undefined) return { kind: 'literal', value: constant };
    if (tokens.isAt('('))
      return { kind: 'call', target: undefined, name: token.text, args: list(tokens, '(', ')') };
    return { kind: 'name', name: token.text };
  }
  if (token.text !== '(') throw new ElError('syntax', 'a value is missing');
  const inner = expression(tokens);
  tokens.expect(')');
  return inner;
}

function list(tokens: Tokens, open: string, close: string): readonly El[] {
  tokens.expect(open);
  const elements: El[] = [];
  while (!tokens.isAt(close)) {
    if (elements.length > 0) tokens.expect(',');
    elements.push(expression(tokens));
  }
  tokens.take();
  return elements;
}

const end: Token = { kind: 'end', text: '' };
const comparisons = ['==', '!=', '<=', '>=', '<', '>'] as const;
const constants = new Map<string, null | boolean>([
  ['null', null],
  ['true', true],
  ['false', false],
]);

function tokensOf(text: string): readonly Token[] {
  const pattern = new RegExp(tokenPattern);
  const whole = text.trimEnd();
  const tokens: Token[] = [];
  while (pattern.lastIndex < whole.length) {
    const [, string, number, word, symbol] = pattern.exec(whole) ?? [];
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else throw new ElError('syntax', 'there is a character that means nothing');
  }
  return tokens;
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** A whole number without a suffix is a Java `int`. */
function numberOf(text: string): number {
  const value = Number(text);
  if (!text.includes('.') && value > 2_147_483_647)
    throw new ElError('syntax', 'a whole number is too large');
  return value;
}
