import { describe, expect, it } from 'vitest';
import { policyOf } from '../test/fixtures.ts';
import { collisionsOf, type LiveMapper } from './collisions.ts';
import { enrichmentOf } from './compile/enrichment.ts';

const spec = (settings: string) => `version: 1
name: shop
claims:
  https://acme.example/uid: { value: user.id, kind: authoritative }
  roles: { value: user.roles, kind: authoritative }
  name: { value: user.name, kind: descriptive, tokens: [id] }
  fixed: { const: 1, kind: descriptive }
issuers: { keycloak: { audience: "urn:api"${settings} } }`;
const native = policyOf(spec(''));

const mapper = (provider: string, config: Readonly<Record<string, string>>): LiveMapper => ({
  name: 'm',
  container: 'client scope other',
  policy: undefined,
  provider,
  config,
});
const attribute = (claim: string, more = {}) =>
  mapper('oidc-usermodel-attribute-mapper', { 'claim.name': claim, 'access.token.claim': 'true', ...more });
const off = {
  'access.token.claim': 'false',
  'id.token.claim': 'false',
  'userinfo.token.claim': 'false',
  'lightweight.claim': 'false',
};
const found = (one: LiveMapper, policy = native) => collisionsOf(policy, [one]).map(({ claim }) => claim);

describe('a mapper of others collides', () => {
  it.each<[string, LiveMapper, readonly string[]]>([
    ['that writes a claim', attribute('roles'), ['roles']],
    ['that writes below one', attribute('roles.more'), ['roles']],
    [
      'that writes one of a longer name',
      attribute('https://acme\\.example/uid'),
      ['https://acme.example/uid'],
    ],
    ['that writes part of a name', attribute('https://acme.example/uid'), []],
    ['that writes another', attribute('role'), []],
    ['that writes into no token', attribute('roles', off), []],
    ['that writes into an ID token', attribute('roles', { ...off, 'id.token.claim': 'true' }), ['roles']],
    ['without flags', mapper('oidc-hardcoded-claim-mapper', { 'claim.name': 'fixed' }), ['fixed']],
    ['of the marker', attribute('policy'), ['policy']],
    ['of a full name', mapper('oidc-full-name-mapper', {}), ['name']],
    ['that renames a role', mapper('oidc-role-name-mapper', { role: 'a', 'new.role.name': 'b' }), ['roles']],
    ['that adds a role', mapper('oidc-hardcoded-role-mapper', { role: 'a' }), ['roles']],
    ['of the audience', mapper('oidc-audience-mapper', { 'included.custom.audience': 'urn:api' }), ['aud']],
    [
      'of the audience of a client',
      mapper('oidc-audience-mapper', { 'included.client.audience': 'urn:api' }),
      ['aud'],
    ],
    ['of another audience', mapper('oidc-audience-mapper', { 'included.custom.audience': 'x' }), []],
    [
      'of the audience by a constant',
      mapper('oidc-hardcoded-claim-mapper', { 'claim.name': 'aud', 'claim.value': 'urn:api' }),
      ['aud'],
    ],
    ['of organizations', mapper('oidc-organization-membership-mapper', {}), []],
  ])('%s', (_what, one, claims) => {
    expect(found(one)).toEqual(claims);
  });

  it('with what a script does not come after', () => {
    const scripted = policyOf(spec(', scripts: true'));
    expect(found(attribute('roles'), scripted)).toEqual([]);
    expect(found(attribute('policy'), scripted)).toEqual([]);
    expect(found(attribute('fixed'), scripted)).toEqual(['fixed']);
    expect(
      found(mapper('oidc-audience-mapper', { 'included.custom.audience': 'urn:api' }), scripted),
    ).toEqual(['aud']);
  });

  it('of its own is none', () => {
    const own = enrichmentOf(native).clientScopes.flatMap(({ protocolMappers, name }) =>
      protocolMappers.map(({ name: mapperName, protocolMapper, config }) => ({
        name: mapperName,
        container: name,
        policy: 'shop',
        provider: protocolMapper,
        config,
      })),
    );
    expect(own.length).toBeGreaterThan(4);
    expect(collisionsOf(native, own)).toEqual([]);
    expect(collisionsOf(native, [...own, attribute('roles'), { ...attribute('roles'), name: 'a' }])).toEqual([
      { claim: 'roles', writers: ['client scope other, mapper a', 'client scope other, mapper m'] },
    ]);
  });
});
