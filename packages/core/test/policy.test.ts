import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createPolicy } from '../src/index.ts';
import { readScenarios, readSpec } from '../src/spec/index.ts';
import { compileSpec, policyOf } from './kit.ts';

/** Findings as a person reads them in one line each. */
function said(body: string): readonly string[] {
  const { findings } = compileSpec(body);
  return findings.map(
    ({ rule, range, message }) => `${rule} ${range?.start.line}:${range?.start.column} ${message}`,
  );
}

describe('order', () => {
  test('a claim comes after those it reads, the rest as written', () => {
    const policy = policyOf(`
claims:
  c: { value: claims.b + "c", kind: descriptive }
  a: { const: a, kind: descriptive }
  b: { value: claims.a + "b", kind: descriptive }
  d: { const: d, kind: descriptive, when: 'claims.c != ""' }
`);
    expect(policy.claims.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a circle is refused and shown', () => {
    expect(
      said(`
claims:
  a: { value: claims.b, kind: descriptive }
  b: { value: claims.c, kind: descriptive }
  c: { value: 'size(claims.a) > 0 ? "x" : "y"', kind: descriptive }
  self: { value: claims.self, kind: descriptive }
  fine: { const: 1, kind: descriptive }
`),
    ).toEqual([
      'TE005 5:3 Claims read each other in a cycle: a → b → c → a.',
      'TE005 8:3 Claim `self` reads itself.',
    ]);
  });

  test('a long chain does no harm', () => {
    const links = Array.from(
      { length: 3000 },
      (_, i) => `  c${i}: { value: claims.c${i + 1}, kind: descriptive }`,
    );
    const policy = policyOf(`claims:\n${links.join('\n')}\n  c3000: { const: end, kind: descriptive }\n`);
    expect(policy.claims[0]?.name).toBe('c3000');
    expect(policy.claims.at(-1)).toMatchObject({ name: 'c0', type: { kind: 'string' } });
  });
});

describe('revision', () => {
  const body = `
claims:
  a: { value: user.id, kind: descriptive, maxAge: 60s }
  b: { const: { x: 1, y: [1, 2] }, kind: descriptive }
`;
  const { revision } = policyOf(body);

  test('stays when keys move, comments come and units change', () => {
    expect(
      policyOf(`
# a comment
claims:
  b: { kind: descriptive, const: { y: [1, 2], x: 1 } }
  a: { maxAge: 1m, kind: descriptive, value: user.id } # another
`).revision,
    ).toBe(revision);
  });

  test('stays when the policy comes to another realm', () => {
    const there = z.object({ realm: z.string(), other: z.string().optional() });
    const of = (settings: string) => {
      const text = `version: 1\nname: test\n${body}issuers: { there: ${settings} }\n`;
      const { spec, source } = readSpec({ file: 'enrichment.yaml', text }, { there });
      return spec && createPolicy(spec, source).policy?.revision;
    };
    expect(of('{ realm: a }')).toMatch(/^[0-9a-f]{8}$/);
    expect(of('{ realm: b }')).toBe(of('{ realm: a }'));
    expect(of('{ realm: a, other: b }')).not.toBe(of('{ realm: a }'));
  });

  test.each([
    ['a value', 'user.id', 'user.email'],
    ['the order of a list', '[1, 2]', '[2, 1]'],
    ['a bound', '60s', '61s'],
  ])('changes with %s', (_, from, to) => {
    expect(policyOf(body.replace(from, to)).revision).not.toBe(revision);
  });
});

describe('findings', () => {
  test('name every problem at its place', () => {
    expect(
      said(`
user: { attributes: { country: string, limit: double } }
tables: { region: { DE: eu } }
sources:
  ent: { http: { url: 'https://ent.acme.example/{user.idd}' }, returns: { plan: string } }
  user: { http: { url: 'https://ent.acme.example/' }, returns: { plan: string } }
claims:
  country: { value: user.attributes.contry, kind: descriptive }
  sum: { value: user.attributes.limit + 1, kind: descriptive }
  plan: { value: ent.plam, kind: descriptive }
  all: { value: user, kind: descriptive }
  both: { value: user.id, const: 1, kind: descriptive }
  none: { kind: descriptive }
  yes: { value: user.id, when: user.name, kind: descriptive }
  fallback: { value: user.name, kind: descriptive, onMissing: { default: 1 } }
  tail: { value: "user.roles.map(r, r.substring(1)", kind: descriptive }
scopes:
  '{x}.read': { grant: 'true' }
deny: [{ when: claims.country == "x", reason: refused }]
`),
    ).toMatchInlineSnapshot(`
      [
        "TE004 7:55 \`user\` has no field \`idd\`.",
        "TE008 8:3 The identity context already has \`user\`, so a source cannot have that name.",
        "TE004 21:16 Unknown name \`claims\`.",
        "TE004 10:37 \`user.attributes\` has no field \`contry\`.",
        "TE004 11:17 \`+\` does not accept double and int.",
        "TE004 12:22 \`ent\` has no field \`plam\`.",
        "TE302 13:17 \`user\` is a whole record; a policy picks single fields.",
        "TE006 14:3 Claim \`both\` has both \`value\` and \`const\`.",
        "TE006 15:3 Claim \`none\` has neither \`value\` nor \`const\`.",
        "TE004 16:32 Expected an expression of type bool, found string.",
        "TE007 17:74 The default of \`fallback\` does not have the claim's type, string.",
        "TE004 18:51 The expression ends here, expected \`)\`.",
        "TE009 20:3 A scope with a placeholder must begin with fixed text.",
      ]
    `);
  });

  test('of the rules say what to do', () => {
    const { findings } = compileSpec(`
lifetime: { access: 10m }
sources:
  ent: { http: { url: 'http://ent.acme.example/{user.id}' }, returns: { plan: string }, cache: 6m }
  far: { http: { url: 'https://{org.id}.acme.example/' }, returns: { plan: string } }
claims:
  sub: { value: user.id, kind: descriptive }
  roles: { value: user.roles, kind: authoritative, tokens: [access, id], onMissing: omit, maxItems: 9 }
  plan: { value: ent.plan, kind: descriptive, maxAge: 15m }
  far: { value: far.plan, kind: descriptive }
scopes: { pay: { grant: claims.plan == "gold" } }
marker: roles
`);
    expect(findings.map(({ rule }) => rule)).toEqual([
      'TE101',
      'TE101',
      'TE201',
      'TE203',
      'TE408',
      'TE409',
      'TE502',
      'TE702',
    ]);
    expect(findings.every(({ help, range }) => help !== undefined && range !== undefined)).toBe(true);
  });
});

describe('text and expressions', () => {
  const seen = (claim: string, more = '') =>
    compileSpec(`claims:\n  a: { kind: descriptive, ${claim} }\n${more}`).findings.map(
      ({ rule, severity, message, help }) => `${rule} ${severity}: ${message} ${help}`,
    );

  test.each([
    ['value: gold', 'Unknown name `gold`. For the text itself write `const:` instead of `value:`.'],
    ['value: "gold plan"', 'Unexpected `plan`. For the text itself write `const:` instead of `value:`.'],
    ['value: usr', 'Unknown name `usr`. Did you mean `user`?'],
    [
      'value: user.attributes.plan',
      '`user.attributes` has no field `plan`. Declare it: `user: { attributes: { plan: string } }`.',
    ],
    ['value: "1 in user.roles"', '`int` is never in list(string). Write "1".'],
    [
      'const: 1, when: user.roles',
      'Expected an expression of type bool, found list. Test an element: `"…" in user.roles`.',
    ],
    [
      'const: 1, when: user.name',
      'Expected an expression of type bool, found string. Compare it: `user.name == "…"`.',
    ],
  ])('%s is told the way out', (claim, told) => {
    expect(seen(claim)).toEqual([`TE004 error: ${told}`]);
  });

  test.each(['const: user.attributes.plan', 'value: user.name, onMissing: { default: org.name }'])(
    '%s is text, with a warning',
    (claim) => expect(seen(claim)).toEqual([expect.stringMatching(/^TE016 warning: .*is used as text/)]),
  );

  test.each(['const: user', 'const: acme.example', 'const: free', 'const: "user.name is known"'])(
    '%s is a constant like any other',
    (claim) => expect(seen(claim)).toEqual([]),
  );
});

describe('a bound', () => {
  const bounded = (value: string, bound: string) =>
    said(`
user: { attributes: { n: double, any: dyn, m: map(string) } }
claims: { a: { ${value}, kind: descriptive, ${bound} } }
`);

  test.each([
    ['value: user.roles', 'maxItems: 9'],
    ['value: user.attributes.any', 'maxItems: 9, maxBytes: 9'],
    ['const: [1]', 'maxItems: 1, maxBytes: 9'],
    ['value: user.name', 'maxBytes: 9'],
    ['value: \'user.attributes.m["a"]\'', 'maxBytes: 9'],
    ['value: user.nmae', 'maxItems: 9'],
  ])('of %s: %s has an effect', (value, bound) => {
    expect(bounded(value, bound).filter((line) => line.startsWith('TE012'))).toEqual([]);
  });

  test.each([
    ['value: user.name', 'maxItems: 9', 'TE012 5:53 `maxItems` has no effect: `a` is of type string.'],
    ['value: user.email_verified', 'maxBytes: 9', '`maxBytes` has no effect: `a` is of type bool.'],
    ['value: user.attributes.n', 'maxBytes: 9', '`maxBytes` has no effect: `a` is of type double.'],
    ['const: 1', 'maxItems: 9', '`maxItems` has no effect: `a` is of type int.'],
  ])('of %s: %s has none', (value, bound, message) => {
    expect(bounded(value, bound)).toEqual([expect.stringContaining(message)]);
  });
});

describe('a request of a source', () => {
  const source = (url: string, headers = '{}') =>
    said(
      `claims: {}\nsources:\n  s:\n    http:\n      url: ${JSON.stringify(url)}\n      headers: ${headers}\n    returns: { v: string }`,
    );

  test.each([
    'https://s.example/v1/{user.id}?a={org.id}&b=%20#c',
    "https://s.example:8443/Users('{user.id}')/$value",
    '$' + '{BASE}/v1/{user.id}',
    'https://$' + '{CRM_HOST}:$' + '{CRM_PORT}/v1',
    'https://a.$' + '{DOMAIN}/',
    'https://s.example:80$' + '{REST}/',
    '$' + '{_a1}',
    'http://[::1]:8080/',
    'http://127.0.0.1:8080/',
  ])('may go to %s', (url) => {
    expect(source(url)).toEqual([]);
  });

  test.each([
    ['https://s.example/a b', '7:32', 'This character is not allowed in an address.'],
    ['https://s.example/{user.id}"', '7:40', 'This character is not allowed in an address.'],
    ['https://s.example/a\\b', '7:32', 'This character is not allowed in an address.'],
    ['https://s.example/ü', '7:31', 'This character is not allowed in an address.'],
    ['https://s.example/}', '7:31', 'This character is not allowed in an address.'],
    ['https://s.example:65536/{user.id}', '7:13', 'This address is not a valid URL.'],
    ['https://s.example:{user.id}x/', '7:13', 'This address is not a valid URL.'],
    ['https:///users', '7:13', 'This address is not a valid URL.'],
    ['https:///{user.id}', '7:13', 'This address is not a valid URL.'],
    ['https://1.2.3.999/', '7:13', 'This address is not a valid URL.'],
    ['s.example/users', '7:13', 'This address is not a valid URL.'],
    ['https://s.example/$' + '{A B}/{user.id}', '7:31', 'The name of a setting has only letters'],
    ['https://s.example/{user.id}/$' + '{1A}', '7:41', 'The name of a setting has only letters'],
    ['https://s.example/$' + '{}', '7:31', 'The name of a setting has only letters'],
    [`https://s.example/\${${'A'.repeat(129)}}`, '7:31', 'The name of a setting has only letters'],
    ['https://s.example/$' + '{A', '7:31', 'This `{` in the address is not closed.'],
  ])('cannot go to %s', (url, place, message) => {
    expect(source(url)).toEqual([expect.stringContaining(`TE010 ${place} ${message}`)]);
  });

  test.each([
    ['{ a: "$' + '{A} $' + '{B_1}" , "x-A": "$5 $x {}" }', []],
    ['{ a: "x $' + '{A" }', ['This `${` is not closed.']],
    ['{ a: "$' + '{A} $' + '{A-B}" }', [expect.stringContaining('The name of a setting has only letters')]],
    ['{ Host: x }', ['The HTTP client sets the header `host` itself.']],
    ['{ Content-Length: "1" }', ['The HTTP client sets the header `content-length` itself.']],
    ['{ transfer-encoding: x }', ['The HTTP client sets the header `transfer-encoding` itself.']],
    ['{ CONNECTION: close }', ['The HTTP client sets the header `connection` itself.']],
    [
      '{ X-Key: a, x-key: b }',
      ['`x-key` and `X-Key` are the same header, because header names ignore case.'],
    ],
  ])('with the headers %s', (headers, messages) => {
    const found = source('https://s.example/', headers);
    expect(found.map((line) => line.replace(/^TE010 \S+ /, ''))).toEqual(messages);
  });

  test('needs the settings of its literal text alone', () => {
    const text = 'https://s.example/$' + '{B}/{user.id + "$' + '{NOT}"}';
    const { secrets } = policyOf(
      `claims: {}\nsources: { s: { http: { url: ${JSON.stringify(text)}, headers: { a: "$` +
        '{A}" } }, returns: {} } }',
    );
    expect(secrets).toEqual(['A', 'B']);
  });
});

describe('secrets', () => {
  const leaks = (http: string, more = '') => {
    const { findings } = compileSpec(`claims: {}\nsources: { s: { http: { ${http} }, returns: {}${more} } }`);
    const text = findings.map(({ message, help }) => message + help).join('\n');
    expect(text).not.toContain('hunter2');
    return findings.map(({ rule, message }) => `${rule} ${message.split(' looks')[0]}`);
  };
  const url = 'url: https://s.example/';
  const jwt = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"hunter2"}').toString('base64url')}.x`;

  test.each([
    'Authorization',
    'cookie',
    'X-API-Key',
    'x-api_key',
    'apikey',
    'X-Auth-Token',
    'client-secret',
    'password',
  ])('are not written out in the header %s', (header) => {
    expect(leaks(`${url}, headers: { ${header}: hunter2 }`)).toEqual([`TE401 The header \`${header}\``]);
    expect(leaks(`${url}, headers: { ${header}: "Bearer \${TOKEN}" }`)).toEqual([]);
  });

  test.each(['accept', 'x-tokens', 'x-keyboard', 'x-tenant'])('are not in the header %s', (header) => {
    expect(leaks(`${url}, headers: { ${header}: hunter2 }`)).toEqual([]);
  });

  test.each(['access_token', 'key', 'sig', 'api_key', 'client_secret', 'Auth-Token'])(
    'are not written out in the parameter %s',
    (name) => {
      const finding = `TE401 The parameter \`${name}\` of the address`;
      expect(leaks(`url: "https://s.example/?a=1&${name}=hunter2#x"`)).toEqual([finding]);
      expect(leaks(`url: "https://s.example/{user.id}?${name}=hunter2{user.id}&a={org.id}"`)).toEqual([
        finding,
      ]);
      expect(leaks(`url: "https://s.example/?a=1&${name}=\${TOKEN}"`)).toEqual([]);
      expect(leaks(`url: "https://s.example/?a=1&${name}={user.id}"`)).toEqual([]);
      expect(leaks(`url: "https://s.example/${name}=hunter2"`)).toEqual([]);
    },
  );

  test.each([
    [jwt, 'a JWT'],
    ['-----BEGIN RSA PRIVATE KEY----- hunter2', 'a private key'],
    ['SSWS hunter2', 'an API token of Okta'],
    ['AKIAHUNTER2HUNTER234', 'an access key of AWS'],
    [`ghp_${'hunter2'.repeat(6)}`.slice(0, 40), 'a token of GitHub'],
  ])('are known by their shape: %.12s… is %s', (secret, what) => {
    expect(leaks(`${url}, headers: { x-a: "${secret}" }`)).toEqual([`TE401 This text (${what})`]);
    expect(leaks(url, `, owner: "team ${secret}"`)).toEqual([`TE401 This text (${what})`]);
    expect(leaks(`${url}, headers: { authorization: "${secret}" }`)).toEqual([
      'TE401 The header `authorization`',
    ]);
  });

  test('have settings in their place', () => {
    expect(leaks(`${url}, headers: { authorization: "SSWS \${OKTA_TOKEN}", cookie: "" }`)).toEqual([]);
  });
});

