import { describe, expect, it } from 'vitest';
import { findingsOf, policyOf, surroundings } from '../../test/fixtures.ts';
import { cognito } from '../index.ts';

const claims = (text: string, settings = '{}') =>
  findingsOf(`claims:\n${text}\nissuers: { cognito: ${settings} }`);

describe('names', () => {
  it.each(['sub', 'aud', 'scope', 'username', 'origin_jti', 'version'])('%s is refused', (name) => {
    expect(claims(`  c: { const: x, kind: descriptive, as: { cognito: ${name} } }`)).toEqual([
      `error TE102 Cognito does not let a trigger set a claim named \`${name}\`.`,
    ]);
  });

  it.each(['act', 'status', 'authorization_details'])('%s is refused, as it is anywhere', (name) => {
    expect(claims(`  c: { const: x, kind: descriptive, as: { cognito: ${name} } }`)).toEqual([
      `error TE101 \`${name}\` belongs to the protocol; a policy cannot set it.`,
    ]);
  });

  it.each(['cognito:groups', 'cognito:mine', 'dev:mine'])('%s is refused', (name) => {
    expect(claims(`  c: { const: x, kind: descriptive, as: { cognito: "${name}" } }`)[0]).toMatch(
      /^error TE102/,
    );
  });

  it('a namespace goes before a protected name', () => {
    expect(
      findingsOf(
        'namespace: https://acme.example/\nclaims: { version: { const: x, kind: descriptive } }\nissuers: { cognito: {} }',
      ),
    ).toEqual([
      'info TE102 `version` is emitted as `https://acme.example/version`: Cognito protects the short name.',
    ]);
  });

  it('some claims of the ID token are text', () => {
    expect(claims('  address: { const: [x], kind: descriptive, tokens: [id] }')[0]).toBe(
      'error TE102 In the ID token of Cognito, `address` is text; this claim is not.',
    );
    expect(claims('  address: { const: [x], kind: descriptive }')).toEqual([]);
  });

  it('the marker may not be protected', () => {
    expect(findingsOf('marker: cognito:policy\nclaims: {}\nissuers: { cognito: {} }')[0]).toMatch(
      /^error TE102 .*policy marker/,
    );
  });
});

it.each(['X', '_TOKEN'])('a setting may not be called %s, because Lambda takes no such variable', (name) => {
  const found =
    findingsOf(`sources: { crm: { http: { url: "https://crm.example/", headers: { a: "\${${name}}" } }, returns: { v: string } } }
claims: { v: { value: crm.v, kind: descriptive } }
issuers: { cognito: {} }`);
  expect(found).toEqual([expect.stringContaining(`error TE803 Lambda takes no variable named \`${name}\``)]);
});

it('lists of lists and of objects are not documented', () => {
  const told = (value: string) => claims(`  c: { ${value}, kind: descriptive }`);
  expect(told('const: [{ a: 1 }]')).toEqual([
    expect.stringMatching(/^info TE842 AWS documents lists of texts/),
  ]);
  expect(told("value: '[[1]]'")).toEqual([expect.stringMatching(/^info TE842 AWS documents lists of texts/)]);
  expect([...told('const: { a: [1] }'), ...told('const: [1, x, true]')]).toEqual([]);
});

it('a function reads what the caller says and what the settings say of a client in one policy', async () => {
  const built = await cognito.compile(
    policyOf(`version: 1
name: some
claims:
  tier: { value: client.metadata.tier, kind: descriptive }
  hint: { value: request.params.hint, kind: descriptive }
issuers: { cognito: { appClients: { web: { metadata: { tier: gold } } } } }`),
  );
  const event = {
    version: '3',
    triggerSource: 'TokenGeneration_HostedAuth',
    userName: 'ada',
    callerContext: { clientId: 'web' },
    request: { userAttributes: { sub: 'u1' }, clientMetadata: { hint: 'h' }, scopes: ['openid'] },
  };
  const { denied, access } = await cognito.simulator.simulate(
    built,
    { trigger: 'login', event },
    surroundings(),
  );
  expect([denied, access]).toEqual([undefined, expect.objectContaining({ tier: 'gold', hint: 'h' })]);
});

