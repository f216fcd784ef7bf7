import { describe, expect, it } from 'vitest';
import { attributes, findings, scripts, seen } from '../../test/findings.ts';
import { policyOf } from '../../test/fixtures.ts';
import { ways } from '../plan/ways.ts';
import { check } from './check.ts';

describe('names', () => {
  it("that are Keycloak's own are refused, or namespaced", () => {
    expect(seen('claims:\n  realm_access: { const: 1, kind: descriptive }')).toEqual(['TE102 error 4']);
    expect(seen('claims:\n  c: { const: 1, kind: descriptive, as: { keycloak: session_state } }')).toEqual([
      'TE102 error 4',
    ]);
    // Services tell by them what a token is.
    for (const name of ['clientAddress', 'act', 'status', 'authorization_details'])
      expect(seen(`claims:\n  c: { const: 1, kind: descriptive, as: { keycloak: ${name} } }`), name).toEqual([
        'TE102 error 4',
      ]);
    const [finding] = findings(
      'namespace: https://x.io/\nclaims:\n  allowed-origins: { const: 1, kind: descriptive }',
    );
    expect(finding).toMatchObject({ severity: 'info', issuer: 'keycloak' });
    expect(finding?.message).toContain('https://x.io/allowed-origins');
  });

  it('have one writer each', () => {
    const two =
      'claims:\n  a: { const: 1, kind: descriptive }\n  b: { const: 1, kind: descriptive, as: { keycloak: a } }';
    expect(seen(two)).toEqual(['TE102 error 5']);
    expect(seen('claims:\n  a: { const: 1, kind: descriptive, as: { keycloak: policy } }')).toEqual([
      'TE102 error 4',
    ]);
  });
});

describe('the place of an attribute', () => {
  it('is said once', () => {
    const spec =
      'user: { attributes: { plan: { type: string, in: { keycloak: plan_code } } } }\nclaims: { c: { value: user.attributes.plan, kind: descriptive } }';
    expect(seen(spec)).toEqual([]);
    expect(seen(spec, ', attributes: { plan: other }')).toEqual(['TE815 error 3']);
    expect(seen(spec, ', attributes: { another: other }')).toEqual([]);
  });
});

describe('roles of several clients', () => {
  const several = ', rolesFrom: { clients: [shop, billing] }';

  it('need a script', () => {
    const claim = 'claims: { r: { value: user.roles, kind: descriptive } }';
    expect(seen(claim, several)).toEqual(['TE813 error 3']);
    expect(seen(claim, `${several}${scripts}`).filter((line) => line.includes('error'))).toEqual([]);
    const condition = `claims: { r: { const: true, kind: descriptive, when: '"shop:a" in user.roles' } }`;
    expect(seen(condition, several)).toEqual(['TE813 error 3']);
    expect(seen(`claims: {}\ndeny: [{ when: '!("shop:a" in user.roles)', reason: no }]`, several)).toEqual([
      'TE813 error 4',
    ]);
  });

  it('make none of them the audience', () => {
    const claim = 'claims: { r: { value: user.roles, kind: descriptive } }';
    const rules = seen(claim, `, rolesFrom: { clients: [shop, "urn"] }, scripts: true`);
    expect(rules.filter((line) => line.includes('TE825'))).toEqual([]);
  });
});

