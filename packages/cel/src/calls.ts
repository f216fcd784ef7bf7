import type { Expr, Range } from './ast.ts';
import type { Checker, Scope } from './check.ts';
import { FUNCTIONS, FUNCTIONS_BY_NAME } from './functions.ts';
import type { FunctionDeclaration, Overload } from './overloads.ts';
import { formatPattern, instantiate } from './signature.ts';
import { suggest } from './suggest.ts';
import { mergeNumbers, type Term } from './terms.ts';

/** A call whose function is known: the overloads that its static types leave, and its arguments in their order. */
export interface ResolvedCall {
  readonly declaration: FunctionDeclaration;
  /** More than one where a type is known only at run time. */
  readonly overloads: readonly Overload[];
  /** With the receiver first. */
  readonly args: readonly Expr[];
  /** The numbers in a dyn operand are ints. */
  readonly isInt: boolean;
}

type Call = Expr & { readonly kind: 'call' };

/** CEL that version 1 leaves out, with what to write instead. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  matches: 'use startsWith, endsWith, contains or glob',
  type: 'convert with string(x), int(x) or double(x)',
  uint: 'use int(x)',
  bytes: 'use a string',
  timestamp: 'compare seconds as numbers',
  duration: 'compare seconds as numbers',
  format: 'join strings with +',
  sortBy: 'use sort()',
  reverse: 'lists can be sorted with sort()',
};

/** What other languages call a function, with what to write instead. */
const FOREIGN: Readonly<Record<string, string>> = {
  includes: 'write "…" in list, or text.contains("…")',
  has: 'write "…" in list',
  toLowerCase: 'use lowerAscii()',
  lower: 'use lowerAscii()',
  toUpperCase: 'use upperAscii()',
  upper: 'use upperAscii()',
  length: 'use size()',
  len: 'use size()',
  count: 'use size()',
  some: 'use exists(x, …)',
  any: 'use exists(x, …)',
  every: 'use all(x, …)',
  find: 'use filter(x, …)',
  first: 'write list[0]',
  concat: 'use +',
  append: 'use +',
  replaceAll: 'use replace("…", "…")',
  substr: 'use substring(…)',
  strip: 'use trim()',
  equals: 'use ==',
  isEmpty: 'compare size() with 0',
  toString: 'use string(x)',
  coalesce: 'write a.?b.orValue("…")',
  default: 'write a.?b.orValue("…")',
};

const ERROR: Term = { kind: 'error' };

/** Finds the function of a call and the overloads that fit, or reports why there is none. */
export function resolveCall(
  checker: Checker,
  call: Call,
  scope: Scope | undefined,
): { readonly type: Term; readonly resolved: ResolvedCall | undefined } {
  const spaced = namespaced(call, scope);
  const target = spaced === undefined ? call.target : undefined;
  const args = target === undefined ? call.args : [target, ...call.args];
  const declaration = FUNCTIONS_BY_NAME.get(spaced ?? call.name);
  const types = args.map((arg) => {
    if (isNamespace(arg, call, scope)) return ERROR;
    return checker.check(arg, arg !== target && declaration === undefined ? macroScope(call, scope) : scope);
  });
  const styled =
    declaration?.overloads.filter((overload) => overload.method === (target !== undefined)) ?? [];
  if (declaration === undefined || styled.length === 0) {
    return { type: reportUnknown(checker, call, declaration, scope), resolved: undefined };
  }
  const fitting = styled.filter((overload) => overload.parameters.length === args.length);
  if (fitting.length === 0) return { type: reportArity(checker, call, styled, spaced), resolved: undefined };

  const results: Term[] = [];
  const overloads = fitting.filter((overload) => {
    const instance = instantiateCall(checker, overload, types);
    const fits = checker.terms.attempt(() =>
      instance.parameters.every((wanted, index) => checker.terms.assign(types[index] ?? ERROR, wanted)),
    );
    if (fits) results.push(instance.result);
    return fits;
  });
  const broken = types.some((type) => checker.terms.shallow(type).kind === 'error');
  if (overloads.length === 0) {
    const type = broken ? ERROR : reportMisfit(checker, call, declaration, fitting, args, types);
    return { type: resultWhenBroken(fitting, type), resolved: undefined };
  }
  if (broken) return { type: resultWhenBroken(fitting, ERROR), resolved: undefined };

  const exact = declaration.anyNumber
    ? overloads
    : overloads.filter((overload) => numbersFit(checker, overload, types));
  if (
    exact.length === 0 ||
    (exact.length < overloads.length &&
      !exact.some(isNumeric) &&
      types.some((type) => isMixed(checker, type)))
  ) {
    return { type: reportNumbers(checker, call, args, types), resolved: undefined };
  }
  const kept = results.filter(
    (_, index) => overloads[index] !== undefined && exact.includes(overloads[index]),
  );
  const isInt =
    exact.some((overload) => overload.result.kind === 'int') &&
    !exact.some((o) => o.result.kind === 'double');
  return { type: resultOf(checker, kept, types), resolved: { declaration, overloads: exact, args, isInt } };
}

