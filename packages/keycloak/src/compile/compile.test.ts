import { parse } from 'acorn';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { paymentsSpec, policyOf } from '../../test/fixtures.ts';
import { scriptLimitBytes } from '../limits.ts';
import type { Enrichment } from '../representation.ts';
import { manifest } from '../wire.ts';
import { compile } from './compile.ts';
import { enrichmentOf } from './enrichment.ts';

const scripted = '{ realm: payments, scripts: true, audience: "https://api.acme.example" }';

async function built(spec: string): Promise<ReadonlyMap<string, string>> {
  const { artifacts, findings } = await compile(policyOf(spec));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return new Map(artifacts.map(({ path, content }) => [path, content]));
}

function jsonOf(files: ReadonlyMap<string, string>, path: string) {
  return JSON.parse(files.get(path) ?? 'null');
}

async function enrichment(claims: string, rest = ''): Promise<Enrichment> {
  const spec = `version: 1
name: shop
user: { attributes: { tier: string, limit: double, age: int, vip: bool, tags: list(string), any: dyn } }
claims:
${claims}
issuers: { keycloak: { audience: api, missing: guard${rest} } }`;
  return jsonOf(await built(spec), 'client-scopes.json');
}

/** The mapper of the claim `c`, in which client scope and with what of its own. */
async function mapperOf(claim: string, rest = '') {
  const { clientScopes } = await enrichment(`  c: ${claim}`, rest);
  for (const { name, protocolMappers } of clientScopes) {
    const mapper = protocolMappers.find((one) => one.name === 'c');
    if (mapper === undefined) continue;
    const own = Object.entries(mapper.config).filter(
      ([key]) => !/\.claim$|^claim\.name$|^access\.token/.test(key),
    );
    return { scope: name, provider: mapper.protocolMapper, config: Object.fromEntries(own) };
  }
  return undefined;
}

