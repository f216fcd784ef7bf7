import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, type Scalar } from 'yaml';
import type { Path, Span } from '../finding.ts';
import { maxAliasedValues, maxDepth } from './limits.ts';
import type { Place } from './place.ts';
import { problem as problemAt, type ReadProblem, tooDeep, unreadable } from './problem.ts';
import { readRules } from './rule-ids.ts';
import { decodeScalar, type ScalarStyle } from './scalar.ts';
import { scalarProblem } from './scalar-problem.ts';

/** Plain data from a document, with the place of each part, and what was refused and why. */
export interface Converted {
  readonly data: unknown;
  readonly place: Place;
  readonly problems: readonly ReadProblem[];
  /** Paths of refused values. The data has `undefined` there, and no further problem is reported for it. */
  readonly refused: readonly Path[];
  /** Where the value may not be what the author meant: a key stands twice. */
  readonly doubtful: readonly Path[];
}

type Data = { readonly value: unknown; readonly place: Place };

const noChildren: ReadonlyMap<string | number, Place> = new Map();

/** What turning one document into data carries along. */
interface Conversion {
  readonly text: string;
  readonly problems: ReadProblem[];
  readonly refused: Path[];
  readonly doubtful: Path[];
  readonly anchors: Map<string, Node>;
  /** What each alias stands for. */
  readonly targets: Map<Node, Node | undefined>;
  /** The mappings and lists around the current node. */
  readonly open: Set<Node>;
  aliasDepth: number;
  aliasedValues: number;
}

/** Turns a document's nodes into data with safe names only: no tags, merge keys or prototype names. */
export function convert(root: ParsedNode, text: string): Converted {
  const work: Conversion = {
    text,
    problems: [],
    refused: [],
    doubtful: [],
    anchors: new Map(),
    targets: new Map(),
    open: new Set(),
    aliasDepth: 0,
    aliasedValues: 0,
  };
  const { value, place } = convertNode(work, root, [], undefined);
  const { problems, refused, doubtful } = work;
  return { data: value, place, problems, refused, doubtful };
}

function refuse(work: Conversion, problem: ReadProblem, path: Path, key: Span | undefined): Data {
  work.problems.push(problem);
  work.refused.push(path);
  return { value: undefined, place: { key, value: problem.span, units: undefined, children: noChildren } };
}

function convertNode(work: Conversion, node: Node, path: Path, key: Span | undefined): Data {
  const span = spanOf(node);
  const no = (message: string, help?: string) => refuse(work, unreadable(message, span, help), path, key);
  if (work.aliasDepth > 0) {
    work.aliasedValues += 1;
    if (work.aliasedValues > maxAliasedValues) return no('The aliases expand to too many values.');
  }
  if (isAlias(node)) return convertAlias(work, node, span, path, key);
  if (work.aliasDepth === 0 && 'anchor' in node && node.anchor) work.anchors.set(node.anchor, node);
  if (node.tag !== undefined) {
    const help = 'Text that starts with ! must be quoted.';
    return refuse(work, unreadable('YAML tags are refused.', tagBefore(work.text, span), help), path, key);
  }
  if (isScalar(node)) return convertScalar(work, node, span, path, key);
  if (path.length >= maxDepth)
    return refuse(work, tooDeep({ start: span.start, end: span.start + 1 }), path, key);
  work.open.add(node);
  const data = isMap(node)
    ? convertMap(work, node.items, span, path, key)
    : convertList(work, isSeq(node) ? node.items : [], span, path, key);
  work.open.delete(node);
  return data;
}

function convertAlias(
  work: Conversion,
  node: Node & { source: string },
  span: Span,
  path: Path,
  key: Span | undefined,
): Data {
  if (!work.targets.has(node)) work.targets.set(node, work.anchors.get(node.source));
  const target = work.targets.get(node);
  const help = 'Text that starts with * must be quoted.';
  if (!target) return refuse(work, unreadable('No anchor above has this name.', span, help), path, key);
  if (work.open.has(target)) return refuse(work, unreadable('This alias contains itself.', span), path, key);
  work.aliasDepth += 1;
  const { value, place } = convertNode(work, target, path, key);
  work.aliasDepth -= 1;
  return { value, place: { ...place, value: span } };
}

