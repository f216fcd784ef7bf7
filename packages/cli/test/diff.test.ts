import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const spec = `version: 1
name: shop
namespace: https://shop.example/
lifetime: { access: 10m }
user: { attributes: { plan: string } }
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 3, consumers: [orders-api], subjects: [human] }
  plan: { value: user.attributes.plan, kind: descriptive, onMissing: { default: free } }
scopes:
  orders.write: { grant: '"clerk" in user.roles' }
deny:
  - { when: user.attributes.?plan.orValue("") == "closed", reason: closed }
issuers: { auth0: { clients: all }, cognito: { clients: all, supply: { user.roles: groups } } }
`;
const scenarios = `context: { subject_type: human, request: { scopes: [openid, orders.write] } }
scenarios:
  - { name: a clerk, context: { user: { roles: [clerk], attributes: { plan: gold } } } }
  - { name: a guest, context: { user: { roles: [], attributes: { plan: gold } } } }
  - { name: a closed account, context: { user: { roles: [clerk], attributes: { plan: closed } } } }
`;

let root: string;
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false', ...args], {
    cwd: root,
    stdio: 'pipe',
  }).toString();
const at = (path: string) => join(root, path);
const change = (from: string | RegExp, to: string) => {
  const text = readFileSync(at('shop/enrichment.yaml'), 'utf8');
  expect(text).toMatch(from);
  writeFileSync(
    at('shop/enrichment.yaml'),
    text.replace(from, () => to),
  );
};

beforeEach(() => {
  root = scratchFolder({});
  mkdirSync(at('shop/scenarios'), { recursive: true });
  writeFileSync(at('shop/enrichment.yaml'), spec);
  writeFileSync(at('shop/scenarios/all.yaml'), scenarios);
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
});

async function diffOf(...args: readonly string[]) {
  const { code, out, err } = await claimsmith(root, 'diff', 'main', 'shop', '--json', ...args);
  return { code, err, ...(out === '' ? {} : JSON.parse(out)) };
}

