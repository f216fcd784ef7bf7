import type { Expr, Range } from './ast.ts';
import { type Checker, ERROR } from './checker.ts';
import type { FunctionDeclaration, Overload } from './overloads.ts';
import { formatPattern, instantiate } from './signature.ts';
import type { Term } from './terms.ts';

/** The parameters of an overload and its result, as a call with arguments of these types would have them. */
export function instantiateCall(
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
  const numbers = checker.terms.numbersInAll(types);
  return {
    parameters: overload.parameters.map((pattern) => instantiate(pattern, holeFor)),
    result: instantiate(overload.result, holeFor, { kind: 'dyn', numbers }),
  };
}

/** A call that no overload fits. */
interface Misfit {
  readonly call: Expr & { readonly kind: 'call' };
  readonly args: readonly Expr[];
  readonly types: readonly Term[];
  /** The types as in messages, and the arguments as written. */
  readonly shown: readonly string[];
  readonly texts: readonly string[];
}

/** Reports why no overload accepts these arguments, and what was probably meant. */
export function reportMisfit(
  checker: Checker,
  call: Expr & { readonly kind: 'call' },
  { name }: FunctionDeclaration,
  overloads: readonly Overload[],
  args: readonly Expr[],
  types: readonly Term[],
): Term {
  const shown = types.map((type) => checker.show(type));
  const texts = args.map((arg) => sourceOf(checker, arg));
  const misfit: Misfit = { call, args, types, shown, texts };
  if (name === '_?_:_' && checker.terms.assign(types[0] ?? ERROR, { kind: 'bool' })) {
    return reportOutcomes(checker, misfit);
  }
  if (name === '@in') return reportIn(checker, misfit);
  const symbol = /^_(.+)_$/.exec(name)?.[1];
  if (symbol !== undefined && symbol !== '&&' && symbol !== '||' && args.length === 2) {
    return reportOperator(checker, misfit, symbol);
  }
  return reportArgument(checker, misfit, name, overloads);
}

function reportOutcomes(checker: Checker, { call, args, types, shown }: Misfit): Term {
  const outcomes = [checker, args.slice(1), types.slice(1)] as const;
  const help = optionalHelp(...outcomes) ?? conversionHelp(...outcomes);
  const message = `the two outcomes are ${shown[1]} and ${shown[2]}`;
  return checker.report('type', message, args[2]?.range ?? call.range, help);
}

function reportIn(checker: Checker, { call, args, types, shown, texts }: Misfit): Term {
  const [left = '', right = ''] = shown;
  const container = checker.terms.shallow(types[1] ?? ERROR);
  if (container.kind !== 'list' && container.kind !== 'map') {
    const isPart = left === 'string' && right === 'string';
    const isNetwork = container.kind === 'cidr';
    const help = isPart
      ? `write ${texts[1]}.contains(${texts[0]})`
      : isNetwork
        ? `write ${texts[1]}.containsIP(${texts[0]})`
        : undefined;
    return checker.mismatch('list or map', container, args[1]?.range ?? call.range, help);
  }
  const element = elementOf(checker, types[1]);
  const help = left.startsWith('list')
    ? `ask for each: ${texts[0]}.exists(x, x in ${texts[1]})`
    : element && asItem(checker, args[0], types[0], checker.show(element));
  return checker.report('type', `${left} is never in ${right}`, args[0]?.range ?? call.range, help);
}

function reportOperator(checker: Checker, { call, args, types, shown }: Misfit, symbol: string): Term {
  const help =
    optionalHelp(checker, args, types) ??
    conversionHelp(checker, args, types, symbol) ??
    (symbol === '==' || symbol === '!=' ? memberHelp(checker, args, types, symbol) : undefined);
  return checker.report(
    'type',
    `\`${symbol}\` does not accept ${shown[0]} and ${shown[1]}`,
    call.range,
    help,
  );
}

