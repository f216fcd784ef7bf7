import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const example = fileURLToPath(new URL('../../../examples/verified-permissions', import.meta.url));

/** A copy of the example with another text in place of a part of a file. */
function changed(changes: Readonly<Record<string, (text: string) => string>>): string {
  const folder = scratchFolder({});
  cpSync(example, folder, { recursive: true });
  for (const [name, change] of Object.entries(changes)) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    expect(change(text), name).not.toBe(text);
    writeFileSync(path, change(text));
  }
  return folder;
}

/** The rows of the table for scenarios, and what is below them. */
async function tested(changes: Parameters<typeof changed>[0], ...scenarios: readonly string[]) {
  const only = scenarios.flatMap((name) => ['--scenario', name]);
  return await claimsmith(changed(changes), 'test', ...only);
}

/** A spec with a policy of Cedar about its one claim, and scenarios. */
function service(files: {
  readonly claims: string;
  readonly cedar?: string;
  readonly policy: string;
  readonly scenarios: string;
  readonly issuers?: string;
  readonly entity?: string;
}): string {
  const { claims, cedar = '{}', policy, scenarios, issuers = 'auth0: {}, keycloak: {}, cognito: {}' } = files;
  return scratchFolder({
    'enrichment.yaml': `version: 1\nname: shop\nmarker: false\nuser: { attributes: { amount: string, level: int } }\nclaims:\n  ${claims}\ncedar: ${cedar}\nissuers: { ${issuers} }\n`,
    'cedar/shop.cedarschema': `namespace Shop {
  entity Role; ${files.entity ?? 'entity User in [Role];'} entity Order;
  action Pay appliesTo { principal: User, resource: Order, context: { token: Token } };
}`,
    'cedar/shop.cedar': policy,
    'scenarios/all.yaml': scenarios,
  });
}

