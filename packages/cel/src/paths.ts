import type { Expr } from './ast.ts';
import { isLate } from './binds.ts';
import type { Knowledge } from './failure.ts';
import { children } from './visit.ts';

/** A read of a declared field, which fails if the field has no value: its path as text; undefined for other reads. */
export function failingPath(expr: Expr, { typeOf }: Pick<Knowledge, 'typeOf'>): string | undefined {
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined;
  const record = typeOf(expr.operand);
  if (record.kind !== 'record' || record.fields[expr.field]?.always === true) return undefined;
  return pathText(expr);
}

/** `user attributes country`; undefined for what is not a plain chain of fields. */
export function pathText(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined;
  const operand = pathText(expr.operand);
  return operand === undefined ? undefined : `${operand} ${expr.field}`;
}

/**
 * The reads that an expression needs to succeed, by path. If both sides of `||` or `&&` need a read, it may be done
 * before either side, because its error makes both sides fail.
 */
export function certainReads(root: Expr, knowledge: Pick<Knowledge, 'typeOf'>): ReadonlyMap<string, Expr> {
  const read = (expr: Expr, bound: ReadonlySet<string>): Map<string, Expr> => {
    switch (expr.kind) {
      case 'macro':
        return read(expr.target, bound);
      case 'bind':
        if (expr.form !== 'bind') return read(expr.value, bound);
        return union([
          isLate(expr) ? new Map() : read(expr.value, bound),
          read(expr.body, new Set([...bound, expr.variable])),
        ]);
      case 'call': {
        if (expr.name === '_?_:_') {
          const [test, yes, no] = expr.args.map((arg) => read(arg, bound));
          return union([test ?? new Map(), common(yes ?? new Map(), no ?? new Map())]);
        }
        if (expr.name === '_||_' || expr.name === '_&&_') {
          const [left, right] = expr.args.map((arg) => read(arg, bound));
          return common(left ?? new Map(), right ?? new Map());
        }
        if (expr.name === 'or' || expr.name === 'orValue') {
          return expr.target === undefined ? new Map() : read(expr.target, bound);
        }
        return union(children(expr).map((child) => read(child, bound)));
      }
      default: {
        const inside = union(children(expr).map((child) => read(child, bound)));
        const path = failingPath(expr, knowledge);
        if (path !== undefined && !bound.has(path.split(' ')[0] ?? '')) inside.set(path, expr);
        return inside;
      }
    }
  };
  return read(root, new Set());
}

function union(all: readonly ReadonlyMap<string, Expr>[]): Map<string, Expr> {
  return new Map(all.flatMap((one) => [...one]));
}

function common(a: ReadonlyMap<string, Expr>, b: ReadonlyMap<string, Expr>): Map<string, Expr> {
  return new Map([...a].filter(([path]) => b.has(path)));
}
