import type { Issuance, Surroundings } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { paymentsSpec, policyOf } from '../../test/fixtures.ts';
import { keycloak } from '../index.ts';

const spec = paymentsSpec('{ realm: payments, scripts: true, audience: "urn:api" }');
const person = {
  user: {
    id: 'u1',
    name: 'Ada L',
    roles: ['payments:approver', 'crm:admin'],
    groups: ['staff'],
    attributes: { country: 'DE', approval_limit: 12.5, accounts: ['a1'] },
  },
  org: { id: 'o1' },
  client: { id: 'web' },
  request: { grant_type: 'authorization_code', scopes: ['openid', 'payments.approve'] },
  subject_type: 'human',
};
const machine = {
  org: { id: 'o1' },
  client: { id: 'job' },
  request: { grant_type: 'client_credentials', scopes: [] },
  subject_type: 'machine',
};

type Answer = (url: string, signal: AbortSignal | undefined) => Promise<Response>;

const answers: Answer = async () => Response.json({ plan: 'gold', features: ['é'] });

/** What Keycloak signs, and what was asked meanwhile. */
async function issued(
  context: Readonly<Record<string, unknown>>,
  { text = spec, answer = answers }: { readonly text?: string; readonly answer?: Answer } = {},
): Promise<Issuance & { readonly asked: readonly string[] }> {
  const policy = policyOf(text);
  const asked: string[] = [];
  const around: Surroundings = {
    fetch: (url, { signal }) => {
      asked.push(url);
      return answer(url, signal);
    },
    answer: () => ({ fails: 'network' }),
    secrets: {
      ENTITLEMENTS_TOKEN: 'token',
      LINE: 'a\nb',
      PLAIN: 'http://s.example',
      OPEN: 'https://a:b@s.example',
      FILE: 'file://localhost/etc',
    },
    nowSeconds: 1_795_132_800,
  };
  const issuance = await keycloak.simulate(
    await keycloak.compile(policy),
    keycloak.eventFrom(context, policy),
    around,
  );
  return { ...issuance, asked };
}

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

  it('serves machines', async () => {
    const token = await issued(machine);
    expect(token.denied).toBeUndefined();
    expect(token.access).toEqual({ tenant_id: 'o1', policy: expect.any(String) });
  });

  it('gives service accounts nothing where they are off', async () => {
    const text = paymentsSpec('{ scripts: true, audience: "urn:api", serviceAccounts: false }');
    expect(await issued(machine, { text })).toMatchObject({ denied: undefined, access: {}, id: {} });
    expect((await issued(person, { text })).access).toHaveProperty('tenant_id', 'o1');
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

describe('a source that', () => {
  const required = 'enrichment_unavailable';

  it.each<[string, Answer, string, number]>([
    ['hangs', () => new Promise(() => undefined), 'timeout', 2],
    ['is not there', () => Promise.reject(new TypeError('connect')), 'network', 2],
    ['fails', async () => new Response('', { status: 503 }), 'status', 2],
    ['says no', async () => new Response('', { status: 404 }), 'status', 1],
    ['redirects', async () => new Response('', { status: 302, headers: { location: '/' } }), 'status', 1],
    ['answers with nothing', async () => new Response(''), 'malformed', 1],
    ['answers with no JSON', async () => new Response('<p>'), 'malformed', 1],
    ['answers with no UTF-8', async () => new Response(new Uint8Array([34, 0xe9, 34])), 'malformed', 1],
    ['answers at length', async () => new Response(`"${'x'.repeat(70_000)}"`), 'too_large', 1],
  ])('%s leaves no token', async (_what, answer, cause, times) => {
    const token = await issued(person, { answer });
    expect(token.denied?.description).toBe(required);
    expect(token.log.join('\n')).toContain(`entitlements:${cause}`);
    expect(token.asked).toHaveLength(times);
    expect(token.elapsedMs).toBeLessThan(4_000);
  });

  it('is stale says so', async () => {
    const headers = { age: '301' };
    const answer = async () => Response.json({ plan: 'gold', features: [] }, { headers });
    expect((await issued(person, { answer })).log.join('\n')).toContain('entitlements:stale');
  });

  it.each([
    ['lacks its setting', 'https://s.example/${NONE}', 'setting'],
    ['has a setting with a line break', 'https://s.example/${LINE}', 'setting'],
    ['has an address without TLS', '${PLAIN}/a', 'address'],
    ['has an address of another kind', '${FILE}/a', 'address'],
    ['has credentials in its address', '${OPEN}/a', 'address'],
  ])('%s is not asked', async (_what, url, cause) => {
    const text = `version: 1
name: asking
sources: { s: { http: { url: "${url}" }, returns: { a: string } } }
claims: { a: { value: s.a, kind: authoritative } }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
    const token = await issued(person, { text });
    expect(token.denied?.description).toBe(required);
    expect(token.asked).toEqual([]);
    expect(token.log.join('\n')).toContain(`s:${cause}`);
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

  it('is no password', async () => {
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
