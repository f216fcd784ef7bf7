import { isDeepStrictEqual } from 'node:util';
import {
  contextType,
  exchangeGrant,
  type Issuer,
  isMapping,
  isUnder,
  type Policy,
  type RawContext,
  type Supply,
} from '@claimsmith/core';
import { textAt } from './raw-context.ts';

/** A context as it may come about at an issuer. */
export interface Held {
  readonly context: RawContext;
  /** How it differs from the scenario, one sentence each. */
  readonly changes: readonly string[];
}

type Fields = Record<string, unknown>;

/**
 * A context as the issuer can have it at a trigger: without a user if nobody logs in, with the lists that it always
 * knows, and for its own audience. It still has values that the issuer knows but does not supply.
 */
export function held(raw: RawContext, issuer: Issuer, trigger: string, policy: Policy): Held {
  const { absent, agentsAre } = issuer.model.lacks(policy, trigger);
  const known = issuer.simulator.holds?.(raw, policy) ?? raw;
  const isAgent = agentsAre !== undefined && known['subject_type'] === 'agent';
  const context = isAgent ? { ...known, subject_type: agentsAre } : known;
  const nobody = without(context, absent);
  const changes = [
    ...(isAgent ? [`${issuer.title} does not recognize agents, and treats one as a ${agentsAre}.`] : []),
    ...nobody.dropped.map((path) => `${issuer.title} does not have \`${path}\` there.`),
  ];
  const result: Fields = { ...nobody.context };
  for (const supply of issuer.model.supplies) {
    if (supply.from[trigger] === undefined || isUnder(absent, supply.field)) continue;
    if (supply.emptyIsMissing) changes.push(...dropEmpty(result, supply, issuer));
    if (supply.always || isNeverMissing(supply.field, context, issuer, policy))
      changes.push(...fillIn(result, supply, issuer));
  }
  changes.push(...setAudience(result, issuer, policy));
  return { context: result, changes };
}

/**
 * Why a situation cannot come about at an issuer: somebody acts for the user or exchanges a token, and nobody can there.
 * Undefined if it can. A situation without the actor would be another one, in which the policy may grant more.
 */
export function impossibleAt(
  context: RawContext,
  { title, model }: Issuer,
  trigger: string,
  policy: Policy,
): string | undefined {
  const { absent, whyNoActor = `Nobody acts for a user at ${title}.` } = model.lacks(policy, trigger);
  const { actor } = context;
  const isNobody = actor == null || (isMapping(actor) && Object.keys(actor).length === 0);
  const isExchange = textAt(context, 'request', 'grant_type') === exchangeGrant;
  return (isNobody && !isExchange) || !isUnder(absent, 'actor') ? undefined : whyNoActor;
}

/** The part of a context that the issuer supplies, and the fields that it does not. */
export function told(context: RawContext, issuer: Issuer, trigger: string, policy: Policy) {
  const untold = issuer.model.supplies
    .filter(({ untold }) => untold?.isUntold(context))
    .map(({ field }) => field);
  return without(context, [...issuer.model.lacks(policy, trigger).lost, ...untold]);
}

/** @param paths of fields or of whole records, dotted */
function without(
  context: RawContext,
  paths: readonly string[],
): { readonly context: RawContext; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const drop = (value: unknown, path: string): unknown => {
    if (!isMapping(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => {
        const at = path === '' ? key : `${path}.${key}`;
        if (inner === undefined) return [];
        // A record is always there, with fields or without.
        if (isUnder(paths, at) && !(path === '' && isRecord(key))) {
          dropped.push(at);
          return [];
        }
        return [[key, isBelow(at, paths) ? drop(inner, at) : inner]];
      }),
    );
  };
  const kept = drop(context, '');
  return { context: isMapping(kept) ? kept : {}, dropped };
}

function isBelow(path: string, paths: readonly string[]): boolean {
  return isUnder(paths, path) || paths.some((one) => one.startsWith(`${path}.`));
}

/** The issuer may have a fixed audience, whatever the client requests. */
function setAudience(
  context: Fields,
  { title, model: { audience } }: Issuer,
  policy: Policy,
): readonly string[] {
  const asked = textAt(context, 'request', 'audience');
  const given = audience?.(policy, asked) ?? asked;
  if (given === asked) return [];
  const request = context['request'];
  context['request'] = { ...(isMapping(request) ? request : {}), audience: given };
  return [`At ${title} the audience is ${given}.`];
}

/** Lists below the field that are empty, and so cannot be held. */
function dropEmpty(context: Fields, { field }: Supply, { title }: Issuer): readonly string[] {
  const [name = '', key = ''] = field.split('.');
  const record = context[name];
  const value = isMapping(record) ? record[key] : undefined;
  if (!isMapping(record) || !isMapping(value)) return [];
  const empty = Object.keys(value).filter(
    (entry) => Array.isArray(value[entry]) && value[entry].length === 0,
  );
  const rest = Object.entries(value).filter(([entry]) => !empty.includes(entry));
  context[name] = { ...record, [key]: Object.fromEntries(rest) };
  return empty.map((entry) => `${title} cannot store an empty list: ${field}.${entry} is missing.`);
}

/** Lists that the issuer always knows, also by its settings: an empty list gives the same event as no list. */
function isNeverMissing(field: string, context: RawContext, issuer: Issuer, policy: Policy): boolean {
  const [name = '', key = ''] = field.split('.');
  const record = context[name];
  if (!knownLists.has(field) || !isMapping(record)) return false;
  const eventWith = (value: unknown) =>
    issuer.simulator.eventFrom({ ...context, [name]: { ...record, [key]: value } }, policy);
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
  return [`${title} always knows ${field}: an unknown list is empty there.`];
}

function isRecord(name: string): boolean {
  const { fields } = contextType();
  return fields[name]?.type.kind === 'record';
}
