import type { Expr } from '../ast.ts';
import type { Expression } from '../compile.ts';
import { failureAnalysis } from '../failure.ts';
import { certainReads, failingPath, pathText } from '../paths.ts';
import type { Pattern } from '../signature.ts';
import { isOpaque, type Type } from '../types.ts';
import { type HelperName, helperCall, type Site } from './helpers.ts';
import { atom, type Js, LEVEL, property } from './js.ts';
import { boundNames, countPaths, someType } from './survey.ts';
import { type Block, createNames, type Module, nest } from './writer.ts';

/** Engines compare so many characters in about the time of a step. */
const SHORT_TEXT = 128;

/** One JavaScript function to generate. */
export interface FunctionSpec {
  /** A valid ES5 identifier, unique in the text. */
  readonly name: string;
  readonly parameters: readonly string[];
  readonly expression: Expression;
  /** CEL variable to JavaScript expression over the parameters: `{ user: 'c.user', claims: 'claims' }`. */
  readonly bind: Readonly<Record<string, string>>;
  /** The CEL variables that are texts of at most {@link SHORT_TEXT} characters. */
  readonly short?: readonly string[];
  /** JavaScript over the parameters for the budget: an object whose number `left` is the remaining steps. */
  readonly budget: string;
  /** The comment above the function. Default: the CEL text. */
  readonly comment?: string;
  /** Whether errors tell their place in the CEL text. Default: true. */
  readonly tellsPlaces?: boolean;
}

/** JavaScript for the variables in scope. */
export interface Scope {
  readonly name: string;
  readonly js: Js;
  readonly outer: Scope | undefined;
}

/** Writes one node; its parts go through the emitter. */
export type EmitNode = (emitter: Emitter, expr: Expr, block: Block, scope: Scope | undefined) => Js;

/** The helpers that test a value of unknown type. */
const GUARDS = {
  bool: 'bool',
  int: 'integer',
  double: 'number',
  string: 'text',
  list: 'list',
  map: 'map',
  optional: 'unbox',
  timestamp: 'timestamp',
  duration: 'duration',
  ip: 'ip',
  cidr: 'cidr',
} as const satisfies Record<string, HelperName>;

/** The state of emitting one function. */
export class Emitter {
  readonly spec: FunctionSpec;
  readonly module: Module;
  /** Whether the expression uses values that JSON has no type for. */
  readonly hasOpaques: boolean;
  /** Whether a value was built that JSON cannot carry as it is. */
  isUnplain: boolean;
  readonly #emitNode: EmitNode;
  /** How often each path is read. */
  readonly #reads: ReadonlyMap<string, number>;
  /** What texts in variables certainly begin with at this place, by the variable. */
  readonly starts = new Map<string, string>();
  readonly #bound: ReadonlySet<string>;
  #names: ((wanted: string) => string) | undefined;

  constructor(spec: FunctionSpec, module: Module, emitNode: EmitNode) {
    this.spec = spec;
    this.module = module;
    this.#emitNode = emitNode;
    this.hasOpaques = someType(spec.expression, isOpaque);
    this.isUnplain = this.hasOpaques;
    this.#reads = countPaths(spec.expression.root);
    this.#bound = boundNames(spec.expression.root);
  }

  /** Gives a variable a name that is free. Most functions need none. */
  newName(wanted: string): string {
    const { bind, parameters } = this.spec;
    const words = () => Object.values(bind).flatMap((code) => code.match(/[A-Za-z_$][\w$]*/g) ?? []);
    this.#names ??= createNames(this.module.names, new Set([...parameters, ...words()]));
    return this.#names(wanted);
  }

  typeOf(expr: Expr): Type {
    return this.spec.expression.typeOf(expr);
  }

  /** Calls a helper for the expression at `at`. */
  call(helper: HelperName, args: readonly (Js | string | number)[], at: number): Js {
    return helperCall(this.site(at), helper, args);
  }

  site(at: number): Site {
    const { budget, tellsPlaces = true } = this.spec;
    return { at: tellsPlaces ? at : undefined, budget };
  }

  /** The value as an operand: an optional is its value or `undefined`. */
  emit(expr: Expr, block: Block, scope: Scope | undefined): Js {
    return this.#emitNode(this, expr, block, scope);
  }

  /** The value as lists, maps and unknown types contain it: an optional is an object. */
  stored(expr: Expr, block: Block, scope: Scope | undefined): Js {
    const js = this.emit(expr, block, scope);
    if (this.typeOf(expr).kind !== 'optional') return js;
    this.isUnplain = true;
    return this.call('box', [js], expr.range.start);
  }

