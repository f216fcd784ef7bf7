import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { claimsmith } from './terminal.ts';

const example = fileURLToPath(new URL('../../../examples/daily-limit', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'claimsmith-looked-up-'));
afterAll(() => rmSync(root, { recursive: true }));
cpSync(example, join(root, 'before'), { recursive: true });

/** The example with other text. */
function changed(name: string, from: string, to: string): void {
  cpSync(example, join(root, name), { recursive: true });
  const file = join(root, name, 'enrichment.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

test('no issuer has a claim that is looked up, nor its setting if nothing else needs it', async () => {
  changed('alone', '    value: bank.daily\n', '    const: 5\n');
  expect((await claimsmith(root, 'build', 'alone')).code).toBe(0);
  const folder = join(root, 'alone/dist');
  const files = ['auth0/post-login.js', 'cognito/index.mjs', 'okta/policy.mjs', 'keycloak/realm.json'];
  for (const file of files)
    expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(
      /daily_limit_left|BANK_TOKEN|bank\.acme/,
    );
  const lookups = readFileSync(join(folder, 'services/lookups.mjs'), 'utf8');
  expect(lookups).toContain('daily_limit_left');
  expect(lookups).not.toMatch(/^\s*import\b|\bimport\(|require\(/m);
});

test('explain and inventory say that no token has it', async () => {
  const explained = await claimsmith(root, 'explain', 'daily_limit_left', 'before');
  expect(explained.out).toContain('in no token: services look it up');
  expect(explained.out).toContain('the look-up is refused: 503, or 403 if no source failed');
  const { out } = await claimsmith(root, 'inventory', 'before', '--format', 'csv');
  expect(out).toMatch(/"daily_limit_left",.*"none: looked up"/);
});

test('diff tells of a change that no token shows', async () => {
  changed('after', 'value: bank.left', 'value: bank.daily');
  const { out } = await claimsmith(root, 'diff', 'before', 'after');
  expect(out).toContain('`value` was `bank.left`, and is `bank.daily`. | **wider** |');
});

test.each([
  ['a value', 'left: 25000 }', 'left: 24000 }'],
  ['a refusal', 'denied: unavailable', 'denied: missing'],
])('a scenario that expects %s of a look-up can fail', async (name, from, to) => {
  cpSync(example, join(root, name), { recursive: true });
  const file = join(root, name, 'scenarios/daily-limit.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  for (const command of ['test', 'preview']) {
    const { code, out } = await claimsmith(root, command, name, '--issuer', 'okta');
    expect([code, out.includes('lookups.daily_limit_left')]).toEqual([2, true]);
  }
});

test('preview shows what services look up, at one issuer and at several', async () => {
  const preview = async (...args: readonly string[]) => {
    const shown = await claimsmith(root, 'preview', 'before', ...args);
    expect(shown.code).toBe(0);
    return shown.out;
  };
  expect(await preview('--scenario', 'the limit was spent after the login', '--issuer', 'okta')).toMatch(
    /looked up\n +daily_limit_left +0\n/,
  );
  expect(await preview('--scenario', 'a machine has no limit')).toMatch(
    /looked up\n +daily_limit_left +null( +✓){4}\n/,
  );
  const { previews } = JSON.parse(await preview('--json', '--issuer', 'auth0')) as {
    previews: readonly { trial: string; lookups?: { found: unknown; meant: unknown } }[];
  };
  const named = (name: string) => previews.find(({ trial }) => trial === name)?.lookups;
  const refused = { daily_limit_left: { denied: 'unavailable' } };
  expect(named('the bank is down when the service asks')).toEqual({ found: refused, meant: refused });
  expect(named('a locked account')).toBeUndefined();
});

test('a change of a look-up that no scenario notices is shown with a scenario that would', async () => {
  cpSync(example, join(root, 'few'), { recursive: true });
  const file = join(root, 'few/scenarios/daily-limit.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/ {2}- name: the limit was spent.*(?= {2}- name: a machine)/s, ''));
  const { code, out } = await claimsmith(root, 'test', 'few', '--mutate');
  expect(code).toBe(2);
  expect(out.slice(out.indexOf('✗'))).toMatchInlineSnapshot(`
    "✗ 1 of 19 small changes of the policy go unnoticed

      few/enrichment.yaml:33:5  claims.daily_limit_left.onMissing
      onMissing: deny → onMissing: omit
      a scenario that notices it:
        - name: "33:5 is onMissing: deny, not onMissing: omit"
          context: { user: {} }
          sources: { bank: { daily: 25001, left: 1767225600000 }, directory: { locked: false, roles:
            [payer, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r18, r19,
            r20] } }
          later: { bank: { fails: timeout } }
          expect: { lookups: { daily_limit_left: { denied: unavailable } } }

    "
  `);
});

test('services look up nothing with tokens that issuers leave without the policy', async () => {
  const spec = (applies: string, settings = {}) => `version: 1
name: left
${applies}
sources: { crm: { http: { url: 'https://crm.acme.example/{user.id}' }, returns: { seats: int }, timeout: 300ms } }
claims:
  subject: { value: subject_type, kind: descriptive }
  large: { value: crm.seats > 3, kind: authoritative, resolve: request }
issuers: ${JSON.stringify({
    auth0: settings,
    okta: { idTokens: false, ...settings },
    keycloak: { scripts: true, audience: 'https://api.acme.example/', ...settings },
  })}
`;
  const specs = {
    applies: spec("applies: client.id != 'wiki'"),
    clients: spec('', { clients: ['web'] }),
    observe: spec('', { observe: { clients: ['wiki'] } }),
  };
  for (const [name, text] of Object.entries(specs)) {
    mkdirSync(join(root, name, 'scenarios'), { recursive: true });
    writeFileSync(join(root, name, 'enrichment.yaml'), text);
    writeFileSync(
      join(root, name, 'scenarios/wiki.yaml'),
      `- name: wiki
  context: { user: { id: u1 }, client: { id: wiki }, request: { audience: https://api.acme.example/ } }
  sources: { crm: { seats: 5 } }
`,
    );
    const { code, out, err } = await claimsmith(root, 'test', name);
    expect(err).toBe('');
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('all issuers agree with the policy'),
    });
  }
});
