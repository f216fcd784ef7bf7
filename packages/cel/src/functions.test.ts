import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../test/support/program.ts';
import { compile, type Environment } from './index.ts';

const environment: Environment = {
  variables: {
    s: { kind: 'string' },
    d: { kind: 'double' },
    n: { kind: 'int' },
    l: { kind: 'list', element: { kind: 'string' } },
    m: { kind: 'map', key: { kind: 'string' }, value: { kind: 'string' } },
    any: { kind: 'dyn' },
    r: {
      kind: 'record',
      name: 'r',
      fields: { a: { type: { kind: 'string' } }, b: { type: { kind: 'string' } } },
    },
  },
};

function evaluate(source: string, variables: Readonly<Record<string, unknown>> = {}): unknown {
  const [unit] = build([{ source, environment }]).units;
  if (!unit?.ok) throw new Error(`${source}: ${unit?.problems.map(({ message }) => message).join('; ')}`);
  const outcome = unit.run(variables);
  if (outcome.kind === 'crash') throw outcome.thrown;
  return outcome.kind === 'error' ? outcome.code : outcome.value;
}

function problems(source: string): readonly string[] {
  const compiled = compile(source, environment);
  return compiled.ok ? [] : compiled.problems.map(({ message, help }) => `${message}; ${help}`);
}

const variables = {
  s: 'a😀é',
  d: 2.5,
  n: 7,
  l: ['x', 'y', 'x'],
  m: { b: '2', a: '1', constructor: 'own' },
  any: [1.5, 'a', null],
  r: { a: 'A', b: undefined },
};

describe('macros with two variables', () => {
  it.each([
    ['l.transformList(i, v, string(i) + v)', ['0x', '1y', '2x']],
    ['l.transformList(i, v, i > 0, v)', ['y', 'x']],
    ['l.exists(i, v, i == 1 && v == "y")', true],
    ['l.all(i, v, i < 2 || v == "x")', true],
    ['l.existsOne(i, v, v == "y")', true],
    ['l.filter(v, v == "x").exists(i, v, i == 2)', false],
    ['l.filter(v, v == "x").transformList(i, v, i)', [0, 1]],
    ['l.transformList(i, v, i).filter(x, x != 1)', [0, 2]],
    ['l.transformMap(i, v, v)', { 0: 'x', 1: 'y', 2: 'x' }],
    ['m.transformMap(k, v, v + k)', { b: '2b', a: '1a', constructor: 'ownconstructor' }],
    ['m.transformMap(k, v, k != "a", v)', { b: '2', constructor: 'own' }],
    ['m.transformMapEntry(k, v, {v: k})', { 2: 'b', 1: 'a', own: 'constructor' }],
    ['l.transformMapEntry(i, v, i < 2, {v: i})', { x: 0, y: 1 }],
    ['l.transformMapEntry(i, v, {v: i})', 'duplicate_key'],
    ['l.transformMapEntry(i, v, {"__proto__x".substring(0, 9): i})', 'invalid_argument'],
    ['m.exists(k, v, k == "toString")', false],
    ['r.transformMap(k, v, v)', { a: 'A' }],
    ['any.transformList(i, v, v)', [1.5, 'a', null]],
    ['any.transformMap(i, v, i)', { 0: 0, 1: 1, 2: 2 }],
    ['dyn(m).transformList(k, v, v).size()', 3],
    ['dyn(n).all(k, v, true)', 'no_matching_overload'],
    ['[1, 0].exists(i, v, 1 / v == 1)', true],
    ['[0, 2].exists(i, v, 1 / v == 1)', 'divide_by_zero'],
    ['{1: "a", true: "b"}.transformMap(k, v, v)', { 1: 'a', true: 'b' }],
    ['l.transformList(i, l, l.size()).size()', 3],
    ['l.transformList(n, v, n)', [0, 1, 2]],
  ])('%s', (source, expected) => {
    expect(evaluate(source, variables)).toEqual(expected);
  });

  it.each([
    ['l.all(i, i, true)', 'both variables are called `i`; undefined'],
    [
      'l.transformList(v, v)',
      'transformList takes two variables, an optional condition and an expression; write transformList(i, x, …), with x for an item',
    ],
    ['l.transformMapEntry(i, v, v)', 'expected map, found string; write an entry: {key: value}'],
    ['l.transformList(i, v, i + v)', '`+` does not accept int and string; write string(i)'],
    [
      'l.sortBy(x, [x])',
      'expected int, double, string, bool, timestamp or duration, found list(string); undefined',
    ],
  ])('%s is refused', (source, expected) => {
    expect(problems(source)).toEqual([expected]);
  });
});

