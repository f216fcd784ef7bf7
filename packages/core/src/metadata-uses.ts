import {
  children,
  type Expr,
  formatType,
  type Operation,
  operationOf,
  pathOf,
  type Range,
} from '@claimsmith/cel';
import { fieldAt } from './context.ts';
import type { Path } from './finding.ts';
import type { Policy } from './policy.ts';
import { expressionsOf } from './policy-expressions.ts';

/** A place where a policy uses metadata as something other than text. */
export interface MetadataUse {
  readonly owner: 'org' | 'client';
  readonly name: string;
  /** For what: `a list`. */
  readonly what: string;
  /** Of the expression. */
  readonly path: Path;
  readonly range: Range;
}

/**
 * Where a policy uses metadata of organizations or clients as something other than text, by the declared type or by the
 * expression.
 */
export function metadataUses(policy: Policy): readonly MetadataUse[] {
  return expressionsOf(policy).flatMap(({ path, expression }) =>
    usesOf(expression.root, policy).map((use) => ({ ...use, path })),
  );
}

function usesOf(root: Expr, policy: Policy): readonly Omit<MetadataUse, 'path'>[] {
  return within(root, undefined);

  function within(expr: Expr, parent: Expr | undefined): readonly Omit<MetadataUse, 'path'>[] {
    const [owner, second, name] = pathOf(expr) ?? [];
    if ((owner !== 'org' && owner !== 'client') || second !== 'metadata' || name === undefined)
      return children(expr).flatMap((child) => within(child, expr));
    const isWhole = pathOf(expr)?.length === 3;
    const declared = policy.spec[owner]?.metadata !== undefined;
    const used = declared ? declaredAs(owner, name) : owner === 'org' ? usedAs(expr, parent) : undefined;
    const what = isWhole ? used : 'a mapping';
    return what === undefined ? [] : [{ owner, name, what, range: expr.range }];
  }

  function declaredAs(owner: MetadataUse['owner'], name: string): string | undefined {
    const type = fieldAt(policy.context, [owner, 'metadata', name]);
    return type === undefined || type.kind === 'string' ? undefined : `a value of type ${formatType(type)}`;
  }
}

const logical: readonly Operation['kind'][] = ['not', 'and', 'or', 'choose'];

/** The type, other than text, that the surrounding expression expects of a value without a declared type. */
function usedAs(expr: Expr, parent: Expr | undefined): string | undefined {
  if (parent?.kind === 'macro' && parent.target === expr) return 'a list';
  if (parent?.kind === 'index' && parent.operand === expr) return 'a list or a mapping';
  if (parent?.kind !== 'call') return undefined;
  const operation = operationOf(parent);
  if (operation?.kind === 'in' && operation.container === expr) return 'a list';
  const other = parent.args.find((arg) => arg !== expr);
  const isCompared = operation?.kind === 'compare' || operation?.kind === 'arithmetic';
  if (isCompared && other?.kind === 'literal' && other.type !== 'string' && other.type !== 'null')
    return other.type === 'bool' ? 'true or false' : 'a number';
  if (isCompared && other?.kind === 'list') return 'a list';
  const isCondition = operation !== undefined && logical.includes(operation.kind);
  return isCondition && parent.args[0] === expr ? 'true or false' : undefined;
}
