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
import { declaredType } from './declared-type.ts';
import type { Finding, SourceRange } from './finding.ts';
import type { Constants } from './policy.ts';
import type { Spec } from './spec/schema.ts';

/** The variables whose values are known when a spec is compiled. */
export const constantNames = ['issuer', 'params'];

/** Their types. */
export function constantVariables({ params }: Spec): Readonly<Record<string, Type>> {
  const fields = Object.entries(params ?? {}).map(([name, declared]) => {
    const type = typeof declared === 'string' ? declared : declared.type;
    return [name, { type: declaredType(type, `params.${name}`), always: true }] as const;
  });
  return {
    issuer: { kind: 'string' },
    params: { kind: 'record', name: 'params', fields: Object.fromEntries(fields) },
  };
}

/** Their values; that of `issuer` only in the policy for an issuer. */
export function constantsOf({ params }: Spec, issuer: string | undefined): Constants {
  const values = Object.entries(params ?? {}).flatMap(([name, declared]) => {
    const value = typeof declared === 'string' ? undefined : declared.default;
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(values.length === 0 ? {} : { params: Object.fromEntries(values) }),
  };
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
