import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../test/support/program.ts';
import type { Environment } from './index.ts';

const STRING = { kind: 'string' } as const;
const BOOL = { kind: 'bool' } as const;

/** Declared fields are read early, once and before loops where that changes nothing … */
const declared: Environment = {
  variables: {
    r: {
      kind: 'record',
      name: 'r',
      fields: {
        a: { type: BOOL },
        b: { type: BOOL },
        s: { type: STRING },
        l: { type: { kind: 'list', element: STRING } },
        inner: { type: { kind: 'record', name: 'r.inner', fields: { a: { type: BOOL } } } },
      },
    },
  },
};
/** … while values of unknown type are read where they stand. Both must come to the same. */
const unknown: Environment = { variables: { r: { kind: 'dyn' } } };

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    fc.constantFrom(
      'r.a',
      'r.b',
      'r.inner.a',
      'has(r.a)',
      'has(r.inner.a)',
      'r.s == "x"',
      'r.s.startsWith("y")',
      'true',
      'false',
      '"x" in r.l',
      'r.?s.orValue("x") == "x"',
      'r.?inner.?a.orValue(r.b)',
      'r.?a == optional.of(true)',
      'r.l.size() > 1',
      'cel.bind(r, r.inner, r.a || !r.a)',
    ),
    fc
      .tuple(tie('expression'), fc.constantFrom('&&', '||', '=='), tie('expression'))
      .map(([a, o, b]) => `(${a} ${o} ${b})`),
    tie('expression').map((a) => `!(${a})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(
        fc.constantFrom('exists', 'all', 'exists_one'),
        tie('expression'),
        fc.constantFrom('v == "x" || ', 'v == r.s && ', ''),
      )
      .map(([macro, body, head]) => `r.l.${macro}(v, ${head}(${body}))`),
    tie('expression').map((a) => `r.l.filter(v, ${a}).exists(w, w == r.s)`),
    tie('expression').map((a) => `r.l.map(v, v + r.s).filter(v, ${a}).size() > 0`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `cel.bind(x, ${a}, (x || ${b}))`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `cel.bind(x, ${a}, (${b} && x == r.a))`),
    fc
      .tuple(tie('expression'), tie('expression'))
      .map(([a, b]) => `cel.bind(r, {"a": ${a}, "s": "x"}, r.a || ${b})`),
    fc
      .tuple(tie('expression'), tie('expression'))
      .map(([a, b]) => `r.?a.optMap(y, y == (${a})).orValue(${b})`),
  ),
}));

const present = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const record = fc.record({
  a: present(fc.boolean()),
  b: present(fc.boolean()),
  s: present(fc.constantFrom('x', 'y')),
  l: present(fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 })),
  inner: present(fc.record({ a: present(fc.boolean()) })),
});

describe('a declared record', () => {
  it('means what an unknown value of the same content means', () => {
    let judged = 0;
    fc.assert(
      fc.property(expression, fc.array(record, { minLength: 6, maxLength: 6 }), (source, records) => {
        const [one, other] = build([
          { source, environment: declared },
          { source, environment: unknown },
        ]).units;
        if (!one?.ok || !other?.ok) return;
        for (const r of records) {
          const ours = one.run({ r });
          const theirs = other.run({ r });
          expect(ours.kind, source).toBe(theirs.kind);
          if (ours.kind === 'value' && theirs.kind === 'value')
            expect(ours.value, source).toEqual(theirs.value);
          judged += 1;
        }
      }),
      { numRuns: 1500 },
    );
    expect(judged).toBeGreaterThan(5000);
  });

  it('cannot fail where that is said', () => {
    fc.assert(
      fc.property(expression, fc.array(record, { minLength: 6, maxLength: 6 }), (source, records) => {
        const [unit] = build([{ source, environment: declared }]).units;
        if (!unit?.ok || unit.expression.canFail) return;
        for (const r of records) expect(unit.run({ r }).kind, source).toBe('value');
      }),
      { numRuns: 1500 },
    );
  });
});
