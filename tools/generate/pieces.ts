import {
  type AnyNode,
  type Comment,
  type ExportNamedDeclaration,
  type ImportDeclaration,
  parse,
} from 'acorn';
import type { GeneratedFile } from './generated.ts';
import { freeNames } from './scope.ts';

/** A top-level function or variable of a file, with the comment above it. */
export interface Declaration {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly string[];
  /** What it reads and does not declare, whatever that is. */
  readonly reads: ReadonlySet<string>;
  /** Whether it is a value that is worked out where it stands, rather than a function. */
  readonly isValue: boolean;
}

export interface File {
  readonly declarations: readonly Declaration[];
  /** What a module has from others. */
  readonly links: readonly (ImportDeclaration | ExportNamedDeclaration)[];
}

/** Takes a file of functions and variables apart. A script is held to ES5, a module to what Node runs. */
export function takeApart(text: string, sourceType: 'script' | 'module'): File {
  const comments: Comment[] = [];
  const ecmaVersion = sourceType === 'script' ? 5 : 2024;
  const { body } = parse(text, { ecmaVersion, sourceType, onComment: comments });
  const declarations: Declaration[] = [];
  const links: File['links'][number][] = [];
  for (const statement of body) {
    const isExport = statement.type === 'ExportNamedDeclaration';
    const node = isExport && statement.declaration ? statement.declaration : statement;
    if (node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration') links.push(node);
    else {
      const comment = commentAbove(text, comments, statement);
      declarations.push(declarationOf(node, `${comment}${codeOf(text, comments, node)}`));
    }
  }
  return { declarations, links };
}

function declarationOf(node: AnyNode, text: string): Declaration {
  if (node.type === 'FunctionDeclaration' && node.id) {
    const parameters = node.params.flatMap((each) => (each.type === 'Identifier' ? [each.name] : []));
    return { name: node.id.name, text, parameters, reads: freeNames(node), isValue: false };
  }
  const [declarator, ...others] = node.type === 'VariableDeclaration' ? node.declarations : [];
  if (declarator?.id.type !== 'Identifier' || !declarator.init || others.length > 0)
    throw new Error(`only functions and variables belong into a library, found: ${text}`);
  const { id, init } = declarator;
  return {
    name: id.name,
    text,
    parameters: [],
    reads: freeNames(init),
    isValue: !/Function/.test(init.type),
  };
}

/** The comment right above a statement, without the types in it; a blank line ends it. */
function commentAbove(text: string, comments: readonly Comment[], { start }: AnyNode): string {
  const comment = comments.findLast(({ end }) => end <= start);
  if (comment === undefined || text.slice(comment.end, start) !== '\n') return '';
  if (!comment.value.startsWith('*')) return text.slice(comment.start, start);
  const [words = ''] = comment.value.slice(1).split(TYPES);
  const lines = words.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const said = lines.join('\n').trim().split('\n');
  if (said.join('') === '') return '';
  return said.length === 1
    ? `/** ${said} */\n`
    : `/**\n${said.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

/** Where the types of a comment begin: they come last in it. */
const TYPES = /@(?:type|this|param|returns) \{|@template |@overload\b/;

/** The code without comments that say types. */
function codeOf(text: string, comments: readonly Comment[], { start, end }: AnyNode): string {
  let code = '';
  let from = start;
  for (const comment of comments) {
    if (comment.start < start || comment.end > end || !/^\*\s*@type\b/.test(comment.value)) continue;
    code += text.slice(from, comment.start);
    from = comment.end + (/^\s*/.exec(text.slice(comment.end))?.[0].length ?? 0);
  }
  return code + text.slice(from, end);
}

interface LibraryOptions {
  /** What the pieces may name besides each other. */
  readonly others?: readonly Declaration[];
  /** Whether calls are generated, from the parameters. */
  readonly withParameters?: boolean;
}

/** A record of the pieces that generated code takes by name. */
export function libraryFile(
  path: string,
  constant: string,
  pieces: readonly Declaration[],
  { others = [], withParameters = false }: LibraryOptions = {},
): GeneratedFile {
  const known = new Set([...pieces, ...others].map(({ name }) => name));
  if (known.size < pieces.length + others.length) throw new Error(`${path}: two pieces have one name`);
  const entries = pieces.map(({ name, reads, parameters, text }) => {
    const needs = [...reads].filter((other) => other !== name && known.has(other));
    const [, lost] = [...text.matchAll(/\{@link (\w+)/g)].find(([, to = '']) => !known.has(to)) ?? [];
    if (lost !== undefined)
      throw new Error(`the comment of ${name} speaks of ${lost}, which its reader does not see`);
    const members = [
      `needs: ${list(needs)}`,
      ...(withParameters ? [`takes: ${list(parameters)}`] : []),
      `text: ${JSON.stringify(text)}`,
    ];
    return `  ${name}: {\n${members.map((member) => `    ${member},\n`).join('')}  },\n`;
  });
  const content = `// Generated by \`npm run generate\`; do not edit.
/** Every piece with the others that it names, in the order in which they are emitted. */
export const ${constant} = {\n${entries.join('')}};\n`;
  return { path, content };
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}