describe('what no mapper can say', () => {
  it.each([
    ['user.roles.filter(r, r != "x")', /filter/],
    ['"x" in user.roles', /const: true/],
    ['user.attributes.tier + "!"', /user attribute/],
    ['org.id', /scripts: true/],
    ['client.name', /scripts: true/],
  ])('%s is an error with the ways out', (value, way) => {
    const [finding, ...more] = findings(
      `${attributes}\nclaims:\n  c: { value: '${value}', kind: descriptive }`,
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule: 'TE813', severity: 'error', range: { start: { line: 5 } } });
    expect(`${finding?.message} ${finding?.help}`).toMatch(way);
    expect(finding?.help).toContain('scripts: true');
  });

  it('is nothing with a script', () => {
    const claim = `${attributes}\nclaims:\n  c: { value: 'user.attributes.tier + "!"', kind: descriptive }`;
    expect(findings(claim, scripts).filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it.each([
    ['onMissing: { default: none }', /default/],
    ['maxBytes: 20', /bound/],
    ['when: user.email_verified', /`when`/],
    ['when: \'"a" in user.roles && "b" in user.roles\'', /`when`/],
    ['when: \'!("a" in user.roles)\'', /`when`/],
    ['when: \'"profile" in request.scopes\'', /own/],
  ])('%s goes beyond a mapper', (more, message) => {
    const [finding] = findings(
      `${attributes}\nclaims:\n  c: { value: user.attributes.tier, kind: descriptive, ${more} }`,
    );
    expect(finding).toMatchObject({ rule: 'TE813', severity: 'error' });
    expect(finding?.message).toMatch(message);
  });
});

describe('a policy for people', () => {
  const claim = 'claims:\n  c: { value: user.id, kind: authoritative }';
  const told = (settings: string) =>
    check(
      policyOf(
        `version: 1\nname: checked\n${claim}\nissuers: { keycloak: { audience: "urn:api", ownRealm: true${settings} } }`,
      ),
    ).map(({ rule, severity }) => `${rule} ${severity}`);

  it('asks for clients without service accounts, unless a script distinguishes them', () => {
    expect(told('')).toEqual(['TE824 info']);
    expect(told(', serviceAccounts: true')).toEqual(['TE813 error']);
    expect(told(scripts)).toEqual(['TE812 info']);
  });
});

describe('a required claim', () => {
  const claim = `${attributes}\nclaims:\n  c: { value: user.attributes.tier, kind: authoritative }`;

  it('is refused where nothing can deny, unless services are said to require it', () => {
    expect(seen(claim)).toEqual(['TE813 error 5']);
    expect(seen(claim, ', missing: guard')).toEqual(['TE819 warning 5']);
  });

  it('is fine where a script denies, or nothing can be missing', () => {
    expect(findings(claim, scripts).map(({ severity }) => severity)).toEqual(['info']);
    expect(seen('claims:\n  c: { value: user.id, kind: authoritative }')).toEqual([]);
  });
});

describe('where mapper and policy may part', () => {
  it('a finding says so, and no claim does where a script can do it exactly', () => {
    const claims = `${attributes}\nclaims:
  tags: { value: user.attributes.tags, kind: descriptive }
  limit: { value: user.attributes.limit, kind: descriptive }
  flag: { const: true, kind: descriptive, when: '"a" in user.roles' }
  teams: { value: user.groups, kind: descriptive }`;
    expect(seen(claims)).toEqual(['TE822 info 5', 'TE821 warning 6', 'TE820 warning 7', 'TE822 info 8']);
    expect(seen(claims, scripts)).toEqual(['TE812 info 9']);
  });

  it('a mapper does not check the type of an attribute or a session note', () => {
    const claims = `user: { attributes: { blocked: bool, ratio: double, limits: map(int), tier: string } }
session: { notes: { level: int, method: string } }
claims:
  blocked: { value: user.attributes.blocked, kind: descriptive }
  ratio: { value: user.attributes.ratio, kind: descriptive }
  limits: { value: user.attributes.limits, kind: descriptive }
  level: { value: session.notes.level, kind: descriptive }
  tier: { value: user.attributes.tier, kind: descriptive }
  method: { value: session.notes.method, kind: descriptive }`;
    expect(seen(claims)).toEqual(['TE821 info 6', 'TE821 warning 7', 'TE821 warning 8', 'TE821 warning 9']);
    const helps = findings(claims).map(({ help }) => help);
    expect(helps.map((help) => help?.includes('user profile'))).toEqual([true, true, false, false]);
    expect(seen(claims, scripts)).toEqual(['TE812 info 12']);
  });
});

describe('the rest of a policy', () => {
  const base = 'claims:\n  c: { const: 1, kind: descriptive }';

  it('needs a script: deny rules, authorization details, scopes beyond roles', () => {
    const deny = `${base}\ndeny:\n  - { when: user.email_verified, reason: nope }`;
    const details = `${base}\nauthorizationDetails:\n  pay: { fields: { amount: double }, grant: detail.amount < 5.0 }`;
    const scopes = `${base}\nscopes:\n  read: { grant: user.email_verified }`;
    for (const spec of [deny, details, scopes]) {
      expect(seen(spec)).toEqual(['TE813 error 6']);
      expect(findings(spec, scripts).map(({ severity }) => severity)).toEqual(['info']);
    }
  });

  it('a scope that names an object is told of: Keycloak refuses who asks', () => {
    expect(seen(`${base}\nscopes:\n  read.{what}: { grant: what in user.groups }`, scripts)).toEqual([
      'TE816 warning 6',
      'TE812 info 7',
    ]);
  });

  it('a script needs the audience, its feature, and no source but HTTP', () => {
    const spec = `version: 1\nname: checked\n${base}\nissuers: { keycloak: { scripts: true } }`;
    expect(check(policyOf(spec)).map(({ severity }) => severity)).toEqual(['info', 'error']);
    const sql = `sources:
  db: { sql: { connection: "\${DB}", query: select role from r where id = :id, params: { id: user.id } }, returns: { role: string } }
claims:
  c: { value: db.role, kind: descriptive }`;
    expect(seen(sql, scripts)).toEqual(['TE812 info 7', 'TE814 error 4']);
    const signed = sql.replace(
      /sql: \{.*?\} \}/,
      'http: { url: "https://s.example/{user.id}", auth: { aws: { region: eu-central-1, service: lambda } } }',
    );
    expect(seen(signed, scripts)).toEqual(['TE812 info 7', 'TE814 error 4']);
  });

  it('sources must be done before the deadline', () => {
    const slow = (timeout: string) => `sources:
  s: { http: { url: "https://s.example/{user.id}" }, returns: { a: string }, timeout: ${timeout}, retries: 1 }
claims:
  c: { value: s.a, kind: descriptive }`;
    expect(seen(slow('1900ms'), scripts)).toEqual(['TE812 info 7']);
    expect(seen(slow('2s'), scripts)).toEqual(['TE812 info 7', 'TE705 error 4']);
  });

  it('an audience that Keycloak gives by itself is not a quarantine', () => {
    const settings = (audience: string, client: string) =>
      `version: 1\nname: checked\n${base}\nissuers: { keycloak: { scripts: true, audience: ${audience}, rolesFrom: { client: ${client} } } }`;
    expect(check(policyOf(settings('api', 'api'))).map(({ severity }) => severity)).toEqual([
      'info',
      'error',
    ]);
    expect(check(policyOf(settings('api', 'other'))).map(({ severity }) => severity)).toEqual([
      'info',
      'warning',
    ]);
  });
});

describe('without a script, a role that all must have', () => {
  const claims = `claims:
  c: { const: 1, kind: descriptive }
deny:
  - { when: '!("staff" in user.roles)', reason: outsiders }`;

  it('an audience that may be a client takes nothing away', () => {
    const named = (audience: string) =>
      check(
        policyOf(
          `version: 1\nname: checked\n${claims}\nissuers: { keycloak: { audience: ${audience}, ownRealm: true } }`,
        ),
      ).map(({ severity }) => severity);
    expect(named('payments-api')).toEqual(['warning', 'error']);
    expect(named('"urn:api"')).toEqual(['warning']);
  });

  it('opens audience and claims; a finding says that nothing denies', () => {
    expect(seen(claims)).toEqual(['TE819 warning 6']);
    expect(findings(claims)[0]?.message).toContain('`urn:api`');
  });

  it('leaves what has roles of its own to these, and says so', () => {
    const other = claims.replace('kind: descriptive', 'kind: descriptive, when: \'"a" in user.roles\'');
    const granting = `${other}\nscopes: { read: { grant: '"b" in user.roles' }, all: { grant: "true" } }`;
    expect(seen(granting)).toEqual(['TE820 warning 4', 'TE819 warning 6']);
    expect(findings(granting)[1]?.message).toContain(
      'lacks the audience `urn:api` instead, and all claims and scopes except `c`, `read`, which have their own roles',
    );
    const same = claims.replace('kind: descriptive', 'kind: descriptive, when: \'"staff" in user.roles\'');
    expect(findings(same).at(-1)?.message).toContain('and all claims instead');
  });

  it('cannot be said with a requested scope, another rule, or without an audience', () => {
    const asked = claims.replace('kind: descriptive', 'kind: descriptive, when: \'"a" in request.scopes\'');
    expect(seen(asked)).toEqual(['TE813 error 4', 'TE819 warning 6']);
    expect(seen(`${claims}\n  - { when: user.email_verified, reason: b }`)).toEqual([
      'TE813 error 6',
      'TE813 error 7',
    ]);
    const none = `version: 1\nname: checked\n${claims}\nissuers: { keycloak: {} }`;
    expect(check(policyOf(none)).map(({ severity }) => severity)).toEqual(['error']);
  });
});

describe("a claim that Keycloak's own client scopes write", () => {
  it('is an error where the values differ, and fine where they do not', () => {
    const claim = (name: string, value: string) =>
      `${attributes}\nclaims:\n  ${name}: { value: ${value}, kind: descriptive }`;
    expect(seen(claim('nickname', 'user.attributes.tier'))).toEqual(['TE102 error 5']);
    expect(seen(claim('email', 'user.email'))).toEqual([]);
    expect(seen(claim('groups', 'user.groups'))).toEqual(['TE102 warning 5', 'TE822 info 5']);
    // The script comes after them.
    expect(seen(claim('nickname', 'user.attributes.tier'), scripts)).toEqual(['TE812 info 6']);
  });
});

describe("names of Claimsmith's own client scopes", () => {
  it('are not scopes of the policy', () => {
    const claims = 'claims: { c: { const: 1, kind: descriptive } }';
    expect(seen(`${claims}\nscopes: { claimsmith.checked: { grant: "true" } }`)).toEqual(['TE008 error 4']);
    const asked =
      'claims: { c: { const: 1, kind: descriptive, when: \'"claimsmith.checked" in request.scopes\' } }';
    expect(seen(asked)).toEqual(['TE813 error 3']);
  });
});

describe('people alone', () => {
  const claim = 'claims:\n  c: { const: 1, kind: descriptive, when: subject_type == "human" }';

  it('are a promise of the settings, which the finding asks for', () => {
    expect(findings(claim)[0]?.help).toContain('serviceAccounts: false');
    expect(seen(claim, ', serviceAccounts: false')).toEqual(['TE824 info 5']);
    expect(findings(claim.replace('human', 'machine'))[0]?.help).not.toContain('serviceAccounts');
    const more = claim.replace('== "human"', '== "human" && "a" in user.roles && "b" in user.roles');
    expect(findings(more.replace(/when: (.*) \}$/, "when: '$1' }"))[0]?.help).not.toContain(
      'serviceAccounts',
    );
  });

  it('may be granted scopes by role', () => {
    const grant = (role: string) =>
      `claims: { c: { const: 1, kind: descriptive } }\nscopes: { read: { grant: 'subject_type == "human" && ${role}' } }`;
    expect(findings(grant('"a" in user.roles'))[0]?.help).toContain('serviceAccounts: false');
    expect(findings(grant('user.email_verified'))[0]?.help).not.toContain('serviceAccounts');
    expect(seen(grant('"a" in user.roles'), ', serviceAccounts: false')).toEqual(['TE824 info 5']);
  });

  it('may be denied by role', () => {
    const deny = `${claim}\ndeny: [{ when: 'subject_type == "human" && !("staff" in user.roles)', reason: out }]`;
    expect(seen(deny)).toContain('TE813 error 5');
    expect(findings(deny).every(({ help }) => help?.includes('serviceAccounts: false'))).toBe(true);
    expect(seen(deny, ', serviceAccounts: false')).toEqual(['TE819 warning 5', 'TE824 info 6']);
  });
});

