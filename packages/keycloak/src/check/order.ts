import { type Expr, type Expression, operationOf, pathOf, type Range } from '@claimsmith/cel';

/**
 * Where an expression depends on the order of lists.
 *
 * - `list`: a list in no order
 * - `holds`: a value with such lists in it
 */
export type Order = 'list' | 'holds' | undefined;

/** The unordered values that an expression reads, by their paths. */
export type OrderAt = (path: readonly string[]) => Order;

/**
 * The order of an expression's value, and the places where the expression depends on an order that Keycloak does not
 * keep.
 */
export interface Ordered {
  readonly order: Order;
  readonly places: readonly Range[];
}

export function orderOf({ root }: Expression, orderAt: OrderAt): Ordered {
  const places: Range[] = [];
  const order = orderIn(root, { orderAt, variables: new Map(), places });
  return { order, places };
}

interface Walk {
  readonly orderAt: OrderAt;
  readonly variables: ReadonlyMap<string, Order>;
  readonly places: Range[];
}

function orderIn(expr: Expr, walk: Walk): Order {
  switch (expr.kind) {
    case 'literal':
      return undefined;
    case 'ident':
      return walk.variables.has(expr.name) ? walk.variables.get(expr.name) : walk.orderAt([expr.name]);
    case 'select': {
      if (expr.test) return undefined;
      return known(expr, walk) ?? inner(orderIn(expr.operand, walk));
    }
    case 'index':
      return indexed(expr, walk);
    case 'call':
      return called(expr, walk);
    case 'list':
      return anyHolds(expr.elements.map(({ value }) => orderIn(value, walk)));
    case 'map':
      return anyHolds(expr.entries.flatMap(({ key, value }) => [orderIn(key, walk), orderIn(value, walk)]));
    case 'macro': {
      const target = orderIn(expr.target, walk);
      const named = expr.index === undefined ? walk : bound(walk, expr.index, undefined);
      const within = bound(named, expr.variable, inner(target));
      if (expr.filter !== undefined) orderIn(expr.filter, within);
      const body = orderIn(expr.body, within);
      // Positions in a list without order; the keys of a map are none.
      if (expr.index !== undefined && target === 'list') walk.places.push(expr.range);
      // Elements with equal keys keep the order in which they were.
      if (expr.name === 'filter' || expr.name === 'sortBy') return target;
      if (expr.name === 'map' && target === 'list') return 'list';
      const isMade = expr.name === 'map' || expr.name === 'transformMap' || expr.name === 'transformMapEntry';
      return isMade ? anyHolds([body]) : undefined;
    }
    case 'bind':
      return orderIn(expr.body, bound(walk, expr.variable, orderIn(expr.value, walk)));
  }
}

/** The order of a path that does not start at a bound variable. */
function known(expr: Expr, { orderAt, variables }: Walk): Order {
  const path = pathOf(expr);
  return path === undefined || variables.has(path[0] ?? '') ? undefined : orderAt(path);
}

function indexed(expr: Extract<Expr, { kind: 'index' }>, walk: Walk): Order {
  const order = known(expr, walk);
  if (order !== undefined) return order;
  orderIn(expr.index, walk);
  const operand = orderIn(expr.operand, walk);
  if (operand !== 'list') return inner(operand);
  walk.places.push(expr.range);
  return undefined;
}

/** Methods of a list that depend on its order. */
const positional = ['slice', 'join', 'first', 'last', 'reverse', 'indexOf', 'lastIndexOf'];
/** Calls whose value has the order of their arguments. */
const passing = ['dyn', 'distinct', 'flatten', 'only', 'onlyMatching', 'or', 'orValue', 'value'];

function isPassing(expr: Extract<Expr, { kind: 'call' }>): boolean {
  const operation = operationOf(expr);
  if (operation === undefined) return passing.includes(expr.name);
  return operation.kind === 'choose' || (operation.kind === 'arithmetic' && operation.symbol === '+');
}

function called(expr: Extract<Expr, { kind: 'call' }>, walk: Walk): Order {
  const { name, target, args } = expr;
  const parts = target === undefined ? args : [target, ...args];
  const orders = parts.map((part) => orderIn(part, walk));
  const isAny = orders.some((order) => order !== undefined);
  if (!isAny) return undefined;
  const operation = operationOf(expr);
  const isEquality =
    operation?.kind === 'compare' && (operation.symbol === '==' || operation.symbol === '!=');
  if (isEquality && !parts.some(isPlain)) walk.places.push(expr.range);
  if (target !== undefined && positional.includes(name) && orders[0] === 'list') {
    walk.places.push(expr.range);
    return undefined;
  }
  if (name === 'of' || name === 'ofNonZeroValue') return orders.at(-1);
  if (!isPassing(expr)) return undefined;
  // Lists of lists that are made flat are one list in no order.
  return orders.includes('list') || name === 'flatten' ? 'list' : 'holds';
}

/** Values that are not lists, or lists whose order makes no difference. */
function isPlain(expr: Expr): boolean {
  return expr.kind === 'literal' || (expr.kind === 'list' && expr.elements.length <= 1);
}

/** The content of a value. */
function inner(order: Order): Order {
  return order === 'holds' ? 'list' : undefined;
}

function anyHolds(orders: readonly Order[]): Order {
  return orders.some((order) => order !== undefined) ? 'holds' : undefined;
}

function bound({ variables, ...walk }: Walk, name: string, order: Order): Walk {
  return { ...walk, variables: new Map([...variables, [name, order]]) };
}
