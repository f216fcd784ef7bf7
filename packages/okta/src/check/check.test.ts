import { describe, expect, test } from 'vitest';
import { policyOf } from '../../test/policies.ts';
import { okta } from '../index.ts';

/** Whatever is found, there is a way out. */
function findings(text: string) {
  const found = okta.check(policyOf(text));
  for (const { message, help } of found) expect(help, message).toBeDefined();
  return found;
}

/** `rule severity line` of each finding, except for those that tell what nearly every policy comes with. */
function seen(text: string): string[] {
  return findings(text)
    .filter(({ message }) => !/^(Feeders |Access depends on)/.test(message))
    .map(({ rule, severity, range }) => `${rule} ${severity} ${range?.start.line}`);
}

const guarded = 'issuers: { okta: { guard: [sentinel] } }';
/** An authoritative claim that only the hook can make, with no feeder. */
const hooked = 'a: { value: session.id, kind: authoritative, when: subject_type == "human" }';

describe('claim names', () => {
  test('are namespaced where Okta keeps the bare name, and it says so', () => {
    const [finding, ...more] = findings(`namespace: https://acme.example/
claims:
  groups: { const: a, kind: descriptive }`);
    expect(finding).toMatchObject({ rule: 'TE102', severity: 'info', issuer: 'okta' });
    expect(finding?.range?.start.line).toBe(5);
    expect(finding?.message).toContain('https://acme.example/groups');
    expect(more).toEqual([]);
    expect(
      okta.names(policyOf('namespace: "urn:a:"\nclaims: { scp: { const: a, kind: descriptive } }')),
    ).toEqual({
      scp: 'urn:a:scp',
    });
  });

  test('groups is a name for a native claim, and for none of the hook', () => {
    const native = 'groups: { const: [a], kind: descriptive, tokens: [access, id] }';
    expect(seen(`claims:\n  ${native}`)).toEqual(['TE810 info 4']);
    // Another part of the policy may need the hook.
    const beside = `claims:\n  ${native}\n  b: { value: request.ip, kind: descriptive }`;
    expect(seen(beside)).toEqual(['TE810 info 4']);
    expect(seen('claims:\n  groups: { value: request.ip, kind: descriptive }')).toEqual(['TE102 error 4']);
  });

  test('groups of the user make a native claim, and an empty list is announced as left out', () => {
    const claim = (more: string) => `claims:\n  groups: { value: user.groups, kind: descriptive${more} }`;
    expect(seen(claim(''))).toEqual(['TE822 info 4', 'TE803 info 4']);
    const bound = findings(claim(', maxItems: 5')).find(({ severity }) => severity === 'error');
    expect(bound?.rule).toBe('TE102');
    expect(bound?.message).toContain('Only the hook can check its bound.');
    const named = `claims:
  groups: { value: 'user.groups.filter(g, g in ["a", "b"])', kind: descriptive, maxItems: 2 }`;
    expect(seen(named)).toEqual(['TE822 info 4']);
  });

  test('one name in two tokens is not a clash', () => {
    const spec = (tokens: string) => `claims:
  a: { const: 1, kind: descriptive }
  b: { const: 2, kind: descriptive, tokens: ${tokens}, as: { okta: a } }`;
    expect(seen(spec('[id]'))).toEqual(['TE810 info 5']);
    expect(seen(spec('[access, id]'))).toContain('TE102 error 5');
  });

  test.each(['scp', 'uid', 'cid', 'username', 'rpt'])('%s is refused in an access token', (name) => {
    expect(seen(`claims:\n  ${name}: { const: a, kind: descriptive }`)).toEqual(['TE102 error 4']);
    expect(seen(`claims:\n  a: { const: a, kind: descriptive, as: { okta: ${name} } }`)).toEqual([
      'TE102 error 4',
    ]);
  });

  test.each(['permissions', 'role', 'scopes', 'idp', 'purpose'])(
    '%s is refused in an ID token alone',
    (name) => {
      expect(seen(`claims:\n  ${name}: { const: a, kind: descriptive }`)).toEqual([]);
      for (const tokens of ['[id]', '[access, id]'])
        expect(seen(`claims:\n  ${name}: { const: a, kind: descriptive, tokens: ${tokens} }`)).toContain(
          'TE102 error 4',
        );
    },
  );

  test.each(['roles', 'entitlements', 'org_id', 'https://acme.example/groups'])('%s is free', (name) => {
    expect(seen(`claims:\n  "${name}": { const: a, kind: descriptive }`)).toEqual([]);
  });

  test('do not collide, with the policy marker neither', () => {
    expect(
      seen(`claims:
  a: { const: a, kind: descriptive }
  b: { const: a, kind: descriptive, as: { okta: a } }
  c: { const: a, kind: descriptive, as: { okta: policy } }`),
    ).toEqual(['TE102 error 5', 'TE102 error 6']);
    expect(seen('marker: groups\nclaims: { a: { const: a, kind: descriptive } }')).toEqual(['TE102 error 3']);
  });
});

