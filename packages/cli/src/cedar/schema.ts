import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type CedarToken, type Finding, isMapping } from '@claimsmith/core';
import type { TextFile } from '@claimsmith/core/spec';
import { findingsOf } from './findings.ts';
import type { Cedar } from './load.ts';
import { joined } from './statements.ts';
import { tokenTypeText } from './token.ts';

/** The schema of a service with the type `Token`. */
export interface CedarSchema {
  /** As people write it. */
  readonly text: string;
  /** As Verified Permissions takes it, all types resolved. */
  readonly json: SchemaJson<string>;
  /** The namespace of the service; undefined: it has none, or several. */
  readonly namespace: string | undefined;
}

/** Adds the type `Token` to the schema of a service, in its namespace if it has one. */
export function schemaWithToken(
  cedar: Cedar,
  file: TextFile,
  token: CedarToken,
): { readonly schema: CedarSchema | undefined; readonly findings: readonly Finding[] } {
  const texts = joined([file, { file: 'Token', text: tokenTypeText(token) }]);
  const read = cedar.schemaToJson(texts.text);
  if (read.type === 'failure') return { schema: undefined, findings: findingsOf(read.errors, texts, file) };
  const { namespace, json } = inOneNamespace(read.json);
  const written = cedar.schemaToText(json);
  if (written.type === 'failure')
    return { schema: undefined, findings: findingsOf(written.errors, undefined, file) };
  const resolved = cedar.schemaToJsonWithResolvedTypes(written.text);
  if (resolved.type === 'failure')
    return { schema: undefined, findings: findingsOf(resolved.errors, undefined, file) };
  return { schema: { text: written.text, json: resolved.json, namespace }, findings: [] };
}

/** Verified Permissions has one namespace in a schema, so the type goes into that of the service. */
function inOneNamespace(json: SchemaJson<string>): {
  readonly namespace: string | undefined;
  readonly json: SchemaJson<string>;
} {
  const { '': outside, ...named } = json;
  const [[namespace, own] = [], second] = Object.entries(named);
  const isOnlyToken =
    outside !== undefined &&
    Object.keys(outside.commonTypes ?? {}).length === 1 &&
    Object.keys({ ...outside.entityTypes, ...outside.actions }).length === 0;
  if (namespace === undefined || own === undefined || second !== undefined || !isOnlyToken)
    return { namespace: undefined, json };
  const commonTypes = { ...own.commonTypes, ...outside.commonTypes };
  return { namespace, json: { [namespace]: { ...own, commonTypes } } };
}

/** Types that older readers of the JSON know by another form. */
const extensions = ['decimal', 'ipaddr', 'datetime', 'duration'];

/** The schema in the form of its JSON that every version of Cedar reads. */
export function classicJson({ json }: Pick<CedarSchema, 'json'>): string {
  return JSON.stringify(json, (_, value: unknown) => {
    if (!isMapping(value)) return value;
    const { type } = value;
    if (type === 'Bool') return { ...value, type: 'Boolean' };
    if (typeof type === 'string' && extensions.includes(type))
      return { ...value, type: 'Extension', name: type };
    return value;
  });
}
