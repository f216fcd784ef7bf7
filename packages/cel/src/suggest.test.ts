import { describe, expect, it } from 'vitest';
import { suggest } from './index.ts';

describe('suggest', () => {
  it.each([
    ['emial', ['email', 'name'], 'email'],
    ['startWith', ['startsWith', 'endsWith'], 'startsWith'],
    ['EMAIL', ['email'], 'email'],
    ['usr', ['user', 'org'], 'user'],
    ['zip', ['country', 'name'], undefined],
    ['x', ['y', 'abc'], 'y'],
    ['', ['a'], 'a'],
    ['email', [], undefined],
    ['onMisssing', ['onMissing', 'kind'], 'onMissing'],
  ])('%s among %j is %s', (name, candidates, expected) => {
    expect(suggest(name, candidates)).toBe(expected);
  });
});
