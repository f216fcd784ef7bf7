import type { JsonSchema } from '@claimsmith/core/spec';

/** By path: what the schema does not say, or says too shortly for a page. */
export interface Words {
  readonly meanings: Readonly<Record<string, string>>;
  readonly types?: Readonly<Record<string, string>>;
}

/** One row a key, in the order of the schema. */
export function keyTable(schema: JsonSchema, path: string, { meanings, types = {} }: Words): string {
  const node = nodeAt(schema, path);
  const required = Array.isArray(node['required']) ? node['required'] : [];
  const rows = Object.entries(objectIn(node, 'properties')).map(([key, value]) => {
    const property = isObject(value) ? value : {};
    const own = path === '' ? key : `${path}.${key}`;
    const { meaning, fallback } = meaningOf(property, own, meanings);
    const without = required.includes(key) ? 'required' : (fallback ?? '–');
    return `| \`${key}\` | ${cell(types[own] ?? typeWords(schema, property, key))} | ${cell(without)} | ${cell(meaning)} |`;
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
function meaningOf(
  property: JsonSchema,
  path: string,
  meanings: Readonly<Record<string, string>>,
): { meaning: string; fallback: string | undefined } {
  const description = typeof property['description'] === 'string' ? property['description'] : '';
  const [, text = description, fallback] = /^(.*?) ?Default:? (.+)\.$/.exec(description) ?? [];
  const meaning = meanings[path] ?? text;
  if (meaning === '') throw new Error(`a page has no meaning for ${path}: say one in its prose`);
  return { meaning, fallback };
}

const expressionKeys = new Set(['value', 'when', 'grant']);

function typeWords(schema: JsonSchema, whole: JsonSchema, key = ''): string {
  const node = withoutParameter(whole);
  const { type, pattern, enum: values, const: value, allOf, anyOf, items, additionalProperties } = node;
  if (typeof node['$ref'] === 'string') return refWords(schema, node['$ref']);
  if (Array.isArray(allOf)) return unionWords(schema, allOf.filter(isObject));
  if (value !== undefined) return `\`${String(value)}\``;
  if (Array.isArray(values)) return values.map((each) => `\`${String(each)}\``).join(', ');
  if (Array.isArray(anyOf)) return unionWords(schema, anyOf.filter(isObject));
  if (type === 'string' && (expressionKeys.has(key) || isExpression(node))) return 'expression';
  if (node['format'] === 'date') return 'date';
  if (typeof pattern === 'string' && pattern.endsWith('ms|s|m|h|d)$')) return 'duration';
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

/** Every value may be a parameter; the page says so once. */
function withoutParameter(node: JsonSchema): JsonSchema {
  const options = Array.isArray(node['anyOf']) ? node['anyOf'].filter(isObject) : [];
  const [first, second, ...more] = options;
  const isParameter = typeof second?.['pattern'] === 'string' && second['pattern'].includes('params');
  if (first === undefined || !isParameter || more.length > 0) return node;
  return { ...first, description: node['description'] };
}

function isExpression({ description }: JsonSchema): boolean {
  return typeof description === 'string' && description.startsWith('A CEL expression');
}

function plural(words: string): string {
  return words.replace(/^(mapping|text|type|literal|expression)\b/, '$1s');
}

function unionWords(schema: JsonSchema, options: readonly JsonSchema[]): string {
  const isSize = options
    .map(withoutParameter)
    .some(({ pattern }) => typeof pattern === 'string' && pattern.includes('B|kB'));
  if (isSize) return 'size';
  return [...new Set(options.map((option) => typeWords(schema, option)))].join(' or ');
}

/** What refers to itself is a type, a literal, or a part of a body. */
function refWords(schema: JsonSchema, ref: string): string {
  const definition = objectIn(objectIn(schema, 'definitions'), ref.split('/').at(-1) ?? '');
  const text = JSON.stringify(definition);
  if (text.includes('A CEL expression')) return 'expression';
  return text.includes('A type:') ? 'type' : 'literal';
}

export function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function objectIn(node: JsonSchema, key: string): JsonSchema {
  const value = Object.hasOwn(node, key) ? node[key] : undefined;
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
