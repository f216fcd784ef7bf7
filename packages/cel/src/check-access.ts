import type { Expr, Range } from './ast.ts';
import { isNeedlessRoot } from './check-name.ts';
import { anyField } from './check-parts.ts';
import { type Checker, listed, type Scope } from './checker.ts';
import { FUNCTIONS_BY_NAME } from './functions.ts';
import { suggest } from './suggest.ts';
import type { Term } from './terms.ts';
import type { RecordType } from './types.ts';

type Select = Expr & { readonly kind: 'select' };
type Index = Expr & { readonly kind: 'index' };

/** The type of `a.b`, `a.?b` or `has(a.b)`. */
export function checkSelect(checker: Checker, expr: Select, scope: Scope | undefined): Term {
  if (isNeedlessRoot(checker, expr, scope)) {
    const name = expr.operand.kind === 'ident' ? expr.operand.name : '';
    const help = `did you mean \`${expr.field}\`?`;
    return checker.report('unknown_name', `unknown name \`${name}\``, expr.operand.range, help);
  }
  const operand = checker.check(expr.operand, scope);
  const value = selectFrom(checker, operand, expr);
  return expr.test ? { kind: 'bool' } : read(checker, expr, operand, value);
}

/** The type of `a[b]` or `a[?b]`. */
export function checkIndex(checker: Checker, expr: Index, scope: Scope | undefined): Term {
  const operand = checker.check(expr.operand, scope);
  const value = indexInto(checker, operand, expr, checker.check(expr.index, scope));
  return read(checker, expr, operand, value);
}

/** Reading from an optional, or with `?`, gives an optional. */
function read({ terms }: Checker, expr: Select | Index, operand: Term, value: Term): Term {
  const isOptional = expr.optional || terms.shallow(operand).kind === 'optional';
  return isOptional && terms.shallow(value).kind !== 'error' ? { kind: 'optional', value } : value;
}

function selectFrom(checker: Checker, term: Term, expr: Select): Term {
  const { terms } = checker;
  const operand = terms.shallow(term);
  if (expr.field === '__proto__')
    return checker.report('unsupported', '"__proto__" is not a field', expr.fieldRange);
  switch (operand.kind) {
    case 'record':
      return fieldOf(checker, operand, expr.field, expr.fieldRange);
    case 'optional':
      return selectFrom(checker, operand.value, expr);
    case 'map': {
      if (terms.assign({ kind: 'string' }, operand.key)) return operand.value;
      const message = `the keys of this map are ${checker.show(operand.key)}, not string`;
      return checker.report('type', message, expr.fieldRange);
    }
    case 'variable':
      return terms.fresh();
    case 'dyn':
    case 'error':
      return operand;
    default:
      return checker.mismatch('map', operand, expr.operand.range, memberHelp(checker, expr));
  }
}

function indexInto(checker: Checker, term: Term, expr: Index, index: Term): Term {
  const { terms } = checker;
  const operand = terms.shallow(term);
  const wants = (wanted: Term): void => {
    if (!terms.assign(index, wanted)) checker.mismatch(checker.show(wanted), index, expr.index.range);
  };
  switch (operand.kind) {
    case 'list':
      wants({ kind: 'int' });
      return operand.element;
    case 'map':
      wants(operand.key);
      return operand.value;
    case 'record':
      wants({ kind: 'string' });
      if (expr.index.kind === 'literal' && typeof expr.index.value === 'string') {
        return fieldOf(checker, operand, expr.index.value, expr.index.range);
      }
      return anyField(checker, operand);
    case 'optional':
      return indexInto(checker, operand.value, expr, index);
    case 'variable':
      return terms.fresh();
    case 'dyn':
    case 'error':
      return operand;
    default:
      return checker.mismatch('list or map', operand, expr.operand.range);
  }
}

function fieldOf(checker: Checker, record: RecordType, name: string, range: Range): Term {
  const field = Object.hasOwn(record.fields, name) ? record.fields[name] : undefined;
  if (field !== undefined) return field.type;
  const names = Object.keys(record.fields);
  const near = suggest(name, names);
  const help = near === undefined ? listed('it has', names) : `did you mean \`${near}\`?`;
  return checker.report('unknown_field', `\`${record.name}\` has no field \`${name}\``, range, help);
}

function memberHelp({ source }: Checker, { field, operand: { range } }: Select): string {
  const text = source.slice(range.start, range.end);
  if (/^(?:length|len|count)$/.test(field)) return `write size(${text})`;
  if (FUNCTIONS_BY_NAME.has(field)) return `write ${field}()`;
  return `\`${field}\` is not a field of it`;
}
