import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auth0 } from '@claimsmith/auth0';
import type { Simulator } from '@claimsmith/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScenarios } from '../src/proof/run-scenarios.ts';
import { tryAll } from '../src/proof/try.ts';
import { stagesOf } from '../src/run/stages.ts';
import { readTrials } from '../src/run/trials.ts';
import { renderJunit } from '../src/show/junit.ts';
import { loadSpec } from '../src/spec/load.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith, claimsmithAt } from './terminal.ts';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'claimsmith-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The shop's scenarios at Auth0, except for what `broken` does to it. */
async function shopAt(broken: Partial<Simulator>) {
  const loaded = await loadSpec('shop', ['auth0'], fixtures);
  const { stages } = await stagesOf({
    ...loaded,
    issuers: [{ ...auth0, simulator: { ...auth0.simulator, ...broken } }],
  });
  const { trials } = await readTrials(loaded, [], fixtures);
  return await tryAll(stages, trials);
}

describe('claimsmith test', () => {
  test('shows scenarios, issuers and what is not tried', async () => {
    const { code, out, err } = await claimsmith(fixtures, 'test', 'shop');
    expect([code, err]).toEqual([2, '']);
    await expect(out).toMatchFileSnapshot('golden/test-shop.txt');
  });

  test('--format json and junit say the same', async () => {
    const { code, out } = await claimsmith(fixtures, 'test', 'shop', '--format', 'json');
    const { results, coverage } = JSON.parse(out);
    expect(code).toBe(2);
    expect(results).toHaveLength(10);
    expect(results.filter(({ status }: { status: string }) => status === 'failed')).toHaveLength(1);
    expect(coverage.untried.length).toBeLessThan(coverage.cases);
    const junit = await claimsmith(fixtures, 'test', 'shop', '--format', 'junit');
    await expect(junit.out).toMatchFileSnapshot('golden/test-shop.xml');
  });

  test('a choice of scenarios says nothing of what they leave untried', async () => {
    const args = ['test', 'shop', '--scenario', 'too many roles'];
    expect((await claimsmith(fixtures, ...args)).out).not.toContain('cases of the policy');
    expect(JSON.parse((await claimsmith(fixtures, ...args, '--json')).out)).not.toHaveProperty('coverage');
  });

  test('a spec with faults is not run', async () => {
    const { code, out, err } = await claimsmith(fixtures, 'test', 'wrong');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('`colour` is not a key');
  });

  test('files in folders and with endings in capitals are read, others that look like it are named', async () => {
    const spec = newSpec('folders', first('one'));
    const scenarios = join(scratch, spec, 'scenarios');
    mkdirSync(join(scenarios, 'more', 'deep.yaml'), { recursive: true });
    writeFileSync(join(scenarios, 'more', 'deep.yaml', 'two.YAML'), first('two'));
    writeFileSync(join(scenarios, 'three.YML'), first('three'));
    writeFileSync(join(scenarios, 'four.JSON'), JSON.stringify([{ name: 'four' }]));
    writeFileSync(join(scenarios, '.five.yaml'), first('five'));
    const { trials, findings } = await readTrials(await loadSpec(spec, [], scratch), [], scratch);
    expect(trials.map(({ name }) => name)).toEqual(['one', 'four', 'two', 'three']);
    expect(findings).toEqual([]);
    for (const name of ['a.jsonc', 'b.yaml.txt', 'c.ymal', 'd.yml~', 'README.md'])
      writeFileSync(join(scenarios, name), first(name));
    symlinkSync(join(scenarios, 'more'), join(scenarios, 'linked'));
    const again = await readTrials(await loadSpec(spec, [], scratch), [], scratch);
    expect(again.findings.map(({ message }) => /(\S+) is not read\.$/.exec(message)?.[1])).toEqual(
      ['a.jsonc', 'b.yaml.txt', 'c.ymal', 'd.yml~', 'linked'].map((name) => `folders/scenarios/${name}`),
    );
  });

  test('no scenario is not a success', async () => {
    const spec = newSpec('empty', 'scenarios: []\n');
    const { code, out, err } = await claimsmith(scratch, 'test', spec);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('A file of scenarios must have at least one scenario.');
    rmSync(join(scratch, spec, 'scenarios'), { recursive: true });
    mkdirSync(join(scratch, spec, 'scenarios'));
    expect((await claimsmith(scratch, 'test', spec)).code).toBe(1);
    writeFileSync(join(scratch, spec, 'scenarios', 'a.jsonc'), '[]');
    const named = await claimsmith(scratch, 'test', spec);
    expect(named.err).toContain('empty/scenarios/a.jsonc is not read.');
  });

  test('--watch needs a spec that is there', async () => {
    cpSync(join(fixtures, 'shop'), join(scratch, 'shop'), { recursive: true });
    const { code, err } = await claimsmith(scratch, 'test', 'nowhere', '--watch');
    expect([code, err]).toEqual([1, 'error: nowhere: no such file or folder\n']);
  });
});

