import { describe, expect, it } from 'vitest';
import { loadSuite } from './conformance/suite.ts';
import { beyondEs5 } from './support/es5.ts';
import { build } from './support/program.ts';

describe('generated text', () => {
  it('of every conformance test is ES5, in syntax and in built-ins', () => {
    const { text } = build(loadSuite().cases);
    expect([...new Set(beyondEs5(text))]).toEqual([]);
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });
});

describe('the check itself', () => {
  it.each([
    ['const a = 1;', 'SyntaxError'],
    ['var f = function () { return () => 1; };', 'SyntaxError'],
    ['var a = new Map();', 'global Map'],
    ['var a = Number.isInteger(1);', 'global Number'],
    ["var a = 'a'.includes('b');", 'method includes'],
    ["eval('1');", 'global eval'],
    ['var a = Math.random();', 'global Math'],
    ["var a = 'a'['at'](0);", 'method of any name'],
  ])('finds the fault of %s', (text, fault) => {
    expect(beyondEs5(text).join()).toContain(fault);
  });

  it('takes what generated code needs, and leaves the library alone', () => {
    const text =
      'function f(v) { var k = []; for (var i = 0; i < v.length; i++) if (own(v, i)) k.push(String(v[i])); return k; }\nfunction own(a, b) { return Object.is(a, b); }';
    expect(beyondEs5(text)).toEqual([]);
  });
});
