import type { Expr } from '../ast.ts';
import { COUNTED_COST, MAX_STEPS } from '../limits.ts';
import type { Pattern } from '../signature.ts';
import type { Type } from '../types.ts';
import { children } from '../visit.ts';
import type { FunctionSpec } from './generate.ts';
import type { HelperName } from './helpers.ts';
import { ascii, atom, binary, callOf, conditional, type Js, LEVEL, not, numberLiteral, property, quote } from './js.ts';
import { emitCall } from './emit-call.ts';
import { emitMacro } from './emit-macro.ts';
import { type Block, blockIn, createNames, type Module, nest } from './writer.ts';

/** JavaScript for the variables in scope. */
export interface Scope {
  readonly name: string;
  readonly js: Js;
  readonly outer: Scope | undefined;
}

/** What emitting one function carries along. */
export interface Emitter {
  readonly spec: FunctionSpec;
  readonly module: Module;
  readonly typeOf: (expr: Expr) => Type;
  readonly canFail: (expr: Expr) => boolean;
  /** The variable in which loops count their steps, where there may be many. */
  readonly steps: string | undefined;
  readonly newName: (wanted: string) => string;
  readonly use: (helper: HelperName) => string;
  /** The value as an operand: an optional is its value or `undefined`. */
  readonly emit: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** The value as lists, maps and unknown types hold it: an optional is an object. */
  readonly stored: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** The value as a parameter wants it; one of unknown type is tested. */
  readonly argument: (expr: Expr, pattern: Pattern, block: Block, scope: Scope | undefined) => Js;
  readonly bool: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** A constant list or map becomes a constant of the module. Only for what is read and never handed out. */
  readonly consumed: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** Gives a value a name, unless it has one, so that it can be used twice. */
  readonly named: (js: Js, wanted: string, block: Block) => Js;
}

