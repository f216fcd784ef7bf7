import type { Settings } from '../fill.ts';
import type { Answer, Decision } from '../program.ts';
import type { LookupField, LookupPart } from './lookup-policy.ts';

/** A verified token, as look-ups read it. */
export interface LookupToken {
  /** The audience of the service. */
  readonly audience: string;
  /** `delegated`: an actor acts for the subject. */
  readonly kind: 'human' | 'machine' | 'agent' | 'delegated';
  /** The subject of the token; also of a delegated token. */
  readonly subject: 'human' | 'machine' | 'agent';
  readonly client: string | undefined;
  readonly scopes: readonly string[];
  /** All claims of the token, by their names at the issuer. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The policy's claims in the token, by their names in the spec. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Claims that it has and that are too old to rely on: `claims` lacks them, and nothing follows from that. */
  readonly stale: readonly string[];
  /** Unix time in milliseconds. */
  readonly nowMs: number;
}

type Draft = { [name: string]: unknown };

/** Makes the identity context of a token: what a program reads, as far as the token says it. */
export type ContextReader = (token: LookupToken) => Readonly<Record<string, unknown>> | undefined;

/**
 * A reader for one part. Its result is undefined for a token that does not say everything the program reads.
 *
 * @param settings with those that the program computes with
 */
export function contextReader(
  { fields, told, keys }: Omit<LookupPart, 'program'>,
  settings: Settings,
): ContextReader {
  const computing = keys && Object.fromEntries(keys.map((key) => [key, settings[key]]));
  const placed = fields.map((field) => ({ field, path: field.field.split('.') }));
  const claims = Object.entries(told?.names ?? {});
  const read = claimsRead({ fields, ...(told !== undefined && { told }) });
  return (token) => {
    // As absent, they could let a rule pass, or give a wider value.
    if (token.stale.some((name) => read.includes(name))) return undefined;
    const context: Draft = {};
    for (const { field, path } of placed) {
      if (!says(field, token)) return undefined;
      const value = fieldValue(field, token);
      if (value !== undefined) put(context, path, value);
    }
    if (told !== undefined)
      context[told.record] = Object.fromEntries(claims.map(([name, at]) => [at, own(token.claims, name)]));
    if (computing !== undefined) context['$settings'] = computing;
    return context;
  };
}

/** The claims of the policy that a part reads from tokens, by their names in the spec. */
export function claimsRead({ fields, told }: Pick<LookupPart, 'fields' | 'told'>): readonly string[] {
  const said = fields.flatMap((field) => ('said' in field ? [field.said] : []));
  return [...new Set([...Object.keys(told?.names ?? {}), ...said])];
}

/** Whether the tokens of such subjects say a field wherever it has a value. */
function says(field: LookupField, { kind, subject }: LookupToken): boolean {
  if (!('said' in field)) return true;
  const isOf = field.of === undefined || field.of.includes(subject);
  return isOf && (field.direct !== true || kind !== 'delegated');
}

function fieldValue(field: LookupField, token: LookupToken): unknown {
  if ('said' in field) return own(token.claims, field.said);
  if ('claim' in field)
    return field.people === true && token.subject === 'machine' ? undefined : own(token.payload, field.claim);
  switch (field.fact) {
    case 'client':
      return token.client;
    case 'scopes':
      return token.scopes;
    case 'audience':
      return token.audience;
    case 'now':
      return token.nowMs;
    case 'actor':
      return actorOf(token.payload['act']);
    case 'kind':
      return token.subject;
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc8693#section-4.1 */
function actorOf(act: unknown): unknown {
  if (act === undefined) return undefined;
  // Somebody acts, and nobody knows who.
  if (typeof act !== 'object' || act === null) return { chain: [] };
  return { sub: own(act, 'sub'), act: own(act, 'act') };
}

function put(context: Draft, path: readonly string[], value: unknown): void {
  let record: Draft = context;
  for (const name of path.slice(0, -1)) {
    const inner: Draft = isDraft(record[name]) ? record[name] : {};
    record[name] = inner;
    record = inner;
  }
  record[path.at(-1) ?? ''] = value;
}

function isDraft(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null;
}

function own(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

/**
 * What came of looking up a claim. `unavailable`: it cannot be known now, because a source failed. `missing`: the sources have
 * no value, and the policy denies then.
 */
export type LookedUp =
  | { readonly value: unknown; readonly refused?: undefined }
  | { readonly refused: 'unavailable' | 'missing'; readonly why: string };

/** What the decision of a claim's part means; `value` is undefined if the claim is left out. */
export function lookedUp(
  claim: string,
  {
    denied,
    access,
    outcomes,
  }: Pick<Decision, 'denied' | 'outcomes'> & {
    readonly access: Readonly<Record<string, unknown>>;
  },
  answers: readonly Answer[],
): LookedUp {
  if (denied === undefined) return { value: Object.hasOwn(access, claim) ? access[claim] : undefined };
  const failure = answers.find((answer) => answer.failure !== undefined)?.failure;
  if (failure !== undefined) return { refused: 'unavailable', why: failure };
  const { kind, cause = 'missing' } = outcomes.find(({ outcome }) => outcome === 'denied') ?? {};
  // The program itself could not decide.
  const isBroken = kind !== 'claim' || cause === 'internal' || cause === 'steps';
  return { refused: isBroken ? 'unavailable' : 'missing', why: cause };
}
