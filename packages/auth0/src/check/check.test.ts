import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { auth0 } from '../index.ts';

/** Whatever is found, there is a way out. */
function all(text: string) {
  const found = auth0.check(policyOf(`version: 1\nname: checked\n${text}`));
  for (const { message, help } of found) expect(help, message).toBeDefined();
  return found;
}

/** Without what every spec is told that is for fewer triggers, or for every application. */
function findings(text: string) {
  return all(text).filter(({ rule }) => rule !== 'TE832' && rule !== 'TE836');
}

/** `rule severity line` of each finding: what an author sees first. */
function seen(text: string): string[] {
  return findings(text).map(({ rule, severity, range }) => `${rule} ${severity} ${range?.start.line}`);
}

const forPeople = 'kind: descriptive, when: subject_type == "human"';

describe('tokens that the triggers leave alone', () => {
  const told = (body: string, triggers: string) =>
    all(`${body}\nissuers: { auth0: { triggers: [${triggers}] } }`).map(
      ({ rule, severity }) => `${rule} ${severity}`,
    );
  const deny = 'claims: {}\ndeny: [{ when: client.id == "a", reason: no }]';

  it('are told, with a warning where the policy refuses any', () => {
    expect(told('claims: {}', 'post-login')).toEqual(['TE832 info']);
    expect(told('claims: {}', 'credentials-exchange')).toEqual(['TE832 info']);
    expect(told(deny, 'post-login], clients: [all')).toEqual(['TE832 warning', 'TE832 info']);
    expect(told(deny, 'post-login, credentials-exchange')).toEqual(['TE836 warning']);
  });
});

describe('tokens of other clients and audiences', () => {
  const deny = 'claims: {}\ndeny: [{ when: client.id == "a", reason: no }]\nissuers: { auth0: ';
  const told = (settings: string) => all(`${deny}${settings} }`).map(({ rule, message }) => [rule, message]);

  it('are left alone, and announced', () => {
    expect(told('{ clients: [web], audiences: ["urn:api"] }')).toEqual([
      ['TE832', expect.stringContaining('tokens of clients that `clients` does not name without the policy')],
      ['TE832', expect.stringContaining('tokens for audiences that `audiences` does not name')],
    ]);
  });

  it('meet a policy that names neither, with a warning if it may deny', () => {
    expect(told('{}').map(([rule]) => rule)).toEqual(['TE836']);
    expect(told('{ clients: all }')).toEqual([]);
    const rules = (claim: string) => all(`claims: { a: { ${claim} } }`).map(({ rule }) => rule);
    expect(rules('value: org.id, kind: authoritative')).toContain('TE836');
    expect(rules('value: org.id, kind: descriptive')).not.toContain('TE836');
    // Every login has these, so no user of another application is locked out for want of them.
    expect(rules('const: 1, kind: authoritative')).not.toContain('TE836');
    expect(rules('value: user.roles, kind: authoritative, maxItems: 20')).not.toContain('TE836');
  });
});

describe('scopes that no API can have', () => {
  const scopes = (name: string, more = '') =>
    seen(
      `claims: {}\nscopes:\n  ${name}: { grant: '${name.includes('account') ? 'account in user.roles' : 'true'}'${more} }\nissuers: { auth0: { triggers: [post-login] } }`,
    );
  const isTooLong = (found: string) => found.startsWith('TE803');

  it('are refused, added or not', () => {
    for (const more of ['', ', add: true']) {
      expect(scopes('x'.repeat(280), more).filter(isTooLong)).toEqual([]);
      expect(scopes('x'.repeat(281), more).filter(isTooLong)).toEqual(['TE803 error 5']);
    }
  });

  it('are told of where some of a pattern are', () => {
    const pattern = (length: number) => `"${'x'.repeat(length)}.{account}"`;
    expect(scopes(pattern(151)).filter(isTooLong)).toEqual([]);
    expect(scopes(pattern(152)).filter(isTooLong)).toEqual(['TE803 info 5']);
    expect(scopes(pattern(278)).filter(isTooLong)).toEqual(['TE803 info 5']);
    expect(scopes(pattern(279)).filter(isTooLong)).toEqual(['TE803 error 5']);
  });

  it('and more than one Action may add are refused', () => {
    const all = (count: number) =>
      Array.from({ length: count }, (_, i) => `  s${i}: { grant: 'true', add: true }`).join('\n');
    const added = (count: number) =>
      seen(`claims: {}\nscopes:\n${all(count)}\nissuers: { auth0: { triggers: [post-login] } }`);
    expect(added(1000)).toEqual([]);
    expect(added(1001)).toEqual(['TE803 error 1005']);
  });
});

