/** The part of a statement that does more than read, and its place. */
export interface Deed {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** The first words that a statement may have. Databases have others, but only these read without changing anything. */
const beginnings = ['select', 'with', 'values', 'table'];

/** Functions that write, or change what the session may do. */
const deeds =
  /\b(?:load_extension|writefile|edit|lo_import|lo_export|lo_unlink|dblink_exec|set_config|setval|nextval|pg_terminate_backend|pg_cancel_backend|pg_switch_wal)\s*(?=\()/i;

/**
 * The first part of a statement that certainly changes something. Effects of the database's own functions are not
 * visible here; drivers open the database read-only.
 *
 * @param statement with its quoted texts and comments blanked out
 */
export function deedIn(statement: string): Deed | undefined {
  const first = /[^\s(;]/.exec(statement);
  if (first === null) return undefined;
  const [word = statement[first.index] ?? ''] = /^\w+/.exec(statement.slice(first.index)) ?? [];
  if (!beginnings.includes(word.toLowerCase())) return at(first.index, word);
  const found =
    /\binto\b/i.exec(statement) ??
    // A statement inside another one: `with gone as (delete from t returning *) …`.
    /\b(?:insert|update|delete|merge|replace|truncate|drop|alter|create)(?<=[()]\s*\w+)(?=\s+[\w"`:])/i.exec(
      statement,
    ) ??
    deeds.exec(statement);
  return found === null ? undefined : at(found.index, found[0].trimEnd());
}

function at(start: number, what: string): Deed {
  return { start, end: start + what.length, what };
}
