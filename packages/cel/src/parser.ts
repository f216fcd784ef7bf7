import type { Expr, Problem, Range } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';
import { MAX_DEPTH, MAX_MACRO_NESTING, MAX_SOURCE_LENGTH } from './limits.ts';
import { expandMacro } from './macros.ts';
import { type NodeFactory, nodeFactory } from './node-factory.ts';
import { refuse, SyntaxProblem } from './problem.ts';
import { TokenReader } from './token-reader.ts';
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

const RELATIONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const SUMS = new Set(['+', '-']);
const PRODUCTS = new Set(['*', '/', '%']);

/** Where parsing one expression has come to. */
interface Parser {
  readonly tokens: TokenReader;
  readonly node: NodeFactory;
  /** How many expressions are open. */
  nesting: number;
}

/**
 * Parses an expression. Never throws; `expr` is undefined if there is a problem. Text, brackets, tree and macro nesting
 * are limited, so that time and stack are too.
 */
export function parse(source: string): {
  readonly expr: Expr | undefined;
  readonly problems: readonly Problem[];
} {
  try {
    if (source.length > MAX_SOURCE_LENGTH) {
      const help = `an expression may have at most ${MAX_SOURCE_LENGTH} characters`;
      refuse('limit', `expression of ${source.length} characters`, { start: 0, end: source.length }, help);
    }
    const expr = parseWhole(new TokenReader(tokenize(source)));
    boundMacros(expr, 0);
    return { expr, problems: [] };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { expr: undefined, problems: [error.problem] };
    throw error;
  }
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

function parseWhole(tokens: TokenReader): Expr {
  const expr = parseExpression({ tokens, node: nodeFactory(), nesting: 0 });
  if (tokens.peek().kind !== 'end') tokens.unexpected();
  return expr;
}

function parseExpression(parser: Parser): Expr {
  const { tokens } = parser;
  parser.nesting += 1;
  if (parser.nesting > MAX_DEPTH) {
    refuse('limit', `nested more than ${MAX_DEPTH} deep`, tokens.peek().range, 'split the expression');
  }
  const condition = parseLogical(parser, '||');
  let expr = condition;
  if (tokens.at('?')) {
    const operator = tokens.next();
    const chains = tokens.at('.') && tokens.peek().range.start === operator.range.end;
    const yes = parseLogical(parser, '||');
    if (chains && !tokens.at(':')) {
      const range = { start: operator.range.start, end: operator.range.end + 1 };
      refuse('syntax', 'unexpected `?.`', range, 'write .? for a field that may be missing');
    }
    tokens.expect(':');
    const no = parseExpression(parser);
    expr = call(parser, '_?_:_', operator, [condition, yes, no], {
      start: condition.range.start,
      end: no.range.end,
    });
  }
  parser.nesting -= 1;
  return expr;
}

/** A chain of one logical operator becomes a balanced tree, so that long chains do not become deep trees. */
function parseLogical(parser: Parser, operator: '||' | '&&'): Expr {
  const { tokens } = parser;
  const operand = (): Expr =>
    operator === '||' ? parseLogical(parser, '&&') : parseBinary(parser, RELATIONS);
  const terms = [operand()];
  const operators: Token[] = [];
  while (tokens.at(operator)) {
    operators.push(tokens.next());
    terms.push(operand());
  }
  return balance(parser, operator, terms, operators, 0, terms.length - 1);
}

function balance(
  parser: Parser,
  name: string,
  terms: Expr[],
  operators: Token[],
  low: number,
  high: number,
): Expr {
  const middle = Math.floor((low + high + 1) / 2);
  const operator = operators[middle - 1];
  const first = terms[low];
  if (first === undefined) throw new Error('a chain has a first term');
  if (low === high || operator === undefined) return first;
  const left = balance(parser, name, terms, operators, low, middle - 1);
  const right = balance(parser, name, terms, operators, middle, high);
  return call(parser, `_${name}_`, operator, [left, right], {
    start: left.range.start,
    end: right.range.end,
  });
}

function parseBinary(parser: Parser, operators: ReadonlySet<string>): Expr {
  const { tokens } = parser;
  const operand = (): Expr => {
    if (operators === RELATIONS) return parseBinary(parser, SUMS);
    return operators === SUMS ? parseBinary(parser, PRODUCTS) : parseUnary(parser);
  };
  let left = operand();
  for (;;) {
    const token = tokens.peek();
    if ((token.kind !== 'operator' && token.text !== 'in') || !operators.has(token.text)) return left;
    if (token.kind === 'quoted' || token.kind === 'string') return left;
    tokens.next();
    const right = operand();
    const name = token.text === 'in' ? '@in' : `_${token.text}_`;
    left = call(parser, name, token, [left, right], { start: left.range.start, end: right.range.end });
  }
}

function parseUnary(parser: Parser): Expr {
  const { tokens } = parser;
  const operators: Token[] = [];
  while (tokens.at('!') || tokens.at('-')) operators.push(tokens.next());
  const last = operators.at(-1);
  const number = tokens.peek();
  let expr: Expr;
  if (last?.text === '-' && (number.kind === 'int' || number.kind === 'double')) {
    operators.pop();
    tokens.next();
    const range = { start: last.range.start, end: number.range.end };
    const value = number.value === 0 && number.kind === 'int' ? 0 : -number.value;
    expr = parsePostfix(parser, parser.node({ kind: 'literal', type: number.kind, value, range }));
  } else {
    expr = parsePostfix(parser, parsePrimary(parser));
  }
  for (const operator of operators.reverse()) {
    const range = { start: operator.range.start, end: expr.range.end };
    expr = call(parser, `${operator.text}_`, operator, [expr], range);
  }
  return expr;
}

function parsePostfix(parser: Parser, start: Expr): Expr {
  const { tokens } = parser;
  let expr = start;
  for (;;) {
    if (tokens.take('.')) expr = parseMember(parser, expr);
    else if (tokens.take('[')) {
      const optional = tokens.take('?');
      const index = parseExpression(parser);
      const end = tokens.expect(']').range.end;
      expr = parser.node({
        kind: 'index',
        operand: expr,
        index,
        optional,
        range: { start: expr.range.start, end },
      });
    } else if (tokens.at('{') && (expr.kind === 'ident' || expr.kind === 'select')) {
      return refuse(
        'unsupported',
        'messages are not part of JSON',
        tokens.peek().range,
        'write a map such as {"a": 1}',
      );
    } else return expr;
  }
}

function parseMember(parser: Parser, operand: Expr): Expr {
  const { tokens } = parser;
  const optional = tokens.take('?');
  const name = tokens.peek();
  if (name.kind !== 'quoted' && (name.kind !== 'ident' || LITERAL_WORDS.has(name.text))) {
    return tokens.unexpected('a field or function name');
  }
  tokens.next();
  if (!tokens.at('(') || name.kind === 'quoted' || optional) {
    return parser.node({
      kind: 'select',
      operand,
      field: name.text,
      fieldRange: name.range,
      test: false,
      optional,
      range: { start: operand.range.start, end: name.range.end },
    });
  }
  return parseCall(parser, name, operand);
}

function parseCall(parser: Parser, name: Token, target: Expr | undefined): Expr {
  const { tokens } = parser;
  tokens.expect('(');
  const args: Expr[] = [];
  while (!tokens.at(')')) {
    args.push(parseExpression(parser));
    if (!tokens.take(',')) break;
    if (tokens.at(')')) tokens.unexpected('an argument');
  }
  const end = tokens.expect(')').range.end;
  const range = { start: target?.range.start ?? name.range.start, end };
  const shape = { kind: 'call', name: name.text, nameRange: name.range, target, args, range } as const;
  return expandMacro(shape, parser.node) ?? parser.node(shape);
}

function parsePrimary(parser: Parser): Expr {
  const { tokens } = parser;
  const token = tokens.peek();
  if (token.kind === 'int' || token.kind === 'double' || token.kind === 'string') {
    tokens.next();
    return parser.node({ kind: 'literal', type: token.kind, value: token.value, range: token.range });
  }
  if (token.kind === 'ident') return parseName(parser, tokens.next());
  if (tokens.take('(')) {
    const inner = parseExpression(parser);
    tokens.expect(')');
    return inner;
  }
  if (tokens.at('[')) return parseList(parser, tokens.next());
  if (tokens.at('{')) return parseMap(parser, tokens.next());
  if (tokens.at('.') && tokens.peek(1).kind === 'ident') {
    const { start } = tokens.next().range;
    const name = tokens.next();
    return parseName(parser, { ...name, range: { start, end: name.range.end } });
  }
  return tokens.unexpected(token.kind === 'end' ? 'a value' : undefined);
}

function parseName(parser: Parser, token: Token): Expr {
  const { tokens } = parser;
  const { text, range } = token;
  if (text === 'true' || text === 'false')
    return parser.node({ kind: 'literal', type: 'bool', value: text === 'true', range });
  if (text === 'null') return parser.node({ kind: 'literal', type: 'null', value: null, range });
  if (RESERVED.has(text))
    return refuse(
      'syntax',
      `\`${text}\` is a reserved word`,
      range,
      text === 'if' ? 'write condition ? a : b' : undefined,
    );
  return tokens.at('(')
    ? parseCall(parser, token, undefined)
    : parser.node({ kind: 'ident', name: text, range });
}

function parseList(parser: Parser, open: Token): Expr {
  const { tokens } = parser;
  const elements: { value: Expr; optional: boolean }[] = [];
  while (!tokens.at(']')) {
    const optional = tokens.take('?');
    elements.push({ value: parseExpression(parser), optional });
    if (!tokens.take(',')) break;
  }
  return parser.node({
    kind: 'list',
    elements,
    range: { start: open.range.start, end: tokens.expect(']').range.end },
  });
}

function parseMap(parser: Parser, open: Token): Expr {
  const { tokens } = parser;
  const entries: { key: Expr; value: Expr; optional: boolean }[] = [];
  while (!tokens.at('}')) {
    const optional = tokens.take('?');
    const key = parseExpression(parser);
    tokens.expect(':');
    entries.push({ key, value: parseExpression(parser), optional });
    if (!tokens.take(',')) break;
  }
  return parser.node({
    kind: 'map',
    entries,
    range: { start: open.range.start, end: tokens.expect('}').range.end },
  });
}

/** A call of an operator. */
function call({ node }: Parser, name: string, operator: Token, args: readonly Expr[], range: Range): Expr {
  return node({ kind: 'call', name, nameRange: operator.range, target: undefined, args, range });
}
