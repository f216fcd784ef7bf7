import { mappingOf } from '@claimsmith/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { issued } from '../../test/issued.ts';
import { holds } from './held.ts';

const declarations = `user: { attributes: { tier: string, seats: list(string), levels: list(int), email: string, locale: string, any: dyn } }
org: { metadata: { tier: string, regions: list(string), seats: int, beta: bool, limits: { daily: double } } }`;
const spec = (declared = declarations, settings = '{}') => `version: 1
name: held
${declared}
claims: { one: { const: 1, kind: descriptive } }
issuers: { keycloak: ${settings} }`;
const policy = policyOf(spec());
const held = (context: Readonly<Record<string, unknown>>) => holds(context, policy);

describe('Keycloak holds', () => {
  it('lists in no order: they are sorted, roles and groups without duplicates', () => {
    const user = {
      roles: ['b', 'a', 'b'],
      groups: ['y', 'x'],
      attributes: { seats: ['2', '10', '2'], levels: [2, 10] },
    };
    expect(held({ user })['user']).toEqual({
      roles: ['a', 'b'],
      groups: ['x', 'y'],
      identities: [],
      attributes: { seats: ['10', '2', '2'], levels: [10, 2] },
    });
  });

  it('one value under one name', () => {
    const attributes = { email: 'Other@Acme.example', locale: 'de' };
    expect(held({ user: { email: 'Ada@acme.example', locale: 'en', attributes } })['user']).toMatchObject({
      email: 'ada@acme.example',
      locale: 'de',
      attributes: { email: 'ada@acme.example', locale: 'de' },
    });
    expect(held({ user: { attributes } })['user']).toMatchObject({ email: 'other@acme.example' });
  });

  it('a name in two parts', () => {
    expect(held({ user: { name: 'Ada de Lovelace' } })['user']).toMatchObject({
      given_name: 'Ada',
      family_name: 'de Lovelace',
    });
    expect(held({ user: { name: 'Countess', given_name: 'Ada' } })['user']).toMatchObject({ name: 'Ada' });
  });

  it('metadata of an organization as declared', () => {
    const metadata = { tier: 'gold', regions: ['us', 'eu'], seats: 3, beta: true, limits: { daily: 1.5 } };
    expect(held({ org: { id: 'o1', name: 'acme', metadata } })['org']).toEqual({
      id: 'o1',
      name: 'acme',
      metadata: { ...metadata, regions: ['eu', 'us'] },
    });
    const others = { tier: ['gold'], regions: 'eu', seats: '3', beta: 'true', limits: [] };
    expect(held({ org: { id: 'o1', metadata: others } })['org']).toEqual({
      id: 'o1',
      metadata: {},
    });
  });

  it('roles of several clients, each after its client', () => {
    const several = policyOf(spec('', '{ rolesFrom: { clients: [shop, billing] } }'));
    const roles = (held: readonly string[]) => holds({ user: { roles: held } }, several)['user'];
    expect(roles(['shop:b', 'billing:a', 'admin', 'other:c'])).toMatchObject({
      roles: ['billing:a', 'shop:b'],
    });
  });

  it('attributes of roles in no order, each once, beside the roles that the user has', () => {
    for (const settings of ['{}', '{ rolesFrom: { client: shop } }']) {
      const declared = policyOf(spec('user: { roleAttributes: { costs: list(string) } }', settings));
      const user = (costs: unknown) =>
        mappingOf(
          holds({ user: { roles: ['r'], role_attributes: { costs, other: ['x'] } } }, declared)['user'],
        );
      expect(user(['2', '10', '2'])).toMatchObject({ roles: ['r'], role_attributes: { costs: ['10', '2'] } });
      for (const none of [[], 'text', ['a', 1], undefined]) expect(user(none)['role_attributes']).toEqual({});
    }
  });

  it('notes of a session as declared, of which some are fields too', () => {
    const declared = 'session: { notes: { via: string, level: int, AUTH_TIME: int } }';
    const session = (said: object) => holds({ session: said }, policyOf(spec(declared)))['session'];
    expect(session({ id: 's', acr: '1', notes: { via: 'card', level: 3, other: 'x' } })).toEqual({
      id: 's',
      acr: '1',
      notes: { via: 'card', level: 3 },
    });
    expect(session({ auth_time: 7, idp: 'google', notes: { AUTH_TIME: 8, via: 5 } })).toEqual({
      auth_time: 8,
      idp: 'google',
      notes: { AUTH_TIME: 8 },
    });
  });

  it('metadata of a client as declared: an attribute of a client is one text', () => {
    const declared = `client: { metadata: { tier: string, seats: int, beta: bool, tags: list(string) } }`;
    const client = (metadata: unknown) =>
      holds({ client: { id: 'web', metadata } }, policyOf(spec(declared)))['client'];
    const metadata = { tier: 'gold', seats: 3, beta: true, tags: ['b', 'a'] };
    expect(client(metadata)).toEqual({ id: 'web', metadata });
    expect(client({ tier: 5, seats: '3', beta: 'yes', other: 'x' })).toEqual({ id: 'web', metadata: {} });
    expect(client(undefined)).toEqual({ id: 'web', metadata: {} });
  });

  it('metadata of no declared type as lists of texts', () => {
    const metadata = { tier: 'gold', regions: ['us', 'eu'], seats: 3, none: [], nested: {} };
    expect(holds({ org: { metadata } }, policyOf(spec('')))['org']).toEqual({
      metadata: { tier: ['gold'], regions: ['eu', 'us'], seats: ['3'] },
    });
  });

  it('one linked account for each identity provider, without a profile', () => {
    const identities = [
      { provider: 'oidc', connection: 'b', id: '1', attributes: { a: 'x' } },
      { provider: 'oidc', connection: 'a', id: 7 },
      { provider: 'google', connection: 'b', id: '2' },
      { provider: 'saml', id: '3' },
      null,
    ];
    expect(held({ user: { identities } })['user']).toMatchObject({
      identities: [
        { provider: 'oidc', connection: 'a' },
        { provider: 'google', connection: 'b', id: '2' },
      ],
    });
  });

  it('a time of creation to the millisecond, in UTC', () => {
    const created = (created_at: unknown) => held({ user: { created_at } })['user'];
    expect(created('2025-01-01T01:00:00.12345+01:00')).toMatchObject({
      created_at: '2025-01-01T00:00:00.123Z',
    });
    for (const odd of ['yesterday', '', 7, null, {}]) expect(created(odd)).not.toHaveProperty('created_at');
  });

  it('one of the realms of the policy as the tenant', () => {
    const reading = spec(declarations, '{ realm: [acme, globex] }').replace('const: 1', 'value: tenant.id');
    const tenant = (id: unknown) => holds({ tenant: { id } }, policyOf(reading))['tenant'];
    expect(tenant('globex')).toEqual({ id: 'globex' });
    for (const other of ['initech', undefined, 7]) expect(tenant(other)).toEqual({ id: 'acme' });
  });

  it('no scope of an organization that the user is not in', () => {
    const scopes = ['openid', 'organization:globex', 'organization:acme', 'organization:*', 'organization'];
    const request = (org: object) => held({ org, request: { scopes } })['request'];
    expect(request({ name: 'acme' })).toEqual({
      scopes: ['openid', 'organization:acme', 'organization:*', 'organization'],
    });
    expect(request({})).toEqual({ scopes: ['openid', 'organization:*', 'organization'] });
  });

  it('what it holds: nothing changes the second time', () => {
    const text = fc.constantFrom('a', 'B', 'x y', '', '1', 'true', '{}');
    const value = fc.oneof(
      text,
      fc.array(text, { maxLength: 3 }),
      fc.integer(),
      fc.boolean(),
      fc.jsonValue(),
    );
    const context = fc.record(
      {
        user: fc.dictionary(
          fc.constantFrom(
            'id',
            'username',
            'email',
            'name',
            'given_name',
            'family_name',
            'locale',
            'roles',
            'groups',
          ),
          value,
        ),
        attributes: fc.dictionary(
          fc.constantFrom('tier', 'seats', 'levels', 'email', 'locale', 'any'),
          value,
        ),
        org: fc.dictionary(fc.constantFrom('id', 'name'), value),
        metadata: fc.dictionary(fc.constantFrom('tier', 'regions', 'seats', 'beta', 'limits', 'more'), value),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(context, ({ user, attributes, org, metadata }) => {
        const once = held({
          ...(user === undefined ? {} : { user: { ...user, attributes } }),
          ...(org === undefined ? {} : { org: { ...org, metadata } }),
        });
        expect(held(once)).toEqual(once);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a policy script reads metadata of organizations', () => {
  const claims = `claims:
  tier: { value: org.metadata.tier, kind: descriptive, onMissing: { default: none } }
  regions: { value: org.metadata.regions, kind: descriptive, onMissing: { default: [] } }
  seats: { value: org.metadata.seats, kind: descriptive }
  beta: { value: org.metadata.beta, kind: descriptive }
  daily: { value: org.metadata.limits.daily, kind: descriptive }`;
  const text = `version: 1
name: held
org: { metadata: { tier: string, regions: list(string), seats: int, beta: bool, limits: { daily: double } } }
${claims}
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
  const signed = async (attributes: Readonly<Record<string, readonly string[]>>) => {
    const organizations = [{ id: 'o1', alias: 'acme', name: 'Acme', attributes }];
    const { access } = await issued(
      { user: { id: 'u1' }, client: { id: 'web' } },
      {
        text,
        event: { user: { organizations } },
      },
    );
    const { policy: _marker, ...others } = access;
    return others;
  };

  it('as declared, whether there is one value or several', async () => {
    expect(
      await signed({
        tier: ['gold'],
        regions: ['eu'],
        seats: ['3'],
        beta: ['true'],
        limits: ['{"daily":1.5}'],
      }),
    ).toEqual({
      tier: 'gold',
      regions: ['eu'],
      seats: 3,
      beta: true,
      daily: 1.5,
    });
    expect(await signed({ regions: ['us', 'eu'] })).toEqual({ tier: 'none', regions: ['eu', 'us'] });
  });

  it('and of several values where one is declared, none', async () => {
    expect(await signed({ tier: ['gold', 'free'], seats: ['1', '2'], regions: [] })).toEqual({
      tier: 'none',
      regions: [],
    });
  });
});

describe('a policy script, of organizations', () => {
  const text = `version: 1
name: held
claims: { org: { value: org.name, kind: descriptive } }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
  const organization = (alias: string) => ({ id: alias, alias, name: alias, attributes: {} });
  const signed = async (aliases: readonly string[], scopes: readonly string[]) => {
    const { access, scopes: left } = await issued(
      { user: { id: 'u1' }, client: { id: 'web' }, request: { scopes: ['openid', ...scopes] } },
      {
        text,
        event: {
          user: {
            organizations: aliases.map(organization),
            otherOrganizations: ['acme', 'globex'].filter((alias) => !aliases.includes(alias)),
          },
        },
      },
    );
    return [access['org'], left.filter((scope) => scope.startsWith('organization'))];
  };

  it.each([
    [['acme'], [], 'acme', []],
    [['acme'], ['organization'], 'acme', ['organization']],
    [['acme'], ['organization:*'], 'acme', ['organization:*']],
    [['acme', 'globex'], [], undefined, []],
    [['acme', 'globex'], ['organization:globex'], 'globex', ['organization:globex']],
    [['acme', 'globex'], ['organization:*'], undefined, ['organization:*']],
    [
      ['acme', 'globex'],
      ['organization:acme', 'organization:globex'],
      undefined,
      ['organization:acme', 'organization:globex'],
    ],
    // No other stands in for one that is named and that the user is not in.
    [['acme'], ['organization:globex'], undefined, []],
    [['acme'], ['organization:globex', 'organization:acme'], 'acme', ['organization:acme']],
  ] as const)('in %j, asking for %j, has %j', async (aliases, asked, name, scopes) => {
    expect(await signed(aliases, asked)).toEqual([name, scopes]);
  });
});
