import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, type Outcome } from '../test/support/program.ts';
import { compile, type Environment, parseDuration, parseTimestamp } from './index.ts';

const environment: Environment = {
  variables: { s: { kind: 'string' }, n: { kind: 'int' }, any: { kind: 'dyn' } },
};

/** What an expression gives, as JSON, or the code of its error. */
function evaluate(source: string, variables: Readonly<Record<string, unknown>> = {}): unknown {
  return evaluateAll([source], variables)[0];
}

function evaluateAll(sources: readonly string[], variables: Readonly<Record<string, unknown>>): unknown[] {
  return build(sources.map((source) => ({ source, environment }))).units.map((unit, index) => {
    if (!unit.ok)
      throw new Error(`${sources[index]}: ${unit.problems.map(({ message }) => message).join('; ')}`);
    return shown(unit.run(variables));
  });
}

function shown(outcome: Outcome): unknown {
  if (outcome.kind === 'crash') throw outcome.thrown;
  return outcome.kind === 'error' ? outcome.code : outcome.value;
}

function problem(source: string): string {
  const compiled = compile(source, environment);
  if (compiled.ok) throw new Error(`${source} compiled`);
  return compiled.problems.map(({ message, help }) => `${message}; ${help}`).join('\n');
}

/** Moments of the years 1 to 9999, to the millisecond. */
const moment = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('timestamps', () => {
  const parts = {
    getFullYear: (date: Date) => date.getUTCFullYear(),
    getMonth: (date: Date) => date.getUTCMonth(),
    getDate: (date: Date) => date.getUTCDate(),
    getDayOfMonth: (date: Date) => date.getUTCDate() - 1,
    getDayOfWeek: (date: Date) => date.getUTCDay(),
    getHours: (date: Date) => date.getUTCHours(),
    getMinutes: (date: Date) => date.getUTCMinutes(),
    getSeconds: (date: Date) => date.getUTCSeconds(),
    getMilliseconds: (date: Date) => date.getUTCMilliseconds(),
    getDayOfYear: (date: Date) => {
      const first = new Date(date);
      first.setUTCMonth(0, 1);
      return Math.round((date.getTime() - first.getTime()) / 86_400_000);
    },
  };
  const names = Object.keys(parts);
  const { units } = build(
    [...names.map((name) => `timestamp(s).${name}()`), 'int(timestamp(s))', 'string(timestamp(s))'].map(
      (source) => ({ source, environment }),
    ),
  );

  it('has the parts that Date has, whatever the moment', () => {
    fc.assert(
      fc.property(moment, (date) => {
        const s = date.toISOString();
        const [found, expected] = [
          units.map((unit) => unit.ok && shown(unit.run({ s }))),
          [
            ...Object.values(parts).map((part) => part(date)),
            Math.floor(date.getTime() / 1000),
            s.replace(/\.?0*Z$/, 'Z'),
          ],
        ];
        expect(found).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads a constant as it reads the same text of a field', () => {
    const digits = fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, '0'));
    const year = fc.constantFrom(
      '0000',
      '0001',
      '1899',
      '1900',
      '2000',
      '2024',
      '2026',
      '9999',
      '10000',
      '-1',
    );
    const zone = fc.oneof(
      fc.constantFrom('Z', 'z', '', '+00:00', '-00:00', '+24:00', '+0100', '-23:59'),
      fc.tuple(fc.constantFrom('+', '-'), digits, digits).map(([sign, h, m]) => `${sign}${h}:${m}`),
    );
    const fraction = fc.constantFrom('', '.', '.1', '.123456789', '.1234567891', ',5', '.000000001');
    const text = fc
      .tuple(year, fc.array(digits, { minLength: 5, maxLength: 5 }), fraction, zone)
      .map(([y, [mo, d, h, mi, s], f, z]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${f}${z}`);
    const small = fc
      .tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 27, max: 32 }), zone, fraction)
      .map(([mo, d, z, f]) => `2023-${String(mo).padStart(2, '0')}-${d}T23:59:59${f}${z}`);
    const [unit] = build([{ source: 'string(timestamp(s))', environment }]).units;
    fc.assert(
      fc.property(fc.oneof(text, small), (s) => {
        const constant = parseTimestamp(s);
        const outcome = unit?.ok === true ? unit.run({ s }) : undefined;
        expect(outcome?.kind).toBe(constant === undefined ? 'error' : 'value');
        if (constant !== undefined) {
          const folded = evaluate(`string(timestamp(${JSON.stringify(s)}))`);
          expect(outcome).toEqual({ kind: 'value', value: folded });
        }
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-06-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '2026-05-01T24:00:00Z',
    '2026-05-01T12:00:00',
    '2026-05-01 12:00:00Z',
    '2026-05-01t12:00:00z',
    '2026-05-01T12:00:00+02',
    '2026-05-01',
    ' 2026-05-01T12:00:00Z',
    '2026-05-01T12:00:00Z\n',
    '٢٠٢٦-05-01T12:00:00Z',
    '',
    '9'.repeat(5_000),
  ])('refuses %j', (s) => {
    expect(evaluate('timestamp(s)', { s })).toBe('conversion');
    expect(parseTimestamp(s)).toBeUndefined();
  });

  it('keeps nanoseconds and applies an offset', () => {
    const s = '2026-01-01T01:30:00.000000001+02:00';
    expect(evaluate('timestamp(s)', { s })).toBe('2025-12-31T23:30:00.000000001Z');
    expect(evaluate('timestamp(s) - duration("2ns")', { s })).toBe('2025-12-31T23:29:59.999999999Z');
    expect(evaluate('timestamp(s) > timestamp("2025-12-31T23:30:00Z")', { s })).toBe(true);
  });

  it('is text in JSON, wherever it stands', () => {
    expect(evaluate('[timestamp(0), timestamp(s)]', { s: '1970-01-01T00:00:01Z' })).toEqual([
      '1970-01-01T00:00:00Z',
      '1970-01-01T00:00:01Z',
    ]);
    expect(evaluate('{"a": dyn(duration("90m")), "b": [optional.of(timestamp(-1))]}')).toEqual({
      a: '5400s',
      b: ['1969-12-31T23:59:59Z'],
    });
    expect(evaluate('any ? dyn(timestamp(0)) : dyn(1)', { any: true })).toBe('1970-01-01T00:00:00Z');
  });

  it('is not a map, a text or a number', () => {
    expect(evaluate('dyn(timestamp(0)).value')).toBe('no_such_key');
    expect(evaluate('has(dyn(timestamp(0)).rest)')).toBe('no_such_key');
    expect(evaluate('size(dyn(timestamp(0)))')).toBe('no_matching_overload');
    expect(evaluate('dyn(timestamp(0)) == dyn("1970-01-01T00:00:00Z")')).toBe(false);
    expect(evaluate('dyn(timestamp(0)) == dyn(duration("0s"))')).toBe(false);
    expect(evaluate('dyn(timestamp(0)) in {"a": 1}')).toBe(false);
    expect(evaluate('any == dyn(timestamp(0))', { any: { type: 'timestamp', value: 0, rest: 0 } })).toBe(
      false,
    );
    expect(evaluate('timestamp(any)', { any: { type: 'timestamp', value: 0, rest: 0 } })).toBe(
      'no_matching_overload',
    );
  });

  it('takes part in what all values can do', () => {
    expect(evaluate('[timestamp(2), timestamp(1)].sort()')).toEqual([
      '1970-01-01T00:00:01Z',
      '1970-01-01T00:00:02Z',
    ]);
    expect(evaluate('timestamp(1) in [timestamp(2), timestamp("1970-01-01T01:00:01+01:00")]')).toBe(true);
    expect(evaluate('[timestamp(1), timestamp(1)].distinct().size()')).toBe(1);
    expect(evaluate('optional.ofNonZeroValue(duration("0s")).hasValue()')).toBe(false);
    expect(evaluate('optional.ofNonZeroValue(timestamp(0)).hasValue()')).toBe(true);
  });
});

describe('values whose type is known only at run time', () => {
  const s = '2026-05-01T12:00:00Z';
  it.each([
    ['timestamp(any) + dyn(duration("1h"))', s, '2026-05-01T13:00:00Z'],
    ['dyn(timestamp(any)) - dyn(timestamp(any))', s, '0s'],
    ['dyn(duration("1h")) - dyn(timestamp(any))', s, 'no_matching_overload'],
    ['dyn(timestamp(any)) + dyn(timestamp(any))', s, 'no_matching_overload'],
    ['dyn(timestamp(any)) < dyn(timestamp(0))', s, false],
    ['dyn(timestamp(any)) < dyn(duration("0s"))', s, 'no_matching_overload'],
    ['dyn(timestamp(any)).getHours()', s, 12],
    ['dyn(duration("90m")).getHours()', s, 1],
    ['any.getHours()', s, 'no_matching_overload'],
    ['any.getFullYear()', s, 'no_matching_overload'],
    ['string(dyn(timestamp(any)))', s, s],
    ['int(dyn(timestamp(any)))', s, 1_777_636_800],
    ['int(dyn(duration("1s")))', s, 'no_matching_overload'],
    ['[dyn(timestamp(any)), dyn(timestamp(0))].sort()[0]', s, '1970-01-01T00:00:00Z'],
    ['timestamp(any)', 1, 'no_matching_overload'],
    ['timestamp(any)', null, 'no_matching_overload'],
    ['duration(any)', '1m', '60s'],
    ['duration(any)', 60, 'no_matching_overload'],
  ])('%s of %j is %j', (source, any, expected) => {
    expect(evaluate(source, { any })).toBe(expected);
  });
});

describe('durations', () => {
  it('are read as Go reads them, exactly', () => {
    const number = fc
      .tuple(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.constantFrom('', '.', '.5', '.000000001', '.123456789'),
      )
      .map(([whole, fraction]) => `${whole}${fraction}`);
    const component = fc
      .tuple(number, fc.constantFrom('ns', 'us', 'µs', 'ms', 's', 'm', 'h', '', 'd'))
      .map((both) => both.join(''));
    const text = fc
      .tuple(fc.constantFrom('', '-', '+'), fc.array(component, { minLength: 1, maxLength: 4 }))
      .map(([sign, components]) => sign + components.join(''));
    const [unit] = build([{ source: 'string(duration(s))', environment }]).units;
    fc.assert(
      fc.property(text, (s) => {
        const constant = parseDuration(s);
        const outcome = unit?.ok === true ? unit.run({ s }) : undefined;
        expect(outcome?.kind).toBe(constant === undefined ? 'error' : 'value');
        if (constant !== undefined && outcome?.kind === 'value') {
          const total = BigInt(constant.seconds) * 10n ** 9n + BigInt(constant.nanos);
          const sign = total < 0n ? '-' : '';
          const size = total < 0n ? -total : total;
          const rest = String(size % 10n ** 9n)
            .padStart(9, '0')
            .replace(/0+$/, '');
          expect(outcome.value).toBe(`${sign}${size / 10n ** 9n}${rest === '' ? '' : `.${rest}`}s`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['duration("9223372036.854775807s")', '9223372036.854775807s'],
    ['duration("-9223372036.854775808s")', '-9223372036.854775808s'],
    ['duration(s)', 'overflow'],
    ['duration("-1.5s").getMilliseconds()', -500],
    ['duration("-1.5s").getSeconds()', -1],
    ['duration("-90m").getHours()', -1],
    ['duration("9223372036s") + duration("1s")', 'overflow'],
    ['timestamp("9999-12-31T23:59:59Z") + duration("1s")', 'overflow'],
    ['timestamp(n)', 'overflow'],
  ])('%s is %j', (source, expected) => {
    expect(evaluate(source, { s: '9223372036.854775808s', n: 2 ** 53 - 1 })).toBe(expected);
  });
});

describe('what the checker says', () => {
  it.each([
    ['timestamp("2026-05-01")', 'timestamp cannot use "2026-05-01"; write "2026-05-01T00:00:00Z"'],
    [
      'timestamp("2016-12-31T23:59:60Z")',
      'timestamp cannot use "2016-12-31T23:59:60Z"; there are no leap seconds in UTC of computers; write :59',
    ],
    ['duration("30d")', 'duration cannot use "30d"; write "720h": a duration has no days'],
    [
      'timestamp(0).getHours("Europe/Berlin")',
      'getHours cannot use "Europe/Berlin"; parts of a time are in UTC; for a fixed offset, add it first: (now + duration("2h")).getHours()',
    ],
    [
      'timestamp(0).getHours("-02:30")',
      'getHours cannot use "-02:30"; parts of a time are in UTC; shift the time first: (time - duration("2h30m"))',
    ],
    [
      'timestamp(0).getHours(s)',
      'getHours takes a constant here; parts of a time are in UTC; for a fixed offset, add it first: (now + duration("2h")).getHours()',
    ],
    ['timestamp(s) > s', '`>` does not accept timestamp and string; write timestamp(s)'],
    ['timestamp(s) < 1000', '`<` does not accept timestamp and int; write timestamp(1000)'],
    ['timestamp(s) + 3600', '`+` does not accept timestamp and int; write duration("3600s")'],
    ['timestamp(s) - timestamp(s) > 60', '`>` does not accept duration and int; write duration("60s")'],
    ['timestamp(s).startsWith("2026")', 'expected string, found timestamp; write string(timestamp(s))'],
    ['{timestamp(s): 1}', 'expected string, found timestamp; the keys of a map are strings'],
    ['timestamp(1.5)', 'expected timestamp or string or int, found double; undefined'],
  ])('%s', (source, expected) => {
    expect(problem(source)).toBe(expected);
  });
});
