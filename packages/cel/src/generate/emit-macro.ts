import type { Expr } from '../ast.ts';
import type { Pattern } from '../signature.ts';
import { stepsOf } from '../steps.ts';
import { operationOf } from '../tree.ts';
import { consumed, literal } from './emit-literal.ts';
import { type Emitter, emitTry, fromStored, type Scope } from './emitter.ts';
import { atom, binary, type Js, LEVEL, not, numberLiteral, property } from './js.ts';
import { type Block, blockIn, nest } from './writer.ts';

type Macro = Expr & { readonly kind: 'macro' };

/** Writes a macro as one loop; a `filter` or `map` that it goes over becomes part of the same loop. */
export function emitMacro(emitter: Emitter, expr: Macro, block: Block, scope: Scope | undefined): Js {
  switch (expr.name) {
    case 'all':
    case 'exists':
      return emitQuantifier(emitter, expr, block, scope);
    case 'exists_one': {
      const count = emitter.newName('count');
      block.lines.push(`var ${count} = 0;`);
      loop(emitter, expr, block, scope, { first: expr.body, runsToEnd: true }, (item, inner, index) => {
        const found = emitter.bool(expr.body, inner, bind(emitter, expr, item, index, scope));
        inner.lines.push(`if (${found.code}) ${count}++;`);
      });
      return binary('===', atom(count), numberLiteral(1));
    }
    case 'transformMap':
    case 'transformMapEntry':
      return emitMade(emitter, expr, block, scope);
    case 'sortBy':
      return emitSorted(emitter, expr, block, scope);
    case 'filter':
    case 'map': {
      const list = emitter.newName(expr.name === 'map' ? 'mapped' : 'kept');
      block.lines.push(`var ${list} = [];`);
      visitElements(emitter, expr, block, scope, { runsToEnd: true }, (item, inner) => {
        inner.lines.push(`${list}.push(${item.code});`);
      });
      return atom(list);
    }
  }
}

/** A map, entry by entry. */
function emitMade(emitter: Emitter, expr: Macro, block: Block, scope: Scope | undefined): Js {
  const map = emitter.newName('made');
  const at = expr.range.start;
  const type = emitter.typeOf(expr);
  const isText = type.kind === 'map' && type.key.kind === 'string';
  if (!isText) emitter.isUnplain = true;
  block.lines.push(`var ${map} = {};`);
  visitElements(emitter, expr, block, scope, { runsToEnd: true }, (item, inner, index) => {
    const key = isText ? index : emitter.call('keyOf', [index], at);
    const put =
      expr.name === 'transformMap'
        ? emitter.call('put', [map, key, item], at)
        : emitter.call('putAll', [map, item], at);
    inner.lines.push(`${put.code};`);
  });
  return atom(map);
}

/** The list in the order of what the body makes of its elements. */
function emitSorted(emitter: Emitter, expr: Macro, block: Block, scope: Scope | undefined): Js {
  const list = emitter.named(listOf(emitter, expr.target, block, scope), 'list', block);
  const keys = emitter.newName('keys');
  const index = emitter.newName('i');
  const item = emitter.newName(expr.variable);
  const inner = blockIn(block);
  const price = `${property(list, 'length').code} * ${stepsForEach(expr)}`;
  block.lines.push(
    `var ${keys} = [];`,
    `${emitter.call('spend', [emitter.spec.budget, price], expr.target.range.start).code};`,
  );
  inner.lines.push(`var ${item} = ${list.code}[${index}];`);
  const key = emitter.stored(expr.body, inner, bind(emitter, expr, atom(item), atom(index), scope));
  inner.lines.push(`${keys}.push(${key.code});`);
  nest(block, `for (var ${index} = 0; ${index} < ${list.code}.length; ${index}++)`, inner);
  return emitter.call(emitter.hasOpaques ? 'sortByAny' : 'sortBy', [list, keys], expr.range.start);
}