describe('mappers', () => {
  it.each([
    ['const: free', 'oidc-hardcoded-claim-mapper', { 'claim.value': 'free', 'jsonType.label': 'String' }],
    ['const: true', 'oidc-hardcoded-claim-mapper', { 'claim.value': 'true', 'jsonType.label': 'boolean' }],
    ['const: 1.5', 'oidc-hardcoded-claim-mapper', { 'claim.value': '1.5', 'jsonType.label': 'JSON' }],
    [
      'const: { a: [1, {}] }',
      'oidc-hardcoded-claim-mapper',
      { 'claim.value': '{"a":[1,{}]}', 'jsonType.label': 'JSON' },
    ],
    [
      'value: user.id',
      'oidc-usermodel-property-mapper',
      { 'user.attribute': 'id', 'jsonType.label': 'String' },
    ],
    [
      'value: user.email_verified',
      'oidc-usermodel-property-mapper',
      { 'user.attribute': 'emailVerified', 'jsonType.label': 'boolean' },
    ],
    [
      'value: user.given_name',
      'oidc-usermodel-property-mapper',
      { 'user.attribute': 'firstName', 'jsonType.label': 'String' },
    ],
    [
      'value: user.attributes.age',
      'oidc-usermodel-attribute-mapper',
      { 'user.attribute': 'age', 'jsonType.label': 'long', multivalued: 'false', 'aggregate.attrs': 'false' },
    ],
    [
      'value: user.attributes.tags',
      'oidc-usermodel-attribute-mapper',
      {
        'user.attribute': 'tags',
        'jsonType.label': 'String',
        multivalued: 'true',
        'aggregate.attrs': 'false',
      },
    ],
    [
      'value: user.attributes.limit',
      'oidc-usermodel-attribute-mapper',
      {
        'user.attribute': 'limit',
        'jsonType.label': 'JSON',
        multivalued: 'false',
        'aggregate.attrs': 'false',
      },
    ],
    [
      'value: user.roles',
      'oidc-usermodel-realm-role-mapper',
      { 'jsonType.label': 'String', multivalued: 'true' },
    ],
    [
      'value: user.roles.map(r, "ROLE_" + r)',
      'oidc-usermodel-realm-role-mapper',
      { 'jsonType.label': 'String', multivalued: 'true', 'usermodel.realmRoleMapping.rolePrefix': 'ROLE_' },
    ],
    ['value: user.groups', 'oidc-group-membership-mapper', { 'full.path': 'false' }],
    [
      'value: session.auth_time',
      'oidc-usersessionmodel-note-mapper',
      { 'user.session.note': 'AUTH_TIME', 'jsonType.label': 'long' },
    ],
  ])('%s', async (claim, provider, config) => {
    expect(await mapperOf(`{ ${claim.replace(/^(value): (.*)$/, "$1: '$2'")}, kind: descriptive }`)).toEqual({
      scope: 'claimsmith.shop',
      provider,
      config,
    });
  });

  it('take a row of a table that is named outright', async () => {
    const files = await built(`version: 1
name: shop
tables: { region: { DE: eu } }
claims: { c: { value: tables.region.DE, kind: descriptive } }
issuers: { keycloak: {} }`);
    const { clientScopes }: Enrichment = jsonOf(files, 'client-scopes.json');
    expect(clientScopes[0]?.protocolMappers.at(-1)?.config['claim.value']).toBe('eu');
  });

  it('take the roles of a client, paths of groups, and attributes by their names at Keycloak', async () => {
    const roles = await mapperOf(
      '{ value: user.roles, kind: descriptive }',
      ', rolesFrom: { client: api-x }',
    );
    expect(roles).toMatchObject({
      provider: 'oidc-usermodel-client-role-mapper',
      config: { 'usermodel.clientRoleMapping.clientId': 'api-x' },
    });
    expect(await mapperOf('{ value: user.groups, kind: descriptive }', ', groups: paths')).toMatchObject({
      config: { 'full.path': 'true' },
    });
    const attribute = '{ value: user.attributes.tier, kind: descriptive }';
    expect(await mapperOf(attribute, ', attributes: { tier: customer.tier }')).toMatchObject({
      config: { 'user.attribute': 'customer.tier' },
    });
  });

  it("write no nested claim: a name's dots and backslashes are escaped", async () => {
    const { clientScopes } = await enrichment(
      '  "https://x.io/a\\\\b": { value: user.id, kind: authoritative }',
    );
    const mapper = clientScopes[0]?.protocolMappers.find(({ name }) => name.startsWith('https:'));
    expect(mapper?.config['claim.name']).toBe('https://x\\.io/a\\\\b');
  });

  it('say every flag: an ID token claim is in no access token, and none is in userinfo', async () => {
    const { clientScopes } = await enrichment(`  a: { const: 1, kind: descriptive }
  i: { const: 1, kind: descriptive, tokens: [id] }
  b: { const: 1, kind: descriptive, tokens: [access, id] }`);
    const flags = (name: string) => {
      const config = clientScopes[0]?.protocolMappers.find((mapper) => mapper.name === name)?.config ?? {};
      const keys = ['access.token', 'id.token', 'userinfo.token', 'introspection.token', 'lightweight'];
      return keys.map((key) => config[`${key}.claim`]).join(' ');
    };
    expect(flags('a')).toBe('true false false true true');
    expect(flags('i')).toBe('false true false false false');
    expect(flags('b')).toBe('true true false true true');
  });

  it('give the marker and the audience where there is no script', async () => {
    const { clientScopes } = await enrichment('  c: { const: 1, kind: descriptive }');
    const [base] = clientScopes;
    expect(base?.protocolMappers[0]?.config).toMatchObject({ 'claim.name': 'policy' });
    expect(base?.protocolMappers[0]?.config['claim.value']).toMatch(/^shop@[0-9a-f]{8}$/);
    expect(base?.protocolMappers[1]).toMatchObject({
      protocolMapper: 'oidc-audience-mapper',
      config: { 'included.custom.audience': 'api', 'access.token.claim': 'true', 'id.token.claim': 'false' },
    });
  });
});

