import { contractOf, noTokens, type Policy } from '@claimsmith/core';
import { describe, expect, test } from 'vitest';
import { policyOf } from '../../test/policies.ts';
import { classify, okta } from '../index.ts';

function whyOf(claim: string, more = ''): string {
  const policy = policyOf(`user: { attributes: { country: string, tags: list(string) } }
sources: { s: { http: { url: https://s.example/ }, returns: { a: string } } }
tables: { t: { ${Array.from({ length: 80 }, (_, i) => `k${i}: value${i}`).join(', ')} } }
claims:
  c: { ${claim} }
${more}`);
  const { via, why } = okta.model.ways(policy)['c'] ?? { via: '', why: '' };
  return `${via}: ${why}`;
}

test.each([
  ['const: a, kind: descriptive', 'native claim: It is a constant.'],
  ['const: [a, b], kind: descriptive', 'native claim: It is a constant.'],
  [
    'value: user.email, kind: descriptive',
    'native claim: The Okta Expression Language can express it exactly.',
  ],
  [
    'value: user.email, kind: authoritative',
    'hook: A missing value denies the token, which only the hook can do.',
  ],
  [
    'value: client.id, kind: authoritative',
    'native claim: The Okta Expression Language can express it exactly.',
  ],
  [
    'value: user.id, kind: authoritative, when: subject_type == "human"',
    'native claim: The Okta Expression Language can express it exactly.',
  ],
  // Where the country is not known, nobody can tell whether the claim is meant to be.
  [
    'value: client.id, kind: authoritative, when: user.attributes.country == "DE"',
    'hook: A missing value denies the token, which only the hook can do.',
  ],
  ['value: s.a, kind: descriptive', 'hook: It reads the source `s`.'],
  ['value: user.email, maxBytes: 20, kind: descriptive', 'hook: Only the hook can check its bound.'],
  ['const: aaaa, maxBytes: 3, kind: descriptive', 'hook: Only the hook can check its bound.'],
  ['const: [a, b], maxItems: 1, kind: descriptive', 'hook: Only the hook can check its bound.'],
  ['const: [a, b], maxItems: 2, maxBytes: 9, kind: descriptive', 'native claim: It is a constant.'],
  ['const: [a, b], maxBytes: 8, kind: descriptive', 'hook: Only the hook can check its bound.'],
  ['const: aaaa, maxBytes: 6, kind: descriptive', 'native claim: It is a constant.'],
  ['const: [], kind: descriptive', 'as constants it has only lists of text that are not empty.'],
  ['const: { a: b }, kind: descriptive', 'it cannot make lists and maps.'],
  [
    'value: user.email, onMissing: { default: "\\"" }, kind: descriptive',
    'it may read some characters of a text differently.',
  ],
  ['value: "tables.t[client.id]", kind: descriptive', 'the expression would be too long.'],
  [
    `value: '"${'x'.repeat(1_100)}" + client.id', kind: descriptive`,
    'hook: Its expression would have 1117 characters; Okta allows 1024.',
  ],
  [
    `value: 'client.id in tables.t ? "a" : tables.t[tables.t[user.email]]', kind: descriptive`,
    'the expression would be too long.',
  ],
  [
    `value: client.id, when: '"a" in request.scopes && "b" in request.scopes', kind: descriptive`,
    'hook: A native claim can have only one condition on scopes.',
  ],
  ['value: client.id, audiences: [api], kind: descriptive', 'because `issuers.okta.audience` is not set.'],
  [
    'value: client.id, tokens: [id], audiences: [api], kind: descriptive',
    'hook: Only the hook knows whether there is an access token for its audiences.',
  ],
  [
    'value: user.name, tokens: [id], as: { okta: name }, kind: descriptive',
    'and does not accept a second one.',
  ],
  ['value: user.name, as: { okta: name }, kind: descriptive', 'native claim: '],
])('%s', (claim, why) => {
  expect(whyOf(claim)).toContain(why.replace(/^hook:/, 'token inline hook:'));
});

