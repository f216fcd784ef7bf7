import { children, type Expr, type Expression, isOpaque } from '@claimsmith/cel';
import { build, type Outcome } from '../../packages/cel/test/support/program.ts';
import { type Data, environment } from './environment.ts';
import type { OracleOutcome } from './oracles.ts';

/** A difference, to be judged: ours or the oracle's? */
export interface Judged {
  readonly source: string;
  readonly expression: Expression;
  readonly data: Data;
  readonly ours: Outcome;
  readonly theirs: OracleOutcome;
}

/** A known defect of an oracle, or a documented difference of the profile: as narrow as it can be told. */
export interface Defect {
  readonly name: string;
  readonly oracle: 'bufbuild' | 'marcbachmann' | 'both';
  readonly explains: (judged: Judged) => boolean;
}

const calls = (expression: Expression, ...names: readonly string[]): boolean =>
  nodes(expression.root).some((node) => node.kind === 'call' && names.includes(node.name));

/** Beyond the BMP, or half a surrogate pair, anywhere the expression could meet it. */
const isWide = ({ source, data }: Judged): boolean => /[\ud800-\udfff]/.test(source + strings(data));

function strings(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, member]) => key + strings(member))
    .join('');
}

const hasKey = ({ source, data }: Judged, key: string): boolean =>
  source.includes(key) || JSON.stringify(data).includes(`"${key}":`);

const isCallOf = (node: Expr | undefined, name: string): boolean =>
  node?.kind === 'call' && node.name === name;

/** A conversion whose operand is, or may be, a string. */
const convertsString = (expression: Expression, ...names: readonly string[]): boolean =>
  nodes(expression.root).some(
    (node) =>
      node.kind === 'call' &&
      names.includes(node.name) &&
      node.args.some((operand) => ['string', 'dyn'].includes(expression.typeOf(operand).kind)),
  );

const RELATIONS: readonly string[] = ['_<_', '_<=_', '_>_', '_>=_', '_==_', '_!=_', '@in'];
const isRelation = (node: Expr): boolean => node.kind === 'call' && RELATIONS.includes(node.name);

export function nodes(root: Expr): readonly Expr[] {
  return [root, ...children(root).flatMap(nodes)];
}

/** Whether some call of a function has, as the argument at `index`, a value that fits; one with a macro's variable may. */
function hasArgument(
  judged: Judged,
  name: string,
  index: number,
  fits: (value: unknown) => boolean,
): boolean {
  return nodes(judged.expression.root).some((node) => {
    const argument = node.kind === 'call' && node.name === name ? node.args[index] : undefined;
    if (argument === undefined) return false;
    const source = judged.source.slice(argument.range.start, argument.range.end);
    const [unit] = build([{ source, environment }]).units;
    if (!unit?.ok) return true;
    const outcome = unit.run(judged.data);
    return outcome.kind === 'value' && fits(outcome.value);
  });
}

const usesTimes = (expression: Expression): boolean =>
  nodes(expression.root).some((node) => isOpaque(expression.typeOf(node)));

/** A conversion whose operand is a time, or may be one. */
const convertsTime = (expression: Expression, name: string): boolean =>
  usesTimes(expression) &&
  nodes(expression.root).some(
    (node) =>
      node.kind === 'call' &&
      node.name === name &&
      node.args.some((operand) => {
        const type = expression.typeOf(operand);
        return isOpaque(type) || type.kind === 'dyn';
      }),
  );

