import { suggest, type Type } from '@claimsmith/cel';
import { fieldAt } from '../context.ts';
import { mappingOf } from '../data.ts';
import type { Finding, Path, SpecSource } from '../finding.ts';
import { withLookups } from '../lookups/policy-lookups.ts';
import type { Policy } from '../policy.ts';
import { oneAnswer } from '../sources/one-answer.ts';
import { tokenNames } from '../tokens.ts';
import type { ScenarioExpectation, ScenarioLive } from './types.ts';

/** The names that a scenario, or what scenarios share, takes from its spec. */
interface Named {
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  readonly sources?: Readonly<Record<string, unknown>> | undefined;
  readonly later?: Readonly<Record<string, unknown>> | undefined;
  readonly expect?: ScenarioExpectation | undefined;
  readonly live?: ScenarioLive | undefined;
}

/** Parts of the context whose fields a spec declares. */
const declaredParts = [
  ['user', 'attributes', 'The spec has no user attribute'],
  ['org', 'metadata', 'The spec has no metadata of organizations'],
  ['client', 'metadata', 'The spec has no metadata of clients'],
  ['user', 'role_attributes', 'The spec has no attribute of roles'],
  ['user', 'identities', 'A linked identity has no field'],
  ['session', 'notes', 'The spec has no note of sessions'],
] as const;

/** Names at `path` of a scenario file that its spec does not define: such a claim can never be emitted. */
export function misnamed(whole: Policy, named: Named, path: Path, source: SpecSource): readonly Finding[] {
  const { expect, context, live } = named;
  const policy = withLookups(whole);
  const claims: Known = {
    lacks: 'The spec has no claim',
    names: [
      ...whole.claims.map(({ name }) => name),
      ...(policy.marker === undefined ? [] : [policy.marker.claim]),
    ],
    alias: (name) => ownName(policy, name),
  };
  const looked: Known = {
    lacks: 'The spec does not look up',
    names: whole.lookups.claims.map(({ name }) => name),
  };
  const known: Known = { lacks: 'The spec has no source', names: policy.sources.map(({ name }) => name) };
  const at = (...steps: Path) => [...path, ...steps];
  const inMapping = (data: unknown, where: Path, { names, ...rest }: Known) =>
    keysOf(data)
      .filter((name) => !names.includes(name))
      .map((name) => unknownName({ names, ...rest }, name, source.key([...where, name])));
  const declared = declaredParts.flatMap(([group, field, lacks]) => {
    const where = { lacks, path: at('context', group, field) };
    return unknownFields(fieldAt(policy.context, [group, field]), part(context, group, field), where, source);
  });
  return [
    ...declared,
    ...misspeltRequest(policy, part(context, 'request'), at('context', 'request'), source),
    ...(['sources', 'later'] as const).flatMap((key) => inMapping(named[key], at(key), known)),
    ...policy.sources.flatMap((asked) =>
      (['sources', 'later'] as const).flatMap((key) => misnamedAnswer(asked, named[key], at(key), source)),
    ),
    ...expectations(expect).flatMap(([steps, { absent = [], lookups, ...tokens }]) => [
      ...inMapping(lookups, at('expect', ...steps, 'lookups'), looked),
      ...tokenNames.flatMap((token) => inMapping(tokens[token], at('expect', ...steps, token), claims)),
      ...absent.flatMap((name, index) =>
        claims.names.includes(name) || looked.names.includes(name)
          ? []
          : [unknownName(claims, name, source.value(at('expect', ...steps, 'absent', index)))],
      ),
    ]),
    ...inMapping(expect?.issuers, at('expect'), issuersOf(policy, expect?.issuers)),
    ...inMapping(live?.issuers, at('live'), issuersOf(policy, live?.issuers)),
  ];
}

/** Fields of an answer that its source does not return. */
function misnamedAnswer(
  asked: Policy['sources'][number],
  sources: unknown,
  path: Path,
  source: SpecSource,
): readonly Finding[] {
  const { name, each } = asked;
  const returns = withErrors(asked);
  const answer = part(sources, name);
  const lacks = `\`${name}\` returns no field`;
  const own = (value: unknown, at: Path) =>
    keysOf(value).includes('fails') ? [] : unknownFields(returns, value, { lacks, path: at }, source);
  if (each === undefined || !Array.isArray(answer)) return own(answer, [...path, name]);
  return answer.flatMap((one: unknown, index) => own(one, [...path, name, index]));
}

/** What an answer may hold: to a POST also `errors`, which make it a failure. */
function withErrors(asked: Policy['sources'][number]): Type {
  const returns = oneAnswer(asked);
  const isPost = asked.kind === 'http' && asked.method === 'POST';
  return isPost && returns.kind === 'record'
    ? { ...returns, fields: { errors: { type: { kind: 'dyn' } }, ...returns.fields } }
    : returns;
}

