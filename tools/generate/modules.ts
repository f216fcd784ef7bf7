import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Declaration, type File, takeApart } from './pieces.ts';

const root = new URL('../../', import.meta.url);

/**
 * What a TypeScript module exports from others, as JavaScript with its comments, each with what it rests on right behind
 * it. All land in one scope: two of one name are an error.
 */
export function exportedPieces(entry: string): readonly Declaration[] {
  const modules = new Map<string, File>();
  const moduleAt = (path: string): File => {
    const known = modules.get(path);
    if (known !== undefined) return known;
    const file = takeApart(javaScript(path), 'module');
    modules.set(path, file);
    return file;
  };
  const pieces = new Map<string, Declaration & { readonly path: string }>();

  function add(path: string, name: string): void {
    const { declarations, links } = moduleAt(path);
    const declaration = declarations.find((each) => each.name === name);
    if (declaration === undefined) {
      follow(path, links, name);
      return;
    }
    const known = pieces.get(name);
    if (known !== undefined && known.path !== path)
      throw new Error(`${name} stands in ${path} and ${known.path}`);
    if (known !== undefined) return;
    pieces.set(name, { ...declaration, path });
    for (const other of declaration.reads) add(path, other);
  }

  /** Names that are neither declared nor imported are JavaScript's own. */
  function follow(path: string, links: File['links'], name: string): void {
    for (const link of links) {
      if (!link.source) continue;
      for (const specifier of link.specifiers) {
        if (specifier.type !== 'ImportSpecifier' && specifier.type !== 'ExportSpecifier') continue;
        const outside = specifier.type === 'ImportSpecifier' ? specifier.imported : specifier.local;
        if (outside.type !== 'Identifier' || outside.name !== name) continue;
        add(pathOf(String(link.source.value), path), name);
      }
    }
  }

  // What an Action calls comes last in the file that names it, and is read first.
  for (const link of moduleAt(entry).links.toReversed()) {
    if (link.type !== 'ExportNamedDeclaration') continue;
    for (const { exported } of link.specifiers) if (exported.type === 'Identifier') add(entry, exported.name);
  }
  for (const { name, reads, isValue } of pieces.values()) {
    const early = isValue ? [...reads].filter((other) => pieces.has(other)) : [];
    if (early.length > 0) throw new Error(`${name} is worked out before ${early.join()} is there`);
  }
  return [...pieces.values()];
}

/** A module without its types, written as the workspace writes JavaScript. */
function javaScript(path: string): string {
  const text = stripTypeScriptTypes(readFileSync(new URL(path, root), 'utf8'));
  const biome = fileURLToPath(new URL('node_modules/.bin/biome', root));
  return execFileSync(biome, ['format', `--stdin-file-path=${path.replace(/\.ts$/, '.js')}`], {
    input: text,
    cwd: fileURLToPath(root),
    encoding: 'utf8',
  });
}

function pathOf(specifier: string, from: string): string {
  const ours = /^@claimsmith\/(\w+)$/.exec(specifier)?.[1];
  if (ours !== undefined) return `packages/${ours}/src/index.ts`;
  return fileURLToPath(new URL(specifier, new URL(from, root))).slice(fileURLToPath(root).length);
}
