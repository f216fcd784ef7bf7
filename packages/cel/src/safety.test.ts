import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../test/support/program.ts';
import { compile, type Environment } from './index.ts';

const STRING = { kind: 'string' } as const;
const environment: Environment = {
  variables: {
    json: { kind: 'dyn' },
    map: { kind: 'map', key: STRING, value: { kind: 'dyn' } },
    key: STRING,
    record: {
      kind: 'record',
      name: 'record',
      fields: { known: { type: STRING }, constructor: { type: STRING } },
    },
  },
};

/** Every name that an object, list, string, number, truth value or function inherits. */
const INHERITED = [
  ...new Set(
    [Object, Array, String, Number, Boolean, Function].flatMap((type) => [
      ...Object.getOwnPropertyNames(type.prototype),
      ...Object.getOwnPropertyNames(type),
    ]),
  ),
  'caller',
  '__proto__',
];

function run(source: string, variables: object): unknown {
  const [unit] = build([{ source, environment }]).units;
  if (!unit?.ok) throw new Error(`${source}: ${unit?.problems.map(({ message }) => message).join('; ')}`);
  const outcome = unit.run(variables);
  if (outcome.kind === 'crash') throw outcome.thrown;
  return outcome.kind === 'value' ? outcome.value : outcome.code;
}

const hosts: readonly (readonly [string, unknown])[] = [
  ['an object', { a: 1 }],
  ['an object without prototype', Object.assign(Object.create(null), { a: 1 })],
  ['a list', [1, 2]],
  ['a string', 'text'],
  ['a number', 1],
  ['a truth value', true],
  ['null', null],
];

describe('inherited names', () => {
  it.each(hosts)('are not there in %s', (_, value) => {
    for (const name of INHERITED) {
      const json = { json: value, key: name };
      expect(run('json[?key].hasValue()', json) === true, name).toBe(false);
      expect(run('json[key] == null || true', json)).toBe(true);
      expect(
        ['no_such_key', 'invalid_argument', 'no_matching_overload', 'index_out_of_bounds'],
        name,
      ).toContain(run('json[key]', json));
      expect(run('key in json', json) === true, name).toBe(false);
      if (name === '__proto__') continue;
      expect(run(`json.\`${name}\``, json), name).toBe('no_such_key');
      expect(run(`has(json.\`${name}\`)`, json) === true, name).toBe(false);
    }
  });

  it('are not there in a map or a constant table', () => {
    for (const key of INHERITED) {
      expect(run('map[key]', { map: { a: 1 }, key })).toBe('no_such_key');
      expect(run('{"a": 1}[key]', { key })).toBe('no_such_key');
      expect(run('{"a": 1}[?key].hasValue()', { key })).toBe(false);
      expect(run('key in {"a": 1}', { key })).toBe(false);
      expect(run('key in map', { map: {}, key })).toBe(false);
      expect(run('{"a": json, key: 1}.size()', { json: 1, key }), key).toBe(
        key === '__proto__' ? 'invalid_argument' : 2,
      );
      expect(run('record[key]', { record: { known: 'x', constructor: undefined }, key })).toBe('no_such_key');
    }
  });

  it('are there where the host put them', () => {
    for (const name of INHERITED) {
      if (name === '__proto__') continue;
      const map = JSON.parse(`{"${name}": 7}`);
      expect(run('map[key]', { map, key: name }), name).toBe(7);
      expect(run(`{"${name}": 7}.\`${name}\``, {}), name).toBe(7);
      expect(run('map.map(k, k)', { map }), name).toEqual([name]);
    }
  });
});

describe('__proto__', () => {
  it.each(['json.__proto__', 'has(map.__proto__)', 'map.?__proto__', '{"__proto__": 1}', 'map.`__proto__`'])(
    'is refused in %s',
    (source) => {
      expect(compile(source, environment).ok).toBe(false);
    },
  );

  it('as an own key of parsed JSON is not seen at all', () => {
    const json: unknown = JSON.parse('{"__proto__": {"admin": true}, "a": 1}');
    expect(run('json == {"a": 1}', { json })).toBe(true);
    expect(run('size(json)', { json })).toBe(1);
    expect(run('json.map(k, k)', { json })).toEqual(['a']);
    expect(run('has(json.admin)', { json })).toBe(false);
    expect(run('[optional.of(json)]', { json })).toEqual([{ a: 1 }]);
  });

  it('cannot be set through a computed key', () => {
    expect(run('{key: json}', { key: '__proto__', json: { admin: true } })).toBe('invalid_argument');
  });
});