/** Writes the function of one expression. */
export function emitFunction(spec: FunctionSpec, module: Module): string {
  const { expression } = spec;
  const { typeOf, nodeCanFail: canFail } = expression;
  const words = Object.values(spec.bind).flatMap((code) => code.match(/[A-Za-z_$][\w$]*/g) ?? []);
  const newName = createNames(new Set([...module.names, ...spec.parameters, ...words]));
  const steps = expression.cost > COUNTED_COST ? newName('steps') : undefined;
  const reads = countPaths(expression.root);
  let boxed = false;

  const emit = (expr: Expr, block: Block, scope: Scope | undefined): Js => {
    switch (expr.kind) {
      case 'literal':
        return literal(expr.value);
      case 'ident':
        return lookUp(expr.name, scope);
      case 'select':
        return emitSelect(expr, block, scope);
      case 'index':
        return emitIndex(expr, block, scope);
      case 'list':
        return emitList(expr, block, scope);
      case 'map':
        return emitMap(expr, block, scope);
      case 'macro':
        return emitMacro(emitter, expr, block, scope);
      case 'bind':
        return emitBind(expr, block, scope);
      case 'call':
        return emitCall(emitter, expr, block, scope);
    }
  };

  const lookUp = (name: string, scope: Scope | undefined): Js => {
    for (let inner = scope; inner !== undefined; inner = inner.outer) if (inner.name === name) return inner.js;
    const code = Object.hasOwn(spec.bind, name) ? spec.bind[name] : undefined;
    if (code === undefined) throw new Error(`${spec.name}: no JavaScript is bound to ${name}`);
    return { code, level: LEVEL.member };
  };

  const stored = (expr: Expr, block: Block, scope: Scope | undefined): Js => {
    const js = emit(expr, block, scope);
    if (typeOf(expr).kind !== 'optional') return js;
    boxed = true;
    return callOf(module.use('box'), [js]);
  };

  const argument = (expr: Expr, pattern: Pattern, block: Block, scope: Scope | undefined): Js => {
    if (pattern.kind === 'letter' || pattern.kind === 'dyn') return stored(expr, block, scope);
    if (typeOf(expr).kind !== 'dyn') return emit(expr, block, scope);
    return callOf(module.use(GUARDS[pattern.kind]), [emit(expr, block, scope), expr.range.start]);
  };

  const bool = (expr: Expr, block: Block, scope: Scope | undefined): Js => argument(expr, { kind: 'bool' }, block, scope);

  const consumed = (expr: Expr, block: Block, scope: Scope | undefined): Js => {
    const code = constantCode(expr);
    if (code === undefined) return emit(expr, block, scope);
    return module.constant(expr.kind === 'map' ? 'TABLE' : 'LIST', code);
  };

  const named = (js: Js, wanted: string, block: Block): Js => {
    if (js.level === LEVEL.atom) return js;
    const name = newName(wanted);
    block.lines.push(`var ${name} = ${js.code};`);
    return atom(name);
  };

  const emitSelect = (expr: Expr & { kind: 'select' }, block: Block, scope: Scope | undefined): Js => {
    const operand = consumed(expr.operand, block, scope);
    const key = atom(quote(expr.field));
    return read({ expr, operandType: typeOf(expr.operand), operand, key, field: expr.field, block });
  };

  const emitIndex = (expr: Expr & { kind: 'index' }, block: Block, scope: Scope | undefined): Js => {
    const operand = consumed(expr.operand, block, scope);
    const constant = expr.index.kind === 'literal' && typeof expr.index.value === 'string' ? expr.index.value : undefined;
    const key = emit(expr.index, block, scope);
    return read({ expr, operandType: typeOf(expr.operand), operand, key, field: constant, block });
  };

  /** Reads a field, key or element; the static type of what is read from decides how careful that must be. */
  const read = (access: Access): Js => {
    const { expr, operandType, operand, field, block } = access;
    const test = expr.kind === 'select' && expr.test;
    const lenient = expr.optional || operandType.kind === 'optional';
    const at = expr.range.start;
    if (operandType.kind === 'optional') {
      const base = named(operand, 'optional', block);
      const inner = blockIn(block);
      const value = readOne({ ...access, operandType: operandType.value, operand: fromStored(base, operandType.value) }, true, test);
      const absent = atom(test ? 'false' : 'undefined');
      return choose(binary('===', base, atom('undefined')), absent, value, inner, block, 'value');
    }
    if (operandType.kind === 'record' && field !== undefined) {
      const value = property(operand, field);
      if (test) return binary('!==', value, atom('undefined'));
      if (lenient || operandType.fields[field]?.always === true) return value;
      return needed(value, field, at, (reads.get(pathText(expr)) ?? 1) > 1, block);
    }
    return readOne(access, lenient, test);
  };

  const readOne = (access: Access, lenient: boolean, test: boolean): Js => {
    const { expr, operandType, operand, key, field } = access;
    const at = expr.range.start;
    const byKey = expr.kind === 'select' || field !== undefined;
    switch (operandType.kind) {
      case 'record':
      case 'map': {
        if (operandType.kind === 'record' && field !== undefined) {
          const value = property(operand, field);
          return test ? binary('!==', value, atom('undefined')) : value;
        }
        const name = byKey ? key : keyCode(expr.kind === 'index' ? expr.index : undefined, key);
        if (test) return callOf(module.use('own'), [operand, name]);
        if (lenient) return callOf(module.use('getOptional'), [operand, name]);
        return fromStored(callOf(module.use('get'), [operand, name, at]), typeOf(expr));
      }
      case 'list':
        if (lenient) return callOf(module.use('elementOptional'), [operand, key, at]);
        return fromStored(callOf(module.use('element'), [operand, key, at]), typeOf(expr));
      default: {
        if (test) return callOf(module.use('has'), [operand, key, at]);
        const strict = byKey && expr.kind === 'select' ? 'select' : 'at';
        return callOf(module.use(lenient ? `${strict}Optional` : strict), [operand, key, at]);
      }
    }
  };

  const keyCode = (index: Expr | undefined, key: Js): Js => {
    const kind = index === undefined ? 'string' : typeOf(index).kind;
    if (kind === 'string') return key;
    if (index?.kind === 'literal') return atom(quote(`\0${String(index.value)}`));
    return callOf(module.use('lookup'), [key]);
  };

  const needed = (value: Js, field: string, at: number, again: boolean, block: Block): Js => {
    const known = block.known.get(value.code);
    if (known !== undefined) return known;
    const checked = callOf(module.use('need'), [value, at]);
    if (!again) return checked;
    const js = named(checked, field, block);
    block.known.set(value.code, js);
    return js;
  };

  const emitList = (expr: Expr & { kind: 'list' }, block: Block, scope: Scope | undefined): Js => {
    if (expr.elements.every((element) => !element.optional)) {
      return atom(`[${expr.elements.map((element) => stored(element.value, block, scope).code).join(', ')}]`);
    }
    const list = named({ code: '[]', level: 0 }, 'list', block);
    for (const { value, optional } of expr.elements) {
      const js = optional ? named(argument(value, OPTIONAL, block, scope), 'element', block) : stored(value, block, scope);
      block.lines.push(`${optional ? `if (${js.code} !== undefined) ` : ''}${list.code}.push(${js.code});`);
    }
    return list;
  };

  const emitMap = (expr: Expr & { kind: 'map' }, block: Block, scope: Scope | undefined): Js => {
    const plain = expr.entries.findIndex(({ key, optional }) => optional || key.kind !== 'literal');
    const head = plain < 0 ? expr.entries : expr.entries.slice(0, plain);
    const properties = head.map(({ key, value }) => `${propertyKey(key)}: ${stored(value, block, scope).code}`);
    if (typeOf(expr).kind === 'map' && expr.entries.some(({ key }) => typeOf(key).kind !== 'string')) boxed = true;
    const start = properties.length === 0 ? '{}' : `{ ${properties.join(', ')} }`;
    if (plain < 0) return atom(start);
    const map = named({ code: start, level: 0 }, 'map', block);
    for (const { key, value, optional } of expr.entries.slice(plain)) {
      const name = key.kind === 'literal' ? propertyKey(key) : keyIn(key, block, scope);
      const js = optional ? named(argument(value, OPTIONAL, block, scope), 'entry', block) : stored(value, block, scope);
      const put = callOf(module.use('put'), [map, name, js, key.range.start]).code;
      block.lines.push(optional ? `if (${js.code} !== undefined) ${put};` : `${put};`);
    }
    return map;
  };

  const keyIn = (key: Expr, block: Block, scope: Scope | undefined): Js => {
    const js = emit(key, block, scope);
    return typeOf(key).kind === 'string' ? js : callOf(module.use('keyOf'), [js, key.range.start]);
  };

  const emitBind = (expr: Expr & { kind: 'bind' }, block: Block, scope: Scope | undefined): Js => {
    if (expr.form === 'bind') {
      const value = named(emit(expr.value, block, scope), expr.variable, block);
      return emit(expr.body, block, { name: expr.variable, js: value, outer: scope });
    }
    const optional = named(argument(expr.value, OPTIONAL, block, scope), expr.variable, block);
    const type = typeOf(expr.value);
    const js = fromStored(optional, type.kind === 'optional' ? type.value : { kind: 'dyn' });
    const inner = blockIn(block);
    const innerScope: Scope = { name: expr.variable, js, outer: scope };
    const body = expr.form === 'optMap' ? stored(expr.body, inner, innerScope) : argument(expr.body, OPTIONAL, inner, innerScope);
    return choose(binary('===', optional, atom('undefined')), atom('undefined'), body, inner, block, expr.variable);
  };

  /** `test ? yes : no`, as an `if` where `no` needs statements of its own. */
  const choose = (test: Js, yes: Js, no: Js, inner: Block, block: Block, wanted: string): Js => {
    if (inner.lines.length === 0) return conditional(test, yes, no);
    const result = newName(wanted);
    block.lines.push(`var ${result} = ${yes.code};`);
    inner.lines.push(`${result} = ${no.code};`);
    nest(block, `if (${not(test).code})`, inner);
    return atom(result);
  };

  const emitter: Emitter = {
    spec, module, typeOf, canFail, steps, newName, use: module.use, emit, stored, argument, bool, consumed, named,
  };

  const body = blockIn();
  if (steps !== undefined) body.lines.push(`var ${steps} = 0;`);
  const result = emit(expression.root, body, undefined);
  const plain = boxed && !isScalar(expression.type) ? callOf(module.use('plain'), [result]) : result;
  const value = expression.type.kind === 'optional' && plain !== result ? conditional(binary('===', named(result, 'result', body), atom('undefined')), atom('undefined'), plain) : plain;
  body.lines.push(`return ${value.code};`);
  const out = blockIn();
  out.lines.push(...commentLines(spec.comment ?? expression.source));
  nest(out, `function ${spec.name}(${spec.parameters.join(', ')})`, body);
  return out.lines.join('\n');
}

