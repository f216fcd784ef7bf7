import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readSpec } from '../spec/index.ts';

const issuers = { auth0: z.strictObject({}), okta: z.strictObject({}) };

/** What is said of a spec with this body: the rule, the line's text from the column on, and the message. */
function told(body: string): readonly string[] {
  const text = `version: 1\nname: demo\n${/^claims:/m.test(body) ? '' : 'claims: {}\n'}${body}\n`;
  const { findings } = readSpec({ file: 'enrichment.yaml', text }, issuers);
  return findings.map(({ rule, message, help }) => [rule, message, help].filter(Boolean).join(' '));
}

describe('types', () => {
  const declared = (type: string) => told(`user: { attributes: { a: "${type}" } }`);

  test.each(['dyn', 'list(string)', 'map(list(int))', `${'list('.repeat(5)}bool${')'.repeat(5)}`])(
    '%s is one',
    (type) => {
      expect(declared(type)).toEqual([]);
    },
  );

  test.each([
    'list(string',
    'list(string))',
    'map(string',
    'string)',
    'list()',
    'list(list)',
    'List(string)',
    `${'list('.repeat(6)}bool${')'.repeat(6)}`,
    `${'list('.repeat(100_000)}bool${')'.repeat(100_000)}`,
    'list('.repeat(100_000),
  ])('a text like %.20s… is not a type', (type) => {
    expect(declared(type)).toEqual([expect.stringMatching(/^TE003 `user.attributes.a` must be a type: /)]);
  });
});

describe('where issuers keep an attribute', () => {
  const declared = (attribute: string) => told(`user: { attributes: { a: ${attribute} } }`);

  test.each([
    '{ type: string, in: { auth0: app_metadata } }',
    '{ type: list(string), in: { auth0: user_metadata.a.b, okta: planCode } }',
    '{ type: { city: string }, in: {} }',
    '{ type: string, at: int }',
    '{ type: string }',
  ])('%s may be declared', (attribute) => {
    expect(declared(attribute)).toEqual([]);
  });

  test.each([
    [
      '{ type: string, in: { auht0: x } }',
      'TE002 `auht0` is not a key of `user.attributes.a.in`. Did you mean `auth0`?',
    ],
    ['{ type: strin, in: { auth0: x } }', 'TE003 `user.attributes.a.type` must be a type'],
    [
      '{ type: string, in: { auth0: "a b" } }',
      'TE003 `user.attributes.a.in.auth0` must be text without white space',
    ],
    ['{ type: string, in: { auth0: 5 } }', 'TE003 `user.attributes.a.in.auth0` must be text'],
    ['{ type: string, in: auth0 }', 'TE003 `user.attributes.a.in` must be a mapping'],
    ['{ type: string, in: { auth0: x }, of: string }', 'TE002 `of` is not a key of `user.attributes.a`.'],
  ])('%s is refused', (attribute, message) => {
    expect(declared(attribute)).toEqual([expect.stringContaining(message)]);
  });
});

describe('notes of a session', () => {
  test.each(['login_method', 'via', 'identity_provider_identity'])('%s may be read', (name) => {
    expect(told(`session: { notes: { ${name}: string } }`)).toEqual([]);
  });

  test.each(['FEDERATED_ACCESS_TOKEN', 'client_secret', 'code_verifier', 'myPassword'])(
    '%s is a credential',
    (name) => {
      expect(told(`session: { notes: { ${name}: string } }`)).toEqual([
        expect.stringContaining('must be a name of a note that is not a credential'),
      ]);
    },
  );
});

describe('attributes of roles', () => {
  test('are lists of texts', () => {
    expect(told('user: { roleAttributes: { costs: list(string) } }')).toEqual([]);
    for (const type of ['string', 'list(int)', '[string]'])
      expect(told(`user: { roleAttributes: { costs: ${type} } }`)).toEqual([
        expect.stringContaining('must be `list(string)`'),
      ]);
  });
});

