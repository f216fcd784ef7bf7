import { parse } from 'acorn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { js, propertyAccess, propertyKey } from './text.ts';

function run(text: string): unknown {
  parse(text, { ecmaVersion: 5 });
  return new Function(`return ${text};`)();
}

const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom("'", '\\"', '\\', '\u2028', '*/', '\ud800', 'class'),
);

test('a constant comes back from ES5 as it was', () => {
  // The reader of specs refuses both: null is not a constant, and __proto__ no key.
  const isConstant = (value: unknown) => !/null|__proto__/.test(JSON.stringify(value));
  const values = fc.oneof(fc.jsonValue(), strings, fc.dictionary(strings, strings)).filter(isConstant);
  fc.assert(
    fc.property(values, (value) => {
      expect(run(`(${js(value as never)})`)).toEqual(value);
    }),
  );
});

test('any name but __proto__ is a key and a property', () => {
  fc.assert(
    fc.property(
      strings.filter((name) => name !== '__proto__'),
      (name) => {
        expect(run(`({ ${propertyKey(name)}: 1 })${propertyAccess(name)}`)).toBe(1);
      },
    ),
  );
  expect(() => propertyKey('__proto__')).toThrow('__proto__');
});
