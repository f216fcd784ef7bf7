import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference } from '../../../test/compare.ts';
import { mapperCases, mapperWorld } from '../../../test/mapper-cases.ts';
import { readRecorded } from '../../../test/recorded.ts';
import { enrichment, issuanceOf, mapper, scope } from '../../../test/world.ts';
import { splitClaimPath } from './claim-path.ts';
import { emulate } from './emulate.ts';
import { readJson } from './read-json.ts';

describe('the emulator says what a server has said:', () => {
  const world = mapperWorld();
  const recorded = readRecorded();
  it('to every case', () => {
    expect(Object.keys(recorded)).toEqual(mapperCases.map(({ name }) => name));
  });

  it.each(mapperCases.map((one, index) => [one.name, one, index] as const))(
    '%s',
    (name, mapperCase, index) => {
      const client = world.clients[index];
      const user = world.users.find(({ username }) => username === mapperCase.user);
      if (client === undefined || user === undefined) throw new Error('no such client or user');
      const request = {
        id: '<user>',
        scopes: ['openid', ...(mapperCase.scopes ?? [])],
        organizationIds: { acme: '<acme>', globex: '<globex>' },
      };
      const emulation = emulate(mapperCase.enrichment, issuanceOf(world, user, client, request));
      expect(emulation.refusedScopes.length > 0).toBe(mapperCase.refused === true);
      if (mapperCase.refused) return;
      for (const kind of mapperCase.kinds ?? (['access', 'id', 'userinfo', 'introspection'] as const)) {
        const server = recorded[name]?.[kind] ?? {};
        expect(difference(kind, server, emulation[kind], mapperCase.enrichment)).toBeUndefined();
      }
    },
  );
});

describe('what Keycloak leaves open', () => {
  const issuance = {
    user: {
      id: 'id',
      username: 'ada',
      emailVerified: true,
      attributes: { several: ['a', 'b'], text: ['t'] },
      realmRoles: ['a', 'b'],
      clientRoles: {},
      groups: [],
      organizations: [],
    },
    client: { clientId: 'c', attributes: {}, fullScopeAllowed: true, lightweight: false },
    session: { id: 's', notes: {} },
    request: { grantType: 'password', scopes: [], params: {} },
  };
  const run = (...mappers: readonly ReturnType<typeof mapper>[]) =>
    emulate(enrichment([scope('one', mappers)]), issuance);

  it.each([
    ['several values for one', 'oidc-usermodel-attribute-mapper', { 'user.attribute': 'several' }],
    ['several roles for one', 'oidc-usermodel-realm-role-mapper', { multivalued: 'false' }],
    [
      'a claim of its own',
      'oidc-usermodel-attribute-mapper',
      { 'user.attribute': 'text', 'claim.name': 'exp' },
    ],
    [
      'a path below one',
      'oidc-usermodel-attribute-mapper',
      { 'user.attribute': 'text', 'claim.name': 'sub.x' },
    ],
    ['a mapper that is not there', 'script-nowhere.js', {}],
  ])('is noted: %s', (_what, provider, config) => {
    expect(run(mapper(provider, { 'claim.name': 'c', ...config })).notes).toHaveLength(1);
  });

  it('fails the request where a claim is to stand below a value', () => {
    const attribute = (name: string) =>
      mapper('oidc-usermodel-attribute-mapper', { 'user.attribute': 'text', 'claim.name': name });
    expect(() => run(attribute('a'), attribute('a.b'))).toThrow('nothing can stand below');
  });
});

describe('a claim path', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['a\\.b', ['a.b']],
    ['a\\\\.b', ['a\\', 'b']],
    ['a\\\\\\.b', ['a\\.b']],
    ['c.a\\\\.b', ['c', 'a\\', 'b']],
    ['c\\h\\.b.a\\\\\\.b', ['ch.b', 'a\\.b']],
    ['.a', ['.a']],
    ['a.', ['a']],
    ['a..b', ['a', '.b']],
    ['a\\', ['a\\']],
    ['https://acme\\.example/roles', ['https://acme.example/roles']],
  ])('%s leads through %j', (text, path) => {
    expect(splitClaimPath(text)).toEqual(path);
  });

  it('leads to any name whose dots and backslashes are escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        // Java's dot takes no line break after a backslash; names with one are not ours.
        fc.pre(!/[\n\r\u0085\u2028\u2029]/.test(name));
        expect(splitClaimPath(name.replace(/[\\.]/g, '\\$&'))).toEqual([name]);
      }),
    );
  });
});

describe('JSON in a text', () => {
  it('is its first value', () => {
    expect(
      ['{"a":1} x', '[1]]', '"a"b', ' 1 2', 'null', '{', '"', 'x', '', '{"a":"}"}'].map(readJson),
    ).toEqual([
      { node: { a: 1 } },
      { node: [1] },
      { node: 'a' },
      { node: 1 },
      { node: null },
      undefined,
      undefined,
      undefined,
      undefined,
      { node: { a: '}' } },
    ]);
  });

  it('is read whole', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readJson(JSON.stringify(value))).toEqual({ node: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });
});