describe('names', () => {
  test.each([
    'tenant_id',
    'https://acme.example/roles',
    'urn:acme:roles',
    'größe',
    '角色',
    'a'.repeat(256),
    '😀'.repeat(256),
  ])('%.30s is one for a claim', (name) => {
    expect(told(`claims: { ${JSON.stringify(name)}: { const: 1, kind: descriptive } }`)).toEqual([]);
  });

  test.each([
    '""',
    '" "',
    '"a b"',
    '"a\\tb"',
    '"a\\0"',
    '"a\\x7f"',
    '"\\u202eb"',
    '"a\\u2066b"',
    '"a\\u200bb"',
    '"a\\ufeffb"',
    '"a\\u00a0b"',
    JSON.stringify('a'.repeat(257)),
  ])('%.30s is not a name for a claim, an attribute, a field or a type of detail', (name) => {
    const refusal = expect.stringMatching(
      /^TE003 The key `.*` must be a name without white space, control or invisible characters, 256 characters at most\.$/,
    );
    expect(told(`claims: { ${name}: { const: 1, kind: descriptive } }`)).toEqual([refusal]);
    expect(told(`user: { attributes: { ${name}: string } }`)).toEqual([refusal]);
    expect(told(`user: { attributes: { address: { ${name}: string } } }`)).toEqual([refusal]);
    const source = `{ http: { url: https://s.example/ }, returns: { ${name}: string } }`;
    expect(told(`sources: { s: ${source} }`)).toEqual([refusal]);
    expect(told(`authorizationDetails: { ${name}: { fields: {}, grant: "true" } }`)).toEqual([refusal]);
    expect(told(`marker: ${name}`)).toHaveLength(1);
  });

  test.each(['a-b', '1a', 'a.b', '', 'größe', 'in', 'true', 'namespace', 'a'.repeat(129)])(
    '%.30s is not a name for a source or table, which expressions call by name',
    (name) => {
      const refusal = expect.stringMatching(/^TE003 The key `.*` must be a name that expressions can say: /);
      const key = JSON.stringify(name);
      expect(told(`tables: { ${key}: {} }`)).toEqual([refusal]);
      const source = '{ http: { url: https://s.example/ }, returns: {} }';
      expect(told(`sources: { ${key}: ${source} }`)).toEqual([refusal]);
    },
  );

  test.each(['in_', '_', 'Region2', 'trueish'])('%s is one for a source or table', (name) => {
    expect(told(`tables: { ${name}: {} }`)).toEqual([]);
  });
});

describe('the name at an issuer', () => {
  const renamed = (as: string) => told(`claims: { a: { const: 1, kind: descriptive, as: ${as} } }`);

  test('is under the id of one', () => {
    expect(renamed('{ auth0: https://acme.example/a, okta: b }')).toEqual([]);
  });

  test.each([
    ['{ aut0: b }', 'TE002 `aut0` is not a key of `claims.a.as`. Did you mean `auth0`?'],
    ['{ keycloak: b }', 'TE002 `keycloak` is not a key of `claims.a.as`. The keys here are auth0, okta.'],
    [
      '{ auth0: "a b" }',
      'TE003 `claims.a.as.auth0` must be a name without white space, control or invisible characters, 256 characters at most, not this text.',
    ],
  ])('%s is refused', (as, message) => {
    expect(renamed(as)).toEqual([message]);
  });
});

describe('a source', () => {
  const headed = (headers: string) =>
    told(`sources: { s: { http: { url: https://s.example/, headers: ${headers} }, returns: {} } }`);

  test.each(['0s', '0', '-1s', '00ms'])('does not wait for %s', (timeout) => {
    const more = `returns: {}, timeout: ${timeout} } }`;
    expect(told(`sources: { s: { http: { url: https://s.example/ }, ${more}`)).toEqual([
      expect.stringMatching(/^TE003 `sources.s.timeout` must be a duration above zero/),
    ]);
  });

  test.each(['a b', 'a:', 'ä', '', 'a\\r\\nb'])('has no header "%s"', (name) => {
    expect(headed(`{ "${name}": x }`)).toEqual([
      expect.stringMatching(/^TE003 The key `[\s\S]*` must be a name of an HTTP header\.$/),
    ]);
  });

  test('has an address and header values of 4,096 characters at most', () => {
    expect(headed(`{ a: "${'x'.repeat(4_097)}" }`)).toHaveLength(1);
    expect(told(`sources: { s: { http: { url: "${'${'.repeat(400_000)}" }, returns: {} } }`)).toEqual([
      'TE003 `sources.s.http.url` must be text of at most 4096 characters, not this text.',
    ]);
  });

  test.each(['ä', 'a\\r\\nb: c', 'a\\0'])('sends no header value "%s"', (value) => {
    expect(headed(`{ a: "${value}" }`)).toEqual([
      expect.stringMatching(/^TE003 `sources.s.http.headers.a` must be text of printable ASCII characters/),
    ]);
  });
});
