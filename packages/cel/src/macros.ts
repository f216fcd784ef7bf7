import type { Expr, MacroName, Range } from './ast.ts';
import type { NodeFactory } from './node-factory.ts';
import { refuse } from './problem.ts';

interface CallShape {
  readonly kind: 'call';
  readonly name: string;
  readonly nameRange: Range;
  readonly target: Expr | undefined;
  readonly args: readonly Expr[];
  readonly range: Range;
}

const COMPREHENSIONS: Readonly<Record<string, MacroName>> = {
  all: 'all',
  exists: 'exists',
  exists_one: 'exists_one',
  existsOne: 'exists_one',
  filter: 'filter',
  map: 'map',
};

/** Turns a macro call into its own node; undefined if the call is not a macro. Throws on a malformed one. */
export function expandMacro(call: CallShape, node: NodeFactory): Expr | undefined {
  const { name, target, args } = call;
  if (target === undefined) return name === 'has' ? expandHas(call, node) : undefined;
  if (name === 'bind' && target.kind === 'ident' && target.name === 'cel') return expandBind(call, node);
  if (name === 'optMap' || name === 'optFlatMap') {
    const [variable, body] = args;
    if (variable === undefined || body === undefined || args.length !== 2)
      return arity(call, 'a variable and an expression');
    return node({
      kind: 'bind',
      form: name,
      variable: variableName(name, variable),
      value: target,
      body,
      range: call.range,
    });
  }
  const macro = Object.hasOwn(COMPREHENSIONS, name) ? COMPREHENSIONS[name] : undefined;
  return macro === undefined ? undefined : expandComprehension(macro, target, call, node);
}

function expandComprehension(macro: MacroName, target: Expr, call: CallShape, node: NodeFactory): Expr {
  const [variable, second, third] = call.args;
  const most = macro === 'map' ? 3 : 2;
  if (variable === undefined || second === undefined || call.args.length > most) {
    return arity(
      call,
      macro === 'map' ? 'a variable, an optional condition and an expression' : 'a variable and a condition',
    );
  }
  return node({
    kind: 'macro',
    name: macro,
    target,
    variable: variableName(call.name, variable),
    filter: third === undefined ? undefined : second,
    body: third ?? second,
    range: call.range,
  });
}

function expandHas(call: CallShape, node: NodeFactory): Expr {
  const [arg] = call.args;
  if (arg === undefined || call.args.length !== 1) return arity(call, 'one field, such as has(a.b)');
  if (arg.kind !== 'select' || arg.optional) {
    return refuse('syntax', 'has takes a field, such as has(a.b)', arg.range);
  }
  return node({ ...arg, test: true, range: call.range });
}

function expandBind(call: CallShape, node: NodeFactory): Expr {
  const [variable, value, body] = call.args;
  if (variable === undefined || value === undefined || body === undefined || call.args.length !== 3) {
    return arity(call, 'a variable, its value and an expression');
  }
  return node({
    kind: 'bind',
    form: 'bind',
    variable: variableName('cel.bind', variable),
    value,
    body,
    range: call.range,
  });
}

function variableName(macro: string, expr: Expr): string {
  if (expr.kind === 'ident') return expr.name;
  return refuse(
    'syntax',
    `${macro}: the first argument is a variable name`,
    expr.range,
    'write a plain name such as x',
  );
}

function arity(call: CallShape, wanted: string): never {
  const isComprehension = Object.hasOwn(COMPREHENSIONS, call.name);
  const help = isComprehension ? `write ${call.name}(x, …), with x for an item` : undefined;
  return refuse('syntax', `${call.name} takes ${wanted}`, call.nameRange, help);
}
