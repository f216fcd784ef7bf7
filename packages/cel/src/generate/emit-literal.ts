import type { Expr } from '../ast.ts';
import { type Emitter, OPTIONAL, type Scope } from './emitter.ts';
import { atom, type Js, LEVEL, numberLiteral, quote } from './js.ts';
import type { Block } from './writer.ts';

/** Writes a constant. */
export function literal(value: null | boolean | number | string): Js {
  if (typeof value === 'string') return atom(quote(value));
  return typeof value === 'number' ? numberLiteral(value) : atom(String(value));
}

/** Writes a list, with statements if an element may be left out. */
export function emitList(
  emitter: Emitter,
  expr: Expr & { readonly kind: 'list' },
  block: Block,
  scope: Scope | undefined,
): Js {
  if (expr.elements.every((element) => !element.optional)) {
    const elements = expr.elements.map((element) => emitter.stored(element.value, block, scope).code);
    return { code: `[${elements.join(', ')}]`, level: LEVEL.member };
  }
  const list = emitter.named({ code: '[]', level: LEVEL.member }, 'elements', block);
  for (const { value, optional } of expr.elements) {
    const js = optional
      ? emitter.named(emitter.argument(value, OPTIONAL, block, scope), 'added', block)
      : emitter.stored(value, block, scope);
    block.lines.push(`${optional ? `if (${js.code} !== undefined) ` : ''}${list.code}.push(${js.code});`);
  }
  return list;
}

/** Writes a map, with statements if a key is not constant or an entry may be left out. */
export function emitMap(
  emitter: Emitter,
  expr: Expr & { readonly kind: 'map' },
  block: Block,
  scope: Scope | undefined,
): Js {
  if (expr.entries.some(({ key }) => emitter.typeOf(key).kind !== 'string')) emitter.isUnplain = true;
  const found = expr.entries.findIndex(({ key, optional }) => optional || key.kind !== 'literal');
  const plain = found < 0 ? expr.entries.length : found;
  const head = expr.entries.slice(0, plain);
  const properties = head.map(
    ({ key, value }) => `${propertyKey(key)}: ${emitter.stored(value, block, scope).code}`,
  );
  const code = properties.length === 0 ? '{}' : `{ ${properties.join(', ')} }`;
  const start: Js = { code, level: LEVEL.member };
  if (plain === expr.entries.length) return start;
  const map = emitter.named(start, 'entries', block);
  for (const { key, value, optional } of expr.entries.slice(plain)) {
    const name = key.kind === 'literal' ? propertyKey(key) : dynamicKey(emitter, key, block, scope);
    const js = optional
      ? emitter.named(emitter.argument(value, OPTIONAL, block, scope), 'added', block)
      : emitter.stored(value, block, scope);
    const put = emitter.call('put', [map, name, js], key.range.start).code;
    block.lines.push(optional ? `if (${js.code} !== undefined) ${put};` : `${put};`);
  }
  return map;
}

function dynamicKey(emitter: Emitter, key: Expr, block: Block, scope: Scope | undefined): Js {
  const js = emitter.emit(key, block, scope);
  return emitter.call(emitter.typeOf(key).kind === 'string' ? 'keyed' : 'keyOf', [js], key.range.start);
}

function propertyKey(key: Expr): string {
  const value = key.kind === 'literal' ? key.value : null;
  if (typeof value !== 'string') return quote(`\0${String(value)}`);
  return quote(value);
}

/** A list or map of constants; undefined for anything else. */
export function constantCode(expr: Expr): string | undefined {
  if (
    expr.kind === 'list' &&
    expr.elements.every(({ value, optional }) => value.kind === 'literal' && !optional)
  ) {
    return `[${expr.elements.map(({ value }) => (value.kind === 'literal' ? literal(value.value).code : '')).join(', ')}]`;
  }
  if (expr.kind !== 'map') return undefined;
  if (
    !expr.entries.every(
      ({ key, value, optional }) => key.kind === 'literal' && value.kind === 'literal' && !optional,
    )
  )
    return undefined;
  const entries = expr.entries.map(
    ({ key, value }) => `${propertyKey(key)}: ${value.kind === 'literal' ? literal(value.value).code : ''}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A value that is only read: a constant list or map becomes a constant of the module. */
export function consumed(emitter: Emitter, expr: Expr, block: Block, scope: Scope | undefined): Js {
  const code = constantCode(expr);
  if (code === undefined) return emitter.emit(expr, block, scope);
  if (expr.kind === 'list') return emitter.module.constant('LIST', code);
  return emitter.module.constant('TABLE', emitter.call('table', [code], expr.range.start).code);
}