describe('names of feeders', () => {
  test('are not names of claims', () => {
    expect(seen('claims: { cs_email: { const: a, kind: descriptive } }')).toEqual(['TE102 error 3']);
    expect(seen('claims: { a: { const: a, kind: descriptive, as: { okta: cs_a } } }')).toEqual([
      'TE102 error 3',
    ]);
    expect(seen('marker: cs_policy\nclaims: { a: { const: a, kind: descriptive } }')).toEqual([
      'TE102 error 3',
    ]);
    expect(seen('claims: { css: { const: a, kind: descriptive } }')).toEqual([]);
  });
});

describe('the group Everyone', () => {
  const human = 'subject_type == "human"';
  test.each([
    `claims:\n  a: { value: '"Everyone" in user.groups', kind: descriptive, when: ${human} }`,
    `claims:\n  a: { const: 1, kind: descriptive, when: '${human} && user.groups.exists(g, g == "Everyone")' }`,
    `claims: { a: { const: 1, kind: descriptive } }\ndeny:\n  - { when: '${human} && !("Everyone" in user.?groups.orValue([]))', reason: no }\n${guarded}`,
    `claims: { a: { const: 1, kind: descriptive } }\nscopes:\n  s: { grant: '${human} && "Everyone" in user.roles' }\n${guarded}`,
  ])('is never looked for: %s', (text) => {
    expect(seen(text).filter((line) => line.startsWith('TE828'))).toHaveLength(1);
  });

  test.each([
    `claims:\n  a: { value: '"everyone" in user.groups', kind: descriptive, when: ${human} }`,
    `claims:\n  a: { value: user.name == "Everyone", kind: descriptive, when: ${human} }`,
    `claims:\n  a: { value: user.groups, kind: descriptive, when: ${human}, onMissing: { default: [Everyone] } }`,
  ])('is nothing else: %s', (text) => {
    expect(seen(text).filter((line) => line.startsWith('TE828'))).toEqual([]);
  });
});

