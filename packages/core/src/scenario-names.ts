import { suggest } from '@claimsmith/cel';
import type { Finding, Path, SpecSource } from './finding.ts';
import type { Policy } from './policy.ts';

/** The names that a scenario, or what scenarios share, takes from its spec. */
interface Named {
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  readonly sources?: Readonly<Record<string, unknown>> | undefined;
  readonly expect?:
    | {
        readonly access?: Readonly<Record<string, unknown>> | undefined;
        readonly id?: Readonly<Record<string, unknown>> | undefined;
        readonly absent?: readonly string[] | undefined;
      }
    | undefined;
}

/** Names at `path` of a scenario file that its spec does not have: a claim of such a name is always absent. */
export function misnamed(policy: Policy, named: Named, path: Path, source: SpecSource): readonly Finding[] {
  const { expect, context, sources } = named;
  const claims: Known = {
    noun: 'claim',
    names: [
      ...policy.claims.map(({ name }) => name),
      ...(policy.marker === undefined ? [] : [policy.marker.claim]),
    ],
    alias: (name) => ownName(policy, name),
  };
  const known: Known = { noun: 'source', names: policy.sources.map(({ name }) => name) };
  const attributes: Known = {
    noun: 'user attribute',
    names: Object.keys(policy.spec.user?.attributes ?? {}),
  };
  const declared = policy.spec.org?.metadata;
  const inMapping = (data: unknown, at: Path, { names, ...rest }: Known) =>
    keysOf(data)
      .filter((name) => !names.includes(name))
      .map((name) => unknownName({ names, ...rest }, name, source.key([...path, ...at, name])));
  return [
    ...inMapping(part(context, 'user', 'attributes'), ['context', 'user', 'attributes'], attributes),
    ...(declared === undefined
      ? []
      : inMapping(part(context, 'org', 'metadata'), ['context', 'org', 'metadata'], {
          noun: 'metadata of organizations',
          names: Object.keys(declared),
        })),
    ...inMapping(sources, ['sources'], known),
    ...inMapping(expect?.access, ['expect', 'access'], claims),
    ...inMapping(expect?.id, ['expect', 'id'], claims),
    ...(expect?.absent ?? []).flatMap((name, index) =>
      claims.names.includes(name)
        ? []
        : [unknownName(claims, name, source.value([...path, 'expect', 'absent', index]))],
    ),
  ];
}

interface Known {
  readonly noun: string;
  readonly names: readonly string[];
  /** The name that something has in the spec, where `name` is one that issuers know it by. */
  readonly alias?: (name: string) => string | undefined;
}

/** More of them are no help. */
const mostListed = 8;

function unknownName({ noun, names, alias }: Known, name: string, range: Finding['range']): Finding {
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
    message: `The spec has no ${noun} \`${name}\`.`,
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
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.keys(data) : [];
}
