import {
  children,
  constantText,
  type Expr,
  type Expression,
  isVariable,
  operationOf,
  type Range,
  suggest,
  type Type,
} from '@claimsmith/cel';
import type { Finding, SourceRange } from './finding.ts';
import type { Spec } from './spec/schema.ts';

/** The variables whose values are known when a spec is compiled. */
export const constantNames = ['issuer'];

/** Their types. */
export function constantVariables(_spec: Spec): Readonly<Record<string, Type>> {
  return { issuer: { kind: 'string' } };
}

/** Comparisons of `issuer` with texts that are not the id of an issuer: a branch that no issuer would ever take. */
export function unknownIssuers(
  { root }: Expression,
  issuers: readonly string[],
  rangeOf: (range: Range) => SourceRange,
): readonly Finding[] {
  return comparedIn(root).flatMap((expr): readonly Finding[] => {
    const name = constantText(expr);
    if (name === undefined || issuers.includes(name)) return [];
    const near = suggest(name, issuers);
    return [
      {
        rule: 'TE030',
        severity: 'error',
        message: `No issuer has the id \`${name}\`, so this is the same at every issuer.`,
        range: rangeOf(expr.range),
        help: near === undefined ? `The issuers are ${issuers.join(', ')}.` : `Did you mean \`${near}\`?`,
      },
    ];
  });
}

/** What `issuer` is compared with, anywhere in an expression. */
function comparedIn(expr: Expr): readonly Expr[] {
  return [...comparedAt(expr), ...children(expr).flatMap(comparedIn)];
}

function comparedAt(expr: Expr): readonly Expr[] {
  const operation = operationOf(expr);
  if (operation?.kind === 'in' && isVariable(operation.item, 'issuer')) {
    const { container } = operation;
    return container.kind === 'list' ? container.elements.map(({ value }) => value) : [];
  }
  if (operation?.kind !== 'compare') return [];
  const { left, right } = operation;
  if (isVariable(left, 'issuer')) return [right];
  return isVariable(right, 'issuer') ? [left] : [];
}
