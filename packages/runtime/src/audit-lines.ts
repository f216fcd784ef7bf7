import type { AuditMember } from './audit-record.ts';

/** The longest text of a record that is split, as JSON. A longer one is cut, and ends with `…`. */
const textLimit = 120;

/**
 * A record as lines of JSON. One that is longer than a line is split into parts of whole members, elements of lists and
 * entries of maps, each with the first two members. The most important members come first.
 *
 * @param limit the most characters of a line
 */
export function auditLines(members: readonly AuditMember[], limit: number): readonly string[] {
  const whole = JSON.stringify(Object.fromEntries(members));
  if (whole.length <= limit) return [whole];
  const head = members.slice(0, 2);
  // Room for the numbers of up to 999 parts.
  const room = limit - JSON.stringify({ ...Object.fromEntries(head), part: '999/999' }).length;
  const parts: Record<string, unknown>[] = [{}];
  for (const [name, value] of members.slice(2).flatMap(atoms)) {
    const part = parts[parts.length - 1] ?? {};
    const joined = { ...part, [name]: together(part[name], value) };
    // The braces stand for the comma and the members before.
    if (JSON.stringify(joined).length - 1 <= room) parts[parts.length - 1] = joined;
    else parts.push({ [name]: value });
  }
  return parts.map((part, index) =>
    JSON.stringify({ ...Object.fromEntries(head), part: `${index + 1}/${parts.length}`, ...part }),
  );
}

type Atom = readonly [name: string, value: unknown];

/** A member as the smallest members that it can be put together from. */
function atoms([name, value]: Atom): Atom[] {
  if (Array.isArray(value)) return value.map((element) => [name, [shortened(element)]]);
  if (typeof value !== 'object' || value === null) return [[name, shortened(value)]];
  return Object.entries(value).map(([key, entry]) => [name, { [String(shortened(key))]: shortened(entry) }]);
}

function together(known: unknown, more: unknown): unknown {
  if (Array.isArray(known) && Array.isArray(more)) return [...known, ...more];
  return typeof more === 'object' && typeof known === 'object' ? { ...known, ...more } : more;
}

function shortened(value: unknown): unknown {
  if (typeof value !== 'string' || JSON.stringify(value).length <= textLimit) return value;
  return `${value.replace(/[^ !#-[\]-~]/g, '?').slice(0, textLimit - 3)}…`;
}
