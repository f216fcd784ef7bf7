import type { Expr } from './ast.ts';
import { type Checker, ERROR, isBound, type Scope } from './checker.ts';
import { FUNCTIONS, FUNCTIONS_BY_NAME } from './functions.ts';
import { instantiateCall, reportMisfit, sourceOf } from './misfit.ts';
import { constantOf, type FunctionDeclaration, type Overload, type ResolvedCall } from './overloads.ts';
import { suggest } from './suggest.ts';
import type { Term } from './terms.ts';

type Call = Expr & { readonly kind: 'call' };

/** CEL that version 1 leaves out, with what to write instead. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  matches: 'use startsWith, endsWith, contains or glob',
  type: 'convert with string(x), int(x) or double(x)',
  uint: 'use int(x)',
  bytes: 'use a string',
  format: 'join strings with +',
};

const hashes = 'use hash.sha256(text), or hash.hmac("${KEY}", text) with a key of the deployment';

/** Other languages' names for functions, with what to write instead. */
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
  push: 'use +',
  max: 'use math.greatest(a, b)',
  greatest: 'use math.greatest(a, b)',
  min: 'use math.least(a, b)',
  least: 'use math.least(a, b)',
  abs: 'use math.abs(x)',
  round: 'use math.round(x)',
  floor: 'use math.floor(x)',
  ceil: 'use math.ceil(x)',
  trunc: 'use math.trunc(x)',
  range: 'use lists.range(n)',
  parseInt: 'use int(x)',
  parseFloat: 'use double(x)',
  Number: 'use double(x)',
  String: 'use string(x)',
  now: 'write now, without brackets: the time of issuance',
  date: 'use timestamp("2026-05-01T12:00:00Z")',
  Date: 'use timestamp("2026-05-01T12:00:00Z")',
  getYear: 'use getFullYear()',
  getDay: 'use getDayOfWeek()',
  getTime: 'use int(time), in seconds',
  regexMatch: 'use startsWith, endsWith, contains or glob',
  test: 'use startsWith, endsWith, contains or glob',
  hash: hashes,
  sha256: hashes,
  md5: hashes,
  hmac: hashes,
  inCidr: 'use cidr("10.0.0.0/8").containsIP(…)',
  isInSubnet: 'use cidr("10.0.0.0/8").containsIP(…)',
  isIPv4: 'use ip(text).family() == 4',
  isIPv6: 'use ip(text).family() == 6',
  base64: 'use base64.encode(text)',
  btoa: 'use base64.encode(text)',
  atob: 'use base64.decode(text)',
  decodeURIComponent: 'use url.decode(text)',
  encodeURIComponent: 'use url.encode(text)',
};

/** The result type of a call, and its function if that is certain. */
interface Resolution {
  readonly type: Term;
  readonly resolved: ResolvedCall | undefined;
}

/** Finds the function of a call and the overloads that fit, or reports why none fits. */
export function resolveCall(checker: Checker, call: Call, scope: Scope | undefined): Resolution {
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
  return resolveOverloads(checker, call, declaration, fitting, args, types);
}

/** Chooses among the overloads that take as many arguments. */
function resolveOverloads(
  checker: Checker,
  call: Call,
  declaration: FunctionDeclaration,
  fitting: readonly Overload[],
  args: readonly Expr[],
  types: readonly Term[],
): Resolution {
  const open = resultsOf(checker, fitting, types, false);
  // The first one that fits would make `[].sort()` a list of ints.
  const isOpen = new Set([...open.values()].map((type) => checker.show(type))).size > 1;
  const results = isOpen ? open : resultsOf(checker, fitting, types, true);
  const overloads = [...results.keys()];
  const broken = types.some((type) => checker.terms.shallow(type).kind === 'error');
  if (broken || overloads.length === 0) {
    const type = broken ? ERROR : reportMisfit(checker, call, declaration, fitting, args, types);
    return { type: resultWhenBroken(fitting, type), resolved: undefined };
  }
  const exact = declaration.anyNumber
    ? overloads
    : overloads.filter((overload) => numbersFit(checker, overload, types));
  if (!isSettled(checker, exact, overloads, types)) {
    return { type: reportNumbers(checker, call, args, types), resolved: undefined };
  }
  const kinds = new Set(exact.map(({ result }) => result.kind));
  const isInt = kinds.has('int') && !kinds.has('double');
  const type = resultOf(
    checker,
    exact.flatMap((overload) => results.get(overload) ?? []),
    types,
  );
  return reportConstant(checker, declaration, exact, args)
    ? { type, resolved: undefined }
    : { type, resolved: { declaration, overloads: exact, args, isInt } };
}

/**
 * The overloads that take such arguments, with their results.
 *
 * @param isFinal whether what an overload says of the arguments becomes true, such as of the elements of `[]`
 */
function resultsOf(
  checker: Checker,
  overloads: readonly Overload[],
  types: readonly Term[],
  isFinal: boolean,
): ReadonlyMap<Overload, Term> {
  const results = new Map<Overload, Term>();
  for (const overload of overloads) {
    const instance = instantiateCall(checker, overload, types);
    checker.terms.attempt(() => {
      const fits = instance.parameters.every((wanted, index) =>
        checker.terms.assign(types[index] ?? ERROR, wanted),
      );
      if (fits) results.set(overload, isFinal ? instance.result : checker.terms.settle(instance.result));
      return fits && isFinal;
    });
  }
  return results;
}

/** Whether a constant argument is wrong, so that the call would always fail. */
function reportConstant(
  checker: Checker,
  { name }: FunctionDeclaration,
  [overload]: readonly Overload[],
  args: readonly Expr[],
): boolean {
  const { constants } = overload ?? {};
  const last = args.at(-1);
  if (overload === undefined || constants === undefined || last === undefined) return false;
  const value = constantOf(overload, args);
  if (value === undefined) {
    if (constants.isRequired !== true) return false;
    checker.report('unsupported', `${name} takes a constant here`, last.range, constants.help(''));
    return true;
  }
  if (constants.fold(value) !== undefined) return false;
  const shown = typeof value === 'string' ? `"${value.length > 40 ? '…' : value}"` : String(value);
  checker.report('type', `${name} cannot use ${shown}`, last.range, constants.help(value));
  return true;
}

/** Whether an overload is still possible, given the known kinds of numbers in the arguments. */
function isSettled(
  checker: Checker,
  exact: readonly Overload[],
  overloads: readonly Overload[],
  types: readonly Term[],
): boolean {
  if (exact.length === 0) return false;
  const isCut = exact.length < overloads.length;
  return !isCut || exact.some(isNumeric) || !types.some((type) => isMixed(checker, type));
}

/** `email.domain`: a function's full name, unless a macro's variable hides the namespace. */
function namespaced(call: Call, scope: Scope | undefined): string | undefined {
  if (call.target?.kind !== 'ident' || isBound(call.target.name, scope)) return undefined;
  const name = `${call.target.name}.${call.name}`;
  return FUNCTIONS_BY_NAME.has(name) ? name : undefined;
}

/** The target of an unknown function such as `sets.union` is part of the name, not a variable to look up. */
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

function resultOf(checker: Checker, results: readonly Term[], types: readonly Term[]): Term {
  const [first = ERROR, ...rest] = results;
  if (rest.every((next) => checker.show(next) === checker.show(first))) return first;
  return { kind: 'dyn', numbers: checker.terms.numbersInAll(types) };
}

/**
 * After an error inside, the call keeps its type if all overloads have the same one, so that errors around it are found
 * too.
 */
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

/** Whether numbers of unknown or other kind cannot be used as an int or a double. */
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
