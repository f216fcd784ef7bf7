import { readFileSync } from 'node:fs';
import { type AnyNode, type Comment, parse } from 'acorn';
import type { GeneratedFile } from './generated.ts';

/**
 * Cuts a file of ES5 functions into pieces that generated code takes by name: each with its text, the comment
 * above it, its parameters, and the others that it names.
 *
 * @param from the ES5 file; `to` the TypeScript file, both from the workspace's root
 * @param constant the name of the exported record
 */
export function es5Library(from: string, to: string, constant: string): GeneratedFile {
  const text = readFileSync(new URL(`../../${from}`, import.meta.url), 'utf8');
  const content = [
    `// Generated from ${from.split('/').at(-1)} by \`npm run generate\`; do not edit.\n`,
    '/** The text of every function, its parameters and the others that it names, in the order in which they are emitted. */',
    `export const ${constant} = {\n${cut(text, 5)}} as const;\n`,
  ];
  return { path: to, content: content.join('\n') };
}

/** The members of a record: every top-level function and variable of a script by name, with what it needs. */
export function cut(text: string, ecmaVersion: 5 | 2024): string {
  const comments: Comment[] = [];
  const { body } = parse(text, { ecmaVersion, sourceType: 'script', onComment: comments });
  const pieces = body.map((node) => ({ name: nameOf(node), node, text: withComment(text, comments, node) }));
  const names = new Set(pieces.map(({ name }) => name));
  const entries = pieces.map(({ name, node, text: piece }) => {
    const hidden = declaredIn(node);
    const needs = [...namedIn(node)].filter(
      (other) => other !== name && names.has(other) && !hidden.has(other),
    );
    const list = (names: readonly string[]) => `[${names.map((each) => `'${each}'`).join(', ')}]`;
    const takes = ecmaVersion === 5 ? `    takes: ${list(parametersOf(node))},\n` : '';
    return `  ${name}: {\n    needs: ${list(needs.sort())},\n${takes}    text: ${JSON.stringify(piece)},\n  },\n`;
  });
  return entries.join('');
}

function nameOf(node: AnyNode): string {
  if (node.type === 'FunctionDeclaration' && node.id) return node.id.name;
  const [declarator] = node.type === 'VariableDeclaration' ? node.declarations : [];
  if (declarator?.id.type === 'Identifier') return declarator.id.name;
  throw new Error(`only functions and variables belong into a library, found ${node.type}`);
}

function parametersOf(node: AnyNode): readonly string[] {
  if (node.type !== 'FunctionDeclaration') return [];
  return node.params.flatMap((parameter) => (parameter.type === 'Identifier' ? [parameter.name] : []));
}

/** The comment lines right above a function are part of it; a blank line ends them. */
function withComment(text: string, comments: readonly Comment[], node: AnyNode): string {
  let from = node.start;
  for (const comment of comments.filter(({ end }) => end <= node.start).reverse()) {
    if (text.slice(comment.end, from) !== '\n') break;
    from = comment.start;
  }
  return text.slice(from, node.end);
}

/** Parameters and variables, which hide a function of the same name. */
function declaredIn(node: AnyNode, found = new Set<string>()): ReadonlySet<string> {
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') found.add(node.id.name);
  if (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  ) {
    for (const parameter of node.params) for (const name of namedIn(parameter)) found.add(name);
  }
  for (const [, child] of childrenOf(node)) declaredIn(child, found);
  return found;
}

function namedIn(node: AnyNode, found = new Set<string>()): ReadonlySet<string> {
  if (node.type === 'Identifier') found.add(node.name);
  const isPlainMember = node.type === 'MemberExpression' && !node.computed;
  const isProperty = node.type === 'Property';
  for (const [key, child] of childrenOf(node)) {
    if (!(isPlainMember && key === 'property') && !(isProperty && key === 'key')) namedIn(child, found);
  }
  return found;
}

function childrenOf(node: AnyNode): readonly (readonly [string, AnyNode])[] {
  return Object.entries(node).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((child) => [key, child] as const),
  );
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