describe('versions', () => {
  it('V1_0 sets texts in ID tokens alone', () => {
    expect(
      claims(
        '  a: { const: x, kind: descriptive }\n  b: { const: [x], kind: descriptive, tokens: [id] }\n  c: { const: x, kind: descriptive, tokens: [id] }',
        '{ version: V1_0 }',
      ).filter((line) => line.startsWith('error')),
    ).toEqual([
      'error TE842 With V1_0, Cognito sets claims in ID tokens alone; `a` is for access tokens.',
      'error TE842 With V1_0, claims are texts; `b` is a list.',
    ]);
  });

  it('V1_0 knows no scopes', () => {
    expect(
      findingsOf(
        `claims: {}\nscopes: { a: { grant: 'client.id == "x"' } }\nissuers: { cognito: { version: V1_0 } }`,
      ),
    ).toContain('error TE842 With V1_0, a trigger neither sees nor changes scopes.');
  });

  it('V2_0 leaves machines alone, which matters if the policy denies', () => {
    const machines = (rest: string) =>
      findingsOf(`claims: {}\n${rest}issuers: { cognito: { version: V2_0 } }`).map((line) =>
        line.slice(0, 13),
      );
    expect(machines('')).toEqual(['info TE832 Co']);
    expect(machines(`deny: [{ when: 'client.id == "x"', reason: no }]\n`)).toEqual(['warning TE832']);
  });
});

describe('fields', () => {
  it('that Cognito does not have are announced, with a way out', () => {
    const found = claims('  a: { value: user.roles, kind: authoritative, maxItems: 5 }');
    expect(found).toEqual([
      'error TE804 The claim `a` reads `user.roles`, which Cognito does not supply at a login.',
    ]);
    const ways = ['groups', 'custom:roles'];
    for (const way of ways)
      expect(
        claims(
          '  a: { value: user.roles, kind: authoritative, maxItems: 5 }',
          `{ supply: { user.roles: ${way} } }`,
        ).filter((line) => line.startsWith('error')),
      ).toEqual([]);
  });

  it('of machines are what the settings say of clients', () => {
    const text = '  a: { value: org.id, kind: authoritative, subjects: [machine] }';
    expect(claims(text)[0]).toMatch(/^error TE804/);
    expect(claims(text, '{ appClients: { job: { org: { id: acme } } } }')).toEqual([]);
  });

  it('client metadata is untrusted, and missing in a browser', () => {
    expect(claims('  a: { value: request.params.hint, kind: descriptive }')).toEqual([
      expect.stringMatching(/^info TE804 .*`request.params`.* at a login in a browser/),
    ]);
  });

  it('the audience is told by the settings', () => {
    const text = '  a: { const: 1, kind: descriptive, audiences: ["urn:api"] }';
    expect(claims(text)[0]).toMatch(/^warning TE831/);
    expect(claims(text, '{ audience: "urn:api" }')).toEqual([]);
    expect(claims(text, '{ audience: "urn:other" }')[0]).toMatch(/^info TE831/);
  });
});

describe('tokens of other clients', () => {
  it('are left alone, and announced', () => {
    expect(claims('  c: { const: x, kind: authoritative }', '{ clients: [web] }')).toEqual([
      'info TE832 Cognito issues tokens of clients that `clients` does not name without the policy: they lack its claims and its marker.',
    ]);
  });

  it('meet a policy for all, with a warning if it may deny', () => {
    const told = (kind: string, settings: string) =>
      cognito
        .check(
          policyOf(
            `version: 1\nname: some\nclaims: { c: { const: x, kind: ${kind} } }\nissuers: { cognito: ${settings} }`,
          ),
        )
        .map(({ rule }) => rule);
    expect(told('authoritative', '{}')).toEqual(['TE836', 'TE841']);
    expect(told('authoritative', '{ clients: all }')).toEqual(['TE841']);
    expect(told('descriptive', '{}')).toEqual(['TE841']);
  });

  it('the audiences that the policy is for must name the one of the user pool', () => {
    const text = '  c: { const: x, kind: descriptive }';
    expect(claims(text, '{ audiences: ["urn:a"] }')[0]).toMatch(/^error TE837/);
    expect(claims(text, '{ audience: "urn:b", audiences: ["urn:a"] }')[0]).toMatch(/^error TE837/);
    expect(claims(text, '{ audience: "urn:a", audiences: ["urn:a"] }')).toEqual([]);
  });
});

