import type { RecordType } from '@claimsmith/cel';
import type { PolicySource } from '../policy.ts';

/** The type of one answer of a source: with `each`, of the answer for one element. */
export function oneAnswer({ returns, each }: PolicySource): RecordType {
  const answers = each && returns.fields['answers']?.type;
  const isRecord = answers?.kind === 'list' && answers.element.kind === 'record';
  return isRecord ? answers.element : returns;
}