/** Given to no user: it keeps a scope closed whose other roles are deleted. */
const nobody = 'claimsmith.shop.nobody';

describe('conditions', () => {
  it('by role: a client scope that roles permit', async () => {
    const found = await enrichment(`  c: { const: 1, kind: descriptive, when: '"a" in user.roles' }
  d: { const: 1, kind: descriptive, when: 'user.roles.exists(r, r == "b" || r in ["a", "c"])' }`);
    expect(found.permissions).toEqual([
      { clientScope: 'claimsmith.shop.role.a', realmRoles: ['a', nobody], clientRoles: {} },
      {
        clientScope: expect.stringMatching(/^claimsmith\.shop\.role\.a-b-c-/),
        realmRoles: ['a', 'b', 'c', nobody],
        clientRoles: {},
      },
    ]);
    expect(found.defaultScopes).toEqual([
      'claimsmith.shop',
      ...found.permissions.map((one) => one.clientScope),
    ]);
  });

  it('by roles that would be written alike: a client scope for each list', async () => {
    const found = await enrichment(`  c: { const: 1, kind: descriptive, when: '"a+b" in user.roles' }
  d: { const: 1, kind: descriptive, when: '"a" in user.roles || "b" in user.roles' }
  e: { const: 1, kind: descriptive, when: '"a,b" in user.roles' }`);
    expect(found.permissions.map(({ realmRoles }) => realmRoles)).toEqual([
      ['a+b', nobody],
      ['a', 'b', nobody],
      ['a,b', nobody],
    ]);
    expect(new Set(found.permissions.map(({ clientScope }) => clientScope)).size).toBe(3);
  });

  it('never share a client scope: what findings keep apart would be a defect', () => {
    const policy = policyOf(`version: 1
name: shop
claims: { c: { const: 1, kind: descriptive } }
scopes: { claimsmith.shop: { grant: '"a" in user.roles' } }
issuers: { keycloak: { audience: api } }`);
    expect(() => enrichmentOf(policy)).toThrow('two conditions have one client scope, claimsmith.shop');
  });

  it('by a scope that is given to all: not at all', async () => {
    const spec = `  c: { const: 1, kind: descriptive, when: '"pay" in request.scopes' }
scopes:
  pay: { grant: "true", add: true }`;
    await expect(enrichment(spec)).rejects.toThrow(/TE813/);
  });

  it('by requested scope: an optional client scope of that name', async () => {
    const when = '\'"shop.read" in request.scopes\'';
    const found = await enrichment(`  c: { const: 1, kind: descriptive, when: ${when} }`);
    expect(found.optionalScopes).toEqual(['shop.read']);
    const scope = found.clientScopes.find(({ name }) => name === 'shop.read');
    expect(scope?.protocolMappers.map(({ name }) => name)).toEqual(['c']);
    expect(scope?.attributes['include.in.token.scope']).toBe('true');
  });

  it('by client: a client scope of these clients', async () => {
    const found = await enrichment(`  c: { const: 1, kind: descriptive, clients: [web, app] }
  d: { const: 1, kind: descriptive, when: 'client.id == "app"' }`);
    expect(Object.keys(found.clientScopesByClient)).toEqual(['web', 'app']);
    expect(found.clientScopesByClient['web']).toHaveLength(1);
    expect(found.clientScopesByClient['app']).toHaveLength(2);
    expect(found.defaultScopes).toEqual(['claimsmith.shop']);
  });

  it('that never hold leave the claim out', async () => {
    expect(await mapperOf('{ const: 1, kind: descriptive, audiences: [other] }')).toBeUndefined();
    expect(await mapperOf('{ const: 1, kind: descriptive, audiences: [api, other] }')).toBeDefined();
    const machine = '{ const: 1, kind: descriptive, when: subject_type == "machine" }';
    expect(await mapperOf(machine, ', serviceAccounts: false')).toBeUndefined();
  });

  it('of client roles name the client', async () => {
    const claim = '  c: { const: 1, kind: descriptive, when: \'"a" in user.roles\' }';
    const { permissions } = await enrichment(claim, ', rolesFrom: { client: api-x }');
    expect(permissions).toEqual([
      { clientScope: 'claimsmith.shop.role.a', realmRoles: [nobody], clientRoles: { 'api-x': ['a'] } },
    ]);
  });
});