function reportArgument(
  checker: Checker,
  { call, args, types, shown, texts }: Misfit,
  name: string,
  overloads: readonly Overload[],
): Term {
  const { index, wanted } = firstMisfit(checker, overloads, types);
  const arg = args[index];
  const range = arg?.range ?? call.range;
  const message = `expected ${wanted}, found ${shown[index]}`;
  if (index === 0 && wanted === 'string' && args.length === 2 && shown[0] === 'list(string)') {
    const isTest = overloads.some(({ result }) => result.kind === 'bool');
    const help =
      name === 'contains'
        ? `write ${texts[1]} in ${texts[0]}`
        : `ask it of each: ${texts[0]}.${isTest ? 'exists' : 'map'}(x, x.${name}(${texts[1]}))`;
    return checker.report('type', message, range, help);
  }
  const help = wanted.includes('optional')
    ? undefined
    : (optionalHelp(checker, args, types) ??
      convertTo(checker, arg, types[index], wanted) ??
      fallbackHelp(call.name, texts));
  return checker.report('type', message, range, help);
}

/** JavaScript's `a.b || c` gives c where there is no a.b. */
function fallbackHelp(name: string, [field = '', other = '']: readonly string[]): string | undefined {
  if (name !== '_||_' || !/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(field)) return undefined;
  return `for another value where there is none, write ${field.replace(/\.(\w+)$/, '.?$1')}.orValue(${other})`;
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

/** An optional where its value is needed. */
function optionalHelp(checker: Checker, args: readonly Expr[], types: readonly Term[]): string | undefined {
  const index = types.findIndex((type) => checker.terms.shallow(type).kind === 'optional');
  const arg = args[index];
  const others = types.filter((type, at) => at !== index && checker.terms.shallow(type).kind === 'optional');
  if (arg === undefined || others.length > 0) return undefined;
  return `say what to use for a missing value: ${sourceOf(checker, arg)}.orValue(...)`;
}

/** int and double do not mix by themselves; neither do strings and other values. */
function conversionHelp(
  checker: Checker,
  args: readonly Expr[],
  types: readonly Term[],
  symbol?: string,
): string | undefined {
  const kinds = types.map((type) => checker.terms.shallow(type).kind);
  const time = timeHelp(checker, args, kinds, symbol);
  if (time !== undefined) return time;
  const address = kinds.find((kind) => kind === 'ip' || kind === 'cidr');
  if (address !== undefined && kinds.includes('string')) {
    const text = args[kinds.indexOf('string')];
    return text && `write ${address}(${sourceOf(checker, text)})`;
  }
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

/** A time beside text or a number. */
function timeHelp(
  checker: Checker,
  args: readonly Expr[],
  kinds: readonly Term['kind'][],
  symbol: string | undefined,
): string | undefined {
  const time = kinds.find((kind) => kind === 'timestamp' || kind === 'duration');
  const index = kinds.findIndex((kind) => kind === 'string' || kind === 'int' || kind === 'double');
  const other = args[index];
  if (time === undefined || other === undefined) return undefined;
  const text = sourceOf(checker, other);
  const isSpan = time === 'duration' || symbol === '+' || (symbol === '-' && other.kind === 'literal');
  if (!isSpan) return `write timestamp(${kinds[index] === 'double' ? `int(${text})` : text})`;
  if (kinds[index] === 'string') return `write duration(${text})`;
  return other.kind === 'literal'
    ? `write duration("${text}s")`
    : `write duration(string(int(${text})) + "s")`;
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
  const isRead = ['timestamp', 'duration', 'ip', 'cidr'].includes(wanted) && kind === 'string';
  const converts =
    isRead ||
    (wanted === 'double' && kind === 'int') ||
    (wanted === 'int' && kind === 'double') ||
    (wanted === 'string' && ['int', 'double', 'bool', 'timestamp', 'duration', 'ip', 'cidr'].includes(kind));
  return converts ? `write ${wanted}(${sourceOf(checker, arg)})` : undefined;
}

/** An argument as written, if it is short. */
export function sourceOf(checker: Checker, { range }: { readonly range: Range }): string {
  const text = checker.source.slice(range.start, range.end);
  return text.length > 40 ? 'x' : text;
}
