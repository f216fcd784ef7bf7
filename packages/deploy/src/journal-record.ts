import type { Json } from '@claimsmith/core';
import { z } from 'zod';

const json: z.ZodType<Json> = z.json();

/** A resource as it was. */
const known = z.strictObject({
  key: z.string(),
  owner: z.enum(['ours', 'shared', 'foreign']),
  image: json,
  memo: json.exactOptional(),
  parent: z.string().exactOptional(),
  isBinding: z.literal(true).exactOptional(),
});

/** One line of a journal. */
export const journalRecord = z.discriminatedUnion('kind', [
  /** A run begins to write. */
  z.strictObject({
    kind: z.literal('start'),
    /** Counts the runs of this place, from 1. */
    release: z.int().positive(),
    at: z.iso.datetime(),
    by: z.enum(['apply', 'rollback', 'destroy']),
    policy: z.string(),
    /** Of the policy that it leads to; absent if nothing is left. */
    revision: z.string().exactOptional(),
    /** In a rollback, the release that it restores; 0: what was there before the first one. */
    restores: z.int().min(0).exactOptional(),
    /** Everything that was there before. */
    from: z.array(known),
  }),
  /** It is about to make a change. */
  z.strictObject({
    kind: z.literal('write'),
    change: z.enum(['create', 'update', 'delete']),
    key: z.string(),
    /** Absent if it did not exist. */
    before: known.exactOptional(),
  }),
  /** The change was made, and looked at. */
  z.strictObject({
    kind: z.literal('done'),
    key: z.string(),
    /** Absent if it does not exist any more. */
    now: known.exactOptional(),
  }),
  /** The run has ended by itself. */
  z.strictObject({
    kind: z.literal('end'),
    at: z.iso.datetime(),
    /** Whether nothing is left to do. */
    isDone: z.boolean(),
    /** Everything that is there now. */
    to: z.array(known),
  }),
  /** A person accepts what somebody else changed. */
  z.strictObject({
    kind: z.literal('accept'),
    at: z.iso.datetime(),
    key: z.string(),
    /** Absent if it does not exist any more. */
    now: known.exactOptional(),
  }),
]);
export type JournalRecord = z.output<typeof journalRecord>;
