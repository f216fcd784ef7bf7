import { type JsonSchema, jsonSchemaOf } from '@claimsmith/core/spec';
import { environmentSchema, type Targets } from './schema.ts';

/** The JSON Schema of an environment file, for editors. */
export function environmentJsonSchema(targets: Targets): JsonSchema {
  const known = Object.entries(targets).filter(([, target]) => target !== undefined);
  return jsonSchemaOf(environmentSchema(Object.fromEntries(known)), 'Claimsmith environment');
}