describe('what others write', () => {
  const rules = (body: string) =>
    said(`user: { attributes: { tiers: list(string), flags: map(string) } }\n${body}`).map((line) =>
      line.replace(/ is a whole map.*| rests on.*/, ''),
    );
  const untrusted = (body: string) => rules(body).filter((line) => line.startsWith('TE209 '));

  test.each(['request.params', 'org.metadata', 'client.metadata', 'client["metadata"]'])(
    '%s is not copied whole',
    (value) => {
      const name = value === 'client["metadata"]' ? 'client.metadata' : value;
      expect(rules(`claims: { a: { value: '${value}', kind: descriptive } }`)).toEqual([
        `TE302 4:23 \`${name}\``,
      ]);
    },
  );

  test.each([
    'request.params.a',
    'org.metadata.tier',
    'user.attributes.flags, maxBytes: 99',
    'size(client.metadata)',
  ])('%s may be a claim', (value) => {
    expect(rules(`claims: { a: { value: ${value}, kind: descriptive } }`)).toEqual([]);
  });

  test('metadata of organizations may be declared, and has these names and types then', () => {
    const declared = 'org: { metadata: { tier: string, flags: map(string) } }';
    const found = (value: string) =>
      compileSpec(
        `${declared}\nclaims: { a: { value: ${value}, kind: descriptive, maxBytes: 99 } }`,
      ).findings.map(({ message, help }) => `${message} ${help}`);
    expect(found('org.metadata.tier + "!"')).toEqual([]);
    expect(found('org.metadata.flags')).toEqual([]);
    expect(found('org.metadata.plan')).toEqual([
      '`org.metadata` has no field `plan`. Declare it: `org: { metadata: { plan: string } }`.',
    ]);
    expect(found('org.metadata.tier + 1')).toHaveLength(1);
  });

  test('a scenario names declared metadata alone', () => {
    const text = '- { name: a, context: { org: { metadata: { tiers: gold } } } }';
    const found = (declared: string) =>
      readScenarios(
        { file: 'a.yaml', text },
        policyOf(`${declared}\nclaims: { a: { const: 1, kind: descriptive } }`),
      ).findings.map(({ message, help }) => `${message} ${help}`);
    expect(found('')).toEqual([]);
    expect(found('org: { metadata: { tier: string } }')).toEqual([
      'The spec has no metadata of organizations `tiers`. Did you mean `tier`?',
    ]);
  });

  test.each([
    ['claims: { a: { value: request.params.a, kind: authoritative } }', 'authoritative claim `a`'],
    [
      'claims: { a: { value: request.params.a, when: subject_type == "human", kind: authoritative } }',
      'authoritative claim `a`',
    ],
    [
      'claims: { a: { const: gold, when: request.params.a == "b", kind: authoritative } }',
      'authoritative claim `a`',
    ],
    [
      'claims: { a: { value: request.params.a, kind: descriptive }, b: { value: claims.a, kind: authoritative } }',
      'authoritative claim `b`',
    ],
    [
      'sources: { s: { http: { url: "https://s.example/{request.params.a}" }, returns: { v: string } } }\nclaims: { a: { value: s.v, kind: authoritative } }',
      'authoritative claim `a`',
    ],
    [
      'claims: { a: { value: request.user_agent + request.params.a, kind: authoritative } }',
      'authoritative claim `a`',
    ],
    ['claims: {}\nscopes: { pay: { grant: request.user_agent == "app" } }', 'grant of `pay`'],
    ['claims: {}\nscopes: { "x.{id}": { grant: request.params.a == id } }', 'grant of `x.{id}`'],
    [
      'claims: {}\nauthorizationDetails: { pay: { fields: { to: string }, grant: detail.to == request.params.a } }',
      'grant of `pay`',
    ],
  ])('grants nothing alone: %s', (body, subject) => {
    expect(untrusted(body)).toEqual([expect.stringContaining(`The ${subject}`)]);
  });

  test.each([
    'claims: { a: { value: request.params.a, kind: descriptive } }',
    'claims: { a: { value: request.params.a, when: request.params.a in user.attributes.tiers, kind: authoritative } }',
    'claims: { a: { value: "request.params.a in user.attributes.tiers", kind: authoritative } }',
    'claims: { a: { const: gold, kind: authoritative } }',
    'claims: { a: { value: request.user_agent, kind: descriptive } }',
    'claims: { a: { const: true, kind: authoritative, when: request.user_agent == "app" && "x" in user.roles } }',
    'claims: {}\nscopes: { "x.{id}": { grant: request.params.a == id && id in user.groups } }',
    'claims: {}\ndeny: [{ when: request.params.a == "x", reason: refused }]',
    'sources: { s: { http: { url: "https://s.example/{user.id}" }, returns: { v: string } } }\nclaims: { a: { value: s.v, kind: authoritative } }',
  ])('may be compared with what the issuer knows, or describe: %s', (body) => {
    expect(untrusted(body)).toEqual([]);
  });
});