/** `email.domain`: a function's full name, unless a macro's variable hides the namespace. */
function namespaced(call: Call, scope: Scope | undefined): string | undefined {
  if (call.target?.kind !== 'ident' || isBound(call.target.name, scope)) return undefined;
  const name = `${call.target.name}.${call.name}`;
  return FUNCTIONS_BY_NAME.has(name) ? name : undefined;
}

/** The target of an unknown function such as `sets.union`: not a variable that should be looked for. */
function isNamespace(arg: Expr, call: Call, scope: Scope | undefined): boolean {
  return (
    arg === call.target &&
    arg.kind === 'ident' &&
    !isBound(arg.name, scope) &&
    namespaceNames(arg.name).length > 0 &&
    !FUNCTIONS_BY_NAME.has(call.name)
  );
}

/** In a misspelt macro such as `exist(x, x > 1)`, the variable is not to blame. */
function macroScope(call: Call, scope: Scope | undefined): Scope | undefined {
  const [variable] = call.args;
  if (call.target === undefined || variable?.kind !== 'ident' || call.args.length < 2) return scope;
  return { name: variable.name, type: ERROR, outer: scope };
}

function namespaceNames(namespace: string): string[] {
  return [...FUNCTIONS_BY_NAME.keys(), 'cel.bind'].filter((name) => name.startsWith(`${namespace}.`));
}

function isBound(name: string, scope: Scope | undefined): boolean {
  for (let inner = scope; inner !== undefined; inner = inner.outer) if (inner.name === name) return true;
  return false;
}

function instantiateCall(
  checker: Checker,
  overload: Overload,
  types: readonly Term[],
): { parameters: Term[]; result: Term } {
  const letters = new Map<string, Term>();
  const holeFor = (letter: string): Term => {
    const hole = letters.get(letter) ?? checker.terms.fresh();
    letters.set(letter, hole);
    return hole;
  };
  const numbers = types.map(checker.terms.numbersIn).reduce(mergeNumbers, 'none');
  return {
    parameters: overload.parameters.map((pattern) => instantiate(pattern, holeFor)),
    result: instantiate(overload.result, holeFor, { kind: 'dyn', numbers }),
  };
}

function resultOf(checker: Checker, results: readonly Term[], types: readonly Term[]): Term {
  const [first = ERROR, ...rest] = results;
  if (rest.every((next) => checker.show(next) === checker.show(first))) return first;
  return { kind: 'dyn', numbers: types.map(checker.terms.numbersIn).reduce(mergeNumbers, 'none') };
}

