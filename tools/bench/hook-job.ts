import { secret } from '../../packages/okta-server/test/served.ts';

export { secret };

/** Ten claims from what Okta's request holds. */
export const hookSpec = `
version: 1
name: bench
owner: identity@acme.example
tables:
  region: { Europe/Berlin: eu, America/New_York: us }
claims:
  login: { value: user.username, kind: authoritative }
  subject_id: { value: user.id, kind: authoritative }
  given: { value: user.given_name, kind: descriptive }
  family: { value: user.family_name, kind: descriptive }
  region: { value: "tables.region[user.zoneinfo]", kind: descriptive }
  app: { value: client.name, kind: descriptive }
  may_pay: { value: '"payments.write" in request.scopes', kind: authoritative }
  payments: { value: 'request.scopes.filter(s, s.startsWith("payments.")).map(s, s.substring(9))', kind: authoritative }
  tier: { value: 'user.username.endsWith("@acme.example") ? "staff" : "guest"', kind: authoritative }
  strong: { value: '"mfa" in session.amr', kind: authoritative }
`;

/** The same with one claim more, which a source gives. */
export function sourceSpec(port: number): string {
  return `${hookSpec}  plan: { value: plans.plan, kind: authoritative }
sources:
  plans:
    http: { url: "http://127.0.0.1:${port}/users/{user.id}" }
    returns: { plan: string }
    timeout: 1s
`;
}

/** Okta's request for a login of the code flow with both tokens, about 3 kB. */
export function hookRequest(index: number): string {
  const id = `00u${String(index).padStart(8, '0')}acme1d7`;
  const login = `user.${index}@acme.example`;
  const url = `https://acme.okta.example/oauth2/ausacme1/v1/authorize?client_id=0oaacme1&scope=openid+profile+payments.read+payments.write&response_type=code&redirect_uri=https%3A%2F%2Fshop.acme.example%2Fcallback&state=c1a5d1b8f6e24c4d&nonce=9a0b1c2d3e4f&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256`;
  const time = new Date().toISOString();
  return JSON.stringify({
    eventId: `bench-${process.pid}-${index}`,
    eventTime: time,
    eventType: 'com.okta.oauth2.tokens.transform',
    eventTypeVersion: '1.0',
    cloudEventVersion: '0.1',
    contentType: 'application/json',
    source: 'https://acme.okta.example/oauth2/ausacme1/v1/authorize',
    data: {
      context: {
        request: {
          id: 'reqv66CbCaCStGEFc8AdfS0ng',
          method: 'GET',
          url: { value: url },
          ipAddress: '203.0.113.7',
        },
        protocol: {
          type: 'OAUTH2.0',
          request: {
            scope: 'openid profile payments.read payments.write',
            state: 'c1a5d1b8f6e24c4d',
            redirect_uri: 'https://shop.acme.example/callback',
            response_mode: 'query',
            response_type: 'code',
            client_id: '0oaacme1',
            grant_type: 'authorization_code',
          },
          issuer: { uri: 'https://acme.okta.example/oauth2/ausacme1' },
          client: { id: '0oaacme1', name: 'Shop', type: 'PUBLIC' },
        },
        session: {
          id: '102Qoe7t5PcRnSxr8j3I8I6pA',
          userId: id,
          login,
          createdAt: time,
          expiresAt: '2030-01-01T00:00:00.000Z',
          status: 'ACTIVE',
          lastPasswordVerification: time,
          lastFactorVerification: time,
          amr: ['pwd', 'mfa'],
          idp: { id: '00oacme1', type: 'OKTA' },
          mfaActive: true,
        },
        user: {
          id,
          passwordChanged: '2026-03-01T09:30:00.000Z',
          profile: { login, firstName: 'Ada', lastName: 'Acme', locale: 'de-DE', timeZone: 'Europe/Berlin' },
          _links: {
            groups: { href: `https://acme.okta.example/00u/${id}/groups` },
            factors: { href: `https://acme.okta.example/api/v1/users/${id}/factors` },
          },
        },
      },
      identity: {
        claims: {
          sub: id,
          name: 'Ada Acme',
          email: login,
          ver: 1,
          iss: 'https://acme.okta.example/oauth2/ausacme1',
          aud: '0oaacme1',
          jti: 'ID.TxBx3pVwsAdQpVMCCoKzHxrTDVIOcfQ5ZNDcOxxx',
          amr: ['pwd', 'mfa'],
          idp: '00oacme1',
          nonce: '9a0b1c2d3e4f',
          preferred_username: login,
          auth_time: 1_795_132_800,
        },
        token: { lifetime: { expiration: 3_600 } },
      },
      access: {
        claims: {
          ver: 1,
          jti: 'AT.W-rrB-z-kkZQmHW0e6VS3Or--QfEN_YvoWJa46A7HAA',
          iss: 'https://acme.okta.example/oauth2/ausacme1',
          aud: 'api://payments',
          cid: '0oaacme1',
          uid: id,
          sub: login,
          auth_time: 1_795_132_800,
        },
        token: { lifetime: { expiration: 3_600 } },
        scopes: Object.fromEntries(
          ['openid', 'profile', 'payments.read', 'payments.write'].map((scope) => [
            scope,
            { id: `scp${scope.length}acme1x4cTDr2y2`, action: 'GRANT' },
          ]),
        ),
      },
    },
  });
}
