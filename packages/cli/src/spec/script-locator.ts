import type { Path, Span } from '@claimsmith/core';
import type { Locator } from '@claimsmith/core/spec';
import { type Expression, type Identifier, type Node, type Program, type Property, parse } from 'acorn';
import { stringOffsets } from './string-offsets.ts';

/** Where one part of the data was written. */
interface Place {
  readonly key: Span;
  readonly value: Span;
  readonly node: Expression;
}

/** The constants at a script's top level, by name. */
type Constants = ReadonlyMap<string, Expression>;

/** How often a name or a spread is followed before it counts as computed. */
const longestTrail = 20;

/**
 * Finds the parts of `export const spec = defineEnrichment({ … })` in a script, so that findings can point at them. It
 * follows object and array literals, spreads, and constants of the same file. Computed values have no place.
 *
 * @param script the text with its types blanked out, offsets unchanged
 */
export function scriptLocator(script: string): Locator {
  const program = parsed(script);
  const constants: Constants = program === undefined ? new Map() : topLevelConstants(program);
  const spec = constants.get('spec');
  const root = spec === undefined ? undefined : rootPlace(spec, constants);

  const placeAt = (path: Path): Place | undefined => {
    let place = root;
    for (const step of path) place &&= child(place.node, step, constants, 0);
    return place;
  };
  return {
    key: (path) => placeAt(path)?.key,
    value: (path) => placeAt(path)?.value,
    within: (path, start, end) => {
      const place = placeAt(path);
      const offsets = place && stringOffsets(script, resolve(place.node, constants, 0));
      const from = offsets?.[start];
      const to = offsets?.[end];
      return from === undefined || to === undefined ? undefined : { start: from, end: Math.max(from, to) };
    },
  };
}

function parsed(script: string): Program | undefined {
  try {
    return parse(script, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch {
    // Node has evaluated it, so acorn does not know its new syntax: findings have no place.
    return undefined;
  }
}

function topLevelConstants(program: Program): Map<string, Expression> {
  const constants = new Map<string, Expression>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && init) constants.set(id.name, init);
    }
  }
  return constants;
}

/** The argument of `defineEnrichment(…)`, or the literal itself. */
function rootPlace(spec: Expression, constants: Constants): Place {
  const node = resolve(spec, constants, 0);
  if (node.type === 'CallExpression') {
    const [argument] = node.arguments;
    if (argument !== undefined && argument.type !== 'SpreadElement') {
      const inner = resolve(argument, constants, 0);
      return { key: inner, value: inner, node: inner };
    }
  }
  return { key: node, value: node, node };
}

function child(
  node: Expression,
  step: string | number,
  constants: Constants,
  trail: number,
): Place | undefined {
  const target = resolve(node, constants, trail);
  if (target.type === 'ObjectExpression') return property(target.properties, String(step), constants, trail);
  if (target.type !== 'ArrayExpression' || typeof step !== 'number') return undefined;
  const before = target.elements.slice(0, step + 1);
  // After a spread, places no longer count like the data.
  if (before.some((element) => element?.type === 'SpreadElement')) return undefined;
  const element = before[step];
  if (element === undefined || element === null || element.type === 'SpreadElement') return undefined;
  return { key: element, value: element, node: element };
}

/** The last one wins, as when the literal is evaluated. */
function property(
  properties: readonly Node[],
  name: string,
  constants: Constants,
  trail: number,
): Place | undefined {
  for (const entry of properties.toReversed()) {
    if (isSpread(entry)) {
      const spread = resolve(entry.argument, constants, trail);
      // A spread of a call may contain this name: no place is better than a wrong one.
      if (spread.type !== 'ObjectExpression' || trail > longestTrail) return undefined;
      const place = child(spread, name, constants, trail + 1);
      if (place !== undefined) return place;
    } else if (isProperty(entry)) {
      const key = keyOf(entry);
      // So may a computed name.
      if (key === undefined) return undefined;
      if (key === name)
        return { key: entry.key, value: entry.shorthand ? entry.key : entry.value, node: entry.value };
    }
  }
  return undefined;
}

function isSpread(
  node: Node,
): node is Node & { readonly type: 'SpreadElement'; readonly argument: Expression } {
  return node.type === 'SpreadElement';
}

function isProperty(node: Node): node is Property {
  return node.type === 'Property';
}

function keyOf({ computed, key }: Property): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : undefined;
}

function resolve(node: Expression, constants: Constants, trail: number): Expression {
  let found: Expression = node;
  for (let steps = trail; steps <= longestTrail; steps++) {
    const next: Expression | undefined = isIdentifier(found) ? constants.get(found.name) : undefined;
    if (next === undefined) return found;
    found = next;
  }
  return found;
}

function isIdentifier(node: Expression): node is Identifier {
  return node.type === 'Identifier';
}