describe('the setting `groups`', () => {
  const spec = (groups: string, parts: string) => `${parts}
issuers: { okta: { guard: [sentinel], idTokens: false, groups: "${groups}" } }`;
  const severe = (text: string) =>
    findings(text)
      .filter(({ severity }) => severity !== 'info')
      .map(({ severity, message }) => `${severity}: ${message}`);
  const deny = (when: string) => `claims: {}\ndeny: [{ when: '${when}', reason: suspended }]`;
  const human = 'subject_type == "human" && ';

  test('lets all through that the policy looks for, or the policy is refused', () => {
    const rule = deny(`${human}"suspended" in user.groups`);
    expect(severe(spec('suspended|pay:.*', rule))).toEqual([]);
    expect(severe(spec('pay:.*', rule))).toEqual([
      'error: The deny rule `suspended` looks for the group `suspended`, but `groups` filters it out.',
    ]);
    const negative = deny(`${human}!user.groups.exists(g, g == "staff")`);
    expect(severe(spec('pay:.*', negative))[0]).toContain('error: The deny rule `suspended`');
    expect(severe(spec('pay:.*|Staff', negative))[0]).toContain('`staff`');
    expect(severe(spec('pay:.*|staff', negative))).toEqual([]);
  });

  test('lets all groups through that begin as the policy says', () => {
    const claim = `claims:
  a: { value: 'user.roles.filter(r, r.startsWith("pay:"))', kind: authoritative, when: subject_type == "human" }`;
    expect(severe(spec('pay:.*', claim))).toEqual([]);
    expect(severe(spec('p.*', claim))).toEqual([]);
    const broad = 'pay:[a-zA-Z0-9 ._:/€é-]*|x';
    for (const narrow of ['pay:[a-z]+', 'pay:(admin|viewer)', 'ship:.*', broad, 'pay:.{0,100}', 'pay:.+'])
      expect(severe(spec(narrow, claim))).toEqual([
        'error: The claim `a` looks for groups that begin with `pay:`, but `groups` may filter some of them out.',
      ]);
    const found = findings(spec('pay:.{0,100}', claim.replace('pay:', 'pay.')));
    expect(found.map(({ help }) => help).join()).toContain(
      String.raw`Add the alternative \`pay\..*\` to \`groups\``.replaceAll('\\`', '`'),
    );
  });

  test('is told to what it may matter where nothing says which groups do', () => {
    const all = `claims:
  a: { value: user.groups, kind: descriptive, as: { okta: teams }, when: subject_type == "human" }
${deny(`${human}user.groups.exists(g, g.endsWith(":banned"))`).split('\n')[1]}`;
    expect(severe(spec('pay:.*', all))).toEqual([
      'warning: The deny rule `suspended` and the claim `a` depend on all groups, but `groups` filters some of them out.',
    ]);
    expect(severe(spec('.*', all))).toEqual([]);
    expect(severe(all)).toEqual([
      expect.stringContaining('error: When Okta cannot call the hook'),
      expect.anything(),
    ]);
  });
});

test('fractions in what the hook answers are told', () => {
  const spec = (type: string, value = 'user.attributes.x') => `user: { attributes: { x: ${type} } }
claims:
  a: { value: ${value}, kind: authoritative, when: subject_type == "human" && session.id != "" }
${guarded}`;
  const told = (text: string) => findings(text).filter(({ message }) => message.includes('fraction'));
  for (const type of ['double', 'list(double)']) {
    const [finding] = told(spec(type));
    expect(finding).toMatchObject({ rule: 'TE830', severity: 'info' });
    expect(finding?.range?.start.line).toBe(5);
    expect(finding?.message).toContain('`a`');
  }
  for (const type of ['int', 'string', 'list(int)']) expect(told(spec(type))).toEqual([]);
  // Okta's own claims have them as they are.
  expect(told('claims: { a: { const: 1.5, kind: descriptive } }')).toEqual([]);
});

test.each([
  ['claims: { a: { value: actor.sub, kind: authoritative } }', 'TE804 error 3'],
  ['claims: { a: { value: "!has(actor.sub)", kind: authoritative } }', 'TE804 error 3'],
  ['claims: { a: { value: user.id, kind: authoritative, when: "!has(actor.sub)" } }', 'TE804 error 3'],
  ['claims: { a: { value: user.id, kind: authoritative, when: has(actor.sub) } }', 'TE804 warning 3'],
  ['claims: { a: { value: user.id, kind: descriptive, when: "!has(actor.sub)" } }', 'TE804 warning 3'],
  ['claims: {}\nscopes: { s: { grant: has(actor.sub) } }', 'TE804 warning 4'],
  ['claims: {}\nscopes: { s: { grant: "!has(actor.sub)" } }', 'TE804 error 4'],
  ['claims: {}\ndeny: [{ when: has(actor.sub), reason: no }]', 'TE804 error 4'],
  ['claims: { a: { value: user.id, kind: authoritative } }', 'TE839 error 4'],
  ['claims: { a: { value: user.id, kind: descriptive, delegated: false } }', 'TE839 error 4'],
  ['claims: {}\nscopes: { s: { grant: user.id == "u" } }', 'TE839 error 5'],
  ['claims: { a: { value: user.id, kind: authoritative, delegated: true } }', undefined],
  [`claims: { a: { value: client.id, kind: authoritative, when: 'subject_type == "machine"' } }`, undefined],
])('where Okta exchanges tokens, it does not say who acts: %s', (spec, expected) => {
  const about = (text: string) => seen(text).filter((line) => /TE207|TE804|TE839/.test(line));
  expect(about(`${spec}\nissuers: { okta: { exchange: true } }`)).toEqual([expected ?? []].flat());
});

