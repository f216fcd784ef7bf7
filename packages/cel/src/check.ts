import type { Expr, Problem, Range } from './ast.ts';
import { type ResolvedCall, resolveCall } from './calls.ts';
import { FUNCTIONS_BY_NAME } from './functions.ts';
import { problem } from './problem.ts';
import { suggest } from './suggest.ts';
import { createTerms, mergeNumbers, type Term, type Terms } from './terms.ts';
import { type Environment, formatType, type RecordType, type Type } from './types.ts';

/** What the checker found out about an expression. */
export interface Checked {
  readonly problems: readonly Problem[];
  readonly typeOf: (expr: Expr) => Type;
  /** The overloads that may apply, for every `call` node. */
  readonly callOf: (expr: Expr) => ResolvedCall | undefined;
}

/** Names bound by macros, innermost first. */
export interface Scope {
  readonly name: string;
  readonly type: Term;
  readonly outer: Scope | undefined;
}

/** What checking one expression carries along. */
export interface Checker {
  readonly source: string;
  readonly terms: Terms;
  readonly check: (expr: Expr, scope: Scope | undefined) => Term;
  readonly report: (code: Problem['code'], message: string, range: Range, help?: string) => Term;
  readonly show: (term: Term) => string;
}

const ERROR: Term = { kind: 'error' };
const BOOL: Term = { kind: 'bool' };
const STRING: Term = { kind: 'string' };

/** More than these are not listed. */
const MAX_LISTED = 16;

function listed(lead: string, names: readonly string[]): string | undefined {
  return names.length === 0 || names.length > MAX_LISTED ? undefined : `${lead} ${names.join(', ')}`;
}

