import type { z } from 'zod';
import type { Finding, Path, SpecSource } from '../finding.ts';
import { type DataDocument, readDocument, settle, type TextFile, toFindings } from './document.ts';
import { type Draft, draftOf } from './draft.ts';
import { checkShape } from './issues.ts';
import { type Locator, sourceOf } from './locate.ts';
import { type GivenParameters, withParameters } from './parameters.ts';
import { plainData } from './plain-data.ts';
import { isExpressionAt, type Spec, specSchema } from './schema.ts';

/** A spec and its text. `spec` is undefined if a finding is an error. */
export interface SpecReading {
  readonly spec: Spec | undefined;
  /** A repaired spec for finding more problems; undefined if too little is left. Without errors, the spec itself. */
  readonly draft: Draft | undefined;
  readonly source: SpecSource;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
}

/** What each registered issuer accepts under `issuers`, by its id. */
export type IssuerSettings = Readonly<Record<string, z.ZodType>>;

/**
 * Reads a spec in YAML 1.2, or in JSON if the file's name ends in `.json`.
 *
 * Reports all problems at once, each with its place; it never throws. It accepts texts up to 1,000,000 characters and
 * 50 levels, a byte order mark, either kind of line break, and aliases that expand to at most 10,000 values. It refuses
 * tags, merge keys, a second document, and names that every JavaScript object has.
 *
 * @param given the values of parameters; the spec's own defaults stand for the others
 */
export function readSpec(file: TextFile, issuers: IssuerSettings, given: GivenParameters = {}): SpecReading {
  const document = readDocument(file);
  const { source } = document;
  if (!document.readable) return { spec: undefined, draft: undefined, source, findings: document.findings };
  return check(document, issuers, given);
}

/** A TypeScript spec: its text, the data that it produced, and the place of each part of the data. */
export interface ScriptFile extends TextFile {
  readonly data: unknown;
  readonly locate: Locator;
}

/** Checks a spec that came as data, under the same bounds as `readSpec`. Never throws. */
export function readSpecData(
  { file, text, data, locate }: ScriptFile,
  issuers: IssuerSettings,
  given: GivenParameters = {},
): SpecReading {
  const source = sourceOf(file, text, locate);
  const plain = plainData(data, locate);
  const findings = toFindings(plain.problems, file, text);
  return check({ ...plain, source, findings, doubtful: [] }, issuers, given);
}

function check(
  document: Omit<DataDocument, 'readable'>,
  issuers: IssuerSettings,
  given: GivenParameters,
): SpecReading {
  const { doubtful } = document;
  const schema = specSchema(issuers);
  const filled = withParameters(
    document.data,
    document.source,
    given,
    (path) => !isExpressionAt(schema, path) && !isQuery(path),
  );
  const { data, source } = filled;
  const refused = [...document.refused, ...filled.refused];
  const shape = checkShape(schema, { data, source, refused, noun: 'spec' });
  const findings = settle([...document.findings, ...filled.findings, ...shape.findings]);
  if (!findings.some(({ severity }) => severity === 'error')) {
    const draft = shape.value && { spec: shape.value, flaws: [], source };
    return { spec: shape.value, draft, source, findings };
  }
  const flaws = [
    ...refused.map((path) => ({ path })),
    ...doubtful.map((path) => ({ path, isLeftOut: true })),
    ...shape.flaws,
  ];
  return { spec: undefined, draft: draftOf(schema, data, flaws, source), source, findings };
}

/** The text of a query is fixed: values are bound to it. */
function isQuery([section, , kind, key]: Path): boolean {
  return section === 'sources' && kind === 'sql' && key === 'query';
}
