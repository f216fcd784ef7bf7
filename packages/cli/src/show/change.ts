import type { Change } from '@claimsmith/core';
import { type FieldChange, type FieldValue, fieldsOf } from '@claimsmith/deploy';
import { structuredPatch } from 'diff';
import type { Paint, Terminal } from '../output/terminal.ts';
import { columns, visible } from '../output/text.ts';

/** What a change does, for people: creating a binding is to bind. */
export function verbOf({ kind, before, after }: Change): 'create' | 'update' | 'delete' | 'bind' | 'unbind' {
  const isBinding = (after ?? before)?.isBinding === true;
  if (!isBinding || kind === 'update') return kind;
  return kind === 'create' ? 'bind' : 'unbind';
}

const signs = { create: '+', bind: '+', update: '~', delete: '-', unbind: '-' } as const;
/** Code of a change longer than this is cut. */
const mostCodeLines = 60;
const contextLines = 2;

/** One change as lines of text: what it does, and each field with its old and new value. */
export function changeLines(change: Change, terminal: Terminal, isWhole: boolean): readonly string[] {
  const { paint } = terminal;
  const verb = verbOf(change);
  const style = { '+': paint.good, '~': paint.warn, '-': paint.bad }[signs[verb]];
  const title = `${style(signs[verb])} ${paint.strong(visible(change.key))}  ${paint.faint(verb)}`;
  const fields =
    change.kind === 'create' ? madeLines(change, terminal.width) : changedLines(change, paint, isWhole);
  const parts = change.parts.flatMap((part) => changeLines(part, terminal, isWhole));
  return [title, ...[...fields, ...parts].map((line) => `    ${line}`)];
}

/** The fields of something new, as many on a line as fit. */
function madeLines(change: Change, width: number): readonly string[] {
  const fields = fieldsOf(change).map(({ field, after }) => `${visible(field)}: ${textOf(after)}`);
  const lines: string[] = [];
  for (const field of fields) {
    const joined = lines.length === 0 ? field : `${lines.at(-1)} · ${field}`;
    if (lines.length > 0 && columns(joined) <= width - indent) lines[lines.length - 1] = joined;
    else lines.push(field);
  }
  return lines;
}

/** How far fields stand from the left. */
const indent = 6;

function changedLines(change: Change, paint: Paint, isWhole: boolean): readonly string[] {
  return change.kind === 'delete'
    ? []
    : fieldsOf(change).flatMap((field) => fieldLines(field, paint, isWhole));
}

/** One field: `name: old → new`, and code as a unified diff. */
export function fieldLines(
  { field, before, after }: FieldChange,
  paint: Paint,
  isWhole: boolean,
): readonly string[] {
  const name = field === '' ? '' : `${paint.faint(`${visible(field)}:`)} `;
  if (before?.kind === 'code' && after?.kind === 'code') {
    const lines = diffLines(before.text, after.text);
    const shown = isWhole ? lines : lines.slice(0, mostCodeLines);
    const rest = lines.length - shown.length;
    return [
      `${name}${countOf(lines)}`,
      ...shown.map((line) => `  ${styleOf(line, paint)(visible(line))}`),
      ...(rest > 0 ? [paint.faint(`  … ${rest} more lines; --verbose shows them`)] : []),
    ];
  }
  if (before === undefined) return [`${name}${textOf(after)}`];
  if (after === undefined) return [`${name}${textOf(before)} ${paint.faint('→')} ${paint.bad('removed')}`];
  return [`${name}${textOf(before)} ${paint.faint('→')} ${textOf(after)}`];
}

function countOf(lines: readonly string[]): string {
  const added = lines.filter((line) => line.startsWith('+')).length;
  const removed = lines.filter((line) => line.startsWith('-')).length;
  return `${added} lines added, ${removed} removed`;
}

function styleOf(line: string, paint: Paint) {
  if (line.startsWith('+')) return paint.good;
  if (line.startsWith('-')) return paint.bad;
  return paint.faint;
}

function textOf(value: FieldValue): string {
  if (value === undefined) return '(absent)';
  if (value.kind === 'secret') return '(secret)';
  if (value.kind === 'code') return `${value.text.split('\n').length} lines of code`;
  return typeof value.value === 'string' && /^[^\s"'].*[^\s"']$|^[^\s"']$/.test(value.value)
    ? visible(value.value)
    : visible(JSON.stringify(value.value));
}

/** Two texts as the lines of a unified diff, without file names. */
export function diffLines(before: string, after: string): readonly string[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: contextLines });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
}

/** A change as it is in JSON: secrets are masked, and code is a unified diff. */
export function changeJson(change: Change): object {
  return {
    kind: verbOf(change),
    key: change.key,
    fields: fieldsOf(change).map(fieldJson),
    parts: change.parts.map(changeJson),
  };
}

export function fieldJson({ field, before, after }: FieldChange): object {
  if (before?.kind === 'code' && after?.kind === 'code') {
    return { field, diff: diffLines(before.text, after.text).join('\n') };
  }
  return { field, before: jsonOf(before), after: jsonOf(after) };
}

/** Absent values are left out of JSON. */
function jsonOf(value: FieldValue): unknown {
  if (value?.kind === 'secret') return { secret: true };
  if (value?.kind === 'code') return { lines: value.text.split('\n').length };
  return value?.value;
}
