import { suggest } from '@claimsmith/cel';
import { z } from 'zod';
import { type Finding, formatPath, type Path, type SpecSource } from '../finding.ts';
import { maxFindings } from './limits.ts';
import { readRules } from './rule-ids.ts';
import { aCelExpression } from './schema.ts';
import { durationMeant, synonymOf, typeMeant } from './synonyms.ts';
import { alternatives, choices, expectation, found } from './words.ts';

type Issue = z.core.$ZodIssue;

export interface Checked<T> {
  readonly value: T | undefined;
  readonly findings: readonly Finding[];
  readonly flaws: readonly Flaw[];
}

/** The part that a finding is about, for going on without that part. */
export interface Flaw {
  readonly path: Path;
  /** The key that the author certainly meant. */
  readonly meant?: string | undefined;
  /** Whether the data may lack it already. */
  readonly isLeftOut?: boolean;
}

/** Data with its text, and the paths whose problems are already reported. */
export interface ReadData {
  readonly data: unknown;
  readonly source: SpecSource;
  readonly refused: readonly Path[];
  /** What the whole is called: `spec`. */
  readonly noun: string;
}

/** Checks data against a schema; every problem is a finding at its place, in plain words. */
export function checkShape<T>(schema: z.ZodType<T>, { data, source, refused, noun }: ReadData): Checked<T> {
  // zod's issue names the unknown keys but not the known ones; the schema is available only here.
  const known = new WeakMap<readonly string[], readonly string[]>();
  const result = schema.safeParse(data, {
    // Writing and compiling code takes longer than one check.
    jitless: true,
    error(issue) {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
        known.set(issue.keys, Object.keys(issue.inst.def.shape));
      }
      return expectation(issue);
    },
  });
  if (result.success) return { value: result.data, findings: [], flaws: [] };

  const told = new Set(refused.map((path) => JSON.stringify(path)));
  const findings: Finding[] = [];
  const flaws: Flaw[] = [];
  // Unknown keys come first: a misspelt key is also a missing one, and two reports would confuse.
  const isUnknown = ({ code }: Issue) => Number(code === 'unrecognized_keys');
  const issues = result.error.issues
    .flatMap((each) => leaves(each))
    .sort((a, b) => isUnknown(b) - isUnknown(a));
  const misspelt = new Set<string>();
  /** Empty entries whose content is on the same level because it is not indented. */
  const unindented = new Set<string>();
  const report = (path: Path, finding: Finding) => {
    const [section, issuer] = path;
    const concerns = section === 'issuers' && path.length > 2 && typeof issuer === 'string' ? { issuer } : {};
    findings.push({ ...finding, ...concerns });
  };
  for (const issue of issues) {
    if (findings.length > maxFindings) break;
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (path.some((_, index) => told.has(JSON.stringify(path.slice(0, index + 1)))) || told.has('[]'))
      continue;
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, maxFindings)) {
        const siblings = known.get(issue.keys) ?? [];
        const meant = suggest(key, siblings) ?? synonymOf(key, siblings);
        if (meant !== undefined) misspelt.add(JSON.stringify([...path, meant]));
        // The key before it has lost the rest of its expression.
        flaws.push(isRestOfExpression(key) ? { path } : { path: [...path, key], meant });
        report([...path, key], unknownKey([...path, key], siblings, meant, source));
      }
    } else if (lookUp(data, path) !== undefined || !misspelt.has(JSON.stringify(path))) {
      flaws.push({ path });
      const isMapping = issue.code === 'invalid_type' && wantsMapping(issue);
      const mapping = JSON.stringify(path.slice(0, -1));
      const value = lookUp(data, path);
      if (isMapping && unindented.has(mapping) && value !== null && typeof value !== 'object') continue;
      if (isMapping && value === null) unindented.add(mapping);
      report(path, wrongValue(issue, path, data, source, noun));
    }
  }
  return { value: undefined, findings, flaws };
}

