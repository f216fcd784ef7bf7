import { expect, test } from 'vitest';
import { driftOf } from './drift.ts';

const known = { key: 'a', owner: 'ours' as const, image: { x: 1 } };

test('a mark that somebody removed is a change, although all fields are as they were', () => {
  expect(driftOf([known], [{ ...known, owner: 'foreign' }])).toMatchObject([{ key: 'a', kind: 'changed' }]);
  expect(driftOf([known], [{ ...known, rest: { theirs: 2 } }])).toEqual([]);
});
