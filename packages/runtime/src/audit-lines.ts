import type { AuditText } from './audit-record.ts';

/**
 * A record as lines of JSON. One that does not fit a line is split: each part has the first two members, and a list or map may
 * go on in the next part. A single text that is too long is not cut.
 *
 * @param members of {@link auditMembers}
 * @param limit the most characters of a line
 */
export function auditLines([policy, id, ...members]: readonly AuditText[], limit: number): string[] {
  const head = `{${policy}${id}`;
  const room = limit - head.length - ',"part":"99/99"}'.length;
  const bodies: string[] = [];
  let body = '';
  for (const member of members) {
    const [begin, elements, end] = typeof member === 'string' ? ([member, [''], ''] as const) : member;
    let start = begin;
    for (const element of elements) {
      if (body !== '' && body.length + start.length + element.length + end.length > room) {
        bodies.push(start === begin ? body : body + end);
        body = '';
        start = begin;
      }
      body += start + element;
      start = ',';
    }
    body += end;
  }
  bodies.push(body);
  return bodies.map(
    (text, i) => `${head}${bodies.length > 1 ? `,"part":"${i + 1}/${bodies.length}"` : ''}${text}}`,
  );
}
