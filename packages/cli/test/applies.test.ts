import { describe, expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const audience = 'https://api.acme.example/';
const everywhere = `issuers:
  auth0: { audiences: ["${audience}"] }
  okta: { audience: "${audience}", guard: [sentinel], idTokens: false }
  keycloak: { scripts: true, audience: "${audience}" }
`;

/** What `check` says: `error TE004 applies`. */
async function checked(body: string, issuers = everywhere): Promise<readonly string[]> {
  const folder = scratchFolder({ 'enrichment.yaml': `version: 1\nname: some\n${body}\n${issuers}` });
  const { findings } = JSON.parse((await claimsmith(folder, 'check', '--json')).out);
  return findings
    .filter(({ severity }: { severity: string }) => severity !== 'info')
    .map(({ severity, rule, at }: Record<string, string>) => `${severity} ${rule} ${at}`);
}

const claims = 'claims: { tenant: { value: client.id, kind: authoritative } }';

describe('a condition of the whole policy', () => {
  test('is for all issuers, native where nothing denies', async () => {
    expect(await checked(`${claims}\napplies: client.id == "web"`)).toEqual([]);
    const native = 'claims: { app: { const: true, kind: descriptive } }\napplies: client.id == "web"';
    expect(await checked(native, 'issuers: { auth0: {}, okta: {}, keycloak: {} }')).toEqual([]);
    expect(
      await checked(
        native.replace('client.id == "web"', '\'"staff" in user.roles\''),
        'issuers: { keycloak: { serviceAccounts: false } }',
      ),
    ).toEqual(['warning TE820 claims.app']);
  });

  test.each([
    ['a source', 'crm.plan == "gold"', 'error TE004 applies'],
    ['a claim', 'claims.tenant == "a"', 'error TE004 applies'],
    ['no condition', 'client.id', 'error TE004 applies'],
    ['nothing', '""', 'error TE003 applies'],
    ['a number', '7', 'error TE003 applies'],
    [
      'a condition that is never true',
      'subject_type == "human" && subject_type == "robot"',
      'error TE837 applies',
    ],
    ['what the caller chooses', 'request.params.x != "1"', 'error TE209 applies'],
    [
      'what the caller chooses, in part',
      "client.id == 'a' || request.user_agent == 'b'",
      'error TE209 applies',
    ],
    ['scopes, beside a deny rule', '\'"pay" in request.scopes\'', 'warning TE209 applies'],
  ])('is refused or reported where it is %s', async (_, text, finding) => {
    const body = `${claims}
sources: { crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string } } }
deny: [{ when: client.id == "barred", reason: barred }]
applies: ${/^['"\d]/.test(text) ? text : JSON.stringify(text)}`;
    expect(await checked(body)).toContain(finding);
  });

  test('that machines or an issuer cannot meet is an error, for each root cause one', async () => {
    expect(await checked(`${claims}\napplies: '"staff" in user.roles'`)).toEqual(
      ['error TE207 applies', 'error TE207 applies'], // at Auth0, and at Okta
    );
    expect(
      await checked(
        `${claims}\napplies: connection.name == "sso"`,
        'issuers: { keycloak: { serviceAccounts: false, scripts: true, audience: "urn:api" } }',
      ),
    ).toEqual(['warning TE707 applies', 'error TE804 applies']);
    expect(
      await checked(
        `${claims}\nuser: { attributes: { beta: bool } }\napplies: 'subject_type == "human" && user.attributes.?beta.orValue(false)'`,
        'issuers: { auth0: { attributesIn: user_metadata, clients: all } }',
      ),
    ).toEqual(['error TE210 applies']);
    expect(
      await checked(
        `claims: { app: { const: true, kind: descriptive } }\napplies: client.id != "y"`,
        'issuers: { keycloak: {} }',
      ),
    ).toEqual(['error TE813 applies']);
  });
});

const scenarios = `context: { request: { audience: "${audience}", scopes: [openid] }, subject_type: human }
scenarios:
  - name: a client of the policy
    context: { client: { id: web }, user: { id: u1, roles: [staff] } }
    expect: { access: { tenant: web, plan: gold }, id: { plan: gold }, only: true }
  - name: a client that is barred
    context: { client: { id: barred }, user: { id: u1 } }
    expect: { denied: barred }
  - name: another client
    context: { client: { id: other }, user: { id: u1 } }
    expect: { only: true, absent: [tenant, plan] }
`;

describe('tokens that it excludes', () => {
  const spec = `version: 1
name: some
claims:
  tenant: { value: client.id, kind: authoritative }
  plan: { const: gold, kind: descriptive, tokens: [access, id] }
deny: [{ when: client.id != "web", reason: barred }]
applies: client.id in ["web", "barred"]
${everywhere.replace(', idTokens: false', '')}`;

  test('are left alone at every issuer, denied by no rule', async () => {
    const folder = scratchFolder({ 'enrichment.yaml': spec, 'scenarios/a.yaml': scenarios });
    const { out, code } = await claimsmith(folder, 'test', '--mutate');
    expect(out).toContain('all issuers agree with the policy');
    expect(out).not.toContain('go unnoticed');
    expect(code).toBe(0);
  });

  test('are left alone by mappers and native claims alone', async () => {
    const native = spec
      .replace(/deny:.*\n/, '')
      .replace('scripts: true, ', '')
      .replace(', guard: [sentinel]', '');
    const folder = scratchFolder({
      'enrichment.yaml': native.replace('tenant: { value: client.id', 'tenant: { const: web'),
      'scenarios/a.yaml': scenarios.replace(/ {2}- name: a client that is barred\n.*\n.*\n/, ''),
    });
    const { out, code } = await claimsmith(folder, 'test');
    expect(out).toContain('all issuers agree with the policy');
    expect(code).toBe(0);
  });
});
