import { describe, expect, test } from 'vitest';
import { policyOf } from '../../test/kit.ts';
import { lossFindings } from './findings.ts';
import type { Situation } from './known.ts';
import { type Loss, lossesOf } from './losses.ts';

const login: Situation = {
  where: 'at a login',
  values: { subject_type: 'human' },
  absent: [],
  lost: ['session.acr', 'actor', 'org', 'client.metadata'],
};
const machine: Situation = {
  where: 'with client credentials',
  values: { subject_type: 'machine', 'request.grant_type': 'client_credentials' },
  absent: ['user', 'session'],
  lost: ['actor'],
};

const attributes = 'user: { attributes: { tenant: string, tier: string, vip: bool } }\n';
const losses = (body: string, situation = login) => lossesOf(policyOf(`${attributes}${body}`), situation);

function said({ part, name, becomes, isWider }: Loss): string {
  const what =
    becomes.kind === 'constant'
      ? JSON.stringify(becomes.value)
      : becomes.kind === 'part'
        ? `= ${becomes.text}`
        : becomes.kind;
  return `${part} ${name}: ${what}${isWider ? ', wider' : ''}`;
}

describe('a deny rule', () => {
  const denies = (when: string, situation = login, subjects = '') =>
    losses(
      `claims: { a: { const: 1, kind: descriptive } }\ndeny: [{ when: '${when}', ${subjects}reason: no }]`,
      situation,
    )
      .map(said)
      .join();

  test.each([
    ['has(actor.sub)', 'never, wider'],
    ['session.?acr.orValue("high") != "high"', 'never, wider'],
    ['session.?acr.orValue("low") != "high"', 'always'],
    ['!has(org.id)', 'always'],
    ['has(client.metadata.blocked)', 'fails'],
    ['org.id == "a"', 'fails'],
    ['client.id == "a" && org.id == "b"', 'fails'],
    ['has(org.id) && org.id == "b"', 'never, wider'],
    ['has(org.id) && client.id == "b"', 'never, wider'],
    ['has(org.id) || client.id == "b"', 'other, wider'],
    ['!has(org.id) || client.id == "b"', 'always'],
    ['!has(org.id) && client.id == "b"', 'other'],
    ['has(org.id) ? org.id == "b" : client.id == "b"', 'other, wider'],
    ['user.roles.exists(r, r == "a" && !has(actor.sub))', 'other'],
    ['user.roles.exists(r, r == "a" && has(actor.sub))', 'other, wider'],
    ['user.roles.all(r, r != "a" || !has(actor.sub))', 'other'],
    ['client.id in org.?metadata.?clients.orValue([])', 'other, wider'],
  ])('%s: %s', (when, becomes) => {
    expect(denies(when)).toBe(`deny no: ${becomes}`);
  });

  test.each(['client.id == "a"', 'subject_type == "machine" && has(actor.sub)', 'has(user.attributes.tier)'])(
    '%s says what it says',
    (when) => {
      expect(denies(when)).toBe('');
    },
  );

  test('that is for people does not meet a machine', () => {
    expect(denies('subject_type == "human" && has(actor.sub) && user.id == "a"', machine)).toBe('');
    expect(denies('user.id == "a"', machine)).toBe('');
    expect(denies('user.id == "a"', machine, 'subjects: [human, machine], ')).toBe('deny no: fails');
    expect(denies('has(user.id) && user.id == "a"', machine)).toBe('');
  });
});

describe('a claim', () => {
  const becomes = (claim: string) => losses(`claims: { c: { ${claim} } }`).map(said).join();
  const authoritative = 'kind: authoritative';

  test.each([
    ['value: org.id', 'fails'],
    ['value: \'org.?id.orValue("none")\'', '"none", wider'],
    ["value: 'has(actor.sub)'", 'false'],
    ["value: '!has(actor.sub)'", 'true, wider'],
    [`value: 'has(session.acr) && session.acr == "2"'`, 'false'],
    ["value: 'has(org.id) ? org.id : user.attributes.tenant'", '= user.attributes.tenant, wider'],
    ["value: 'org.?id.orValue(user.attributes.tenant)'", '= user.attributes.tenant, wider'],
    ["value: 'user.roles.filter(r, !has(actor.sub))', maxItems: 9", 'other, wider'],
    ['value: org.id, when: has(org.id)', 'never'],
    ['value: \'org.id + "x"\', when: has(org.id)', 'never'],
    // Whoever is in an organization and has no tenant is denied by the policy, and would not be here.
    ['value: user.attributes.tenant, when: has(org.id)', 'never, wider'],
    ['value: user.attributes.tenant, when: has(org.id) && has(user.attributes.tenant)', 'never'],
    ["value: user.id, when: '!has(org.id)'", 'always, wider'],
    ['const: 1, when: has(org.id)', 'never'],
    ["const: 1, when: '!has(org.id)'", 'always, wider'],
  ])('%s: %s', (claim, expected) => {
    expect(becomes(`${claim}, ${authoritative}`)).toBe(`claim c: ${expected}`);
  });

  test.each([
    ['value: \'org.?id.orValue("none")\'', '"none"'],
    ["value: user.id, when: '!has(org.id)'", 'always'],
  ])('that nobody grants on, %s: %s', (claim, expected) => {
    expect(becomes(`${claim}, kind: descriptive`)).toBe(`claim c: ${expected}`);
  });

  test('whose missing value denies is wider where it is there', () => {
    const claim = 'value: \'has(org.id) ? user.attributes.tenant : "x"\', kind: descriptive, onMissing: deny';
    expect(becomes(claim)).toBe('claim c: "x", wider');
  });
});

