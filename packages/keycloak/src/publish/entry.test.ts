import { describe, expect, it } from 'vitest';
import { entry, loginRealmOf, matching } from './entry.ts';

const login = { clientId: 'claimsmith', clientSecret: { env: 'S' } };
const one = { url: 'https://id.acme.example', realm: 'acme', ...login };

describe('an entry of an environment', () => {
  it.each([
    ['a realm and a client', one],
    [
      'a user',
      { ...one, clientId: undefined, clientSecret: undefined, username: 'u', password: { env: 'P' } },
    ],
    ['a pattern', { ...one, realm: undefined, realms: 'tenant-*' }],
    ['a server on this machine', { ...one, url: 'http://127.0.0.1:8080/auth' }],
  ])('names %s', (_what, value) => {
    expect(entry.safeParse(value).success).toBe(true);
  });

  it.each([
    ['http elsewhere', { ...one, url: 'http://id.acme.example' }],
    ['a password in the address', { ...one, url: 'https://a:b@id.acme.example' }],
    ['a query', { ...one, url: 'https://id.acme.example?x' }],
    ['no address', { ...one, url: 'keycloak' }],
    ['a realm and a pattern', { ...one, realms: '*' }],
    ['no realm', { ...one, realm: undefined }],
    ['no login', { ...one, clientId: undefined, clientSecret: undefined }],
    ['two logins', { ...one, username: 'u', password: { env: 'P' } }],
    ['a client without a secret', { ...one, clientSecret: undefined }],
    ['a secret as text', { ...one, clientSecret: 'secret' }],
    ['an unknown key', { ...one, relam: 'x' }],
  ])('is refused with %s', (_what, value) => {
    expect(entry.safeParse(value).success).toBe(false);
  });

  it('logs in to its own realm by a client, and to master for many realms or as a user', () => {
    const parsed = (value: object) => loginRealmOf(entry.parse({ ...one, ...value }));
    expect(parsed({})).toBe('acme');
    expect(parsed({ realm: undefined, realms: '*' })).toBe('master');
    expect(parsed({ loginRealm: 'ops' })).toBe('ops');
    const user = { clientId: undefined, clientSecret: undefined, username: 'u', password: { env: 'P' } };
    expect(parsed(user)).toBe('master');
  });
});

describe('patterns of realms', () => {
  const names = ['tenant-b', 'tenant-a', 'tenants', 'master', 'x.tenant-a', 'a+b'];

  it.each([
    [['tenant-*'], ['tenant-a', 'tenant-b']],
    [['*'], ['a+b', 'tenant-a', 'tenant-b', 'tenants', 'x.tenant-a']],
    [['*-a'], ['tenant-a', 'x.tenant-a']],
    [['a+b'], ['a+b']],
    [['a.b'], []],
    [
      ['tenants', 'tenant-a'],
      ['tenant-a', 'tenants'],
    ],
    [['m*'], []],
    [['master'], ['master']],
  ])('%j', (patterns, expected) => {
    expect(matching(names, patterns)).toEqual(expected);
  });
});