describe('decisions of Cedar', () => {
  const schema = `namespace Shop {
  entity User; entity Order = { open: Bool };
  action Pay appliesTo { principal: User, resource: Order, context: { token: Token } };
}
`;
  const policies = `permit (principal, action, resource) when { context.token has jobs && context.token.jobs.contains("clerk") };
forbid (principal, action, resource) unless { resource.open };
`;
  const decide = `entities:
  Order::"open": { attrs: { open: true } }
  Order::"shut": { attrs: { open: false } }
context: { subject_type: human, request: { scopes: [openid] } }
scenarios:
  - name: a clerk
    context: { user: { roles: [clerk], attributes: { plan: gold } } }
    decisions:
      - { action: Pay, resource: Order::"open", allow: true }
      - { action: Pay, resource: Order::"shut", allow: false }
  - name: a guest
    context: { user: { roles: [guest], attributes: { plan: gold } } }
    decisions: [{ action: Pay, resource: Order::"open", allow: false }]
`;
  const write = (path: string, text: string) => writeFileSync(at(path), text);

  beforeEach(() => {
    mkdirSync(at('shop/cedar'));
    write('shop/enrichment.yaml', spec.replace(/^namespace.*\n/m, 'cedar: {}\n'));
    change('roles: {', 'roles: { as: { auth0: jobs, cognito: jobs },');
    write('shop/cedar/shop.cedarschema', schema);
    write('shop/cedar/shop.cedar', policies);
    write('shop/scenarios/all.yaml', decide);
    git('add', '-A');
    git('commit', '-q', '-m', 'with Cedar');
  });
  const cedar = (from: string, to: string) => {
    const text = readFileSync(at('shop/cedar/shop.cedar'), 'utf8');
    expect(text).toContain(from);
    write('shop/cedar/shop.cedar', text.replace(from, to));
  };
  const part = 'cedar["shop.cedar"]';
  const wider = (found: { readonly decisions: readonly Record<string, unknown>[] }) =>
    found.decisions
      .filter(({ effect }) => effect === 'wider')
      .map(({ scenario, where, differences }) => [scenario, where, differences]);

  test('nothing has changed but the layout', async () => {
    cedar(
      'permit (principal, action, resource) when',
      '// Clerks.\npermit (\n  principal, action, resource\n)\nwhen',
    );
    expect(await diffOf()).toMatchObject({ code: 0, risk: 'same', changes: [] });
  });

  test('a policy that allows more is wider, and can be allowed', async () => {
    cedar('contains("clerk")', 'containsAny(["clerk", "guest"])');
    const found = await diffOf();
    expect(found).toMatchObject({ code: 2, risk: 'wider', wider: [{ part, isAllowed: false }] });
    const differences = [{ at: 'decision Pay Order::"open"', expected: 'deny', actual: 'allow' }];
    expect(wider(found)).toEqual([
      ['a guest', 'auth0', differences],
      ['a guest', 'cognito', differences],
    ]);
    expect((await diffOf('--allow-wider', part)).code).toBe(0);
  });

  test('a policy that forbids, gone', async () => {
    cedar('forbid (principal, action, resource) unless { resource.open };', '');
    expect(await diffOf()).toMatchObject({ code: 2, risk: 'wider', wider: [{ part, isAllowed: false }] });
  });

  test.each([
    [
      'one more that permits, and that nobody tries',
      'permit (principal == Shop::User::"root", action, resource);',
      'wider',
      2,
    ],
    [
      'one more that forbids',
      'forbid (principal == Shop::User::"mallory", action, resource);',
      'narrower',
      0,
    ],
  ])('%s', async (_, more, risk, code) => {
    cedar('permit', `${more}\npermit`);
    expect(await diffOf()).toMatchObject({ code, risk, changes: [{ part, kind: 'added' }] });
  });

  test('one in place of another, which no decision shows', async () => {
    cedar('contains("clerk")', 'containsAny(["clerk", "boss"])');
    expect(await diffOf()).toMatchObject({ code: 0, risk: 'unknown', unknown: [part] });
  });

  test('a descriptive claim by which Cedar allows more is wider', async () => {
    cedar(
      'forbid',
      'permit (principal, action, resource) when { context.token has plan && context.token.plan == "free" };\nforbid',
    );
    git('commit', '-qam', 'by plan');
    change('value: user.attributes.plan', 'const: free');
    change(', onMissing: { default: free }', '');
    expect(await diffOf()).toMatchObject({
      code: 2,
      risk: 'wider',
      wider: [{ part: 'claims.plan', isAllowed: false }],
    });
  });

  test('another schema is not proven, and files that are new neither', async () => {
    write('shop/cedar/shop.cedarschema', schema.replace('open: Bool', 'open: Bool, "rush"?: Bool'));
    expect(await diffOf()).toMatchObject({ risk: 'unknown', unknown: ['cedar["shop.cedarschema"]'] });
    expect(await diffOf('--strict')).toMatchObject({ code: 2 });
    const { out } = await claimsmith(root, 'diff', 'main~1', 'shop', '--json');
    expect(JSON.parse(out).unknown).toContain('cedar');
  });

  test('policies of a commit that have errors', async () => {
    cedar('resource.open', 'resource.opened');
    git('commit', '-qam', 'broken');
    cedar('resource.opened', 'resource.open');
    const { code, err } = await claimsmith(root, 'diff', 'HEAD', 'shop');
    expect([code, err]).toEqual([1, expect.stringContaining('the spec of HEAD has errors')]);
  });
});