/** Works out the type of every part, and reports everything that does not fit: each fault once. */
export function checkTypes(root: Expr, source: string, environment: Environment): Checked {
  const problems: Problem[] = [];
  const found = new Map<Expr, Term>();
  const calls = new Map<Expr, ResolvedCall>();
  const terms = createTerms();

  const checker: Checker = {
    source,
    terms,
    check: (expr, scope) => {
      // What was checked against a type must not see that type widened by a later use.
      const term = terms.settle(checkNode(expr, scope));
      found.set(expr, term);
      return term;
    },
    report: (code, message, range, help) => {
      problems.push(problem(code, message, range, help));
      return ERROR;
    },
    show: (term) => formatType(terms.finish(term)),
  };
  const { check, report, show } = checker;

  const checkNode = (expr: Expr, scope: Scope | undefined): Term => {
    switch (expr.kind) {
      case 'literal':
        return { kind: expr.type };
      case 'ident':
        return checkName(expr.name, expr.range, scope);
      case 'select': {
        if (isNeedlessRoot(expr, scope)) {
          const name = expr.operand.kind === 'ident' ? expr.operand.name : '';
          return report(
            'unknown_name',
            `unknown name \`${name}\``,
            expr.operand.range,
            `did you mean \`${expr.field}\`?`,
          );
        }
        const operand = check(expr.operand, scope);
        const value = selectFrom(operand, expr);
        return expr.test ? BOOL : wrapOptional(value, expr.optional || isOptional(operand));
      }
      case 'index': {
        const operand = check(expr.operand, scope);
        const value = indexInto(operand, expr, check(expr.index, scope));
        return wrapOptional(value, expr.optional || isOptional(operand));
      }
      case 'list':
        return { kind: 'list', element: common(expr.elements.map((item) => checkItem(item, scope))) };
      case 'map':
        return checkMap(expr, scope);
      case 'macro':
        return checkMacro(expr, scope);
      case 'bind':
        return checkBind(expr, scope);
      case 'call': {
        const call = resolveCall(checker, expr, scope);
        if (call.resolved !== undefined) calls.set(expr, call.resolved);
        return call.type;
      }
    }
  };

  const checkName = (name: string, range: Range, scope: Scope | undefined): Term => {
    const names: string[] = [];
    const isGlobal = source.charAt(range.start) === '.';
    for (let inner = scope; inner !== undefined; inner = inner.outer) {
      if (inner.name === name) {
        if (!isGlobal) return inner.type;
        return report('unsupported', `\`${name}\` is a macro's variable here`, range, 'give it another name');
      }
      names.push(inner.name);
    }
    const declared = Object.hasOwn(environment.variables, name) ? environment.variables[name] : undefined;
    if (declared !== undefined) return declared;
    return report('unknown_name', `unknown name \`${name}\``, range, nameMeant(name, names));
  };

  /** `user.email` for `email`; else what is spelt alike; else what there is. */
  const nameMeant = (name: string, bound: readonly string[]): string | undefined => {
    const variables = Object.entries(environment.variables);
    const inside = variables.flatMap(([root, type]) =>
      type.kind === 'record' && Object.hasOwn(type.fields, name) ? [`\`${root}.${name}\``] : [],
    );
    const near = suggest(name, [...bound, ...variables.map(([root]) => root)]);
    if (near !== undefined && inside.length === 0) return `did you mean \`${near}\`?`;
    if (inside.length > 0) return `did you mean ${inside.join(' or ')}?`;
    return listed('there is', [...bound, ...variables.map(([root]) => root)]);
  };

  /** `event.user`, `sources.directory`: what comes after the unknown name is a name itself. */
  const isNeedlessRoot = (
    { operand, field }: Expr & { kind: 'select' },
    scope: Scope | undefined,
  ): boolean => {
    if (operand.kind !== 'ident' || source.charAt(operand.range.start) === '.') return false;
    for (let inner = scope; inner !== undefined; inner = inner.outer)
      if (inner.name === operand.name) return false;
    const { variables } = environment;
    return !Object.hasOwn(variables, operand.name) && Object.hasOwn(variables, field);
  };

  const isOptional = (term: Term): boolean => terms.shallow(term).kind === 'optional';

  const wrapOptional = (value: Term, optional: boolean): Term =>
    optional && terms.shallow(value).kind !== 'error' ? { kind: 'optional', value } : value;

  const selectFrom = (term: Term, expr: Expr & { kind: 'select' }): Term => {
    const operand = terms.shallow(term);
    if (expr.field === '__proto__')
      return report('unsupported', '"__proto__" is not a field', expr.fieldRange);
    switch (operand.kind) {
      case 'record':
        return fieldOf(operand, expr.field, expr.fieldRange);
      case 'optional':
        return selectFrom(operand.value, expr);
      case 'map':
        if (terms.assign(STRING, operand.key)) return operand.value;
        return report('type', `the keys of this map are ${show(operand.key)}, not string`, expr.fieldRange);
      case 'variable':
        return terms.fresh();
      case 'dyn':
      case 'error':
        return operand;
      default:
        return report('type', `expected map, found ${show(operand)}`, expr.operand.range, memberHelp(expr));
    }
  };

  const fieldOf = (record: RecordType, name: string, range: Range): Term => {
    const field = Object.hasOwn(record.fields, name) ? record.fields[name] : undefined;
    if (field !== undefined) return field.type;
    const names = Object.keys(record.fields);
    const near = suggest(name, names);
    const help = near === undefined ? listed('it has', names) : `did you mean \`${near}\`?`;
    return report('unknown_field', `\`${record.name}\` has no field \`${name}\``, range, help);
  };

  const indexInto = (term: Term, expr: Expr & { kind: 'index' }, index: Term): Term => {
    const operand = terms.shallow(term);
    const wants = (wanted: Term): void => {
      if (!terms.assign(index, wanted)) {
        report('type', `expected ${show(wanted)}, found ${show(index)}`, expr.index.range);
      }
    };
    switch (operand.kind) {
      case 'list':
        wants({ kind: 'int' });
        return operand.element;
      case 'map':
        wants(operand.key);
        return operand.value;
      case 'record':
        wants(STRING);
        if (expr.index.kind === 'literal' && typeof expr.index.value === 'string') {
          return fieldOf(operand, expr.index.value, expr.index.range);
        }
        return Object.values(operand.fields)
          .map((field): Term => field.type)
          .reduce((all, one) => terms.join(all, one), ERROR);
      case 'optional':
        return indexInto(operand.value, expr, index);
      case 'variable':
        return terms.fresh();
      case 'dyn':
      case 'error':
        return operand;
      default:
        return report('type', `expected list or map, found ${show(operand)}`, expr.operand.range);
    }
  };

  const checkItem = (
    item: { readonly value: Expr; readonly optional: boolean },
    scope: Scope | undefined,
  ): Term => {
    const type = check(item.value, scope);
    if (!item.optional) return type;
    const value = terms.fresh();
    if (terms.assign(type, { kind: 'optional', value })) return value;
    return report('type', `expected optional, found ${show(type)}`, item.value.range, 'leave the ? out');
  };

  /** One type for all: theirs where they agree, else dyn. */
  const common = (all: readonly Term[]): Term => {
    const [first, ...rest] = all;
    let type = first ?? terms.fresh();
    for (const next of rest) {
      type = terms.assign(next, type)
        ? terms.join(type, next)
        : { kind: 'dyn', numbers: mergeNumbers(terms.numbersIn(type), terms.numbersIn(next)) };
    }
    return type;
  };

  const checkMap = (expr: Expr & { kind: 'map' }, scope: Scope | undefined): Term => {
    const seen = new Set<unknown>();
    const keys = expr.entries.map(({ key }) => {
      const type = check(key, scope);
      const { kind } = terms.shallow(type);
      if (!['string', 'int', 'bool', 'dyn', 'error', 'variable'].includes(kind)) {
        return report(
          'type',
          `expected string, found ${show(type)}`,
          key.range,
          'the keys of a map are strings',
        );
      }
      if (key.kind !== 'literal') return type;
      if (key.value === '__proto__') return report('unsupported', '"__proto__" cannot be a key', key.range);
      if (typeof key.value === 'string' && key.value.startsWith('\0')) {
        return report('unsupported', 'a key cannot begin with the character U+0000', key.range);
      }
      if (seen.has(key.value)) return report('type', 'this key is there already', key.range);
      seen.add(key.value);
      return type;
    });
    return {
      kind: 'map',
      key: common(keys),
      value: common(expr.entries.map((entry) => checkItem(entry, scope))),
    };
  };

  const expectBool = (expr: Expr, scope: Scope | undefined): void => {
    const type = check(expr, scope);
    if (!terms.assign(type, BOOL)) report('type', `expected bool, found ${show(type)}`, expr.range);
  };

  const memberHelp = ({ field, operand: { range } }: Expr & { kind: 'select' }): string => {
    const text = source.slice(range.start, range.end);
    if (/^(?:length|len|count)$/.test(field)) return `write size(${text})`;
    if (FUNCTIONS_BY_NAME.has(field)) return `write ${field}()`;
    return `\`${field}\` is no field of it`;
  };

  const checkMacro = (expr: Expr & { kind: 'macro' }, scope: Scope | undefined): Term => {
    const element = elementOf(check(expr.target, scope), expr.target.range);
    const inner: Scope = { name: expr.variable, type: element, outer: scope };
    if (expr.filter !== undefined) expectBool(expr.filter, inner);
    if (expr.name === 'map') return { kind: 'list', element: check(expr.body, inner) };
    expectBool(expr.body, inner);
    return expr.name === 'filter' ? { kind: 'list', element } : BOOL;
  };

  const elementOf = (term: Term, range: Range): Term => {
    const target = terms.shallow(term);
    switch (target.kind) {
      case 'list':
        return target.element;
      case 'map':
        return target.key;
      case 'record':
        return STRING;
      case 'variable':
        terms.assign({ kind: 'dyn', numbers: 'none' }, target);
        return target;
      case 'dyn':
      case 'error':
        return target;
      default:
        return report('type', `expected list, found ${show(target)}`, range);
    }
  };

  const checkBind = (expr: Expr & { kind: 'bind' }, scope: Scope | undefined): Term => {
    const value = check(expr.value, scope);
    if (expr.form === 'bind') return check(expr.body, { name: expr.variable, type: value, outer: scope });
    const inner = terms.fresh();
    let type: Term = inner;
    if (!terms.assign(value, { kind: 'optional', value: inner })) {
      type = report('type', `expected optional, found ${show(value)}`, expr.value.range);
    }
    const body = check(expr.body, { name: expr.variable, type, outer: scope });
    if (expr.form === 'optMap') return { kind: 'optional', value: body };
    const result: Term = { kind: 'optional', value: terms.fresh() };
    if (terms.assign(body, result)) return result;
    return report(
      'type',
      `expected optional, found ${show(body)}`,
      expr.body.range,
      'write optMap for a plain value',
    );
  };

  check(root, undefined);
  const finished = new Map<Expr, Type>();
  const typeOf = (expr: Expr): Type => {
    const known = finished.get(expr);
    if (known !== undefined) return known;
    const type = terms.finish(found.get(expr) ?? ERROR);
    finished.set(expr, type);
    return type;
  };
  return { problems, typeOf, callOf: (expr) => calls.get(expr) };
}
