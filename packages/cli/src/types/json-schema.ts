import type { Contract } from '@claimsmith/core';
import { type Api, containerOf, type Fields, kinds, type Member, membersOf } from './members.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The claims of a contract as a JSON Schema: by audience and kind of subject. */
export function typesInJsonSchema({ policy, apis }: Contract): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Claims of ${policy.name}, by their names in the spec`,
    $defs: Object.fromEntries(Object.entries(apis).map(([audience, api]) => [audience, apiSchema(api)])),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function apiSchema(api: Api): Schema {
  const byKind = kinds.map((kind) => [
    kind,
    objectOf({
      authority: claimsOf(membersOf(api, kind, 'authoritative')),
      descriptive: claimsOf(membersOf(api, kind, 'descriptive')),
    }),
  ]);
  const details = Object.entries(api.authorizationDetails).map(([type, fields]) => [type, fieldsOf(fields)]);
  return { $defs: { ...Object.fromEntries(byKind), details: { $defs: Object.fromEntries(details) } } };
}

function claimsOf(members: readonly Member[]): Schema {
  const there = members.filter(({ carried }) => carried !== 'never');
  const properties = there.map(({ name, type, maxItems }) => [
    name,
    { ...schemaOf(type), ...(maxItems !== undefined && type.startsWith('list(') && { maxItems }) },
  ]);
  const required = there.filter(({ carried }) => carried === 'always').map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required,
    additionalProperties: false,
  };
}

function fieldsOf(fields: Fields): Schema {
  const properties = Object.entries(fields).map(([name, type]) => [
    name,
    typeof type === 'string' ? schemaOf(type) : fieldsOf(type),
  ]);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function objectOf(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** A type of the contract. */
export function schemaOf(type: string): Schema {
  const container = containerOf(type);
  if (container?.kind === 'list') return { type: 'array', items: schemaOf(container.of) };
  if (container !== undefined) return { type: 'object', additionalProperties: schemaOf(container.of) };
  const name = { string: 'string', bool: 'boolean', int: 'integer', double: 'number' }[type];
  return name === undefined ? {} : { type: name };
}
