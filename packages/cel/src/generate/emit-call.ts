import type { Expr } from '../ast.ts';
import { constantOf, type DynamicEmit, type ResolvedCall } from '../overloads.ts';
import type { Pattern } from '../signature.ts';
import { keyOf } from './emit-access.ts';
import { constantCode, consumed, literal } from './emit-literal.ts';
import { type Emitter, emitTry, fromStored, OPTIONAL, type Scope } from './emitter.ts';
import type { HelperName } from './helpers.ts';
import { atom, binary, conditional, type Js, not, numberLiteral, property } from './js.ts';
import { type Block, blockIn, nest } from './writer.ts';

type Call = Expr & { readonly kind: 'call' };

/** A constant list as short as this is compared element by element. */
const SHORT_LIST = 4;

/** Writes a function call or an operator. */
export function emitCall(emitter: Emitter, expr: Call, block: Block, scope: Scope | undefined): Js {
  const [first, second, third] = operands(emitter, expr);
  switch (expr.name) {
    case '_&&_':
    case '_||_':
      return emitLogical(emitter, expr.name === '_||_', first, second, block, scope);
    case '_?_:_':
      return emitConditional(emitter, expr, [first, second, third], block, scope);
    case '_==_':
      return emitEquals(emitter, first, second, block, scope);
    case '_!=_':
      return not(emitEquals(emitter, first, second, block, scope));
    case '@in':
      return emitIn(emitter, expr, first, second, block, scope);
    case '!_':
      return not(emitter.bool(first, block, scope));
    default:
      return emitFunctionCall(emitter, expr, block, scope);
  }
}

function operands(emitter: Emitter, expr: Call): readonly [Expr, Expr, Expr] {
  const args = emitter.spec.expression.callOf(expr)?.args ?? expr.args;
  const [first = expr, second = first, third = second] = args;
  return [first, second, third];
}

function emitFunctionCall(emitter: Emitter, expr: Call, block: Block, scope: Scope | undefined): Js {
  const call = emitter.spec.expression.callOf(expr);
  const [overload, ...others] = call?.overloads ?? [];
  if (call === undefined || overload === undefined) throw new Error(`${expr.name} was not checked`);
  const { declaration, args } = call;
  const at = expr.range.start;
  const [first = expr, second = first] = args;
  if (declaration.name === 'or' || declaration.name === 'orValue') {
    const unwraps = declaration.name === 'orValue';
    return emitOr(emitter, unwraps, first, second, block, scope, emitter.typeOf(expr).kind);
  }
  if (declaration.name === 'optional.ofNonZeroValue') {
    const value = emitter.named(emitter.stored(first, block, scope), 'value', block);
    return conditional(emitter.call('isZero', [value], at), atom('undefined'), value);
  }
  if (others.length > 0 && declaration.dynamic !== undefined) {
    return emitDynamic(emitter, call, declaration.dynamic, at, block, scope);
  }
  const constant = constantOf(overload, args);
  const folded = constant === undefined ? undefined : overload.constants?.fold(constant);
  if (folded !== undefined && folded !== '') return emitter.module.constant('VALUE', folded);
  const values = args.map((arg, index) => {
    const pattern = overload.parameters[index] ?? { kind: 'letter', name: 'A' };
    const reads = pattern.kind === 'list' || pattern.kind === 'map';
    if (reads && constantCode(arg) !== undefined) return consumed(emitter, arg, block, scope);
    return emitter.argument(arg, pattern, block, scope);
  });
  const [text] = values;
  if (declaration.name === 'substring' && args.length === 2 && text && isWithinStart(emitter, text, second))
    return emitter.call('afterStart', values, at);
  const js = overload.emit(values, emitter.site(at));
  return overload.result.kind === 'letter' ? fromStored(js, emitter.typeOf(expr)) : js;
}

/** Whether a text certainly begins with as many characters, each of them one unit. */
function isWithinStart(emitter: Emitter, { code }: Js, index: Expr): boolean {
  const start = emitter.starts.get(code) ?? '';
  if (index.kind !== 'literal' || typeof index.value !== 'number') return false;
  return index.value >= 0 && index.value <= start.length && !/[\ud800-\udfff]/.test(start);
}

