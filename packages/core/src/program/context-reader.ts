import { type Field, MAX_STEPS, type RecordType, SETTINGS, stepsOf } from '@claimsmith/cel';
import { own } from '../data.ts';
import { dependsOnActor } from '../delegated.ts';
import { oncePer } from '../once-per.ts';
import type { Policy } from '../policy.ts';
import { settingKeysOf } from '../setting-keys.ts';
import { askedWith } from '../sources/asked-with.ts';
import { indent, literal } from './readers.ts';
import { js, memberOf } from './text.ts';
import { decidingExpressions, isAlwaysText, type Work } from './work.ts';

/** What writing the function carries along. */
interface ContextReader {
  readonly work: Work;
  /** Fields for which absent means that none were requested; undefined: read by their type. */
  readonly asked: ReadonlyMap<string, string | undefined>;
  /** Records that are read more than once: where they are found, by the variables for them. */
  readonly variables: Map<string, string>;
}

/** `readContext`: reads the fields that the policy or the library needs from an untrusted context, and no others. */
export function contextText(work: Work): string {
  const { policy, origins } = work;
  const reader: ContextReader = { work, asked: readersOfAsked(policy), variables: new Map() };
  const parameter = origins?.parameter ?? 'raw';
  const context = pick(policy.context, work.hasActor ? programFields(policy) : contextFields(policy), '');
  const text = record(
    reader,
    context,
    origins ? undefined : parameter,
    [],
    [['budget', 'budget'], ...settingsText(work, parameter)],
  );
  const steps = Math.max(0, MAX_STEPS - fixedSteps(policy));
  const variables = [...reader.variables].map(([name, found]) => `  var ${name} = ${found};\n`);
  return `function readContext(${parameter}) {
  // The budget of the whole issuance, in steps.
  var budget = { left: ${steps} };
${variables.join('')}  return ${indent(withVariables(reader, text)).trim()};
}`;
}

/** Other fields may be found in the same records. */
function withVariables({ variables }: ContextReader, text: string): string {
  return [...variables].reduce(
    (all, [name, found]) =>
      /^\w+(\??\.\w+)+$/.test(found)
        ? all.replace(new RegExp(`(?<![\\w.])${found.replace(/[.?]/g, '\\$&')}(?![\\w.?])`, 'g'), name)
        : all,
    text,
  );
}

/** The keys that expressions compute with: a host without them gives none, so nothing can be computed. */
function settingsText(
  { policy, origins, readers }: Work,
  parameter: string,
): readonly (readonly [string, string])[] {
  const keys = settingKeysOf(policy);
  if (keys.length === 0) return [];
  const found =
    origins === undefined
      ? `fieldOf(${parameter}, ${js(SETTINGS)})`
      : (own(origins.fields, SETTINGS) ?? '{}');
  const type = { kind: 'map', key: { kind: 'string' }, value: { kind: 'string' } } as const;
  return [[SETTINGS, `${readers.read(type, `entriesOf(${found}, ${js(keys)})`)} || {}`]];
}

function readersOfAsked(policy: Policy): ContextReader['asked'] {
  const byExpressions = fieldsRead(policy);
  return new Map(
    askedFields(policy).map((field) => {
      // Of authorization details the library reads declared fields alone.
      const isJudgedOnly = field === 'request.authorization_details' && !byExpressions.includes(field);
      return [field, isJudgedOnly ? 'asObjects' : undefined] as const;
    }),
  );
}

/** @param data the expression for the record; undefined if there is none */
function record(
  reader: ContextReader,
  type: RecordType,
  data: string | undefined,
  path: readonly string[],
  others: readonly (readonly [string, string])[] = [],
): string {
  const members = Object.entries(type.fields).map(([name, field]) => {
    const inner = [...path, name];
    const found =
      originOf(reader, inner) ?? (data === undefined ? undefined : `fieldOf(${data}, ${js(name)})`);
    const text =
      name === 'actor' && path.length === 0
        ? `${reader.work.origins ? 'asActor' : 'asListedActor'}(${found ?? 'undefined'})`
        : field.type.kind === 'record'
          ? record(reader, field.type, found && variable(reader, inner, found), inner)
          : read(reader, inner.join('.'), field, found);
    return [path.length === 0 ? memberOf(name) : name, text] as const;
  });
  return literal([...others, ...members]);
}

