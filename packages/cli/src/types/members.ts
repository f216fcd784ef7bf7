import type { Contract, ContractClaim, ContractLookup } from '@claimsmith/core';

export type Kind = keyof ContractClaim['for'];

/** The kinds of subjects, in the order in which they are written. */
export const kinds: readonly Kind[] = ['human', 'machine', 'agent', 'delegated'];

/** A claim as tokens of one kind have it. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly carried: ContractClaim['for'][Kind];
  readonly maxItems: number | undefined;
}

export type Api = Contract['apis'][string];
export type Fields = Api['authorizationDetails'][string];

/** The claims of tokens of one kind. Services get a descriptive claim only while it is fresh, so it may be absent. */
export function membersOf({ claims }: Api, kind: Kind, use: ContractClaim['kind']): readonly Member[] {
  return Object.entries(claims)
    .filter(([, claim]) => claim.kind === use)
    .map(([name, claim]) => {
      const isSure = claim.kind === 'authoritative' && claim.clients === undefined;
      const carried = claim.for[kind];
      return {
        name,
        type: claim.type,
        carried: carried === 'always' && !isSure ? 'sometimes' : carried,
        maxItems: claim.maxItems,
      };
    });
}

/** The claims that can be looked up for tokens of one kind, and those of tokens that can be looked up again. */
export function lookedUpOf(
  { claims, lookups = {}, fresh = [] }: Api,
  kind: Kind,
): { readonly lookups: readonly Member[]; readonly fresh: readonly Member[] } {
  const member = ([name, { type, clients, maxItems, ...claim }]: [string, ContractLookup]): Member => {
    const carried = claim.for[kind];
    return {
      name,
      type,
      maxItems,
      carried: carried === 'always' && clients !== undefined ? 'sometimes' : carried,
    };
  };
  return {
    lookups: Object.entries(lookups).map(member),
    fresh: Object.entries(claims)
      .filter(([name]) => fresh.includes(name))
      .map(member),
  };
}

/** The parts of `list(T)` and `map(T)`; undefined for another type. */
export function containerOf(type: string): { readonly kind: string; readonly of: string } | undefined {
  const [, kind, of] = /^(list|map)\((.*)\)$/s.exec(type) ?? [];
  return kind === undefined || of === undefined ? undefined : { kind, of };
}

/** Text in single quotes, as source code. */
export function quoted(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inside}'`;
}

/** A name as a key of an object. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : quoted(name);
}
