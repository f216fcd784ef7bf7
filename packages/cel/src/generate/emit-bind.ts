import type { Expr } from '../ast.ts';
import { isLate } from '../binds.ts';
import { type Emitter, emitTry, fromStored, OPTIONAL, type Scope } from './emitter.ts';
import { atom, binary, conditional, type Js, not } from './js.ts';
import { type Block, blockIn, nest } from './writer.ts';

type Bind = Expr & { readonly kind: 'bind' };

/** Writes `cel.bind`, `optMap` or `optFlatMap`. */
export function emitBind(emitter: Emitter, expr: Bind, block: Block, scope: Scope | undefined): Js {
  if (expr.form !== 'bind') return emitOptional(emitter, expr, block, scope);
  if (isLate(expr) && emitter.canFailIn(expr.value, block)) return emitLate(emitter, expr, block, scope);
  const js = emitter.named(emitter.emit(expr.value, block, scope), expr.variable, block);
  return emitter.emit(expr.body, block, { name: expr.variable, js, outer: scope });
}

/** A value that may not be needed: its error is kept until it is. */
function emitLate(emitter: Emitter, expr: Bind, block: Block, scope: Scope | undefined): Js {
  const value = emitter.newName(expr.variable);
  const problem = emitter.newName('problem');
  block.lines.push(`var ${value};`, `var ${problem} = null;`);
  const tried = blockIn(block);
  tried.lines.push(`${value} = ${emitter.emit(expr.value, tried, scope).code};`);
  emitTry(emitter, tried, problem, block);
  const js = emitter.call('held', [problem, value], expr.range.start);
  return emitter.emit(expr.body, block, { name: expr.variable, js, outer: scope });
}

function emitOptional(emitter: Emitter, expr: Bind, block: Block, scope: Scope | undefined): Js {
  const value = emitter.argument(expr.value, OPTIONAL, block, scope);
  const optional = emitter.named(value, expr.variable, block);
  const type = emitter.typeOf(expr.value);
  const js = fromStored(optional, type.kind === 'optional' ? type.value : { kind: 'dyn' });
  const inner = blockIn(block);
  const innerScope: Scope = { name: expr.variable, js, outer: scope };
  const body =
    expr.form === 'optMap'
      ? emitter.stored(expr.body, inner, innerScope)
      : emitter.argument(expr.body, OPTIONAL, inner, innerScope);
  const isNone = binary('===', optional, atom('undefined'));
  if (inner.lines.length === 0) return conditional(isNone, atom('undefined'), body);
  const result = emitter.newName(expr.variable);
  block.lines.push(`var ${result} = undefined;`);
  inner.lines.push(`${result} = ${body.code};`);
  nest(block, `if (${not(isNone).code})`, inner);
  return atom(result);
}