interface Access {
  readonly expr: Expr & { readonly kind: 'select' | 'index' };
  readonly operandType: Type;
  readonly operand: Js;
  readonly key: Js;
  /** The name, where it is a constant. */
  readonly field: string | undefined;
  readonly block: Block;
}

const OPTIONAL: Pattern = { kind: 'optional', value: { kind: 'letter', name: 'A' } };

const GUARDS = {
  null: 'text',
  bool: 'bool',
  int: 'integer',
  double: 'number',
  string: 'text',
  list: 'list',
  map: 'map',
  optional: 'unbox',
} as const satisfies Record<string, HelperName>;

/** Takes a value out of a list, map or optional. */
export function fromStored(js: Js, type: Type): Js {
  return type.kind === 'optional' ? property(js, 'value') : js;
}

/** What a counted loop begins with. */
export function countStep({ steps, use }: Emitter, at: number): string[] {
  return steps === undefined ? [] : [`if (++${steps} > ${MAX_STEPS}) ${callOf(use('fail'), ["'steps'", at]).code};`];
}

export function literal(value: null | boolean | number | string): Js {
  if (typeof value === 'string') return atom(quote(value));
  return typeof value === 'number' ? numberLiteral(value) : atom(String(value));
}

function propertyKey(key: Expr): string {
  const value = key.kind === 'literal' ? key.value : null;
  if (typeof value !== 'string') return quote(`\0${String(value)}`);
  return quote(value);
}

