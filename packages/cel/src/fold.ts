import type { Expr, LiteralType } from './ast.ts';
import { constantTexts, operationOf, pathOf } from './tree.ts';
import type { Constant, Environment, Type } from './types.ts';
import { namesBoundBy } from './visit.ts';

/**
 * The tree with the constants of the environment in place, and without the parts that they rule out: the other branch of a
 * condition, the rest of an `&&` that is false. What an expression gives stays the same.
 *
 * @returns the same tree if it reads no constant
 */
export function folded(root: Expr, environment: Environment, typeOf: (expr: Expr) => Type): Expr {
  const constants = environment.constants ?? {};
  if (Object.keys(constants).length === 0) return root;
  const { variables } = environment;
  return fold({ constants, variables, typeOf, written: new Map() }, root, new Set());
}

interface Folding {
  readonly constants: NonNullable<Environment['constants']>;
  readonly variables: Environment['variables'];
  readonly typeOf: (expr: Expr) => Type;
  /** What a changed part was: its type is the same. */
  readonly written: Map<Expr, Expr>;
}

type Bound = ReadonlySet<string>;
type Literal = Expr & { readonly kind: 'literal' };

function fold(folding: Folding, expr: Expr, bound: Bound): Expr {
  const known = constantAt(folding, expr, bound);
  if (known !== undefined) return known;
  const inside = withFoldedParts(folding, expr, bound);
  // Only what a constant has changed is simplified: the rest stays as its author wrote it.
  if (inside === expr) return expr;
  folding.written.set(inside, expr);
  return simplified(folding, inside);
}

/** The value of a constant as an expression; undefined for anything else. */
function constantAt({ constants, variables }: Folding, expr: Expr, bound: Bound): Expr | undefined {
  const [root, field, ...deeper] = pathOf(expr, { bound }) ?? [];
  if (root === undefined || deeper.length > 0 || !Object.hasOwn(constants, root)) return undefined;
  const type = variables[root];
  const value = constants[root];
  if (type === undefined || value === undefined) return undefined;
  if (!isGroup(value)) return field === undefined ? literalOf(expr, value, type) : undefined;
  if (field === undefined || type.kind !== 'record' || !Object.hasOwn(type.fields, field)) return undefined;
  const own = Object.hasOwn(value, field) ? value[field] : undefined;
  const fieldType = type.fields[field]?.type;
  if (own === undefined || fieldType === undefined) return undefined;
  if (expr.kind === 'select' && expr.test) return literal(expr, true, 'bool');
  const made = literalOf(expr, own, fieldType);
  const isOptional = (expr.kind === 'select' || expr.kind === 'index') && expr.optional;
  return isOptional ? callOf(expr, 'optional.of', made) : made;
}

function isGroup(
  value: Constant | Readonly<Record<string, Constant>>,
): value is Readonly<Record<string, Constant>> {
  return typeof value === 'object' && !Array.isArray(value);
}

function literalOf(expr: Expr, value: Constant, type: Type): Expr {
  if (typeof value === 'string') return literal(expr, value, 'string');
  if (typeof value === 'boolean') return literal(expr, value, 'bool');
  if (typeof value === 'number') return literal(expr, value, type.kind === 'double' ? 'double' : 'int');
  const { id, range } = expr;
  const element: Type = type.kind === 'list' ? type.element : { kind: 'dyn' };
  const elements = value.map((item) => ({ value: literalOf(expr, item, element), optional: false }));
  return { id, range, kind: 'list', elements };
}

function literal({ id, range }: Expr, value: Literal['value'], type: LiteralType): Literal {
  return { id, range, kind: 'literal', value, type };
}

function callOf({ id, range }: Expr, name: string, argument: Expr): Expr {
  return { id, range, kind: 'call', name, nameRange: range, target: undefined, args: [argument] };
}

function withFoldedParts(folding: Folding, expr: Expr, bound: Bound): Expr {
  const inner = (part: Expr) => fold(folding, part, bound);
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return expr;
    case 'select':
      return changed(expr, { operand: inner(expr.operand) });
    case 'index':
      return changed(expr, { operand: inner(expr.operand), index: inner(expr.index) });
    case 'call': {
      const args = each(expr.args, inner);
      return changed(expr, { target: expr.target && inner(expr.target), args });
    }
    case 'list':
      return changed(expr, {
        elements: each(expr.elements, (item) => changed(item, { value: inner(item.value) })),
      });
    case 'map':
      return changed(expr, {
        entries: each(expr.entries, (entry) =>
          changed(entry, { key: inner(entry.key), value: inner(entry.value) }),
        ),
      });
    case 'macro': {
      const scope = new Set([...bound, ...namesBoundBy(expr)]);
      const filter = expr.filter && fold(folding, expr.filter, scope);
      return changed(expr, {
        target: inner(expr.target),
        filter,
        body: fold(folding, expr.body, scope),
      });
    }
    case 'bind': {
      const body = fold(folding, expr.body, new Set([...bound, expr.variable]));
      return changed(expr, { value: inner(expr.value), body });
    }
  }
}

/** The same object if no part has changed. */
function changed<Whole extends object>(whole: Whole, parts: Partial<Whole>): Whole {
  const isSame = Object.entries(parts).every(([key, part]) => Reflect.get(whole, key) === part);
  return isSame ? whole : { ...whole, ...parts };
}

function each<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  const made = items.map(change);
  return made.every((item, index) => item === items[index]) ? items : made;
}

function simplified(folding: Folding, expr: Expr): Expr {
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not': {
      const value = truthOf(operation.operand);
      return value === undefined ? expr : literal(expr, !value, 'bool');
    }
    case 'and':
    case 'or':
      return logical(folding, expr, operation.left, operation.right, operation.kind === 'or');
    case 'choose': {
      const value = truthOf(operation.condition);
      return value === undefined ? expr : value ? operation.yes : operation.no;
    }
    case 'compare': {
      const value = comparison(operation.symbol, operation.left, operation.right);
      return value === undefined ? expr : literal(expr, value, 'bool');
    }
    case 'in': {
      const texts = constantTexts(operation.container);
      const { item } = operation;
      if (texts === undefined || item.kind !== 'literal' || typeof item.value !== 'string') return expr;
      return literal(expr, texts.includes(item.value), 'bool');
    }
    default:
      return expr;
  }
}

/** `decisive` alone decides: true for `||`, false for `&&`, whatever the other operand is, even if it fails. */
function logical(folding: Folding, expr: Expr, left: Expr, right: Expr, decisive: boolean): Expr {
  const known = [truthOf(left), truthOf(right)];
  if (known.includes(decisive)) return literal(expr, decisive, 'bool');
  // An operand of unknown type must still prove to be a boolean.
  const rest = known[0] === undefined ? (known[1] === undefined ? undefined : left) : right;
  return rest !== undefined && isBool(folding, rest) ? rest : expr;
}

function isBool({ typeOf, written }: Folding, expr: Expr): boolean {
  if (expr.kind === 'literal') return expr.type === 'bool';
  return typeOf(written.get(expr) ?? expr).kind === 'bool';
}

function truthOf(expr: Expr): boolean | undefined {
  return expr.kind === 'literal' && typeof expr.value === 'boolean' ? expr.value : undefined;
}

function comparison(symbol: string, left: Expr, right: Expr): boolean | undefined {
  if (left.kind !== 'literal' || right.kind !== 'literal') return undefined;
  const [a, b] = [left.value, right.value];
  if (typeof a !== typeof b || a === null || b === null) return undefined;
  if (symbol === '==') return a === b;
  if (symbol === '!=') return a !== b;
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  switch (symbol) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return undefined;
  }
}
