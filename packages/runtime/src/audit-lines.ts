import type { AuditMember } from './audit-record.ts';

/**
 * A record as lines of JSON. One that does not fit a line is split: each part has the first two members, and lists and maps
 * go on in the next part. A single text that is too long for a line is not cut.
 *
 * @param limit the most characters of a line
 */
export function auditLines([policy, id, ...members]: readonly AuditMember[], limit: number): string[] {
  const parts: Record<string, unknown>[] = [];
  const lineOf = (part: object, number?: string) =>
    JSON.stringify({ ...Object.fromEntries([policy ?? [], id ?? [], ['part', number]]), ...part });
  for (const [name, value] of members) {
    for (const piece of piecesOf(value)) {
      const part = parts[parts.length - 1] ?? {};
      const joined = { ...part, [name]: joinedWith(part[name], piece) };
      if (parts.length > 0 && lineOf(joined, '99/99').length <= limit) parts[parts.length - 1] = joined;
      else parts.push({ [name]: piece });
    }
  }
  return parts.map((part, i) => lineOf(part, parts[1] && `${i + 1}/${parts.length}`));
}

/** The elements of a list and the entries of a map, each in one of its own. */
function piecesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.map((element) => [element]);
  if (typeof value !== 'object' || value === null) return [value];
  return Object.entries(value).map((entry) => Object.fromEntries([entry]));
}

function joinedWith(known: unknown, piece: unknown): unknown {
  if (Array.isArray(known)) return known.concat(piece);
  return typeof known === 'object' ? Object.assign({}, known, piece) : piece;
}
