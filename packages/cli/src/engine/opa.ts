import { type Contract, namesInTokens } from '@claimsmith/core';
import { schemaOf } from '../types/json-schema.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const texts: Schema = { anyOf: [text, { type: 'array', items: text }] };
const seconds: Schema = { type: 'integer' };

/** What every access token may have, whoever signed it. */
const registered: Readonly<Record<string, Schema>> = {
  iss: text,
  sub: text,
  aud: texts,
  exp: seconds,
  iat: seconds,
  nbf: seconds,
  jti: text,
};

/**
 * A JSON Schema of OPA's `input`, whose `token` is the payload of an access token: claims have their names at the issuers.
 *
 * @see https://www.openpolicyagent.org/docs/policy-reference/schemas
 */
export function opaSchema(contract: Contract): string {
  const { policy, apis, issuers, marker } = contract;
  const found = new Map<string, Schema[]>(
    Object.entries(registered).map(([name, schema]) => [name, [schema]]),
  );
  for (const { scopes, client } of Object.values(issuers)) {
    found.set(scopes, [texts]);
    for (const name of client) found.set(name, [text]);
  }
  if (marker) found.set(marker.claim, [text]);
  for (const [claim, names] of namesInTokens(contract)) {
    const type = Object.values(apis).flatMap(({ claims }) => claims[claim]?.type ?? [])[0] ?? 'dyn';
    for (const name of names) found.set(name, distinct([...(found.get(name) ?? []), schemaOf(type)]));
  }
  const properties = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schemas]) => [name, schemas.length === 1 ? schemas[0] : { anyOf: schemas }]);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Access tokens of ${policy.name}, as input.token`,
    type: 'object',
    properties: { token: { type: 'object', properties: Object.fromEntries(properties) } },
    required: ['token'],
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function distinct(schemas: readonly Schema[]): Schema[] {
  return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
}