describe('the cache of a source', () => {
  it('is not used by the script, which a finding says', () => {
    const spec = (cache: string) => `sources:
  s: { http: { url: "https://s.example/{user.id}" }, returns: { a: string }${cache} }
claims:
  c: { value: s.a, kind: descriptive }`;
    expect(seen(spec(', cache: 60s'), scripts)).toEqual(['TE812 info 7', 'TE827 info 4']);
    expect(seen(spec(', stale: 60s'), scripts)).toEqual(['TE812 info 7', 'TE827 info 4']);
    expect(seen(spec(''), scripts)).toEqual(['TE812 info 7']);
  });
});

describe('what Keycloak cannot tell', () => {
  it('a claim of the script that a service account would always lack', () => {
    const claim = `claims:\n  c: { value: 'user.email + "!"', kind: descriptive, onMissing: deny, subjects: [human, machine] }`;
    expect(seen(claim, scripts)).toEqual(['TE812 info 5', 'TE207 error 4']);
    const leftOut = claim.replace(', onMissing: deny', '');
    expect(seen(leftOut, scripts)).toEqual(['TE812 info 5', 'TE207 info 4']);
    expect(seen(claim, `${scripts}, serviceAccounts: false`)).toEqual(['TE812 info 5', 'TE832 info 5']);
    expect(seen('claims:\n  c: { value: user.email, kind: descriptive }')).toEqual([]);
  });

  it('a field that no token request holds', () => {
    const claim = `claims:\n  c: { value: session.amr, kind: descriptive }`;
    expect(seen(claim, scripts)).toEqual(['TE812 info 5', 'TE804 info 4']);
  });
});

