import type { AnyNode } from 'acorn';

/** The names that code reads and does not declare itself, in the order in which it first does. */
export function freeNames(node: AnyNode): ReadonlySet<string> {
  const found = new Set<string>();
  collect(node, [], found);
  return found;
}

function collect(node: AnyNode, scopes: readonly ReadonlySet<string>[], found: Set<string>): void {
  if (node.type === 'Identifier') {
    if (!scopes.some((scope) => scope.has(node.name))) found.add(node.name);
    return;
  }
  const inner = opensScope(node) ? [...scopes, declaredIn(node)] : scopes;
  for (const [key, child] of childrenOf(node)) if (isRead(node, key)) collect(child, inner, found);
}

/** Whether a part of a node is code, and no name of a property. */
function isRead(node: AnyNode, key: string): boolean {
  if (node.type === 'MemberExpression') return key !== 'property' || node.computed;
  if (node.type === 'Property' || node.type === 'MethodDefinition') return key !== 'key' || node.computed;
  return true;
}

function opensScope({ type }: AnyNode): boolean {
  return isFunction(type) || type === 'BlockStatement' || /^For|^CatchClause$/.test(type);
}

function isFunction(type: string): boolean {
  return /^(Function(Declaration|Expression)|ArrowFunctionExpression)$/.test(type);
}

/** What a scope declares: its parameters, what stands in it, and each `var` that lies below. */
function declaredIn(scope: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  if ('params' in scope) for (const parameter of scope.params) addPattern(parameter, names);
  if ('id' in scope && scope.id) addPattern(scope.id, names);
  if (scope.type === 'CatchClause' && scope.param) addPattern(scope.param, names);
  const visit = (node: AnyNode, isOwn: boolean): void => {
    for (const [, child] of childrenOf(node)) {
      if (child.type === 'VariableDeclaration' && (isOwn || child.kind === 'var'))
        for (const { id } of child.declarations) addPattern(id, names);
      if (child.type === 'FunctionDeclaration' && child.id && isOwn) addPattern(child.id, names);
      if (!isFunction(child.type)) visit(child, isOwn && !opensScope(child));
    }
  };
  visit(scope, true);
  return names;
}

function addPattern(node: AnyNode, names: Set<string>): void {
  if (node.type === 'Identifier') names.add(node.name);
  else if (node.type === 'Property') addPattern(node.value, names);
  else if (node.type === 'AssignmentPattern') addPattern(node.left, names);
  else for (const [, child] of childrenOf(node)) addPattern(child, names);
}

export function childrenOf(node: AnyNode): readonly (readonly [string, AnyNode])[] {
  return Object.entries(node).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((child) => [key, child] as const),
  );
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
