import type { CedarSettings, CedarToken, Contract } from '@claimsmith/core';

/** The type of `context.token` as a Cedar schema declares it. */
export function tokenTypeText({ attributes }: CedarToken): string {
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
export function leastToken({ attributes }: CedarToken): Readonly<Record<string, unknown>> {
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
  { attributes }: CedarToken,
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
      Object.entries(signed).filter(
        ([name]) => name !== (facts?.groups ?? groupClaim) && attributes.has(name),
      ),
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