/** The text that `list.exists(x, x == "text")` looks for; undefined for any other macro. */
function soughtText(emitter: Emitter, { name, target, variable, index, body }: Macro): string | undefined {
  const operation = operationOf(body);
  if (name !== 'exists' || index !== undefined || isChained(target)) return undefined;
  if (emitter.typeOf(target).kind !== 'list' || operation?.kind !== 'compare' || operation.symbol !== '==')
    return undefined;
  const { left, right } = operation;
  const [item, text] = left.kind === 'ident' ? [left, right] : [right, left];
  if (item.kind !== 'ident' || item.name !== variable || text.kind !== 'literal') return undefined;
  return typeof text.value === 'string' ? text.value : undefined;
}

/** `all` and `exists` stop early; an element's failure is ignored if another element decides. */
function emitQuantifier(emitter: Emitter, expr: Macro, block: Block, scope: Scope | undefined): Js {
  const sought = soughtText(emitter, expr);
  if (sought !== undefined) {
    const list = consumed(emitter, expr.target, block, scope);
    return emitter.call('among', [list, literal(sought)], expr.range.start);
  }
  const isAll = expr.name === 'all';
  const result = emitter.newName(isAll ? 'all' : 'found');
  block.lines.push(`var ${result} = ${isAll};`);
  const start = block.lines.length;
  let problem: string | undefined;
  loop(emitter, expr, block, scope, { first: expr.body, runsToEnd: false }, (item, inner, index) => {
    const bound = bind(emitter, expr, item, index, scope);
    if (!emitter.canFailIn(expr.body, inner) && emitter.typeOf(expr.body).kind !== 'dyn') {
      const decided = emitter.bool(expr.body, inner, bound);
      const stops = blockIn(inner);
      stops.lines.push(`${result} = ${!isAll};`, 'break;');
      nest(inner, `if (${(isAll ? not(decided) : decided).code})`, stops);
      return;
    }
    problem = emitter.newName('problem');
    const tried = blockIn(inner);
    const decided = emitter.bool(expr.body, tried, bound);
    tried.lines.push(`${result} = ${decided.code};`);
    emitTry(emitter, tried, problem, inner);
    inner.lines.push(`if (${isAll ? `!${result}` : result}) break;`);
  });
  if (problem !== undefined) {
    block.lines.splice(start, 0, `var ${problem} = null;`);
    block.lines.push(`if (${problem} !== null && ${isAll ? result : `!${result}`}) throw ${problem};`);
  }
  return atom(result);
}

/** Takes an element, and its position or key. */
type Visit = (item: Js, inner: Block, index: Js) => void;

interface Run {
  readonly runsToEnd: boolean;
  /** The steps for each element in the macros that use this one's result. */
  readonly steps?: number;
}

/**
 * Iterates over the target of a macro; `first` is evaluated for each element in any case. Fusing must not let a stop or
 * an absorbed error skip an element on which an inner macro would fail.
 */
function loop(
  emitter: Emitter,
  macro: Macro,
  block: Block,
  scope: Scope | undefined,
  { first, runsToEnd, steps: fed = 0 }: Run & { readonly first: Expr },
  visit: Visit,
): void {
  const { target, variable } = macro;
  const steps = fed + stepsForEach(macro);
  // The position in a list that is never made would have to be counted.
  if (macro.index === undefined && isChained(target) && (runsToEnd || !chainFails(emitter, target, block))) {
    visitElements(emitter, target, block, scope, { runsToEnd, steps }, (item, inner, index) => {
      visit(emitter.named(item, variable, inner), inner, index);
    });
    return;
  }
  const isPaired = macro.index !== undefined && emitter.typeOf(target).kind !== 'list';
  const list = isPaired
    ? emitter.named(
        emitter.call('pairs', [consumed(emitter, target, block, scope)], target.range.start),
        'pairs',
        block,
      )
    : listOf(emitter, target, block, scope);
  const index = emitter.newName('i');
  const item = emitter.newName(variable);
  const inner = blockIn(block);
  emitter.hoistReads(first, list, block, inner, scope);
  // Paid at once: charging each element would cost more than many a body.
  const price = `${property(list, 'length').code} * ${steps}`;
  block.lines.push(`${emitter.call('spend', [emitter.spec.budget, price], target.range.start).code};`);
  const place = `${list.code}[${index}]`;
  inner.lines.push(`var ${item} = ${isPaired ? `${place}[1]` : place};`);
  visit(atom(item), inner, isPaired ? { code: `${place}[0]`, level: LEVEL.member } : atom(index));
  nest(block, `for (var ${index} = 0; ${index} < ${list.code}.length; ${index}++)`, inner);
}

