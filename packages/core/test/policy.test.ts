import { describe, expect, test } from 'vitest';
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
      'TE005 5:3 Claims read each other in a circle: a → b → c → a.',
      'TE005 8:3 Claims read each other in a circle: self → self.',
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
        "TE008 8:3 \`user\` is taken by the identity context; a source needs a name of its own.",
        "TE004 21:16 Unknown name \`claims\`.",
        "TE004 10:37 \`user.attributes\` has no field \`contry\`.",
        "TE004 11:17 No \`+\` for double and int.",
        "TE004 12:22 \`ent\` has no field \`plam\`.",
        "TE302 13:17 \`user\` is a whole record; a policy reads single fields.",
        "TE006 14:3 Claim \`both\` has both \`value\` and \`const\`.",
        "TE006 15:3 Claim \`none\` has neither \`value\` nor \`const\`.",
        "TE004 16:32 Expected an expression of type bool, found string.",
        "TE007 17:74 The default of \`fallback\` is not of its type, string.",
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
  roles: { value: user.roles, kind: authoritative, tokens: [access, id], onMissing: omit }
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
