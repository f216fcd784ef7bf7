import {
  type Arithmetic,
  children,
  type Expr,
  type Expression,
  operationOf,
  type Relation,
} from '@claimsmith/cel';

/** A small change of an expression. */
export interface TextChange {
  /** The part that is changed, UTF-16 offsets into the expression. */
  readonly start: number;
  readonly end: number;
  /** The replacement. */
  readonly text: string;
}

/** The small changes of an expression: each negates, drops or moves one thing. Some of them may not compile. */
export function expressionChanges(expression: Expression): readonly TextChange[] {
  const { root, source, type } = expression;
  const whole = extentOf(root, source);
  const isConstant = root.kind === 'literal';
  const ofWhole =
    type.kind === 'bool' && !isConstant
      ? [
          { ...whole, text: 'true' },
          { ...whole, text: 'false' },
        ]
      : [];
  return [...ofWhole, ...nodesOf(root).flatMap((node) => changesOf(node, source))];
}

/** A text with one change made. */
export function changed(source: string, { start, end, text }: TextChange): string {
  return source.slice(0, start) + text + source.slice(end);
}

function nodesOf(expr: Expr): readonly Expr[] {
  return [expr, ...children(expr).flatMap(nodesOf)];
}

function textOf(expr: Expr, source: string): string {
  const { start, end } = extentOf(expr, source);
  return source.slice(start, end);
}

const quotedOrParenthesis = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()]/gs;

/** Where an expression is, with the parentheses around its first and its last operand: the parser's range leaves these out. */
function extentOf({ range }: Expr, source: string): Pick<TextChange, 'start' | 'end'> {
  let { start, end } = range;
  let open = 0;
  for (const [mark] of source.slice(start, end).matchAll(quotedOrParenthesis)) {
    if (mark === '(') open++;
    else if (mark === ')' && open > 0) open--;
    else if (mark === ')') start = source.lastIndexOf('(', start - 1);
  }
  while (open-- > 0) end = source.indexOf(')', end) + 1;
  // A quoted text of another form may have parentheses that belong to nothing.
  return start < 0 || end < range.end ? range : { start, end };
}

function changesOf(node: Expr, source: string): readonly TextChange[] {
  const text = (expr: Expr) => textOf(expr, source);
  const whole = extentOf(node, source);
  const by = (...texts: readonly string[]) => texts.map((replacement) => ({ ...whole, text: replacement }));
  switch (node.kind) {
    case 'literal':
      return by(...otherLiterals(node.value, node.type));
    case 'select':
      return node.test ? by('true', 'false') : [];
    case 'list':
      return node.elements.map((_, index) => {
        const others = node.elements.filter((_element, at) => at !== index).map(({ value }) => text(value));
        return { ...whole, text: `[${others.join(', ')}]` };
      });
    case 'macro':
      return macroChanges(node, source);
    case 'call':
      return callChanges(node, source);
    default:
      return [];
  }
}

function otherLiterals(value: null | boolean | number | string, type: string): readonly string[] {
  switch (typeof value) {
    case 'boolean':
      return [String(!value)];
    case 'string':
      return [JSON.stringify(`${value}x`)];
    case 'number':
      return [value + 1, value - 1].map((other) => written(other, type));
    default:
      return [];
  }
}

/** A whole double needs its point; a negative number would look like a subtraction. */
function written(value: number, type: string): string {
  const text = type === 'double' && Number.isInteger(value) ? value.toFixed(1) : String(value);
  return value < 0 ? `(${text})` : text;
}

const relations: Readonly<Record<Relation, readonly string[]>> = {
  '==': ['!='],
  '!=': ['=='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
};
const arithmetic: Readonly<Record<Arithmetic, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' };
const functions: Readonly<Record<string, readonly string[]>> = {
  startsWith: ['endsWith', 'contains'],
  endsWith: ['startsWith', 'contains'],
  contains: ['startsWith'],
};

/** Calls whose result is their target, or nearly. */
const smoothing = new Set(['lowerAscii', 'upperAscii', 'trim', 'sort', 'distinct', 'slice']);

function callChanges(node: Expr & { kind: 'call' }, source: string): readonly TextChange[] {
  const { name, nameRange, target } = node;
  const inner = (expr: Expr) => `(${textOf(expr, source)})`;
  const by = (text: string) => ({ ...extentOf(node, source), text });
  const named = (text: string) => ({ start: nameRange.start, end: nameRange.end, text });
  const operation = operationOf(node);
  switch (operation?.kind) {
    case 'and':
    case 'or':
      return [
        by(inner(operation.left)),
        by(inner(operation.right)),
        named(operation.kind === 'and' ? '||' : '&&'),
      ];
    case 'not':
    case 'negate':
      return [by(inner(operation.operand))];
    case 'choose':
      return [operation.yes, operation.no].map((branch) => by(inner(branch)));
    case 'compare':
      return relations[operation.symbol].map(named);
    case 'arithmetic':
      return [named(arithmetic[operation.symbol])];
    case 'in':
      return [by(`!${inner(node)}`)];
    default: {
      const swapped = (functions[name] ?? []).map(named);
      return target && smoothing.has(name) ? [...swapped, by(inner(target))] : swapped;
    }
  }
}

const otherMacros: Readonly<Record<string, string>> = { exists: 'all', all: 'exists', exists_one: 'exists' };

function macroChanges(node: Expr & { kind: 'macro' }, source: string): readonly TextChange[] {
  const { name, target, filter, body } = node;
  const negated = (expr: Expr) => ({ ...extentOf(expr, source), text: `!(${textOf(expr, source)})` });
  if (name === 'filter')
    return [{ ...extentOf(node, source), text: `(${textOf(target, source)})` }, negated(body)];
  if (name === 'map') return filter ? [negated(filter)] : [];
  const from = source.indexOf(name, extentOf(target, source).end);
  const other = otherMacros[name];
  return from < 0 || other === undefined ? [] : [{ start: from, end: from + name.length, text: other }];
}
