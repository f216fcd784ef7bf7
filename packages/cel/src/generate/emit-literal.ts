import type { Expr } from '../ast.ts';
import { type Emitter, OPTIONAL, type Scope } from './emitter.ts';
import { atom, type Js, LEVEL, numberLiteral, quote } from './js.ts';
import type { Block } from './writer.ts';

/** Writes a constant. */
export function literal(value: null | boolean | number | string): Js {
  if (typeof value === 'string') return atom(quote(value));
  return typeof value === 'number' ? numberLiteral(value) : atom(String(value));
}

/** Writes a list, with statements where an element may be left out. */
export function emitList(
  emitter: Emitter,
  expr: Expr & { readonly kind: 'list' },
  block: Block,
  scope: Scope | undefined,
): Js {
  const { argument, named, stored } = emitter;
  if (expr.elements.every((element) => !element.optional)) {
    const elements = expr.elements.map((element) => stored(element.value, block, scope).code);
    return { code: `[${elements.join(', ')}]`, level: LEVEL.member };
  }
  const list = named({ code: '[]', level: LEVEL.member }, 'elements', block);
  for (const { value, optional } of expr.elements) {
    const js = optional
      ? named(argument(value, OPTIONAL, block, scope), 'added', block)
      : stored(value, block, scope);
    block.lines.push(`${optional ? `if (${js.code} !== undefined) ` : ''}${list.code}.push(${js.code});`);
  }
  return list;
}

/** Writes a map, with statements where a key is not constant or an entry may be left out. */
export function emitMap(
  emitter: Emitter,
  expr: Expr & { readonly kind: 'map' },
  block: Block,
  scope: Scope | undefined,
): Js {
  const { argument, call, named, stored, typeOf } = emitter;
  if (expr.entries.some(({ key }) => typeOf(key).kind !== 'string')) emitter.noteUnplain();
  const found = expr.entries.findIndex(({ key, optional }) => optional || key.kind !== 'literal');
  const plain = found < 0 ? expr.entries.length : found;
  const head = expr.entries.slice(0, plain);
  const properties = head.map(({ key, value }) => `${propertyKey(key)}: ${stored(value, block, scope).code}`);
  const code = properties.length === 0 ? '{}' : `{ ${properties.join(', ')} }`;
  const start: Js = { code, level: LEVEL.member };
  if (plain === expr.entries.length) return start;
  const map = named(start, 'entries', block);
  for (const { key, value, optional } of expr.entries.slice(plain)) {
    const name = key.kind === 'literal' ? propertyKey(key) : dynamicKey(emitter, key, block, scope);
    const js = optional
      ? named(argument(value, OPTIONAL, block, scope), 'added', block)
      : stored(value, block, scope);
    const put = call('put', [map, name, js], key.range.start).code;
    block.lines.push(optional ? `if (${js.code} !== undefined) ${put};` : `${put};`);
  }
  return map;
}

function dynamicKey({ call, emit, typeOf }: Emitter, key: Expr, block: Block, scope: Scope | undefined): Js {
  const js = emit(key, block, scope);
  return call(typeOf(key).kind === 'string' ? 'keyed' : 'keyOf', [js], key.range.start);
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