function first(name: string): string {
  return `- name: ${name}\n  context: { user: { id: u1 } }\n`;
}

test.each(['test', 'preview'])(
  '%s refuses names that the spec does not have, each at its place',
  async (command) => {
    const spec = newSpec(
      'misspelt',
      `context: { user: { attributes: { plan: gold } } }
sources: { crn: { plan: gold } }
scenarios:
  - name: a user
    context: { user: { id: u1, roles: [admin] } }
    sources: { crm: { plan: gold } }
    expect:
      access: { rols: [admin], policy: x, "https://acme.example/plan": gold }
      id: { name: Ada }
      absent: [rles, plan]
`,
    );
    const { code, out, err } = await claimsmith(scratch, command, spec);
    expect([code, out]).toEqual([2, '']);
    const found = err.matchAll(
      /all\.yaml:(\d+:\d+) {2}error {2}TE017\n {2}(.*)\n[\s\S]*?\n(?: {2}help {2}(.*)\n|\n(?=\S))/g,
    );
    expect([...found].map(([, ...parts]) => parts)).toEqual([
      ['1:34', 'The spec has no user attribute `plan`.', undefined],
      ['2:12', 'The spec has no source `crn`.', 'Did you mean `crm`?'],
      ['8:17', 'The spec has no claim `rols`.', 'Did you mean `roles`?'],
      [
        '8:43',
        'The spec has no claim `https://acme.example/plan`.',
        'Scenarios use the names of the spec: `plan`.',
      ],
      ['9:13', 'The spec has no claim `name`.', 'It has `roles`, `plan`, `policy`.'],
    ]);
    expect(err).toContain('also  10:16 `rles`\n');
  },
);

/** A spec of one source for three issuers, and its scenarios. */
function newSpec(name: string, scenarios: string): string {
  const folder = join(scratch, name);
  mkdirSync(join(folder, 'scenarios'), { recursive: true });
  writeFileSync(
    join(folder, 'enrichment.yaml'),
    `version: 1
name: first
namespace: https://acme.example/
sources:
  crm:
    http: { url: "https://crm.acme.example/v1/{user.id}" }
    returns: { plan: string, seats: int, tags: list(string) }
claims:
  roles: { value: user.roles, kind: authoritative, when: subject_type == "human", maxItems: 20 }
  plan: { value: crm.plan, kind: authoritative, when: subject_type == "human" }
scopes:
  seats.add: { grant: 'subject_type == "human" && "admin" in claims.roles' }
issuers:
  auth0: {}
  okta: { guard: [sentinel] }
  keycloak: { scripts: true, audience: https://api.acme.example/ }
`,
  );
  writeFileSync(join(folder, 'scenarios', 'all.yaml'), scenarios);
  return name;
}

