import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { issuance } from './emulator/input.ts';
import { eventFrom } from './event-from.ts';

const spec = (settings = '{}') => `
version: 1
name: shop
user: { attributes: { tier: string, limit: int, ratio: double, ok: bool, seats: list(string), caps: map(int), any: dyn } }
scopes: { orders.read: { grant: "true" } }
claims: { tier: { value: user.attributes.tier, kind: descriptive } }
issuers: { keycloak: ${settings} }
`;
const policy = policyOf(spec());
const eventOf = (context: Readonly<Record<string, unknown>>, settings?: string) => {
  const { trigger, event } = eventFrom(context, settings === undefined ? policy : policyOf(spec(settings)));
  return { trigger, ...issuance.parse(event) };
};
const attributesOf = (attributes: object) => eventOf({ user: { attributes } }).user.attributes;

describe('a situation at Keycloak', () => {
  it('has a user, a client, a session and a request', () => {
    const context = {
      subject_type: 'human',
      user: {
        id: 'u1',
        username: 'Ada',
        email: 'Ada@Acme.Example',
        email_verified: true,
        name: 'Ada de Lovelace',
        nickname: 'ada',
        picture: 'https://acme.example/ada.png',
        created_at: '2025-01-01T00:00:00Z',
      },
      tenant: { id: 'shop' },
      org: { id: 'o1', name: 'acme', display_name: 'Acme', metadata: { tier: 'gold', tags: ['a', 'b'] } },
      client: { id: 'app', name: 'App', metadata: { color: 'red' } },
      request: {
        grant_type: 'password',
        scopes: ['openid'],
        ip: '192.0.2.1',
        user_agent: 'curl',
        params: { x: 'y' },
      },
      session: { id: 's1', auth_time: 7, acr: '1', idp: 'google' },
    };
    expect(eventOf(context)).toMatchObject({
      trigger: 'user',
      realm: 'shop',
      user: {
        id: 'u1',
        createdTimestamp: 1_735_689_600_000,
        // Keycloak keeps both in lower case.
        username: 'ada',
        email: 'ada@acme.example',
        firstName: 'Ada',
        lastName: 'de Lovelace',
        attributes: { nickname: ['ada'], picture: ['https://acme.example/ada.png'] },
        organizations: [
          { id: 'o1', alias: 'acme', name: 'Acme', attributes: { tier: ['gold'], tags: ['a', 'b'] } },
        ],
      },
      client: { clientId: 'app', name: 'App', attributes: { color: 'red' } },
      session: { id: 's1', acr: '1', notes: { AUTH_TIME: '7', identity_provider: 'google' } },
      request: {
        grantType: 'password',
        scopes: ['openid'],
        ip: '192.0.2.1',
        userAgent: 'curl',
        params: { x: 'y' },
      },
    });
  });

  it('leaves out what is not known, but for lists, which are empty then', () => {
    const { user, client, session } = eventOf({});
    expect(user).toEqual({
      attributes: {},
      realmRoles: [],
      clientRoles: {},
      groups: [],
      organizations: [],
    });
    expect(client.clientId).toBeUndefined();
    expect(session).toEqual({ notes: {} });
  });

  it('gives machines the account of their client', () => {
    for (const context of [
      { subject_type: 'machine', client: { id: 'job' } },
      { client: { id: 'job' }, request: { grant_type: 'client_credentials' } },
    ]) {
      expect(eventOf(context)).toMatchObject({
        trigger: 'service-account',
        user: { serviceAccountOf: 'job' },
        request: { grantType: 'client_credentials' },
      });
    }
  });

  it('takes roles of several clients apart', () => {
    const user = { roles: ['shop:admin', 'billing:a:b', 'other:x', 'admin', ':y', 'shop:'] };
    expect(eventOf({ user }, '{ rolesFrom: { clients: [shop, billing, shop] } }').user).toMatchObject({
      realmRoles: [],
      clientRoles: { shop: ['admin', ''], billing: ['a:b'] },
    });
  });

  it('takes roles and groups as the settings say', () => {
    const user = { roles: ['a'], groups: ['/staff/berlin'] };
    expect(eventOf({ user }, '{ rolesFrom: { client: api }, groups: paths }').user).toMatchObject({
      realmRoles: [],
      clientRoles: { api: ['a'] },
      groups: [{ path: '/staff/berlin' }],
    });
    expect(eventOf({ user: { roles: ['a'], groups: ['a/b'] } }).user).toMatchObject({
      realmRoles: ['a'],
      clientRoles: {},
      groups: [{ path: '/a/b' }],
    });
  });

  it('writes attributes as texts, under the names that the settings give', () => {
    expect(
      attributesOf({ tier: 'top', limit: 5, ratio: 0.5, ok: false, seats: ['s1'], any: { a: [1] } }),
    ).toEqual({
      tier: ['top'],
      limit: ['5'],
      ratio: ['0.5'],
      ok: ['false'],
      seats: ['s1'],
      any: ['{"a":[1]}'],
    });
    const { user } = eventOf({ user: { attributes: { tier: 'top' } } }, '{ attributes: { tier: level } }');
    expect(user.attributes).toEqual({ level: ['top'] });
  });

  it('has no attribute for what an attribute cannot hold', () => {
    expect(
      attributesOf({ tier: 7, limit: 1.5, ok: 'true', seats: [], any: null, unknown: 'x', ratio: undefined }),
    ).toEqual({});
    expect(attributesOf({ seats: ['a', 7] })).toEqual({});
    // A mapper would sign these, which TE821 announces.
    for (const wrong of [{ ratio: '0.5' }, { caps: { a: 'x' } }, { caps: 'x' }, { caps: [1] }]) {
      expect(attributesOf(wrong)).toEqual({});
    }
    expect(attributesOf({ caps: { a: 1 } })).toEqual({ caps: ['{"a":1}'] });
  });

  it('carries authorization details in the form that the request has', () => {
    const details = [{ type: 'payment', amount: 5 }];
    expect(eventOf({ request: { authorization_details: details } }).request.params).toEqual({
      authorization_details: JSON.stringify(details),
    });
  });

  it('is an issuance, whatever the scenario says', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('user', 'org', 'client', 'request', 'session', 'actor'), fc.anything()),
        (context) => {
          expect(() => eventOf(context)).not.toThrow();
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('id', 'name', 'email', 'roles', 'groups', 'attributes', 'metadata'),
          fc.jsonValue(),
        ),
        (part) => {
          expect(() => eventOf({ user: part, org: part, client: part, session: part })).not.toThrow();
        },
      ),
    );
  });
});
