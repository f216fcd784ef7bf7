import { createHmac } from 'node:crypto';
import { noTokens } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../../test/fixtures.ts';
import { type Changes, issued, machine, person, spec } from '../../../test/issued.ts';
import { keycloak } from '../../index.ts';
import { departs } from '../../simulator/departs.ts';

describe('a policy script', () => {
  it('writes the claims, the marker and the scopes that the policy decides, and asks once for all tokens', async () => {
    const token = await issued(person);
    expect(token.denied).toBeUndefined();
    expect(token.access).toEqual({
      tenant_id: 'o1',
      roles: ['approver'],
      features: ['é'],
      plan: 'gold',
      approval_limit: 12.5,
      region: 'eu',
      policy: expect.stringMatching(/^payments@[0-9a-f]{8}$/),
    });
    expect(token.id).toEqual({ name: 'Ada L' });
    expect(token.scopes).toEqual(['openid', 'payments.approve']);
    expect(token.asked).toEqual(['https://entitlements.acme.example/v1/users/u1']);
  });

  it('leaves a record in the log, with the user as a keyed digest', async () => {
    const text = `${spec}\naudit: { key: "\${AUDIT_KEY}" }`;
    const key = 'a-key-of-thirty-two-characters-!';
    const token = await issued(person, { text, secrets: { AUDIT_KEY: key } });
    const records = token.log.map((line) => JSON.parse(line));
    expect(records).toMatchObject([
      {
        claimsmith: expect.stringMatching(/^payments@[0-9a-f]{8}$/),
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
        decision: 'issued',
        subject: createHmac('sha256', key).update('u1').digest('base64url').slice(0, 22),
        client: 'web',
        claims: expect.arrayContaining(['tenant_id', 'roles', 'plan']),
        sources: { entitlements: 0 },
        issuer: 'keycloak',
      },
    ]);
    expect(token.log.join()).not.toMatch(/"u1"|Ada|gold|a-key-of/);
    const short = await issued(person, { text, secrets: { AUDIT_KEY: 'short' } });
    expect(JSON.parse(short.log[0] ?? '').subject).toBeUndefined();
  });

  it('takes refused scopes out', async () => {
    const user = { ...person.user, roles: ['payments:viewer'] };
    expect((await issued({ ...person, user })).scopes).toEqual(['openid']);
  });

  it('denies by a rule, with its reason in the log alone', async () => {
    const user = { ...person.user, groups: ['suspended'] };
    const token = await issued({ ...person, user });
    expect(token.denied).toEqual({ error: 'access_denied', description: 'account_suspended' });
    expect(token.access).toEqual({});
    expect(token.asked).toEqual([]);
    expect(token.log.join('\n')).not.toMatch(/u1|Ada|suspended@|staff/);
  });

  it('says what a machine has proven to be, and nothing where that is not sure', async () => {
    const text = `version: 1
name: workloads
claims: { workload: { value: 'workload.attester + " " + workload.id', kind: descriptive, subjects: [human, machine] } }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
    const proving = { ...machine, workload: { id: 'spiffe://acme.example/job', attester: 'spiffe' } };
    const workload = async (event: NonNullable<Changes['event']> = {}, context: object = proving) =>
      (await issued({ ...context }, { text, event })).access['workload'];
    expect(await workload()).toBe('spiffe spiffe://acme.example/job');
    const { attributes } = Object(keycloak.simulator.eventFrom(proving, policyOf(text)).event['client']);
    // The attributes alone prove nothing.
    expect(attributes).toEqual({
      'jwt.credential.sub': 'spiffe://acme.example/job',
      'jwt.credential.issuer': 'spiffe',
    });
    expect(await workload({ client: { authenticator: 'client-secret' } })).toBeUndefined();
    expect(await workload({ client: { authenticator: 'client-jwt' } })).toBeUndefined();
    expect(await workload({ client: { publicClient: true } })).toBeUndefined();
    for (const grant of ['refresh_token', 'urn:ietf:params:oauth:grant-type:uma-ticket'])
      expect(await workload({ request: { grantType: grant } })).toBeUndefined();
    // A person at the same client.
    expect(
      await workload({ client: { authenticator: 'federated-jwt', attributes } }, person),
    ).toBeUndefined();
  });

  it('denies tokens by grants that do not say who acts, as announced', async () => {
    const policy = policyOf(spec);
    const grants = [
      ...['authorization_code', 'implicit', 'password', 'refresh_token'],
      ...['urn:ietf:params:oauth:grant-type:device_code', 'urn:openid:params:grant-type:ciba'],
      ...[
        'urn:ietf:params:oauth:grant-type:uma-ticket',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
        'odd',
      ],
    ];
    const denied = await Promise.all(
      grants.map(async (grant_type) => {
        const context = { ...person, request: { ...person.request, grant_type } };
        const asked = { trigger: 'user', client: 'web', scopes: [], context };
        const verdict = { ...noTokens, denied: undefined };
        const token = await issued(context);
        expect(departs(policy, verdict, asked)?.instead.denied).toBe(token.denied?.description);
        return token.denied === undefined ? [] : [grant_type];
      }),
    );
    expect(denied.flat()).toEqual(grants.slice(-3));
  });

  it('serves machines', async () => {
    const token = await issued(machine);
    expect(token.denied).toBeUndefined();
    expect(token.access).toEqual({ tenant_id: 'o1', policy: expect.any(String) });
  });

  it('judges authorization details', async () => {
    const pays = (amount: number) => {
      const details = [{ type: 'payment_initiation', amount, currency: 'EUR' }];
      return issued({ ...person, request: { ...person.request, authorization_details: details } });
    };
    expect((await pays(10)).denied).toBeUndefined();
    expect((await pays(13)).denied?.description).toBe('authorization_details_refused');
  });
});

describe('what a script reads', () => {
  it('has the declared type, or is missing', async () => {
    const fields = {
      id: 'user.id',
      ip: 'request.ip',
      grant: 'request.grant_type',
      level: 'client.metadata.level',
      session: 'session.id',
      auth: 'session.auth_time',
      param: 'request.params.color',
      subject: 'subject_type',
      api: 'request.audience',
      alias: 'org.name',
      vip: 'user.attributes.vip',
      tags: 'user.attributes.tags',
      street: 'user.attributes.address.street',
    };
    const claims = Object.entries(fields).map(
      ([name, value]) => `  ${name}: { value: "[${value}]", kind: descriptive, onMissing: { default: [] } }`,
    );
    const text = `version: 1
name: reading
user: { attributes: { vip: bool, tags: list(string), address: { street: string } } }
claims:
${claims.join('\n')}
issuers: { keycloak: { scripts: true, audience: "urn:api", serviceAccounts: false } }`;
    const context = {
      user: { id: 'u1', attributes: { vip: true, tags: ['x'], address: { street: 'S 1' } } },
      org: { id: 'o1', name: 'acme' },
      client: { id: 'web', metadata: { level: '3' } },
      session: { id: 's1', auth_time: 1_795_000_000 },
      request: { grant_type: 'refresh_token', ip: '192.0.2.1', params: { color: 'red', password: 'secret' } },
    };
    const { access } = await issued(context, { text });
    expect(access).toEqual({
      id: ['u1'],
      ip: ['192.0.2.1'],
      grant: ['refresh_token'],
      level: ['3'],
      session: ['s1'],
      auth: [1_795_000_000],
      param: ['red'],
      subject: ['human'],
      api: ['urn:api'],
      alias: ['acme'],
      vip: [true],
      tags: [['x']],
      street: ['S 1'],
      policy: expect.any(String),
    });
  });

  it('is not a password', async () => {
    const text = `version: 1
name: reading
claims:
${['password', 'client_secret', 'code', 'refresh_token', 'client_assertion', 'fine']
  .map((name) => `  ${name}_seen: { value: "has(request.params.${name})", kind: descriptive }`)
  .join('\n')}
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
    const params = {
      password: 'x',
      client_secret: 'x',
      code: 'x',
      refresh_token: 'x',
      client_assertion: 'x',
      fine: 'x',
    };
    const { access } = await issued({ ...person, request: { ...person.request, params } }, { text });
    expect(Object.values(access).filter((seen) => seen === true)).toHaveLength(1);
    expect(access).toHaveProperty('fine_seen', true);
  });
});