describe('a deny rule for all without a role', () => {
  it('is a client scope with audience, marker and claims that the role permits', async () => {
    const files = await built(`version: 1
name: shop
claims:
  c: { const: 1, kind: descriptive }
  d: { const: 1, kind: descriptive, clients: [web] }
scopes: { read: { grant: "true" } }
deny: [{ when: '!("staff" in user.roles)', reason: outsiders }]
issuers: { keycloak: { audience: 'urn:api' } }`);
    const { clientScopes, permissions }: Enrichment = jsonOf(files, 'client-scopes.json');
    expect(permissions.map(({ realmRoles }) => realmRoles)).toEqual(Array(3).fill(['staff', nobody]));
    expect(new Set(permissions.map(({ clientScope }) => clientScope))).toEqual(
      new Set(clientScopes.map(({ name }) => name)),
    );
    expect(clientScopes[0]?.protocolMappers.map(({ name }) => name)).toEqual([
      'policy marker',
      'API audience',
      'c',
    ]);
  });
});

describe('scopes of the policy', () => {
  it('are client scopes that roles permit', async () => {
    const files = await built(`version: 1
name: shop
claims: { c: { const: 1, kind: descriptive } }
scopes:
  read: { grant: "true" }
  write: { grant: '"writer" in user.roles' }
  extra: { grant: '"writer" in user.roles', add: true }
issuers: { keycloak: { audience: api } }`);
    const found: Enrichment = jsonOf(files, 'client-scopes.json');
    expect(found.optionalScopes).toEqual(['read', 'write']);
    expect(found.defaultScopes).toEqual(['claimsmith.shop', 'extra']);
    expect(found.permissions.map(({ clientScope, realmRoles }) => [clientScope, realmRoles])).toEqual([
      ['write', ['writer', nobody]],
      ['extra', ['writer', nobody]],
    ]);
  });
});

describe('the consent screen', () => {
  it("shows the policy's scopes by name, and none of those that carry claims alone", async () => {
    const files = await built(`version: 1
name: shop
claims:
  c: { const: 1, kind: descriptive }
  d: { const: 1, kind: descriptive, when: '"a" in user.roles' }
  e: { const: 1, kind: descriptive, when: '"asked" in request.scopes' }
scopes:
  read: { grant: "true" }
  given: { grant: "true", add: true }
issuers: { keycloak: { audience: api } }`);
    const { clientScopes }: Enrichment = jsonOf(files, 'client-scopes.json');
    const shown = clientScopes.map(({ name, attributes }) => [
      name,
      attributes['display.on.consent.screen'],
      attributes['consent.screen.text'],
    ]);
    expect(shown).toEqual([
      ['claimsmith.shop', 'false', undefined],
      ['claimsmith.shop.role.a', 'false', undefined],
      ['asked', 'true', 'asked'],
      ['read', 'true', 'read'],
      ['given', 'true', 'given'],
    ]);
  });
});