test.each([
  ['value: org.id, kind: descriptive', 'org.id: app.profile.organization'],
  ['value: org.id, kind: descriptive', 'org.id: [user.organization, app.profile.organization]'],
  [
    'value: org.id, kind: authoritative, when: \'subject_type == "human" && has(org.id)\'',
    'org.id: app.profile.organization',
  ],
  ['value: client.id, kind: descriptive, when: has(org.id)', 'org.id: app.profile.organization'],
  ['value: \'org.id == "a" ? "x" : "y"\', kind: descriptive', 'org.id: app.profile.organization'],
  ['value: user.?email.orValue("none"), kind: descriptive', 'user.email: app.profile.mail'],
  ['value: user.attributes.country, kind: descriptive', 'user.attributes.country: app.profile.land'],
])('%s goes to the hook where %s', (claim, place) => {
  const why = whyOf(claim, `issuers: { okta: { supply: { ${place} } } }`);
  expect(why).toContain('may come from the profile of an app, which may hold a value of any type.');
  const typed = place.replaceAll('app.profile', 'appuser');
  expect(whyOf(claim, `issuers: { okta: { supply: { ${typed} } } }`)).toContain('native claim: ');
});

describe('a claim named `groups`', () => {
  const listed = 'native claim: Okta can list exactly these groups, and leaves out an empty list.';
  const human = 'as: { okta: groups }, subjects: [human]';

  test.each([
    ['value: user.groups, kind: authoritative'],
    ['value: user.roles, kind: authoritative'],
    ['value: "user.?groups.orValue([])", kind: authoritative'],
    ['value: user.groups, kind: descriptive, onMissing: { default: [] }'],
    [`value: 'user.groups.filter(g, g.startsWith("E") || g in ["a", "b"])', kind: authoritative`],
    [`value: 'user.groups.filter(g, g == "a" || "b" == g)', kind: authoritative, maxItems: 2, maxBytes: 9`],
    [`value: 'user.groups.filter(g, g.endsWith("-x") || g.contains("pay"))', kind: descriptive`],
    [`value: user.groups, kind: descriptive, when: '"a" in request.scopes'`],
    [`value: user.groups, kind: descriptive, issuers: { okta: { groups: "pay:.*" } }`],
  ])('%s is a native claim', (claim) => {
    const [parts = '', settings] = claim.split(', issuers:');
    const more = settings === undefined ? '' : `issuers:${settings}`;
    expect(whyOf(`${parts}, ${human}`, more)).toBe(listed);
  });

  test.each([
    ['value: "user.groups.sort()"', 'it is not a filter of the groups of the user'],
    ['value: user.attributes.tags', 'it is not a filter of the groups of the user'],
    [`value: 'user.groups.filter(g, g != "a")'`, 'may compare them with texts'],
    [`value: 'user.groups.filter(g, g.startsWith("a") && g.endsWith("b"))'`, 'joined by `||`'],
    [`value: 'user.groups.filter(g, g.contains("one"))'`, 'would let the group `Everyone` through'],
    [`value: 'user.groups.filter(g, g.startsWith("${'x'.repeat(1_020)}"))'`, 'Okta allows 1024'],
    ['value: user.groups, maxItems: 3', 'Only the hook can check its bound'],
    [`value: 'user.groups.filter(g, g in ["a", "b"])', maxItems: 1`, 'Only the hook can check its bound'],
    ['value: user.groups, clients: [web]', 'can have no conditions but scopes'],
    ['value: user.groups, when: user.attributes.country == "DE"', 'can have no conditions but scopes'],
    ['value: user.groups, onMissing: { default: [none] }', 'can have no default'],
  ])('%s goes to the hook', (claim, why) => {
    expect(whyOf(`${claim}, kind: descriptive, ${human}`)).toContain(why);
  });

  test('does not list groups that the settings leave out', () => {
    const settings = (groups: string) => `issuers: { okta: { groups: "${groups}" } }`;
    const claim = (value: string) => `value: '${value}', kind: descriptive, ${human}`;
    const filter = 'user.groups.filter(g, g.startsWith("pay:"))';
    expect(whyOf(claim(filter), settings('pay:.*|ops'))).toBe(listed);
    expect(whyOf(claim(filter), settings('pay:a.*'))).toContain('may filter out some of these groups');
    expect(whyOf(claim('user.groups'), settings('E.*'))).toContain('lets `Everyone` through');
  });

  test('cannot deny a token without a user', () => {
    const claim = 'value: user.groups, kind: authoritative, as: { okta: groups }, subjects: [human, machine]';
    expect(whyOf(claim)).toContain('A missing value denies the token');
  });

  test('may be absent to services, which else rely on it', () => {
    const spec = (name: string) =>
      policyOf(`claims: { c: { value: user.groups, kind: authoritative, as: { okta: ${name} }, subjects: [human] } }
issuers: { okta: { audience: api, guard: [sentinel] } }`);
    const carried = (policy: Policy) =>
      contractOf(policy, [okta], () => policy).apis['api']?.claims['c']?.for;
    expect(carried(spec('groups'))).toMatchObject({ human: 'sometimes', machine: 'never' });
    expect(carried(spec('teams'))).toMatchObject({ human: 'always', machine: 'never' });
  });

  test('is the work of the hook if the hook reads it', () => {
    const reader = `  d: { value: 'claims.c.sort()', kind: descriptive }`;
    expect(whyOf(`value: user.groups, kind: authoritative, ${human}`, reader)).toContain(
      'The hook reads it to decide on',
    );
  });
});

