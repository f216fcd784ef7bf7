import type { Expr, Problem, Range } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';
import { MAX_DEPTH, MAX_MACRO_NESTING, MAX_NODES, MAX_SOURCE_LENGTH } from './limits.ts';
import { expandMacro } from './macros.ts';
import { refuse, SyntaxProblem } from './problem.ts';
import { children } from './visit.ts';

const RESERVED = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'loop',
  'namespace',
  'null',
  'package',
  'return',
  'true',
  'var',
  'void',
  'while',
]);
/** Words that not even a field may be called without backquotes. */
const LITERAL_WORDS = new Set(['false', 'in', 'null', 'true']);

/** What other languages call CEL's operators. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  and: 'write &&',
  or: 'write ||',
  not: 'write !',
  is: 'write ==',
};
const OTHERWISE = 'write has(a.b) ? a.b : "…", or a.?b.orValue("…")';

const RELATIONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const SUMS = new Set(['+', '-']);
const PRODUCTS = new Set(['*', '/', '%']);

type Shape = Expr extends infer Node ? (Node extends Expr ? Omit<Node, 'id'> : never) : never;

/** Makes the nodes of one expression, and holds its tree to the limits while it grows. */
export type NodeFactory = (shape: Shape) => Expr;

/**
 * Parses an expression. Never throws, whatever the text; `expr` is undefined when there is a problem.
 * Text, brackets, tree and macro nesting are bounded, so neither time nor stack can run away.
 */
export function parse(source: string): {
  readonly expr: Expr | undefined;
  readonly problems: readonly Problem[];
} {
  try {
    if (source.length > MAX_SOURCE_LENGTH) {
      const help = `an expression may have ${MAX_SOURCE_LENGTH} characters`;
      refuse('limit', `expression of ${source.length} characters`, { start: 0, end: source.length }, help);
    }
    const expr = parseTokens(tokenize(source));
    boundMacros(expr, 0);
    return { expr, problems: [] };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { expr: undefined, problems: [error.problem] };
    throw error;
  }
}

function nodeFactory(): NodeFactory {
  const depths: number[] = [];
  return (shape) => {
    const id = depths.length + 1;
    const expr: Expr = { id, ...shape };
    let depth = 1;
    for (const child of children(expr)) depth = Math.max(depth, 1 + (depths[child.id - 1] ?? 0));
    depths.push(depth);
    if (id > MAX_NODES) refuse('limit', `more than ${MAX_NODES} parts`, shape.range, 'split the expression');
    if (depth > MAX_DEPTH)
      refuse('limit', `nested more than ${MAX_DEPTH} deep`, shape.range, 'split the expression');
    return expr;
  };
}

function boundMacros(expr: Expr, nesting: number): void {
  if (nesting > MAX_MACRO_NESTING) {
    refuse('limit', `macros nested more than ${MAX_MACRO_NESTING} deep`, expr.range, 'split the expression');
  }
  if (expr.kind !== 'macro') {
    for (const child of children(expr)) boundMacros(child, nesting);
    return;
  }
  boundMacros(expr.target, nesting);
  if (expr.filter !== undefined) boundMacros(expr.filter, nesting + 1);
  boundMacros(expr.body, nesting + 1);
}