/** A list or map of constants; undefined for anything else. */
export function constantCode(expr: Expr): string | undefined {
  if (expr.kind === 'list' && expr.elements.every(({ value, optional }) => value.kind === 'literal' && !optional)) {
    return `[${expr.elements.map(({ value }) => (value.kind === 'literal' ? literal(value.value).code : '')).join(', ')}]`;
  }
  if (expr.kind !== 'map') return undefined;
  if (!expr.entries.every(({ key, value, optional }) => key.kind === 'literal' && value.kind === 'literal' && !optional)) return undefined;
  const entries = expr.entries.map(({ key, value }) => `${propertyKey(key)}: ${value.kind === 'literal' ? literal(value.value).code : ''}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function isScalar({ kind }: Type): boolean {
  return kind === 'bool' || kind === 'int' || kind === 'double' || kind === 'string' || kind === 'null';
}

/** How often each path of names is read, to tell which deserve a variable. */
function countPaths(root: Expr): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (expr: Expr): void => {
    const path = pathText(expr);
    if (path !== '') counts.set(path, (counts.get(path) ?? 0) + 1);
    for (const child of children(expr)) visit(child);
  };
  visit(root);
  return counts;
}

function pathText(expr: Expr): string {
  if (expr.kind === 'ident') return expr.name;
  const operand = expr.kind === 'select' || expr.kind === 'index' ? pathText(expr.operand) : '';
  if (operand === '') return '';
  if (expr.kind === 'select') return expr.test || expr.optional ? '' : `${operand} ${expr.field}`;
  return expr.kind === 'index' && expr.index.kind === 'literal' ? `${operand} ${String(expr.index.value)}` : '';
}

function commentLines(text: string): string[] {
  return text.split(/[\n\r\u2028\u2029]+/).map((line) => ascii(`// ${line.replace(/[\0-\x1f\x7f]/g, ' ').trim()}`).trimEnd());
}
