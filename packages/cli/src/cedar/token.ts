import { type Contract, type ContractClaim, cedarTypeOf, isCedarName } from '@claimsmith/core';
import type { Spec } from '@claimsmith/core/spec';

/** How a spec says that Cedar reads tokens. */
export type CedarSettings = NonNullable<Spec['cedar']>;

/** An attribute of `context.token`. */
export interface TokenAttribute {
  /** A type of Cedar: `Set<String>`. */
  readonly type: string;
  /** Whether every token of the policy has it. */
  readonly isRequired: boolean;
}

/** What policies find in `context.token`, whichever issuer signed it. */
export interface TokenType {
  /** By the name in tokens, in the order of the names. */
  readonly attributes: ReadonlyMap<string, TokenAttribute>;
  /** Claims, by their names in the spec, that Cedar cannot carry, each with the reason. */
  readonly uncarried: readonly { readonly claim: string; readonly why: string }[];
}

/**
 * The attributes of `context.token` as Verified Permissions makes them of an access token: the scopes are a set, and every
 * other claim but the groups is an attribute with its name at the issuer. Claims that a policy does not know are left out.
 *
 * @see https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/oidc-map-token-to-schema.html
 */
export function tokenTypeOf(contract: Contract, { groups, decimals = [] }: CedarSettings = {}): TokenType {
  const attributes = new Map<string, TokenAttribute>();
  const uncarried: { claim: string; why: string }[] = [];
  for (const { scopes, client } of Object.values(contract.issuers)) {
    attributes.set(scopes, { type: 'Set<String>', isRequired: false });
    for (const name of client) attributes.set(name, { type: 'String', isRequired: false });
  }
  // A token that the policy leaves alone has no marker.
  if (contract.marker) attributes.set(contract.marker.claim, { type: 'String', isRequired: false });
  const apis = Object.values(contract.apis);
  for (const [claim, names] of claimNames(contract)) {
    const all = apis.flatMap(({ claims }) => claims[claim] ?? []);
    const type = decimals.includes(claim) ? 'decimal' : cedarTypeOf(all[0]?.type ?? '');
    if (type === undefined) {
      uncarried.push({ claim, why: `its type is ${all[0]?.type}` });
      continue;
    }
    const isRequired =
      claim !== groups && names.size === 1 && all.length === apis.length && all.every(isInEveryToken);
    for (const name of names) {
      const other = attributes.get(name);
      if (!isCedarName(name))
        uncarried.push({
          claim,
          why: `its name in tokens, \`${name}\`, means something else in Cedar's JSON`,
        });
      else if (other !== undefined && other.type !== type)
        uncarried.push({
          claim,
          why: `another claim of type ${other.type} has the name \`${name}\` in tokens`,
        });
      else attributes.set(name, { type, isRequired: isRequired && other === undefined });
    }
  }
  return { attributes: new Map([...attributes].sort(([a], [b]) => (a < b ? -1 : 1))), uncarried };
}

/** The names that each claim has in tokens. */
export function claimNames({ apis }: Contract): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { claims } of Object.values(apis))
    for (const [claim, { names }] of Object.entries(claims)) {
      const own = found.get(claim) ?? new Set();
      for (const name of Object.values(names)) own.add(name);
      found.set(claim, own);
    }
  return found;
}

function isInEveryToken({ for: carried, clients }: ContractClaim): boolean {
  return clients === undefined && Object.values(carried).every((one) => one === 'always');
}

/** The type of `context.token` as a Cedar schema declares it. */
export function tokenTypeText({ attributes }: TokenType): string {
  const lines = [...attributes].map(
    ([name, { type, isRequired }]) => `  ${attributeName(name)}${isRequired ? '' : '?'}: ${type},\n`,
  );
  return `type Token = {\n${lines.join('')}};\n`;
}

/** Text in quotes, as Cedar reads it. */
function quoted(text: string): string {
  const plain: Readonly<Record<string, string>> = { b: '8', f: 'c' };
  return JSON.stringify(text).replace(/\\(?:u([0-9a-f]{4})|(.))/g, (written, unit?: string, letter = '') => {
    const code = unit ?? plain[letter];
    return code === undefined ? written : `\\u{${code}}`;
  });
}

/** Values of the attributes that every token has. */
export function leastToken({ attributes }: TokenType): Readonly<Record<string, unknown>> {
  const values: Readonly<Record<string, unknown>> = { String: '', Long: 0, Bool: false, decimal: '0.0' };
  return Object.fromEntries(
    [...attributes].flatMap(([name, { type, isRequired }]) =>
      isRequired ? [[name, values[type] ?? []]] : [],
    ),
  );
}

function attributeName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !reserved.includes(name) ? name : quoted(name);
}

/** Words that Cedar's schemas may not have as plain names. */
const reserved = ['in', 'is', 'has', 'like', 'if', 'then', 'else', 'true', 'false', '__cedar'];

/** What an issuer signs, as far as Cedar needs to know it. */
export interface SignedToken {
  /** The claims of the policy, by their names at the issuer. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  readonly subject: string;
  readonly client: string | undefined;
  /** The groups of a user pool. */
  readonly poolGroups: readonly string[];
}

/** A token as Verified Permissions hands it to Cedar. */
export interface MappedToken {
  readonly principalId: string;
  readonly groupIds: readonly string[];
  readonly token: Readonly<Record<string, unknown>>;
}

/** Maps an access token to a principal, its groups and `context.token`. */
export function mappedToken(
  { claims, scopes, subject, client, poolGroups }: SignedToken,
  issuer: string,
  contract: Contract,
  { attributes }: TokenType,
  { groups, prefixes }: CedarSettings = {},
): MappedToken {
  const facts = contract.issuers[issuer];
  const groupClaim =
    groups === undefined || facts?.groups !== undefined ? undefined : nameAt(contract, groups, issuer);
  const signed = {
    ...claims,
    ...(facts !== undefined && scopes.length > 0 && { [facts.scopes]: scopes }),
    ...(facts?.client[0] !== undefined && client !== undefined && { [facts.client[0]]: client }),
  };
  const prefix = prefixes?.[issuer] ?? issuer;
  const names = facts?.groups === undefined ? groupsIn(groupClaim && claims[groupClaim]) : poolGroups;
  return {
    principalId: `${prefix}|${subject}`,
    groupIds: names.map((name) => `${prefix}|${name}`),
    token: Object.fromEntries(
      Object.entries(signed).filter(([name]) => name !== groupClaim && attributes.has(name)),
    ),
  };
}

/** A text is a list of groups with spaces between them. */
function groupsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((name) => name !== '');
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** The name of a claim in the tokens of an issuer; undefined: they have no such claim. */
export function nameAt({ apis }: Contract, claim: string, issuer: string): string | undefined {
  return Object.values(apis).flatMap(({ claims }) => claims[claim]?.names[issuer] ?? [])[0];
}
