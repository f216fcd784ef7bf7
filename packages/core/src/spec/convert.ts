import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, type Scalar } from 'yaml';
import type { Path, Span } from '../finding.ts';
import { maxAliasedValues, maxDepth } from './limits.ts';
import type { Place } from './place.ts';
import { problem as problemAt, type ReadProblem, tooDeep, unreadable } from './problem.ts';
import { readRules } from './rule-ids.ts';
import { decodeScalar, type ScalarStyle } from './scalar.ts';
import { scalarProblem } from './scalar-problem.ts';

/** Plain data from a document, where each part of it stands, and what was left out and why. */
export interface Converted {
  readonly data: unknown;
  readonly place: Place;
  readonly problems: readonly ReadProblem[];
  /** Where a value was refused: `undefined` stands there, and nothing more is to be said about it. */
  readonly refused: readonly Path[];
  /** Where the value may not be what the author meant: a key stands twice. */
  readonly doubtful: readonly Path[];
}

type Data = { readonly value: unknown; readonly place: Place };

const noChildren: ReadonlyMap<string | number, Place> = new Map();

/** Turns a document's nodes into data with own, safe names only: no tag, merge key or prototype name gets through. */
export function convert(root: ParsedNode, text: string): Converted {
  const problems: ReadProblem[] = [];
  const refused: Path[] = [];
  const doubtful: Path[] = [];
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node | undefined>();
  const open = new Set<Node>();
  let aliasDepth = 0;
  let aliasedValues = 0;

  function refuse(problem: ReadProblem, path: Path, key: Span | undefined): Data {
    problems.push(problem);
    refused.push(path);
    return { value: undefined, place: { key, value: problem.span, units: undefined, children: noChildren } };
  }

  function convertNode(node: Node, path: Path, key: Span | undefined): Data {
    const span = spanOf(node);
    const no = (message: string, help?: string) => refuse(unreadable(message, span, help), path, key);
    if (aliasDepth > 0) {
      aliasedValues += 1;
      if (aliasedValues > maxAliasedValues) return no('The aliases expand to too many values.');
    }
    if (isAlias(node)) return convertAlias(node, span, path, key);
    if (aliasDepth === 0 && 'anchor' in node && node.anchor) anchors.set(node.anchor, node);
    if (node.tag !== undefined) {
      const help = 'Text that starts with ! must be quoted.';
      return refuse(unreadable('YAML tags are refused.', tagBefore(text, span), help), path, key);
    }
    if (isScalar(node)) return convertScalar(node, span, path, key);
    if (path.length >= maxDepth)
      return refuse(tooDeep({ start: span.start, end: span.start + 1 }), path, key);
    open.add(node);
    const data = isMap(node)
      ? convertMap(node.items, span, path, key)
      : convertList(isSeq(node) ? node.items : [], span, path, key);
    open.delete(node);
    return data;
  }

  function convertAlias(
    node: Node & { source: string },
    span: Span,
    path: Path,
    key: Span | undefined,
  ): Data {
    if (!targets.has(node)) targets.set(node, anchors.get(node.source));
    const target = targets.get(node);
    const help = 'Text that starts with * must be quoted.';
    if (!target) return refuse(unreadable('No anchor above has this name.', span, help), path, key);
    if (open.has(target)) return refuse(unreadable('This alias contains itself.', span), path, key);
    aliasDepth += 1;
    const { value, place } = convertNode(target, path, key);
    aliasDepth -= 1;
    return { value, place: { ...place, value: span } };
  }

  function convertScalar(node: Scalar, span: Span, path: Path, key: Span | undefined): Data {
    const problem = scalarProblem(node, span);
    if (problem && problem.severity !== 'warning') return refuse(problem, path, key);
    if (problem && aliasDepth === 0) problems.push(problem);
    const { value } = node;
    const units = typeof value === 'string' ? () => unitsOf(node, value, text) : undefined;
    const shown = { start: span.start, end: span.start + text.slice(span.start, span.end).trimEnd().length };
    // -0 has no JSON form of its own.
    return { value: value === 0 ? 0 : value, place: { key, value: shown, units, children: noChildren } };
  }

  function convertList(items: readonly unknown[], span: Span, path: Path, key: Span | undefined): Data {
    const children = new Map<string | number, Place>();
    const value: unknown[] = [];
    for (const [index, item] of items.entries()) {
      if (!isNodeLike(item)) {
        problems.push(
          unreadable(
            'A list in brackets holds values, not `key: value` pairs.',
            span,
            'Put braces around the pair.',
          ),
        );
        continue;
      }
      const child = convertNode(item, [...path, index], undefined);
      value.push(child.value);
      children.set(index, child.place);
    }
    return { value, place: { key, value: endingWith(span, children, text), units: undefined, children } };
  }

  function convertMap(items: readonly Pair[], span: Span, path: Path, key: Span | undefined): Data {
    const children = new Map<string | number, Place>();
    const value: Record<string, unknown> = {};
    for (const pair of items) {
      const name = keyName(pair, span, path, children);
      if (name === undefined) continue;
      const nameSpan = isNodeLike(pair.key) ? spanOf(pair.key) : span;
      const child = isNodeLike(pair.value)
        ? convertNode(pair.value, [...path, name], nameSpan)
        : { value: null, place: { key: nameSpan, value: nameSpan, units: undefined, children: noChildren } };
      value[name] = child.value;
      children.set(name, child.place);
    }
    return { value, place: { key, value: endingWith(span, children, text), units: undefined, children } };
  }

  function keyName(
    pair: Pair,
    map: Span,
    path: Path,
    siblings: ReadonlyMap<string | number, Place>,
  ): string | undefined {
    const node = pair.key;
    const span = isNodeLike(node) ? spanOf(node) : map;
    const no = (rule: string, message: string, help: string | undefined, parts = doubtful, at = path) => {
      problems.push(problemAt(rule, message, span, help));
      parts.push(at);
      return undefined;
    };
    if (!isScalar(node) || node.tag !== undefined || node.anchor)
      return no(readRules.unreadable, 'A key must be plain text.', undefined, refused);
    const { value: name, source } = node;
    if (typeof name !== 'string') {
      return no(readRules.wrongValue, 'A key must be text; this one is not.', `Write "${source ?? ''}".`);
    }
    if (/^[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/.test(name)) {
      return no(
        readRules.unreadable,
        'This key begins with a special space, which YAML reads as a letter.',
        'Replace it with ordinary spaces. Such spaces come from copying a web page or a document.',
        refused,
        [],
      );
    }
    if (name === '<<' && node.type === 'PLAIN') {
      return no(
        readRules.unreadable,
        'Merge keys are refused.',
        'Write the keys out, or use an alias for the whole value.',
        refused,
      );
    }
    if (name in {}) {
      return no(
        readRules.unsafeName,
        `\`${name}\` cannot be used as a name, because every JavaScript object has a property of that name.`,
        'Choose another name.',
        doubtful,
        [...path, name],
      );
    }
    if (siblings.has(name)) {
      const help = 'Remove one of the two, or rename it.';
      return no(readRules.unreadable, `\`${name}\` appears twice in its mapping.`, help, doubtful, [
        ...path,
        name,
      ]);
    }
    return name;
  }

  const { value, place } = convertNode(root, [], undefined);
  return { data: value, place, problems, refused, doubtful };
}

function isNodeLike(value: unknown): value is Node {
  return isAlias(value) || isScalar(value) || isMap(value) || isSeq(value);
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

/** The tag of a value, which the parser does not count to the value. */
function tagBefore(text: string, value: Span): Span {
  const start = text.lastIndexOf('!', value.start);
  const tag = /!+$/.exec(text.slice(Math.max(0, start - 1), start + 1))?.[0] ?? '';
  const [word = ''] = /^\S*/.exec(text.slice(start + 1)) ?? [];
  return start === -1 ? value : { start: start + 1 - tag.length, end: start + 1 + word.length };
}

/** A block ends with its last item: the parser counts blank lines and comments to it. */
function endingWith(span: Span, children: ReadonlyMap<string | number, Place>, text: string): Span {
  const opening = text[span.start];
  if (opening === '{' || opening === '[') return span;
  const last = [...children.values()].at(-1);
  return last ? { start: span.start, end: Math.max(last.value.end, last.key?.end ?? 0) } : span;
}

const styles: Readonly<Record<string, 'plain' | 'single' | 'double'>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
};

function unitsOf(node: Scalar, value: string, text: string): readonly number[] | undefined {
  const { start, end } = spanOf(node);
  const token = node.srcToken;
  const style = styles[node.type ?? ''];
  let decoded = style ? decodeScalar(text, start, end, { style }) : undefined;
  if (token?.type === 'block-scalar') {
    const bodyStart = end - token.source.length;
    const header = text.slice(start, bodyStart).split(/[\s#]/, 1)[0] ?? '';
    const block: ScalarStyle = {
      style: header.startsWith('>') ? 'folded' : 'literal',
      header,
      indent: token.indent,
    };
    decoded = decodeScalar(text, bodyStart, end, block);
  }
  // Where the two decoders disagree, an underlined whole is better than a wrong part.
  return decoded?.value === value ? decoded.at : undefined;
}
