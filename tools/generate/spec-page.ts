import { formatType } from '@claimsmith/cel';
import { contextType, type Issuer, type JsonSchema, specJsonSchema } from '@claimsmith/core';
import type { GeneratedFile } from './generated.ts';
import { beforeKeys, meanings, opening, sections } from './spec-prose.ts';

/** docs/spec.md: every key of a spec, and every field of the identity context with where it comes from. */
export function specPage(issuers: readonly Issuer[]): GeneratedFile {
  const settings = Object.fromEntries(issuers.map((issuer) => [issuer.id, issuer.settings]));
  const schema = specJsonSchema(settings);
  const perIssuer = issuers.map(({ id, title }) => ({
    path: `issuers.${id}`,
    title: `\`issuers.${id}\``,
    text: `What ${title} needs to know besides.`,
  }));
  const tables = [...sections, ...perIssuer].map(
    ({ path, title, text }) => `## ${title}\n\n${text}\n\n${keyTable(schema, path)}\n`,
  );
  const [first = '', ...more] = tables;
  const context = issuers.map((issuer) => contextTable(issuer));
  return {
    path: 'docs/spec.md',
    content: [opening, first, beforeKeys, ...more, contextText, ...context].join('\n'),
  };
}

const contextText = `## The identity context

What expressions read. An issuer fills it from its own event; a dash says that the issuer has nothing to fill the field
with there, and \`claimsmith check\` finds what would read it in vain. Any field may lack a value in a given
issuance. Besides these, an expression may read a source (\`entitlements.plan\`), a table (\`tables.region\`), an earlier
claim (\`claims.roles\`), in a scope's \`grant\` its placeholders, and in that of an authorization detail \`detail\`.
`;

/** One row a key, in the order of the schema. */
function keyTable(schema: JsonSchema, path: string): string {
  const node = nodeAt(schema, path);
  const required = Array.isArray(node['required']) ? node['required'] : [];
  const rows = Object.entries(objectIn(node, 'properties')).map(([key, value]) => {
    const property = isObject(value) ? value : {};
    const { meaning, fallback } = meaningOf(property, path === '' ? key : `${path}.${key}`);
    const without = required.includes(key) ? 'required' : (fallback ?? '–');
    return `| \`${key}\` | ${cell(typeWords(schema, property, key))} | ${cell(without)} | ${cell(meaning)} |`;
  });
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** The schema of what stands at a path; `*` goes into a mapping of names or a list. */
function nodeAt(schema: JsonSchema, path: string): JsonSchema {
  return path
    .split('.')
    .filter((step) => step !== '')
    .reduce<JsonSchema>((node, step) => {
      if (step !== '*') return objectIn(objectIn(node, 'properties'), step);
      return objectIn(node, 'type' in node && node['type'] === 'array' ? 'items' : 'additionalProperties');
    }, schema);
}

/** The description of the schema ends with the default; prose of the page wins over it. */
function meaningOf(property: JsonSchema, path: string): { meaning: string; fallback: string | undefined } {
  const description = typeof property['description'] === 'string' ? property['description'] : '';
  const [, text = description, fallback] = /^(.*?) ?Default:? (.+)\.$/.exec(description) ?? [];
  const meaning = meanings[path] ?? text;
  if (meaning === '') throw new Error(`docs/spec.md has no meaning for ${path}: say one in spec-prose.ts`);
  return { meaning, fallback };
}

const expressionKeys = new Set(['value', 'when', 'grant']);

function typeWords(schema: JsonSchema, node: JsonSchema, key = ''): string {
  const { type, pattern, enum: values, const: value, allOf, anyOf, items, additionalProperties } = node;
  if (typeof node['$ref'] === 'string') return refWords(schema, node['$ref']);
  if (Array.isArray(allOf)) return unionWords(schema, allOf.filter(isObject));
  if (value !== undefined) return `\`${String(value)}\``;
  if (Array.isArray(values)) return values.map((each) => `\`${String(each)}\``).join(', ');
  if (Array.isArray(anyOf)) return unionWords(schema, anyOf.filter(isObject));
  if (type === 'string' && (expressionKeys.has(key) || isExpression(node))) return 'expression';
  if (node['format'] === 'date') return 'date';
  if (typeof pattern === 'string' && pattern.includes('(ms|s|m|h|d)')) return 'duration';
  if (type === 'string') return 'text';
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'integer') {
    const range = [node['minimum'], node['maximum']];
    return range.every((bound) => typeof bound === 'number' && bound < 1e6)
      ? range.join(' to ')
      : 'whole number';
  }
  if (type === 'array') return `list of ${isObject(items) ? plural(typeWords(schema, items)) : 'anything'}`;
  if (isObject(additionalProperties)) return `mapping of ${plural(typeWords(schema, additionalProperties))}`;
  const keys = Object.keys(objectIn(node, 'properties'));
  return keys.length === 1 ? `\`{ ${keys[0]}: … }\`` : 'mapping';
}

function isExpression({ description }: JsonSchema): boolean {
  return typeof description === 'string' && description.startsWith('A CEL expression');
}

function plural(words: string): string {
  return words.replace(/^(mapping|text|type|literal|expression)\b/, '$1s');
}

function unionWords(schema: JsonSchema, options: readonly JsonSchema[]): string {
  const isSize = options.some(({ pattern }) => typeof pattern === 'string' && pattern.includes('B|kB'));
  if (isSize) return 'size';
  return [...new Set(options.map((option) => typeWords(schema, option)))].join(' or ');
}

/** What refers to itself is a type or a literal. */
function refWords(schema: JsonSchema, ref: string): string {
  const definition = objectIn(objectIn(schema, 'definitions'), ref.split('/').at(-1) ?? '');
  return JSON.stringify(definition).includes('A type:') ? 'type' : 'literal';
}

function contextTable(issuer: Issuer): string {
  const triggers = [...new Set(issuer.supplies.flatMap(({ from }) => Object.keys(from)))];
  const rows = contextFields().map(({ path, type }) => {
    const supply = issuer.supplies.find(({ field }) => `${path}.`.startsWith(`${field}.`));
    const below = supply === undefined ? '' : path.slice(supply.field.length);
    const cells = triggers.map((trigger) => originWords(supply?.from[trigger], below));
    return `| \`${path}\` | ${type} | ${cells.join(' | ')} |`;
  });
  const head = `| field | type | ${triggers.map((trigger) => `${issuer.title} ${trigger}`).join(' | ')} |`;
  return [head, `|---|---|${'---|'.repeat(triggers.length)}`, ...rows, ''].join('\n');
}

function originWords(from: string | undefined, below: string): string {
  if (from === undefined) return '–';
  return /^event[\w.]*$/.test(from) ? `\`${from}${below}\`` : cell(from);
}

function contextFields(): readonly { readonly path: string; readonly type: string }[] {
  const { fields } = contextType({ kind: 'record', name: 'attributes', fields: {} });
  return Object.entries(fields).flatMap(([group, { type }]) => {
    if (type.kind !== 'record') return [{ path: group, type: formatType(type) }];
    return Object.entries(type.fields).map(([name, field]) =>
      field.type.kind === 'record'
        ? { path: `${group}.${name}`, type: 'as declared' }
        : { path: `${group}.${name}`, type: formatType(field.type) },
    );
  });
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function objectIn(node: JsonSchema, key: string): JsonSchema {
  const value = Object.hasOwn(node, key) ? node[key] : undefined;
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
