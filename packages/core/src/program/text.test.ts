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
  const safe = fc
    .jsonValue()
    .filter(
      (value) =>
        value !== null &&
        !JSON.stringify(value).includes('null') &&
        !JSON.stringify(value).includes('__proto__'),
    );
  fc.assert(
    fc.property(fc.oneof(safe, strings, fc.dictionary(strings, strings)), (value) => {
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
