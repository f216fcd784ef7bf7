import { expect, test } from 'vitest';
import { policyOf } from '../../test/policies.ts';
import { holds } from './held.ts';

const policy = policyOf(`user: { attributes: { email: string, level: int, tags: list(string) } }
claims: { a: { const: 1, kind: descriptive } }
issuers: { okta: { supply: { org.id: [user.organization, app.profile.organization] } } }`);
const held = (user: object) => holds({ user }, policy)['user'];

test.each<[string, object, object]>([
  ['a number for text', { attributes: { email: 5 } }, { attributes: {} }],
  ['a fraction for a whole number', { attributes: { level: 1.5 } }, { attributes: {} }],
  ['half of a character', { name: 'a\ud800' }, {}],
  ['a list with something else in it', { attributes: { tags: ['a', 1] } }, { attributes: {} }],
  ['a group twice', { groups: ['a', 'a'] }, { groups: ['a'] }],
  ['the group of everyone', { groups: ['a', 'Everyone'] }, { groups: ['a'] }],
])('a profile does not hold %s', (_what, said, left) => {
  expect(JSON.parse(JSON.stringify(held(said)))).toMatchObject(left);
  expect(JSON.stringify(held(said))).not.toContain(JSON.stringify(said).slice(1, -1));
});

test('groups are those that `groups` lets through', () => {
  const filtered = policyOf(`claims: { a: { const: 1, kind: descriptive } }
issuers: { okta: { groups: 'shop-.*' } }`);
  const user = { groups: ['shop-a', 'all', 'shop-'] };
  expect(holds({ user }, filtered)['user']).toMatchObject({ groups: ['shop-a', 'shop-'] });
});

test('two fields at one place have one value', () => {
  const { email, attributes } = Object(held({ email: 'a@b.example', attributes: { email: 'c@d.example' } }));
  expect(email).toBe(attributes.email);
});

test('what fits stays as it is', () => {
  const user = { id: 'u1', name: 'Ada', attributes: { level: 3, tags: ['a'] }, groups: ['a'], roles: ['a'] };
  expect(held(user)).toEqual(user);
});

test('a session has a time of a calendar', () => {
  const time = (seconds: unknown) =>
    Object(holds({ session: { auth_time: seconds } }, policy)['session']).auth_time;
  expect([1_795_132_800, -1, null, 1e11, Number.MAX_SAFE_INTEGER].map(time)).toEqual([
    1_795_132_800,
    -1,
    null,
    undefined,
    undefined,
  ]);
});