test.each([
  ['value: user.id, kind: authoritative', [], []],
  // Whoever keeps something from delegated tokens counts on them.
  ['value: user.id, kind: authoritative, delegated: false', ['TE839 error 1'], []],
  ['value: user.id, kind: authoritative, when: "!has(actor.sub)"', ['TE804 error 3'], []],
  ['value: actor.sub, kind: descriptive, when: has(actor.sub)', ['TE804 warning 3'], []],
  ['value: actor.sub, kind: authoritative', ['TE804 error 3'], ['TE207 error 3']],
])('where nothing says whether Okta exchanges tokens, and where it does not: %s', (claim, unsaid, none) => {
  const about = (settings: string) =>
    seen(`claims: { a: { ${claim} } }${settings}`).filter((line) => /TE207|TE804|TE839/.test(line));
  expect(about('')).toEqual(unsaid);
  expect(about('\nissuers: { okta: { exchange: false } }')).toEqual(none);
});

describe('what Okta does not supply', () => {
  test('is told, with the way to supply it where there is one', () => {
    const [finding, ...more] = findings('claims:\n  a: { value: org.id, kind: descriptive }');
    expect(finding).toMatchObject({ rule: 'TE804', severity: 'info', range: { start: { line: 4 } } });
    expect(finding?.help).toContain('supply: { org.id: user.<attribute> }');
    expect(more).toEqual([]);
  });

  test.each(['session.acr', 'user.email_verified', 'request.acr_values', 'client.metadata["a"]'])(
    '%s',
    (field) => {
      expect(seen(`claims:\n  a:\n    kind: descriptive\n    value: ${field}`)).toContain('TE804 info 6');
    },
  );

  test('is supplied by the settings', () => {
    const claim = 'claims: { a: { value: org.id, kind: descriptive, when: subject_type == "human" } }';
    expect(seen(`${claim}\nissuers: { okta: { supply: { org.id: user.organization } } }`)).toEqual([]);
    const always = 'claims:\n  a: { value: org.id, kind: descriptive }\n';
    expect(seen(`${always}issuers: { okta: { supply: { org.id: user.organization } } }`)).toEqual([
      'TE804 info 4',
    ]);
    expect(seen(`${always}issuers: { okta: { supply: { org.id: app.profile.org } } }`)).toEqual([]);
    expect(seen(`${always}issuers: { okta: { supply: { org.id: [user.org, app.profile.org] } } }`)).toEqual(
      [],
    );
  });

  test('is a single field of metadata, which the spec declares', () => {
    const spec = (supply: string) =>
      `client: { metadata: { tier: string, plan: string } }\nclaims:\n  a: { value: client.metadata.tier, kind: descriptive }\nissuers: { okta: { supply: { ${supply} } } }`;
    expect(seen(spec('client.metadata.tier: app.profile.tier'))).toEqual([]);
    const [finding] = findings(spec('client.metadata.plan: app.profile.plan'));
    expect(finding?.help).toContain('supply: { client.metadata.tier: app.profile.<property> }');
    expect(seen(spec('client.metadata.tir: app.profile.tier, client.metadata: app.profile.all'))).toEqual([
      'TE002 error 6',
    ]);
    expect(seen(spec('client.metadata.tier: app.profile.tier, client.metadata: app.profile.all'))).toEqual([
      'TE815 error 6',
    ]);
  });

  test('is an attribute at the place that the spec says', () => {
    const spec = (place: string, supply = '') =>
      `user: { attributes: { plan: { type: string, in: { okta: ${place} } } } }\nclaims: { c: { value: user.attributes.plan, kind: descriptive, when: subject_type == "human" } }\nissuers: { okta: { supply: { ${supply} } } }`;
    for (const place of ['planCode', 'user.planCode', 'appuser.plan', 'app.profile.plan'])
      expect(seen(spec(place))).toEqual([]);
    for (const place of ['plan-code', 'profile.plan', 'user.a.b', '1x', 'user.'])
      expect(seen(spec(place))).toEqual(['TE815 error 3']);
    expect(seen(spec('planCode', 'user.attributes.plan: user.plan'))).toEqual(['TE815 error 3']);
  });

  test('is not supplied for an attribute that nobody declares', () => {
    const [finding, ...more] = findings(`user: { attributes: { country: string } }
claims: { c: { value: user.attributes.country, kind: descriptive, when: subject_type == "human" } }
issuers: { okta: { supply: { user.attributes.contry: user.land } } }`);
    expect(finding).toMatchObject({ rule: 'TE002', severity: 'error', range: { start: { line: 5 } } });
    expect(finding?.help).toContain('user.attributes.country');
    expect(more).toEqual([]);
  });

  test('is a user, with client credentials', () => {
    expect(
      seen(`claims:
  a: { value: user.email, kind: authoritative, subjects: [human, machine] }
  b: { value: user.email, kind: descriptive }
  c: { value: session.id, kind: descriptive, onMissing: deny, subjects: [machine] }
  d: { value: user.email, kind: descriptive, subjects: [human, machine] }
deny:
  - { when: user.email == "x", reason: no, subjects: [human, machine] }
  - { when: user.email == "y", reason: no }
scopes:
  read: { grant: has(user.email) }
${guarded}`).filter((line) => line.startsWith('TE207')),
    ).toEqual(['TE207 error 9', 'TE207 error 4', 'TE207 error 6', 'TE207 info 7']);
  });

  test.each(['map(string)', 'dyn', 'list(list(string))', 'list(bool)', '{ city: string }'])(
    'is an attribute of type %s',
    (type) => {
      const read = type.startsWith('{')
        ? 'user.attributes.a.city'
        : 'string(user.attributes.a == user.attributes.a)';
      expect(
        seen(`user: { attributes: { a: ${type} } }
claims: { c: { value: '${read}', kind: descriptive, when: subject_type == "human" } }`),
      ).toContain('TE815 error 3');
    },
  );

  test('is not a list in the profile of an app, where one text looks like a list of it', () => {
    const spec = (place: string) => `user: { attributes: { tags: list(string) } }
claims: { c: { value: user.attributes.tags, kind: descriptive, when: subject_type == "human" } }
issuers: { okta: { supply: { user.attributes.tags: ${place} } } }`;
    expect(seen(spec('[user.tags, app.profile.tags]'))).toEqual(['TE815 error 3']);
    expect(seen(spec('[user.tags, appuser.tags]'))).toEqual([]);
  });

  test('is what users could write, where authority rests on it', () => {
    const message = (settings: string) =>
      findings(`user: { attributes: { a: string, b: string, c: string, d: bool } }
claims:
  a: { value: user.attributes.a, kind: authoritative, when: subject_type == "human" }
  b: { value: user.attributes.b, kind: descriptive, when: subject_type == "human" }
  c: { value: claims.a, kind: authoritative, when: 'subject_type == "human" && has(claims.a)' }
  d: { value: org.id, kind: authoritative }
deny: [{ when: subject_type == "human" && user.attributes.d, reason: no }]
issuers: { okta: { guard: [sentinel], ${settings} } }`).find(({ rule }) => rule === 'TE210')?.message;
    expect(message('supply: { org.id: [appuser.org, app.profile.org] }')).toContain(
      'depends on what Okta stores in `appuser.org`, `user.a`, `user.d`: users',
    );
    expect(
      message(
        'supply: { user.attributes.a: app.profile.a, user.attributes.d: app.profile.d, org.id: app.profile.o }',
      ),
    ).toBeUndefined();
  });

  test('is an attribute whose name has a dot', () => {
    expect(
      seen(`user: { attributes: { "a.b": string } }
claims: { c: { value: 'user.attributes["a.b"]', kind: descriptive, when: subject_type == "human" } }
issuers: { okta: { supply: { user.attributes.a.b: user.ab } } }`),
    ).toEqual(['TE815 error 3']);
  });

  test('is an attribute that no attribute of Okta can be called', () => {
    const spec = `user: { attributes: { cost-center: string } }
claims: { c: { value: 'user.attributes["cost-center"]', kind: descriptive, when: subject_type == "human" } }\n`;
    expect(seen(spec)).toEqual(['TE815 error 3']);
    expect(
      seen(`${spec}issuers: { okta: { supply: { user.attributes.cost-center: user.costCenter } } }`),
    ).toEqual([]);
  });
});

