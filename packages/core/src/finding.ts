/** A place in a file. Lines and columns count from 1, columns and `offset` in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A stretch of a file, from a place to a place. */
export interface SourceRange {
  readonly file: string;
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
}

/** A stretch of text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `error`: nothing is built. `warning`: it works, yet should be looked at. `info`: worth knowing once. */
export type Severity = 'error' | 'warning' | 'info';

/** A problem found in a spec. Plain data; rendered last. */
export interface Finding {
  /** The rule's id: `TE102`. docs/rules.md lists them. */
  readonly rule: string;
  readonly severity: Severity;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** Absent only where no text stands behind the problem (an unreadable file). */
  readonly range: SourceRange | undefined;
  /** The issuer it concerns, where not all. */
  readonly issuer?: string;
  /** One sentence: the way out. */
  readonly help?: string;
  /** One sentence: the way out of all findings of this rule that say the same here, where `help` says more of each. */
  readonly remedy?: string;
}

/** A path into a spec's data: `['claims', 'roles', 'value']`. */
export type Path = readonly (string | number)[];

/** `claims.roles.value`, `deny[0].when`, `claims["https://acme.example/roles"]`. Empty for the root. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** The text behind a spec, able to say where each part of the data was written. */
export interface SpecSource {
  readonly file: string;
  /** Without a byte order mark; all offsets count from its start. */
  readonly text: string;
  /** Where the value at `path` stands, or the nearest ancestor that has a place. */
  value(path: Path): SourceRange;
  /** Where the key at `path` stands, or the nearest ancestor that has a place. */
  key(path: Path): SourceRange;
  /** The part `start`..`end` (UTF-16 offsets into the decoded string) of the string value at `path`. */
  within(path: Path, start: number, end: number): SourceRange;
}