describe('several realms', () => {
  const one = `version: 1
name: shop
claims: { c: { value: user.username + "!", kind: authoritative } }
issuers: { keycloak: { scripts: true, audience: "urn:api", realm: one } }`;
  const list = one.replace('realm: one', 'realm: [two, one, two]');

  it('have the same files, revision and client scopes as one of them', async () => {
    const [first, both] = [await built(one), await built(list)];
    expect(policyOf(list).revision).toBe(policyOf(one).revision);
    expect([...both.keys()]).toEqual([...first.keys()]);
    for (const file of ['client-scopes.json', 'user-profile.json'])
      expect(both.get(file)).toBe(first.get(file));
    expect(jsonOf(both, 'realm.json')).toEqual({ ...jsonOf(first, 'realm.json'), realm: 'two' });
  });

  it('are listed in the manifest and in the script, sorted', async () => {
    const files = await built(list);
    expect(manifest.parse(jsonOf(files, 'manifest.json')).realms).toEqual(['one', 'two']);
    expect(files.get('claimsmith-shop.js')).toContain('realms: ["one","two"],');
  });

  it('are told apart by what a server says of the JAR, which does not name them', async () => {
    const described = async (realm: string) =>
      manifest.parse(jsonOf(await built(one.replace('one', realm)), 'manifest.json')).script?.description;
    expect(await described('[two, one]')).toBe(await described('[one, two]'));
    expect(await described('[two, one]')).toMatch(
      /^The policy shop, revision [0-9a-f]{8}, for 2 realms \([0-9a-f]{8}\), by Claimsmith\.$/,
    );
    const others = await Promise.all(['one', 'two', '[one, two]', '[one, three]'].map(described));
    expect(new Set(others).size).toBe(4);
  });

  it('have no ids in their files: each server gives its own', async () => {
    for (const [path, text] of await built(list)) {
      if (path.endsWith('.json')) expect(text).not.toMatch(/"id":/);
    }
  });

  it.each(['"tenant-*"', '[a, "tenant-*"]', '[]', '[""]', '[[a]]', '{ a: 1 }', '"a/b"'])(
    'are spelled out: %s is refused',
    (realm) => expect(() => policyOf(one.replace('one', realm))).toThrow(),
  );
});