describe('lists', () => {
  it.each([
    ['l.reverse()', ['x', 'y', 'x']],
    ['l.first()', 'x'],
    ['[].first().orValue("none")', 'none'],
    ['l.last().orValue("none")', 'x'],
    ['lists.range(3)', [0, 1, 2]],
    ['lists.range(0 - 3)', []],
    ['lists.range(n * 1000)', 'invalid_argument'],
    ['l.sortBy(x, x == "x" ? 1 : 0)', ['y', 'x', 'x']],
    ['[3, 1, 2].sortBy(x, -x)', [3, 2, 1]],
    ['["b", "a"].sortBy(x, timestamp(size(x)))', ['b', 'a']],
    ['any.sortBy(x, x)', 'no_matching_overload'],
    ['any.reverse()', [null, 'a', 1.5]],
    ['dyn(s).reverse()', 'é😀a'],
  ])('%s', (source, expected) => {
    expect(evaluate(source, variables)).toEqual(expected);
  });

  it('keeps the order of elements with equal keys', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 60 }), (list) => {
        const expected = list
          .map((text, at) => ({ text, at }))
          .sort((a, b) => a.text.length - b.text.length || a.at - b.at);
        expect(
          evaluate('l.sortBy(x, x.startsWith("") ? int(size(x)) : 0)', {
            l: list.filter((text) => /^[ -~]*$/.test(text)),
          }),
        ).toEqual(expected.map(({ text }) => text).filter((text) => /^[ -~]*$/.test(text)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('numbers', () => {
  it.each([
    ['math.greatest(n, 3, 9)', 9],
    ['math.least([2.5, d])', 2.5],
    ['math.greatest(l.map(x, size(x)))', 1],
    ['math.greatest(l.filter(x, false).map(x, 1))', 'invalid_argument'],
    ['math.greatest(0.0 / 0.0, 1.0)', 'invalid_argument'],
    ['math.greatest(any[0], 1.0)', 1.5],
    ['math.greatest(any)', 'no_matching_overload'],
    ['math.round(-2.5)', -3],
    ['math.round(0.49999999999999994)', 0],
    ['math.round(4503599627370497.0)', 4503599627370497],
    ['int(math.ceil(d))', 3],
    ['math.floor(-d)', -3],
    ['math.trunc(-d)', -2],
    ['math.abs(0 - n)', 7],
    ['math.abs(any[0])', 1.5],
    ['math.sign(-d)', -1],
    ['math.isInf(1.0 / 0.0)', true],
    ['math.isFinite(d)', true],
    ['math.floor(any[1])', 'no_matching_overload'],
  ])('%s', (source, expected) => {
    expect(evaluate(source, variables)).toEqual(expected);
  });
});

describe('Base64 and URLs', () => {
  it('agree with Node on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (s) => {
        const encoded = Buffer.from(s, 'utf8').toString('base64');
        expect(evaluate('base64.encode(s)', { s })).toBe(encoded);
        expect(evaluate('base64.decode(s)', { s: encoded })).toBe(s);
        expect(evaluate('base64.decode(s)', { s: encoded.replace(/=+$/, '') })).toBe(s);
        expect(evaluate('url.decode(url.encode(s))', { s })).toBe(s);
        expect(evaluate('s.reverse()', { s })).toBe([...s].reverse().join(''));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['base64.decode(s)', 'a'],
    ['base64.decode(s)', 'aGVsbG8=='],
    ['base64.decode(s)', 'aGVs bG8='],
    ['base64.decode(s)', '_w=='],
    ['base64.decode(s)', '/w=='],
    ['base64.decode(s)', '===='],
    ['base64.encode(s)', '\ud83d'],
    ['url.decode(s)', '%'],
    ['url.decode(s)', '%ff'],
    ['url.encode(s)', '\ude00'],
  ])('%s refuses %j', (source, s) => {
    expect(evaluate(source, { s })).toBe('conversion');
  });
});
