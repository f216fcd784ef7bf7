import { expect, expectTypeOf, test } from 'vitest';
import { defineEnrichment } from '../index.ts';

test('a spec comes back as it is, with its own names and values as types', () => {
  const spec = defineEnrichment({
    version: 1,
    name: 'demo',
    user: { attributes: { country: 'string', address: { city: 'string', tags: 'list(string)' } } },
    tables: { region: { DE: 'eu', weights: [1, 2.5, { deep: [true] }] } },
    claims: {
      plan: {
        value: 'entitlements.plan',
        kind: 'descriptive',
        onMissing: { default: 'free' },
        tokens: ['access', 'id'],
      },
      level: { const: { a: [1, 'x'] }, kind: 'authoritative', onMissing: 'deny', maxBytes: '4kB' },
    },
    deny: [{ when: 'true', reason: 'closed' }],
    lifetime: { access: `${10}m` },
    issuers: { auth0: { triggers: ['post-login'] } },
  });
  expect(Object.keys(spec.claims)).toEqual(['plan', 'level']);
  expectTypeOf(spec.claims).toHaveProperty('plan');
  expectTypeOf(spec.claims.plan.kind).toEqualTypeOf<'descriptive'>();
  expectTypeOf(spec.claims.plan.tokens).toEqualTypeOf<readonly ['access', 'id']>();
});

test('a mistake is a type error where it stands', () => {
  const base = { version: 1, name: 'demo' } as const;
  // @ts-expect-error a misspelt key of the spec
  defineEnrichment({ ...base, claims: {}, ownr: 'me' });
  // @ts-expect-error a misspelt key of a claim
  defineEnrichment({ ...base, claims: { a: { kind: 'descriptive', value: 'x', onMising: 'deny' } } });
  // @ts-expect-error a misspelt key deep in a choice of shapes
  defineEnrichment({ ...base, claims: { a: { kind: 'descriptive', onMissing: { default: 1, x: 2 } } } });
  // @ts-expect-error a misspelt key in a list
  defineEnrichment({ ...base, claims: {}, deny: [{ when: 'true', reason: 'x', resaon: 'y' }] });
  // @ts-expect-error no such kind
  defineEnrichment({ ...base, claims: { a: { kind: 'important' } } });
  // @ts-expect-error a claim without a kind
  defineEnrichment({ ...base, claims: { a: { value: 'x' } } });
  // @ts-expect-error a number for a duration
  defineEnrichment({ ...base, claims: {}, lifetime: { access: 600 } });
  // @ts-expect-error no such token
  defineEnrichment({ ...base, claims: { a: { kind: 'descriptive', tokens: ['refresh'] } } });
  // @ts-expect-error a function is not a constant
  defineEnrichment({ ...base, claims: { a: { kind: 'descriptive', const: () => 1 } } });
  // @ts-expect-error no unit of durations
  defineEnrichment({ ...base, claims: { a: { kind: 'descriptive', value: 'x', maxAge: '5 mins' } } });
  // @ts-expect-error a duration without a unit, in a source
  defineEnrichment({ ...base, claims: {}, sources: { s: { returns: {}, timeout: '500' } } });
  // @ts-expect-error no unit of sizes
  defineEnrichment({ ...base, claims: { a: { kind: 'descriptive', value: 'x', maxBytes: '4 KiB' } } });
  // @ts-expect-error a misspelt type
  defineEnrichment({ ...base, claims: {}, user: { attributes: { plan: 'strng' } } });
  // @ts-expect-error no claims
  defineEnrichment(base);
  // @ts-expect-error another version
  defineEnrichment({ version: 2, name: 'demo', claims: {} });
  expect(base.version).toBe(1);
});