describe('a realm', () => {
  it('can be imported whole: with the scopes that every realm has, its roles, clients and user profile', async () => {
    const files = await built(`version: 1
name: shop
lifetime: { access: 5m }
user: { attributes: { age: int, tags: list(string), vip: bool } }
claims:
  age: { value: user.attributes.age, kind: descriptive, when: '"adult" in user.roles' }
  tags: { value: user.attributes.tags, kind: descriptive }
  zone: { value: user.zoneinfo, kind: descriptive }
issuers: { keycloak: { realm: shop-1, clients: [web], audience: api } }`);
    const realm = jsonOf(files, 'realm.json');
    expect(realm).toMatchObject({
      realm: 'shop-1',
      accessTokenLifespan: 300,
      roles: { realm: [{ name: 'adult' }, { name: nobody }] },
      scopeMappings: [{ clientScope: 'claimsmith.shop.role.adult', roles: ['adult', nobody] }],
    });
    const names = realm.clientScopes.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['basic', 'profile', 'email', 'roles', 'claimsmith.shop']));
    // Only the clients that the settings name are enriched.
    expect(realm.defaultDefaultClientScopes).not.toContain('claimsmith.shop');
    expect(realm.clients).toHaveLength(1);
    expect(realm.clients[0].defaultClientScopes).toEqual(
      expect.arrayContaining(['basic', 'claimsmith.shop', 'claimsmith.shop.role.adult']),
    );
    expect(JSON.stringify(realm)).not.toMatch(/secret|password/);
    expect(realm.clients[0]).toMatchObject({ standardFlowEnabled: true, serviceAccountsEnabled: false });
    const [profile] = realm.components['org.keycloak.userprofile.UserProfileProvider'];
    expect(JSON.parse(profile.config['kc.user.profile.config'])).toEqual(jsonOf(files, 'user-profile.json'));
  });

  it('refuses service accounts where all clients are enriched, for people alone, without a script', async () => {
    const refuses = async (settings: string) => {
      const files = await built(`version: 1
name: shop
claims: { c: { const: 1, kind: descriptive, when: subject_type == "human" } }
issuers: { keycloak: { audience: 'urn:api', ${settings} } }`);
      return jsonOf(files, 'realm.json').clientPolicies !== undefined;
    };
    expect(await refuses('serviceAccounts: false')).toBe(true);
    expect(await refuses('serviceAccounts: false, clients: [web]')).toBe(false);
    expect(await refuses('serviceAccounts: false, scripts: true')).toBe(false);
    expect(await refuses('scripts: true')).toBe(false);
  });

  it('has the clients that are enriched, and no other that a claim names', async () => {
    const spec = (more: string) => `version: 1
name: shop
claims:
  c: { const: 1, kind: descriptive, clients: [web, app] }
issuers: { keycloak: { audience: api${more} } }`;
    const clientsOf = async (more: string) =>
      jsonOf(await built(spec(more)), 'realm.json').clients.map(
        ({ clientId, defaultClientScopes }: Record<string, unknown>) => [
          clientId,
          Array.isArray(defaultClientScopes) &&
            defaultClientScopes.filter((name) => name.startsWith('claimsmith.')).length,
        ],
      );
    expect(await clientsOf(', clients: [web, job]')).toEqual([
      ['web', 2],
      ['job', 1],
    ]);
    expect(await clientsOf('')).toEqual([
      ['web', 2],
      ['app', 2],
    ]);
  });

  it('has a user profile with what the policy reads, which nobody may write for themselves', async () => {
    const files = await built(`version: 1
name: shop
user: { attributes: { age: int, tags: list(string), limit: double, unread: string } }
claims:
  age: { value: user.attributes.age, kind: descriptive }
  tags: { value: user.attributes.tags, kind: descriptive }
  limit: { value: user.attributes.limit, kind: descriptive }
  zone: { value: user.zoneinfo, kind: descriptive }
issuers: { keycloak: { audience: api, attributes: { age: years } } }`);
    const { attributes } = jsonOf(files, 'user-profile.json');
    const ours = attributes.slice(4);
    expect(ours.map(({ name, multivalued }: Record<string, unknown>) => [name, multivalued])).toEqual([
      ['zoneinfo', false],
      ['years', false],
      ['tags', true],
      ['limit', false],
    ]);
    for (const { permissions } of ours) expect(permissions.edit).toEqual(['admin']);
    const pattern = new RegExp(ours[3].validations.pattern.pattern);
    for (const text of ['0', '-1.5', '1e3']) expect(pattern.test(text)).toBe(true);
    for (const text of ['', '01', 'NaN', '1d', '"1"', '[1]', 'true']) expect(pattern.test(text)).toBe(false);
    expect(manifest.parse(jsonOf(files, 'manifest.json')).requires.attributes).toEqual([
      'zoneinfo',
      'years',
      'tags',
      'limit',
    ]);
  });
});

