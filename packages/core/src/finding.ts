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
  /** The part of the spec that was looked for; where it has no place of its own, the range is that of a part around it. */
  readonly path?: Path;
}

/** A stretch of text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `error`: nothing is built. `warning`: it works, yet should be looked at. `info`: worth knowing once. */
export type Severity = 'error' | 'warning' | 'info';

/** What a spec says of findings that its owners live with for a while. */
export interface Acceptance {
  readonly rule: string;
  /** The part that the findings are about, as the spec writes it: `claims.roles`, `issuers.okta`. */
  readonly at: string;
  readonly because: string;
  readonly owner: string;
  /** The last day on which it holds: `2027-01-31`. */
  readonly until: string;
}

/** An acceptance that holds today, and what it is for. */
export interface ValidAcceptance extends Acceptance {
  readonly path: Path;
  /** The id of the only issuer at which it holds; undefined: at all. */
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
  /** Absent only where no text stands behind the problem (an unreadable file). */
  readonly range: SourceRange | undefined;
  /** The issuer it concerns, where not all. */
  readonly issuer?: string;
  /** One sentence: the way out. */
  readonly help?: string;
  /** One sentence: the way out of all findings of this rule that say the same here, where `help` says more of each. */
  readonly remedy?: string;
  /** Why it forbids nothing for now. */
  readonly accepted?: ValidAcceptance;
  /** The part of the policy that it concerns, where what is issued may differ for it. */
  readonly about?: Concern;
}

/** Whether a finding forbids to go on: an error that nobody has accepted. */
export function isError({ severity, accepted }: Finding): boolean {
  return severity === 'error' && accepted === undefined;
}

/** A part of a policy that an issuer does not do as the policy says. */
export interface Concern {
  readonly part: 'claim' | 'scope' | 'deny' | 'detail';
  /** The claim, the scope, the type of details; of a deny rule its reason. */
  readonly name: string;
  /** Fields of the identity context that the issuer lacks for it. */
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