/** A call whose overload is chosen at run time, by a helper. */
function emitDynamic(
  emitter: Emitter,
  { declaration, overloads, args, isInt }: ResolvedCall,
  dynamic: HelperName | DynamicEmit,
  at: number,
  block: Block,
  scope: Scope | undefined,
): Js {
  const values: Js[] = args.map((arg, index) => {
    const [pattern, ...rest] = overloads.map(({ parameters }) => parameters[index]);
    const agreed = pattern !== undefined && rest.every((other) => other?.kind === pattern.kind);
    return agreed ? emitter.argument(arg, pattern, block, scope) : emitter.stored(arg, block, scope);
  });
  if (typeof dynamic === 'function') return dynamic(values, emitter.site(at), overloads);
  const mayBe = (...kinds: readonly Pattern['kind'][]): boolean =>
    overloads.some(({ result }) => kinds.includes(result.kind));
  // Values that cannot be numbers are joined. For others, `add` decides at run time.
  const isJoined = dynamic === 'add' && !mayBe('int', 'double') && !emitter.hasOpaques;
  const helper = isJoined ? 'append' : dynamic;
  const more = ARITHMETIC.has(helper) ? [...values, String(isInt)] : values;
  const result = emitter.call((emitter.hasOpaques ? WITH_OPAQUES[helper] : undefined) ?? helper, more, at);
  return helper === 'compare' ? binary(symbolOf(declaration.name), result, numberLiteral(0)) : result;
}

/** Helpers that also take times. They are larger, so only expressions that use times have them. */
const WITH_OPAQUES: Readonly<Partial<Record<HelperName, HelperName>>> = {
  add: 'addAny',
  subtract: 'subtractAny',
  compare: 'compareAny',
  sort: 'sortAny',
  toInt: 'toIntAny',
  toText: 'toTextAny',
};

const ARITHMETIC: ReadonlySet<HelperName> = new Set(['add', 'subtract', 'times', 'over', 'negate']);

function symbolOf(name: string): string {
  return name.slice(1, -1);
}

/**
 * Either operand may decide, even if the other fails. So an operand that cannot fail goes first; only if both can fail,
 * the first error is kept until the second operand has been evaluated.
 */
function emitLogical(
  emitter: Emitter,
  isOr: boolean,
  left: Expr,
  right: Expr,
  block: Block,
  scope: Scope | undefined,
): Js {
  const operator = isOr ? '||' : '&&';
  const fails = (expr: Expr): boolean =>
    emitter.canFailIn(expr, block) || emitter.typeOf(expr).kind === 'dyn';
  if (fails(left) && fails(right)) emitter.shareReads(left, right, block, scope);
  if (fails(left) && fails(right)) return emitAbsorbing(emitter, isOr, left, right, block, scope);
  const [first, second] = fails(left) ? [right, left] : [left, right];
  const js = emitter.bool(first, block, scope);
  const inner = blockIn(block);
  const rest = emitter.bool(second, inner, scope);
  if (inner.lines.length === 0) return binary(operator, js, rest);
  const result = emitter.newName(isOr ? 'either' : 'both');
  block.lines.push(`var ${result} = ${js.code};`);
  inner.lines.push(`${result} = ${rest.code};`);
  nest(block, isOr ? `if (!${result})` : `if (${result})`, inner);
  return atom(result);
}

function emitAbsorbing(
  emitter: Emitter,
  isOr: boolean,
  left: Expr,
  right: Expr,
  block: Block,
  scope: Scope | undefined,
): Js {
  const result = emitter.newName(isOr ? 'either' : 'both');
  const problem = emitter.newName('problem');
  block.lines.push(`var ${result} = ${!isOr};`, `var ${problem} = null;`);
  const tried = blockIn(block);
  const first = emitter.bool(left, tried, scope);
  tried.lines.push(`${result} = ${first.code};`);
  emitTry(emitter, tried, problem, block);
  const inner = blockIn(block);
  const second = emitter.bool(right, inner, scope);
  inner.lines.push(`${result} = ${second.code};`);
  inner.lines.push(`if (${problem} !== null && ${isOr ? `!${result}` : result}) throw ${problem};`);
  nest(block, isOr ? `if (!${result})` : `if (${result})`, inner);
  return atom(result);
}

