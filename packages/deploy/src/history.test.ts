import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyOf, restoredBy } from './history.ts';
import type { JournalRecord } from './journal-record.ts';

const at = '2026-11-29T12:00:00.000Z';

/** What a place has, as one number. */
function thing(content: number) {
  return content === 0 ? [] : [{ key: 'thing', owner: 'ours' as const, image: content }];
}

/** A person who applies, fails to finish, goes on, and rolls back; and the contents that must come out of it. */
class Person {
  readonly records: JournalRecord[] = [];
  content = 0;
  /** The contents of the finished applies that count, in their order; nothing before the first. */
  stack: number[] = [0];
  #next = 1;

  apply(isFinished: boolean): void {
    const { releases } = historyOf(this.records);
    const last = releases.at(-1);
    const isGoingOn = last !== undefined && !last.isDone && last.by === 'apply';
    const release = isGoingOn ? last.number : (last?.number ?? 0) + 1;
    this.records.push({ kind: 'start', release, at, by: 'apply', policy: 'p', from: thing(this.content) });
    this.content = this.#next++;
    if (!isFinished) return;
    this.records.push({ kind: 'end', at, isDone: true, to: thing(this.content) });
  }

  rollback(): number | undefined {
    const restored = restoredBy(historyOf(this.records));
    if (restored === undefined) return undefined;
    const release = (historyOf(this.records).releases.at(-1)?.number ?? 0) + 1;
    const { snapshot, release: restores } = restored;
    this.records.push({
      kind: 'start',
      release,
      at,
      by: 'rollback',
      policy: 'p',
      restores,
      from: thing(this.content),
    });
    const image = snapshot[0]?.image ?? 0;
    this.content = typeof image === 'number' ? image : Number.NaN;
    this.records.push({ kind: 'end', at, isDone: true, to: thing(this.content) });
    return this.content;
  }
}

test('a rollback brings what was there before the last finished apply, also after applies that did not finish', () => {
  const step = fc.constantFrom('apply', 'unfinished', 'rollback');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const person = new Person();
      const finished: number[] = [0];
      let isOpen = false;
      for (const each of steps) {
        if (each === 'rollback') {
          const content = person.rollback();
          if (isOpen) expect(content).toBe(finished.at(-1));
          else if (finished.length > 1) {
            finished.pop();
            expect(content).toBe(finished.at(-1));
          } else expect(content).toBeUndefined();
          isOpen = false;
        } else {
          person.apply(each === 'apply');
          if (each === 'apply') finished.push(person.content);
          isOpen = each === 'unfinished';
        }
      }
    }),
  );
});

test('a run that goes on keeps what was there before it began', () => {
  const person = new Person();
  person.apply(true);
  person.apply(false);
  person.apply(true);
  expect(historyOf(person.records).releases.map(({ number, isDone }) => [number, isDone])).toEqual([
    [1, true],
    [2, true],
  ]);
  expect(person.rollback()).toBe(1);
});

test('a release that was never finished cannot be named', () => {
  const person = new Person();
  person.apply(true);
  person.apply(false);
  person.rollback();
  person.apply(true);
  expect(restoredBy(historyOf(person.records), 2)).toBeUndefined();
  expect(restoredBy(historyOf(person.records), 1)?.snapshot).toEqual(thing(1));
  expect(restoredBy(historyOf(person.records), 0)?.snapshot).toEqual([]);
  expect(restoredBy(historyOf(person.records), 9)).toBeUndefined();
});

test('what a killed run has finished is known', () => {
  const now = { key: 'a', owner: 'ours' as const, image: { secret: { $secret: 'digest' } } };
  const records: JournalRecord[] = [
    { kind: 'start', release: 1, at, by: 'apply', policy: 'p', from: [] },
    { kind: 'write', change: 'create', key: 'a' },
    { kind: 'done', key: 'a', now },
    { kind: 'write', change: 'create', key: 'b' },
  ];
  const { releases, last } = historyOf(records);
  expect(last.get('a')).toEqual(now);
  expect(last.has('b')).toBe(false);
  expect(releases[0]?.writes).toEqual([
    { key: 'a', change: 'create', isDone: true },
    { key: 'b', change: 'create', isDone: false },
  ]);
});

test('what somebody changed by hand before an apply is not brought back, and what others had that it took over is', () => {
  const mine = (key: string, image: number) => ({ key, owner: 'ours' as const, image });
  const theirs = (key: string, image: number) => ({ key, owner: 'foreign' as const, image });
  const lifetime = (image: number) => ({ key: 'lifetime', owner: 'shared' as const, image });
  const records: JournalRecord[] = [
    { kind: 'start', release: 1, at, by: 'apply', policy: 'p', from: [] },
    { kind: 'end', at, isDone: true, to: [mine('a', 1), mine('b', 1), mine('c', 1), theirs('d', 1)] },
    { kind: 'accept', at, key: 'c', now: mine('c', 7) },
    {
      ...{ kind: 'start', release: 2, at, by: 'apply', policy: 'p' },
      // By hand: a changed, b removed, e put beside with our mark; others have f, and have changed d.
      from: [mine('a', 66), mine('c', 7), theirs('d', 5), mine('e', 66), theirs('f', 5), lifetime(9)],
    },
    { kind: 'end', at, isDone: true, to: [mine('a', 2), mine('f', 2)] },
  ];
  const snapshot = restoredBy(historyOf(records))?.snapshot.toSorted((x, y) => (x.key < y.key ? -1 : 1));
  expect(snapshot).toEqual([
    mine('a', 1),
    mine('b', 1),
    mine('c', 7),
    theirs('d', 5),
    theirs('f', 5),
    lifetime(9),
  ]);
});
