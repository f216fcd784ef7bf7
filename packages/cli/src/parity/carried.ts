import { isDeepStrictEqual } from 'node:util';
import { contextType, type Issuer, type Policy, type RawContext, type Supply } from '@claimsmith/core';
import { supplyOf } from '../preview/origin.ts';
import { textAt } from '../raw-context.ts';

/** A context as an issuer can carry it. */
export interface Carried {
  readonly context: RawContext;
  /** Paths of what it can't supply. */
  readonly lost: readonly string[];
  /** What else it says otherwise, one sentence each. */
  readonly changes: readonly string[];
}

type Fields = Record<string, unknown>;

/**
 * A context as far as an issuer can carry it at a trigger, by what it says that it supplies.
 *
 * @param policy whose settings may change that
 */
export function carried(context: RawContext, issuer: Issuer, trigger: string, policy?: Policy): Carried {
  const lost: string[] = [];
  const changes: string[] = [];
  const kept = Object.entries(context).flatMap(([name, value]) => {
    const paths =
      isRecord(name) && isMapping(value) ? Object.keys(value).map((key) => `${name}.${key}`) : [name];
    const missing = paths.filter((path) => supplyOf(issuer, path)?.[trigger] === undefined);
    lost.push(...missing);
    if (paths[0] === name) return missing.length > 0 ? [] : [[name, value] as const];
    return [[name, without(value, missing)] as const];
  });
  const result: Fields = Object.fromEntries(kept);
  for (const supply of issuer.supplies) {
    if (supply.from[trigger] === undefined) continue;
    if (supply.untold?.isUntold(context)) changes.push(...leaveOut(result, supply, supply.untold.why));
    if (supply.emptyIsMissing) changes.push(...dropEmpty(result, supply, issuer));
    if (supply.always || (policy && isNeverMissing(supply.field, context, issuer, policy)))
      changes.push(...fillIn(result, supply, issuer));
  }
  if (policy && !lost.includes('request.audience')) changes.push(...setAudience(result, issuer, policy));
  return { context: result, lost, changes };
}

/** Tokens may be for an audience of the issuer's own, whatever is asked for. */
function setAudience(context: Fields, { title, audience }: Issuer, policy: Policy): readonly string[] {
  const asked = textAt(context, 'request', 'audience');
  const given = audience?.(policy, asked) ?? asked;
  if (given === asked) return [];
  const request = context['request'];
  context['request'] = { ...(isMapping(request) ? request : {}), audience: given };
  return [`At ${title} the audience is ${given}.`];
}

function leaveOut(context: Fields, { field }: Supply, why: string): readonly string[] {
  const [name = '', key = ''] = field.split('.');
  const record = context[name];
  if (!isMapping(record) || record[key] == null) return [];
  context[name] = without(record, [field]);
  return [why];
}

/** Lists below the field that are empty, and so can't be held. */
function dropEmpty(context: Fields, { field }: Supply, { title }: Issuer): readonly string[] {
  const [name = '', key = ''] = field.split('.');
  const record = context[name];
  const value = isMapping(record) ? record[key] : undefined;
  if (!isMapping(record) || !isMapping(value)) return [];
  const empty = Object.keys(value).filter(
    (entry) => Array.isArray(value[entry]) && value[entry].length === 0,
  );
  context[name] = {
    ...record,
    [key]: without(
      value,
      empty.map((entry) => `${field}.${entry}`),
    ),
  };
  return empty.map((entry) => `${title} can't hold an empty list: ${field}.${entry} is missing.`);
}

/** Settings may make a list one that the issuer always knows: where it is empty, its event is as without it. */
function isNeverMissing(field: string, context: RawContext, issuer: Issuer, policy: Policy): boolean {
  const [name = '', key = ''] = field.split('.');
  const record = context[name];
  if (!knownLists.has(field) || !isMapping(record)) return false;
  const eventWith = (value: unknown) =>
    issuer.eventFrom({ ...context, [name]: { ...record, [key]: value } }, policy);
  return record[key] == null && isDeepStrictEqual(eventWith([]), eventWith(null));
}

const knownLists = new Set(['user.roles', 'user.groups', 'request.scopes']);

/** A list that is never missing. */
function fillIn(context: Fields, { field }: Supply, { title }: Issuer): readonly string[] {
  const [name = '', key = ''] = field.split('.');
  const record = context[name];
  const fields = isMapping(record) ? record : {};
  if (Array.isArray(fields[key])) return [];
  context[name] = { ...fields, [key]: [] };
  return [`${title} always knows ${field}: where there is none, the list is empty.`];
}

/** @param paths those to leave out, by their last step */
function without(value: unknown, paths: readonly string[]): unknown {
  if (!isMapping(value)) return value;
  const names = paths.map((path) => path.slice(path.lastIndexOf('.') + 1));
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function isRecord(name: string): boolean {
  const { fields } = contextType({ kind: 'record', name: 'attributes', fields: {} });
  return fields[name]?.type.kind === 'record';
}

function isMapping(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