describe('ways', () => {
  it('say how each claim comes about, and why', () => {
    const policy = policyOf(`version: 1\nname: checked\n${attributes}
claims:
  tier: { value: user.attributes.tier, kind: descriptive }
  own: { value: user.attributes.tier, kind: descriptive, subjects: [human, machine, agent] }
  flag: { const: true, kind: descriptive, when: '"a" in user.roles', subjects: [human, machine, agent] }
  never: { const: 1, kind: descriptive, audiences: [other] }
  both: { value: user.attributes.tier + "!", kind: descriptive, subjects: [human, machine, agent] }
issuers: { keycloak: { audience: "urn:api", scripts: true } }`);
    expect(ways(policy)).toEqual({
      tier: { via: 'policy script', why: 'Client scopes cannot distinguish people from service accounts.' },
      own: { via: 'user attribute mapper', why: 'It signs exactly what the policy decides.' },
      flag: {
        via: 'policy script',
        why: 'If the role in its condition is composite, a user with only a part of that role has it too.',
      },
      never: { via: 'left out', why: 'Its condition is never true here.', isLeftOut: true },
      both: { via: 'policy script', why: 'Mappers cannot compute.' },
    });
  });
});

describe('a realm that exists already', () => {
  const claims = `claims:
  c: { value: user.id, kind: authoritative }
  d: { value: user.id, kind: descriptive }
deny:
  - { when: '!("staff" in user.roles)', reason: outsiders }`;
  const told = (text: string, settings: string) =>
    findings(text, `, ownRealm: false${settings}`)
      .filter(({ rule }) => rule === 'TE835')
      .map(({ severity, message }) => `${severity} ${message}`);

  it('may have mappers that write what services grant on', () => {
    expect(told(claims, '')).toEqual([
      'warning In an existing realm, other mappers may also write `c` or the audience `urn:api`, and it is undefined which value wins.',
    ]);
    expect(told(claims.replace(/deny:[\s\S]*/, '').replace('authoritative', 'descriptive'), '')).toEqual([]);
    expect(told(claims, scripts)).toEqual([]);
    expect(findings(claims).map(({ rule }) => rule)).not.toContain('TE835');
  });
});
