/** Script mappers of others: what a server makes of them, beside the emulator. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { jar } from '../src/compile/jar.ts';
import { emulate } from '../src/simulator/emulator/emulate.ts';
import { noScripts } from '../src/simulator/emulator/scripts.ts';
import { type Claims, importRealm, type LiveRealm, login, payload } from './tokens.ts';
import { enrichment, issuanceOf, mapper, scope, type World } from './world.ts';

/** Keycloak's own tests have the first two; the rest is what others may write. */
const scripts = [
  "'hello_' + user.username",
  "new java.util.ArrayList(['A', 'B'])",
  "exports = 'x'",
  'user.email',
  'user.emailVerified',
  'user.firstName + user.lastName',
  'user.enabled',
  'user.attributes.plan',
  "user.attributes['tags']",
  'user.attributes.nothing',
  "user.getFirstAttribute('plan')",
  "user.getAttributes().get('tags')",
  "user.attributes.containsKey('plan')",
  'user.attributes.tags[0]',
  'user.attributes.tags.size()',
  'user.attributes.tags.length',
  "user.attributes.plan == 'gold'",
  "'' + user.attributes.tags",
  'String(user.attributes.plan)',
  "var s = ''; for (var i in user.attributes.tags) { s += i; } s",
  "var s = ''; for (var k in user.attributes) { s += k + ','; } s.split(',').sort().join()",
  "['A', 'B']",
  '({ a: 1 })',
  '({ a: [1, 2] })',
  '1',
  '1.5',
  '1e21',
  '-0',
  '2147483648',
  'true',
  'null',
  'undefined',
  "''",
  "'true'",
  "'7'",
  'JSON.stringify({ a: [1] })',
  "java.util.Arrays.asList('a', 'b')",
  "Java.to(['a', 'b'], 'java.util.List')",
  "var l = new java.util.ArrayList(); l.add('q'); l.add('r'); l",
  'var l = new java.util.ArrayList(); l.add(1); l.add(2.5); l',
  "var m = new java.util.HashMap(); m.put('k', 'v'); m",
  "var m = new java.util.HashMap(); m['a'] = 1; m.b = 'x'; m",
  "var m = new java.util.HashMap(); m.put('k', new java.util.ArrayList(['a'])); m",
  "new java.util.HashSet(['s'])",
  "new java.util.TreeSet(['b', 'a'])",
  "new java.util.ArrayList([1, 'b', null])",
  "new java.util.ArrayList([['a']])",
  'new java.util.ArrayList()',
  'java.util.Collections.emptyList()',
  'java.lang.Long.valueOf(5)',
  'java.lang.Boolean.TRUE',
  "new Packages.java.util.ArrayList(['p'])",
  "with (new JavaImporter(java.util)) { new ArrayList(['w']); }",
  "Java.from(user.attributes.tags).join('+')",
  "token.scope.indexOf('openid') >= 0",
  'token.issuedFor',
  'token.type',
  "token.otherClaims.get('none')",
  'userSession.user.username',
  'userSession.realm.name',
  'realm.name',
  'keycloakSession.context.client.clientId',
  'keycloakSession.context.realm.name',
  "keycloakSession.context.httpRequest.decodedFormParameters.getFirst('grant_type')",
  'user.username.length',
  'user.username.toUpperCase()',
  "user.username.split('d')",
  "user.username === 'ada'",
  'typeof user.username',
  "user.username.startsWith('a')",
  "'abc'.contains('b')",
  'JSON.stringify({ n: user.getUsername() })',
  'var r = []; user.getRealmRoleMappingsStream().forEach(function (x) { r.push(x.name); }); r.sort().join()',
  'user.getRealmRoleMappingsStream().count()',
  'user.getRealmRoleMappingsStream().map(function (r) { return r.name; }).sorted().toList()',
  'var out = new java.util.ArrayList(); user.groupsStream.forEach(function (g) { out.add(g.name); }); out',
  "user.getAttributeStream('tags').collect(java.util.stream.Collectors.joining(','))",
  "user.getAttributeStream('tags').findFirst().get()",
  "user.getAttributeStream('none').findFirst().orElse('none')",
  "user.getAttributeStream('tags').filter(function (t) { return t == 'x'; }).toList()",
  "user.getAttributeStream('tags').anyMatch(function (t) { return t == 'x'; })",
  "(function () { return 'iife'; })()",
  "throw 'x'",
  'nope()',
];

const types: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: { 'jsonType.label': 'String' },
  json: { 'jsonType.label': 'JSON' },
  long: { 'jsonType.label': 'long' },
  truth: { 'jsonType.label': 'boolean' },
  plain: {},
  texts: { 'jsonType.label': 'String', multivalued: 'true' },
  longs: { 'jsonType.label': 'long', multivalued: 'true' },
};

const built = enrichment([
  scope(
    'foreign',
    scripts.flatMap((_, index) =>
      Object.entries(types).map(([type, config]) =>
        mapper(`script-foreign-${index}.js`, {
          'claim.name': `s${index}.${type}`,
          'id.token.claim': 'false',
          ...config,
        }),
      ),
    ),
  ),
]);
const ada = {
  username: 'ada',
  email: 'ada@acme.example',
  emailVerified: true,
  firstName: 'Ada',
  lastName: 'L',
  attributes: { plan: ['gold'], tags: ['x', 'y'] },
  realmRoles: ['a', 'b'],
  groups: ['/staff', '/emea'],
};
const client = { clientId: 'foreign', enrichment: built };
const world: World = {
  realm: 'claimsmith-foreign',
  users: [ada],
  groups: [{ name: 'staff' }, { name: 'emea' }],
  realmRoles: ['a', 'b'],
  clientRoles: {},
  organizations: [],
  clients: [client],
};

export const foreignJars = {
  'foreign.jar': jar({
    'META-INF/keycloak-scripts.json': JSON.stringify({
      mappers: scripts.map((_, index) => ({ name: `foreign ${index}`, fileName: `foreign-${index}.js` })),
    }),
    ...Object.fromEntries(scripts.map((code, index) => [`foreign-${index}.js`, code])),
  }),
};

/** What each script came to, by the type of its mapper. */
export type Results = Readonly<Record<string, unknown>>;

export function emulatedResults(): Results {
  const issuance = issuanceOf(world, ada, client, { scopes: ['openid'] });
  const { access } = emulate(built, issuance, {
    kinds: ['access'],
    scripts: {
      ...noScripts,
      realm: world.realm,
      codes: new Map(scripts.map((code, index) => [`script-foreign-${index}.js`, code])),
    },
  });
  return byScript(access);
}

function byScript(claims: Claims): Results {
  return Object.fromEntries(scripts.map((code, index) => [code, claims[`s${index}`] ?? null]));
}

export function foreignAgainstServer(keycloak: Keycloak): void {
  describe('runs scripts of others as the emulator does', () => {
    let realm: LiveRealm;
    beforeAll(async () => {
      realm = await importRealm(keycloak, world);
    }, 240_000);

    it('and makes the same claims of them', async () => {
      const { status, body } = await login(realm, 'foreign', 'ada', []);
      expect(status, JSON.stringify(body)).toBe(200);
      const results = byScript(payload(body['access_token']));
      expect(emulatedResults()).toEqual(results);
    });
  });
}
