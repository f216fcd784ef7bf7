import type { Expr } from '../ast.ts';
import type { Type } from '../types.ts';
import { constantCode, consumed } from './emit-literal.ts';
import { type Emitter, fromStored, type Scope } from './emitter.ts';
import { atom, binary, conditional, type Js, property, quote } from './js.ts';
import type { Block } from './writer.ts';

interface Access {
  readonly expr: Expr & { readonly kind: 'select' | 'index' };
  readonly operandType: Type;
  readonly operand: Js;
  readonly key: Js;
  /** The name, if it is a constant. */
  readonly field: string | undefined;
  /** A missing value gives `undefined`, as an optional's value, instead of an error. */
  readonly lenient: boolean;
  /** `has()`: whether it is there. */
  readonly test: boolean;
  readonly block: Block;
}

/** Writes `a.b`, `a.?b`, `a[b]`, `a[?b]` or `has(a.b)`. The static type of `a` decides which checks are needed. */
export function emitAccess(
  emitter: Emitter,
  expr: Expr & { readonly kind: 'select' | 'index' },
  block: Block,
  scope: Scope | undefined,
): Js {
  const operand = consumed(emitter, expr.operand, block, scope);
  const operandType = emitter.typeOf(expr.operand);
  const lenient = expr.optional || operandType.kind === 'optional';
  const common = { expr, operandType, operand, lenient, block };
  if (expr.kind === 'select') {
    return read(emitter, { ...common, key: atom(quote(expr.field)), field: expr.field, test: expr.test });
  }
  const { index } = expr;
  const field = index.kind === 'literal' && typeof index.value === 'string' ? index.value : undefined;
  return read(emitter, { ...common, key: emitter.emit(index, block, scope), field, test: false });
}

function read(emitter: Emitter, access: Access): Js {
  const { expr, operandType, operand, test, block } = access;
  if (operandType.kind !== 'optional') return readFrom(emitter, access);
  const inner = { ...access, operandType: operandType.value };
  if (alwaysPresent(emitter, expr.operand)) return readFrom(emitter, inner);
  const base = emitter.named(
    operand,
    expr.operand.kind === 'select' ? expr.operand.field : 'optional',
    block,
  );
  const value = readFrom(emitter, { ...inner, operand: fromStored(base, operandType.value) });
  return conditional(binary('===', base, atom('undefined')), atom(test ? 'false' : 'undefined'), value);
}

/** `a.?b` if the host always supplies `b`. */
function alwaysPresent(emitter: Emitter, expr: Expr): boolean {
  if (expr.kind !== 'select') return false;
  const type = emitter.typeOf(expr.operand);
  const record = type.kind === 'optional' && alwaysPresent(emitter, expr.operand) ? type.value : type;
  return record.kind === 'record' && record.fields[expr.field]?.always === true;
}

function readFrom(emitter: Emitter, access: Access): Js {
  const { expr, operandType, operand, key, field, lenient, test } = access;
  const at = expr.range.start;
  switch (operandType.kind) {
    case 'record':
      return field === undefined ? readKey(emitter, access) : readField(emitter, access, operandType, field);
    case 'map':
      return readKey(emitter, access);
    case 'list':
      if (lenient) return emitter.call('elementOptional', [operand, key], at);
      return fromStored(emitter.call('element', [operand, key], at), emitter.typeOf(expr));
    default: {
      if (test) return emitter.call('has', [operand, key], at);
      if (expr.kind === 'select')
        return emitter.call(lenient ? 'selectOptional' : 'select', [operand, key], at);
      return emitter.call(lenient ? 'atOptional' : 'at', [operand, key], at);
    }
  }
}

/** A declared field is an own property of its record, so only its absence has to be checked. */
function readField(emitter: Emitter, access: Access, record: Type & { kind: 'record' }, field: string): Js {
  const value = property(access.operand, field);
  if (access.test) return binary('!==', value, atom('undefined'));
  if (access.lenient || record.fields[field]?.always === true) return value;
  return emitter.needed(value, access.expr, field, access.block);
}

function readKey(emitter: Emitter, { expr, operand, key, lenient, test }: Access): Js {
  const name = expr.kind === 'select' ? key : keyOf(emitter, expr.index, key);
  const at = expr.range.start;
  if (test) return emitter.call('own', [operand, name], at);
  if (lenient) return emitter.call('getOptional', [operand, name], at);
  const helper = constantCode(expr.operand) === undefined ? 'get' : 'find';
  return fromStored(emitter.call(helper, [operand, name], at), emitter.typeOf(expr));
}

/** Keys that are not strings are marked, so that 1 and "1" are two keys. */
export function keyOf(emitter: Emitter, expr: Expr, key: Js): Js {
  const isText = emitter.typeOf(expr).kind === 'string';
  if (expr.kind === 'literal') return isText ? key : atom(quote(`\0${String(expr.value)}`));
  return emitter.call(isText ? 'keyed' : 'lookup', [key], expr.range.start);
}