function originOf(reader: ContextReader, path: readonly string[]): string | undefined {
  const fields = reader.work.origins?.fields ?? {};
  const name = path.join('.');
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function read(reader: ContextReader, path: string, { type, text }: Field, found: string | undefined): string {
  if (found === undefined) return reader.asked.has(path) ? '[]' : 'undefined';
  if (isAlwaysText(reader.work, path)) return found;
  if (text !== undefined) return reader.work.readers.readText(text, found);
  const keys = type.kind === 'map' ? keysRead(reader.work.policy, path.split('.')) : undefined;
  if (keys !== undefined) return reader.work.readers.read(type, `entriesOf(${found}, ${js(keys)})`);
  if (!reader.asked.has(path)) return reader.work.readers.read(type, found);
  return `asAsked(${found}, ${reader.asked.get(path) ?? reader.work.readers.of(type)}, budget)`;
}

function variable(reader: ContextReader, path: readonly string[], found: string): string {
  const name = path
    .map((step, i) => (i === 0 ? step : step.charAt(0).toUpperCase() + step.slice(1)))
    .join('');
  reader.variables.set(name, found);
  return name;
}

/** The keys of a map if the policy reads only named keys; other keys are ignored. */
function keysRead(policy: Policy, field: readonly string[]): readonly string[] | undefined {
  const expressions = [...decidingExpressions(policy), ...policy.sources.flatMap(askedWith)];
  const below = expressions
    .flatMap(({ reads }) => reads.map(({ path }) => path))
    .filter((path) => field.every((name, i) => path[i] === name))
    .map((path) => path[field.length]);
  const keys = below.filter((key) => key !== undefined);
  return keys.length < below.length ? undefined : [...new Set(keys)].sort();
}

/** The steps that a policy always takes. */
function fixedSteps(policy: Policy): number {
  const parts = policy.claims.length + policy.scopes.length + policy.deny.length + policy.details.length;
  return decidingExpressions(policy).reduce((sum, { root }) => sum + stepsOf(root), 20 * parts);
}

/** Dotted paths of the identity context that a policy's program reads, sorted. */
export const contextFields = oncePer((policy: Policy): readonly string[] => {
  const wanted = new Set([...fieldsRead(policy), ...askedFields(policy)]);
  if (policy.claims.some((claim) => claim.audiences)) wanted.add('request.audience');
  if (policy.claims.some((claim) => claim.clients)) wanted.add('client.id');
  if (policy.only?.clients) wanted.add('client.id');
  if (policy.only?.audiences)
    for (const field of ['request.audience', 'request.grant_type']) wanted.add(field);
  return [...wanted].sort();
});

/** The same with the fields that decide whether a part is for a delegated token. */
export function programFields(policy: Policy): readonly string[] {
  const namesAgents = [...policy.claims, ...policy.scopes].some(({ delegated }) => delegated === 'agents');
  const more = dependsOnActor(policy) ? ['actor.sub', ...(namesAgents ? ['subject_type'] : [])] : [];
  return [...new Set([...contextFields(policy), ...more])].sort();
}

export function fieldsRead(policy: Policy): readonly string[] {
  const { applies, claims, deny, scopes, details, sources } = policy;
  return [
    ...(applies === undefined ? [] : [applies]),
    ...claims,
    ...deny,
    ...scopes,
    ...details,
    ...sources,
  ].flatMap(({ reads }) => reads.fields);
}

/** Fields of a request for which absent means none were requested; unreadable does not. */
function askedFields({ scopes, details }: Policy): readonly string[] {
  const isJudged = { scopes: scopes.length > 0, authorization_details: details.length > 0 };
  return Object.entries(isJudged).flatMap(([field, isRead]) => (isRead ? [`request.${field}`] : []));
}

/** A record type without the fields that nobody reads. */
function pick(type: RecordType, wanted: readonly string[], prefix: string): RecordType {
  const fields = Object.entries(type.fields).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    if (field.type.kind !== 'record') return wanted.includes(path) ? [[name, field] as const] : [];
    const inner = pick(field.type, wanted, `${path}.`);
    return Object.keys(inner.fields).length === 0 ? [] : [[name, { ...field, type: inner }] as const];
  });
  return { ...type, fields: Object.fromEntries(fields) };
}
