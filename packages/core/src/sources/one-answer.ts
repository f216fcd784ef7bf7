import type { Type } from '@claimsmith/cel';
import type { PolicySource } from '../policy.ts';

/** The type of one answer of a source: with `each`, of the answer for one element. */
export function oneAnswer({ returns, each, isList }: PolicySource): Type {
  const field = each !== undefined ? 'answers' : isList ? 'items' : undefined;
  const type = field === undefined ? undefined : returns.fields[field]?.type;
  if (type?.kind !== 'list') return returns;
  return each === undefined ? type : type.element;
}