describe('the identity provider', () => {
  it('is the connection', () => {
    const claim = (value: string) => `claims:\n  a: { value: '${value}', ${forPeople} }`;
    const [finding] = findings(claim('session.idp'));
    expect(finding).toMatchObject({ rule: 'TE804', severity: 'info' });
    expect(finding?.help).toContain('issuer == "auth0" ? connection.name : session.idp');
    expect(seen(claim('connection.name'))).toEqual([]);
  });
});

describe('a workload', () => {
  it('is not known to Auth0, and nobody that logs in is one', () => {
    const help = (more: string) =>
      findings(`claims:\n  c: { value: workload.id, kind: authoritative${more} }`)[0]?.help;
    expect(help(', subjects: [machine]')).toContain('issuer == "auth0" ? client.id : workload.id');
    expect(help('')).toBe('Limit it to machines (`subjects: [machine]`).');
  });
});

describe('where attributes lie', () => {
  const claim = (name: string, kind = 'descriptive') =>
    `${name}: { value: user.attributes.${name}, kind: ${kind}, when: subject_type == "human" }`;
  const spec = (attributes: string, claims: string) =>
    `user:\n  attributes: ${attributes}\nclaims: ${claims}`;
  const placed = (place: string) => `{ type: string, in: { auth0: ${place} } }`;

  it.each(['app_metadata', 'app_metadata.billing.plan', 'app_metadata.__proto__.x'])(
    '%s is a place',
    (place) => {
      expect(seen(spec(`{ a: ${placed(place)} }`, `{ ${claim('a', 'authoritative')} }`))).toEqual([]);
    },
  );

  it.each(['user_meta', 'app_metadata.', 'app_metadata..x', 'metadata.app_metadata', 'email'])(
    '%s is none',
    (place) => {
      const [finding, ...more] = findings(spec(`{ a: ${placed(place)} }`, `{ ${claim('a')} }`));
      expect(finding).toMatchObject({ rule: 'TE815', severity: 'error', range: { start: { line: 4 } } });
      expect(more).toEqual([]);
    },
  );

  it('is nothing that users can write, for authority', () => {
    const claims = (kind: string) =>
      spec(
        `{ a: ${placed('user_metadata.x')}, b: string }`,
        `{ ${claim('a', kind)}, ${claim('b', 'authoritative')} }`,
      );
    expect(seen(claims('authoritative'))).toEqual(['TE210 error 5']);
    expect(seen(claims('descriptive'))).toEqual([]);
    const other = `${claims('descriptive')}\nissuers: { auth0: { attributesIn: user_metadata } }`;
    expect(seen(other)).toEqual(['TE210 error 5']);
  });

  it('is not one place for two', () => {
    const two = (a: string, b: string) =>
      seen(spec(`{ a: ${a}, b: ${b} }`, `{ ${claim('a')}, ${claim('b')} }`)).map((line) => line.slice(0, 11));
    expect(two('string', placed('app_metadata.a'))).toEqual(['TE804 error']);
    expect(two(placed('app_metadata.x'), placed('app_metadata.x'))).toEqual(['TE804 error']);
    expect(two(placed('app_metadata.x'), placed('app_metadata.x.y'))).toEqual(['TE804 error']);
    expect(two(placed('app_metadata.x'), placed('user_metadata.x'))).toEqual([]);
    expect(two(placed('app_metadata.x.y'), placed('app_metadata.x.z'))).toEqual([]);
    const groups = spec(
      `{ a: ${placed('app_metadata.groups')} }`,
      `{ ${claim('a')}, g: { value: user.groups, ${forPeople} } }`,
    );
    expect(seen(groups)).toEqual(['TE804 error 4']);
    expect(seen(groups.replace('app_', 'user_'))).toEqual([]);
  });
});