test('what rests on it through claims and sources is told, too', () => {
  const found = losses(`
sources:
  soft: { http: { url: 'https://a.acme.example/{org.?id.orValue("none")}' }, returns: { plan: string } }
  hard: { http: { url: 'https://a.acme.example/{org.id}' }, returns: { plan: string } }
claims:
  tenant: { value: 'org.?id.orValue("none")', kind: authoritative }
  inner: { value: org.id, kind: authoritative, when: has(org.id) }
  plan: { value: soft.plan, kind: authoritative }
scopes:
  a: { grant: claims.tenant == "none" }
  b: { grant: has(claims.inner) }
  c: { grant: '!has(claims.inner)' }
  d: { grant: has(hard.plan) }
  e: { grant: client.id == "x" }
`);
  expect(found.map(said)).toEqual([
    'claim tenant: "none", wider',
    'claim inner: never',
    'claim plan: other, wider',
    'scope a: other, wider',
    'scope b: never',
    'scope c: always, wider',
    'scope d: fails',
  ]);
  expect(found.map(({ fields }) => fields.join())).toEqual(Array.from({ length: 7 }, () => 'org.id'));
});

test('authorization details that an issuer does not tell are never refused there', () => {
  const body = `claims: {}\nauthorizationDetails: { pay: { fields: { amount: int }, grant: detail.amount < 5 } }`;
  const asked = 'request.authorization_details';
  expect(losses(body).map(said)).toEqual([]);
  expect(losses(body, { ...login, lost: [asked] }).map(said)).toEqual(['detail pay: never, wider']);
  expect(losses(body, { ...login, absent: [asked] }).map(said)).toEqual([]);
});

describe('where no user is', () => {
  test('a part that reads one has a gap, through other claims too', () => {
    const found = losses(
      `
claims:
  login: { value: user.id, kind: descriptive, subjects: [human, machine] }
  roles: { value: user.roles, kind: authoritative, subjects: [human], maxItems: 9 }
  first: { value: 'claims.roles[0]', kind: descriptive, subjects: [human, machine] }
  client: { value: client.id, kind: descriptive }
scopes:
  pay: { subjects: { machine: '"pay" in claims.roles' } }
  ok: { grant: client.id == "a" }
deny: [{ when: user.email == "", reason: no_mail, subjects: [human, machine] }]
`,
      machine,
    );
    expect(found.map(said)).toEqual([
      'deny no_mail: fails',
      'claim login: fails',
      'claim first: fails',
      'scope pay: fails',
    ]);
  });

  test.each(['has(ent.plan) && ent.plan == "x"', 'ent.?plan.orValue("") == "x"', 'has(ent.plan)'])(
    'a source that would be asked with one fails: %s',
    (when) => {
      const body = `
sources: { ent: { http: { url: 'https://ent.example/{user.id}' }, returns: { plan: string } } }
claims: {}
deny: [{ when: '${when}', reason: refused, subjects: [machine] }]`;
      expect(losses(body, machine).map(said)).toEqual(['deny refused: fails']);
    },
  );
});

describe('findings', () => {
  const severities = (body: string) =>
    lossFindings(policyOf(`${attributes}${body}`), {
      id: 'one',
      title: 'An issuer',
      situations: [login],
    }).map(({ rule, severity }) => `${rule} ${severity}`);

  test.each([
    ['a: { value: org.id, kind: descriptive }', 'info'],
    ['a: { value: org.id, kind: descriptive, onMissing: { default: none } }', 'error'],
    ['a: { value: org.id, kind: descriptive, onMissing: deny }', 'error'],
    ['a: { value: org.id, kind: authoritative }', 'error'],
    ['a: { value: org.id, kind: authoritative, when: has(org.id) }', 'warning'],
    ['a: { value: \'org.?id.orValue("none")\', kind: authoritative }', 'error'],
    ['a: { value: \'org.?id.orValue("none")\', kind: descriptive }', 'warning'],
  ])('%s: %s', (claim, severity) => {
    expect(severities(`claims: { ${claim} }`)).toEqual([`TE804 ${severity}`]);
  });
});

describe('a source that is not asked', () => {
  const of = (value: string) =>
    losses(
      `sources: { gate: { http: { url: "https://g.example/" }, when: 'has(org.id)', returns: { held: { plan: string } } } }
claims: { a: { value: '${value}', kind: authoritative } }`,
    ).map(said);

  test.each([
    ['gate.held.plan', 'claim a: fails'],
    ['["a"].exists(e, e == gate.held.plan)', 'claim a: fails'],
    ['has(gate.held.plan)', 'claim a: false, wider'],
    ['gate.?held.?plan.orValue("none")', 'claim a: "none", wider'],
  ])('has no values: %s: %s', (value, expected) => {
    expect(of(value)).toEqual([expected]);
  });
});

describe('where an issuer takes agents for people', () => {
  const agent: Situation = {
    ...login,
    where: 'for an agent',
    values: { subject_type: 'agent' },
    agentsAre: 'human',
  };

  test.each([
    ['subject_type == "agent"', 'deny no: never, wider'],
    ['subject_type != "human"', 'deny no: never, wider'],
    ['subject_type in ["agent", "human"]', ''],
    ['subject_type == "agent" && client.id == "a"', 'deny no: never, wider'],
    ['subject_type != "agent" && client.id == "a"', 'deny no: other'],
    ['client.id == "agent"', ''],
  ])('a deny rule %s: %s', (when, expected) => {
    const found = losses(`claims: {}\ndeny: [{ when: '${when}', reason: no }]`, agent);
    expect(found.map(said).join()).toBe(expected);
  });
});
