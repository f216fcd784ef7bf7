import type { KnownIssuance, KnownOrganization } from './input.ts';

/** The effect of scopes with which a request names organizations. */
export interface NamedOrganizations {
  /** Scopes that the token keeps. */
  readonly kept: readonly string[];
  /** Scopes for which Keycloak refuses the request. */
  readonly refused: readonly string[];
  readonly organizations: readonly KnownOrganization[];
}

/**
 * A client scope of organizations is requested in one of three ways: by its own name, for the user's only organization;
 * with `:*`, for all; with `:` and an alias, for one. If the user is not in an organization, the token leaves it out.
 * If the realm does not have it, or a request uses two ways, Keycloak refuses.
 *
 * @param base name of the client scope
 * @param asked the requests of that scope
 */
export function namedOrganizations(
  base: string,
  asked: readonly string[],
  { user }: KnownIssuance,
): NamedOrganizations {
  const { organizations, otherOrganizations = [] } = user;
  const aliases = asked.map((name) => (name === base ? undefined : name.slice(base.length + 1)));
  const ways = new Set(aliases.map((alias) => (alias === undefined || alias === '*' ? alias : 'one')));
  if (ways.size > 1) return { kept: [], refused: asked, organizations: [] };
  const isMember = (alias: string) => organizations.some((one) => one.alias === alias);
  const [alias] = aliases;
  const only = organizations.length === 1 ? organizations : [];
  if (alias === undefined) return { kept: asked, refused: [], organizations: asked.length === 0 ? [] : only };
  if (alias === '*') return { kept: organizations.length === 0 ? [] : asked, refused: [], organizations };
  // Nothing after the colon is as good as the only organization.
  if (alias === '') return { kept: only.length === 0 ? [] : asked, refused: [], organizations: only };
  const named = aliases.filter((each) => each !== undefined);
  const refused = named.filter((each) => !isMember(each) && !otherOrganizations.includes(each));
  return {
    kept: named.filter(isMember).map((each) => `${base}:${each}`),
    refused: refused.map((each) => `${base}:${each}`),
    organizations: organizations.filter((one) => one.alias !== undefined && named.includes(one.alias)),
  };
}
