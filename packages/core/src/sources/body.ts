import { type Expression, formatType, type Type } from '@claimsmith/cel';
import type { Path } from '../finding.ts';
import type { BodyPart } from '../policy.ts';
import type { BodySpec } from '../spec/schema.ts';
import type { SourceWork } from './work.ts';

/** Compiles the expressions in a body; undefined after reporting errors. */
export function createBody(work: SourceWork, path: Path, body: BodySpec): BodyPart | undefined {
  if (typeof body === 'string') return createLeaf(work, path, body);
  if (typeof body !== 'object') return { kind: 'constant', value: body };
  const parts = Object.entries(body).map(([key, part]) => {
    const at = [...path, Array.isArray(body) ? Number(key) : key];
    return [key, createBody(work, at, part)] as const;
  });
  const whole = parts.flatMap(([key, part]) => (part === undefined ? [] : [[key, part] as const]));
  if (whole.length < parts.length) return undefined;
  return Array.isArray(body)
    ? { kind: 'list', items: whole.map(([, part]) => part) }
    : { kind: 'mapping', members: Object.fromEntries(whole) };
}

function createLeaf(work: SourceWork, path: Path, text: string): BodyPart | undefined {
  const expression = work.read(path, text);
  if (expression === undefined) return undefined;
  if (isJson(expression.type)) return { kind: 'expression', expression };
  work.report({
    rule: 'TE010',
    severity: 'error',
    message: `A body cannot carry a value of the type ${formatType(expression.type)}.`,
    range: work.source.value(path),
    help: 'Give it as text, a number, a truth value, or a list or map of them.',
  });
  return undefined;
}

/** Whether every value of a type has the same form in JSON. */
function isJson(type: Type): boolean {
  switch (type.kind) {
    case 'list':
      return isJson(type.element);
    case 'map':
      return type.key.kind === 'string' && isJson(type.value);
    default:
      return ['string', 'int', 'double', 'bool', 'dyn'].includes(type.kind);
  }
}

/** The expressions in a body. */
export function expressionsIn(body: BodyPart | undefined): readonly Expression[] {
  switch (body?.kind) {
    case 'expression':
      return [body.expression];
    case 'list':
      return body.items.flatMap(expressionsIn);
    case 'mapping':
      return Object.values(body.members).flatMap(expressionsIn);
    default:
      return [];
  }
}
