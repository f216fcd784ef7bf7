import type { AuditMember } from './audit-record.ts';

/**
 * A record as lines of JSON. One that does not fit a line is split: each part has the first two members, and lists and maps
 * go on in the next part. A single text that is too long for a line is not cut. Empty lists and maps are left out.
 *
 * @param limit the most characters of a line
 */
export function auditLines([policy, id, ...members]: readonly AuditMember[], limit: number): string[] {
  const head = JSON.stringify(Object.fromEntries([policy ?? [], id ?? []])).slice(0, -1);
  const room = limit - head.length - ',"part":"99/99"}'.length;
  const bodies: string[] = [];
  let body = '';
  for (const [name, value] of members) {
    const [open, pieces, close] = piecesOf(value);
    const begun = `,"${name}":${open}`;
    let isOpen = false;
    for (const piece of pieces) {
      const next = isOpen ? `,${piece}` : begun + piece;
      if (body !== '' && body.length + next.length + close.length > room) {
        bodies.push(isOpen ? body + close : body);
        body = begun + piece;
      } else body += next;
      isOpen = true;
    }
    if (isOpen) body += close;
  }
  bodies.push(body);
  const partOf = (index: number) =>
    bodies[1] === undefined ? '' : `,"part":"${index + 1}/${bodies.length}"`;
  return bodies.map((text, index) => `${head}${partOf(index)}${text}}`);
}

/** The elements of a list or the entries of a map as JSON, with what stands before and after them. */
function piecesOf(value: unknown): readonly [open: string, pieces: readonly string[], close: string] {
  if (value === undefined) return ['', [], ''];
  if (Array.isArray(value)) return ['[', value.map((element) => JSON.stringify(element)), ']'];
  if (typeof value !== 'object' || value === null) return ['', [JSON.stringify(value)], ''];
  return ['{', Object.entries(value).map((entry) => entry.map((one) => JSON.stringify(one)).join(':')), '}'];
}