describe('attributes', () => {
  const attribute = (name: string, place?: string) =>
    findingsOf(`user: { attributes: { ${name}: ${place === undefined ? 'string' : `{ type: string, in: { cognito: "${place}" } }`} } }
claims: { c: { value: 'user.attributes["${name}"]', kind: authoritative } }
issuers: { cognito: {} }`);

  it('have short names', () => {
    expect(attribute('a'.repeat(21))[0]).toMatch(/^error TE815/);
    expect(attribute('a'.repeat(20))).toEqual([
      `info TE210 Access depends on \`custom:${'a'.repeat(20)}\`: users can change it through an app client that may write it.`,
    ]);
    expect(attribute('a'.repeat(21), 'custom:a')).toHaveLength(1);
  });

  it.each(['plan', 'custom:', 'cognito:groups', 'Custom:a'])('%j is not an attribute', (place) => {
    expect(attribute('a', place)[0]).toMatch(/^error TE815/);
  });

  it('that users write must not decide authority', () => {
    expect(attribute('a', 'profile')[0]).toBe(
      'error TE210 The authoritative claim `c` depends on `profile`, which users can change themselves.',
    );
  });

  it('hold one field each', () => {
    expect(
      findingsOf(`user: { attributes: { a: string, b: { type: int, in: { cognito: "custom:a" } } } }
claims: { c: { value: user.attributes.a, kind: descriptive }, d: { value: user.attributes.b, kind: descriptive } }
issuers: { cognito: {} }`)[0],
    ).toBe(
      'error TE804 At Cognito `user.attributes.a` and `user.attributes.b` are both the attribute `custom:a`.',
    );
  });

  it('groups are roles and nothing else', () => {
    expect(
      claims(
        '  a: { value: org.id, kind: descriptive, when: \'subject_type == "human"\' }',
        '{ supply: { org.id: groups } }',
      )[0],
    ).toMatch(/^error TE815/);
  });
});

describe('limits', () => {
  it('the time of one call', () => {
    const source = (timeout: string) =>
      findingsOf(`sources: { s: { http: { url: "https://s.example/" }, returns: { a: string }, timeout: ${timeout} } }
claims: { c: { value: s.a, kind: descriptive } }
issuers: { cognito: {} }`);
    expect(source('1500ms')).toEqual([]);
    expect(source('1501ms')[0]).toMatch(/^error TE705/);
  });

  it.each([
    ['4m', 'error TE803'],
    ['5m', 'info TE805 '],
    ['24h', 'info TE805 '],
    ['25h', 'error TE803'],
  ])('a lifetime of %s', (lifetime, start) => {
    expect(
      findingsOf(`lifetime: { access: ${lifetime} }\nclaims: {}\nissuers: { cognito: {} }`)[0]?.slice(0, 11),
    ).toBe(start);
  });
});

describe('an authoritative claim whose condition is false because a field is not supplied', () => {
  const spec = (when: string) => `version: 1
name: levels
claims:
  level: { value: int(session.acr), kind: authoritative, when: '${when}', subjects: [human] }
issuers: { cognito: { clients: all } }`;
  const found = (when: string) => cognito.check(policyOf(spec(when))).filter(({ rule }) => rule === 'TE804');

  it('is refused if its value may fail, with a way out that works', () => {
    const [finding, ...others] = found('has(session.acr)');
    expect(others).toEqual([]);
    expect(finding?.severity).toBe('error');
    expect(finding?.help).toContain('Begin its `when` with `issuer != "cognito" &&`.');
    expect(found('issuer != "cognito" && has(session.acr)')).toEqual([]);
  });
});
