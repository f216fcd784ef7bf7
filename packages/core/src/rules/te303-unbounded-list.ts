import type { Expr } from '@claimsmith/cel';
import type { PolicyClaim } from '../policy.ts';
import type { Rule } from './rule.ts';

export const unboundedList = {
  id: 'TE303',
  slug: 'unbounded-list',
  severity: 'warning',
  title: 'A claim with a list has `maxItems` or `maxBytes`.',
  why: 'A user with many roles or groups gets a token that is too large for a header, so each request fails at the gateway.',
  mend: 'Write the longest list that services need. A longer one counts as missing: an authoritative claim then denies the token, a descriptive one is left out.',
  bad: `claims:
  app_roles: { value: user.roles, kind: authoritative }`,
  good: `claims:
  app_roles: { value: user.roles, kind: authoritative, maxItems: 20 }`,
  standards: ['restrictedTokens', 'leastPrivilege'],
  check: ({ claims, source }) =>
    claims.filter(isUnbounded).map(({ name, kind }) => ({
      rule: 'TE303',
      severity: 'warning',
      message: `The list in \`${name}\` has no limit.`,
      range: source.value(['claims', name, 'value']),
      help: `Write \`maxItems\`. A longer list ${kind === 'authoritative' ? 'denies the token' : 'is left out'}.`,
      remedy: 'Write `maxItems`: the longest list that services need.',
    })),
} as const satisfies Rule;

function isUnbounded({ type, value, maxItems, maxBytes }: PolicyClaim): boolean {
  if (type.kind !== 'list' || maxItems !== undefined || maxBytes !== undefined) return false;
  return value !== undefined && !isShort(value.root);
}

/** Lists whose length the expression itself limits. */
function isShort(expr: Expr): boolean {
  if (expr.kind === 'list') return true;
  if (expr.kind === 'macro') return isShort(expr.target);
  if (expr.kind === 'bind') return isShort(expr.body);
  if (expr.kind !== 'call') return false;
  const { name, target, args } = expr;
  if (name === '_?_:_') return args.slice(1).every(isShort);
  if (name === '_+_') return args.every(isShort);
  if (target === undefined) return false;
  if (name === 'slice') return args[1]?.kind === 'literal';
  if (name === 'distinct' && target.kind === 'call' && target.name === 'only') return true;
  return ['sort', 'reverse', 'distinct', 'only'].includes(name) && isShort(target);
}