/** An expectation with its path, and the expectations for single issuers in it. */
function expectations(expect: ScenarioExpectation | undefined): (readonly [Path, ScenarioExpectation])[] {
  if (expect === undefined) return [];
  return [[[], expect], ...Object.entries(expect.issuers ?? {}).map(([id, own]) => [[id], own] as const)];
}

/** A spec that names no issuer is for all. */
function issuersOf({ spec }: Policy, used: Readonly<Record<string, unknown>> = {}): Known {
  const named = Object.keys(spec.issuers ?? {});
  return { lacks: 'The spec has no issuer', names: named.length > 0 ? named : Object.keys(used) };
}

/** Fields of data that its declared type does not have, at any depth. For a value of another type: none. */
function unknownFields(
  type: Type | undefined,
  data: unknown,
  { lacks, path }: { readonly lacks: string; readonly path: Path },
  source: SpecSource,
): readonly Finding[] {
  const within = (inner: Type | undefined, step: string | number, value: unknown) =>
    unknownFields(inner, value, { lacks, path: [...path, step] }, source);
  switch (type?.kind) {
    case 'list':
      return Array.isArray(data) ? data.flatMap((each, index) => within(type.element, index, each)) : [];
    case 'map':
      return keysOf(data).flatMap((key) => within(type.value, key, part(data, key)));
    case 'record': {
      const names = Object.keys(type.fields);
      return keysOf(data).flatMap((key) =>
        names.includes(key)
          ? within(type.fields[key]?.type, key, part(data, key))
          : [unknownName({ lacks, names }, key, source.key([...path, key]))],
      );
    }
    default:
      return [];
  }
}

/** Without URIs, which are so long that any two look similar. */
const grantTypes = ['authorization_code', 'client_credentials', 'implicit', 'password', 'refresh_token'];

/** RFC 9396, section 2.2: fields that any type may have. */
const commonDetailFields = ['type', 'locations', 'actions', 'datatypes', 'identifier', 'privileges'];

/**
 * A request may hold grant types, authorization details and fields of them that the policy does not know. Only a name
 * that is similar to a known one counts as misspelt.
 */
function misspeltRequest(policy: Policy, request: unknown, path: Path, source: SpecSource) {
  const near = (lacks: string, name: unknown, names: readonly string[], range: Finding['range']) =>
    typeof name === 'string' && !names.includes(name) && suggest(name, names) !== undefined
      ? [unknownName({ lacks, names }, name, range)]
      : [];
  const grantType = source.value([...path, 'grant_type']);
  const details = part(request, 'authorization_details');
  return [
    ...near('There is no grant type', part(request, 'grant_type'), grantTypes, grantType),
    ...(Array.isArray(details) ? details : []).flatMap((detail: unknown, index) => {
      const at = [...path, 'authorization_details', index];
      const type = part(detail, 'type');
      const declared = policy.details.find((each) => each.type === type);
      const lacks = `${declared ? `\`${declared.type}\`` : 'An authorization detail'} has no field`;
      const fields = declared ? [...commonDetailFields, ...Object.keys(declared.fields.fields)] : ['type'];
      return [
        ...near(
          'The spec has no authorization detail',
          type,
          policy.details.map((each) => each.type),
          source.value([...at, 'type']),
        ),
        ...keysOf(detail).flatMap((key) => near(lacks, key, fields, source.key([...at, key]))),
      ];
    }),
  ];
}

interface Known {
  /** The beginning of the message: `The spec has no claim`. */
  readonly lacks: string;
  readonly names: readonly string[];
  /** The name in the spec, if `name` is the name at an issuer. */
  readonly alias?: (name: string) => string | undefined;
}

/** A longer list would not help. */
const mostListed = 8;

function unknownName({ lacks, names, alias }: Known, name: string, range: Finding['range']): Finding {
  const own = alias?.(name);
  const near = suggest(name, names);
  const list = names.map((each) => `\`${each}\``).join(', ');
  const rest = names.length > 0 && names.length <= mostListed ? `It has ${list}.` : undefined;
  const help =
    own !== undefined
      ? `Scenarios use the names of the spec: \`${own}\`.`
      : near !== undefined
        ? `Did you mean \`${near}\`?`
        : rest;
  return {
    rule: 'TE017',
    severity: 'error',
    message: `${lacks} \`${name}\`.`,
    range,
    ...(help === undefined ? {} : { help }),
  };
}

function ownName({ claims, spec }: Policy, name: string): string | undefined {
  return claims.find(
    (claim) => Object.values(claim.as).includes(name) || `${spec.namespace ?? ''}${claim.name}` === name,
  )?.name;
}

function part(data: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    data,
  );
}

function keysOf(data: unknown): readonly string[] {
  return Object.keys(mappingOf(data));
}