test('audiences are judged beforehand where the spec says which one Okta gives', () => {
  const claim = 'value: client.id, audiences: [api, other], kind: authoritative';
  expect(whyOf(claim, 'issuers: { okta: { audience: api } }')).toContain('native claim: ');
  const other = whyOf(claim, 'issuers: { okta: { audience: third } }');
  expect(other).toBe('native claim: Tokens of this authorization server never have it.');
});

test('groups that the settings leave out are not left to expressions', () => {
  const settings = 'issuers: { okta: { groups: "pay:.*" } }';
  const claim = (group: string) => `value: '"${group}" in user.groups', kind: descriptive`;
  expect(whyOf(claim('pay:admin'), settings)).toContain('native claim: ');
  expect(whyOf(claim('admin'), settings)).toContain('`issuers.okta.groups` filters out the group `admin`.');
});

test('a long chain of claims takes no long time, and goes to the hook as one', () => {
  const links = Array.from({ length: 300 }, (_, i) => {
    const before =
      i === 0 ? 'user.email' : `has(claims.c${i - 1}) ? claims.c${i - 1} + "x" : claims.c${i - 1}`;
    return `  c${i}: { value: '${before}', kind: descriptive }`;
  });
  const policy = policyOf(`claims:\n${links.join('\n')}`);
  const startMs = performance.now();
  const made = Object.values(classify(policy));
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(new Set(made.map(({ via }) => via))).toEqual(new Set(['hook']));
});

const verdict = {
  ...noTokens,
  denied: undefined,
  access: { a: 1 },
  id: { b: 2 },
  scopes: ['read', 'openid'],
};
const policy = policyOf('claims: {}');

test('tokens depart from the policy where a scope is refused, and where no ID token is made', () => {
  const asked = (...scopes: string[]) => ({ trigger: 'login', client: 'web', scopes, context: {} });
  expect(okta.simulator.departs(policy, verdict, asked('read', 'openid'))).toBeUndefined();
  expect(okta.simulator.departs(policy, verdict, asked('read', 'write', 'openid'))).toMatchObject({
    rule: 'TE808',
    instead: { ...noTokens, denied: 'scope_refused' },
  });
  expect(okta.simulator.departs(policy, { ...verdict, scopes: ['read'] }, asked('read'))).toMatchObject({
    instead: { denied: undefined, access: { a: 1 }, id: {} },
  });
  expect(okta.simulator.departs(policy, { ...verdict, denied: 'no' }, asked('write'))).toBeUndefined();
});
