import type { Change, Resource, WantedResource } from '@claimsmith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allChanges, hasConflict, planOf, wantedOf } from './plan.ts';

const order = ({ kind }: Change) => ({ phase: 0, rank: { create: 0, update: 1, delete: 2 }[kind] });

function resource(key: string, image: Resource['image'], more: Partial<Resource> = {}): Resource {
  return { key, owner: 'ours', image, ...more };
}

function changesOf(resources: readonly Resource[], wanted: readonly WantedResource[], adopt = false) {
  return planOf(resources, { resources: wanted, notices: [] }, { order, adopt });
}

test('what is missing is created, what differs is updated, what is not wanted is deleted', () => {
  const { steps } = changesOf(
    [resource('same', { b: 1, a: [1] }), resource('differs', 1), resource('old', 1)],
    [
      { key: 'same', image: { a: [1], b: 1 } },
      { key: 'differs', image: 2 },
      { key: 'new', image: 1 },
    ],
  );
  expect(steps.map(({ change }) => `${change.kind} ${change.key}`)).toEqual([
    'create new',
    'update differs',
    'delete old',
  ]);
});

test('what is shared or foreign is never deleted', () => {
  const { steps } = changesOf(
    [resource('a', 1, { owner: 'shared' }), resource('b', 1, { owner: 'foreign' })],
    [],
  );
  expect(steps).toEqual([]);
});

test('something foreign under a name of ours is a conflict unless it is adopted, or means the same', () => {
  const foreign = resource('a', 1, { owner: 'foreign' });
  expect(hasConflict(changesOf([foreign], [{ key: 'a', image: 2 }]))).toBe(true);
  expect(changesOf([foreign], [{ key: 'a', image: 2 }]).steps).toEqual([]);
  expect(changesOf([foreign], [{ key: 'a', image: 2 }], true)).toMatchObject({ notices: [], steps: [{}] });
  expect(hasConflict(changesOf([foreign], [{ key: 'a', image: 1 }]))).toBe(false);
});

test('parts are made and removed with the whole, and changed by themselves', () => {
  const wanted = [
    { key: 'scope', image: 1 },
    { key: 'mapper', image: 1, parent: 'scope' },
  ];
  const made = changesOf([], wanted).steps;
  expect(made).toHaveLength(1);
  expect(made[0]?.change.parts.map(({ key }) => key)).toEqual(['mapper']);
  const there = [resource('scope', 1), resource('mapper', 1, { parent: 'scope' })];
  expect(changesOf(there, []).steps.map(({ change }) => [change.key, change.parts.length])).toEqual([
    ['scope', 1],
  ]);
  const [scope, mapper] = wanted.map((each) => ({ ...each, image: 2 }));
  expect(
    changesOf(there, [scope ?? { key: '', image: 0 }, mapper ?? { key: '', image: 0 }]).steps,
  ).toHaveLength(2);
  expect(changesOf([resource('scope', 1)], wanted).steps.map(({ change }) => change.key)).toEqual(['mapper']);
});

test('what others put into something of ours is not deleted with it', () => {
  const plan = changesOf(
    [resource('scope', 1), resource('theirs', 1, { owner: 'foreign', parent: 'scope' })],
    [],
  );
  expect(plan.notices).toMatchObject([{ severity: 'conflict', key: 'theirs' }]);
});

const image = fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer()));
const shelf = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('k', 'l', 'm', 'n', 'o'),
    owner: fc.constantFrom('ours', 'shared'),
    image,
  }),
  { selector: ({ key }) => key },
);

test('after all changes of a plan, the next plan is empty', () => {
  fc.assert(
    fc.property(shelf, shelf, (now, goal) => {
      const wanted = goal.map(({ key, image }) => ({ key, image }));
      const plan = changesOf(now, wanted);
      const made = new Map<string, Resource>(now.map((each) => [each.key, each]));
      for (const { kind, key, after, before } of allChanges(plan)) {
        if (kind === 'delete' || after === undefined) made.delete(key);
        else made.set(key, { ...after, owner: before?.owner ?? 'ours' });
      }
      expect(changesOf([...made.values()], wanted).steps).toEqual([]);
    }),
  );
});

test('an older release keeps the secrets of today, wherever both have one', () => {
  const today = [resource('a', { secrets: { X: { $secret: 'new' }, Y: { $secret: 'y' } }, code: 2 })];
  const snapshot = [resource('a', { secrets: { X: { $secret: 'old' }, Z: { $secret: 'z' } }, code: 1 })];
  expect(wantedOf(snapshot, today).resources).toEqual([
    { key: 'a', image: { secrets: { X: { $secret: 'new' }, Z: { $secret: 'z' } }, code: 1 } },
  ]);
});

test('a shared resource that is gone cannot be brought back, and is not tried', () => {
  expect(wantedOf([resource('rule', 1, { owner: 'shared' })], []).resources).toEqual([]);
});
