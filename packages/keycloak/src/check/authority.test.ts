import { describe, expect, it } from 'vitest';
import { attributes, findings, scripts } from '../../test/findings.ts';

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

  it('knows an attribute by its whole name, also with dots, and with fields', () => {
    const of = (type: string, read: string, name = 'home.town') => {
      const spec = `user: { attributes: { "${name}": ${type} } }\nclaims:\n  c: { value: '${read}', kind: authoritative }`;
      return written(spec, `${scripts}, attributes: { "${name}": locale }`);
    };
    expect(of('string', 'user.attributes["home.town"]')).toEqual(['error 5']);
    expect(of('{ town: string }', 'user.attributes.home.town', 'home')).toEqual(['error 5']);
  });

  it('may rest on what only admins write, on a verified address, and descriptive claims on anything', () => {
    for (const value of ['user.username', 'user.zoneinfo', 'user.phone_number', 'user.attributes.tier']) {
      expect(written(authoritative(value))).toEqual([]);
    }
    expect(written(authoritative('user.email', ', when: user.email_verified'))).toEqual([]);
    expect(written(authoritative('user.locale').replace('authoritative', 'descriptive'))).toEqual([]);
  });

  const address = 'user.email.endsWith("@acme.example")';
  it.each([
    ['user.email_verified', true],
    ['user.email_verified == true && user.username != "x"', true],
    ['!(user.email_verified != true)', true],
    [`user.email_verified && ${address}`, true],
    [`!(!user.email_verified || !${address})`, true],
    [`user.email_verified ? ${address} : false`, true],
    [`has(user.email) && user.email_verified`, true],
    // Whoever has not proven the address may still pass.
    [`user.email_verified || ${address}`, false],
    [`!user.email_verified && ${address}`, false],
    [`user.email_verified == false && ${address}`, false],
    [`user.email_verified ? true : ${address}`, false],
    [`${address} || (user.email_verified && user.username == "x")`, false],
    [`[user.email_verified].exists(v, v) && ${address}`, false],
  ])('counts an address as proven where that must be true: %s: %j', (condition, isProven) => {
    const when = `, when: '${condition}'`;
    const value = condition.includes(address) ? 'user.username' : 'user.email';
    expect(written(authoritative(value, when))).toEqual(isProven ? [] : ['warning 5']);
    const grant = `claims: { c: { const: 1, kind: descriptive } }\nscopes: { s: { grant: '${condition}' } }`;
    expect(written(grant)).toEqual(isProven || !condition.includes(address) ? [] : ['warning 4']);
    const deny = `claims: { c: { const: 1, kind: descriptive } }\ndeny: [{ when: '!(${condition})', reason: no_address }]`;
    expect(written(deny)).toEqual(isProven || !condition.includes(address) ? [] : ['warning 4']);
  });

  it('a value may choose a proven address, and a deny rule proves it for all', () => {
    expect(written(authoritative('user.email_verified ? user.email : ""'))).toEqual([]);
    expect(written(authoritative('user.email_verified ? "" : user.email'))).toEqual(['warning 5']);
    expect(written(authoritative('user.?email.orValue("")'))).toEqual(['warning 5']);
    const deny = (condition: string) =>
      written(`${authoritative('user.email')}\ndeny: [{ when: '${condition}', reason: unverified }]`);
    expect(deny('!user.email_verified')).toEqual([]);
    expect(deny('!user.email_verified || "x" in user.groups')).toEqual([]);
    expect(deny('!user.email_verified && "x" in user.groups')).toEqual(['warning 5']);
  });

  it('through claims and sources an address is as it is there', () => {
    const claims = (when: string) => `sources:
  s: { http: { url: "https://s.example/{user.email}" }, returns: { a: string } }
claims:
  mail: { value: user.email, kind: authoritative${when} }
  level: { value: s.a, kind: authoritative${when} }
  both: { value: claims.mail + claims.level, kind: authoritative }`;
    expect(written(claims(''))).toEqual(['warning 6', 'warning 7', 'warning 8']);
    expect(written(claims(', when: user.email_verified'))).toEqual([]);
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