/** After a fault inside, the call keeps the one type that it has in any case, so that faults around it show too. */
function resultWhenBroken(overloads: readonly Overload[], otherwise: Term): Term {
  const [first, ...rest] = overloads.map((overload) => overload.result);
  if (first === undefined || first.kind === 'letter' || rest.some((next) => next.kind !== first.kind))
    return otherwise;
  return first.kind === 'bool' || first.kind === 'int' || first.kind === 'string' || first.kind === 'double'
    ? { kind: first.kind }
    : otherwise;
}

function isNumeric(overload: Overload): boolean {
  return overload.parameters.some((pattern) => pattern.kind === 'int' || pattern.kind === 'double');
}

/** Ints and doubles alike, so that not even a failure is certain. */
function isMixed(checker: Checker, type: Term): boolean {
  const found = checker.terms.shallow(type);
  return found.kind === 'dyn' && found.numbers === 'mixed';
}

/** Whether no number of unknown or other kind would stand for an int or a double. */
function numbersFit(checker: Checker, overload: Overload, types: readonly Term[]): boolean {
  return overload.parameters.every((pattern, index) => {
    const type = checker.terms.shallow(types[index] ?? ERROR);
    if (type.kind !== 'dyn' || (pattern.kind !== 'int' && pattern.kind !== 'double')) return true;
    const numbers = type.numbers ?? 'double';
    return numbers === 'none' || numbers === pattern.kind;
  });
}

function reportUnknown(
  checker: Checker,
  call: Call,
  declaration: FunctionDeclaration | undefined,
  scope: Scope | undefined,
): Term {
  const { name, nameRange, target } = call;
  if (declaration !== undefined) {
    const signature = declaration.overloads[0]?.signature ?? name;
    return checker.report(
      'unknown_function',
      `${name} is not called this way`,
      nameRange,
      `it is ${signature}`,
    );
  }
  const help = Object.hasOwn(LEFT_OUT, name) ? LEFT_OUT[name] : undefined;
  if (help !== undefined) return checker.report('unsupported', `${name} is not supported`, nameRange, help);
  const namespace = target?.kind === 'ident' && !isBound(target.name, scope) ? target.name : '';
  const spaced = namespaceNames(namespace);
  if (namespace !== '' && spaced.length > 0) {
    const near = suggest(`${namespace}.${name}`, spaced);
    const range = { start: target?.range.start ?? nameRange.start, end: nameRange.end };
    return checker.report(
      'unknown_function',
      `unknown function \`${namespace}.${name}\``,
      range,
      near && `did you mean \`${near}\`?`,
    );
  }
  const named = FUNCTIONS.filter(({ overloads }) =>
    overloads.some((overload) => overload.method === (target !== undefined)),
  );
  const macros =
    target === undefined ? ['has'] : ['all', 'exists', 'exists_one', 'filter', 'map', 'optMap', 'optFlatMap'];
  const near = suggest(name, [...named.map((found) => found.name), ...macros]);
  const foreign = Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
  return checker.report(
    'unknown_function',
    `unknown function \`${name}\``,
    nameRange,
    foreign ?? (near && `did you mean \`${near}\`?`),
  );
}

function reportArity(
  checker: Checker,
  call: Call,
  overloads: readonly Overload[],
  spaced: string | undefined,
): Term {
  const counts = [
    ...new Set(overloads.map((overload) => overload.parameters.length - (overload.method ? 1 : 0))),
  ];
  const wanted = counts.join(' or ');
  const noun = wanted === '1' ? 'argument' : 'arguments';
  const message = `${spaced ?? call.name} takes ${wanted} ${noun}, found ${call.args.length}`;
  return checker.report(
    'type',
    message,
    call.nameRange,
    overloads.map((overload) => overload.signature).join('; '),
  );
}