function parseTokens(tokens: readonly Token[]): Expr {
  const node = nodeFactory();
  let position = 0;
  let nesting = 0;

  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(position + ahead, tokens.length - 1)];
    if (token === undefined) throw new Error('the last token is always there');
    return token;
  };
  const next = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const at = (text: string): boolean => peek().kind === 'operator' && peek().text === text;
  const take = (text: string): boolean => {
    if (!at(text)) return false;
    position += 1;
    return true;
  };
  const unexpected = (wanted?: string): never => {
    const token = peek();
    const found = token.kind === 'end' ? 'the expression ends here' : `unexpected ${shown(token)}`;
    const message = wanted === undefined ? found : `${found}, expected ${wanted}`;
    const before = tokens[position - 1]?.text ?? '';
    const isElvis = before === '?' && (token.text === ':' || token.text === '?');
    const word = before === 'not' ? before : token.text;
    const help = Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word] : undefined;
    return refuse('syntax', message, token.range, isElvis ? OTHERWISE : help);
  };
  const expect = (text: string): Token => (at(text) ? next() : unexpected(`\`${text}\``));
  const call = (name: string, operator: Token, args: readonly Expr[], range: Range): Expr =>
    node({ kind: 'call', name, nameRange: operator.range, target: undefined, args, range });

  const parseExpression = (): Expr => {
    nesting += 1;
    if (nesting > MAX_DEPTH) {
      refuse('limit', `nested more than ${MAX_DEPTH} deep`, peek().range, 'split the expression');
    }
    const condition = parseLogical('||');
    let expr = condition;
    if (at('?')) {
      const operator = next();
      const chains = at('.') && peek().range.start === operator.range.end;
      const yes = parseLogical('||');
      if (chains && !at(':')) {
        const range = { start: operator.range.start, end: operator.range.end + 1 };
        refuse('syntax', 'unexpected `?.`', range, 'write .? for a field that may be missing');
      }
      expect(':');
      const no = parseExpression();
      expr = call('_?_:_', operator, [condition, yes, no], {
        start: condition.range.start,
        end: no.range.end,
      });
    }
    nesting -= 1;
    return expr;
  };

  /** A chain of one logical operator becomes a balanced tree, so that a long chain is not a deep one. */
  const parseLogical = (operator: '||' | '&&'): Expr => {
    const operand = (): Expr => (operator === '||' ? parseLogical('&&') : parseBinary(RELATIONS));
    const terms = [operand()];
    const operators: Token[] = [];
    while (at(operator)) {
      operators.push(next());
      terms.push(operand());
    }
    return balance(operator, terms, operators, 0, terms.length - 1);
  };

  const balance = (name: string, terms: Expr[], operators: Token[], low: number, high: number): Expr => {
    const middle = Math.floor((low + high + 1) / 2);
    const operator = operators[middle - 1];
    const first = terms[low];
    if (first === undefined) throw new Error('a chain has a first term');
    if (low === high || operator === undefined) return first;
    const left = balance(name, terms, operators, low, middle - 1);
    const right = balance(name, terms, operators, middle, high);
    return call(`_${name}_`, operator, [left, right], { start: left.range.start, end: right.range.end });
  };

  const parseBinary = (operators: ReadonlySet<string>): Expr => {
    const operand = (): Expr => {
      if (operators === RELATIONS) return parseBinary(SUMS);
      return operators === SUMS ? parseBinary(PRODUCTS) : parseUnary();
    };
    let left = operand();
    for (;;) {
      const token = peek();
      if ((token.kind !== 'operator' && token.text !== 'in') || !operators.has(token.text)) return left;
      if (token.kind === 'quoted' || token.kind === 'string') return left;
      next();
      const right = operand();
      const name = token.text === 'in' ? '@in' : `_${token.text}_`;
      left = call(name, token, [left, right], { start: left.range.start, end: right.range.end });
    }
  };

  const parseUnary = (): Expr => {
    const operators: Token[] = [];
    while (at('!') || at('-')) operators.push(next());
    const last = operators.at(-1);
    const number = peek();
    let expr: Expr;
    if (last?.text === '-' && (number.kind === 'int' || number.kind === 'double')) {
      operators.pop();
      next();
      const range = { start: last.range.start, end: number.range.end };
      const value = number.value === 0 && number.kind === 'int' ? 0 : -number.value;
      expr = parsePostfix(node({ kind: 'literal', type: number.kind, value, range }));
    } else {
      expr = parsePostfix(parsePrimary());
    }
    for (const operator of operators.reverse()) {
      const range = { start: operator.range.start, end: expr.range.end };
      expr = call(`${operator.text}_`, operator, [expr], range);
    }
    return expr;
  };

  const parsePostfix = (start: Expr): Expr => {
    let expr = start;
    for (;;) {
      if (take('.')) expr = parseMember(expr);
      else if (take('[')) {
        const optional = take('?');
        const index = parseExpression();
        const end = expect(']').range.end;
        expr = node({
          kind: 'index',
          operand: expr,
          index,
          optional,
          range: { start: expr.range.start, end },
        });
      } else if (at('{') && (expr.kind === 'ident' || expr.kind === 'select')) {
        return refuse(
          'unsupported',
          'messages are not part of JSON',
          peek().range,
          'write a map such as {"a": 1}',
        );
      } else return expr;
    }
  };

  const parseMember = (operand: Expr): Expr => {
    const optional = take('?');
    const name = next();
    if (name.kind !== 'quoted' && (name.kind !== 'ident' || LITERAL_WORDS.has(name.text))) {
      position -= 1;
      return unexpected('a field or function name');
    }
    if (!at('(') || name.kind === 'quoted' || optional) {
      return node({
        kind: 'select',
        operand,
        field: name.text,
        fieldRange: name.range,
        test: false,
        optional,
        range: { start: operand.range.start, end: name.range.end },
      });
    }
    return parseCall(name, operand);
  };

  const parseCall = (name: Token, target: Expr | undefined): Expr => {
    expect('(');
    const args: Expr[] = [];
    while (!at(')')) {
      args.push(parseExpression());
      if (!take(',')) break;
      if (at(')')) unexpected('an argument');
    }
    const end = expect(')').range.end;
    const range = { start: target?.range.start ?? name.range.start, end };
    const shape = { kind: 'call', name: name.text, nameRange: name.range, target, args, range } as const;
    return expandMacro(shape, node) ?? node(shape);
  };

  const parsePrimary = (): Expr => {
    const token = peek();
    if (token.kind === 'int' || token.kind === 'double' || token.kind === 'string') {
      next();
      return node({ kind: 'literal', type: token.kind, value: token.value, range: token.range });
    }
    if (token.kind === 'ident') return parseName(next());
    if (take('(')) {
      const inner = parseExpression();
      expect(')');
      return inner;
    }
    if (at('[')) return parseList(next());
    if (at('{')) return parseMap(next());
    if (at('.') && peek(1).kind === 'ident') {
      const { start } = next().range;
      const name = next();
      return parseName({ ...name, range: { start, end: name.range.end } });
    }
    return unexpected(token.kind === 'end' ? 'a value' : undefined);
  };

  const parseName = (token: Token): Expr => {
    const { text, range } = token;
    if (text === 'true' || text === 'false')
      return node({ kind: 'literal', type: 'bool', value: text === 'true', range });
    if (text === 'null') return node({ kind: 'literal', type: 'null', value: null, range });
    if (RESERVED.has(text))
      return refuse(
        'syntax',
        `\`${text}\` is a reserved word`,
        range,
        text === 'if' ? 'write condition ? a : b' : undefined,
      );
    return at('(') ? parseCall(token, undefined) : node({ kind: 'ident', name: text, range });
  };

  const parseList = (open: Token): Expr => {
    const elements: { value: Expr; optional: boolean }[] = [];
    while (!at(']')) {
      const optional = take('?');
      elements.push({ value: parseExpression(), optional });
      if (!take(',')) break;
    }
    return node({ kind: 'list', elements, range: { start: open.range.start, end: expect(']').range.end } });
  };

  const parseMap = (open: Token): Expr => {
    const entries: { key: Expr; value: Expr; optional: boolean }[] = [];
    while (!at('}')) {
      const optional = take('?');
      const key = parseExpression();
      expect(':');
      entries.push({ key, value: parseExpression(), optional });
      if (!take(',')) break;
    }
    return node({ kind: 'map', entries, range: { start: open.range.start, end: expect('}').range.end } });
  };

  const expr = parseExpression();
  if (peek().kind !== 'end') unexpected();
  return expr;
}

function shown(token: Token): string {
  return token.kind === 'string' ? 'string' : `\`${token.text}\``;
}
