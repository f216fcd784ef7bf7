// Writes src/generate/helpers.gen.ts from helpers.js: each helper's text and the helpers that it calls.
// Run `node packages/cel/scripts/generate-helpers.ts` after every change; a test compares the two.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AnyNode, type Comment, parse } from 'acorn';

const SOURCE = new URL('../src/generate/helpers.js', import.meta.url);
const TARGET = new URL('../src/generate/helpers.gen.ts', import.meta.url);

/** The text of helpers.gen.ts. */
export function generateHelpers(): string {
  const text = readFileSync(SOURCE, 'utf8');
  const comments: Comment[] = [];
  const program = parse(text, { ecmaVersion: 5, sourceType: 'script', onComment: comments });
  const helpers = program.body.map((node) => ({
    name: nameOf(node),
    text: leading(text, comments, node.start) + text.slice(node.start, node.end),
    node,
  }));
  const names = new Set(helpers.map((helper) => helper.name));
  const entries = helpers.map(({ name, text: body, node }) => {
    const hidden = declared(node);
    const needs = [...used(node)].filter((other) => other !== name && names.has(other) && !hidden.has(other));
    const list = needs.sort().map((need) => `'${need}'`);
    return `  ${name}: {\n    needs: [${list.join(', ')}],\n    text: ${JSON.stringify(body)},\n  },\n`;
  });
  return [
    '// Written by scripts/generate-helpers.ts from helpers.js. Do not edit.\n',
    '/** Text and needs of every helper by name, in the order in which they are emitted. */',
    `export const HELPERS = {\n${entries.join('')}} as const;\n`,
  ].join('\n');
}

function nameOf(node: AnyNode): string {
  if (node.type === 'FunctionDeclaration' && node.id !== null) return node.id.name;
  const [first] = node.type === 'VariableDeclaration' ? node.declarations : [];
  if (first?.id.type === 'Identifier') return first.id.name;
  throw new Error(`helpers.js: expected a function or a variable at ${node.start}`);
}

/** The comment lines right above a helper are part of it; a blank line ends them. */
function leading(text: string, comments: readonly Comment[], start: number): string {
  let from = start;
  for (const comment of comments.filter((found) => found.end <= start).reverse()) {
    if (text.slice(comment.end, from) !== '\n') break;
    from = comment.start;
  }
  return text.slice(from, start);
}

/** Parameters and variables inside, which hide a helper of the same name. */
function declared(node: AnyNode, found = new Set<string>()): ReadonlySet<string> {
  const names = node.type === 'VariableDeclarator' ? [node.id] : 'params' in node ? node.params : [];
  for (const name of names) if (name.type === 'Identifier') found.add(name.name);
  for (const child of childrenOf(node)) declared(child, found);
  return found;
}

function used(node: AnyNode, found = new Set<string>()): ReadonlySet<string> {
  if (node.type === 'Identifier') found.add(node.name);
  if (node.type === 'MemberExpression' && !node.computed) return used(node.object, found);
  for (const child of childrenOf(node)) used(child, found);
  return found;
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? value : [value]))
    .filter((value): value is AnyNode => typeof value === 'object' && value !== null && 'type' in value);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, generateHelpers());