function reportNumbers(checker: Checker, call: Call, args: readonly Expr[], types: readonly Term[]): Term {
  const index = types.findIndex((type) => {
    const found = checker.terms.shallow(type);
    return found.kind === 'dyn' && found.numbers !== 'int' && found.numbers !== 'none';
  });
  const arg = args[index] ?? call;
  const written = sourceOf(checker, arg);
  const other = args.find(
    (_, at) => at !== index && checker.terms.shallow(types[at] ?? ERROR).kind === 'int',
  );
  const help =
    other?.kind === 'literal'
      ? `write int(${written}), or ${String(other.value)}.0`
      : `write int(${written}) or double(${written})`;
  return checker.report(
    'type',
    'a number in JSON is a double, and this needs to know whether it is an int',
    arg.range,
    help,
  );
}

function reportMisfit(
  checker: Checker,
  call: Call,
  declaration: FunctionDeclaration,
  overloads: readonly Overload[],
  args: readonly Expr[],
  types: readonly Term[],
): Term {
  const shown = types.map(checker.show);
  const [left = '', right = ''] = shown;
  const texts = args.map((arg) => sourceOf(checker, arg));
  const name = declaration.name;
  if (name === '_?_:_' && checker.terms.assign(types[0] ?? ERROR, { kind: 'bool' })) {
    const outcomes = [checker, args.slice(1), types.slice(1)] as const;
    const help = optionalHelp(...outcomes) ?? conversionHelp(...outcomes);
    return checker.report(
      'type',
      `the two outcomes are ${right} and ${shown[2]}`,
      args[2]?.range ?? call.range,
      help,
    );
  }
  if (name === '@in') {
    const container = checker.terms.shallow(types[1] ?? ERROR).kind;
    if (container !== 'list' && container !== 'map') {
      const help =
        left === 'string' && right === 'string' ? `write ${texts[1]}.contains(${texts[0]})` : undefined;
      return checker.report(
        'type',
        `expected list or map, found ${right}`,
        args[1]?.range ?? call.range,
        help,
      );
    }
    const element = elementOf(checker, types[1]);
    const help = left.startsWith('list')
      ? `ask for each: ${texts[0]}.exists(x, x in ${texts[1]})`
      : element && asItem(checker, args[0], types[0], checker.show(element));
    return checker.report('type', `${left} is never in ${right}`, args[0]?.range ?? call.range, help);
  }
  const symbol = /^_(.+)_$/.exec(name)?.[1];
  if (symbol !== undefined && symbol !== '&&' && symbol !== '||' && args.length === 2) {
    const help =
      optionalHelp(checker, args, types) ??
      conversionHelp(checker, args, types, symbol) ??
      (symbol === '==' || symbol === '!=' ? memberHelp(checker, args, types, symbol) : undefined);
    return checker.report('type', `no \`${symbol}\` for ${left} and ${right}`, call.range, help);
  }
  const { index, wanted } = firstMisfit(checker, overloads, types);
  const arg = args[index];
  if (index === 0 && wanted === 'string' && args.length === 2 && left === 'list(string)') {
    const help =
      name === 'contains'
        ? `write ${texts[1]} in ${texts[0]}`
        : `ask it of each: ${texts[0]}.exists(x, x.${name}(${texts[1]}))`;
    return checker.report('type', `expected ${wanted}, found ${left}`, arg?.range ?? call.range, help);
  }
  return checker.report(
    'type',
    `expected ${wanted}, found ${shown[index]}`,
    arg?.range ?? call.range,
    wanted.includes('optional')
      ? undefined
      : (optionalHelp(checker, args, types) ?? convertTo(checker, arg, types[index], wanted)),
  );
}

/** The argument that fits no overload which fits the ones before it. */
function firstMisfit(
  checker: Checker,
  overloads: readonly Overload[],
  types: readonly Term[],
): { index: number; wanted: string } {
  let index = 0;
  let wanted: string[] = [];
  for (const overload of overloads) {
    const { parameters } = instantiateCall(checker, overload, types);
    let fit = 0;
    let known = '';
    checker.terms.attempt(() => {
      fit = parameters.findIndex((parameter, at) => !checker.terms.assign(types[at] ?? ERROR, parameter));
      known = checker.show(parameters[fit] ?? ERROR);
      return false;
    });
    const pattern = overload.parameters[fit];
    if (fit > index) wanted = [];
    if (fit >= index && pattern !== undefined) {
      wanted.push(known.includes('dyn') ? formatPattern(pattern) : known);
    }
    index = Math.max(index, fit);
  }
  return { index, wanted: [...new Set(wanted)].join(' or ') };
}

