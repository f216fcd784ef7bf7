import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { claimsmith, claimsmithAt } from './terminal.ts';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'claimsmith-preview-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('claimsmith preview', () => {
  test('shows tokens, origins, what was left out and what was expected', async () => {
    const { code, out, err } = await claimsmith(fixtures, 'preview', 'shop');
    expect([code, err]).toEqual([2, '']);
    await expect(out).toMatchFileSnapshot('golden/preview-shop.txt');
  });

  test.each(['payments', 'quickstart', 'verified-permissions'])(
    'finds examples/%s as expected, also where an issuer answers userinfo from the ID token',
    async (name) => {
      const { code, out } = await claimsmith(examples, 'preview', name);
      expect(out).toContain('all as expected');
      expect(code).toBe(0);
    },
  );

  test('keeps to a narrow terminal', async () => {
    const { out } = await claimsmithAt(fixtures, 64, 'preview', 'shop', '--scenario', 'crm answers nonsense');
    await expect(out).toMatchFileSnapshot('golden/preview-shop-narrow.txt');
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(64);
  });

  test('several issuers side by side keep to one, too', async () => {
    const { out } = await claimsmithAt(examples, 70, 'preview', 'quickstart');
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(70);
    expect(out).toContain('["shop:clerk"]');
  });

  test('says what is wrong at several issuers, once where it is the same', async () => {
    const folder = join(scratch, 'wrong');
    mkdirSync(join(folder, 'scenarios'), { recursive: true });
    writeFileSync(
      join(folder, 'enrichment.yaml'),
      'version: 1\nname: wrong\nclaims: { plan: { const: gold, kind: descriptive } }\nissuers: { auth0: {}, keycloak: {}, cognito: { clients: all } }\n',
    );
    writeFileSync(
      join(folder, 'scenarios/all.yaml'),
      'scenarios: [{ name: one, context: { user: { id: u } }, expect: { access: { plan: silver }, cognito: { access: { plan: tin } } } }]\n',
    );
    const { code, out } = await claimsmith(folder, 'preview');
    expect(code).toBe(2);
    expect(out).toContain(
      '  not as expected at auth0, keycloak\n    access.plan\n      expected  "silver"\n      got       "gold"\n',
    );
    expect(out).toContain('  not as expected at cognito\n    access.plan\n      expected  "tin"\n');
  });

  const spec =
    'version: 1\nname: elsewhere\nclaims: { permissions: { value: user.id, kind: descriptive } }\n';

  test('--live is not stopped by errors at other issuers', async () => {
    writeFileSync(join(scratch, 'both.yaml'), `${spec}issuers: { auth0: {}, keycloak: { realm: shop } }\n`);
    const args = ['preview', 'both.yaml', '--live', 'http://127.0.0.1:1', '--user', 'ada', '--client', 'web'];
    expect((await claimsmith(scratch, ...args)).err).toMatch(/^error: --live needs KEYCLOAK_/);
    expect((await claimsmith(scratch, 'check', 'both.yaml')).out).toMatch(/ error {2}TE102 {2}auth0/);
  });

  test('--live needs --realm where the spec names several realms', async () => {
    const several = `${spec}issuers: { keycloak: { realm: [shop, market] } }\n`;
    writeFileSync(join(scratch, 'several.yaml'), several);
    const args = [
      'preview',
      'several.yaml',
      '--live',
      'http://127.0.0.1:1',
      '--user',
      'ada',
      '--client',
      'web',
    ];
    vi.stubEnv('KEYCLOAK_CLIENT_ID', 'id');
    vi.stubEnv('KEYCLOAK_CLIENT_SECRET', 'secret');
    expect((await claimsmith(scratch, ...args)).err).toBe(
      'error: the spec names several realms: choose one with --realm <name> (shop, market)\n',
    );
    expect((await claimsmith(scratch, ...args, '--realm', 'market')).err).toMatch(/cannot be reached/);
    vi.unstubAllEnvs();
    expect((await claimsmith(scratch, 'preview', 'several.yaml', '--realm', 'market')).err).toContain(
      '--user, --client, --realm and --scope go with --live <url>',
    );
  });

  test('--live names the server that it cannot reach, without what its address keeps secret', async () => {
    vi.stubEnv('KEYCLOAK_ADMIN_USERNAME', 'admin');
    vi.stubEnv('KEYCLOAK_ADMIN_PASSWORD', 'correct-horse');
    const address = 'http://someone:hidden@127.0.0.1:9/auth/';
    const args = ['preview', 'quickstart', '--live', address, '--user', 'ada', '--client', 'web'];
    const { code, out, err } = await claimsmith(examples, ...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('error: http://127.0.0.1:9/auth: Keycloak cannot be reached.\n');
  });

  test('ends with 0 where all chosen scenarios come out as expected', async () => {
    const { code, out } = await claimsmith(fixtures, 'preview', 'shop', '--scenario', 'too many roles');
    expect(code).toBe(0);
    expect(out).toContain('1 scenario at 1 issuer, all as expected');
  });

  test('--json holds the same', async () => {
    const { code, out } = await claimsmith(fixtures, 'preview', 'shop', '--json');
    const { previews } = JSON.parse(out);
    expect(code).toBe(2);
    expect(previews).toHaveLength(5);
    expect(previews[0]).toMatchObject({
      trial: 'clerk with a gold tier',
      issuer: 'auth0',
      trigger: 'post-login',
      issuance: { access: { tier: 'gold', 'https://shop.example/roles': ['clerk'] } },
      unmet: [],
      divergences: [],
    });
    expect(previews[4].unmet).toContainEqual({ at: 'access.tier', expected: 'gold', actual: 'silver' });
  });

  test('says which scenario is not there', async () => {
    const ran = await claimsmith(fixtures, 'preview', 'shop', '--scenario', 'to many roles');
    expect(ran).toEqual({
      code: 1,
      out: '',
      err: 'error: unknown scenario "to many roles"; did you mean too many roles?\n',
    });
  });

  test.each([
    ['CRM', '; the scenarios are "crm answers nonsense"'],
    ['senior', '; the scenarios are "clerk with a gold tier", "crm answers nonsense", '],
  ])('lists scenarios where none is called %s', async (name, list) => {
    const { code, err } = await claimsmith(fixtures, 'preview', 'shop', '--scenario', name);
    expect(code).toBe(1);
    expect(err).toContain(`error: unknown scenario "${name}"${list}`);
  });

  test('a spec without scenarios, and one with findings', async () => {
    cpSync(join(fixtures, 'shop/enrichment.yaml'), join(scratch, 'bare/enrichment.yaml'));
    const bare = await claimsmith(scratch, 'preview', 'bare');
    expect(bare).toEqual({
      code: 1,
      out: '',
      err: 'error: no scenario in bare/scenarios; claimsmith init writes the first ones\n',
    });
    const wrong = await claimsmith(fixtures, 'preview', 'wrong');
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('`colour` is not a key');
    expect(wrong.err).not.toContain(' info ');
  });

  test('a scenario file with a mistake is shown with its place', async () => {
    cpSync(join(fixtures, 'shop/enrichment.yaml'), join(scratch, 'typo/enrichment.yaml'));
    cpSync(join(fixtures, 'shop/scenarios/second.yaml'), join(scratch, 'typo/scenarios/a.yaml'));
    writeFileSync(join(scratch, 'typo/scenarios/b.yaml'), '- name: x\n  contxt: {}\n');
    const { code, out, err } = await claimsmith(scratch, 'preview', 'typo');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('typo/scenarios/b.yaml:2:3');
  });

  test('an event of the issuer, with answers of the sources from a file', async () => {
    const event = {
      user: { user_id: 'auth0|1', name: 'Eve', app_metadata: { tier: 'gold' } },
      authorization: { roles: ['clerk'] },
      transaction: { requested_scopes: ['openid', 'orders.read'], protocol: 'oidc-basic-profile' },
      resource_server: { identifier: 'https://api.shop.example/' },
    };
    writeFileSync(join(scratch, 'event.json'), JSON.stringify(event));
    writeFileSync(join(scratch, 'sources.json'), JSON.stringify({ crm: { segment: 'vip', discount: 5 } }));
    const spec = join(fixtures, 'shop');
    const args = ['preview', spec, '--event', 'event.json', '--trigger', 'post-login', '--json'];
    const down = JSON.parse((await claimsmith(scratch, ...args)).out).previews[0];
    expect(down.unanswered).toEqual(['crm']);
    expect(down.issuance.access).toMatchObject({ tier: 'gold', discount: 0 });
    const up = JSON.parse((await claimsmith(scratch, ...args, '--sources', 'sources.json')).out).previews[0];
    expect(up.issuance.access).toMatchObject({ segment: 'vip', discount: 5 });
    expect(up.issuance.id).toEqual({ greeting: 'Grüße, Eve' });
  });

  test('an answer of a source that the spec does not have is refused', async () => {
    writeFileSync(join(scratch, 'event.json'), '{"user":{}}');
    writeFileSync(join(scratch, 'wrong.json'), '{"crn":{}}');
    const args = ['--event', 'event.json', '--sources', 'wrong.json'];
    expect(await claimsmith(scratch, 'preview', join(fixtures, 'shop'), ...args)).toEqual({
      code: 1,
      out: '',
      err: 'error: wrong.json: the spec has no source `crn`; did you mean crm?\n',
    });
  });

  test.each([[{ fails: 'boom' }], [{ fails: 'timeout', segment: 'vip' }], [{ fails: null }]])(
    'an answer that is not a known failure is refused: %j',
    async (crm) => {
      writeFileSync(join(scratch, 'event.json'), '{}');
      writeFileSync(join(scratch, 'wrong.json'), JSON.stringify({ crm }));
      const args = ['--event', 'event.json', '--trigger', 'post-login', '--sources', 'wrong.json'];
      expect(await claimsmith(scratch, 'preview', join(fixtures, 'shop'), ...args)).toEqual({
        code: 1,
        out: '',
        err: 'error: wrong.json: `crm.fails` must be timeout, network, status, too_large, malformed, ambiguous, open or token, and the only key\n',
      });
    },
  );

  test('a user that a machine has of its own is kept where the issuer gives it one', async () => {
    const folder = mkdtempSync(join(scratch, 'account-'));
    mkdirSync(join(folder, 'scenarios'));
    writeFileSync(
      join(folder, 'enrichment.yaml'),
      `version: 1
name: jobs
claims:
  roles: { value: 'user.roles.filter(r, r.startsWith("svc:"))', kind: authoritative, subjects: [human, machine] }
  login: { value: user.username, kind: descriptive, subjects: [human, machine] }
issuers: { keycloak: { scripts: true, audience: "https://api.acme.example/", clients: [job] } }
`,
    );
    writeFileSync(
      join(folder, 'scenarios/a.yaml'),
      `context: { user: { id: u1, roles: ["svc:admin"] } }
scenarios:
  - name: account
    context: { subject_type: machine, client: { id: job }, user: { roles: ["svc:write", "svc:read"] } }
    expect: { access: { roles: ["svc:write", "svc:read"] } }
  - name: shared
    context: { subject_type: machine, client: { id: job } }
    expect: { access: { roles: [] } }
`,
    );
    const { out } = await claimsmith(folder, 'preview', '--json');
    const { previews } = JSON.parse(out);
    const [account, shared] = previews;
    expect(account).toMatchObject({
      trigger: 'service-account',
      issuance: { access: { roles: ['svc:read', 'svc:write'], login: 'service-account-job' } },
      unmet: [],
      divergences: [],
    });
    expect(shared.issuance.access).toMatchObject({ roles: [] });
    expect(shared.divergences).toEqual([]);
  });

  test.each([
    'subject_type: machine',
    'subject_type: agent',
    'request: { grant_type: client_credentials }',
    'subject_type: human, request: { grant_type: client_credentials }',
  ])('a user that scenarios share does not log in where a machine asks: %s', async (context) => {
    const folder = mkdtempSync(join(scratch, 'machine-'));
    mkdirSync(join(folder, 'scenarios'));
    const claim = 'kind: descriptive, onMissing: { default: none }';
    writeFileSync(
      join(folder, 'enrichment.yaml'),
      `version: 1\nname: mixed\nclaims:\n  mail: { value: user.?email.orValue("none"), ${claim} }\n` +
        `  at: { value: 'has(session.id) ? session.id : "none"', ${claim} }\nissuers: { auth0: {} }\n`,
    );
    writeFileSync(
      join(folder, 'scenarios/a.yaml'),
      'context: { user: { id: u1, email: a@b.example }, session: { id: s1 }, request: { audience: a } }\n' +
        `scenarios:\n  - name: m\n    context: { ${context} }\n    expect: { access: { mail: none, at: none } }\n` +
        '  - name: h\n    expect: { access: { mail: a@b.example, at: s1 } }\n',
    );
    const { code, out } = await claimsmith(folder, 'preview', '--json');
    const { previews } = JSON.parse(out);
    expect(previews.map(({ trigger }: { trigger: string }) => trigger)).toEqual([
      'credentials-exchange',
      'post-login',
    ]);
    expect(previews.flatMap(({ divergences }: { divergences: unknown[] }) => divergences)).toEqual([]);
    expect(code).toBe(0);
  });

  test('a trigger that the issuer has not', async () => {
    writeFileSync(join(scratch, 'event.json'), '{}');
    const args = ['preview', join(fixtures, 'shop'), '--event', 'event.json', '--trigger'];
    expect(await claimsmith(scratch, ...args, 'post-logn')).toEqual({
      code: 64,
      out: '',
      err: 'error: auth0 has no trigger "post-logn"; did you mean post-login?\n',
    });
    // An event without anything in it is one that an Action may well get: nothing but a denial comes of it.
    const { code, out } = await claimsmith(scratch, ...args, 'post-login');
    expect(code).toBe(0);
    expect(out).toContain('no token  enrichment_unavailable');
  });

  test('JSON that is nested 10,000 levels deep is one clear line', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    writeFileSync(join(scratch, 'event.json'), `{"user":{"user_id":"u","app_metadata":{"x":${deep}}}}`);
    writeFileSync(join(scratch, 'shallow.json'), '{"user":{"user_id":"u"}}');
    writeFileSync(join(scratch, 'answers.json'), `{"tenants":${deep}}`);
    const preview = ['preview', join(fixtures, 'shop'), '--trigger', 'post-login', '--event'];
    for (const [file, ...args] of [
      ['event.json', 'event.json'],
      ['answers.json', 'shallow.json', '--sources', 'answers.json'],
    ]) {
      expect(await claimsmith(scratch, ...preview, ...args)).toEqual({
        code: 1,
        out: '',
        err: `error: ${file} is nested deeper than 200 levels\n`,
      });
    }
  });

  test('a request to an Okta hook goes where its shape says', async () => {
    const sample = join(examples, 'quickstart/okta-request.json');
    const args = ['preview', join(examples, 'quickstart'), '--issuer', 'okta', '--event', sample];
    const { code, out } = await claimsmith(scratch, ...args);
    expect(code).toBe(0);
    expect(out).toMatch(/^· okta-request\.json +okta token-hook$/m);
    expect(out).toMatch(/https:\/\/acme\.example\/roles +\["shop:clerk"\]/);
  });

  test.each([
    [['auth0'], { user: {} }, 0, ''],
    [['auth0'], {}, 1, 'event.json is not an event of Auth0: the `event` of an Action has `user`'],
    [
      ['okta'],
      {},
      1,
      'event.json is not an event of Okta: a request to a token inline hook has the `eventType`',
    ],
    [['okta', '--trigger', 'token-hook'], {}, 1, 'event.json: The event is not as Okta sends it: eventId,'],
    [['okta', '--trigger', 'login'], {}, 64, 'okta has no trigger "login"; the triggers are token-hook'],
    [['keycloak'], {}, 64, 'Keycloak does not send events: write a scenario'],
  ])('an event for %j of %j is not a defect of ours', async (issuer, event, code, message) => {
    writeFileSync(join(scratch, 'event.json'), JSON.stringify(event));
    const args = ['preview', join(examples, 'quickstart'), '--event', 'event.json', '--issuer', ...issuer];
    const ran = await claimsmith(scratch, ...args);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
    expect(ran.err.split('\n').length).toBeLessThanOrEqual(2);
    expect(ran.err).not.toContain('defect');
  });

  test.each([
    ['[1]', 'event.json is not a JSON object'],
    ['{', 'event.json is not JSON'],
  ])('an event that is %j', async (text, message) => {
    writeFileSync(join(scratch, 'event.json'), text);
    const spec = join(fixtures, 'shop');
    const ran = await claimsmith(
      scratch,
      'preview',
      spec,
      '--event',
      'event.json',
      '--trigger',
      'post-login',
    );
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(message);
    expect(ran.err.split('\n')).toHaveLength(2);
  });
});
