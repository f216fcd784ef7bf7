/** Random people and random enrichments, within what Keycloak itself settles. Where its order is open, they have none. */
import fc from 'fast-check';
import type { ProtocolMapper } from '../src/representation.ts';
import {
  enrichment,
  mapper,
  permission,
  scope,
  type TestClient,
  type TestUser,
  type World,
} from './world.ts';

const attributeNames = ['plan', 'limit', 'b.c', 'd/e', 'größe', 'x y', 'tags', 'back\\slash'];
const realmRoles = ['admin', 'payments:approver', 'dot.ted', 'größe', 'reader'];
const clientRoles = { payments: ['approver', 'viewer'], 'odd.client': ['a', 'b.c'] };
const organizations = [
  { alias: 'acme', name: 'Acme', attributes: { tier: ['gold'], tags: ['a', 'b'] } },
  { alias: 'globex', name: 'Globex', attributes: {} },
];

/** Each attribute of a group is of one tree alone: which group is asked first is not certain. */
const groups = [
  {
    name: 'staff',
    attributes: { plan: ['staff'], limit: ['7'] },
    subGroups: [{ name: 'berlin', attributes: { plan: ['berlin'] } }, { name: 'a/b' }],
  },
  { name: 'emea', attributes: { tags: ['e1', 'e2'], größe: ['{"n":1}'] } },
  { name: 'größe' },
];
const groupChoices = [
  [],
  ['/staff'],
  ['/staff/berlin'],
  ['/staff/a/b'],
  ['/emea'],
  ['/staff/berlin', '/emea', '/größe'],
];

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !value.includes('\0'));
const attributeValue = fc.oneof(
  text,
  fc.constantFrom(
    'true',
    'FALSE',
    '0',
    '-12',
    '+5',
    '9007199254740993',
    '2147483648',
    '1.5',
    '1e3',
    'null',
    '[]',
  ),
  fc.constantFrom('{"a":[1,{"b":null}]}', '"quoted"', '{} tail', '{"a":1', '', ' ', '007', '-', 'truE'),
  fc.json({ maxDepth: 2 }).filter((value) => value.length < 200 && !/\\u/.test(value)),
);
const attributes = fc.dictionary(
  fc.constantFrom(...attributeNames),
  fc.uniqueArray(attributeValue, { maxLength: 4 }),
);
const name = fc.option(fc.constantFrom('Ada', 'Ünï', 'de la Cruz', "O'Hara"), { nil: undefined });

const user = fc.record({
  emailVerified: fc.boolean(),
  email: fc.boolean(),
  firstName: name,
  lastName: name,
  attributes,
  realmRoles: fc.subarray(realmRoles),
  payments: fc.subarray(clientRoles.payments),
  odd: fc.subarray(clientRoles['odd.client']),
  groups: fc.constantFrom(...groupChoices),
  organizations: fc.subarray(['acme', 'globex']),
});

function userOf(
  {
    email,
    firstName,
    lastName,
    payments,
    odd,
    ...rest
  }: typeof user extends fc.Arbitrary<infer T> ? T : never,
  index: number,
): TestUser {
  const { attributes: given, ...more } = rest;
  return {
    ...more,
    username: `user-${index}`,
    // An attribute without values does not exist.
    attributes: Object.fromEntries(Object.entries(given).filter(([, values]) => values.length > 0)),
    clientRoles: { payments, 'odd.client': odd },
    ...(email ? { email: `User-${index}@acme.example` } : {}),
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
  };
}

const flag = fc.option(fc.constantFrom('true', 'false'), { nil: undefined, freq: 4 });
const flags = fc.record({
  'access.token.claim': flag,
  'id.token.claim': flag,
  'userinfo.token.claim': flag,
  'introspection.token.claim': flag,
  'lightweight.claim': flag,
});
const jsonType = fc.constantFrom('String', 'long', 'int', 'boolean', 'JSON', '');
const isTrue = fc.boolean().map(String);
/** A path of its own for each mapper of priority 0; their order is not certain. */
const path = fc.constantFrom('c#', 'deep.c#', 'deep.er.c#', 'https://x\\.example/c#', 'b\\\\c#', 'ü c#');
const rolePath = fc.oneof(path, fc.constantFrom('roles', 'shared', 'realm_access.roles', 'by.client'));
const prefix = fc.constantFrom('', 'p:', '${client_id}/');

