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
    ['var a = Number.isInteger(1);', 'Number.isInteger'],
    ["var a = 'a'.includes('b');", 'method includes'],
    ["eval('1');", 'global eval'],
    ['var a = Math.random();', 'Math.random'],
  ])('finds the fault of %s', (text, fault) => {
    expect(beyondEs5(text).join()).toContain(fault);
  });

  it('takes ES5', () => {
    const text =
      'function f(v) { var k; for (k in v) if (Object.prototype.hasOwnProperty.call(v, k)) return [k].concat(v.map); return Math.floor(1.5); }';
    expect(beyondEs5(text)).toEqual([]);
  });
});
