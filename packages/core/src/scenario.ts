import { z } from 'zod';
import { contextType } from './context.ts';
import type { Finding, Path, SpecSource } from './finding.ts';
import type { RawContext } from './issuer.ts';
import type { Policy } from './policy.ts';
import { misnamed } from './scenario-names.ts';
import { readDocument, settle, type TextFile } from './spec/document.ts';
import { checkShape } from './spec/issues.ts';
import { readRules } from './spec/rule-ids.ts';

/**
 * How a source can fail: no answer in time, no connection, a status other than 2xx, over its limit, not the declared
 * JSON, several rows instead of one, or not asked since its breaker is open.
 */
export const sourceFailures = [
  'timeout',
  'network',
  'status',
  'too_large',
  'malformed',
  'ambiguous',
  'open',
] as const;
/** One of {@link sourceFailures}. */
export type SourceFailure = (typeof sourceFailures)[number];
/** What a source says in a scenario. */
export type SourceAnswer = { readonly value: unknown } | { readonly fails: SourceFailure };

/** An issuance to try: who asks for what, what the sources answer, and what must come out. */
export interface Scenario {
  readonly name: string;
  readonly context: RawContext;
  /** By source. One that is missing was not thought of. */
  readonly sources: Readonly<Record<string, SourceAnswer>>;
  /** Unix time in seconds; undefined for any. */
  readonly nowSeconds: number | undefined;
  readonly expect: ScenarioExpectation | undefined;
  /** Where it stands in its file's data, for `SpecSource`. */
  readonly path: Path;
}

/** What must come out; what is not named may be anything, but a denial that is not named is none. */
export interface ScenarioExpectation {
  readonly access?: Readonly<Record<string, unknown>> | undefined;
  readonly id?: Readonly<Record<string, unknown>> | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** The reason of the denial. */
  readonly denied?: string | undefined;
  /** Claims that no token carries. */
  readonly absent?: readonly string[] | undefined;
}

/** The scenarios of a file, with the text that their findings point into. */
export interface ScenarioReading {
  /** Empty where a finding is an error. */
  readonly scenarios: readonly Scenario[];
  readonly source: SpecSource;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
}

const aTime = 'a time such as 2026-11-21T08:00:00Z, or Unix seconds';
const anything = z.record(z.string(), z.unknown());

/** Names are checked, values are not: a scenario may well say what happens with a wrong one. */
function contextSchema() {
  const { fields } = contextType({ kind: 'record', name: 'attributes', fields: {} });
  const shape = Object.entries(fields).map(([name, { type }]) => {
    if (type.kind !== 'record') return [name, z.unknown()] as const;
    const inner = Object.keys(type.fields).map(
      (key) => [key, key === 'attributes' ? anything : z.unknown()] as const,
    );
    return [name, optionals(Object.fromEntries(inner))] as const;
  });
  return optionals(Object.fromEntries(shape)).describe('The identity context, as far as it matters here.');
}

function optionals(shape: Readonly<Record<string, z.ZodType>>) {
  return z.strictObject(
    Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, type.optional()])),
  );
}

const answer = z.union([
  z.strictObject({ fails: z.enum(sourceFailures).describe('How the source fails.') }),
  z.looseObject({ fails: z.never().optional() }),
  z.array(z.unknown()),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
]);
const answers = z
  .record(z.string(), answer)
  .describe('What each source answers, or { fails: timeout } and the like.');

function scenarioShape() {
  return z.strictObject({
    name: z.string().min(1),
    context: contextSchema().optional(),
    sources: answers.optional(),
    now: z
      .union([z.int().min(0, aTime), z.iso.datetime({ offset: true, error: aTime })], aTime)
      .optional()
      .describe('When the issuance starts: 2026-11-21T08:00:00Z, or Unix seconds.'),
    expect: z
      .strictObject({
        access: anything.optional().describe('Claims of the access token, by their names in the spec.'),
        id: anything.optional().describe('Claims of the ID token.'),
        scopes: z.array(z.string()).optional().describe('The scopes granted, in any order.'),
        denied: z.string().optional().describe('The reason of the denial.'),
        absent: z.array(z.string()).optional().describe('Claims that no token carries.'),
      })
      .optional()
      .describe('What must come out. What is not named may be anything.'),
  });
}

/** The shape of a scenario file: a list of scenarios, or a mapping that gives them a common base. */
export function scenarioSchema() {
  const list = z.array(scenarioShape());
  return z
    .union([
      list,
      z.strictObject({
        $schema: z.string().optional(),
        context: contextSchema().optional(),
        sources: answers.optional(),
        scenarios: list,
      }),
    ])
    .describe('Claimsmith scenarios.');
}

/**
 * Reads a file of scenarios, in YAML or JSON, under the bounds of `readSpec`. Never throws.
 * What the scenarios share is merged into each: mappings key by key, a scenario's own value winning.
 *
 * @param policy whose claims, sources and user attributes the scenarios name; without it any name will do
 */
export function readScenarios(file: TextFile, policy?: Policy): ScenarioReading {
  const document = readDocument(file);
  const { source } = document;
  if (!document.readable) return { scenarios: [], source, findings: document.findings };
  const shape = checkShape(scenarioSchema(), { ...document, noun: 'file' });
  const findings = [...document.findings, ...shape.findings];
  const { value } = shape;
  const list = Array.isArray(value) ? value : (value?.scenarios ?? []);
  const base = Array.isArray(value) ? undefined : value;

  if (policy !== undefined && base !== undefined) findings.push(...misnamed(policy, base, [], source));
  const names = new Set<string>();
  const scenarios = list.map((written, index): Scenario => {
    const { name, context, sources, now, expect } = written;
    const path = Array.isArray(value) ? [index] : ['scenarios', index];
    if (policy !== undefined) findings.push(...misnamed(policy, written, path, source));
    if (names.has(name)) findings.push(nameTaken(name, source.value([...path, 'name'])));
    names.add(name);
    return {
      name,
      context: merged(base?.context ?? {}, context ?? {}),
      sources: Object.fromEntries(
        Object.entries({ ...base?.sources, ...sources }).map(([key, said]) => [key, toAnswer(said)]),
      ),
      nowSeconds: typeof now === 'string' ? Math.floor(Date.parse(now) / 1000) : now,
      expect,
      path,
    };
  });
  const failed = findings.some(({ severity }) => severity === 'error');
  return { scenarios: failed ? [] : scenarios, source, findings: settle(findings) };
}

function nameTaken(name: string, range: Finding['range']): Finding {
  const message = `Another scenario above has the name \`${name}\` already.`;
  return { rule: readRules.unsafeName, severity: 'error', message, range };
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

function isMapping(value: unknown): value is RawContext {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