describe('a first run', () => {
  test('says that a source has no answer, why that ends in no token, and how to give it one', async () => {
    const spec = newSpec(
      'no-answer',
      `- name: a user
  context: { user: { id: u1, roles: [admin] } }
  expect: { access: { roles: [admin], plan: gold } }
`,
    );
    const { code, out } = await claimsmith(scratch, 'test', spec);
    expect(code).toBe(2);
    expect(out).toContain('because plan: crm has no answer in the scenario');
    expect(out).toContain('sources: { crm: { plan: "…", seats: 0, tags: [] } }');
    expect(out).toContain('sources: { crm: { fails: timeout } }');
    const preview = await claimsmith(scratch, 'preview', spec);
    expect(preview.out).toContain('crm has no answer in the scenario');
    const json = JSON.parse((await claimsmith(scratch, 'test', spec, '--json')).out);
    expect(Object.keys(json)).toEqual([
      'version',
      'policy',
      'results',
      'coverage',
      'summary',
      'findings',
      'accepted',
    ]);
  });

  test('what it says to write mends it', async () => {
    const spec = newSpec(
      'answered',
      `sources: { crm: { plan: "…", seats: 0, tags: [] } }
scenarios:
  - name: a user
    context: { user: { id: u1, roles: [admin] } }
    expect: { access: { roles: [admin], plan: "…" } }
  - name: crm fails
    context: { user: { id: u1, roles: [admin] } }
    sources: { crm: { fails: timeout } }
    expect: { denied: enrichment_unavailable }
`,
    );
    const { code, out } = await claimsmith(scratch, 'test', spec);
    expect([code, out.includes('no answer')]).toEqual([0, false]);
  });

  test('an issuer that does as a wrong policy does is not a success', async () => {
    const spec = newSpec(
      'wrong',
      `- name: a user
  context: { user: { id: u1, roles: [admin] } }
  sources: { crm: { plan: gold } }
  expect: { access: { plan: silver } }
- name: without an expectation
  context: { user: { id: u1, roles: [admin] } }
  sources: { crm: { plan: gold } }
`,
    );
    const { out } = await claimsmith(scratch, 'test', spec);
    expect(out).toMatch(/^✗ a user +✗ += {2,}= {2,}=$/m);
    expect(out).toMatch(/^✓ without an expectation +· +✓ +✓ +✓$/m);
    expect(out).toContain(
      '✗ 2 scenarios at 3 issuers: 1 not as expected, all issuers agree with the policy, 1 without an\n  expectation\n',
    );
  });

  test('what an issuer has of its own is a declared difference: an audience, clients, ID tokens', async () => {
    const folder = join(scratch, 'own');
    mkdirSync(join(folder, 'scenarios'), { recursive: true });
    const spec = (keycloak: string) => `version: 1
name: own
claims:
  api: { value: request.audience, kind: descriptive, when: subject_type == "human" }
  login: { value: user.username, kind: descriptive, tokens: [id], when: subject_type == "human" }
issuers:
  auth0: {}
  okta: { guard: [sentinel] }
  keycloak: { audience: "urn:api", ${keycloak} }
`;
    const user = 'user: { id: u1, username: ada }';
    writeFileSync(
      join(folder, 'scenarios', 'all.yaml'),
      `- { name: no audience, context: { ${user}, client: { id: web } } }
- { name: its audience, context: { ${user}, client: { id: web }, request: { audience: "urn:api" } } }
- { name: another audience, context: { ${user}, client: { id: web }, request: { audience: "urn:other" } } }
- { name: another client, context: { ${user}, client: { id: cli }, request: { audience: "urn:api" } } }
- { name: no scopes, context: { ${user}, client: { id: web }, request: { audience: "urn:api", scopes: [] } } }
- { name: a machine, context: { subject_type: machine } }
`,
    );
    const run = async (keycloak: string) => {
      writeFileSync(join(folder, 'enrichment.yaml'), spec(keycloak));
      return (await claimsmith(scratch, 'test', 'own')).out;
    };
    const scripted = await run('scripts: true, clients: [web]');
    expect(scripted).toMatch(/^✓ no audience +· +✓ +~ 1 +~ 2$/m);
    expect(scripted).toMatch(/^✓ its audience +· +✓ +✓ +✓$/m);
    expect(scripted).toMatch(/^✓ another audience +· +✓ +~ 1 +✓$/m);
    expect(scripted).toMatch(/^✓ another client +· +✓ +~ 3 +✓$/m);
    expect(scripted).toMatch(/^✓ no scopes +· +✓ +✓ +✓$/m);
    expect(scripted).toContain('At Okta the audience is api://default.');
    expect(scripted).toContain('At Keycloak the audience is urn:api.');
    expect(scripted).toContain('Clients that `clients` does not name get tokens without the policy');
    const native = await run('serviceAccounts: false');
    expect(native).toMatch(/^✓ a machine +· +✓ +~ \d +✓$/m);
    expect(native).toContain('The realm does not give tokens to service accounts.');
  });

  test('coverage says how to write what is not tried, and that reaches it', async () => {
    const user = 'user: { id: u1, roles: [viewer] }';
    const first = `- name: a user
  context: { ${user} }
  sources: { crm: { plan: gold } }
`;
    const { out } = await claimsmith(scratch, 'test', newSpec('untried', first));
    const examples = [...out.matchAll(/^ {8}(\S.*)$/gm)].map(([, example = '']) => example);
    expect(examples).toEqual([
      'sources: { crm: { fails: timeout } }',
      'context: { subject_type: machine }',
      'context: { user: { roles: null } }',
      'sources: { crm: { fails: timeout } }',
      'context: { request: { scopes: [seats.add] } }',
      'context: { request: { scopes: [seats.add] } }',
    ]);
    const scenarios = [...new Set(examples)].map((example, index) =>
      `  - name: ${index}\n    ${example}\n`.replace(/name: (\d)/, 'name: "$1"'),
    );
    const all = `context: { ${user} }
sources: { crm: { plan: gold } }
scenarios:
  - name: a user
${scenarios.join('')}`;
    const again = await claimsmith(scratch, 'test', newSpec('tried', all));
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/not tried yet:\n {4}a scope is granted: seats.add\n/);
  });

  test('a scenario need not say what no issuance is without', async () => {
    const spec = newSpec(
      'says-little',
      '- name: a user\n  context: { user: { name: Ada } }\n- name: a machine\n',
    );
    writeFileSync(
      join(scratch, spec, 'enrichment.yaml'),
      `version: 1
name: first
claims:
  asked: { value: '"orders.read" in request.scopes', kind: descriptive }
  grant: { value: request.grant_type, kind: descriptive }
  user_known: { value: 'subject_type == "human" && size(user.id) > 0', kind: descriptive }
  client_known: { value: 'size(client.id) > 0 && size(client.name) > 0', kind: descriptive }
  full_name: { value: user.name, tokens: [id], kind: descriptive, when: subject_type == "human" }
issuers:
  auth0: {}
  okta: { guard: [sentinel] }
  keycloak: { scripts: true, audience: https://api.acme.example/ }
`,
    );
    const { code, out } = await claimsmith(scratch, 'test', spec);
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ a user +· +✓ +✓ +✓$/m);
    expect(out).toMatch(/^✓ a machine +· +✓ +✓ +✓$/m);
    const { previews } = JSON.parse((await claimsmith(scratch, 'preview', spec, '--json')).out);
    expect(previews[0].verdict).toMatchObject({
      access: { asked: false, grant: 'authorization_code', user_known: true, client_known: true },
      id: { full_name: 'Ada' },
      scopes: ['openid'],
    });
  });

  test('two scenarios of one name in two files are told, since results go by the name', async () => {
    const scenario = '- name: a user\n  context: { user: { id: u1, roles: null } }\n';
    const spec = newSpec('two-files', scenario);
    writeFileSync(join(scratch, spec, 'scenarios', 'more.yaml'), scenario);
    const { code, out, err } = await claimsmith(scratch, 'test', spec);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('two-files/scenarios/more.yaml:1:9  error  TE008');
    expect(err).toContain('A scenario in another file already has the name `a user`.');
  });

  test('a list that an issuer always knows, by its settings, is not a defect where a scenario says null', async () => {
    const spec = newSpec(
      'unknown-roles',
      `- name: roles unknown
  context: { user: { id: u1, roles: null } }
  sources: { crm: { plan: gold } }
  expect: { denied: enrichment_unavailable }
`,
    );
    const { code, out } = await claimsmith(scratch, 'test', spec);
    expect(code).toBe(0);
    expect(out).toContain('Okta always knows user.roles: an unknown list is empty there.');
  });

  test('on 60 columns nothing is cut and no line is longer', async () => {
    const spec = newSpec(
      'narrow',
      `- name: a user with a name that goes on for longer than a narrow terminal is wide
  context: { user: { id: u1, roles: [admin] } }
  sources: { crm: { plan: gold } }
  expect: { access: { plan: "a plan of which one can say so much that it fills more than a line" } }
`,
    );
    for (const command of ['test', 'explain'] as const) {
      const args = command === 'test' ? [spec] : ['plan', spec];
      const { out } = await claimsmithAt(scratch, 60, command, ...args);
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(60);
      const words = (text: string) => text.split(/\s+/).sort();
      expect(words(out)).toEqual(words((await claimsmith(scratch, command, ...args)).out));
    }
  });
});

