/** Whether a server and the emulator say the same. */
import { isDeepStrictEqual } from 'node:util';
import type { Enrichment } from '../src/representation.ts';
import type { TokenKind } from '../src/simulator/emulator/draft.ts';
import type { Claims } from './tokens.ts';

/** What Keycloak writes into every token, whatever the mappers. */
const ownClaims: Readonly<Record<TokenKind, readonly string[]>> = {
  access: ['exp', 'iat', 'jti', 'iss', 'typ', 'azp', 'sid', 'scope', 'auth_time', 'acr', 'sub'],
  id: ['exp', 'iat', 'jti', 'iss', 'typ', 'azp', 'sid', 'sub', 'at_hash', 'auth_time', 'acr', 'aud'],
  userinfo: ['sub'],
  introspection: [
    ...['exp', 'iat', 'jti', 'iss', 'typ', 'azp', 'sid', 'scope', 'auth_time', 'acr', 'sub', 'aud'],
    ...['client_id', 'username', 'token_type', 'active'],
  ],
};

/** Mappers whose lists have no order: they come from Java sets, or from rows of a table. */
const unordered = [
  'oidc-usermodel-realm-role-mapper',
  'oidc-usermodel-client-role-mapper',
  'oidc-organization-membership-mapper',
  'oidc-group-membership-mapper',
  'oidc-audience-mapper',
  'oidc-usermodel-attribute-mapper',
];

export interface Difference {
  readonly kind: TokenKind;
  readonly server: Claims;
  readonly emulated: Claims;
}

/** Of the server's claims those that do not come of the server itself, or that the emulator has too. */
export function ofMappers(kind: TokenKind, server: Claims, emulated: Claims): Claims {
  const own = ownClaims[kind].filter((name) => !Object.hasOwn(emulated, name));
  return Object.fromEntries(Object.entries(server).filter(([name]) => !own.includes(name)));
}

/** The difference, or undefined. What Keycloak writes by itself counts only where the emulator has it too. */
export function difference(
  kind: TokenKind,
  server: Claims,
  emulated: Claims,
  enrichment: Enrichment,
): Difference | undefined {
  const mappers = enrichment.clientScopes.flatMap(({ protocolMappers }) => protocolMappers);
  const names = mappers.flatMap(({ config }) => config['claim.name'] ?? []);
  const anyOrder =
    mappers.some(({ protocolMapper }) => unordered.includes(protocolMapper)) ||
    // Mappers of one priority have no order, and so have lists that several of them write.
    new Set(names).size < names.length;
  const rest = ofMappers(kind, server, emulated);
  const settle = (claims: Claims) => (anyOrder ? sorted(claims) : claims);
  return isDeepStrictEqual(settle(rest), settle(emulated)) ? undefined : { kind, server: rest, emulated };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sorted(member)]));
}
