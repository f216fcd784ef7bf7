import { expect, expectTypeOf, test } from 'vitest';
import { defineEnrichment } from '../index.ts';

test('a spec comes back as it is, typed by what it says', () => {
  const spec = defineEnrichment({
    version: 1,
    name: 'shop',
    user: { attributes: { limit: 'int', address: { city: 'string', lines: 'list(string)' } } },
    sources: {
      tenants: {
        http: { url: 'https://tenants.example/{org.id}' },
        returns: { plan: 'string' },
        timeout: '400ms',
      },
    },
    claims: {
      roles: {
        value: 'user.roles',
        kind: 'authoritative',
        maxAge: `${5 * 60}s`,
        maxBytes: '4kB',
        as: { auth0: 'https://shop.example/roles', keycloak: 'shop_roles' },
      },
    },
    issuers: {
      auth0: { triggers: ['post-login'] },
      okta: {
        guard: ['sentinel'],
        supply: { 'org.id': ['app.profile.org', 'user.org'] },
        hook: { auth: 'oauth' },
      },
      keycloak: { scripts: true, rolesFrom: { client: 'shop' } },
    },
  });
  expect(Object.keys(spec.issuers)).toEqual(['auth0', 'okta', 'keycloak']);
  expectTypeOf(spec.claims.roles.kind).toEqualTypeOf<'authoritative'>();
  expectTypeOf(spec.issuers.keycloak.scripts).toEqualTypeOf<true>();
});

test('a mistake is a type error where it stands', () => {
  const base = { version: 1, name: 'shop', claims: {} } as const;
  const roles = { value: 'user.roles', kind: 'authoritative' } as const;

  // @ts-expect-error a misspelt issuer
  defineEnrichment({ ...base, issuers: { auht0: {} } });
  // @ts-expect-error a misspelt setting
  defineEnrichment({ ...base, issuers: { keycloak: { scrips: true } } });
  // @ts-expect-error a misspelt setting inside another
  defineEnrichment({ ...base, issuers: { okta: { hook: { dedline: '2s' } } } });
  // @ts-expect-error a setting of another type
  defineEnrichment({ ...base, issuers: { auth0: { minify: 'yes' } } });
  // @ts-expect-error a trigger that Auth0 does not have
  defineEnrichment({ ...base, issuers: { auth0: { triggers: ['post-logout'] } } });
  // @ts-expect-error a misspelt issuer in the names of a claim
  defineEnrichment({ ...base, claims: { roles: { ...roles, as: { atuh0: 'r' } } } });
  // @ts-expect-error a name that is not text
  defineEnrichment({ ...base, claims: { roles: { ...roles, as: { auth0: 1 } } } });
  // @ts-expect-error a duration in words
  defineEnrichment({ ...base, claims: { roles: { ...roles, maxAge: '5 mins' } } });
  // @ts-expect-error a lifetime without a unit
  defineEnrichment({ ...base, lifetime: { access: '600' } });
  // @ts-expect-error a size in words
  defineEnrichment({ ...base, claims: { roles: { ...roles, maxBytes: '4 KiB' } } });
  // @ts-expect-error a kind that does not exist
  defineEnrichment({ ...base, claims: { roles: { ...roles, kind: 'important' } } });
  // @ts-expect-error a type that does not exist
  defineEnrichment({ ...base, user: { attributes: { plan: 'strng' } } });
  expect(base.version).toBe(1);
});
