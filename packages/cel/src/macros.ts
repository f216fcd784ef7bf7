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
  transformList: 'map',
  transformMap: 'transformMap',
  transformMapEntry: 'transformMapEntry',
  sortBy: 'sortBy',
};

/** With two variables only, and with an optional condition. */
const TRANSFORMS: ReadonlySet<string> = new Set(['transformList', 'transformMap', 'transformMapEntry']);
/** With one variable or two. */
const QUANTIFIERS: ReadonlySet<MacroName> = new Set(['all', 'exists', 'exists_one']);

/** The variable that holds the settings of the deployment: a map of texts. Authors cannot write its name. */
export const SETTINGS = '$settings';

const SETTING = /^\$\{([A-Za-z_][A-Za-z0-9_]{0,127})\}$/;

/** Turns a macro call into its own node; undefined if the call is not a macro. Throws on a malformed one. */
export function expandMacro(call: CallShape, node: NodeFactory): Expr | undefined {
  const { name, target, args } = call;
  if (target === undefined) return name === 'has' ? expandHas(call, node) : undefined;
  if (target.kind === 'ident' && target.name === 'math') return expandMath(call, node);
  if (target.kind === 'ident' && target.name === 'hash' && name === 'hmac') return expandHmac(call, node);
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
  const isTransform = TRANSFORMS.has(call.name);
  if (isTransform || (QUANTIFIERS.has(macro) && call.args.length === 3))
    return expandTwoVariables(macro, target, call, node);
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
    index: undefined,
    variable: variableName(call.name, variable),
    filter: third === undefined ? undefined : second,
    body: third ?? second,
    range: call.range,
  });
}

/** `list.all(i, v, condition)`, `map.transformMap(k, v, condition, value)`. */
function expandTwoVariables(macro: MacroName, target: Expr, call: CallShape, node: NodeFactory): Expr {
  const [index, variable, ...rest] = call.args;
  const body = rest.at(-1);
  const filter = rest.length === 2 ? rest[0] : undefined;
  if (index === undefined || variable === undefined || body === undefined || rest.length > 2) {
    return arity(call, 'two variables, an optional condition and an expression');
  }
  const [first, second] = [variableName(call.name, index), variableName(call.name, variable)];
  if (first === second) return refuse('syntax', `both variables are called \`${first}\``, variable.range);
  return node({
    kind: 'macro',
    name: macro,
    target,
    index: first,
    variable: second,
    filter,
    body,
    range: call.range,
  });
}

/** Three numbers and more are a list, as for cel-go. */
function expandMath(call: CallShape, node: NodeFactory): Expr | undefined {
  const { name, args, range } = call;
  const [first] = args;
  if ((name !== 'greatest' && name !== 'least') || first === undefined || args.length < 3) return undefined;
  const elements = args.map((value) => ({ value, optional: false }));
  return node({
    ...call,
    args: [node({ kind: 'list', elements, range: { start: first.range.start, end: range.end - 1 } })],
  });
}

/** The key is a field of a variable that no author can name, so that nothing else can read it. */
function expandHmac(call: CallShape, node: NodeFactory): Expr {
  const [key, ...rest] = call.args;
  const [, name] = (key?.kind === 'literal' && SETTING.exec(String(key.value))) || [];
  if (key === undefined || name === undefined || rest.length !== 1) {
    return refuse(
      'syntax',
      'hash.hmac takes a setting of the deployment as its key, and a text',
      key?.range ?? call.nameRange,
      'write hash.hmac("${PAIRWISE_KEY}", user.id)',
    );
  }
  const { range } = key;
  const operand = node({ kind: 'ident', name: SETTINGS, range });
  const field = node({
    kind: 'select',
    operand,
    field: name,
    fieldRange: range,
    optional: false,
    test: false,
    range,
  });
  return node({ ...call, args: [field, ...rest] });
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
  const names = TRANSFORMS.has(call.name) ? 'i, x' : 'x';
  const help = isComprehension ? `write ${call.name}(${names}, …), with x for an item` : undefined;
  return refuse('syntax', `${call.name} takes ${wanted}`, call.nameRange, help);
}
