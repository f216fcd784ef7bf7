import type { z } from 'zod';
import type { RawContext } from '../context.ts';
import { isMapping } from '../data.ts';
import type { Finding, Path, SpecSource } from '../finding.ts';
import type { Policy } from '../policy.ts';
import { readDocument, settle, type TextFile } from '../spec/document.ts';
import { checkShape } from '../spec/issues.ts';
import { filledByParameters } from '../spec/parameters.ts';
import { readRules } from '../spec/rule-ids.ts';
import { misnamed } from './names.ts';
import { type answer, expectation, liveQuestion, scenarioSchema } from './schema.ts';
import type {
  ScenarioDecision,
  ScenarioEntity,
  ScenarioExpectation,
  ScenarioLive,
  SourceAnswer,
} from './types.ts';

/** An issuance to try: the context, the answers of the sources, and the expected result. */
export interface Scenario {
  readonly name: string;
  readonly context: RawContext;
  /** The scenario's own context, without the shared context of its file. */
  readonly own: RawContext;
  /** By source. A missing source was not considered. */
  readonly sources: Readonly<Record<string, SourceAnswer>>;
  /** The same when a service looks values up, where it differs. */
  readonly later: Readonly<Record<string, SourceAnswer>>;
  /** Unix time in seconds; undefined for any. */
  readonly nowSeconds: number | undefined;
  readonly expect: ScenarioExpectation | undefined;
  /** Undefined: running issuers are not asked. */
  readonly live: ScenarioLive | undefined;
  /** What Cedar must decide with its access token. */
  readonly decisions: readonly ScenarioDecision[];
  /** What Cedar knows besides the token, by entity. */
  readonly entities: Readonly<Record<string, ScenarioEntity>>;
  /** Where it stands in its file's data, for `SpecSource`. */
  readonly path: Path;
}

/** The scenarios of a file, with the text that their findings point into. */
export interface ScenarioReading {
  /** Empty if a finding is an error. */
  readonly scenarios: readonly Scenario[];
  readonly source: SpecSource;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
}

/**
 * Reads a file of scenarios, in YAML or JSON, under the bounds of `readSpec`. Never throws. The common part of the file
 * is merged into each scenario, key by key; a scenario's own value wins.
 *
 * @param policy defines the names of claims, sources and user attributes; without it any name is accepted
 * @param issuers ids of the issuers that may have their own expectations
 */
export function readScenarios(
  file: TextFile,
  policy?: Policy,
  issuers: readonly string[] = [],
): ScenarioReading {
  const document = readDocument(file);
  if (!document.readable) return { scenarios: [], source: document.source, findings: document.findings };
  const filled = filledByParameters(document.data, document.source, policy?.spec.params);
  const { data, source } = filled;
  const refused = [...document.refused, ...filled.refused];
  const shape = checkShape(scenarioSchema(issuers), { data, source, refused, noun: 'file' });
  const findings = [...document.findings, ...filled.findings, ...shape.findings];
  const { value } = shape;
  const list = Array.isArray(value) ? value : (value?.scenarios ?? []);
  const base = Array.isArray(value) ? undefined : value;

  if (policy !== undefined && base !== undefined) findings.push(...misnamed(policy, base, [], source));
  const names = new Set<string>();
  const scenarios = list.map((written, index): Scenario => {
    const { name, context, sources, later, now, expect, live, decisions = [], entities } = written;
    const path = Array.isArray(value) ? [index] : ['scenarios', index];
    const expected = expect && byIssuer(expectation, expect, issuers);
    const question = live && byIssuer(liveQuestion, live, issuers);
    const named = { context, sources, later, expect: expected, live: question };
    if (policy !== undefined) findings.push(...misnamed(policy, named, path, source));
    if (policy !== undefined && policy.spec.cedar === undefined && decisions.length > 0)
      findings.push(undecided(source.key([...path, 'decisions'])));
    if (names.has(name)) findings.push(nameTaken(name, source.value([...path, 'name'])));
    names.add(name);
    return {
      name,
      context: merged(base?.context ?? {}, context ?? {}),
      own: context ?? {},
      sources: toAnswers({ ...base?.sources, ...sources }),
      later: toAnswers({ ...later }),
      nowSeconds: typeof now === 'string' ? Math.floor(Date.parse(now) / 1000) : now,
      expect: expected,
      live: question,
      decisions,
      entities: { ...base?.entities, ...entities },
      path,
    };
  });
  const failed = findings.some(({ severity }) => severity === 'error');
  return { scenarios: failed ? [] : scenarios, source, findings: settle(findings) };
}

/** Checked data, with the part for single issuers separate. */
function byIssuer<T extends object>(
  schema: z.ZodType<T>,
  written: Readonly<Record<string, unknown>>,
  issuers: readonly string[],
): T & { readonly issuers?: Readonly<Record<string, T>> } {
  const own = issuers.filter((id) => written[id] !== undefined);
  const at = own.map((id) => [id, schema.parse(written[id])] as const);
  return { ...schema.parse(written), ...(at.length > 0 ? { issuers: Object.fromEntries(at) } : {}) };
}

function undecided(range: Finding['range']): Finding {
  return {
    rule: 'TE021',
    severity: 'error',
    message: 'Nothing decides, because the spec has no `cedar`.',
    range,
    help: 'Write `cedar: {}` into the spec, and put a schema and policies into the folder `cedar` beside it.',
  };
}

function nameTaken(name: string, range: Finding['range']): Finding {
  const message = `Another scenario above already has the name \`${name}\`.`;
  return { rule: readRules.unsafeName, severity: 'error', message, range };
}

function toAnswers(said: Readonly<Record<string, z.output<typeof answer>>>): Scenario['sources'] {
  return Object.fromEntries(Object.entries(said).map(([key, one]) => [key, toAnswer(one)]));
}

function toAnswer(said: z.output<typeof answer>): SourceAnswer {
  const failure = typeof said === 'object' && said !== null && 'fails' in said ? said.fails : undefined;
  return failure === undefined ? { value: said } : { fails: failure };
}

function merged(base: RawContext, own: RawContext): RawContext {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const below = result[key];
    result[key] = isMapping(below) && isMapping(value) ? merged(below, value) : value;
  }
  return result;
}
