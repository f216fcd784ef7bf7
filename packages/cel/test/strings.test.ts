import type { Environment } from '@claimsmith/cel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from './support/program.ts';

/**
 * Both fuzz oracles count strings in UTF-16 units, so that code points need a reference of their own:
 * here a string is the list of its code points.
 */
interface Given {
  readonly s: string;
  readonly t: string;
  readonly i: number;
  readonly j: number;
}

const STRING = { kind: 'string' } as const;
const INT = { kind: 'int' } as const;
const environment: Environment = { variables: { s: STRING, t: STRING, i: INT, j: INT } };
const ERROR = Symbol('error');

const points = (text: string): string[] => Array.from(text);
const isAt = (text: string[], part: string[], index: number): boolean =>
  part.every((point, offset) => text[index + offset] === point);
const places = (text: string, part: string): number[] =>
  Array.from({ length: points(text).length + 1 }, (_, index) => index).filter((index) =>
    isAt(points(text), points(part), index),
  );

function compare(left: string, right: string): number {
  const [a, b] = [points(left), points(right)];
  const at = a.findIndex((point, index) => point !== b[index]);
  if (at < 0) return a.length - b.length;
  return (a[at]?.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? -1);
}

const laws: Readonly<Record<string, (given: Given) => unknown>> = {
  'size(s)': ({ s }) => points(s).length,
  's.charAt(i)': ({ s, i }) => (i < 0 || i > points(s).length ? ERROR : (points(s)[i] ?? '')),
  's.substring(i)': ({ s, i }) => (i < 0 || i > points(s).length ? ERROR : points(s).slice(i).join('')),
  's.substring(i, j)': ({ s, i, j }) =>
    i < 0 || j > points(s).length || i > j ? ERROR : points(s).slice(i, j).join(''),
  's.indexOf(t)': ({ s, t }) => places(s, t)[0] ?? -1,
  's.lastIndexOf(t)': ({ s, t }) => places(s, t).at(-1) ?? -1,
  's.contains(t)': ({ s, t }) => places(s, t).length > 0,
  's.startsWith(t)': ({ s, t }) => isAt(points(s), points(t), 0),
  's.endsWith(t)': ({ s, t }) => places(s, t).includes(points(s).length - points(t).length),
  's < t': ({ s, t }) => compare(s, t) < 0,
  '"" + s + "" < "\uffff" + t': ({ s, t }) => compare(s, `\uffff${t}`) < 0,
  's >= t': ({ s, t }) => compare(s, t) >= 0,
  's == t': ({ s, t }) => compare(s, t) === 0,
  's.split("")': ({ s }) => points(s),
  's.replace("", t)': ({ s, t }) => ['', ...points(s), ''].join(t),
  's.lowerAscii()': ({ s }) => s.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  's.upperAscii()': ({ s }) => s.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
};

/** Few different characters, so that one string occurs in another; two beyond the BMP, two around the surrogates. */
const text = fc.string({
  unit: fc.constantFrom('a', 'B', 'é', '\ud7ff', '\uffff', '😀', '😁', ' '),
  maxLength: 6,
});
const index = fc.integer({ min: -1, max: 7 });

describe('strings are lists of code points', () => {
  const sources = Object.keys(laws);
  const { units } = build(sources.map((source) => ({ source, environment })));
  it.each(sources)('%s', (source) => {
    const unit = units[sources.indexOf(source)];
    const law = laws[source];
    if (!unit?.ok || !law) throw new Error(`${source} does not compile`);
    fc.assert(
      fc.property(fc.record({ s: text, t: text, i: index, j: index }), (given) => {
        const outcome = unit.run(given);
        expect(outcome.kind === 'value' ? outcome.value : outcome.kind === 'error' ? ERROR : outcome).toEqual(
          law(given),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