const anyMapper: fc.Arbitrary<readonly [provider: string, config: Readonly<Record<string, string>>]> =
  fc.oneof(
    both('oidc-usermodel-attribute-mapper', {
      'user.attribute': fc.constantFrom(...attributeNames, 'missing', 'email', 'firstName', 'username'),
      'claim.name': path,
      'jsonType.label': jsonType,
      multivalued: isTrue,
      // Which of several values of a set comes first is not certain.
      'aggregate.attrs': fc.constant('false'),
    }),
    both('oidc-usermodel-attribute-mapper', {
      'user.attribute': fc.constantFrom(...attributeNames),
      'claim.name': fc.oneof(path, fc.constant('shared')),
      'jsonType.label': fc.constant('String'),
      multivalued: fc.constant('true'),
      'aggregate.attrs': isTrue,
    }),
    both('oidc-usermodel-property-mapper', {
      'user.attribute': fc.constantFrom(
        'id',
        'username',
        'email',
        'emailVerified',
        'firstName',
        'lastName',
        'nothing',
      ),
      'claim.name': path,
      'jsonType.label': jsonType,
    }),
    both('oidc-hardcoded-claim-mapper', {
      'claim.value': attributeValue.filter((value) => value !== '' && !value.includes('${')),
      'claim.name': path,
      'jsonType.label': jsonType,
    }),
    both('oidc-full-name-mapper', {}),
    both('oidc-group-membership-mapper', {
      'claim.name': fc.oneof(path, fc.constant('shared')),
      'full.path': isTrue,
    }),
    both('oidc-usermodel-realm-role-mapper', {
      'claim.name': rolePath,
      'jsonType.label': fc.constant('String'),
      multivalued: fc.constant('true'),
      'usermodel.realmRoleMapping.rolePrefix': fc.constantFrom('', 'realm:'),
    }),
    both('oidc-usermodel-client-role-mapper', {
      'claim.name': fc.oneof(
        rolePath,
        fc.constantFrom('resource_access.${client_id}.roles', 'clients.${client_id}'),
      ),
      'jsonType.label': fc.constant('String'),
      multivalued: fc.constant('true'),
      'usermodel.clientRoleMapping.clientId': fc.constantFrom('', 'payments', 'odd.client', 'nobody'),
      'usermodel.clientRoleMapping.rolePrefix': prefix,
    }),
    both('oidc-role-name-mapper', {
      role: fc.constantFrom('admin', 'payments.approver', 'odd.client.a'),
      'new.role.name': fc.constantFrom('renamed', 'payments.renamed', 'new.renamed'),
    }),
    both('oidc-hardcoded-role-mapper', { role: fc.constantFrom('extra', 'payments.extra') }),
    both('oidc-audience-mapper', {
      'included.custom.audience': fc.constantFrom('https://api.example/', 'two'),
      'included.client.audience': fc.constantFrom('', 'payments'),
    }),
    both('oidc-usersessionmodel-note-mapper', {
      'user.session.note': fc.constant('nothing'),
      'claim.name': path,
      'jsonType.label': jsonType,
    }),
  );

function both(
  provider: string,
  config: Readonly<Record<string, fc.Arbitrary<string>>>,
): fc.Arbitrary<readonly [string, Readonly<Record<string, string>>]> {
  return fc.tuple(fc.record(config), flags).map(([own, shown]) => {
    const said = Object.entries<string | undefined>({ ...own, ...shown }).flatMap(([key, value]) =>
      // The server keeps no empty values.
      value === undefined || value === '' ? [] : [[key, value] as const],
    );
    return [provider, Object.fromEntries(said)] as const;
  });
}

const organizationConfig = fc.record({
  'claim.name': fc.constantFrom('organization', 'org\\.x', 'org.deep'),
  'jsonType.label': fc.constantFrom('String', 'JSON'),
  multivalued: isTrue,
  addOrganizationId: isTrue,
  addOrganizationAttributes: isTrue,
});