describe('claim names', () => {
  it('are namespaced where Auth0 drops the bare name, and it says so', () => {
    const [finding, ...more] = findings(`namespace: https://acme.example/
claims:
  groups: { value: org.name, kind: descriptive }
  team: { value: org.id, kind: descriptive }`);
    expect(finding).toMatchObject({
      rule: 'TE102',
      severity: 'info',
      issuer: 'auth0',
      range: { start: { line: 5 } },
    });
    expect(finding?.message).toContain('https://acme.example/groups');
    expect(more).toEqual([]);
  });

  it('are refused where there is no namespace', () => {
    expect(seen('claims:\n  roles: { value: org.name, kind: descriptive }')).toEqual(['TE102 error 4']);
  });

  it.each(['sub_profile', 'org_name', 'entitlements', 'permissions'])('are refused as `as: %s`', (name) => {
    expect(seen(`claims:\n  a: { value: org.id, kind: descriptive, as: { auth0: ${name} } }`)).toEqual([
      'TE102 error 4',
    ]);
  });

  it.each([
    'https://tenant.auth0.com/a',
    'https://WEBTASK.io/a',
    'https://x.webtask.run/a',
    'urn:auth0:a',
    'http://auth0.com',
  ])('are refused under %s', (name) => {
    expect(seen(`claims:\n  a: { value: org.id, kind: descriptive, as: { auth0: "${name}" } }`)).toEqual([
      'TE105 error 4',
    ]);
  });

  it.each(['https://notauth0.com/a', 'urn:acme:auth0', 'auth0.com'])('may be %s', (name) => {
    expect(seen(`claims:\n  a: { value: org.id, kind: descriptive, as: { auth0: "${name}" } }`)).toEqual([]);
  });

  it('are refused twice', () => {
    const claims =
      'a: { value: org.id, kind: descriptive }, b: { value: org.id, kind: descriptive, as: { auth0: a } }';
    expect(seen(`claims: { ${claims} }`)).toEqual(['TE102 error 3']);
  });

  it('include the marker', () => {
    expect(seen('marker: groups\nclaims: { a: { value: org.id, kind: descriptive } }')).toEqual([
      'TE102 error 3',
    ]);
    expect(seen('claims: { a: { value: org.id, kind: descriptive, as: { auth0: policy } } }')).toEqual([
      'TE102 error 3',
    ]);
  });
});

describe('what a trigger cannot tell', () => {
  it('is refused where a claim has to have it with client credentials', () => {
    expect(
      seen('claims:\n  a: { value: user.email, kind: authoritative, subjects: [human, machine] }'),
    ).toEqual(['TE207 error 4']);
    expect(
      seen('claims:\n  a: { value: session.id, kind: descriptive, onMissing: deny, subjects: [machine] }'),
    ).toEqual(['TE207 error 4']);
    // What is left out anyway where it has no value.
    expect(
      seen('claims:\n  a: { value: session.id, kind: descriptive, subjects: [human, machine] }'),
    ).toEqual(['TE207 info 4']);
    expect(seen('claims:\n  a: { value: user.email, kind: authoritative }')).toEqual([]);
  });

  it('points at the expression', () => {
    const [finding] = findings(
      'claims:\n  a: { value: org.id + user.email, kind: descriptive, subjects: [human, machine] }',
    );
    expect(finding?.range?.start.column).toBe(24);
  });

  it.each([
    ['a when', `claims:\n  a: { value: user.email, ${forPeople} }`],
    [
      'a when on the grant',
      'claims:\n  a: { value: user.email, kind: descriptive, when: request.grant_type != "client_credentials" }',
    ],
    ['a has()', 'claims:\n  a: { value: "has(user.email) ? user.email : org.id", kind: descriptive }'],
    [
      'the triggers',
      'claims:\n  a: { value: user.email, kind: descriptive }\nissuers: { auth0: { triggers: [post-login] } }',
    ],
  ])('is fine behind %s', (_name, text) => {
    expect(seen(text)).toEqual([]);
  });

  it('is refused in deny rules and scopes too', () => {
    expect(
      seen('claims: {}\ndeny:\n  - { when: "user.email == \'a\'", reason: no, subjects: [human, machine] }'),
    ).toEqual(['TE207 error 5']);
    expect(seen('claims: {}\nscopes:\n  a: { subjects: { machine: user.email_verified } }')).toContain(
      'TE207 error 5',
    );
  });

  it('is refused for agents, where only machines are excluded', () => {
    expect(
      seen('claims:\n  a: { value: user.email, kind: authoritative, when: subject_type != "machine" }'),
    ).toEqual(['TE207 error 4']);
  });

  it('is told at logins where no event has it', () => {
    const text = 'claims:\n  a: { value: session.acr, kind: descriptive, when: subject_type == "human" }';
    expect(seen(text)).toEqual(['TE804 info 4']);
  });
});