describe('hostile values', () => {
  it('an own hasOwnProperty, toString or valueOf is never called', () => {
    const json = { hasOwnProperty: 1, toString: 2, valueOf: null, a: 3 };
    expect(run('json.a', { json })).toBe(3);
    expect(run('json == json && json.map(k, k).size() == 4', { json })).toBe(true);
    expect(run('string(json)', { json })).toBe('no_matching_overload');
    expect(run('json + "x"', { json })).toBe('no_matching_overload');
  });

  it('objects without a prototype compare and iterate', () => {
    const json = Object.assign(Object.create(null), { a: [1] });
    expect(run('json == {"a": [1]}', { json })).toBe(true);
    expect(run('json.map(k, k)', { json })).toEqual(['a']);
  });

  it('lone surrogates count as one character', () => {
    const key = 'a\ud800b';
    expect(run('key.size()', { key })).toBe(3);
    expect(run('key.substring(2)', { key })).toBe('b');
    expect(run('key.charAt(1) == key.substring(1, 2)', { key })).toBe(true);
  });

  it('endlessly deep values end in an answer', () => {
    const deep = (levels: number): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level += 1) value = [value];
      return value;
    };
    expect(run('json == map.a', { json: deep(60), map: { a: deep(60) } })).toBe(true);
    expect(run('json == map.a', { json: deep(100_000), map: { a: deep(100_000) } })).toBe(false);
    expect(run('json in [map.a]', { json: deep(100_000), map: { a: deep(100_000) } })).toBe(false);
    expect(run('json.flatten(1000000)', { json: deep(100_000) })).toEqual([1]);
    expect(run('[optional.of(json)]', { json: deep(100_000) })).toBe('invalid_argument');
  });

  it('a null-valued key is there', () => {
    const map = { nothing: null };
    expect(
      run('has(map.nothing) && "nothing" in map && map.nothing == null && map.?nothing.hasValue()', { map }),
    ).toBe(true);
    expect(run('map.size()', { map })).toBe(1);
  });

  it('an undefined value counts as missing', () => {
    const map = { nothing: undefined };
    expect(
      run('has(map.nothing) || "nothing" in map || map.?nothing.hasValue() || map.size() > 0 || map != {}', {
        map,
      }),
    ).toBe(false);
  });

  it('keys that begin with U+0000 are names like others', () => {
    const map: unknown = JSON.parse(
      '{"\\u0000true": 1, "\\u00005": 2, "\\u0000__proto__": {"admin": true}, "a": 3}',
    );
    expect(run('map.exists(k, k.startsWith("b"))', { map })).toBe(false);
    expect(run('map.map(k, k.size())', { map })).toEqual([5, 2, 10, 1]);
    const copy = run('[optional.of(json)]', { json: map });
    expect(JSON.stringify(copy)).toContain('__proto__');
    expect(Array.isArray(copy) && 'admin' in copy[0]).toBe(false);
    expect(run('{json: 1, 5: 2}', { json: '\u00005' })).toBe('invalid_argument');
    expect(run('{json: 1, "5": 2}', { json: 5 })).toBe('duplicate_key');
    expect(run('{json: 1}', { json: 1e300 })).toBe('overflow');
  });

  it('keys that look like numbers stay strings', () => {
    const map = { 10: 'b', 9: 'a' };
    expect(run('map["10"] + map["9"]', { map })).toBe('ba');
    expect(run('map.exists(k, k == "10")', { map })).toBe(true);
  });

  it('whatever JSON comes, an expression gives a value or a CEL error', () => {
    const sources = [
      'json.a.b',
      'json[0]',
      'json.map(x, x)',
      'json.filter(x, x == json)',
      'json == map',
      'json in [1, json]',
      'size(json)',
      'string(json)',
      'int(json)',
      'json + json',
      'json < json',
      '-json',
      '!json',
      'json.a[?0].orValue(1)',
      'json.sort()',
      'json.join(",")',
      'json.distinct()',
      'json.flatten()',
      '{"k": json, ?"o": json.?a}',
      'json.exists(x, x.a > 1.0)',
      'json.all(x, x)',
      'json ? 1 : 2',
      'json.split(",")',
      'sets.contains(json, [json])',
      '[dyn(1), json][0] == json',
      '[optional.of(json)]',
      'json.only(["a"])',
      'map[json]',
      'json.?a.b',
    ];
    const { units } = build(sources.map((source) => ({ source, environment })));
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
        (json, map) => {
          for (const [index, unit] of units.entries()) {
            if (!unit.ok) throw new Error(`${sources[index]}: ${unit.problems[0]?.message}`);
            const outcome = unit.run({ json, map, key: 'a' });
            expect(outcome.kind, sources[index]).not.toBe('crash');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('errors', () => {
  it('carry a code and a place, and no value', () => {
    const [unit] = build([{ source: 'int(key)', environment }]).units;
    const outcome = unit?.ok ? unit.run({ key: 's3cret' }) : undefined;
    expect(outcome).toEqual({ kind: 'error', code: 'conversion', at: 0 });
  });
});
