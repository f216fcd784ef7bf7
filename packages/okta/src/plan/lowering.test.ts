import { expect, test } from 'vitest';
import { policyOf } from '../../test/policies.ts';
import { classify } from '../index.ts';

/* What people write, and what becomes of it. The law that both mean the same is in native.test.ts. */
const expressions = [
  'client.id',
  'user.id',
  'user.email',
  'user.attributes.level',
  'org.id',
  'user.given_name + " " + user.family_name',
  'user.?email.orValue("none")',
  'has(user.phone_number) ? user.phone_number : "none"',
  'tables.region[user.attributes.country]',
  'tables.region.DE',
  'user.attributes.country in tables.region',
  'user.attributes.country in ["DE", "FR"]',
  'user.attributes.country != "DE"',
  'user.attributes.level >= 3',
  'user.attributes.limit < 1000.0',
  'user.attributes.active',
  '!user.attributes.active && subject_type == "human"',
  '"admins" in user.groups',
  'user.groups.exists(g, g == "admins" || g in ["owners", "root"])',
  'user.roles.exists(r, r == "it\'s")',
  'subject_type == "machine" ? client.id : user.id',
  // No exact form:
  'org.name',
  'user.attributes.limit == 10.0',
  'user.email < "m"',
  'user.email.lowerAscii()',
  'email.domain(user.email)',
  'user.groups.filter(g, g.startsWith("shop:"))',
  'user.groups.exists(g, g.startsWith("shop:"))',
  'user.attributes.tags',
  '"x" in user.attributes.tags',
  'user.attributes.level + 1',
  '-5',
  '"say \\"hi\\""',
  'client.name',
  'session.amr',
  'request.grant_type',
  '"read" in request.scopes',
  'user.attributes.level == 3000000000',
  'string(now)',
  'int(now)',
  'now.getHours()',
  'now.getHours() < 18',
  'now < timestamp("2027-01-01T00:00:00Z")',
  'timestamp(user.attributes.country) > now - duration("720h")',
  'now < timestamp("2027-01-01T00:00:00Z") ? "early" : "late"',
];

test('expressions become what Okta says exactly the same, or stay with the hook', async () => {
  const claims = expressions.map(
    (value, i) => `  c${i}: { value: ${JSON.stringify(value)}, kind: descriptive }\n`,
  );
  const policy = policyOf(`
user: { attributes: { country: string, level: int, limit: double, active: bool, tags: list(string) } }
tables: { region: { DE: eu, FR: eu, US: us } }
claims:
${claims.join('')}
issuers:
  okta:
    supply:
      org.id: [user.organization, appuser.organization]
      org.name: [user.organization, app.profile.organization]
`);
  const made = classify(policy);
  const lines = expressions.map((text, i) => {
    const claim = made[`c${i}`];
    return `${text}\n    ${claim?.via === 'native' ? claim.value?.value : claim?.why}\n`;
  });
  await expect(lines.join('\n')).toMatchFileSnapshot('../../test/golden/lowering.txt');
});