const client = fc.record({
  fullScopeAllowed: fc.boolean(),
  lightweight: fc.boolean(),
  scopes: fc.array(
    fc.record({
      mappers: fc.array(anyMapper, { minLength: 1, maxLength: 5 }),
      realm: fc.option(fc.subarray(realmRoles, { minLength: 1 }), { freq: 2 }),
      payments: fc.option(fc.subarray(clientRoles.payments, { minLength: 1 }), { freq: 3 }),
      isOptional: fc.boolean(),
      isNamed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  organization: fc.option(organizationConfig, { freq: 2 }),
});

/** Renaming from and to one name, in two mappers of one priority, has no certain end; nor have two of one claim. */
function distinct(mappers: readonly (readonly [string, Readonly<Record<string, string>>])[]) {
  const seen = new Set<string>();
  return mappers.filter(([provider, config]) => {
    const key =
      provider === 'oidc-role-name-mapper'
        ? `role ${config['new.role.name']}`
        : provider === 'oidc-full-name-mapper'
          ? provider
          : undefined;
    if (key === undefined) return true;
    const isNew = !seen.has(key) && !seen.has(`from ${config['role']}`);
    seen.add(key).add(`from ${config['role']}`);
    return isNew;
  });
}

function clientOf(
  { scopes, organization, ...more }: typeof client extends fc.Arbitrary<infer T> ? T : never,
  index: number,
): TestClient {
  let count = 0;
  const all = distinct(scopes.flatMap(({ mappers }) => mappers));
  const made = scopes.map(({ mappers, isNamed }, at) =>
    scope(
      `random-${index}-${at}`,
      mappers
        .filter((one) => all.includes(one))
        .map(([provider, config]) => exact(provider, config, () => count++)),
      { 'include.in.token.scope': String(isNamed) },
    ),
  );
  const optionalScopes = made.filter((_, at) => scopes[at]?.isOptional).map((one) => one.name);
  if (organization !== null) {
    const own = exact(
      'oidc-organization-membership-mapper',
      { ...organization, ...shownEverywhere },
      () => count++,
    );
    made.push(scope(`org-${index}`, [own], { 'include.in.token.scope': 'true' }));
    optionalScopes.push(`org-${index}`);
  }
  const permissions = scopes.flatMap(({ realm, payments }, at) =>
    realm === null && payments === null
      ? []
      : [permission(`random-${index}-${at}`, realm ?? [], payments === null ? {} : { payments })],
  );
  return {
    ...more,
    clientId: `client-${index}`,
    enrichment: enrichment(made, { optionalScopes, permissions }),
  };
}

const shownEverywhere = {
  'access.token.claim': 'true',
  'id.token.claim': 'true',
  'userinfo.token.claim': 'true',
};

/** With these keys and no others. */
function exact(
  provider: string,
  config: Readonly<Record<string, string>>,
  next: () => number,
): ProtocolMapper {
  const at = next();
  const name = config['claim.name']?.replace('#', String(at));
  return { ...mapper(provider, {}), config: name === undefined ? config : { ...config, 'claim.name': name } };
}

export interface RandomPair {
  readonly client: TestClient;
  readonly user: TestUser;
  readonly scopes: readonly string[];
}

/** A world and pairs of its clients and users, the same for the same seed. */
export function randomWorld(
  seed: number,
  counts: { readonly users: number; readonly clients: number; readonly pairs: number },
): { readonly world: World; readonly pairs: readonly RandomPair[] } {
  const users = fc.sample(user, { seed, numRuns: counts.users }).map(userOf);
  const clients = fc.sample(client, { seed: seed + 1, numRuns: counts.clients }).map(clientOf);
  const world: World = {
    realm: 'claimsmith-random',
    users,
    groups,
    realmRoles,
    clientRoles,
    organizations,
    clients,
  };
  const choice = fc.tuple(fc.nat(), fc.nat(), fc.array(fc.nat({ max: 30 }), { maxLength: 3 }));
  const pairs = fc
    .sample(choice, { seed: seed + 2, numRuns: counts.pairs })
    .flatMap(([c, u, s]): readonly RandomPair[] => {
      const [one, other] = [clients[c % clients.length], users[u % users.length]];
      if (one === undefined || other === undefined) return [];
      return [{ client: one, user: other, scopes: asked(one, s) }];
    });
  return { world, pairs };
}

/** Some of the client's optional scopes; of organizations in one form alone, as the server demands. */
function asked(
  { enrichment: { optionalScopes, clientScopes } }: TestClient,
  choices: readonly number[],
): readonly string[] {
  const names = choices.flatMap(
    (choice) => optionalScopes[choice % Math.max(optionalScopes.length, 1)] ?? [],
  );
  // Which of several organizations comes first is not certain.
  const isList = clientScopes.at(-1)?.protocolMappers.at(-1)?.config['multivalued'] === 'true';
  const forms = ['', ':acme', ':globex', ...(isList ? [':*'] : [])];
  return [...new Set(names)].map((name) =>
    name.startsWith('org-') ? name + (forms[(choices[0] ?? 0) % forms.length] ?? '') : name,
  );
}
