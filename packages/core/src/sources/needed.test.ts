import { expect, test } from 'vitest';
import { policyOf } from '../../test/kit.ts';

const namesOf = (stage: string, more = '') =>
  policyOf(`
params: { stage: { type: string, default: ${stage} } }
sources:
  profile: { http: { url: "https://p.example/{user.id}" }, returns: { org: string } }
  crm: { http: { url: "https://c.example/{profile.org}" }, returns: { plan: string } }
  test_crm: { http: { url: "https://t.example/{user.id}", headers: { a: "\${TEST_TOKEN}" } }, returns: { plan: string } }
  unread: { http: { url: "https://u.example/{user.id}" }, returns: { plan: string } }
claims: { plan: { value: 'params.stage == "prod" ? crm.plan : test_crm.plan', kind: descriptive } }
${more}`);

test('a source that only the branch of a constant reads is not part of the policy elsewhere, nor are its settings', () => {
  const prod = namesOf('prod');
  expect(prod.sources.map(({ name }) => name)).toEqual(['profile', 'crm', 'unread']);
  expect(prod.secrets).toEqual([]);
  const test = namesOf('test');
  expect(test.sources.map(({ name }) => name)).toEqual(['test_crm', 'unread']);
  expect(test.secrets).toEqual(['TEST_TOKEN']);
});

test('it stays if another part reads it', () => {
  const rule = `deny: [{ when: 'has(crm.plan) && crm.plan == "none"', reason: no_plan }]`;
  expect(namesOf('test', rule).sources.map(({ name }) => name)).toEqual([
    'profile',
    'crm',
    'test_crm',
    'unread',
  ]);
});
