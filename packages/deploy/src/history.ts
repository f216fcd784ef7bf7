import type { Known } from '@claimsmith/core';
import type { JournalRecord } from './journal-record.ts';

/** One run that wrote to a place. */
export interface Release {
  readonly number: number;
  readonly at: string;
  readonly by: 'apply' | 'rollback' | 'destroy';
  readonly policy: string;
  readonly revision: string | undefined;
  readonly restores: number | undefined;
  /** What was there before it. */
  readonly from: readonly Known[];
  /** What it left, and what was accepted since; undefined if it is the last one, or was not finished. */
  readonly to: readonly Known[] | undefined;
  /** Whether it ended with nothing left to do. */
  readonly isDone: boolean;
  /** Changes that it began, in their order; those that it also finished have `isDone`. */
  readonly writes: readonly { readonly key: string; readonly change: string; readonly isDone: boolean }[];
}

/** What a journal says about a place. */
export interface History {
  readonly releases: readonly Release[];
  /** Everything as the journal last saw it, by key. Empty without a release. */
  readonly last: ReadonlyMap<string, Known>;
}

/** Reads the records of a journal, in their order. Pure. */
export function historyOf(records: readonly JournalRecord[]): History {
  const releases: Draft[] = [];
  let last = new Map<string, Known>();
  for (const record of records) {
    const release = releases.at(-1);
    if (record.kind === 'start' && release !== undefined && record.release === release.number) {
      // It goes on with what was not finished.
      releases[releases.length - 1] = { ...draftOf(record), from: release.from, writes: release.writes };
    } else if (record.kind === 'start') {
      if (release?.isDone === true) release.to = [...last.values()];
      releases.push(draftOf(record));
      last = byKey(record.from);
    } else if (record.kind === 'write') {
      release?.writes.push({ key: record.key, change: record.change, isDone: false });
    } else if (record.kind === 'end') {
      if (release !== undefined) release.isDone = record.isDone;
      last = byKey(record.to);
    } else {
      if (record.now === undefined) last.delete(record.key);
      else last.set(record.key, record.now);
      const write = release?.writes.at(-1);
      if (record.kind === 'done' && write?.key === record.key) write.isDone = true;
    }
  }
  return { releases, last };
}

type Draft = {
  -readonly [Name in keyof Release]: Name extends 'writes'
    ? { readonly key: string; readonly change: string; isDone: boolean }[]
    : Release[Name];
};

function draftOf(record: Extract<JournalRecord, { kind: 'start' }>): Draft {
  const { release: number, at, by, policy, revision, restores, from } = record;
  return { number, at, by, policy, revision, restores, from, to: undefined, isDone: false, writes: [] };
}

function byKey(resources: readonly Known[]): Map<string, Known> {
  return new Map(resources.map((resource) => [resource.key, resource]));
}

/** What a rollback restores. */
export interface Restored {
  /** The number of the release; 0: what was there before the first one. */
  readonly release: number;
  readonly snapshot: readonly Known[];
  readonly revision: string | undefined;
}

/**
 * What a rollback restores: the release before the one that is there, or release `to`. A release that was rolled back
 * counts no more, so a second rollback goes further back; one that was ended midway is finished. A release that was never
 * finished cannot be restored. What somebody changed by hand between two releases is not brought back.
 *
 * @returns undefined if there is no such release
 */
export function restoredBy({ releases }: History, to?: number): Restored | undefined {
  const number = to ?? before(releases);
  const release = releases[number - 1];
  const next = releases[number];
  if (next === undefined || number < 0 || release?.isDone === false) return undefined;
  return {
    release: number,
    snapshot: release?.to === undefined ? next.from : leftBy(release.to, next.from),
    revision: releases[original(number, releases) - 1]?.revision,
  };
}

/** What a release left; and what others had when the next one began, which that one may have taken over. */
function leftBy(to: readonly Known[], from: readonly Known[]): readonly Known[] {
  const left = to.filter(({ owner }) => owner !== 'foreign');
  const keys = new Set(left.map(({ key }) => key));
  return [...left, ...from.filter(({ key, owner }) => owner !== 'ours' && !keys.has(key))];
}

/** The number of the release before the one that is there; -1 if there is none. */
function before(releases: readonly Release[]): number {
  const last = releases.at(-1);
  if (last?.restores !== undefined && !last.isDone) return last.restores;
  let number = original(releases.length, releases) - 1;
  while (releases[number - 1]?.isDone === false) number--;
  return original(number, releases);
}

/** A rollback has the content of the release that it restored. */
function original(number: number, releases: readonly Release[]): number {
  const restores = releases[number - 1]?.restores;
  return restores === undefined || restores >= number ? number : original(restores, releases);
}
