import { expect, test } from 'vitest';
import { settingsIn, urlPieces } from './url-template.ts';

test('placeholders are cut out with their place, settings stay text', () => {
  expect(urlPieces('$' + '{BASE}/v1/{user.id}?t={org.id}')).toEqual([
    { kind: 'text', text: '$' + '{BASE}/v1/', offset: 0 },
    { kind: 'expression', text: 'user.id', offset: 12 },
    { kind: 'text', text: '?t=', offset: 20 },
    { kind: 'expression', text: 'org.id', offset: 24 },
    { kind: 'text', text: '', offset: 31 },
  ]);
});

test('braces and quotes inside an expression do not end it', () => {
  const pieces = urlPieces('https://h/{ {"}": user.id}["}"] }/x');
  expect(pieces).toMatchObject([{}, { text: ' {"}": user.id}["}"] ' }, { text: '/x' }]);
});

test('an open brace is told by its place', () => {
  expect(urlPieces('https://h/{user.id')).toEqual({ unclosedAt: 10 });
  expect(urlPieces('https://h/$' + '{NAME')).toEqual({ unclosedAt: 10 });
});

test('settings are found by name', () => {
  expect(settingsIn('Bearer $' + '{A_TOKEN} $' + '{B}')).toEqual(['A_TOKEN', 'B']);
});
