import { describe, expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const audience = 'https://shop.acme.example/';

const spec = (claims: string, issuers: string) => `version: 1
name: card
user: { attributes: { plan: string, theme: string } }
claims:
  tier: { const: 1, kind: authoritative }
${claims}
issuers: ${issuers}
`;

const shown = `  plan: { value: user.attributes.plan, kind: descriptive, tokens: [id, userinfo] }
  theme: { value: user.attributes.theme, kind: descriptive, tokens: [id] }
  card:
    value: user.name + " " + user.attributes.plan
    kind: descriptive
    tokens: [userinfo]
    when: issuer == "keycloak" && "profile" in request.scopes`;

/** What `check` says: `error TE843 claims.a auth0`. */
async function checked(claims: string, issuers: string): Promise<readonly string[]> {
  const folder = scratchFolder({ 'enrichment.yaml': spec(claims, issuers) });
  const { findings } = JSON.parse((await claimsmith(folder, 'check', '--json')).out);
  return findings
    .filter(({ rule }: { rule: string }) => /TE843|TE201|TE003/.test(rule))
    .map(({ severity, rule, at }: Record<string, string>) => `${severity} ${rule} ${at}`);
}

describe('claims of the userinfo answer', () => {
  test('are refused where the issuer has no such answer, or makes it of another token', async () => {
    const claim = '  plan: { value: user.attributes.plan, kind: descriptive, tokens: [access, userinfo] }';
    const issuers = '{ auth0: {}, okta: {}, cognito: {}, keycloak: {} }';
    expect(await checked(claim, issuers)).toEqual(Array(3).fill('error TE843 claims.plan.tokens'));
    expect(await checked(claim.replace('access', 'id'), '{ auth0: {}, keycloak: {} }')).toEqual([]);
    expect(await checked(shown, '{ auth0: {}, keycloak: { scripts: true, audience: "urn:a" } }')).toEqual([
      'info TE843 claims.theme.tokens',
    ]);
  });

  test('carry no authority', async () => {
    const claim = '  plan: { value: user.attributes.plan, kind: authoritative, tokens: [userinfo] }';
    expect(await checked(claim, '{ keycloak: { scripts: true, audience: "urn:a" } }')).toEqual([
      'error TE201 claims.plan.tokens',
    ]);
  });

  const scenarios = `context:
  subject_type: human
  client: { id: web }
  user: { id: u1, name: Ada L, given_name: Ada, family_name: L, attributes: { plan: gold, theme: dark } }
  request: { scopes: [openid, profile], audience: "${audience}", grant_type: authorization_code }
scenarios:
  - name: person
    expect:
      access: { tier: 1 }
      id: { plan: gold, theme: dark }
      userinfo: { plan: gold }
      keycloak: { userinfo: { plan: gold, card: Ada L gold }, only: true, id: { plan: gold, theme: dark }, access: { tier: 1 } }
  - name: person who asks for less
    context: { request: { scopes: [openid] } }
    expect: { userinfo: { plan: gold }, absent: [card] }
  - name: no login
    context: { request: { scopes: [] } }
    expect: { access: { tier: 1 }, only: true }
`;

  test.each([
    ['the script', `keycloak: { scripts: true, audience: "${audience}" }`, shown],
    [
      'mappers',
      `keycloak: { serviceAccounts: false, audience: "${audience}" }`,
      shown.replace('value: user.name + " " + user.attributes.plan', 'const: Ada L gold'),
    ],
  ])('are as the policy decides, at Keycloak by %s', async (_, keycloak, claims) => {
    const folder = scratchFolder({
      'enrichment.yaml': spec(
        claims.replace(keycloak.includes('serviceAccounts') ? ' && "profile" in request.scopes' : '\0', ''),
        `{ auth0: { clients: all }, ${keycloak} }`,
      ),
      'scenarios/a.yaml': keycloak.includes('serviceAccounts')
        ? scenarios.replace(', absent: [card]', '')
        : scenarios,
    });
    const { out, code } = await claimsmith(folder, 'test');
    expect(out).toContain('all issuers agree with the policy');
    expect(code).toBe(0);
    const preview = (await claimsmith(folder, 'preview')).out;
    expect(preview).toMatch(/userinfo\n\s+plan +"gold"/);
    expect(preview).toContain("auth0, TE843: Auth0's userinfo answer has all claims of the ID token.");
  });
});
