import type { Enrichment } from '../../src/representation.ts';
import type { TokenKind } from '../../src/simulator/emulator/draft.ts';
import { enrichment, mapper, permission, scope, type TestClient } from '../world.ts';

export interface MapperCase {
  readonly name: string;
  readonly enrichment: Enrichment;
  readonly user: string;
  /** Asked for, beside `openid`. */
  readonly scopes?: readonly string[];
  readonly fullScopeAllowed?: boolean;
  readonly lightweight?: boolean;
  /** Roles that the client's own scope mappings name. */
  readonly scopeMappings?: TestClient['scopeMappings'];
  /** Set where the request is refused for its scopes. */
  readonly refused?: true;
  /** What can be had: where a token is made unusable, userinfo and introspection refuse it. */
  readonly kinds?: readonly TokenKind[];
}

export const attribute = (user: string, claim: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-usermodel-attribute-mapper', {
    'user.attribute': user,
    'claim.name': claim,
    'jsonType.label': 'String',
    ...more,
  });
export const constant = (
  claim: string,
  value: string,
  type: string,
  more: Readonly<Record<string, string>> = {},
) =>
  mapper('oidc-hardcoded-claim-mapper', {
    'claim.name': claim,
    'claim.value': value,
    'jsonType.label': type,
    ...more,
  });
export const property = (name: string, claim: string, type = 'String') =>
  mapper('oidc-usermodel-property-mapper', {
    'user.attribute': name,
    'claim.name': claim,
    'jsonType.label': type,
  });
export const fullName = mapper('oidc-full-name-mapper', {});
export const groups = (claim: string, paths: boolean) =>
  mapper('oidc-group-membership-mapper', { 'claim.name': claim, 'full.path': String(paths) });
export const realmRoles = (claim: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-usermodel-realm-role-mapper', {
    'claim.name': claim,
    'jsonType.label': 'String',
    multivalued: 'true',
    ...more,
  });
export const clientRoles = (claim: string, client: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-usermodel-client-role-mapper', {
    'claim.name': claim,
    'jsonType.label': 'String',
    multivalued: 'true',
    ...(client === '' ? {} : { 'usermodel.clientRoleMapping.clientId': client }),
    ...more,
  });
export const roleName = (role: string, to: string) =>
  mapper('oidc-role-name-mapper', { role, 'new.role.name': to }, `${role} to ${to}`);
export const audience = (custom: string, more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-audience-mapper', { 'included.custom.audience': custom, ...more }, `audience ${custom}`);
export const organization = (more: Readonly<Record<string, string>> = {}) =>
  mapper('oidc-organization-membership-mapper', {
    'claim.name': 'organization',
    'jsonType.label': 'String',
    multivalued: 'true',
    ...more,
  });

export const list = { multivalued: 'true' };

let count = 0;

/** A case with one default scope that holds these mappers. */
export function of(
  name: string,
  user: string,
  mappers: Parameters<typeof scope>[1],
  more: Partial<MapperCase> = {},
): MapperCase {
  return { name, user, enrichment: enrichment([scope(`case-${count++}`, mappers)]), ...more };
}

/** A scope that roles permit. */
export function permitted(
  name: string,
  user: string,
  realm: readonly string[],
  client: Readonly<Record<string, readonly string[]>> = {},
  more: Partial<MapperCase> = {},
): MapperCase {
  const scopeName = `case-${count++}`;
  const only = scope(scopeName, [constant('flag', 'true', 'boolean')], { 'include.in.token.scope': 'true' });
  return {
    name,
    user,
    enrichment: enrichment([only], { permissions: [permission(scopeName, realm, client)] }),
    ...more,
  };
}

/** Client scopes that a client may ask for. */
export function optional(name: string, scopes: readonly string[], asked: readonly string[]): MapperCase {
  const own = scopes.map((scopeName) =>
    scope(scopeName, [constant(`granted.${scopeName.replace(/[^a-z]/g, '')}`, 'true', 'boolean')], {
      'include.in.token.scope': 'true',
    }),
  );
  return { name, user: 'bob', enrichment: enrichment(own, { optionalScopes: scopes }), scopes: asked };
}

export function without(
  { config, ...rest }: ReturnType<typeof mapper>,
  keys: readonly string[],
): ReturnType<typeof mapper> {
  return {
    ...rest,
    config: Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key))),
  };
}

/** An optional scope of organizations; its name differs by case, as those of all scopes of a realm do. */
export function organizations(
  name: string,
  user: string,
  asked: readonly string[],
  more: Readonly<Record<string, string>> = {},
): MapperCase {
  const scopeName = `org${count++}`;
  const only = scope(scopeName, [organization(more)], { 'include.in.token.scope': 'true' });
  return {
    name,
    user,
    enrichment: enrichment([only], { optionalScopes: [scopeName] }),
    scopes: asked.map((text) => text.replace('organization', scopeName)),
  };
}
