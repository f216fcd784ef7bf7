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
  /** The part of the spec; if it has no place in the text, the range is that of a surrounding part. */
  readonly path?: Path;
}

/** A stretch of text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `error`: nothing is built. `warning`: it works, but should be reviewed. `info`: good to know. */
export type Severity = 'error' | 'warning' | 'info';

/** An acceptance of findings for a while, as the spec writes it. */
export interface Acceptance {
  readonly rule: string;
  /** The part that the findings are about, as the spec writes it: `claims.roles`, `issuers.okta`. */
  readonly at: string;
  readonly because: string;
  readonly owner: string;
  /** The last day on which it is valid: `2027-01-31`. */
  readonly until: string;
}

/** An acceptance that is valid today, and what it is for. */
export interface ValidAcceptance extends Acceptance {
  readonly path: Path;
  /** The id of the only issuer for which it is valid; undefined: for all. */
  readonly issuer: string | undefined;
  /** Its own place in the spec: `['accept', 0]`. */
  readonly place: Path;
  readonly daysLeft: number;
}

/** A problem found in a spec. Plain data; rendered last. */
export interface Finding {
  /** The rule's id: `TE102`. docs/rules.md lists them. */
  readonly rule: string;
  readonly severity: Severity;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** Absent only if the problem has no text (an unreadable file). */
  readonly range: SourceRange | undefined;
  /** The issuer that it concerns, if not all. */
  readonly issuer?: string;
  /** One sentence: what to do. */
  readonly help?: string;
  /** One sentence: what to do about all findings of this rule together, if `help` is specific to each. */
  readonly remedy?: string;
  /** The acceptance, if there is one. */
  readonly accepted?: ValidAcceptance;
  /** A change of the spec that `check --fix` makes. What the policy decides stays the same. */
  readonly fix?: Fix;
  /** The part of the policy for which tokens may differ. */
  readonly about?: Concern;
}

/**
 * A change of a spec: to remove the part at a path, to write another text over a range, or to put the text of the finding's
 * range in quotes.
 */
export type Fix = { readonly remove: Path } | { readonly over: SourceRange; readonly text: string } | 'quote';

/** Whether a finding stops the build: an error that is not accepted. */
export function isError({ severity, accepted }: Finding): boolean {
  return severity === 'error' && accepted === undefined;
}

/** A part of a policy that behaves differently at an issuer. */
export interface Concern {
  readonly part: 'policy' | 'claim' | 'scope' | 'deny' | 'detail';
  /** The claim, the scope, the type of details, the reason of a deny rule, or `applies`. */
  readonly name: string;
  /** The fields of the identity context that the issuer lacks. */
  readonly fields: readonly string[];
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

/** The text of a spec. It knows the place of each part of the data. */
export interface SpecSource {
  readonly file: string;
  /** Without a byte order mark; all offsets count from its start. */
  readonly text: string;
  /** The place of the value at `path`, or of the nearest ancestor that has one. */
  value(path: Path): SourceRange;
  /** The place of the key at `path`, or of the nearest ancestor that has one. */
  key(path: Path): SourceRange;
  /** The part `start`..`end` (UTF-16 offsets into the decoded string) of the string value at `path`. */
  within(path: Path, start: number, end: number): SourceRange;
}