describe('the policy script', () => {
  it('is ES5 in ASCII, one expression, and the same bytes each time', async () => {
    const spec = paymentsSpec(scripted).replace('DE: eu', 'Ö: "é\u2028"');
    const code = (await built(spec)).get('claimsmith-payments.js') ?? '';
    const { body } = parse(code, { ecmaVersion: 5, sourceType: 'script' });
    expect(body.map(({ type }) => type)).toEqual(['ExpressionStatement']);
    expect(code).toMatch(/^[\n\x20-\x7e]*$/);
    expect(await built(spec)).toEqual(await built(spec));
    expect(code).not.toMatch(/node_modules|packages\/|\.ts\b/);
    expect(code).not.toContain('Bearer ${');
  });

  it('is minified in part if it would be too long, and refused if it still is', async () => {
    const withRealms = (count: number) =>
      compile(
        policyOf(
          paymentsSpec(scripted.replace('realm: payments', `realm: ${JSON.stringify(realms(count))}`)),
        ),
      );
    const realms = (count: number) => Array.from({ length: count }, (_, index) => `customer-${index}`);
    const [few, many, most] = await Promise.all([withRealms(100), withRealms(1_000), withRealms(10_000)]);
    const sizes = ({ findings }: typeof few) => findings.filter(({ rule }) => rule === 'TE803');
    expect(sizes(few)).toEqual([]);
    expect(sizes(many)).toMatchObject([{ severity: 'info' }]);
    const code = many.artifacts.find(({ path }) => path.endsWith('.js'))?.content ?? '';
    expect(code.length).toBeLessThan(scriptLimitBytes);
    expect(code).toMatch(/^return enrichToken\(\{\n {2}name: "payments@/m);
    const { body } = parse(code, { ecmaVersion: 5, sourceType: 'script' });
    expect(body.map(({ type }) => type)).toEqual(['ExpressionStatement']);
    expect(code).toMatch(/^[\n\x20-\x7e]*$/);
    expect(sizes(most)).toMatchObject([{ severity: 'error', issuer: 'keycloak' }]);
    expect(most.artifacts).toEqual([]);
  });

  it('comes in a JAR that describes it, and the manifest says what it needs', async () => {
    const { artifacts } = await compile(policyOf(paymentsSpec(scripted)));
    const packed = artifacts.find(({ path }) => path === 'claimsmith-payments.jar');
    expect(packed?.encoding).toBe('base64');
    const files = unzipSync(Buffer.from(packed?.content ?? '', 'base64'));
    expect(Object.keys(files)).toEqual(['META-INF/keycloak-scripts.json', 'claimsmith-payments.js']);
    const descriptor = JSON.parse(strFromU8(files['META-INF/keycloak-scripts.json'] ?? new Uint8Array()));
    expect(descriptor.mappers).toMatchObject([{ fileName: 'claimsmith-payments.js' }]);
    const code = strFromU8(files['claimsmith-payments.js'] ?? new Uint8Array());
    expect(code).toBe(artifacts.find(({ path }) => path === 'claimsmith-payments.js')?.content);
    const content = artifacts.find(({ path }) => path === 'manifest.json')?.content ?? '';
    expect(manifest.parse(JSON.parse(content))).toMatchObject({
      requires: { features: ['scripts', 'organization'], accessTokenLifespan: 600 },
      script: { provider: 'script-claimsmith-payments.js', settings: ['ENTITLEMENTS_TOKEN'] },
    });
  });

  it('alone gives the audience and the marker', async () => {
    const text = (await built(paymentsSpec(scripted))).get('client-scopes.json') ?? '';
    expect(text).not.toContain('https://api.acme.example');
    const { clientScopes }: Enrichment = JSON.parse(text);
    const mappers = clientScopes.flatMap(({ protocolMappers }) => protocolMappers);
    expect(mappers.map(({ protocolMapper }) => protocolMapper)).toEqual(['script-claimsmith-payments.js']);
    expect(mappers[0]?.config).toMatchObject({
      'claim.name': 'policy',
      'access.token.claim': 'true',
      'id.token.claim': 'true',
      'userinfo.token.claim': 'true',
    });
  });

  it('leaves to mappers what they say exactly, and writes nothing twice', async () => {
    const files = await built(`version: 1
name: mixed
user: { attributes: { tier: string, tags: list(string) } }
claims:
  exact: { value: user.attributes.tier, kind: descriptive }
  uid: { value: user.id, kind: authoritative }
  app: { const: web, kind: descriptive, clients: [web] }
  email: { value: user.email, kind: descriptive }
  locale: { value: user.given_name, kind: descriptive }
  tags: { value: user.attributes.tags, kind: descriptive }
  admin: { value: '"admin" in user.roles', kind: authoritative }
  shown: { value: claims.uid + "!", kind: descriptive }
  never: { const: 1, kind: descriptive, audiences: ["urn:other"] }
issuers: { keycloak: { scripts: true, audience: "urn:api", serviceAccounts: false } }`);
    const { clientScopes }: Enrichment = jsonOf(files, 'client-scopes.json');
    const native = clientScopes.flatMap(({ protocolMappers }) => protocolMappers.map(({ name }) => name));
    expect(native).toEqual(['policy script', 'exact', 'email', 'app']);
    const code = files.get('claimsmith-mixed.js') ?? '';
    expect(code).toContain('own: ["uid","locale","tags","admin","shown","never"]');
    expect(code).not.toContain('web');
  });
});
