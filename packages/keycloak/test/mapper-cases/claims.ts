import {
  attribute,
  audience,
  constant,
  groups,
  list,
  type MapperCase,
  of,
  realmRoles,
  roleName,
  without,
} from './forms.ts';

/** Where values go: paths, guarded claims, audiences, tokens, and claims that several mappers write. */
export const claimCases: readonly MapperCase[] = [
  of('claims at paths', 'ada', [
    attribute('country', 'address.country'),
    attribute('limit', 'address.limit', { 'jsonType.label': 'long' }),
    attribute('yes', 'a.b.c.d', { 'jsonType.label': 'boolean' }),
  ]),
  of('names with dots, slashes and backslashes', 'ada', [
    attribute('country', 'https://acme\\.example/country'),
    attribute('country', 'back\\\\slash'),
    attribute('country', 'c\\h\\.b.a\\\\\\.b'),
    attribute('country', 'a/b c'),
    attribute('country', 'größe✓'),
    attribute('country', '.lead'),
    attribute('country', 'tail.'),
    attribute('country', 'two..dots'),
    attribute('country', 'end\\'),
    attribute('country', '__proto__'),
    attribute('country', 'constructor.prototype'),
  ]),
  of('claims that Keycloak guards', 'ada', [
    ...['jti', 'typ', 'iat', 'exp', 'iss', 'scope', 'nonce', 'session_state'].map((name) =>
      attribute('country', name),
    ),
    attribute('country', 'exp.below'),
    attribute('country', 'fine'),
  ]),
  of(
    'claims with a field of their own',
    'ada',
    [
      attribute('country', 'sub'),
      attribute('country', 'azp'),
      attribute('country', 'acr'),
      attribute('limit', 'auth_time'),
    ],
    { kinds: ['access', 'id'] },
  ),
  of('an auth_time that is not a number, and a path below sub', 'ada', [
    attribute('country', 'auth_time'),
    attribute('country', 'sub.below'),
  ]),
  of('an audience written as a claim', 'ada', [attribute('accounts', 'aud', list)]),
  of('an audience of one', 'ada', [attribute('country', 'aud')]),
  of('an audience as JSON', 'bob', [constant('aud', '["a","b"]', 'JSON')]),
  of('audiences added', 'bob', [
    audience('https://api.example/'),
    audience('other'),
    audience('other', { 'included.client.audience': 'crm' }),
  ]),
  of('an audience for the access token alone', 'bob', [
    audience('https://api.example/', { 'id.token.claim': 'false', 'introspection.token.claim': 'false' }),
  ]),
  of('flags: access token alone', 'ada', [
    attribute('country', 'country', {
      'id.token.claim': 'false',
      'userinfo.token.claim': 'false',
      'introspection.token.claim': 'false',
    }),
  ]),
  of('flags: ID token alone', 'ada', [
    attribute('country', 'country', {
      'access.token.claim': 'false',
      'userinfo.token.claim': 'false',
      'introspection.token.claim': 'false',
    }),
  ]),
  of('flags: userinfo alone', 'ada', [
    attribute('country', 'country', {
      'access.token.claim': 'false',
      'id.token.claim': 'false',
      'introspection.token.claim': 'false',
    }),
  ]),
  of('flags: introspection alone', 'ada', [
    attribute('country', 'country', {
      'access.token.claim': 'false',
      'id.token.claim': 'false',
      'userinfo.token.claim': 'false',
    }),
  ]),
  of('flags: those left out follow others', 'ada', [
    without(attribute('country', 'country'), ['userinfo.token.claim', 'introspection.token.claim']),
  ]),
  of('flags: none', 'ada', [
    without(attribute('country', 'country'), [
      'access.token.claim',
      'id.token.claim',
      'userinfo.token.claim',
      'introspection.token.claim',
    ]),
  ]),
  of('flags: true is in lower case', 'ada', [
    attribute('country', 'country', { 'access.token.claim': 'TRUE' }),
  ]),
  of(
    'a lightweight token',
    'ada',
    [
      attribute('country', 'kept', { 'lightweight.claim': 'true' }),
      attribute('country', 'dropped'),
      realmRoles('roles', { 'lightweight.claim': 'true' }),
      audience('https://api.example/', { 'lightweight.claim': 'true' }),
      roleName('payments:approver', 'approver'),
    ],
    { lightweight: true, kinds: ['access', 'id', 'introspection'] },
  ),
  of('two lists in one claim', 'ada', [
    attribute('accounts', 'both', list),
    attribute('one', 'both', list),
    groups('both', false),
  ]),
  of('a role list and an attribute in one claim', 'approver', [
    attribute('accounts', 'roles', list),
    realmRoles('roles'),
  ]),
  of('a constant overwritten by roles', 'approver', [
    constant('roles', 'none', 'String'),
    realmRoles('roles'),
  ]),
];
