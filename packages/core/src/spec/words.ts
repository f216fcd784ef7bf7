import type { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

/**
 * The expected value, in words that complete "`x` must be …". A schema's own error text has priority. Empty if the
 * parts of the issue say more than the whole.
 */
export function expectation(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return types[String(issue.expected)] ?? String(issue.expected);
    case 'invalid_value':
      return alternatives(choices(issue.values));
    case 'invalid_format':
      return issue.format === 'regex'
        ? `text that matches ${issue.pattern ?? 'a pattern'}`
        : `a valid ${issue.format}`;
    case 'too_small':
      return bound(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return bound(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'custom':
      return 'another value';
    default:
      return '';
  }
}

export function choices(values: readonly unknown[]): string[] {
  return values.map((value) => `\`${String(value)}\``);
}

function bound(origin: string, limit: number, comparison: string): string {
  if (origin === 'string') {
    return limit === 1 && comparison === 'at least'
      ? 'text that is not empty'
      : `text of ${comparison} ${limit} characters`;
  }
  if (origin === 'array') return `a list of ${comparison} ${limit} ${limit === 1 ? 'item' : 'items'}`;
  return `${comparison} ${limit}`;
}

/** `a, b or c`. */
export function alternatives(phrases: readonly string[]): string {
  const all = [...new Set(phrases)];
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}

/** What was found instead; text is repeated only if it is a short word. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string') return foundText(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return `the value \`${value}\``;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

function foundText(text: string): string {
  if (text === '') return 'empty text';
  if (!/^[\w.:+-]{1,24}$/.test(text)) return 'this text';
  return /^(?:[-+.\d]+|true|false|null)$/.test(text) ? `the text \`${text}\`` : `\`${text}\``;
}