describe('expectations', () => {
  const spec = `version: 1
name: expected
user: { attributes: { plan: string } }
claims:
  plan: { value: user.attributes.plan, kind: descriptive, when: subject_type == "human" }
  name: { value: user.name, kind: descriptive, tokens: [access, id], when: subject_type == "human" }
scopes:
  orders: { grant: 'subject_type == "human" && "clerk" in user.roles' }
issuers:
  auth0: { clients: all }
  okta: { guard: [sentinel], audience: "urn:api" }
`;
  async function run(expect: string, scopes = 'openid, orders', ...flags: readonly string[]) {
    const folder = scratchFolder({
      'enrichment.yaml': spec,
      'scenarios/a.yaml': `- name: a
  context: { user: { id: u1, name: Ada, attributes: { plan: gold } }, request: { audience: "urn:api", scopes: [${scopes}] } }
  expect: ${expect}
`,
    });
    return await claimsmith(folder, 'test', ...flags);
  }

  test('`only`: no other claim, and no scope that the spec decides on', async () => {
    const whole = '{ access: { plan: gold, name: Ada }, id: { name: Ada }, only: true';
    expect((await run(`${whole} }`, 'openid, other')).code).toBe(0);
    const less = await run('{ access: { plan: gold }, id: { name: Ada }, only: true }', 'openid');
    expect(less.code).toBe(2);
    expect(less.out).toMatch(/access\.name\n +expected {2}nothing\n +policy {4}"Ada"\n/);
    expect((await run('{ access: { plan: gold, name: Ada }, only: true }', 'openid')).out).toContain(
      'id.name',
    );
    const granted = await run(
      `{ access: { plan: gold, name: Ada }, id: { name: Ada }, only: true }`,
      'openid',
    ).then(() => run(`${whole}, okta: { denied: scope_refused } }`));
    expect(granted.code).toBe(0);
  });

  test('of an issuer: what comes out there in the end, announced or not', async () => {
    const announced = await run('{ scopes: [openid] }');
    expect(announced.out).toMatch(/^✓ a +✓ +✓ +~ 1$/m);
    const said = await run('{ scopes: [openid], okta: { denied: scope_refused } }');
    expect(said.out).toMatch(/^✓ a +✓ +✓ +✓$/m);
    const wrong = await run(
      '{ scopes: [openid], okta: { denied: another_reason }, auth0: { access: { plan: tin } } }',
    );
    expect(wrong.code).toBe(2);
    expect(wrong.out).toContain('okta is not as expected');
    expect(wrong.out).toMatch(
      /auth0 is not as expected\n {4}access\.plan\n +expected {2}"tin"\n +auth0 +"gold"/,
    );
  });

  test('name issuers of the spec, and their claims', async () => {
    const { code, err } = await run('{ keycloak: { access: { plan: x } }, okta: { access: { plam: x } } }');
    expect(code).toBe(2);
    expect(err).toContain('The spec has no issuer `keycloak`.');
    expect(err).toContain('The spec has no claim `plam`.');
    expect((await run('{ oktta: {} }')).err).toContain('Did you mean `okta`?');
  });

  test('--strict accepts nothing that is left open', async () => {
    const { code, out } = await run('{ scopes: [openid] }', 'openid, orders', '--strict');
    expect(code).toBe(2);
    expect(out).toMatch(
      /✗ --strict: \d+ untried cases, 1 announced difference that no scenario expects, 1 warning\n/,
    );
    const json = await run('{ scopes: [openid] }', 'openid, orders', '--strict', '--json');
    expect([json.code, JSON.parse(json.out).strict]).toMatchObject([
      2,
      { announced: 1, unasked: 0, warnings: 1 },
    ]);
    const junit = await run('{ scopes: [openid] }', 'openid, orders', '--strict', '--format', 'junit');
    expect(junit.out).toContain('failures="1"');
    const folder = scratchFolder({
      'enrichment.yaml': spec.replace(/ {2}okta.*\n/, ''),
      'scenarios/a.yaml': `context: { request: { scopes: [openid, orders] } }
scenarios:
  - name: a clerk
    context: { user: { name: Ada, roles: [clerk], attributes: { plan: gold } } }
    expect: { access: { plan: gold, name: Ada }, id: { name: Ada }, scopes: [openid, orders], only: true }
  - name: nothing known
    context: { user: {} }
    expect: { scopes: [openid], only: true }
  - name: roles unknown
    context: { user: { roles: null } }
    expect: { scopes: [openid], only: true }
  - name: a job
    context: { subject_type: machine, request: { scopes: [] } }
    expect: { only: true }
`,
    });
    expect(await claimsmith(folder, 'test', '--strict')).toMatchObject({ code: 0, err: '' });
  });
});

