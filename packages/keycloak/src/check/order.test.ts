import { describe, expect, it } from 'vitest';
import { findings, scripts } from '../../test/findings.ts';

const declared = `user: { attributes: { tags: list(string), tier: string, any: dyn } }
org: { metadata: { regions: list(string), tier: string } }`;
/** How the expression is found as an authoritative claim, and as a descriptive one. */
const found = (value: string) =>
  ['authoritative', 'descriptive'].map((kind) =>
    findings(`${declared}\nclaims: { c: { value: ${JSON.stringify(value)}, kind: ${kind} } }`, scripts)
      .filter(({ rule }) => rule === 'TE833')
      .map(({ severity }) => severity)
      .join(),
  );

describe('what depends on an order that Keycloak does not keep', () => {
  it.each([
    'user.roles[0]',
    'user.roles[?0].orValue("none")',
    'user.?roles.orValue([])[0]',
    'user["roles"][size(user.roles) - 1]',
    'user.groups.filter(g, g != "x")[0]',
    'user.roles.map(r, r + "!")[0]',
    'user.attributes.tags[0]',
    'org.metadata.regions[0]',
    'org.?metadata.?regions.orValue(["a"])[0]',
    'user.roles.join(",")',
    'user.roles.slice(0, 1)',
    'user.roles.distinct().slice(0, 1)',
    '(user.roles + ["a"])[0]',
    '(true ? user.roles : user.groups)[0]',
    'user.roles == ["a", "b"]',
    'user.roles != user.groups',
    'cel.bind(all, user.roles, all[0])',
    '[user.roles, user.groups].flatten()[0]',
    '[user.roles, user.groups].map(l, l[0])',
    '{"r": user.roles}.r[0]',
    '[user.roles][0][0]',
    'optional.of(user.roles).value()[0]',
    'user.groups.exists(g, user.roles[0] == g)',
  ])('%s', (value) => {
    expect(found(value)).toEqual(['error', 'warning']);
  });

  it.each([
    'user.roles',
    'user.roles.sort()[0]',
    'user.roles.filter(r, r != "x").sort().join(",")',
    'user.roles.sort() == user.groups.sort()',
    'user.roles == []',
    'user.roles == ["a"]',
    'size(user.roles)',
    '"a" in user.roles',
    'user.roles.exists(r, r.split(":")[0] == "a")',
    'user.roles.map(r, r.split(":")[0])',
    'sets.equivalent(user.roles, ["a", "b"])',
    'user.attributes.tier.split(",")[0]',
    'org.metadata.tier + user.attributes.tier',
    'request.scopes[0]',
    'cel.bind(all, user.roles.sort(), all[0])',
    '[user.roles, user.groups][0]',
  ])('but not %s', (value) => {
    expect(found(value)).toEqual(['', '']);
  });

  it.each([
    [
      'claims: { c: { const: 1, kind: descriptive } }\ndeny:\n  - { when: \'user.roles[0] == "a"\', reason: refused }',
      6,
    ],
    ['claims: { c: { const: 1, kind: descriptive, when: \'user.roles[0] == "a"\' } }', 4],
    [
      'claims:\n  c: { value: user.roles, kind: authoritative }\n  d: { value: "claims.c[0]", kind: authoritative }',
      6,
    ],
    [
      'claims: { c: { const: 1, kind: descriptive } }\nscopes: { s: { grant: \'user.groups[0] == "a"\' } }',
      5,
    ],
    [
      'sources: { s: { http: { url: "https://s.acme.example/{user.groups[0]}" }, returns: { a: string } } }\nclaims: { c: { value: s.a, kind: descriptive } }',
      4,
    ],
  ])('in every part of a policy: %s', (text, line) => {
    const places = findings(`user: { attributes: { tags: list(string) } }\n${text}`, scripts)
      .filter(({ rule }) => rule === 'TE833')
      .map(({ range }) => range?.start.line);
    expect(places).toEqual([line]);
  });
});

describe('metadata of organizations without a declared type', () => {
  const said = (text: string) =>
    findings(text, scripts)
      .filter(({ rule }) => rule === 'TE834')
      .map(({ severity, message, help }) => `${severity} ${message} ${help}`);

  it('is told once, as an error where authority rests on it', () => {
    expect(
      said(`claims:
  a: { value: org.metadata.tier, kind: descriptive }
  b: { value: 'org.metadata["odd name"]', kind: descriptive }`),
    ).toEqual([
      'warning `org.metadata.tier`, `org.metadata.odd name` have no declared type. Keycloak supplies a list of texts, even for a single value. Declare the type: `org: { metadata: { tier: string, "odd name": string } }`, or `list(string)` if there may be several values.',
    ]);
    const [error = ''] = said(`claims: { a: { value: org.metadata.tier, kind: authoritative } }`);
    expect(error).toMatch(/^error `org\.metadata\.tier` has no declared type/);
    expect(said(`claims: { a: { value: org.id, kind: authoritative } }`)).toEqual([]);
    expect(
      said(
        `org: { metadata: { tier: string } }\nclaims: { a: { value: org.metadata.tier, kind: authoritative } }`,
      ),
    ).toEqual([]);
  });
});
