import type { Expr } from '../ast.ts';
import { isLate } from '../binds.ts';
import { failureAnalysis } from '../failure.ts';
import { certainReads, failingPath, pathText } from '../paths.ts';
import type { Pattern } from '../signature.ts';
import type { Type } from '../types.ts';
import { emitAccess } from './emit-access.ts';
import { emitCall } from './emit-call.ts';
import { constantCode, emitList, emitMap, literal } from './emit-literal.ts';
import { emitMacro } from './emit-macro.ts';
import { type Emitter, emitTry, fromStored, OPTIONAL, type Scope } from './emitter.ts';
import type { FunctionSpec } from './generate.ts';
import { type HelperName, helperCall } from './helpers.ts';
import { ascii, atom, binary, conditional, type Js, LEVEL, not, property } from './js.ts';
import { boundNames, countPaths } from './survey.ts';
import { type Block, blockIn, createNames, type Module, nest } from './writer.ts';

/** Writes the function of one expression. */
export function emitFunction(spec: FunctionSpec, module: Module): string {
  const { expression } = spec;
  const { typeOf, nodeCanFail: canFail } = expression;
  const call: Emitter['call'] = (helper, args, at) =>
    helperCall({ at, budget: spec.budget, use: module.use }, helper, args);
  const words = Object.values(spec.bind).flatMap((code) => code.match(/[A-Za-z_$][\w$]*/g) ?? []);
  const newName = createNames(module.names, new Set([...spec.parameters, ...words]));
  const reads = countPaths(expression.root);
  const bound = boundNames(expression.root);
  /** A path from a variable of the environment, whose name means nothing else in this expression. */
  const isGlobal = (path: string): boolean => {
    const [root = ''] = path.split(' ');
    return Object.hasOwn(spec.bind, root) && !bound.has(root);
  };
  const canFailIn = (expr: Expr, block: Block): boolean => {
    const paths = new Set([...block.known.values()].map(({ path }) => path).filter(isGlobal));
    if (paths.size === 0 || !canFail(expr)) return canFail(expr);
    return failureAnalysis(expression.root, expression, (part) => {
      const path = failingPath(part, expression);
      return path !== undefined && paths.has(path);
    })(expr);
  };
  const shareReads = (left: Expr, right: Expr, block: Block, scope: Scope | undefined): void => {
    const others = certainReads(right, expression);
    for (const [path, read] of certainReads(left, expression)) {
      if (others.has(path) && isGlobal(path)) emit(read, block, scope);
    }
  };
  const hoistReads: Emitter['hoistReads'] = (first, list, block, inner, scope) => {
    for (const [path, read] of certainReads(first, expression)) {
      if (!isGlobal(path) || read.kind !== 'select' || canFailIn(read.operand, block)) continue;
      const value = property(emit(read.operand, block, scope), read.field);
      if (block.known.has(value.code)) continue;
      const js = atom(newName(read.field));
      const needed = call('need', [value], read.range.start);
      block.lines.push(`var ${js.code} = ${list.code}.length === 0 ? undefined : ${needed.code};`);
      inner.known.set(value.code, { js, path });
    }
  };
  let unplain = false;

  const emit = (expr: Expr, block: Block, scope: Scope | undefined): Js => {
    switch (expr.kind) {
      case 'literal':
        return literal(expr.value);
      case 'ident':
        return lookUp(expr.name, scope);
      case 'select':
      case 'index':
        return emitAccess(emitter, expr, block, scope);
      case 'list':
        return emitList(emitter, expr, block, scope);
      case 'map':
        return emitMap(emitter, expr, block, scope);
      case 'macro':
        return emitMacro(emitter, expr, block, scope);
      case 'bind':
        return emitBind(expr, block, scope);
      case 'call':
        return emitCall(emitter, expr, block, scope);
    }
  };

  const lookUp = (name: string, scope: Scope | undefined): Js => {
    for (let inner = scope; inner !== undefined; inner = inner.outer)
      if (inner.name === name) return inner.js;
    const code = Object.hasOwn(spec.bind, name) ? spec.bind[name] : undefined;
    if (code === undefined) throw new Error(`${spec.name}: no JavaScript is bound to ${name}`);
    return { code, level: LEVEL.member };
  };

  const stored = (expr: Expr, block: Block, scope: Scope | undefined): Js => {
    const js = emit(expr, block, scope);
    if (typeOf(expr).kind !== 'optional') return js;
    unplain = true;
    return call('box', [js], expr.range.start);
  };

  const argument = (expr: Expr, pattern: Pattern, block: Block, scope: Scope | undefined): Js => {
    if (pattern.kind === 'letter' || pattern.kind === 'dyn') return stored(expr, block, scope);
    if (typeOf(expr).kind !== 'dyn') return emit(expr, block, scope);
    return call(GUARDS[pattern.kind], [emit(expr, block, scope)], expr.range.start);
  };

  const bool = (expr: Expr, block: Block, scope: Scope | undefined): Js =>
    argument(expr, { kind: 'bool' }, block, scope);

  const consumed = (expr: Expr, block: Block, scope: Scope | undefined): Js => {
    const code = constantCode(expr);
    if (code === undefined) return emit(expr, block, scope);
    if (expr.kind === 'list') return module.constant('LIST', code);
    return module.constant('TABLE', call('table', [code], expr.range.start).code);
  };

  const named = (js: Js, wanted: string, block: Block): Js => {
    if (js.level === LEVEL.atom) return js;
    const name = newName(wanted);
    block.lines.push(`var ${name} = ${js.code};`);
    return atom(name);
  };

  const needed: Emitter['needed'] = (value, expr, field, block) => {
    const known = block.known.get(value.code);
    if (known !== undefined) return known.js;
    const checked = call('need', [value], expr.range.start);
    const path = pathText(expr);
    if (path === undefined || (reads.get(path) ?? 1) < 2) return checked;
    const js = named(checked, field, block);
    block.known.set(value.code, { js, path });
    return js;
  };

  const emitBind = (expr: Expr & { kind: 'bind' }, block: Block, scope: Scope | undefined): Js => {
    if (expr.form === 'bind' && isLate(expr) && canFailIn(expr.value, block)) {
      const value = newName(expr.variable);
      const problem = newName('problem');
      block.lines.push(`var ${value};`, `var ${problem} = null;`);
      const tried = blockIn(block);
      tried.lines.push(`${value} = ${emit(expr.value, tried, scope).code};`);
      emitTry(emitter, tried, problem, block);
      const js = call('held', [problem, value], expr.range.start);
      return emit(expr.body, block, { name: expr.variable, js, outer: scope });
    }
    if (expr.form === 'bind') {
      const value = named(emit(expr.value, block, scope), expr.variable, block);
      return emit(expr.body, block, { name: expr.variable, js: value, outer: scope });
    }
    const optional = named(argument(expr.value, OPTIONAL, block, scope), expr.variable, block);
    const type = typeOf(expr.value);
    const js = fromStored(optional, type.kind === 'optional' ? type.value : { kind: 'dyn' });
    const inner = blockIn(block);
    const innerScope: Scope = { name: expr.variable, js, outer: scope };
    const body =
      expr.form === 'optMap'
        ? stored(expr.body, inner, innerScope)
        : argument(expr.body, OPTIONAL, inner, innerScope);
    return choose(
      binary('===', optional, atom('undefined')),
      atom('undefined'),
      body,
      inner,
      block,
      expr.variable,
    );
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
    spec,
    module,
    typeOf,
    canFailIn,
    shareReads,
    hoistReads,
    newName,
    use: module.use,
    call,
    emit,
    stored,
    argument,
    bool,
    consumed,
    needed,
    noteUnplain: () => {
      unplain = true;
    },
    named,
  };

  const body = blockIn();
  const result = emit(expression.root, body, undefined);
  const plain = unplain && !isScalar(expression.type) ? call('plain', [result], 0) : result;
  const value =
    expression.type.kind === 'optional' && plain !== result
      ? conditional(binary('===', named(result, 'result', body), atom('undefined')), atom('undefined'), plain)
      : plain;
  body.lines.push(`return ${value.code};`);
  const out = blockIn();
  out.lines.push(...commentLines(spec.comment ?? expression.source));
  nest(out, `function ${spec.name}(${spec.parameters.join(', ')})`, body);
  return out.lines.join('\n');
}

const GUARDS = {
  bool: 'bool',
  int: 'integer',
  double: 'number',
  string: 'text',
  list: 'list',
  map: 'map',
  optional: 'unbox',
} as const satisfies Record<string, HelperName>;

function isScalar({ kind }: Type): boolean {
  return kind === 'bool' || kind === 'int' || kind === 'double' || kind === 'string' || kind === 'null';
}

function commentLines(text: string): string[] {
  return text
    .split(/[\n\r\u2028\u2029]+/)
    .map((line) => ascii(`// ${line.replace(/\t/g, ' ').trim()}`).trimEnd());
}