/** How an item would be written that can be in a list: `"1"` for 1. */
function asItem(
  checker: Checker,
  arg: Expr | undefined,
  type: Term | undefined,
  wanted: string,
): string | undefined {
  const isText = wanted === 'string' && arg?.kind === 'literal' && typeof arg.value === 'number';
  return isText ? `write "${arg.value}"` : convertTo(checker, arg, type, wanted);
}

function elementOf(checker: Checker, type: Term | undefined): Term | undefined {
  const list = type && checker.terms.shallow(type);
  return list?.kind === 'list' ? list.element : undefined;
}

/** A list compared with what may be in it. */
function memberHelp(
  checker: Checker,
  args: readonly Expr[],
  types: readonly Term[],
  symbol: '==' | '!=',
): string | undefined {
  const list = types.findIndex((type) => elementOf(checker, type) !== undefined);
  const [container, item] = [args[list], args[1 - list]];
  const element = elementOf(checker, types[list]);
  const other = types[1 - list];
  if (!container || !item || !element || !other || checker.show(element) !== checker.show(other))
    return undefined;
  const test = `${sourceOf(checker, item)} in ${sourceOf(checker, container)}`;
  return symbol === '==' ? `write ${test}` : `write !(${test})`;
}

/** An optional stands in the way where its value is wanted. */
function optionalHelp(checker: Checker, args: readonly Expr[], types: readonly Term[]): string | undefined {
  const index = types.findIndex((type) => checker.terms.shallow(type).kind === 'optional');
  const arg = args[index];
  const others = types.filter((type, at) => at !== index && checker.terms.shallow(type).kind === 'optional');
  if (arg === undefined || others.length > 0) return undefined;
  return `say what stands for a missing value: ${sourceOf(checker, arg)}.orValue(...)`;
}

/** int and double do not mix by themselves; neither do strings and other values. */
function conversionHelp(
  checker: Checker,
  args: readonly Expr[],
  types: readonly Term[],
  symbol?: string,
): string | undefined {
  const kinds = types.map((type) => checker.terms.shallow(type).kind);
  if (symbol === '%') {
    const fraction = kinds.indexOf('double');
    return convertTo(checker, args[fraction], types[fraction], 'int');
  }
  const whole = kinds.indexOf('int');
  if (whole >= 0 && kinds.includes('double')) return convertTo(checker, args[whole], types[whole], 'double');
  if (symbol === '-' || symbol === '*' || symbol === '/') return undefined;
  const scalar = kinds.findIndex((kind) => kind === 'int' || kind === 'double' || kind === 'bool');
  if (scalar >= 0 && kinds.includes('string'))
    return convertTo(checker, args[scalar], types[scalar], 'string');
  return undefined;
}

function convertTo(
  checker: Checker,
  arg: Expr | undefined,
  type: Term | undefined,
  wanted: string,
): string | undefined {
  if (arg === undefined || type === undefined) return undefined;
  const { kind } = checker.terms.shallow(type);
  if (wanted === 'double' && kind === 'int' && arg.kind === 'literal') return `write ${String(arg.value)}.0`;
  const converts =
    (wanted === 'double' && kind === 'int') ||
    (wanted === 'int' && kind === 'double') ||
    (wanted === 'string' && (kind === 'int' || kind === 'double' || kind === 'bool'));
  return converts ? `write ${wanted}(${sourceOf(checker, arg)})` : undefined;
}

function sourceOf(checker: Checker, { range }: { readonly range: Range }): string {
  const text = checker.source.slice(range.start, range.end);
  return text.length > 40 ? 'x' : text;
}
