import { describe, expect, it } from 'vitest';
import { addressOf, entrySchema } from './entry.ts';

const secret = { env: 'AUTH0_CLIENT_SECRET' };

function parse(domain: string) {
  return entrySchema.safeParse({ domain, clientId: 'c', clientSecret: secret });
}

describe('a domain', () => {
  it.each([
    ['acme.eu.auth0.com', 'https://acme.eu.auth0.com'],
    ['ACME.eu.auth0.com', 'https://acme.eu.auth0.com'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['http://localhost:4000', 'http://localhost:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
  ])('%s leads to %s', (domain, origin) => {
    const { data } = parse(domain);
    expect(data && addressOf(data).origin).toBe(origin);
  });

  it.each([
    'https://acme.eu.auth0.com',
    'http://acme.eu.auth0.com',
    'http://127.0.0.1.acme.example:80',
    'http://127.0.0.1:80@acme.example',
    'http://127.0.0.1',
    'acme.eu.auth0.com/api/v2',
    'acme.eu.auth0.com:443',
    'user@acme.eu.auth0.com',
    'acme.eu.auth0.com#',
    'acme.eu.auth0.com\n',
    'localhost',
    '',
  ])('is not %j', (domain) => {
    expect(parse(domain).success).toBe(false);
  });
});

it('has one credential, an application or a token', () => {
  const domain = 'acme.eu.auth0.com';
  expect(entrySchema.safeParse({ domain, token: secret }).success).toBe(true);
  expect(entrySchema.safeParse({ domain }).success).toBe(false);
  expect(entrySchema.safeParse({ domain, clientId: 'c' }).success).toBe(false);
  const both = { domain, clientId: 'c', clientSecret: secret, token: secret };
  expect(entrySchema.safeParse(both).success).toBe(false);
});
