import { type Change, isMapping, type Json } from '@claimsmith/core';
import { isCode, isSame, isSecret, memberOf } from './same.ts';

/** One field that a change sets, as people see it. Secrets are masked. */
export interface FieldChange {
  /** `secrets.API_KEY`; empty for the whole. */
  readonly field: string;
  readonly before: FieldValue;
  readonly after: FieldValue;
}

/** Undefined: the field is not there. */
export type FieldValue =
  | { readonly kind: 'secret' }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Json }
  | undefined;

/** What a change sets, field by field: objects are opened, lists are compared as a whole. */
export function fieldsOf({ before, after }: Pick<Change, 'before' | 'after'>): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compare(before?.image, after?.image, '', changes);
  return changes;
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  field: string,
  into: FieldChange[],
): void {
  if (isSame(before, after)) return;
  const keys = [before, after].map((side) => (isOpen(side) ? Object.keys(side) : undefined));
  const [left, right] = keys;
  const isOpened =
    (left !== undefined || before === undefined) && (right !== undefined || after === undefined);
  const all = [...new Set([...(left ?? []), ...(right ?? [])])];
  if (!isOpened || all.length === 0) {
    into.push({ field, before: fieldValue(before), after: fieldValue(after) });
    return;
  }
  for (const key of all) {
    const name = field === '' ? key : `${field}.${key}`;
    compare(memberOf(before, key), memberOf(after, key), name, into);
  }
}

function isOpen(image: Json | undefined): image is { readonly [key: string]: Json | undefined } {
  return isMapping(image) && !isSecret(image) && !isCode(image);
}

function fieldValue(image: Json | undefined): FieldValue {
  if (image === undefined) return undefined;
  if (isSecret(image)) return { kind: 'secret' };
  if (isCode(image)) return { kind: 'code', text: image.$code };
  return { kind: 'value', value: image };
}
