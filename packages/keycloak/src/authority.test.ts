import { describe, expect, it } from 'vitest';
import { attributes, findings, scripts } from '../test/findings.ts';

describe('authority', () => {
  const authoritative = (value: string, more = '') =>
    `${attributes}\nclaims:\n  c: { value: '${value}', kind: authoritative${more} }`;
  const written = (text: string, settings = scripts) =>
    findings(text, `${settings}, serviceAccounts: false`)
      .filter(({ rule }) => rule === 'TE210')
      .map(({ severity, range }) => `${severity} ${range?.start.line}`);

  it('rests on nothing that users write for themselves: the language of the login page, names, an address', () => {
    expect(written(authoritative('user.locale'))).toEqual(['error 5']);
    expect(written(authoritative('user.given_name + "!"'))).toEqual(['warning 5']);
    expect(written(authoritative('user.email'))).toEqual(['warning 5']);
    expect(written(authoritative('user.locale'), ', missing: guard')).toEqual(['error 5']);
    expect(
      findings(authoritative('user.locale'), scripts).find(({ rule }) => rule === 'TE210'),
    ).toMatchObject({
      message: expect.stringMatching(/`c` .*`user\.locale`/),
      help: expect.stringMatching(/login page/),
    });
  });

  it('may rest on what only admins write, on a verified address, and descriptive claims on anything', () => {
    for (const value of ['user.username', 'user.zoneinfo', 'user.phone_number', 'user.attributes.tier']) {
      expect(written(authoritative(value))).toEqual([]);
    }
    expect(written(authoritative('user.email', ', when: user.email_verified'))).toEqual([]);
    expect(written(authoritative('user.locale').replace('authoritative', 'descriptive'))).toEqual([]);
  });

  it('counts what an attribute is at Keycloak', () => {
    const tier = authoritative('user.attributes.tier');
    expect(written(tier, `${scripts}, attributes: { tier: locale }`)).toEqual(['error 5']);
    expect(written(tier, `${scripts}, attributes: { tier: firstName }`)).toEqual(['warning 5']);
  });

  it('of scopes, details and deny rules too, through claims and the addresses of sources', () => {
    const spec = `sources:
  s: { http: { url: "https://s.example/{user.email}" }, returns: { a: string } }
claims:
  language: { value: user.locale, kind: authoritative }
  level: { value: s.a, kind: authoritative }
scopes: { read: { grant: claims.language == "de" } }
authorizationDetails: { pay: { fields: { amount: double }, grant: s.a == "x" } }
deny:
  - { when: s.a == "y", reason: by_source }
  - { when: user.name == "x", reason: by_name }
  - { when: '"x" in user.groups', reason: fine }`;
    expect(written(spec).sort()).toEqual(
      ['error 6', 'error 8', 'warning 7', 'warning 9', 'warning 11', 'warning 12'].sort(),
    );
  });
});
