/** A place in a file. Lines and columns count from 1, columns and `offset` in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface SourceRange {
  readonly file: string;
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
}

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
}

/** A path into a spec's data: `['claims', 'roles', 'value']`. */
export type Path = readonly (string | number)[];

/** The text behind a spec, able to say where each part of the data was written. */
export interface SpecSource {
  readonly file: string;
  readonly text: string;
  /** Where the value at `path` stands, or the nearest ancestor that has a place. */
  value(path: Path): SourceRange;
  /** Where the key at `path` stands, or the nearest ancestor that has a place. */
  key(path: Path): SourceRange;
  /** The part `start`..`end` (UTF-16 offsets into the decoded string) of the string value at `path`. */
  within(path: Path, start: number, end: number): SourceRange;
}
