/**
 * Our tree as cel-go's debugger would print it: macros expanded, each node with its type.
 * The printer is cel-spec's own, so that only the tree and the types are ours.
 */
import type { Expr as ProtoExpr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { type Adorner, toDebugString } from '@bufbuild/cel-spec/testdata/to-debug-string.js';
import { type Expr, type Expression, formatType, type Type } from '@claimsmith/cel';

type Kind = ProtoExpr['exprKind'];

export function debugTree({ root, source, typeOf }: Expression): string {
  const types = new Map<object, string>();
  const adorner: Adorner = {
    GetMetadata: (message) => (types.has(message) ? `~${types.get(message)}` : ''),
  };

  function typed(type: string, exprKind: Kind): ProtoExpr {
    const expr: ProtoExpr = { $typeName: 'cel.expr.Expr', id: 0n, exprKind };
    types.set(expr, type);
    return expr;
  }
  const ident = (type: string, name: string): ProtoExpr =>
    typed(type, { case: 'identExpr', value: { $typeName: 'cel.expr.Expr.Ident', name } });
  const call = (type: string, name: string, args: ProtoExpr[], target?: ProtoExpr): ProtoExpr =>
    typed(type, {
      case: 'callExpr',
      value: { $typeName: 'cel.expr.Expr.Call', function: name, args, ...(target ? { target } : {}) },
    });
  const list = (type: string, elements: ProtoExpr[], optionalIndices: number[] = []): ProtoExpr =>
    typed(type, {
      case: 'listExpr',
      value: { $typeName: 'cel.expr.Expr.CreateList', elements, optionalIndices },
    });
  const constant = (type: string, value: null | boolean | number | string): ProtoExpr =>
    typed(type, {
      case: 'constExpr',
      value: { $typeName: 'cel.expr.Constant', constantKind: constantKind(type, value) },
    });

  interface Fold {
    readonly variable: string;
    readonly range: ProtoExpr;
    readonly accumulator: string;
    readonly init: ProtoExpr;
    readonly condition: ProtoExpr;
    readonly step: ProtoExpr;
    readonly result: ProtoExpr;
  }
  const fold = (
    type: string,
    { variable, range, accumulator, init, condition, step, result }: Fold,
  ): ProtoExpr =>
    typed(type, {
      case: 'comprehensionExpr',
      value: {
        $typeName: 'cel.expr.Expr.Comprehension',
        iterVar: variable,
        iterVar2: '',
        iterRange: range,
        accuVar: accumulator,
        accuInit: init,
        loopCondition: condition,
        loopStep: step,
        result,
      },
    });
  /** A comprehension that runs no step: how a name is bound to a value. */
  const bound = (
    type: string,
    variable: string,
    value: ProtoExpr,
    valueType: string,
    body: ProtoExpr,
  ): ProtoExpr =>
    fold(type, {
      variable: '#unused',
      range: list('list(dyn)', []),
      accumulator: variable,
      init: value,
      condition: constant('bool', false),
      step: ident(valueType, variable),
      result: body,
    });

  function convert(expr: Expr): ProtoExpr {
    const type = formatType(typeOf(expr));
    switch (expr.kind) {
      case 'literal':
        return constant(type, expr.value);
      case 'ident':
        return ident(type, expr.name);
      case 'select': {
        if (expr.optional) return call(type, '_?._', [convert(expr.operand), constant('string', expr.field)]);
        return typed(type, {
          case: 'selectExpr',
          value: {
            $typeName: 'cel.expr.Expr.Select',
            operand: convert(expr.operand),
            field: expr.field,
            testOnly: expr.test,
          },
        });
      }
      case 'index':
        return call(type, expr.optional ? '_[?_]' : '_[_]', [convert(expr.operand), convert(expr.index)]);
      case 'list': {
        const optionals = expr.elements.flatMap(({ optional }, index) => (optional ? [index] : []));
        return list(
          type,
          expr.elements.map(({ value }) => convert(value)),
          optionals,
        );
      }
      case 'map':
        return typed(type, {
          case: 'structExpr',
          value: {
            $typeName: 'cel.expr.Expr.CreateStruct',
            messageName: '',
            entries: expr.entries.map(({ key, value, optional }) => ({
              $typeName: 'cel.expr.Expr.CreateStruct.Entry',
              id: 0n,
              keyKind: { case: 'mapKey', value: convert(key) },
              value: convert(value),
              optionalEntry: optional,
            })),
          },
        });
      case 'call':
        return convertCall(expr, type);
      case 'macro':
        return convertMacro(expr, type);
      case 'bind': {
        const value = convert(expr.value);
        const body = convert(expr.body);
        if (expr.form === 'bind')
          return bound(type, expr.variable, value, formatType(typeOf(expr.value)), body);
        const inner = optionalValueType(typeOf(expr.value));
        const unwrapped = call(inner, 'value', [], value);
        const mapped = bound(formatType(typeOf(expr.body)), expr.variable, unwrapped, inner, body);
        return call(type, '_?_:_', [
          call('bool', 'hasValue', [], convert(expr.value)),
          expr.form === 'optMap' ? call(type, 'optional.of', [mapped]) : mapped,
          call(type, 'optional.none', []),
        ]);
      }
    }
  }

  function convertCall(expr: Extract<Expr, { kind: 'call' }>, type: string): ProtoExpr {
    if (expr.name === '_&&_' || expr.name === '_||_')
      return balanced(expr.name, terms(expr, expr.name).map(convert));
    const [operand] = expr.args;
    // cel-go's parser drops every second of repeated signs.
    if (operand?.kind === 'call' && operand.name === expr.name && /^(!_|-_)$/.test(expr.name)) {
      const [inner] = operand.args;
      if (inner && !inParentheses(operand)) return convert(inner);
    }
    const namespace = expr.target?.kind === 'ident' ? expr.target.name : '';
    const args = expr.args.map(convert);
    if (namespace === 'optional') return call(type, `optional.${expr.name}`, args);
    if (namespace === 'math') return call(type, `math.${EXTREMES[expr.name] ?? expr.name}`, args);
    return call(type, expr.name, args, expr.target && convert(expr.target));
  }

  /** The operands of a chain without parentheses, which cel-go's parser takes together. */
  function terms(expr: Expr, name: string): readonly Expr[] {
    if (expr.kind !== 'call' || expr.name !== name) return [expr];
    return expr.args.flatMap((operand) => (inParentheses(operand) ? [operand] : terms(operand, name)));
  }
  const inParentheses = ({ range }: Expr): boolean =>
    /\(\s*$/.test(source.slice(0, range.start)) || source[range.start] === '(';

  /** cel-go balances chains of && and ||. */
  function balanced(name: string, parts: readonly ProtoExpr[]): ProtoExpr {
    const split = (low: number, high: number): ProtoExpr => {
      const middle = Math.floor((low + high + 1) / 2);
      const left = middle === low ? parts[middle] : split(low, middle - 1);
      const right = middle === high ? parts[middle + 1] : split(middle + 1, high);
      if (!left || !right) throw new Error('a chain has two operands at least');
      return call('bool', name, [left, right]);
    };
    return split(0, parts.length - 2);
  }

  function convertMacro(expr: Extract<Expr, { kind: 'macro' }>, type: string): ProtoExpr {
    const { variable } = expr;
    const range = convert(expr.target);
    const body = convert(expr.body);
    const bool = (value: boolean): ProtoExpr => constant('bool', value);
    const result = (of: string): ProtoExpr => ident(of, '@result');
    const accumulator = '@result';
    const always = bool(true);
    switch (expr.name) {
      case 'all':
      case 'exists': {
        const exists = expr.name === 'exists';
        const going = exists ? call('bool', '!_', [result('bool')]) : result('bool');
        return fold('bool', {
          variable,
          range,
          accumulator,
          init: bool(!exists),
          condition: call('bool', '@not_strictly_false', [going]),
          step: call('bool', exists ? '_||_' : '_&&_', [result('bool'), body]),
          result: result('bool'),
        });
      }
      case 'exists_one': {
        const more = call('int', '_+_', [result('int'), constant('int', 1)]);
        return fold('bool', {
          variable,
          range,
          accumulator,
          init: constant('int', 0),
          condition: always,
          step: call('int', '_?_:_', [body, more, result('int')]),
          result: call('bool', '_==_', [result('int'), constant('int', 1)]),
        });
      }
      default: {
        const condition = expr.name === 'filter' ? expr.body : expr.filter;
        const element = expr.name === 'filter' ? ident(elementType(type), variable) : body;
        const appended = call(type, '_+_', [result(type), list(type, [element])]);
        return fold(type, {
          variable,
          range,
          accumulator,
          init: list(type, []),
          condition: always,
          step: condition ? call(type, '_?_:_', [convert(condition), appended, result(type)]) : appended,
          result: result(type),
        });
      }
    }
  }

  return toDebugString(convert(root), adorner);
}

/** The names that macros of cel-go give to functions. */
const EXTREMES: Readonly<Record<string, string>> = { greatest: '@max', least: '@min' };

function constantKind(type: string, value: null | boolean | number | string) {
  if (value === null) return { case: 'nullValue', value: 0 } as const;
  if (typeof value === 'boolean') return { case: 'boolValue', value } as const;
  if (typeof value === 'string') return { case: 'stringValue', value } as const;
  return type === 'int'
    ? ({ case: 'int64Value', value: BigInt(value) } as const)
    : ({ case: 'doubleValue', value } as const);
}

const optionalValueType = (type: Type): string => formatType(type.kind === 'optional' ? type.value : type);
const elementType = (listType: string): string => listType.replace(/^list\((.*)\)$/, '$1');

/** cel-go's text without the names of overloads and variables (`^add_int64`), which we do not have. */
export function withoutReferences(checkedAst: string): string {
  return checkedAst.replaceAll(
    /("(?:[^"\\]|\\.)*")|\^[\w@|#-]+/g,
    (_, quoted: string | undefined) => quoted ?? '',
  );
}