describe('a hook that cannot be called', () => {
  const parts = [
    `claims: { ${hooked} }`,
    `claims: {}\ndeny: [{ when: request.ip == "192.0.2.1", reason: no }]`,
    `claims: {}\nscopes: { read: { grant: has(client.name) } }`,
  ];
  test.each(parts)('needs a guard: %s', (text) => {
    expect(seen(`issuers: { okta: {} }\n${text}`)).toContain('TE704 error 3');
    for (const guard of ['sentinel', 'sentinel, quarantine', 'short_life']) {
      const issuer = `issuers: { okta: { audience: api, guard: [${guard}] } }`;
      expect(seen(`lifetime: { access: 10m }\n${text}\n${issuer}`).join()).not.toContain('TE704 error');
    }
  });

  test.each(parts)('is told at a place, though the spec says nothing of Okta: %s', (text) => {
    const [finding] = findings(text).filter(({ rule, severity }) => rule === 'TE704' && severity === 'error');
    const { start, end } = finding?.range ?? {};
    expect(start?.line).toBe(text.split('\n').length + 2);
    expect(end?.line).toBe(start?.line);
    expect((end?.offset ?? 0) - (start?.offset ?? 0)).toBeLessThan(60);
  });

  test('leaves ID tokens as they are, which is told where the policy refuses somebody', () => {
    const [claim, deny, scope] = parts;
    const issuer = (more: string) => `issuers: { okta: { guard: [sentinel]${more} } }`;
    expect(seen(`${claim}\n${issuer('')}`)).toEqual([]);
    expect(seen(`${deny}\n${issuer('')}`)).toEqual(['TE704 warning 5']);
    expect(seen(`${scope}\n${issuer('')}`)).toContain('TE704 warning 5');
    for (const text of [deny, scope])
      expect(seen(`${text}\n${issuer(', idTokens: false')}`).join()).not.toContain('TE704');
  });

  test('is in no ID token that there is not', () => {
    const spec = `claims: { a: { value: session.id, kind: descriptive, tokens: [id], when: subject_type == "human" } }
issuers: { okta: { idTokens: false } }`;
    expect(seen(spec)).toContain('TE704 error 4');
  });

  test('needs none where nobody grants on what it says', () => {
    expect(seen('claims: { a: { value: client.name, kind: descriptive } }')).toEqual([]);
  });

  test('needs none where Okta makes all claims itself', () => {
    const native = 'claims: { a: { value: client.id, kind: authoritative } }\n';
    expect(seen(native)).toEqual([]);
    expect(seen(`${native}${guarded}`)).toEqual(['TE704 info 4']);
  });

  test.each([
    ['marker: false', 'guard: [sentinel]', 'error 5'],
    ['', 'guard: [quarantine]', 'error 4'],
    ['', 'guard: [short_life]', 'warning 4'],
  ])('is guarded by what works: %s %s', (more, settings, expected) => {
    expect(seen(`claims: { ${hooked} }\nissuers: { okta: { ${settings} } }\n${more}`)).toEqual([
      `TE704 ${expected}`,
    ]);
  });
});

