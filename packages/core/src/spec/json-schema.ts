import { z } from 'zod';
import { contractSchema } from '../contract/schema.ts';
import { isMapping } from '../data.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import type { IssuerSettings } from './read.ts';
import { specSchema } from './schema.ts';

/** A JSON Schema, as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of a spec as an author writes it, for editors. Draft 7, the newest that the YAML extension of
 * VS Code reads whole.
 * @see https://github.com/redhat-developer/yaml-language-server/issues/1112
 */
export function specJsonSchema(issuers: IssuerSettings): JsonSchema {
  const schema = jsonSchemaOf(specSchema(issuers), 'Claimsmith enrichment spec');
  return { ...schema, properties: withParameters(schema['properties']) };
}

/** A text that stands for a value of another form: `${params.ttl}` as a duration. */
const parameter = { type: 'string', pattern: '\\$\\{params\\.[A-Za-z_]\\w*\\}' };
/** What has no values to fill in. */
const fixed = ['$schema', 'version', 'params', 'accept'];

function withParameters(properties: unknown): unknown {
  if (!isMapping(properties)) return properties;
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, fixed.includes(key) ? value : orParameter(value)]),
  );
}

/** The schema, where each value that is not any text may also be a parameter. */
function orParameter(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(orParameter);
  if (!isMapping(schema)) return schema;
  const { description, ...rest } = schema;
  const about = description === undefined ? {} : { description };
  const isOther = ['integer', 'number', 'boolean'].includes(String(rest['type']));
  const isText = rest['type'] === 'string' && ['pattern', 'enum', 'format'].some((key) => key in rest);
  if (isOther || isText || 'const' in rest) return { ...about, anyOf: [rest, parameter] };
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'properties') return [key, withParameters(value)];
      return [
        key,
        ['items', 'anyOf', 'additionalProperties', 'allOf'].includes(key) ? orParameter(value) : value,
      ];
    }),
  );
}

/** The JSON Schema of a scenario file. */
export function scenarioJsonSchema(issuers: readonly string[] = []): JsonSchema {
  return jsonSchemaOf(scenarioSchema(issuers), 'Claimsmith scenarios');
}

/** The JSON Schema of `contract.json`, what services may rely on. */
export function contractJsonSchema(): JsonSchema {
  return jsonSchemaOf(contractSchema, 'Claimsmith contract');
}

/** The JSON Schema of a file that a zod schema reads, for editors. */
export function jsonSchemaOf(schema: z.ZodType, title: string): JsonSchema {
  // What JSON Schema cannot say is left open: the reader says it.
  return { ...z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }), title };
}
