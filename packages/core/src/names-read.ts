import { children, type Expr, type Expression, operationOf, pathOf } from '@claimsmith/cel';

/** A path that an expression reads, from a variable or from an element of a list. */
export type ReadPath = readonly string[];

/** All paths that an expression reads, other than to ask whether they have a value. */
export function pathsIn({ root }: Expression): readonly ReadPath[] {
  const found: ReadPath[] = [];
  const visit = (expr: Expr): void => {
    if (expr.kind === 'select' && expr.test) return;
    const path = pathOf(expr);
    if (path !== undefined) found.push(path);
    else if (expr.kind === 'select') found.push([expr.field]);
    if (path === undefined) for (const child of children(expr)) visit(child);
  };
  visit(root);
  return found;
}

/**
 * The paths whose values reach the value of an expression. What is only compared, counted or tested does not: of
 * `user.attributes.pin == "" ? "none" : "set"` nobody learns the PIN.
 */
export function pathsCarriedBy(expression: Expression): readonly ReadPath[] {
  const found: ReadPath[] = [];
  const visit = (expr: Expr): void => {
    if (expr.kind === 'select' && expr.test) return;
    const path = pathOf(expr);
    if (path !== undefined || expr.kind === 'select') {
      // Of an element of a list only its field is known by name.
      found.push(path ?? (expr.kind === 'select' ? [expr.field] : []));
      return;
    }
    for (const part of carriedParts(expr, expression)) visit(part);
  };
  visit(expression.root);
  return found;
}

function carriedParts(expr: Expr, { typeOf }: Expression): readonly Expr[] {
  const operation = operationOf(expr);
  if (operation?.kind === 'choose') return [operation.yes, operation.no];
  const isMade = expr.kind === 'call' || expr.kind === 'macro';
  if (isMade && typeOf(expr).kind === 'bool') return [];
  if (expr.kind === 'call' && expr.name === 'size') return [];
  if (expr.kind === 'macro') {
    // Elements of the list are what the body names by its variable.
    if (expr.name === 'filter' || expr.name === 'sortBy') return [expr.target];
    return expr.body.kind === 'ident' ? [expr.target] : [expr.target, expr.body];
  }
  if (expr.kind === 'index') return [expr.operand];
  return children(expr);
}

/**
 * The expressions whose values the expression may have or hold as a whole: the branches of a choice, what stands in for a
 * missing value, the elements of a list or a map that it makes.
 */
export function outcomesOf(expr: Expr): readonly Expr[] {
  const operation = operationOf(expr);
  if (operation?.kind === 'choose') return [...outcomesOf(operation.yes), ...outcomesOf(operation.no)];
  if (expr.kind === 'bind') return outcomesOf(expr.body);
  if (expr.kind === 'list') return expr.elements.flatMap(({ value }) => outcomesOf(value));
  if (expr.kind === 'map') return expr.entries.flatMap(({ value }) => outcomesOf(value));
  if (operation?.kind === 'arithmetic' && operation.symbol === '+')
    return [expr, ...outcomesOf(operation.left), ...outcomesOf(operation.right)];
  if (expr.kind === 'call' && expr.target !== undefined && ['orValue', 'or', 'value'].includes(expr.name))
    return [expr.target, ...expr.args].flatMap(outcomesOf);
  if (expr.kind === 'call' && expr.name.startsWith('optional.')) return expr.args.flatMap(outcomesOf);
  return [expr];
}

/** Records that hold fields of any name: a field there is known by its own name. */
const holders = new Set([
  'attributes',
  'role_attributes',
  'metadata',
  'notes',
  'params',
  'user',
  'org',
  'client',
  'session',
]);

/**
 * Finds a word in the name of what a path reads, also where it is divided between a record and its field:
 * `card.number`.
 */
export function wordInPath(path: ReadPath, find: (name: string) => string | undefined): string | undefined {
  const field = path.at(-1) ?? '';
  const record = path.at(-2);
  const alone = find(field);
  if (alone !== undefined || record === undefined || holders.has(record)) return alone;
  return find(`${record}_${field}`);
}