describe('the hook', () => {
  const source = (timeout: string, retries: number) => `sources:
  s: { http: { url: https://s.example/ }, returns: { a: string }, timeout: ${timeout}, retries: ${retries} }
claims:
  a: { value: s.a, kind: authoritative }\n`;

  test('answers in time with all retries, or the spec is refused', () => {
    expect(seen(`${source('1800ms', 0)}${guarded}`)).toEqual([]);
    expect(seen(`${source('2s', 0)}${guarded}`)).toEqual(['TE705 error 4']);
    expect(seen(`${source('800ms', 2)}${guarded}`)).toEqual(['TE705 error 4']);
    const oauth = 'hook: { auth: oauth, authorizationServer: other }';
    expect(seen(`${source('1400ms', 0)}issuers: { okta: { guard: [sentinel], ${oauth} } }`)).toEqual([]);
    expect(seen(`${source('1500ms', 0)}issuers: { okta: { guard: [sentinel], ${oauth} } }`)).toEqual([
      'TE705 error 4',
    ]);
  });

  test('counts sources that wait for each other one after the other', () => {
    const spec = (when: string) => `sources:
  s: { http: { url: https://s.example/ }, returns: { a: string }, timeout: 1s }
  t: { http: { url: https://t.example/ }, returns: { a: string }, timeout: 1s }
claims:
  a: { value: s.a, kind: authoritative }
  b: { value: t.a, kind: authoritative, when: '${when}' }
${guarded}`;
    expect(seen(spec('true'))).toEqual([]);
    expect(seen(spec('s.a == "x"'))).toEqual(['TE705 error 4']);
    expect(seen(spec('claims.a == "x"'))).toEqual(['TE705 error 4']);
  });

  test('has the deadline that is left of three seconds', () => {
    const spec = (hook: string) =>
      `claims: { ${hooked} }\nissuers: { okta: { guard: [sentinel], hook: ${hook} } }`;
    expect(seen(spec('{ deadline: 2s }'))).toEqual([]);
    expect(seen(spec('{ deadline: 2001ms }'))).toEqual(['TE705 error 4']);
    expect(seen(spec('{ auth: oauth, authorizationServer: other, deadline: 1600ms }'))).toEqual([
      'TE705 error 4',
    ]);
  });

  test('is not secured by the authorization server that calls it', () => {
    const spec = (hook: string) =>
      `claims: { ${hooked} }\nissuers: { okta: { authorizationServer: Pay, guard: [sentinel], hook: { auth: oauth${hook} } } }`;
    expect(seen(spec(', authorizationServer: other'))).toEqual([]);
    expect(seen(spec(', authorizationServer: pay'))).toEqual(['TE829 error 4']);
    expect(seen(spec(''))).toEqual(['TE829 error 4']);
  });

  test('is fed by native claims, and it says which', () => {
    const all = findings(`claims:
  a: { value: user.email, kind: authoritative, when: subject_type == "human" }
  b: { value: 'user.roles.filter(r, r.startsWith("x"))', kind: authoritative, when: subject_type == "human" }
${guarded}`);
    expect(all.map(({ rule, severity, range }) => `${rule} ${severity} ${range?.start.line}`)).toEqual([
      'TE210 info 6',
      'TE807 info 6',
      'TE803 info 6',
    ]);
    expect(all[0]?.message).toContain('Access depends on what Okta stores in `user.email`:');
    expect(all[1]?.message).toContain('`user.email`, `user.roles`');
    expect(all[2]?.message).toContain('^(Everyone|x[\\s\\S]*)$');
  });

  test('is not fed what does not fit', () => {
    const places = Array.from({ length: 5 }, (_, i) => `user.${'a'.repeat(119)}${i}`);
    const text = `user: { attributes: { much: string } }
claims:
  a: { value: user.attributes.much, kind: authoritative, when: subject_type == "human" }
issuers: { okta: { guard: [sentinel], supply: { user.attributes.much: [${places.join(', ')}] } } }`;
    const [finding] = findings(text).filter(({ severity }) => severity === 'error');
    expect(finding).toMatchObject({ rule: 'TE803', message: expect.stringContaining('`cs_much_') });
  });
});

