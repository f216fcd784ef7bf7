import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'acorn';

/** Packages that JavaScript files load by a literal name, also on demand and through the files that they load. */
export function importsOf(files: readonly string[], seen = new Set<string>()): readonly string[] {
  return files.flatMap((file) => {
    if (seen.has(file)) return [];
    seen.add(file);
    const specifiers: string[] = [];
    const sourceType = file.endsWith('.cjs') ? 'script' : 'module';
    const options = { ecmaVersion: 'latest', sourceType, allowHashBang: true } as const;
    visit(parse(readFileSync(file, 'utf8'), options), specifiers);
    const near = specifiers.filter((specifier) => specifier.startsWith('.'));
    const next = near.map((specifier) => join(dirname(file), specifier));
    return [...specifiers.flatMap(packageOf), ...importsOf(next, seen)];
  });
}

function visit(node: unknown, specifiers: string[]): void {
  if (Array.isArray(node)) for (const one of node) visit(one, specifiers);
  if (typeof node !== 'object' || node === null || !('type' in node)) return;
  if ('source' in node && /^(Import|Export)/.test(String(node.type))) specifiers.push(literal(node.source));
  if ('callee' in node && 'arguments' in node && isLoader(node.callee))
    specifiers.push(literal(node.arguments));
  for (const child of Object.values(node)) visit(child, specifiers);
}

/** `load` is what the start of the command calls where it cannot import. */
function isLoader(callee: unknown): boolean {
  return (
    typeof callee === 'object' &&
    callee !== null &&
    'name' in callee &&
    /^(require|load)$/.test(String(callee.name))
  );
}

/** The text of a literal, or of the one in a list. */
function literal(node: unknown): string {
  if (Array.isArray(node)) return node.length === 1 ? literal(node[0]) : '';
  return typeof node === 'object' && node !== null && 'value' in node ? String(node.value) : '';
}

/** Packages whose types are needed where these declaration files are read, through the files that they import. */
export function typeImportsOf(files: readonly string[], seen = new Set<string>()): readonly string[] {
  return files.flatMap((file) => {
    if (seen.has(file)) return [];
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
    const types = [...code.matchAll(/^\/\/\/ <reference types="([^"]+)"/gm)].map(
      ([, name]) => `@types/${name}`,
    );
    const specifiers = [...code.matchAll(/\bfrom '([^']+)'|^import '([^']+)'|\bimport\("([^"]+)"\)/gm)].map(
      ([, from, bare, inline]) => from ?? bare ?? inline ?? '',
    );
    const near = specifiers.filter((specifier) => specifier.startsWith('.'));
    const next = near.map((specifier) => join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')));
    const ofNode = specifiers.some((specifier) => isBuiltin(specifier)) ? ['@types/node'] : [];
    return [...types, ...ofNode, ...specifiers.flatMap(packageOf), ...typeImportsOf(next, seen)];
  });
}

/** `@a/b/c` belongs to the package `@a/b`. Node's own modules and files need no package. */
function packageOf(specifier: string): readonly string[] {
  const name = /^(@[^/]+\/[^/]+|[^@./][^/:]*)(?:\/|$)/.exec(specifier)?.[1];
  return name === undefined || isBuiltin(name) ? [] : [name];
}
