import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columns, fill, pad, visible } from './text.ts';

describe('fill', () => {
  test('law: keeps every word in order and no line is wider unless it is one word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (list, width) => {
        const lines = fill(list.join(' '), width);
        expect(lines.join(' ').split(' ')).toEqual(list);
        for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true);
      }),
    );
  });
});

describe('columns', () => {
  test('wide characters count twice, marks not at all', () => {
    expect([columns('abc'), columns('日本'), columns('e\u0301'), columns('😀'), columns('한')]).toEqual([
      3, 4, 1, 2, 2,
    ]);
  });

  test('pad counts columns, not units', () => {
    expect(pad('日本', 6)).toBe('日本  ');
  });
});

describe('visible', () => {
  test('control characters and direction marks cannot act on the terminal', () => {
    expect(visible('a\u001b[31mb\nc\u202ed')).toBe('a\\u001b[31mb\\u000ac\\u202ed');
    expect(visible('Grüße 日本 😀')).toBe('Grüße 日本 😀');
  });
});
