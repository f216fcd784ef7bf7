import type { Expr } from '../ast.ts';
import type { Pattern } from '../signature.ts';
import type { Type } from '../types.ts';
import type { FunctionSpec } from './generate.ts';
import type { HelperName } from './helpers.ts';
import { type Js, property } from './js.ts';
import { type Block, type Module, nest } from './writer.ts';

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
  readonly newName: (wanted: string) => string;
  readonly use: (helper: HelperName) => string;
  /** Calls a helper for what stands at `at`. */
  readonly call: (helper: HelperName, args: readonly (Js | string | number)[], at: number) => Js;
  /** The value as an operand: an optional is its value or `undefined`. */
  readonly emit: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** The value as lists, maps and unknown types hold it: an optional is an object. */
  readonly stored: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** The value as a parameter wants it; one of unknown type is tested. */
  readonly argument: (expr: Expr, pattern: Pattern, block: Block, scope: Scope | undefined) => Js;
  readonly bool: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** A constant list or map becomes a constant of the module. Only for what is read and never handed out. */
  readonly consumed: (expr: Expr, block: Block, scope: Scope | undefined) => Js;
  /** Whether evaluating can fail, given the reads that a block has done already. */
  readonly canFailIn: (expr: Expr, block: Block) => boolean;
  /** Does the reads first that both operands fail without. */
  readonly shareReads: (left: Expr, right: Expr, block: Block, scope: Scope | undefined) => void;
  /** Does the reads before a loop over `list` that each of its elements fails without; an empty list needs none. */
  readonly hoistReads: (expr: Expr, list: Js, block: Block, inner: Block, scope: Scope | undefined) => void;
  /** Reads of a declared field that may be missing: checked, and kept in a variable where it is read again. */
  readonly needed: (
    value: Js,
    expr: Expr & { readonly kind: 'select' | 'index' },
    field: string,
    block: Block,
  ) => Js;
  /** Remembers that a value was built which JSON cannot carry as it is. */
  readonly noteUnplain: () => void;
  /** Gives a value a name, unless it has one, so that it can be used twice. */
  readonly named: (js: Js, wanted: string, block: Block) => Js;
}

/** The parameter of a method of an optional. */
export const OPTIONAL: Pattern = { kind: 'optional', value: { kind: 'letter', name: 'A' } };

/** Takes a value out of a list, map or optional. */
export function fromStored(js: Js, type: Type): Js {
  return type.kind === 'optional' ? property(js, 'value') : js;
}

/** Keeps an error for later. */
export function emitTry({ newName, call }: Emitter, tried: Block, problem: string, block: Block): void {
  const error = newName('error');
  nest(block, 'try', tried, `} catch (${error}) {`);
  block.lines.push(`  ${problem} = ${call('caught', [error], 0).code};`, '}');
}
