import { type CelInput, celEnv, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import type { Type } from '@claimsmith/cel';
import { Environment } from '@marcbachmann/cel-js';
import { OracleTime } from './compare.ts';
import { type Data, environment } from './environment.ts';

export type OracleOutcome =
  /** Lists as arrays, maps as `Map`, an int as bigint, a double as number. */
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly message: string }
  /** Not even evaluated: the oracle's parser or checker does not take it. */
  | { readonly kind: 'refused'; readonly message: string };

export interface Oracle {
  readonly name: 'bufbuild' | 'marcbachmann';
  /** The data as this oracle wants it bound. */
  readonly bind: (data: Data) => unknown;
  readonly evaluate: (source: string, bound: unknown) => OracleOutcome;
}

const bufbuildEnvironment = celEnv({ funcs: strings });

/** It would parse some of it, and fail at run time, where `||` may hide the failure. */
const LATER_SYNTAX = /\.\?|\[\?|\boptional\.|\bcel\.bind\(/;

export const bufbuild: Oracle = {
  name: 'bufbuild',
  bind: (data) => bindAll(data, (entries) => new Map(entries)),
  evaluate: (source, bound) => {
    if (LATER_SYNTAX.test(source)) return { kind: 'refused', message: 'no optionals, no cel.bind' };
    let evaluate: (bindings: Record<string, CelInput>) => unknown;
    try {
      evaluate = plan(bufbuildEnvironment, parse(source));
    } catch (error) {
      return { kind: 'refused', message: String(error) };
    }
    // It keeps errors as values, and lets those of its own JavaScript escape.
    const result = attempt(() => evaluate(isBindings(bound) ? bound : {}));
    if (result.kind !== 'value') return result;
    if (isCelError(result.value)) return { kind: 'error', message: result.value.message };
    return attempt(() => fromBufbuild(result.value));
  },
};

const marcbachmannEnvironment = Object.keys(environment.variables).reduce(
  (registered, name) =>
    registered.registerVariable(name, marcbachmannType(environment.variables[name] ?? { kind: 'dyn' })),
  new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }),
);

export const marcbachmann: Oracle = {
  name: 'marcbachmann',
  bind: (data) => bindAll(data, (entries) => Object.fromEntries(entries)),
  evaluate: (source, bound) => {
    let evaluate: (context?: Record<string, unknown>) => unknown;
    try {
      const parsed = marcbachmannEnvironment.parse(source);
      const checked = parsed.check();
      if (!checked.valid) return { kind: 'refused', message: String(checked.error) };
      evaluate = parsed;
    } catch (error) {
      return { kind: 'refused', message: String(error) };
    }
    return attempt(() => fromMarcbachmann(evaluate(isBindings(bound) ? bound : {})));
  },
};

function marcbachmannType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list<${marcbachmannType(type.element)}>`;
    case 'map':
      return `map<string, ${marcbachmannType(type.value)}>`;
    case 'record':
      return 'map<string, dyn>';
    case 'optional':
      return 'dyn';
    default:
      return type.kind;
  }
}

function attempt(call: () => unknown): Exclude<OracleOutcome, { kind: 'refused' }> {
  try {
    return { kind: 'value', value: call() };
  } catch (error) {
    return { kind: 'error', message: String(error) };
  }
}

function isBindings(bound: unknown): bound is Record<string, CelInput> {
  return typeof bound === 'object' && bound !== null;
}

type MakeMap = (entries: [string, unknown][]) => unknown;

function bindAll(data: Data, makeMap: MakeMap): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(environment.variables).map(([name, type]) => [name, bindValue(data[name], type, makeMap)]),
  );
}

/** Ints become bigints where the type says int; a missing field of a record is left out. */
function bindValue(value: unknown, type: Type, makeMap: MakeMap): unknown {
  if (typeof value === 'number') return type.kind === 'int' ? BigInt(value) : value;
  if (Array.isArray(value)) {
    const element: Type = type.kind === 'list' ? type.element : { kind: 'dyn' };
    return value.map((member) => bindValue(member, element, makeMap));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return makeMap(entries.map(([key, member]) => [key, bindValue(member, memberType(type, key), makeMap)]));
}

function memberType(type: Type, key: string): Type {
  if (type.kind === 'map') return type.value;
  return (type.kind === 'record' ? type.fields[key]?.type : undefined) ?? { kind: 'dyn' };
}

function fromBufbuild(value: unknown): unknown {
  if (isCelList(value)) return Array.from(value, fromBufbuild);
  if (isCelMap(value)) return new Map(Array.from(value, ([key, member]) => [key, fromBufbuild(member)]));
  if (!isReflectMessage(value)) return value;
  return timeOf(value.message, value.desc.typeName.endsWith('Timestamp'));
}

/** A message of protobuf's seconds and nanoseconds, both of the sign of a duration. */
function timeOf(message: object, isTimestamp: boolean): OracleTime {
  const { seconds, nanos } = { seconds: 0n, nanos: 0, ...message };
  return new OracleTime(
    isTimestamp ? 'timestamp' : 'duration',
    BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
  );
}

/** Its class is not exported. */
function isDuration(value: unknown): value is { readonly seconds: bigint; readonly nanos: number } {
  return Object.prototype.toString.call(value) === '[object google.protobuf.Duration]';
}

function fromMarcbachmann(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromMarcbachmann);
  if (value instanceof Date) return new OracleTime('timestamp', BigInt(value.getTime()) * 1_000_000n);
  if (isDuration(value))
    return new OracleTime('duration', BigInt(value.seconds) * 1_000_000_000n + BigInt(value.nanos));
  if (value instanceof Map)
    return new Map(Array.from(value, ([key, member]) => [key, fromMarcbachmann(member)]));
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, fromMarcbachmann(member)]));
}
