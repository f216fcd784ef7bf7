import { type AnyNode, type Identifier, type MemberExpression, parse } from 'acorn';

/** What ES5.1 has and a generated text may use; nothing that makes code from text, waits, or tells the time. */
const GLOBALS: Readonly<Record<string, readonly string[]>> = {
  Array: ['isArray', 'prototype'],
  Boolean: ['prototype'],
  encodeURIComponent: [],
  Infinity: [],
  isFinite: [],
  isNaN: [],
  JSON: ['parse', 'stringify'],
  Math: ['abs', 'ceil', 'floor', 'max', 'min', 'pow', 'round'],
  NaN: [],
  Number: ['MAX_VALUE', 'MIN_VALUE', 'prototype'],
  Object: ['create', 'defineProperty', 'freeze', 'getPrototypeOf', 'keys', 'prototype'],
  parseFloat: [],
  parseInt: [],
  RegExp: ['prototype'],
  String: ['fromCharCode', 'prototype'],
  undefined: [],
};

/** @see https://262.ecma-international.org/5.1/#sec-15 */
const METHODS: ReadonlySet<string> = new Set(
  [
    'apply call bind hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf',
    'concat every filter forEach indexOf join lastIndexOf map pop push reduce reverse shift slice some sort splice unshift',
    'charAt charCodeAt match replace search split substring toLowerCase toUpperCase trim exec test toFixed toPrecision toExponential',
  ].flatMap((line) => line.split(' ')),
);

/** Everything in the text that is not ES5 in syntax or in built-ins, as sentences; the parser's error if it is no ES5 at all. `members` may be called besides. */
export function beyondEs5(text: string, members: readonly string[] = []): string[] {
  let program: AnyNode;
  try {
    program = parse(text, { ecmaVersion: 5, allowReserved: false });
  } catch (error) {
    return [String(error)];
  }
  const nodes = walk(program);
  const declared = new Set(nodes.flatMap(declaredNames));
  // Members that the text itself gives to objects may be called later.
  const methods = new Set([
    ...METHODS,
    ...members,
    ...nodes.flatMap((node) => (node.type === 'Property' ? nameOf(node.key) : [])),
  ]);
  return nodes.flatMap((node) => [...globalFaults(node, declared), ...methodFaults(node, declared, methods)]);
}

function walk(program: AnyNode): AnyNode[] {
  const nodes = [program];
  // The list grows while it is read: that is the walk.
  for (const node of nodes) {
    for (const value of Object.values(node)) {
      if (isNode(value)) nodes.push(value);
      else if (Array.isArray(value)) for (const child of value) if (isNode(child)) nodes.push(child);
    }
  }
  return nodes;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function declaredNames(node: AnyNode): string[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return [node.id, ...node.params].flatMap(nameOf).concat('arguments');
    case 'VariableDeclarator':
      return nameOf(node.id);
    case 'CatchClause':
      return nameOf(node.param);
    default:
      return [];
  }
}

const nameOf = (node: AnyNode | null | undefined): string[] =>
  node?.type === 'Identifier' ? [node.name] : [];

function globalFaults(node: AnyNode, declared: ReadonlySet<string>): string[] {
  return readIdentifiers(node)
    .filter(({ name }) => !declared.has(name) && !Object.hasOwn(GLOBALS, name))
    .map(({ name }) => `reads the global ${name}`);
}

/** The identifiers among a node's own parts that are read as variables, not names of properties. */
function readIdentifiers(node: AnyNode): Identifier[] {
  const parts = Object.entries(node).filter(([key]) => {
    if (node.type === 'MemberExpression') return key === 'object' || (key === 'property' && node.computed);
    if (node.type === 'Property') return key === 'value';
    return !(
      node.type === 'LabeledStatement' ||
      node.type === 'BreakStatement' ||
      node.type === 'ContinueStatement'
    );
  });
  return parts
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
    .filter((child) => child.type === 'Identifier');
}

function methodFaults(node: AnyNode, declared: ReadonlySet<string>, methods: ReadonlySet<string>): string[] {
  if (node.type === 'MemberExpression') return staticFaults(node, declared);
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed)
    return [];
  const [method] = nameOf(node.callee.property);
  if (method === undefined || methods.has(method) || ownStatic(node.callee, declared)) return [];
  return [`calls the method ${method}`];
}

/** `Number.isInteger` and the like: a member that ES5's global does not have. */
function staticFaults(node: MemberExpression, declared: ReadonlySet<string>): string[] {
  if (node.computed || node.object.type !== 'Identifier' || declared.has(node.object.name)) return [];
  const members = GLOBALS[node.object.name];
  const [member] = nameOf(node.property);
  return members && member !== undefined && !members.includes(member)
    ? [`uses ${node.object.name}.${member}`]
    : [];
}

function ownStatic(callee: MemberExpression, declared: ReadonlySet<string>): boolean {
  const { object } = callee;
  return object.type === 'Identifier' && !declared.has(object.name) && Object.hasOwn(GLOBALS, object.name);
}
