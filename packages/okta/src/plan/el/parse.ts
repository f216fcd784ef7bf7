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
  const tokens = tokensOf(text);
  let at = 0;
  const peek = (): Token => tokens[at] ?? end;
  const take = (): Token => tokens[at++] ?? end;
  const isAt = (...symbols: readonly string[]) => peek().kind === 'symbol' && symbols.includes(peek().text);
  const isWord = (...words: readonly string[]) =>
    peek().kind === 'word' && words.includes(peek().text.toUpperCase());
  const expect = (symbol: string) => {
    if (!isAt(symbol)) throw new ElError('syntax', `${symbol} is missing`);
    at++;
  };

  const expression = (): El => {
    const test = either();
    if (!isAt('?')) return test;
    at++;
    const yes = expression();
    expect(':');
    return { kind: 'ternary', test, yes, no: expression() };
  };
  const either = (): El => {
    let left = both();
    while (isAt('||') || isWord('OR')) {
      at++;
      left = { kind: 'binary', operator: 'OR', left, right: both() };
    }
    return left;
  };
  const both = (): El => {
    let left = relation();
    while (isAt('&&') || isWord('AND')) {
      at++;
      left = { kind: 'binary', operator: 'AND', left, right: relation() };
    }
    return left;
  };
  // One comparison: Spring's language does not chain them.
  const relation = (): El => {
    const left = sum();
    const operator = comparisons.find((symbol) => isAt(symbol));
    if (operator === undefined) return left;
    at++;
    return { kind: 'binary', operator, left, right: sum() };
  };
  const sum = (): El => {
    let left = unary();
    while (isAt('+')) {
      at++;
      left = { kind: 'binary', operator: '+', left, right: unary() };
    }
    return left;
  };
  const unary = (): El => {
    if (!isAt('!', '-')) return postfix();
    return { kind: take().text === '!' ? 'not' : 'negative', operand: unary() };
  };
  const postfix = (): El => {
    let target = primary();
    while (isAt('.')) {
      at++;
      const { kind, text } = take();
      if (kind !== 'word') throw new ElError('syntax', 'a name must follow a dot');
      target = isAt('(')
        ? { kind: 'call', target, name: text, args: list('(', ')') }
        : { kind: 'property', target, name: text };
    }
    return target;
  };
  const primary = (): El => {
    if (isAt('{')) return { kind: 'list', elements: list('{', '}') };
    const token = take();
    if (token.kind === 'string') return { kind: 'literal', value: unquoted(token.text) };
    if (token.kind === 'number') return { kind: 'literal', value: numberOf(token.text) };
    if (token.kind === 'word') {
      const constant = constants.get(token.text.toLowerCase());
      if (constant !== undefined) return { kind: 'literal', value: constant };
      if (isAt('(')) return { kind: 'call', target: undefined, name: token.text, args: list('(', ')') };
      return { kind: 'name', name: token.text };
    }
    if (token.text !== '(') throw new ElError('syntax', 'a value is missing');
    const inner = expression();
    expect(')');
    return inner;
  };
  const list = (open: string, close: string): readonly El[] => {
    expect(open);
    const elements: El[] = [];
    while (!isAt(close)) {
      if (elements.length > 0) expect(',');
      elements.push(expression());
    }
    at++;
    return elements;
  };

  const root = expression();
  if (peek().kind !== 'end') throw new ElError('syntax', 'there is more than one expression');
  return root;
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