function convertScalar(work: Conversion, node: Scalar, span: Span, path: Path, key: Span | undefined): Data {
  const problem = scalarProblem(node, span);
  if (problem && problem.severity !== 'warning') return refuse(work, problem, path, key);
  if (problem && work.aliasDepth === 0) work.problems.push(problem);
  const { value } = node;
  const units = typeof value === 'string' ? () => unitsOf(node, value, work.text) : undefined;
  const shown = {
    start: span.start,
    end: span.start + work.text.slice(span.start, span.end).trimEnd().length,
  };
  // JSON has no separate form for -0.
  return { value: value === 0 ? 0 : value, place: { key, value: shown, units, children: noChildren } };
}

function convertList(
  work: Conversion,
  items: readonly unknown[],
  span: Span,
  path: Path,
  key: Span | undefined,
): Data {
  const children = new Map<string | number, Place>();
  const value: unknown[] = [];
  for (const [index, item] of items.entries()) {
    if (!isNodeLike(item)) {
      work.problems.push(
        unreadable(
          'A list in brackets holds values, not `key: value` pairs.',
          span,
          'Put braces around the pair.',
        ),
      );
      continue;
    }
    const child = convertNode(work, item, [...path, index], undefined);
    value.push(child.value);
    children.set(index, child.place);
  }
  return { value, place: { key, value: endingWith(span, children, work.text), units: undefined, children } };
}

function convertMap(
  work: Conversion,
  items: readonly Pair[],
  span: Span,
  path: Path,
  key: Span | undefined,
): Data {
  const children = new Map<string | number, Place>();
  const value: Record<string, unknown> = {};
  for (const pair of items) {
    const name = keyName(work, pair, span, path, children);
    if (name === undefined) continue;
    const nameSpan = isNodeLike(pair.key) ? spanOf(pair.key) : span;
    const child = isNodeLike(pair.value)
      ? convertNode(work, pair.value, [...path, name], nameSpan)
      : { value: null, place: { key: nameSpan, value: nameSpan, units: undefined, children: noChildren } };
    value[name] = child.value;
    children.set(name, child.place);
  }
  return { value, place: { key, value: endingWith(span, children, work.text), units: undefined, children } };
}

/** Why a key is not valid, and whether its value is dropped (refused) or may not be meant (doubtful). */
interface KeyFault {
  readonly rule: string;
  readonly message: string;
  readonly help?: string | undefined;
  readonly leaves: 'refused' | 'doubtful';
  readonly at: Path;
}

function keyName(
  work: Conversion,
  pair: Pair,
  map: Span,
  path: Path,
  siblings: ReadonlyMap<string | number, Place>,
): string | undefined {
  const { key } = pair;
  const found = keyOf(key, path, siblings);
  if (typeof found === 'string') return found;
  const span = isNodeLike(key) ? spanOf(key) : map;
  work.problems.push(problemAt(found.rule, found.message, span, found.help));
  work[found.leaves].push(found.at);
  return undefined;
}

function keyOf(node: unknown, path: Path, siblings: ReadonlyMap<string | number, Place>): string | KeyFault {
  if (!isScalar(node) || node.tag !== undefined || node.anchor)
    return { rule: readRules.unreadable, message: 'A key must be plain text.', leaves: 'refused', at: path };
  const { value: name, source } = node;
  if (typeof name !== 'string') {
    const help = `Write "${source ?? ''}".`;
    const message = 'A key must be text; this one is not.';
    return { rule: readRules.wrongValue, message, help, leaves: 'doubtful', at: path };
  }
  if (/^[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/.test(name)) {
    return {
      rule: readRules.unreadable,
      message: 'This key begins with a special space, which YAML reads as a letter.',
      help: 'Replace it with ordinary spaces. Such spaces come from copying a web page or a document.',
      leaves: 'refused',
      at: [],
    };
  }
  if (name === '<<' && node.type === 'PLAIN') {
    return {
      rule: readRules.unreadable,
      message: 'Merge keys are refused.',
      help: 'Write the keys out, or use an alias for the whole value.',
      leaves: 'refused',
      at: path,
    };
  }
  if (name in {}) {
    return {
      rule: readRules.unsafeName,
      message: `\`${name}\` cannot be used as a name, because every JavaScript object has a property of that name.`,
      help: 'Choose another name.',
      leaves: 'doubtful',
      at: [...path, name],
    };
  }
  if (siblings.has(name)) {
    const message = `\`${name}\` appears twice in its mapping.`;
    const help = 'Remove one of the two, or rename it.';
    return { rule: readRules.unreadable, message, help, leaves: 'doubtful', at: [...path, name] };
  }
  return name;
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

/** A block ends at its last item; the parser's range also includes blank lines and comments after it. */
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
  // If the two decoders disagree, the whole text is underlined rather than a wrong part.
  return decoded?.value === value ? decoded.at : undefined;
}
