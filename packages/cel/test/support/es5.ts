import { helpers, type Library } from '@claimsmith/cel';
import { type AnyNode, parse } from 'acorn';
import { childrenOf, freeNames } from '../../../../tools/generate/scope.ts';

/** What generated code takes of ES5 by itself. All else it leaves to libraries, whose types hold them to ES5. */
const GLOBALS: ReadonlySet<string> = new Set(['Infinity', 'NaN', 'String', 'undefined']);
const METHODS: ReadonlySet<string> = new Set(['indexOf', 'push', 'test']);

/**
 * What a generated text takes besides that, or its library, as sentences; the parser's error if it is not ES5 at all. The
 * library's own pieces are not looked into.
 */
export function beyondEs5(text: string, library: Library = helpers): readonly string[] {
  let body: readonly AnyNode[];
  try {
    ({ body } = parse(text, { ecmaVersion: 5, allowReserved: false }));
  } catch (error) {
    return [String(error)];
  }
  const declared = new Set(body.flatMap(namesOf));
  const own = body.filter((node) => !namesOf(node).some((name) => Object.hasOwn(library, name)));
  const globals = own.flatMap((node) => [...freeNames(node)]).filter((name) => !declared.has(name));
  return [
    ...globals.filter((name) => !GLOBALS.has(name)).map((name) => `reads the global ${name}`),
    ...own
      .flatMap(methodsCalled)
      .filter((name) => !METHODS.has(name))
      .map((name) => `calls the method ${name}`),
  ];
}

function namesOf(node: AnyNode): readonly string[] {
  const declared =
    node.type === 'VariableDeclaration'
      ? node.declarations.map(({ id }) => id)
      : node.type === 'FunctionDeclaration'
        ? [node.id]
        : [];
  return declared.flatMap((id) => (id?.type === 'Identifier' ? [id.name] : []));
}

function methodsCalled(node: AnyNode): readonly string[] {
  const inside = childrenOf(node).flatMap(([, child]) => methodsCalled(child));
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return inside;
  const { property } = node.callee;
  return [property.type === 'Identifier' && !node.callee.computed ? property.name : 'of any name', ...inside];
}
