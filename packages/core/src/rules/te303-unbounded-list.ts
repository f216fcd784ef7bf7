import { type Expr, pathOf, type Type } from '@claimsmith/cel';
import type { Rule } from './rule.ts';

export const unboundedList = {
  id: 'TE303',
  slug: 'unbounded-list',
  severity: 'warning',
  title: 'A claim with a list or a map has `maxItems` or `maxBytes`.',
  why: 'A user with many roles or groups gets a token that is too large for a header, so each request fails at the gateway.',
  mend: 'Write the longest list that services need. A longer one counts as missing: an authoritative claim then denies the token, a descriptive one is left out.',
  bad: `claims:
  app_roles: { value: user.roles, kind: authoritative }`,
  good: `claims:
  app_roles: { value: user.roles, kind: authoritative, maxItems: 20 }`,
  standards: ['restrictedTokens', 'leastPrivilege'],
  check: ({ claims, source }) => {
    const limited = new Set(
      claims.flatMap(({ name, maxItems, maxBytes }) => ((maxItems ?? maxBytes) === undefined ? [] : [name])),
    );
    return claims.flatMap((claim) => {
      const { name, kind, type, value, maxItems, maxBytes } = claim;
      if (value === undefined || maxItems !== undefined || maxBytes !== undefined) return [];
      if (!isUnbounded(value.root, value.typeOf, limited)) return [];
      const isList = type.kind === 'list';
      const bound = isList ? 'maxItems' : 'maxBytes';
      return [
        {
          rule: 'TE303',
          severity: 'warning',
          message: isList ? `The list in \`${name}\` has no limit.` : `What \`${name}\` holds has no limit.`,
          range: source.value(['claims', name, 'value']),
          help: `Write \`${bound}\`. ${isList ? 'A longer list' : 'A larger value'} ${kind === 'authoritative' ? 'denies the token' : 'is left out'}.`,
          remedy: isList
            ? 'Write `maxItems`: the longest list that services need.'
            : 'Write `maxBytes`: the largest value that services need.',
        },
      ];
    });
  },
} as const satisfies Rule;

type TypeOf = (expr: Expr) => Type;
/** The claims with a bound of their own. */
type Limited = ReadonlySet<string>;

/** Whether a value has a list or a map whose length neither the expression nor the spec limits. */
function isUnbounded(expr: Expr, typeOf: TypeOf, limited: Limited): boolean {
  if (expr.kind === 'map') return expr.entries.some(({ value }) => isUnbounded(value, typeOf, limited));
  if (expr.kind === 'list') return expr.elements.some(({ value }) => isUnbounded(value, typeOf, limited));
  if (expr.kind === 'bind') return isUnbounded(expr.body, typeOf, limited);
  return isLong(typeOf(expr)) && !isShort(expr, limited);
}

function isLong(type: Type): boolean {
  switch (type.kind) {
    case 'list':
      return true;
    // TE302 is about maps of anything.
    case 'map':
      return type.value.kind !== 'dyn';
    case 'optional':
      return isLong(type.value);
    default:
      return false;
  }
}

/** Values whose length the expression or the spec itself limits. */
function isShort(expr: Expr, limited: Limited): boolean {
  const [root, name] = pathOf(expr) ?? [];
  if (root === 'claims' && name !== undefined && limited.has(name)) return true;
  if (root === 'tables' || root === 'params') return true;
  if (expr.kind === 'list') return true;
  if (expr.kind === 'macro') return isShort(expr.target, limited);
  if (expr.kind === 'bind') return isShort(expr.body, limited);
  // `tables.roles[user.attributes.plan]`
  if (expr.kind === 'index' || expr.kind === 'select') return isShort(expr.operand, limited);
  if (expr.kind !== 'call') return false;
  const { name: called, target, args } = expr;
  const areShort = (parts: readonly Expr[]) => parts.every((part) => isShort(part, limited));
  if (called === '_?_:_') return areShort(args.slice(1));
  if (called === '_+_') return areShort(args);
  if (target === undefined) return false;
  if (called === 'slice') return args[1]?.kind === 'literal';
  if (called === 'distinct' && target.kind === 'call' && target.name === 'only') return true;
  if (called === 'orValue') return areShort([target, ...args]);
  return ['sort', 'reverse', 'distinct', 'only'].includes(called) && isShort(target, limited);
}