describe('attributes that users can change', () => {
  const userMetadata =
    'issuers: { auth0: { attributesIn: user_metadata } }\nuser: { attributes: { tier: string } }';

  it('grant nothing', () => {
    const value = 'value: user.attributes.tier, when: subject_type == "human"';
    expect(seen(`${userMetadata}\nclaims:\n  a: { ${value}, kind: authoritative }`)).toEqual([
      'TE210 error 6',
    ]);
    expect(seen(`${userMetadata}\nclaims:\n  a: { ${value}, kind: descriptive }`)).toEqual([]);
    const grant = 'grant: subject_type == "human" && "a" in user.groups';
    expect(seen(`${userMetadata}\nclaims: {}\nscopes:\n  a: { ${grant} }`)).toContain('TE210 error 7');
  });

  it('refuse nothing: a user would take the mark away', () => {
    const deny = 'deny:\n  - { when: user.attributes.tier == "barred", reason: barred }';
    const people = 'triggers: [post-login] } }';
    expect(seen(`${userMetadata.replace('} }', `, ${people}`)}\nclaims: {}\n${deny}`)).toEqual([
      'TE210 error 7',
    ]);
  });
});

describe('groups', () => {
  const text = `claims: {}\ndeny:\n  - { when: '"barred" in user.groups', reason: barred }\nissuers: { auth0: { triggers: [post-login]`;

  it('are not at Auth0: a policy that reads them should say where they are', () => {
    expect(findings(`${text} } }`)).toMatchObject([
      {
        rule: 'TE806',
        severity: 'warning',
        message:
          "Auth0's events have no groups: the deny rule `barred` reads `app_metadata.groups`, which is missing for a user without that attribute.",
      },
    ]);
    expect(findings(`${text}, groupsIn: teams } }`)).toEqual([]);
    const claim = 'claims:\n  a: { value: user.groups, kind: KIND, when: subject_type == "human" }';
    expect(seen(claim.replace('KIND', 'authoritative'))).toContain('TE806 warning 4');
    expect(seen(claim.replace('KIND', 'descriptive'))).toEqual([]);
  });
});

describe('what an Action cannot do', () => {
  it('is said of scopes', () => {
    const text = 'claims: {}\nscopes:\n  a: { grant: \'subject_type == "human"\', add: true }';
    expect(seen(text)).toEqual(['TE808 info 5']);
    expect(seen(text.replace('human', 'machine'))).toEqual(['TE808 info 5', 'TE809 warning 5']);
    const logins = '\nissuers: { auth0: { triggers: [post-login] } }';
    expect(seen(text + logins)).toEqual([]);
    const dynamic = `${text}\n  b.{id}: { grant: 'id in user.roles' }${logins}`;
    expect(seen(dynamic)).toEqual(['TE818 info 6']);
  });

  it.each([
    ['sql: { connection: "${DB}", query: select 1 }', ['TE814 error 5']],
    ['dynamodb: { table: t, region: eu-central-1, key: { pk: client.id } }', ['TE814 error 5']],
    ['http: { url: "https://s.example/", private: true }', ['TE814 error 5']],
    [
      'http: { url: "https://s.example/", auth: { aws: { region: eu-central-1, service: lambda } } }',
      ['TE814 error 5'],
    ],
    ['http: { url: "https://s.example/", private: false }', []],
  ])('an Action asks over HTTP alone, and on the internet: %s', (how, expected) => {
    expect(seen(`sources:\n  s:\n    ${how}\n    returns: {}\nclaims: {}`)).toEqual(expected);
  });

  it('is said of the lifetime and of authorization details', () => {
    expect(seen('lifetime: { access: 10m }\nclaims: {}')).toEqual(['TE805 info 3']);
    const details = 'authorizationDetails: { pay: { fields: { sum: int }, grant: detail.sum < 5 } }';
    expect(seen(`claims: {}\n${details}`)).toEqual(['TE817 info 4']);
  });
});