describe('an adapter that is broken on purpose', () => {
  test('is found, with the claim', async () => {
    const { tried } = await shopAt({
      simulate: async (...run) => {
        const { access, ...issuance } = await auth0.simulator.simulate(...run);
        const { tier: _dropped, ...rest } = access;
        return { ...issuance, access: rest };
      },
    });
    const failed = tried.filter(({ where, status }) => where === 'auth0' && status === 'failed');
    expect(failed.length).toBeGreaterThan(1);
    expect(new Set(failed.flatMap(({ differences }) => differences.map(({ at }) => at)))).toEqual(
      new Set(['access.tier']),
    );
  });

  test('a source that the policy asks and an issuer does not is said to have no answer', async () => {
    const { previews } = await shopAt({
      simulate: async (compilation, event, environment) =>
        await auth0.simulator.simulate(compilation, event, {
          ...environment,
          fetch: () => Promise.reject(new TypeError()),
        }),
    });
    const of = (name: string) => previews.find(({ trial }) => trial === name)?.unanswered;
    expect([of('nobody thought of crm'), of('clerk with a gold tier')]).toEqual([['crm'], []]);
  });

  test('and so is one that issues what the policy denies', async () => {
    const { tried } = await shopAt({
      simulate: async (...run) => ({ ...(await auth0.simulator.simulate(...run)), denied: undefined }),
    });
    const failed = tried.filter(({ where, status }) => where === 'auth0' && status === 'failed');
    expect(failed.flatMap(({ differences }) => differences.map(({ at }) => at))).toContain('denied');
  });

  test('a difference that no finding has announced is not excused', async () => {
    const { tried } = await shopAt({
      departs: (_policy, verdict) => ({
        rule: 'TE999',
        path: ['claims'],
        why: 'It rains.',
        instead: { ...verdict, access: {} },
      }),
      simulate: async (...run) => ({ ...(await auth0.simulator.simulate(...run)), access: {} }),
    });
    expect(tried.some(({ where, status }) => where === 'auth0' && status === 'failed')).toBe(true);
    expect(tried.some(({ status }) => status === 'departs')).toBe(false);
  });
});

test('JUnit XML holds any text', () => {
  const xml = renderJunit('p@1', [
    {
      trial: 'a "quoted" <b> & \u0007',
      where: 'auth0',
      status: 'failed',
      differences: [{ at: 'access.x', expected: ']]>', actual: undefined }],
      unmet: [],
      departures: [],
    },
  ]);
  expect(xml).toContain('name="a &quot;quoted&quot; &lt;b&gt; &amp; \ufffd"');
  expect(xml).toContain('access.x: policy "]]&gt;", auth0 nothing');
});

test('from a test of one’s own: runScenarios', async () => {
  const run = await runScenarios('shop', { cwd: fixtures, issuers: ['auth0'] });
  expect(run.errors).toEqual([]);
  expect(run.tried.filter(({ where }) => where === 'auth0').every(({ status }) => status === 'passed')).toBe(
    true,
  );
});