describe('scopes, details and lifetimes', () => {
  test('are what Okta can do, and it says what it cannot', () => {
    expect(
      seen(`claims: {}
lifetime: { access: 10m }
scopes:
  read: { grant: has(client.name) }
  write: { grant: has(client.name), add: true }
  file.{id}: { grant: id == "a" }
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount < 5.0 }
${guarded}`),
    ).toEqual(['TE808 info 6', 'TE809 error 7', 'TE816 warning 8', 'TE811 info 10', 'TE704 warning 11']);
  });

  test.each([
    ['4m', 1],
    ['5m', 0],
    ['1d', 0],
    ['25h', 1],
    ['301000ms', 0],
    ['301s', 0],
  ])('a lifetime of %s', (lifetime, errors) => {
    const all = findings(
      `lifetime: { access: ${lifetime} }\nclaims: { a: { value: client.id, kind: authoritative } }`,
    );
    expect(all.filter(({ severity }) => severity === 'error')).toHaveLength(errors);
  });

  test('a claim for other audiences is told to be in no token', () => {
    const spec = (audience: string) => `claims:
  a: { value: client.id, kind: authoritative, audiences: [https://a.example, https://b.example] }
issuers: { okta: { audience: ${audience} } }`;
    expect(seen(spec('https://b.example'))).toEqual([]);
    expect(seen(spec('https://c.example'))).toEqual(['TE831 info 4']);
  });

  test('an ID token is made for openid alone', () => {
    expect(seen('claims: { a: { const: x, kind: descriptive, tokens: [id] } }')).toEqual(['TE810 info 3']);
  });
});

