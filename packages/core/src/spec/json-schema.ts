import { z } from 'zod';
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
  return jsonSchemaOf(specSchema(issuers), 'Claimsmith enrichment spec');
}

/** The JSON Schema of a scenario file. */
export function scenarioJsonSchema(issuers: readonly string[] = []): JsonSchema {
  return jsonSchemaOf(scenarioSchema(issuers), 'Claimsmith scenarios');
}

/** The JSON Schema of a file that a zod schema reads, for editors. */
export function jsonSchemaOf(schema: z.ZodType, title: string): JsonSchema {
  // What JSON Schema cannot say is left open: the reader says it.
  return { ...z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }), title };
}
