import { expect, test } from 'vitest';
import { scopePattern } from './scope-pattern.ts';

test('a scope without placeholder is one literal piece', () => {
  expect(scopePattern('payments.approve')).toEqual({ pattern: ['payments.approve'], placeholders: [] });
});

test('placeholders stand between literal pieces', () => {
  expect(scopePattern('account:{id}:read')).toEqual({ pattern: ['account:', ':read'], placeholders: ['id'] });
  expect(scopePattern('doc.{a}/{b}')).toEqual({ pattern: ['doc.', '/', ''], placeholders: ['a', 'b'] });
});

test.each([
  ['{account}.read', 'must begin with fixed text'],
  ['a.{x}{y}', 'some text between'],
  ['a.{x}.{x}', 'stands twice'],
  ['a.{x', 'a name in braces'],
  ['a.{1}', 'a name in braces'],
  ['two words', 'printable ASCII'],
  ['quo"te', 'printable ASCII'],
  ['', 'printable ASCII'],
])('%s is refused', (name, reason) => {
  expect(scopePattern(name)).toContain(reason);
});