function isChained(expr: Expr): expr is Macro {
  return expr.kind === 'macro' && (expr.name === 'filter' || expr.name === 'map');
}

/** Whether an element may make a chain of filters and maps fail. */
function chainFails(emitter: Emitter, expr: Macro, block: Block): boolean {
  const parts = expr.filter === undefined ? [expr.body] : [expr.filter, expr.body];
  const fails = parts.some((part) => emitter.canFailIn(part, block) || emitter.typeOf(part).kind === 'dyn');
  return fails || (isChained(expr.target) && chainFails(emitter, expr.target, block));
}

/** Visits the elements of a `filter` or `map` as if it had made a list. */
function visitElements(
  emitter: Emitter,
  expr: Macro,
  block: Block,
  scope: Scope | undefined,
  run: Run,
  visit: Visit,
): void {
  const condition = expr.name === 'filter' ? expr.body : expr.filter;
  loop(emitter, expr, block, scope, { ...run, first: condition ?? expr.body }, (item, inner, index) => {
    const bound = bind(emitter, expr, item, index, scope);
    const made = (within: Block): Js =>
      expr.name === 'transformMapEntry'
        ? emitter.argument(expr.body, ENTRIES, within, bound)
        : emitter.stored(expr.body, within, bound);
    if (condition === undefined) {
      visit(made(inner), inner, index);
      return;
    }
    const test = emitter.bool(condition, inner, bound);
    const passed = blockIn(inner);
    emitter.whereBegins(item, startOf(condition, expr.variable), () => {
      if (expr.name === 'filter') visit(item, passed, index);
      else visit(made(passed), passed, index);
    });
    nest(inner, `if (${test.code})`, passed);
  });
}

/** The constant that a condition says the variable's text begins with. */
function startOf(condition: Expr, variable: string): string | undefined {
  if (condition.kind !== 'call' || condition.name !== 'startsWith') return undefined;
  const [text, start] = condition.target === undefined ? [] : [condition.target, ...condition.args];
  if (text?.kind !== 'ident' || text.name !== variable || start?.kind !== 'literal') return undefined;
  return typeof start.value === 'string' ? start.value : undefined;
}

function listOf(emitter: Emitter, target: Expr, block: Block, scope: Scope | undefined): Js {
  const js = consumed(emitter, target, block, scope);
  const type = emitter.typeOf(target);
  const wanted = target.kind === 'select' ? target.field : 'list';
  const at = target.range.start;
  if (type.kind === 'list') return emitter.named(js, wanted, block);
  if (type.kind === 'map' || type.kind === 'record') {
    const named = type.kind === 'record' || type.key.kind === 'string';
    return emitter.named(emitter.call(named ? 'ownKeys' : 'keys', [js], at), 'keys', block);
  }
  return emitter.named(emitter.call('items', [js], at), wanted, block);
}

/** The steps of a macro for each element, without those of its helpers and inner loops. */
function stepsForEach({ body, filter }: Macro): number {
  const parts = filter === undefined ? [body] : [filter, body];
  return parts.reduce((sum, part) => sum + stepsOf(part), 2);
}

/** The macro's variable stands for the element. */
function bind(
  emitter: Emitter,
  { target, index: name, variable }: Macro,
  item: Js,
  index: Js,
  outer: Scope | undefined,
): Scope {
  const type = emitter.typeOf(target);
  const scope = name === undefined ? outer : { name, js: index, outer };
  const isValue = type.kind === 'map' && name !== undefined;
  const value = type.kind === 'list' ? type.element : isValue ? type.value : undefined;
  return { name: variable, js: value === undefined ? item : fromStored(item, value), outer: scope };
}

const ENTRIES: Pattern = {
  kind: 'map',
  key: { kind: 'letter', name: 'A' },
  value: { kind: 'letter', name: 'B' },
};
