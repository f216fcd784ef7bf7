import type { Literal } from '../spec/schema.ts';

/** A constant as ES5 source on one line: JSON, with characters escaped that JavaScript does not allow. */
export function js(value: Literal): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(js).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([key, member]) => `${propertyKey(key)}: ${js(member)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A key of an object literal, without quotes if ES3 allows it. */
export function propertyKey(name: string): string {
  // In a literal, this key would set the prototype. The reader of specs refuses it.
  if (name === '__proto__') throw new Error('__proto__ cannot be a key in a program');
  return isPlainName(name) ? name : text(name);
}

/** The member of a program's context that has a field of the identity context: `subject_type` is `subjectType`. */
export function memberOf(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `.name` or `["any name"]`. */
export function propertyAccess(name: string): string {
  return isPlainName(name) ? `.${name}` : `[${text(name)}]`;
}

function text(value: string): string {
  const inner = JSON.stringify(value)
    .slice(1, -1)
    .replace(/\\"/g, '"')
    .replace(/'/g, "\\'")
    .replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
  return `'${inner}'`;
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name) && !reserved.has(name);
}

const reserved = new Set(
  (
    'abstract boolean break byte case catch char class const continue debugger default delete do double else enum ' +
    'export extends false final finally float for function goto if implements import in instanceof int interface ' +
    'let long native new null package private protected public return short static super switch synchronized ' +
    'this throw throws transient true try typeof var void volatile while with yield'
  ).split(' '),
);
