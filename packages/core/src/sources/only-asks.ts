/** The part of a statement that does more than read, and its place. */
export interface Deed {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** The words that a statement may begin with. Databases have others, but none that only reads and returns rows. */
const beginnings = ['select', 'with', 'values', 'table'];

/** Functions that write, or change what the session may do. */
const deeds =
  /\b(?:load_extension|writefile|edit|lo_import|lo_export|lo_unlink|dblink_exec|set_config|setval|nextval|pg_terminate_backend|pg_cancel_backend|pg_switch_wal)\s*(?=\()/i;

/**
 * The first thing in a statement that surely does more than ask. What only the database can tell, such as what its own
 * functions do, is left to it: drivers open it for reading alone.
 *
 * @param statement with its quoted texts and its comments blanked out
 */
export function deedIn(statement: string): Deed | undefined {
  const first = /[^\s(;]/.exec(statement);
  if (first === null) return undefined;
  const [word = statement[first.index] ?? ''] = /^\w+/.exec(statement.slice(first.index)) ?? [];
  if (!beginnings.includes(word.toLowerCase())) return at(first.index, word);
  const found =
    /\binto\b/i.exec(statement) ??
    // A separate statement within another one: `with gone as (delete from t returning *) …`, or after such tables.
    /\b(?:insert|update|delete|merge|replace|truncate|drop|alter|create)(?<=[()]\s*\w+)(?=\s+[\w"`:])/i.exec(
      statement,
    ) ??
    deeds.exec(statement);
  return found === null ? undefined : at(found.index, found[0].trimEnd());
}

function at(start: number, what: string): Deed {
  return { start, end: start + what.length, what };
}
