import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimHeader, headerNames, headerValue, isForbidden } from './headers.ts';

test('a value comes out as it went in, and never leaves its line', () => {
  const hostile = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), hostile, (value, more) => {
      const given = { value, list: [more, '\r\nX-Evil: 1', 'a, b', '"é😀\u007f\u2028'] };
      const text = headerValue(given);
      expect(text).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(given)));
    }),
  );
});

test('an empty text differs from a claim that is not there, and a list with a comma from two entries', () => {
  expect(headerValue('')).toBe('""');
  expect(headerValue(['a,b'])).toBe('["a,b"]');
  expect(headerValue(['a', 'b'])).toBe('["a","b"]');
});

test.each([
  ['tenant_id', 'authoritative', 'X-Claims-Tenant-Id'],
  ['roles', 'authoritative', 'X-Claims-Roles'],
  ['plan', 'descriptive', 'X-Claims-Descriptive-Plan'],
  ['approvalLimit', 'authoritative', 'X-Claims-ApprovalLimit'],
  ['https://acme.example/team', 'authoritative', 'X-Claims-Https-Acme-Example-Team'],
] as const)('the header of %s', (claim, kind, header) => {
  expect(claimHeader(claim, kind)).toBe(header);
});

function contractOf(claims: Readonly<Record<string, 'authoritative' | 'descriptive'>>) {
  const always = { human: 'always', machine: 'always', agent: 'always', delegated: 'always' } as const;
  const all = Object.entries(claims).map(
    ([name, kind]) => [name, { type: 'string', kind, for: always, names: {} }] as const,
  );
  const api = { issuers: [], claims: Object.fromEntries(all), scopes: [], authorizationDetails: {} };
  return { apis: { '*': api } };
}

test('two claims never share a header', () => {
  expect(() => headerNames(contractOf({ team_id: 'authoritative', 'team-id': 'authoritative' }))).toThrow(
    'The claim team-id cannot have the header X-Claims-Team-Id: team_id has it. Rename the claim.',
  );
  expect(() => headerNames(contractOf({ token_subject: 'authoritative' }))).toThrow('it has another meaning');
  expect(() => headerNames(contractOf({ plan: 'descriptive', descriptive_plan: 'authoritative' }))).toThrow(
    'plan has it',
  );
  expect(headerNames(contractOf({ plan: 'descriptive' }))).toContain('X-Claims-Descriptive-Plan');
});

test.each([
  'X-Claims-Roles',
  'x_claims_roles',
  'X.CLAIMS.x',
  'X--Claims-',
  'x-claims',
  'X-Claims_Roles',
  'X_Original_URL',
  'x.http.method.override',
])('%s is forbidden', (name) => {
  expect(isForbidden(name.toLowerCase())).toBe(true);
});

test.each([
  'X-Claimsmith',
  'X-Claimed',
  'Insurance-Claims',
  'X-Reclaims-Id',
  'xclaims',
  'X-Original-URL',
  'X-Original-Host',
])('%s is not', (name) => {
  expect(isForbidden(name.toLowerCase())).toBe(false);
});