describe('what services look up', () => {
  const looking = `version: 1
name: shop
sources:
  bank:
    http: { url: "https://bank.shop.example/{user.id}" }
    returns: { left: int, locked: bool }
tables: { factors: { web: 1 } }
claims:
  jobs: { value: user.roles, kind: authoritative, subjects: [human] }
  left: { value: 'tables.factors[client.id] * bank.left', kind: authoritative, resolve: request, subjects: [human] }
deny:
  - { when: '["web"].exists(c, c == client.id) && bank.locked', subjects: [human], reason: locked }
issuers: { auth0: { clients: all } }
`;
  const tried = `context: { client: { id: web }, user: { roles: [] } }
sources: { bank: { left: 5, locked: false } }
scenarios:
  - name: spent later
    later: { bank: { left: 2, locked: false } }
  - name: locked later
    later: { bank: { left: 2, locked: true } }
`;
  beforeEach(() => {
    writeFileSync(at('shop/enrichment.yaml'), looking);
    writeFileSync(at('shop/scenarios/all.yaml'), tried);
    git('commit', '-qam', 'looks up');
  });

  test('is compared where a table makes it another', async () => {
    change('web: 1', 'web: 2');
    const found = await diffOf();
    expect(found).toMatchObject({ code: 2, wider: [{ part: 'claims.left', isAllowed: false }] });
    expect(found.decisions[0]).toMatchObject({
      scenario: 'spent later',
      where: 'policy',
      effect: 'changed',
      differences: [{ at: 'lookups.left', expected: 2, actual: 4 }],
    });
  });

  test('is narrower or wider where it is refused on one side', async () => {
    change('web: 1', 'other: 1');
    const found = await diffOf();
    expect(found.decisions[0]).toMatchObject({
      effect: 'narrower',
      differences: [{ at: 'lookups.left', expected: 2, actual: { denied: 'missing' } }],
    });
    git('commit', '-qam', 'refused');
    change('other: 1', 'web: 1');
    expect(await claimsmith(root, 'diff', 'HEAD', 'shop')).toMatchObject({
      code: 2,
      out: expect.stringContaining('`claims.left`'),
    });
  });

  test('a deny rule that denies later, too', async () => {
    change('["web"]', '["shop"]');
    const found = await diffOf();
    expect(found).toMatchObject({ code: 2, risk: 'wider', wider: [{ part: 'deny.locked' }] });
    expect(
      found.decisions
        .filter(({ effect }: { effect: string }) => effect === 'wider')
        .map(({ scenario }: { scenario: string }) => scenario),
    ).toEqual(['locked later (later)', 'locked later (later)']);
  });
});