  /** The value as a parameter wants it; one of unknown type is tested. */
  argument(expr: Expr, pattern: Pattern, block: Block, scope: Scope | undefined): Js {
    if (pattern.kind === 'letter' || pattern.kind === 'dyn') return this.stored(expr, block, scope);
    const js = this.emit(expr, block, scope);
    return this.typeOf(expr).kind === 'dyn' ? this.call(GUARDS[pattern.kind], [js], expr.range.start) : js;
  }

  bool(expr: Expr, block: Block, scope: Scope | undefined): Js {
    return this.argument(expr, { kind: 'bool' }, block, scope);
  }

  /** Gives a value a name, unless it has one, so that it can be used twice. */
  named(js: Js, wanted: string, block: Block): Js {
    if (js.level === LEVEL.atom) return js;
    const name = this.newName(wanted);
    block.lines.push(`var ${name} = ${js.code};`);
    return atom(name);
  }

  /** A read of a declared field that may be missing: checked, and kept in a variable if it is read again. */
  needed(value: Js, expr: Expr & { readonly kind: 'select' | 'index' }, field: string, block: Block): Js {
    const known = block.known.get(value.code);
    if (known !== undefined) return known.js;
    const checked = this.call('need', [value], expr.range.start);
    const path = pathText(expr);
    if (path === undefined || (this.#reads.get(path) ?? 1) < 2) return checked;
    const js = this.named(checked, field, block);
    block.known.set(value.code, { js, path });
    return js;
  }

  /** Whether evaluating can fail, given the reads that the block has already done. */
  canFailIn(expr: Expr, block: Block): boolean {
    const { expression } = this.spec;
    if (!expression.nodeCanFail(expr)) return false;
    const paths = new Set(
      [...block.known.values()].map(({ path }) => path).filter((path) => this.#isGlobal(path)),
    );
    if (paths.size === 0) return true;
    return failureAnalysis(expression.root, expression, (part) => {
      const path = failingPath(part, expression);
      return path !== undefined && paths.has(path);
    })(expr);
  }

  /** Does the reads first that both operands fail without. */
  shareReads(left: Expr, right: Expr, block: Block, scope: Scope | undefined): void {
    const { expression } = this.spec;
    const others = certainReads(right, expression);
    for (const [path, read] of certainReads(left, expression)) {
      if (others.has(path) && this.#isGlobal(path)) this.emit(read, block, scope);
    }
  }

  /** Moves reads that every element needs before a loop over `list`; an empty list needs none. */
  hoistReads(first: Expr, list: Js, block: Block, inner: Block, scope: Scope | undefined): void {
    for (const [path, read] of certainReads(first, this.spec.expression)) {
      if (!this.#isGlobal(path) || read.kind !== 'select' || this.canFailIn(read.operand, block)) continue;
      const value = property(this.emit(read.operand, block, scope), read.field);
      if (block.known.has(value.code)) continue;
      const js = atom(this.newName(read.field));
      const needed = this.call('need', [value], read.range.start);
      block.lines.push(`var ${js.code} = ${list.code}.length === 0 ? undefined : ${needed.code};`);
      inner.known.set(value.code, { js, path });
    }
  }

  /** Whether a value is known to be quick to compare: a short text, or not a text. */
  isShort(expr: Expr): boolean {
    if (this.typeOf(expr).kind !== 'string') return true;
    if (expr.kind === 'literal') return typeof expr.value === 'string' && expr.value.length <= SHORT_TEXT;
    return (
      expr.kind === 'ident' && this.spec.short?.includes(expr.name) === true && this.#isGlobal(expr.name)
    );
  }

  /** Emits a part in which a text certainly begins with `start`, as a condition around it says. */
  whereBegins(text: Js, start: string | undefined, emitPart: () => void): void {
    const outer = this.starts.get(text.code);
    if (start !== undefined) this.starts.set(text.code, start);
    emitPart();
    if (outer === undefined) this.starts.delete(text.code);
    else this.starts.set(text.code, outer);
  }

  /** A path from a variable of the environment, whose name means nothing else in this expression. */
  #isGlobal(path: string): boolean {
    const [root = ''] = path.split(' ');
    return Object.hasOwn(this.spec.bind, root) && !this.#bound.has(root);
  }
}

/** The parameter of a method of an optional. */
export const OPTIONAL: Pattern = { kind: 'optional', value: { kind: 'letter', name: 'A' } };

/** Takes a value out of a list, map or optional. */
export function fromStored(js: Js, type: Type): Js {
  return type.kind === 'optional' ? property(js, 'value') : js;
}

/** Keeps an error for later. */
export function emitTry(emitter: Emitter, tried: Block, problem: string, block: Block): void {
  const error = emitter.newName('error');
  nest(block, 'try', tried, `} catch (${error}) {`);
  block.lines.push(`  ${problem} = ${emitter.call('caught', [error], 0).code};`, '}');
}