describe('decisions', () => {
  test('of the example are as expected at every issuer, and cover every policy', async () => {
    const { code, out, err } = await claimsmith(example, 'test');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/✓ 23 scenarios at 4 issuers, .*144 decisions by Cedar\n✓ all 30 cases/s);
    expect(out).toMatch(/ auth0 {2}cognito {2}keycloak {2}okta\n/);
  });

  test('are not needed for policies to be read: a broken one is found without them', async () => {
    const files = {
      claims: 'job: { value: user.roles, kind: authoritative, as: { auth0: jobs }, subjects: [human] }',
      issuers: 'auth0: {}, keycloak: {}',
      scenarios: 'scenarios: [{ name: a clerk, context: { user: { roles: [clerk] } } }]',
    };
    const broken = service({
      ...files,
      policy: 'permit (principal, action, resource) when { context.token.jop };',
    });
    const { code, err } = await claimsmith(broken, 'test');
    expect([code, err]).toEqual([2, expect.stringMatching(/cedar\/shop\.cedar:1:\d+ {2}error {2}TE020/)]);
    const right = service({ ...files, policy: 'permit (principal, action, resource);' });
    const { code: fine, out } = await claimsmith(right, 'test');
    expect([fine, out]).toEqual([
      0,
      expect.stringContaining('a policy of Cedar decides: cedar/shop.cedar:1'),
    ]);
    rmSync(join(right, 'cedar'), { recursive: true });
    expect((await claimsmith(right, 'test')).code).toBe(0);
  });

  test('by a policy with a secret in it are not made', async () => {
    const folder = changed({ 'cedar/records.cedar': (text) => `// AKIA${'Q3EGRIGPY5XJ4BZA'}\n${text}` });
    const { code, err } = await claimsmith(folder, 'test');
    expect([code, err]).toEqual([2, expect.stringMatching(/cedar\/records\.cedar:1:4 {2}error {2}TE401/)]);
  });

  test('of one issuer are by policies about the tokens of all', async () => {
    const { code, err } = await claimsmith(
      example,
      'test',
      '--issuer',
      'cognito',
      '--scenario',
      'a customer',
    );
    expect([err, code]).toEqual(['', 0]);
  });

  test('that an issuer’s name of a claim changes are told for that issuer', async () => {
    const onlyRoles = (text: string) =>
      text.replace(/permit[^;]*when \{\n {2}context\.token has "https[^;]*;/, '');
    const { code, out } = await tested({ 'cedar/records.cedar': onlyRoles }, 'a customer');
    expect(code).toBe(2);
    const page = readFileSync(join(example, '../../docs/decide-with-cedar.md'), 'utf8');
    const [, shown = 'nothing'] = /^```text\n([\s\S]*?)^```$/m.exec(page) ?? [];
    expect(out).toContain(shown);
  });

  test('name the policy that allows too much, and a token that bypasses the hook must be denied', async () => {
    const openForAll = (text: string) =>
      `${text.replace(/unless \{.*\}/, 'unless { resource.level > 0 || resource.level < 1 }')}\npermit (principal, action == Records::Action::"Export", resource);\n`;
    const { code, out } = await tested({ 'cedar/records.cedar': openForAll }, 'a customer');
    expect(code).toBe(2);
    expect(out).toContain('the policy for auth0, cognito, keycloak, okta is not as expected');
    expect(out).toContain('where the hook is not called: decision Export Record::"case"');
    expect(out).toMatch(/is allowed: cedar\/records\.cedar:\d+\s+permits\s+it/);
  });

  test('are in the JSON and in JUnit', async () => {
    const wrong = (text: string) =>
      text.replace('resource: Record::"case", allow: true', 'resource: Record::"case", allow: false');
    const folder = changed({ 'scenarios/records.yaml': wrong });
    const args = ['test', '--scenario', 'a customer'] as const;
    const { decisions } = JSON.parse((await claimsmith(folder, ...args, '--json')).out);
    expect(decisions[0]).toEqual({
      trial: 'a customer',
      where: 'auth0',
      asked: 'Review Record::"case"',
      expected: false,
      allow: true,
      because: ['cedar/records.cedar:5'],
    });
    const junit = (await claimsmith(folder, ...args, '--format', 'junit')).out;
    expect(junit).toContain(
      'decision Review Record::&quot;case&quot;: expected &quot;deny&quot;, policy &quot;allow&quot;',
    );
  });

  test('that no scenario makes with a policy are cases of coverage', async () => {
    const more = (text: string) =>
      `${text}\npermit (principal, action == Records::Action::"Export", resource)\nwhen { context.token has department && context.token.department == "export" };\n`;
    const { code, out } = await tested({ 'cedar/records.cedar': more });
    expect(code).toBe(0);
    expect(out).toMatch(/a policy of Cedar decides: cedar\/records\.cedar:29\n/);
  });

  test('notice a changed rule', async () => {
    const onlyDecisions = (text: string) => text.replace(/ {4}expect:\n(?: {6}.*\n)+(?= {4}decisions)/g, '');
    const folder = changed({ 'scenarios/records.yaml': onlyDecisions });
    const { out } = await claimsmith(folder, 'test', '--mutate', '--json');
    const { mutation } = JSON.parse(out);
    const texts = mutation.survivors.map(({ path }: { path: readonly string[] }) => path.join('.'));
    // A reviewer's roles decide; a department does not.
    expect(texts.some((path: string) => path.startsWith('claims.department'))).toBe(true);
    expect(texts.some((path: string) => path.startsWith('claims.tenant_id.subjects'))).toBe(false);
  }, 120_000);
});

describe('a mistake in the files of Cedar is found at its place', () => {
  test.each<[what: string, file: string, from: string, to: string, at: string, said: string]>([
    [
      'attribute',
      'cedar/records.cedar',
      'token.sites.',
      'token.stes.',
      'cedar/records.cedar:16:3',
      'Did you mean `sites`?',
    ],
    ['has', 'cedar/records.cedar', 'has clearance', 'has clearnce', 'cedar/records.cedar:12:1', 'impossible'],
    ['action', 'cedar/records.cedar', 'Action::"Open"', 'Action::"Opn"', 'cedar/records.cedar:12:30', 'Open'],
    [
      'syntax',
      'cedar/records.cedar',
      'principal, action, resource)\nwhen',
      'principal, action resource)\nwhen',
      'cedar/records.cedar:20:27',
      'unexpected',
    ],
    [
      'schema',
      'cedar/records.cedarschema',
      'level: Long',
      'level: Lng',
      'cedar/records.cedarschema:1:1',
      'Lng',
    ],
    [
      'action of a decision',
      'scenarios/records.yaml',
      'action: Review',
      'action: Revew',
      'scenarios/records.yaml:32:9',
      'Did you mean `Review`',
    ],
    [
      'type of a decision',
      'scenarios/records.yaml',
      'Review, resource: Record',
      'Review, resource: Recrd',
      'scenarios/records.yaml:32:9',
      'Did you mean `Records::Record`',
    ],
    [
      'entity',
      'scenarios/records.yaml',
      '{ level: 2, site: berlin }',
      '{ site: berlin }',
      'scenarios/records.yaml:32:9',
      '`level`',
    ],
    [
      'attribute after `has`, so that the policy never applies',
      'cedar/records.cedar',
      'context.token has clearance &&',
      'context.token has clearence &&',
      'cedar/records.cedar:12:1',
      'misspelt attribute after `has`',
    ],
    [
      'context that the action does not have',
      'scenarios/records.yaml',
      '"case", allow: true',
      '"case", context: { ip: a }, allow: false',
      'scenarios/records.yaml:32:9',
      '`ip` should not exist',
    ],
    [
      'token in the context',
      'scenarios/records.yaml',
      '"case", allow: true',
      '"case", context: { token: { clearance: 9 } }, allow: true',
      'scenarios/records.yaml:32:9',
      'The context cannot have `token`',
    ],
    [
      'fraction',
      'scenarios/records.yaml',
      '{ level: 2, site: berlin }',
      '{ level: 2.5, site: berlin }',
      'scenarios/records.yaml:32:9',
      'whole numbers, lists and records',
    ],
    [
      'principal with attributes',
      'cedar/records.cedarschema',
      'entity User;',
      'entity User { level: Long };',
      'scenarios/records.yaml:32:9',
      'need `level`',
    ],
    [
      'action without the token',
      'cedar/records.cedarschema',
      'context: { token: Token },',
      '',
      'cedar/records.cedar:3:8',
      '`token`',
    ],
    [
      'principal among the entities',
      'scenarios/records.yaml',
      'entities: #',
      'entities:\n  User::"cognito|usr_ada": {}\n  #',
      'scenarios/records.yaml:34:9',
      'principals and their groups',
    ],
    [
      'no resource',
      'scenarios/records.yaml',
      'resource: Record::"case"',
      'resource: case',
      'scenarios/records.yaml:32:37',
      'an entity such as',
    ],
  ])('%s', async (_, file, from, to, at, said) => {
    const { err } = await tested({ [file]: (text) => text.replace(from, to) }, 'a customer');
    expect(err).toContain(`${at} `);
    expect(err).toContain(said);
  });

  test('an action that groups others is not for resources', async () => {
    const { err } = await tested(
      {
        'cedar/records.cedarschema': (text) => text.replace('action Review', 'action Use;\n  action Review'),
        'scenarios/records.yaml': (text) => text.replace('action: Review', 'action: Use'),
      },
      'a customer',
    );
    expect(err).toContain('scenarios/records.yaml:32:9 ');
    expect(err).toContain('it is there to group others');
  });

  test('the escapes of an id are Cedar’s', async () => {
    const id = String.raw`a\u{41}\x42\"\\\n\'`;
    const folder = service({
      claims: 'level: { const: 1, kind: descriptive }',
      policy: `permit (principal, action, resource); forbid (principal, action, resource == Shop::Order::"${id}");`,
      scenarios: `- name: escapes\n  decisions:\n    - { action: Pay, resource: 'Order::"${id.replaceAll("'", "''")}"', allow: false }\n`,
      issuers: 'auth0: {}',
    });
    const { out, code } = await claimsmith(folder, 'test');
    expect(code, out).toBe(0);
  });

  test('a file without policies is not a set of policies', async () => {
    const { err, code } = await tested({ 'cedar/records.cedar': () => '// Nothing yet.\n' }, 'a nightly job');
    expect(err).toContain('cedar/records.cedar:1:1 ');
    expect(err).toContain('There are no policies');
    expect(code).toBe(2);
  });

  test('decisions without `cedar`, and a folder that is not there', async () => {
    const without = await tested(
      { 'enrichment.yaml': (text) => text.replace(/cedar: \{\}.*\n/, '') },
      'a customer',
    );
    expect(without.err).toContain('Nothing decides, because the spec has no `cedar`.');
    const folder = service({ claims: 'a: { const: b, kind: descriptive }', policy: '', scenarios: '' });
    const { err } = await claimsmith(folder, 'engine', '--for', 'terraform', 'nowhere');
    expect(err).not.toBe('');
  });
});

describe('Verified Permissions maps', () => {
  const permit = (condition: string) => `permit (principal, action, resource) when { ${condition} };`;
  const scenario = (name: string, user: string, allow: boolean) =>
    `- name: ${name}\n  context: { user: ${user} }\n  decisions: [{ action: Pay, resource: Order::"o", allow: ${allow} }]\n`;

  test('a claim of groups to the parents of the principal; a user pool has its own', async () => {
    const folder = service({
      claims:
        'roles: { value: user.groups, maxItems: 9, kind: authoritative, as: { auth0: https://acme.example/roles } }',
      cedar: '{ groups: roles, prefixes: { auth0: acme, keycloak: acme, cognito: acme } }',
      policy: 'permit (principal in Shop::Role::"acme|staff", action, resource);',
      scenarios: scenario('in', '{ groups: [staff] }', true) + scenario('out', '{ groups: [guests] }', false),
      issuers: 'auth0: {}, keycloak: { scripts: true, audience: "https://shop.acme.example/" }, cognito: {}',
    });
    const { out, err, code } = await claimsmith(folder, 'test');
    expect([err, code], out).toEqual(['', 0]);
    const { out: terraform } = await claimsmith(folder, 'engine', '--for', 'terraform', '--issuer', 'auth0');
    expect(
      JSON.parse(terraform).resource.aws_verifiedpermissions_identity_source.claims.configuration,
    ).toEqual({
      open_id_connect_configuration: {
        issuer: '${var.issuer}',
        entity_id_prefix: 'acme',
        group_configuration: { group_claim: 'https://acme.example/roles', group_entity_type: 'Shop::Role' },
        token_selection: { access_token_only: { audiences: '${var.audiences}', principal_id_claim: 'sub' } },
      },
    });
  });

  test('the subject as each issuer names it', async () => {
    const folder = service({
      claims: 'level: { const: 1, kind: descriptive }',
      policy: ['auth0|u1', 'cognito|u1', 'okta|ada', 'auth0|job@clients', 'cognito|job', 'okta|job']
        .map((id) => `permit (principal == Shop::User::"${id}", action, resource);`)
        .join('\n'),
      scenarios: `${scenario('a person', '{ id: u1, username: ada }', true)}- name: a machine
  context: { subject_type: machine, client: { id: job } }
  decisions: [{ action: Pay, resource: Order::"o", allow: true }]
`,
      issuers: 'auth0: {}, cognito: {}, okta: {}',
    });
    const { out, err, code } = await claimsmith(folder, 'test');
    expect([err, code], out).toEqual(['', 0]);
  });

  test('a claim of groups to an attribute if principals can be in no group', async () => {
    const folder = service({
      claims: 'roles: { value: user.groups, maxItems: 9, kind: authoritative }',
      cedar: '{ groups: roles }',
      entity: 'entity User;',
      policy:
        'permit (principal, action, resource); forbid (principal, action, resource) when { context.token has roles && context.token.roles.contains("banned") };',
      scenarios: scenario('out', '{ groups: [banned] }', false),
      issuers: 'keycloak: { scripts: true, audience: "https://shop.acme.example/" }',
    });
    const { out, err, code } = await claimsmith(folder, 'test');
    expect([err, code], out).toEqual(['', 0]);
  });

  test('no claim whose name in tokens means something else in Cedar’s JSON', async () => {
    const folder = service({
      claims: 'level: { const: 1, kind: descriptive, as: { keycloak: __entity } }',
      policy: 'permit (principal, action, resource);',
      scenarios: scenario('a person', '{ id: u1 }', true),
    });
    const { out, code } = await claimsmith(folder, 'check');
    expect(out).toMatch(/enrichment\.yaml:6:\d+ {2}error {2}TE860\n {2}Cedar cannot carry `level`/);
    expect(out).toContain('`__entity`');
    expect(code).toBe(2);
  });

  test('no two claims of different types that have one name at two issuers, as `check` says', async () => {
    const folder = service({
      claims:
        'level: { const: 1, kind: descriptive, as: { auth0: level_no } }\n  rank: { const: a, kind: descriptive, as: { auth0: level } }',
      policy: 'permit (principal, action, resource);',
      scenarios: scenario('a person', '{ id: u1 }', true),
      issuers: 'auth0: {}, cognito: {}, keycloak: {}',
    });
    const { out, code } = await claimsmith(folder, 'check');
    expect(code).toBe(2);
    expect(out).toMatch(
      /enrichment\.yaml:7:\d+ {2}error {2}TE860\n {2}Cedar cannot carry `rank`, because another claim of type Long has the name\s+`level` in tokens/,
    );
    expect(out).toContain('1 error');
  });

  test('a decision with its context, and a denied token as what it is', async () => {
    const folder = service({
      claims:
        'level: { value: user.attributes.level, kind: authoritative }\ndeny: [{ when: "true", reason: closed }]',
      policy: 'permit (principal, action, resource);',
      scenarios: `- name: closed\n  decisions: [{ action: Pay, resource: Order::"o", principal: User, context: {}, allow: true }]\n`,
      issuers: 'auth0: {}',
    });
    const { out } = await claimsmith(folder, 'test');
    expect(out).toContain('· auth0: Pay Order::"o" by User with {} is denied: the token is denied');
  });

  test('texts to decimals where the spec says so; one in another form denies, and says why', async () => {
    const folder = service({
      claims: 'amount: { value: user.attributes.amount, kind: authoritative }',
      cedar: '{ decimals: [amount] }',
      policy: permit('context.token has amount && context.token.amount.lessThan(decimal("20.0"))'),
      scenarios:
        scenario('little', '{ attributes: { amount: "12.50" } }', true) +
        scenario('much', '{ attributes: { amount: "20.01" } }', false) +
        scenario('another form', '{ attributes: { amount: "12.34567" } }', false),
      issuers: 'auth0: {}',
    });
    const { out, err, code } = await claimsmith(folder, 'test');
    expect([err, code], out).toEqual(['', 0]);
    expect(out.replace(/\s+/g, ' ')).toContain(
      '! auth0: Pay Order::"o" is denied: Cedar refuses the request: Error while evaluating `decimal` extension function: too many digits',
    );
  });

  test('an error of a policy is shown beside the decision', async () => {
    const folder = service({
      claims: 'level: { value: user.attributes.level, kind: authoritative }',
      policy: `${permit('true')}\n${permit('context.token has level && context.token.level * 9007199254740991 * 9007199254740991 > 0')}`,
      scenarios: scenario('overflow', '{ attributes: { level: 9 } }', true),
      issuers: 'auth0: {}',
    });
    const { out, code } = await claimsmith(folder, 'test');
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /! auth0: Pay Order::"o" is allowed: the policy at cedar\/shop\.cedar:2 fails/,
    );
  });
});