describe('claimsmith diff', () => {
  test('nothing has changed', async () => {
    change('version: 1', '# a comment\nversion: 1');
    expect(await diffOf()).toMatchObject({ code: 0, risk: 'same', changes: [] });
  });

  test('a grant that reads less is wider, as a scenario shows at every issuer; it can be allowed', async () => {
    change(`'"clerk" in user.roles'`, `'"clerk" in user.roles || user.roles == []'`);
    const found = await diffOf();
    expect(found).toMatchObject({
      code: 2,
      risk: 'wider',
      wider: [{ part: 'scopes["orders.write"]', isAllowed: false }],
    });
    expect(
      found.decisions
        .filter(({ effect }: { effect: string }) => effect === 'wider')
        .map(({ scenario, where }: { scenario: string; where: string }) => [scenario, where]),
    ).toEqual([
      ['a guest', 'policy'],
      ['a guest', 'auth0'],
      ['a guest', 'cognito'],
    ]);
    expect((await diffOf('--allow-wider', 'scopes["orders.write"]')).code).toBe(0);
    expect(await diffOf('--allow-wider', 'claims.roles')).toMatchObject({
      code: 64,
      err: expect.stringContaining('nothing has changed there'),
    });
  });

  test('as Markdown for a pull request', async () => {
    change('maxItems: 3', 'maxItems: 5');
    change(/^deny:\n.*\n/m, '');
    change(
      'kind: descriptive, onMissing: { default: free }',
      'kind: authoritative, as: { auth0: plan | <b> }'.replace(' | <b>', '_tier'),
    );
    const { code, out } = await claimsmith(root, 'diff', 'main', 'shop');
    expect(code).toBe(2);
    await expect(out).toMatchFileSnapshot('golden/diff.md.txt');
  });

  test.each([
    ['a deny rule more', ['deny:\n', 'deny:\n  - { when: client.id == "x", reason: no_x }\n'], 'narrower'],
    [
      'a stricter grant',
      [`'"clerk" in user.roles'`, `'"clerk" in user.roles && user.email_verified'`],
      'narrower',
    ],
    ['a shorter list', ['maxItems: 3', 'maxItems: 2'], 'narrower'],
    ['a shorter life', ['access: 10m', 'access: 5m'], 'narrower'],
    ['a longer life', ['access: 10m', 'access: 20m'], 'wider'],
    ['a longer list', ['maxItems: 3', 'maxItems: 4'], 'wider'],
    ['a deny rule that no scenario shows, gone', [/deny:\n.*\n/, 'deny: []\n'], 'wider'],
    // It looks stricter, and grants everybody the scope: `&&` binds before `||`.
    [
      'an or behind it',
      [`'"clerk" in user.roles'`, `'"clerk" in user.roles && false || user.email_verified'`],
      'unknown',
    ],
    // Without the claim, nobody is denied for lack of it.
    ['a claim that denied, gone', [/ {2}roles: .*\n/, ''], 'unknown'],
    ['another owner', ['consumers: [orders-api]', 'consumers: [orders-api], owner: sales'], 'same'],
    ['a descriptive text', ['default: free', 'default: none'], 'same'],
  ] as const)('%s', async (_, [from, to], risk) => {
    change(from, to);
    expect((await diffOf()).risk).toBe(risk);
  });

  test('another authoritative value may grant more', async () => {
    change('value: user.roles,', 'value: "user.roles.map(r, r + \'!\')",');
    expect(await diffOf()).toMatchObject({
      code: 2,
      risk: 'unknown',
      wider: [{ part: 'claims.roles', isAllowed: false }],
    });
    expect((await diffOf('--strict', '--allow-wider', 'claims.roles')).code).toBe(2);
  });

  test('a renamed claim, and the scenarios of both sides', async () => {
    change('  roles:', '  groups:');
    rmSync(at('shop/scenarios'), { recursive: true });
    const found = await diffOf();
    expect(found.changes).toEqual([
      expect.objectContaining({ kind: 'renamed', part: 'claims.groups', consumers: ['orders-api'] }),
    ]);
    expect(new Set(found.decisions.map(({ scenario }: { scenario: string }) => scenario))).toEqual(
      new Set(['a clerk', 'a guest', 'a closed account']),
    );
  });

  test('a spec that has moved is found', async () => {
    renameSync(at('shop'), at('store'));
    git('add', '-A');
    const { code, out } = await claimsmith(root, 'diff', 'main', 'store');
    expect([code, out]).toEqual([0, expect.stringContaining('main:shop/enrichment.yaml')]);
  });

  test('says which issuers only one of the specs is for', async () => {
    change(
      'cognito: { clients: all, supply: { user.roles: groups } } }',
      'keycloak: { scripts: true, audience: https://a.shop.example/ } }',
    );
    const found = await diffOf();
    expect(found.issuers).toEqual({ gone: ['cognito'], come: ['keycloak'] });
    expect(found.changes.map(({ part, kind }: { part: string; kind: string }) => [part, kind])).toEqual([
      ['issuers.cognito', 'removed'],
      ['issuers.keycloak', 'added'],
    ]);
    expect(new Set(found.decisions.map(({ where }: { where: string }) => where))).toEqual(
      new Set(['policy', 'auth0']),
    );
    const { out } = await claimsmith(root, 'diff', 'main', 'shop');
    expect(out).toContain('New issuers: `keycloak`. There are no tokens of the spec before to compare with.');
    expect(out).toContain('Only the spec before is for `cognito`.');
  });

  test('a spec that reads `issuer` has a policy for each, and all of them are compared', async () => {
    const read = (lax: string) => `'issuer == "auth0" ? "clerk" in user.roles : ${lax}"clerk" in user.roles'`;
    change(`'"clerk" in user.roles'`, read(''));
    git('commit', '-qam', 'by issuer');
    change(read(''), read('user.roles == [] || '));
    const found = await diffOf();
    expect(found).toMatchObject({ code: 2, risk: 'wider', wider: [{ part: 'scopes["orders.write"]' }] });
    const effects = found.decisions
      .filter(({ scenario }: { scenario: string }) => scenario === 'a guest')
      .map(({ where, effect }: { where: string; effect: string }) => [where, effect]);
    expect(effects).toEqual([
      ['policy of auth0', 'same'],
      ['policy of cognito', 'wider'],
      ['auth0', 'same'],
      ['cognito', 'wider'],
    ]);
  });

  test('with no issuer in common and a policy for each, no policies are compared', async () => {
    change(`'"clerk" in user.roles'`, `'issuer == "auth0" || "clerk" in user.roles'`);
    git('commit', '-qam', 'by issuer');
    change(
      /^issuers: .*$/m,
      'issuers: { keycloak: { scripts: true, audience: https://a.shop.example/ }, okta: { guard: [sentinel] } }',
    );
    expect(await diffOf()).toMatchObject({
      decisions: [],
      issuers: { gone: ['auth0', 'cognito'], come: ['keycloak', 'okta'] },
    });
  });

  test('a claim that moves to userinfo answers, and claims that an issuer takes out', async () => {
    const keycloak = 'keycloak: { scripts: true, audience: https://a.shop.example/';
    change(/^issuers: .*$/m, `issuers: { ${keycloak} } }`);
    writeFileSync(
      at('shop/scenarios/all.yaml'),
      'scenarios:\n  - name: a clerk\n    context:\n      request: { scopes: [openid, email, profile] }\n      user: { roles: [clerk], email: c@shop.example, given_name: Cleo, attributes: { plan: gold } }\n',
    );
    git('commit', '-qam', 'at keycloak');
    change(`${keycloak} }`, `${keycloak}, remove: { id: [email], userinfo: [given_name] } }`);
    change('onMissing: { default: free } }', 'onMissing: { default: free }, tokens: [userinfo] }');
    const { changes, decisions } = await diffOf();
    expect(changes).toMatchObject([
      { part: 'claims.plan', effect: 'same' },
      {
        part: 'issuers.keycloak',
        text: '`issuers.keycloak`: `remove` was not set, and is `{"id":["email"],"userinfo":["given_name"]}`.',
      },
    ]);
    const moved = [
      { at: 'access.plan', expected: 'gold' },
      { at: 'userinfo.plan', actual: 'gold' },
    ];
    expect(decisions).toMatchObject([
      { where: 'policy', effect: 'described', differences: moved },
      { where: 'keycloak', effect: 'described', differences: moved },
    ]);
  });

  test('another file', async () => {
    writeFileSync(at('old.yaml'), spec.replace('maxItems: 3', 'maxItems: 1'));
    const { code, out } = await claimsmith(root, 'diff', 'old.yaml', 'shop', '--json');
    expect([code, JSON.parse(out).changes]).toMatchObject([2, [{ kind: 'loosened', part: 'claims.roles' }]]);
  });

  test.each([
    'nope',
    'main;touch pwned',
    '$(touch pwned)',
    '`touch pwned`',
    'main:shop',
    '../..x',
    '\u0007',
    'main^{tree}',
  ])('%j is not a commit', async (ref) => {
    const { code, out, err } = await claimsmith(root, 'diff', ref, 'shop');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: .*neither a file nor a commit/);
    expect(existsSync(at('pwned'))).toBe(false);
  });

  test.each(['-x', '--output=pwned', '--upload-pack=touch'])(
    '%s is not taken for a flag of git',
    async (ref) => {
      expect((await claimsmith(root, 'diff', ref, 'shop')).code).toBe(64);
      expect((await claimsmith(root, 'diff', '--', ref, 'shop')).code).toBe(1);
      expect(existsSync(at('pwned'))).toBe(false);
    },
  );

  test('a spec that was not there, had errors, was TypeScript, or is in no repository', async () => {
    mkdirSync(at('new'));
    writeFileSync(at('new/enrichment.yaml'), spec.replace('shop', 'new').replaceAll('user', 'org'));
    expect(await claimsmith(root, 'diff', 'main', 'new')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not in main'),
    });
    change('kind: authoritative', 'kind: great');
    git('commit', '-qam', 'broken');
    writeFileSync(at('shop/enrichment.yaml'), spec);
    const broken = await claimsmith(root, 'diff', 'HEAD', 'shop');
    expect(broken).toMatchObject({ code: 1, out: '' });
    expect(broken.err).toMatch(
      /HEAD:shop\/enrichment.yaml:7:\d+ {2}error[\s\S]*error: the spec of HEAD has errors/,
    );
    mkdirSync(at('ts'));
    writeFileSync(
      at('ts/enrichment.config.ts'),
      'export const spec = { version: 1, name: "t", claims: {} };\n',
    );
    git('add', 'ts');
    git('commit', '-qm', 'ts');
    expect(await claimsmith(root, 'diff', 'HEAD', 'ts')).toMatchObject({
      code: 1,
      err: expect.stringContaining('git worktree add'),
    });
    const elsewhere = scratchFolder({ 'enrichment.yaml': spec });
    expect(await claimsmith(elsewhere, 'diff', 'main')).toMatchObject({
      code: 1,
      err: expect.stringContaining('not in a git repository'),
    });
  });

  test('leaves the working tree and the repository as they were', async () => {
    change('maxItems: 3', 'maxItems: 4');
    const state = () => [
      git('status', '--porcelain', '--ignored'),
      git('stash', 'list'),
      git('rev-parse', 'HEAD'),
      git('worktree', 'list'),
    ];
    const before = state();
    await diffOf();
    expect(state()).toEqual(before);
  });
});