/** The useful issues. For a union, those of the option that the author meant, if that is clear. */
function leaves(issue: Issue, base: readonly PropertyKey[] = []): Issue[] {
  const path = [...base, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const [meant] = issue.errors
    .flatMap(optionsOf)
    .filter((option) => option.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'))
    .sort((a, b) => a.length - b.length);
  if (meant) return meant.flatMap((each) => leaves(each, path));
  return [{ ...issue, path, message: issue.message || alternatives(issue.errors.flat().flatMap(phrases)) }];
}

/** An option that is a union itself stands for its own options. */
function optionsOf(option: readonly Issue[]): (readonly Issue[])[] {
  const [only, second] = option;
  const isUnion = only?.code === 'invalid_union' && second === undefined && only.path.length === 0;
  return isUnion && only.errors.length > 0 ? only.errors.flatMap(optionsOf) : [option];
}

function phrases(issue: Issue): string[] {
  if (issue.code === 'invalid_value' && issue.message === alternatives(choices(issue.values))) {
    return choices(issue.values);
  }
  if (issue.message) return [issue.message];
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(phrases) : [];
}

function unknownKey(
  path: Path,
  siblings: readonly string[],
  near: string | undefined,
  source: SpecSource,
): Finding {
  const key = String(path.at(-1));
  const where = formatPath(path.slice(0, -1));
  return {
    rule: readRules.unknownKey,
    severity: 'error',
    message: `\`${key}\` is not a key ${where === '' ? 'here' : `of \`${where}\``}.`,
    range: source.key(path),
    help: wayOutOfUnknown(key, siblings, near),
  };
}

function wayOutOfUnknown(key: string, siblings: readonly string[], near: string | undefined): string {
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  // `{ when: a.exists(g, g == "x"), … }`: YAML reads the second half of the expression as a key.
  if (isRestOfExpression(key)) return 'Inside { } a comma ends a value: put the expression in quotes.';
  if (siblings.length === 1) return `The only key here is \`${siblings[0]}\`.`;
  return `The keys here are ${siblings.join(', ')}.`;
}

function isRestOfExpression(key: string): boolean {
  return /["'()=]/.test(key);
}

/** A mapping of any kind. */
function wantsMapping({ expected }: { readonly expected: string }): boolean {
  return expected === 'object' || expected === 'record';
}

function wrongValue(issue: Issue, path: Path, data: unknown, source: SpecSource, noun: string): Finding {
  const name = formatPath(path);
  const value = lookUp(data, path);
  const common = { rule: readRules.wrongValue, severity: 'error' } as const;
  const own = /^\p{Lu}/u.test(issue.message) ? issue.message : undefined;
  const expected = issue.message || 'another value';

  if (issue.code === 'invalid_key') {
    const message = alternatives(issue.issues.flatMap(phrases)) || 'another name';
    return {
      ...common,
      message: `The key \`${String(path.at(-1))}\` must be ${message}.`,
      range: source.key(path),
    };
  }
  if (value === undefined && path.length > 0) {
    const parent = formatPath(path.slice(0, -1));
    const key = String(path.at(-1));
    return {
      ...common,
      message: `${parent === '' ? `The ${noun}` : `\`${parent}\``} lacks the key \`${key}\`.`,
      range: source.key(path.slice(0, -1)),
      help: own ?? `It must be ${expected}.`,
    };
  }
  const subject = name === '' ? `The ${noun}` : `\`${name}\``;
  const isToldAlready = own !== undefined && issue.code === 'invalid_type' && wantsMapping(issue);
  const help =
    isToldAlready || (path.length === 0 && noun !== 'spec') ? undefined : wayOut(issue, value, path);
  return {
    ...common,
    message: own ?? `${subject} must be ${expected}, not ${found(value)}.`,
    // Underlining a whole mapping hides the problem; so does underlining an empty value.
    range: typeof value === 'object' && value !== undefined ? source.key(path) : source.value(path),
    ...(help === undefined ? {} : { help }),
  };
}

function wayOut(issue: Issue, value: unknown, path: Path): string | undefined {
  const written = wayToWrite(issue, value);
  if (written !== undefined) return written;
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const near = suggest(value, issue.values.map(String));
    return near
      ? `Did you mean \`${near}\`?`
      : withoutQuotes(
          value,
          issue.values.map((each) => typeof each),
        );
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (wantsMapping(issue)) {
    if (path.length === 0) return 'It begins with `version: 1` and `name: …`.';
    if (value === null)
      return 'Write its content on the lines below, indented further. An empty mapping is {}.';
    if (Array.isArray(value)) return 'Begin each entry with its name and a colon, not with a dash.';
  }
  const isExpression = issue.message === aCelExpression;
  if (isExpression && value === null) return 'Write one, such as `user.email`.';
  if (isExpression && typeof value === 'object')
    return 'Put the whole expression in quotes: [ and { mean something else to YAML.';
  if (value === null) return undefined;
  if (isExpression && path[0] === 'claims' && path.at(-1) === 'value')
    return 'Put it in quotes; a constant stands under `const`.';
  if (isExpression || issue.message.startsWith('text'))
    return typeof value === 'object' ? undefined : 'Put it in quotes to make it text.';
  if (issue.expected === 'array') {
    if (found(value) === 'a mapping') return 'Begin each entry with a dash.';
    if (found(value).startsWith('`')) return `Write [${String(value)}].`;
  }
  return typeof value === 'string' ? withoutQuotes(value, [issue.expected]) : undefined;
}

/** How to write the value that the author probably means. */
function wayToWrite({ message }: Issue, value: unknown): string | undefined {
  if (message.startsWith('a duration')) {
    const isWhole = message.includes('whole seconds');
    if (typeof value === 'number')
      return `Add the unit: ${value}s, ${value}m or ${value}${isWhole ? 'h' : 'ms'}.`;
    const meant = typeof value === 'string' ? durationMeant(value) : undefined;
    return meant === undefined || (isWhole && meant.endsWith('ms')) ? undefined : `Write ${meant}.`;
  }
  if (message.startsWith('a type')) {
    if (typeof value !== 'string') return undefined;
    const [, fields] = /^list\(\s*(\{.*\})\s*\)$/s.exec(value) ?? [];
    if (fields !== undefined) return `Write it in brackets, without quotes: \`[${fields}]\`.`;
    const meant = typeMeant(value);
    return meant && `Did you mean \`${meant}\`?`;
  }
  if (typeof value !== 'string' || value.length > 40) return undefined;
  if (message.endsWith('`{ default: … }`') && found(value).startsWith('`'))
    return `For that text as a default, write { default: ${value} }.`;
  const separator = message.startsWith('a name of lower-case')
    ? '-'
    : message.startsWith('a word of lower-case')
      ? '_'
      : '';
  if (separator === '') return undefined;
  const words = value.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const meant = words.join(separator);
  return /^[a-z]/.test(meant) ? `Write ${meant}.` : undefined;
}

function withoutQuotes(value: string, expected: readonly string[]): string | undefined {
  if (expected.includes('boolean') && /^(?:yes|no|on|off|true|false)$/i.test(value)) {
    return 'Write true or false, in lower case and without quotes.';
  }
  const near = expected.includes('boolean') ? suggest(value, ['true', 'false']) : undefined;
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  const isNumber =
    /^-?\d+(?:\.\d+)?$/.test(value) && expected.some((type) => type === 'number' || type === 'int');
  return isNumber ? 'Remove the quotes.' : undefined;
}

function lookUp(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    return Reflect.get(value, step);
  }, data);
}
