// Writes src/generate/helpers.gen.ts from helpers.js: each helper's text and the helpers that it calls.
// Run `node packages/cel/scripts/generate-helpers.mjs` after every change; a test compares the two.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';

const source = new URL('../src/generate/helpers.js', import.meta.url);
const target = new URL('../src/generate/helpers.gen.ts', import.meta.url);

/** The text of helpers.gen.ts. */
export function generateHelpers() {
  const text = readFileSync(source, 'utf8');
  const comments = [];
  const program = parse(text, { ecmaVersion: 5, sourceType: 'script', onComment: comments });
  const helpers = program.body.map((node) => ({
    name: node.type === 'FunctionDeclaration' ? node.id.name : node.declarations[0].id.name,
    text: leading(text, comments, node.start) + text.slice(node.start, node.end),
    node,
  }));
  const names = new Set(helpers.map((helper) => helper.name));
  const lines = helpers.map(({ name, text: body, node }) => {
    const own = declared(node);
    const needs = [...used(node)]
      .filter((other) => other !== name && names.has(other) && !own.has(other))
      .sort();
    return `  ${name}: {\n    needs: [${needs.map((need) => `'${need}'`).join(', ')}],\n    text: ${JSON.stringify(body)},\n  },\n`;
  });
  return [
    '// Written by scripts/generate-helpers.mjs from helpers.js. Do not edit.\n',
    '/** Name, text and needs of every helper, in the order in which they are emitted. */\n',
    `export const HELPERS = {\n${lines.join('')}} as const;\n`,
  ].join('\n');
}

/** The comment lines right above a helper are part of it; a blank line ends them. */
function leading(text, comments, start) {
  let from = start;
  for (const comment of comments.filter((found) => found.end <= start).reverse()) {
    if (!/^\n$/.test(text.slice(comment.end, from))) break;
    from = comment.start;
  }
  return text.slice(from, start);
}

/** Parameters and variables, which hide a helper of the same name. */
function declared(node, found = new Set()) {
  if (node.type === 'VariableDeclarator') found.add(node.id.name);
  for (const parameter of node.params ?? []) found.add(parameter.name);
  eachChild(node, (child) => declared(child, found));
  return found;
}

function eachChild(node, visit) {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === 'object' && typeof child.type === 'string') visit(child);
    }
  }
}

function used(node, found = new Set()) {
  if (node.type === 'Identifier') found.add(node.name);
  for (const [key, value] of Object.entries(node)) {
    if (key === 'params' || (key === 'property' && !node.computed) || key === 'id') continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === 'object' && typeof child.type === 'string') used(child, found);
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, generateHelpers());