export const defects: readonly Defect[] = [
  // A timestamp is a Date there, and a duration's seconds and nanoseconds may be of two signs; neither has bounds.
  {
    name: 'marcbachmann: times are cut to milliseconds and not normalized',
    oracle: 'marcbachmann',
    explains: ({ expression }) => usesTimes(expression),
  },
  // Protobuf's JSON has three, six or nine digits of a second; cel-go has as many as are needed.
  {
    name: 'bufbuild: string() of a time pads its fraction',
    oracle: 'bufbuild',
    explains: ({ expression }) => convertsTime(expression, 'string'),
  },
  // Go, and so CEL, reads no duration from a text without a number.
  {
    name: 'bufbuild: a duration without a number is 0',
    oracle: 'bufbuild',
    explains: (judged) => hasArgument(judged, 'duration', 0, (text) => /^[-+]?$/.test(String(text))),
  },
  {
    name: 'bufbuild: 30 February is 2 March',
    oracle: 'bufbuild',
    explains: ({ ours, source, data }) =>
      ours.kind === 'error' && (source + JSON.stringify(data)).includes('-02-30T'),
  },
  // A Date has milliseconds: of 0.9999 seconds it makes the next second.
  {
    name: 'bufbuild: parts of a time round its nanoseconds',
    oracle: 'bufbuild',
    explains: ({ expression, source, data }) =>
      nodes(expression.root).some((node) => node.kind === 'call' && /^get[A-Z]/.test(node.name)) &&
      /\.999999999|0\.000000001|[mun]s/.test(source + JSON.stringify(data)),
  },
  // JavaScript's Date takes the years 0 to 99 for those of the last century.
  {
    name: 'bufbuild: parts of a time in the first century are those of 1900 years later',
    oracle: 'bufbuild',
    explains: ({ expression, source, data }) =>
      nodes(expression.root).some((node) => node.kind === 'call' && /^get[A-Z]/.test(node.name)) &&
      /000[01]-/.test(source + JSON.stringify(data)),
  },
  // Milliseconds are taken where CEL has seconds, and there is no int of a duration in CEL, nor a duration of an int.
  {
    name: 'bufbuild: other conversions between times and numbers',
    oracle: 'bufbuild',
    explains: ({ expression }) =>
      ['timestamp', 'duration', 'int'].some((name) => convertsTime(expression, name)),
  },
  // The profile's own limit, and no defect: the oracles count in 64 bits.
  {
    name: 'int beyond 2^53 is an overflow here',
    oracle: 'both',
    explains: ({ ours }) => ours.kind === 'error' && ours.code === 'overflow',
  },
  // The same, where && or || meets an overflow on one side and another error on the other: it tells of one.
  {
    name: 'int beyond 2^53, behind another error',
    oracle: 'both',
    explains: ({ ours, expression }) =>
      ours.kind === 'error' &&
      calls(expression, '_&&_', '_||_') &&
      nodes(expression.root).some(
        (node) =>
          node.kind === 'call' &&
          ['_*_', '_+_', '_-_', '-_', 'int'].includes(node.name) &&
          expression.typeOf(node).kind === 'int',
      ),
  },
  // A list or a map is in no map; that is false, and no error.
  {
    name: 'bufbuild: in a map, what can be no key is an error',
    oracle: 'bufbuild',
    explains: ({ theirs }) =>
      theirs.kind === 'error' && /no matching overload for '@in'/.test(theirs.message),
  },
  // `has(m.k)` and `k in m` say false for a key whose value is null; reading it gives no value.
  {
    name: 'bufbuild: a null member is taken for a missing one',
    oracle: 'bufbuild',
    explains: ({ expression, source, data }) =>
      (calls(expression, '@in') ||
        nodes(expression.root).some((node) => node.kind === 'select' && node.test)) &&
      (source + JSON.stringify(data)).includes('null'),
  },
  // charAt, substring, indexOf and lastIndexOf count UTF-16 units in both; the language counts code points.
  {
    name: 'both: strings are indexed by UTF-16 unit',
    oracle: 'both',
    explains: (judged) =>
      isWide(judged) &&
      calls(judged.expression, 'charAt', 'substring', 'indexOf', 'lastIndexOf', 'split', 'replace'),
  },
  // A surrogate pair sorts below U+E000..U+FFFF by UTF-16 unit, above it by code point.
  {
    name: 'both: strings are ordered by UTF-16 unit',
    oracle: 'both',
    explains: (judged) => isWide(judged) && calls(judged.expression, '_<_', '_<=_', '_>_', '_>=_'),
  },
  // lowerAscii and upperAscii change all of Unicode.
  {
    name: 'marcbachmann: lowerAscii and upperAscii are not ASCII only',
    oracle: 'marcbachmann',
    explains: ({ expression, source, data }) =>
      calls(expression, 'lowerAscii', 'upperAscii') && /[^\0-\x7f]|\\u/.test(source + strings(data)),
  },
  // An object's own member `constructor` is taken for its class, so that its type is unknown and its members are not found.
  {
    name: 'marcbachmann: a member named constructor hides the type',
    oracle: 'marcbachmann',
    explains: (judged) => hasKey(judged, 'constructor'),
  },
  // `a == b in c` is read as `a == (b in c)`; relations are of one level and associate to the left.
  {
    name: 'marcbachmann: in binds tighter than other relations',
    oracle: 'marcbachmann',
    explains: ({ expression }) =>
      nodes(expression.root).some((node) => isRelation(node) && children(node).some(isRelation)),
  },
  // double('a') is NaN, double('') is 0; int('') is 0, int(' 1') is 1.
  {
    name: 'bufbuild: double() and int() take any string that JavaScript converts',
    oracle: 'bufbuild',
    explains: ({ expression, ours }) => ours.kind === 'error' && convertsString(expression, 'double', 'int'),
  },
  {
    name: "marcbachmann: int('') is 0",
    oracle: 'marcbachmann',
    explains: ({ expression, ours }) => ours.kind === 'error' && convertsString(expression, 'int'),
  },
  // `int(([] + doubles)[0])` is the double as it is: an element of the sum is taken for an int when overloads are chosen.
  {
    name: 'marcbachmann: int() of an element of [] + list converts nothing',
    oracle: 'marcbachmann',
    explains: ({ expression, theirs }) =>
      theirs.kind === 'value' &&
      calls(expression, 'int') &&
      nodes(expression.root).some(
        (node) =>
          node.kind === 'call' &&
          node.name === '_+_' &&
          node.args.some((part) => part.kind === 'list' && children(part).length === 0),
      ),
  },
  // JavaScript compares true with a length, and finds element 1.
  {
    name: 'bufbuild: a list takes a bool for an index',
    oracle: 'bufbuild',
    explains: ({ ours, expression }) =>
      ours.kind === 'error' &&
      nodes(expression.root).some(
        (node) => node.kind === 'index' && expression.typeOf(node.index).kind === 'dyn',
      ),
  },
  // No text is laid down for an infinite double: Infinity here and in bufbuild, +Inf there.
  {
    name: 'marcbachmann: another text for infinity',
    oracle: 'marcbachmann',
    explains: ({ source, expression, data }) =>
      calls(expression, 'string') && /[*/]|e\+?308/.test(source + JSON.stringify(data)),
  },
  // `has(x.k)` and `x.?k` of a string, a list or null: an error to cel-go (no such overload), absence to these two.
  {
    name: 'both: has() and .? of what is not a map find nothing',
    oracle: 'both',
    explains: ({ ours, expression }) =>
      ours.kind === 'error' &&
      nodes(expression.root).some(
        (node) =>
          node.kind === 'select' &&
          (node.test || node.optional) &&
          expression.typeOf(node.operand).kind === 'dyn',
      ),
  },
  // cel-go evaluates a bound value when it is first used, so that an unused one cannot fail.
  {
    name: 'marcbachmann: cel.bind evaluates what nobody uses',
    oracle: 'marcbachmann',
    explains: ({ ours, theirs, expression }) =>
      ours.kind === 'value' &&
      theirs.kind === 'error' &&
      nodes(expression.root).some((node) => node.kind === 'bind'),
  },
  // `-(-x)` is taken for x, whatever x is.
  {
    name: 'bufbuild: two negations are dropped unread',
    oracle: 'bufbuild',
    explains: ({ expression }) =>
      nodes(expression.root).some(
        (node) =>
          node.kind === 'call' && ['-_', '!_'].includes(node.name) && isCallOf(node.args[0], node.name),
      ),
  },
  // `list[?true]` and `'a'[?0]` are not absent elements, but what cannot be indexed so.
  {
    name: 'marcbachmann: an optional index that does not fit is absent',
    oracle: 'marcbachmann',
    explains: ({ ours, expression }) =>
      ours.kind === 'error' &&
      nodes(expression.root).some(
        (node) =>
          node.kind === 'index' &&
          node.optional &&
          [node.operand, node.index].some((part) => expression.typeOf(part).kind === 'dyn'),
      ),
  },
  // `m[x]` and `x in m` make a string of x: [] finds the key '', and an object with a member toString throws.
  {
    name: 'marcbachmann: JavaScript makes a string of what can be no key',
    oracle: 'marcbachmann',
    explains: ({ expression }) =>
      nodes(expression.root).some((node) => {
        const [first, second] = children(node);
        const [map, key] = isCallOf(node, '@in')
          ? [second, first]
          : node.kind === 'index'
            ? [first, second]
            : [];
        return (
          map !== undefined &&
          key !== undefined &&
          ['map', 'dyn'].includes(expression.typeOf(map).kind) &&
          expression.typeOf(key).kind !== 'string'
        );
      }),
  },
  // Replacing '' does not advance: Go, and so CEL, puts the replacement around every character. What comes of the
  // wrong text may be a wrong value or, past its end, an error.
  {
    name: 'bufbuild: replace loops in place on an empty string',
    oracle: 'bufbuild',
    explains: (judged) => hasArgument(judged, 'replace', 0, (search) => search === ''),
  },
  // A negative limit means no limit; here it replaces nothing.
  {
    name: 'bufbuild: replace takes a negative limit for none at all',
    oracle: 'bufbuild',
    explains: (judged) => hasArgument(judged, 'replace', 2, (limit) => Number(limit) < 0),
  },
];