describe('what is said of agents, which Okta does not tell', () => {
  const agents = (spec: string) =>
    findings(spec).filter(({ about }) => about?.fields.includes('subject_type') === true);

  test.each([
    [
      `deny: [{ when: 'subject_type == "agent"', reason: no_agents }]\nclaims: {}`,
      'error',
      'does not deny agents at Okta',
    ],
    [
      `claims: {}\nscopes: { pay: { grant: 'subject_type != "agent"' } }`,
      'error',
      'is also true for agents at Okta',
    ],
    [
      `claims: {}\nscopes: { pay: { subjects: { human: 'true', agent: 'false' } } }`,
      'error',
      'is also true for agents',
    ],
    [
      `claims: { a: { const: x, kind: descriptive, when: 'subject_type in ["agent"]' } }`,
      'warning',
      'does not recognize agents at Okta',
    ],
  ])('%s', (spec, severity, message) => {
    const [finding, ...more] = agents(spec);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule: 'TE804', severity, message: expect.stringContaining(message) });
  });

  test.each([
    `deny: [{ when: 'subject_type != "human"', reason: people_only }]\nclaims: {}`,
    `claims: {}\nscopes: { pay: { grant: 'subject_type == "human"' } }`,
    `deny: [{ when: 'subject_type in ["human", "machine", "agent"]', reason: nobody }]\nclaims: {}`,
  ])('is nothing in %s', (spec) => {
    expect(agents(spec)).toEqual([]);
  });

  test('is one note about the parts that do not name agents, if another part does', () => {
    const others = `claims:
  roles: { value: user.roles, kind: authoritative, onMissing: deny }
  tenant: { value: user.id, kind: descriptive, subjects: [human, agent] }
scopes: { pay: { grant: '"payer" in user.roles' } }`;
    const notes = findings(others).filter(({ severity, rule }) => rule === 'TE804' && severity === 'info');
    expect(notes.map(({ message, range }) => [range?.start.line, message])).toEqual([
      [
        expect.any(Number),
        'The issuer does not recognize agents: an agent counts as a person. These parts are not for agents, and apply to them there: the claim `roles`, the scope `pay`.',
      ],
    ]);
    const unnamed = others.replace(', subjects: [human, agent]', '');
    expect(findings(unnamed).filter(({ message }) => message.includes('recognize agents'))).toEqual([]);
  });
});