function emitConditional(
  emitter: Emitter,
  expr: Call,
  [test, yes, no]: readonly [Expr, Expr, Expr],
  block: Block,
  scope: Scope | undefined,
): Js {
  const condition = emitter.bool(test, block, scope);
  const optional = emitter.typeOf(expr).kind === 'optional';
  const branch = (arm: Expr, inner: Block): Js =>
    optional ? emitter.emit(arm, inner, scope) : emitter.stored(arm, inner, scope);
  const yesBlock = blockIn(block);
  const noBlock = blockIn(block);
  const yesJs = branch(yes, yesBlock);
  const noJs = branch(no, noBlock);
  if (yesBlock.lines.length === 0 && noBlock.lines.length === 0) return conditional(condition, yesJs, noJs);
  const result = emitter.newName('result');
  yesBlock.lines.push(`${result} = ${yesJs.code};`);
  noBlock.lines.push(`${result} = ${noJs.code};`);
  block.lines.push(`var ${result};`);
  nest(block, `if (${condition.code})`, yesBlock, '} else {');
  block.lines.push(...noBlock.lines.map((line) => `  ${line}`), '}');
  return atom(result);
}

function isScalar(emitter: Emitter, expr: Expr): boolean {
  return ['null', 'bool', 'int', 'double', 'string'].includes(emitter.typeOf(expr).kind);
}

function emitEquals(emitter: Emitter, left: Expr, right: Expr, block: Block, scope: Scope | undefined): Js {
  const sides = [left, right];
  const at = left.range.start;
  if (sides.some((side) => isScalar(emitter, side))) {
    const [a, b] = [emitter.stored(left, block, scope), emitter.stored(right, block, scope)];
    const isQuick = sides.some(
      (side) =>
        side.kind === 'literal' || (isScalar(emitter, side) && emitter.typeOf(side).kind !== 'string'),
    );
    return isQuick ? binary('===', a, b) : emitter.call('sameText', [a, b], at);
  }
  const values = sides.map((side) => operand(emitter, side, block, scope));
  return emitter.call('equals', values, at);
}

/** A comparison does not return its operands, so a constant may be shared. */
function operand(emitter: Emitter, expr: Expr, block: Block, scope: Scope | undefined): Js {
  return constantCode(expr) === undefined
    ? emitter.stored(expr, block, scope)
    : consumed(emitter, expr, block, scope);
}

function emitIn(
  emitter: Emitter,
  expr: Call,
  value: Expr,
  container: Expr,
  block: Block,
  scope: Scope | undefined,
): Js {
  const scalar = isScalar(emitter, value);
  const needle = emitter.stored(value, block, scope);
  if (
    scalar &&
    container.kind === 'list' &&
    container.elements.length <= SHORT_LIST &&
    constantCode(container) !== undefined
  ) {
    const same = emitter.named(needle, 'value', block);
    return (
      container.elements
        .map(({ value: element }) =>
          binary('===', same, literal(element.kind === 'literal' ? element.value : null)),
        )
        .reduce<Js | undefined>(
          (all, one) => (all === undefined ? one : binary('||', all, one)),
          undefined,
        ) ?? atom('false')
    );
  }
  const holder = consumed(emitter, container, block, scope);
  const { kind } = emitter.typeOf(container);
  const at = expr.range.start;
  if (kind === 'list') {
    const scalarHelper = emitter.isShort(value) ? 'among' : 'amongTexts';
    return emitter.call(scalar ? scalarHelper : 'contains', [holder, needle], at);
  }
  if (kind !== 'map' && kind !== 'record') return emitter.call('isIn', [needle, holder], at);
  return emitter.call('own', [holder, keyOf(emitter, value, needle)], at);
}

function emitOr(
  emitter: Emitter,
  unwraps: boolean,
  optional: Expr,
  other: Expr,
  block: Block,
  scope: Scope | undefined,
  resultKind: string,
): Js {
  const wanted = optional.kind === 'select' ? optional.field : 'optional';
  const value = emitter.named(emitter.argument(optional, OPTIONAL, block, scope), wanted, block);
  const inner = blockIn(block);
  const otherwise = unwraps
    ? emitter.stored(other, inner, scope)
    : emitter.argument(other, OPTIONAL, inner, scope);
  const unwrap = (js: Js): Js => (unwraps && resultKind === 'optional' ? property(js, 'value') : js);
  if (inner.lines.length === 0)
    return unwrap(conditional(binary('===', value, atom('undefined')), otherwise, value));
  const result = emitter.newName('result');
  block.lines.push(`var ${result} = ${value.code};`);
  inner.lines.push(`${result} = ${otherwise.code};`);
  nest(block, `if (${result} === undefined)`, inner);
  return unwrap(atom(result));
}