describe("Auth0's own APIs", () => {
  const own = (path: string) => `https://acme.eu.auth0.com/${path}`;

  it('take no claim of the Management API, and no bare name of the others', () => {
    const claim = (name: string, more: string) =>
      `claims:\n  ${name}: { const: 1, kind: descriptive, ${more} }`;
    expect(seen(claim('c', `audiences: [api, "${own('api/v2/')}"]`))).toEqual(['TE831 warning 4']);
    expect(seen(claim('c', `when: 'request.audience == "${own('api/v2/')}"'`))).toEqual(['TE831 warning 4']);
    expect(seen(claim('c', `audiences: ["${own('mfa/')}"]`))).toEqual(['TE831 warning 4']);
    expect(seen(claim('https://acme.example/c', `audiences: ["${own('mfa/')}"]`))).toEqual([]);
    expect(seen(claim('c', 'audiences: ["https://api.acme.example/api/v2/"]'))).toEqual([]);
  });
});

describe('the deadline', () => {
  const source = (name: string, timing: string) =>
    `  ${name}: { http: { url: "https://x.example/" }, returns: { v: string, ok: bool }, ${timing} }\n`;
  const reads = (name: string, more = '') => `  c_${name}: { value: ${name}.v, kind: descriptive${more} }\n`;

  it('takes sources that are asked together by the slowest', () => {
    const sources = source('a', 'timeout: 2s, retries: 2') + source('b', 'timeout: 7s');
    expect(seen(`sources:\n${sources}claims:\n${reads('a')}${reads('b')}`)).toEqual([]);
  });

  it('counts retries and back-off', () => {
    const sources = source('a', 'timeout: 2s, retries: 3');
    const [finding] = findings(`sources:\n${sources}claims:\n${reads('a')}`);
    expect(finding).toMatchObject({ rule: 'TE705', severity: 'error' });
    expect(finding?.message).toContain('8350 ms');
  });

  it('adds up sources that are asked one after the other', () => {
    const sources = source('a', 'timeout: 5s') + source('b', 'timeout: 5s');
    const claims = reads('a') + reads('b', ', when: a.ok');
    expect(seen(`sources:\n${sources}claims:\n${claims}`)).toEqual(['TE705 error 4']);
    const through = `${reads('a')}  on: { value: claims.c_a == "x", kind: descriptive }\n${reads('b', ', when: claims.on')}`;
    expect(seen(`sources:\n${sources}claims:\n${through}`)).toEqual(['TE705 error 4']);
  });
});

describe('what is kept', () => {
  it('is kept for a day at most', () => {
    const spec = (more: string) =>
      `sources:\n  s: { http: { url: "https://x.example/" }, returns: { v: string }, ${more} }\nclaims: { c: { value: s.v, kind: descriptive } }`;
    expect(seen(spec('cache: 1h, stale: 23h'))).toEqual([]);
    const each = spec('cache: 1h, stale: 1h').replace('x.example/', 'x.example/{client.id}');
    expect(seen(each)).toEqual(['TE827 warning 4']);
    expect(seen(spec('cache: 2h, stale: 23h'))).toEqual(['TE803 error 4']);
    expect(seen(spec('cache: 2d'))).toEqual(['TE803 error 4']);
  });
});

describe('secrets', () => {
  const headers = (names: readonly string[]) =>
    names.map((name) => `"x-${name.toLowerCase()}": "\${${name}}"`).join(', ');
  const withSecrets = (names: readonly string[]) =>
    seen(`sources:
  a: { http: { url: "https://x.example/", headers: { ${headers(names)} } }, returns: { v: string } }
claims: { c: { value: a.v, kind: descriptive } }`);

  it('are 30 at most, with names that fit', () => {
    const names = Array.from({ length: 31 }, (_, n) => `S${n}`);
    expect(withSecrets(names.slice(0, 30))).toEqual([]);
    expect(withSecrets(names)).toEqual(['TE803 error 4']);
  });
});
