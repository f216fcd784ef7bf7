/** Laws of publishing, over random histories: what comes of applies, kills, changes by hand, rollbacks and destroys. */
import type { Access, Place } from '@claimsmith/core';
import { driftOf } from '@claimsmith/deploy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publisherOf } from './publisher.ts';
import { openShelf } from './shelf.ts';

type Content = 1 | 2 | 'nothing';
type Step =
  | { readonly kind: 'apply' | 'destroy' | 'rollback'; readonly version: 1 | 2; readonly killedAt: number }
  | { readonly kind: 'meddle' };

const run = fc.record({
  kind: fc.constantFrom('apply' as const, 'apply' as const, 'rollback' as const, 'destroy' as const),
  version: fc.constantFrom(1 as const, 2 as const),
  // Most runs are not killed.
  killedAt: fc.constantFrom(99, 99, 99, 1, 2, 3),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: run },
  { weight: 1, arbitrary: fc.constant({ kind: 'meddle' as const }) },
);

class Killed extends Error {}

/** What must come of a history. */
class Model {
  /** The contents of finished releases that count; nothing before the first. */
  stack: readonly Content[] = ['nothing'];
  /** The last run was killed. A rollback brings what counts now, or finishes the rollback. */
  open: { readonly back: readonly Content[] } | undefined;

  /** What counts after a rollback; its last is what is restored. Empty: there is nothing to go back to. */
  get back(): readonly Content[] {
    return this.open?.back ?? this.stack.slice(0, -1);
  }
}

/** A shelf with a person who publishes there, and the model of it. */
async function openStory() {
  const vendor = await openShelf();
  const model = new Model();
  const publisher = publisherOf({ open: (access) => vendor.place(1, access) });
  const others = await vendor.others();

  /** The place of a version, which dies after a write. */
  const opened = (version: 1 | 2, killedAt: number) => async (access: Access) => {
    const place = await vendor.place(version, access);
    let writes = 0;
    const write: Place['write'] = async (change, now) => {
      await place.write(change, now);
      if (++writes === killedAt) throw new Killed();
    };
    return { ...place, write };
  };

  const assertContent = async (content: Content) => {
    const version = content === 'nothing' ? 1 : content;
    const options = { open: (access: Access) => vendor.place(version, access) };
    const place = await publisher.place(options);
    const { resources } = await place.read();
    if (content === 'nothing') expect(resources.filter(({ owner }) => owner === 'ours')).toEqual([]);
    else expect((await publisher.plan(options)).steps).toEqual([]);
    expect(driftOf([...publisher.reopened().history().last.values()], resources)).toEqual([]);
  };

  const publish = async ({ kind, version, killedAt }: Exclude<Step, { kind: 'meddle' }>) => {
    const { back } = model;
    const restored = back.at(-1);
    if (kind === 'rollback' && restored === undefined) {
      await expect(publisher.rollback()).rejects.toThrow('nothing to restore');
      return;
    }
    const count = publisher.reopened().history().releases.length;
    const options = { open: opened(version, killedAt) };
    try {
      expect((await publisher[kind](options)).stopped).toBeUndefined();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      model.open = { back: kind === 'rollback' ? back : model.stack };
      return;
    }
    const content = kind === 'rollback' ? (restored ?? 'nothing') : kind === 'destroy' ? 'nothing' : version;
    // A run that finds everything in order does not make a release.
    const isNoted = publisher.reopened().history().releases.length > count || model.open !== undefined;
    if (kind === 'rollback') model.stack = back;
    else if (isNoted) model.stack = [...model.stack, content];
    model.open = undefined;
    await assertContent(content);
  };

  return {
    async take(each: Step) {
      if (each.kind !== 'meddle') await publish(each);
      // What is there before the first release would come back with it.
      else if (publisher.reopened().history().releases.length > 0) await vendor.meddle();
      expect(await vendor.others()).toEqual(others);
    },
    async close() {
      publisher.close();
      await vendor.close();
    },
  };
}

test('any history of runs, kills and changes by hand: each finished run leads to what it says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 9 }), async (steps) => {
      const story = await openStory();
      try {
        for (const each of steps) await story.take(each);
      } finally {
        await story.close();
      }
    }),
    { numRuns: 40 },
  );
}, 240_000);
