import type { Compilation, Issuance, Surroundings } from '@claimsmith/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayReach } from '../../../runtime/src/server/address.ts';
import { paymentsSpec, policyOf } from '../../test/fixtures.ts';
import { mapper } from '../../test/world.ts';
import { emulate } from '../emulator/emulate.ts';
import { enrichment, issuance } from '../emulator/input.ts';
import { noScripts } from '../emulator/scripts.ts';
import { type ClientScope, keycloak } from '../index.ts';

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

/** What a realm, a client or a server has otherwise than built. */
interface Changes {
  readonly compilation?: (built: Compilation) => Compilation;
  readonly event?: Readonly<Record<string, Readonly<Record<string, unknown>> | string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

type Answer = (url: string, signal: AbortSignal | undefined) => Promise<Response>;

const answers: Answer = async () => Response.json({ plan: 'gold', features: ['é'] });

/** What Keycloak signs, and what was asked meanwhile. */
async function issued(
  context: Readonly<Record<string, unknown>>,
  {
    text = spec,
    answer = answers,
    compilation = (built) => built,
    event = {},
    secrets = {},
  }: { readonly text?: string; readonly answer?: Answer } & Changes = {},
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
      ...secrets,
    },
    nowSeconds: 1_795_132_800,
  };
  const known = keycloak.eventFrom(context, policy);
  const changed = Object.entries(event).map(([part, more]) => [
    part,
    typeof more === 'string' ? more : { ...Object(known.event[part]), ...more },
  ]);
  const issuance = await keycloak.simulate(
    compilation(await keycloak.compile(policy)),
    { ...known, event: { ...known.event, ...Object.fromEntries(changed) } },
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

  it("takes what is the policy's from a service account, whoever gave it", async () => {
    const text = paymentsSpec('{ scripts: true, audience: "urn:api", serviceAccounts: false }');
    const asking = { ...machine, request: { ...machine.request, scopes: ['payments.approve', 'other'] } };
    const token = await issued(asking, { text, compilation: withOthers });
    expect(token).toMatchObject({ denied: undefined, access: {}, id: {}, scopes: ['other'] });
  });

  it('is for its clients alone', async () => {
    const text = paymentsSpec('{ scripts: true, audience: "urn:api", clients: [web, app] }');
    expect((await issued(person, { text })).access).toHaveProperty('tenant_id', 'o1');
    const other = await issued({ ...person, client: { id: 'shop' } }, { text, compilation: withOthers });
    expect(other).toMatchObject({ denied: undefined, access: {}, id: {}, scopes: ['openid'] });
    expect(other.asked).toEqual([]);
  });

  it('takes the audience away, which another mapper gave, and keeps that away from introspections', async () => {
    const text = paymentsSpec(
      '{ scripts: true, audience: "urn:api", serviceAccounts: false, clients: [web] }',
    );
    const nothing = { access: [], introspection: [], claims: [] };
    expect(await audiencesOf(text, machine)).toEqual(nothing);
    expect(await audiencesOf(text, { ...person, client: { id: 'job' } })).toEqual(nothing);
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

describe('a script that', () => {
  const unfit = { denied: { description: 'enrichment_unavailable' }, access: {}, id: {}, asked: [] };

  it('has come into another realm certifies nothing', async () => {
    const token = await issued(person, { event: { realm: 'other' } });
    expect(token).toMatchObject(unfit);
    expect(token.log.join('\n')).toContain('made for another realm');
  });

  const base = 'claimsmith.payments';
  it.each<[string, (scopes: ClientScope[]) => ClientScope[], string]>([
    [
      'another revision',
      (all) => changed(all, base, { 'claimsmith.revision': '0badcafe' }),
      'revision 0badcafe',
    ],
    ['none', (all) => changed(all, base, { 'claimsmith.revision': undefined }), 'revision unknown'],
    ['a nonsense', (all) => changed(all, base, { 'claimsmith.revision': 'ada; x' }), 'revision unknown'],
    [
      'another revision in a scope to be asked for',
      (all) => changed(all, 'payments.approve', { 'claimsmith.revision': '0badcafe' }),
      'revision 0badcafe',
    ],
    [
      'no word of whose they are',
      (all) => changed(all, base, { 'claimsmith.policy': undefined, 'claimsmith.revision': undefined }),
      'revision unknown',
    ],
    [
      "another policy's",
      (all) => all.map((one) => ({ ...one, attributes: { ...one.attributes, 'claimsmith.policy': 'x' } })),
      'no client scopes',
    ],
  ])('stands in client scopes with %s certifies nothing', async (_what, change, cause) => {
    const token = await issued(person, { compilation: (built) => withScopes(built, change) });
    expect(token).toMatchObject(unfit);
    expect(token.log.join('\n')).toContain(cause);
    expect(token.notes.join()).toContain('client is out of the session');
  });
});

/** Other mappers of the realm, which write what is the policy's. */
function withOthers(built: Compilation): Compilation {
  const writing = (provider: string, config: Readonly<Record<string, string>>) => ({
    ...mapper(provider, config),
    id: config['claim.name'] ?? provider,
  });
  return withScopes(built, (all) =>
    all.map((one) =>
      one.name !== 'claimsmith.payments'
        ? one
        : {
            ...one,
            protocolMappers: [
              ...one.protocolMappers,
              writing('oidc-audience-mapper', { 'included.custom.audience': 'urn:api' }),
              writing('oidc-hardcoded-claim-mapper', { 'claim.name': 'tenant_id', 'claim.value': 'x' }),
            ],
          },
    ),
  );
}

/** The audiences of what comes of a compilation, where other mappers write too. */
async function audiencesOf(text: string, context: Readonly<Record<string, unknown>>) {
  const policy = policyOf(text);
  const built = withOthers(await keycloak.compile(policy));
  const artifact = (path: string) => built.artifacts.find((one) => one.path === path)?.content ?? '';
  const emulation = emulate(
    enrichment.parse(JSON.parse(artifact('client-scopes.json'))),
    issuance.parse(keycloak.eventFrom(context, policy).event),
    {
      scripts: {
        ...noScripts,
        realm: policy.name,
        codes: new Map([['script-claimsmith-payments.js', artifact('claimsmith-payments.js')]]),
      },
    },
  );
  return {
    access: emulation.access['aud'],
    introspection: emulation.introspection['aud'],
    claims: Object.keys(emulation.introspection).filter((name) => name !== 'aud'),
  };
}

function changed(
  scopes: readonly ClientScope[],
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
): ClientScope[] {
  expect(scopes.map((one) => one.name)).toContain(name);
  return scopes.map((one) =>
    one.name === name
      ? { ...one, attributes: JSON.parse(JSON.stringify({ ...one.attributes, ...attributes })) }
      : one,
  );
}

function withScopes(built: Compilation, change: (scopes: ClientScope[]) => ClientScope[]): Compilation {
  const artifacts = built.artifacts.map((artifact) => {
    if (artifact.path !== 'client-scopes.json') return artifact;
    const { clientScopes, ...rest } = JSON.parse(artifact.content);
    return { ...artifact, content: JSON.stringify({ ...rest, clientScopes: change(clientScopes) }) };
  });
  return { ...built, artifacts };
}

describe('the session', () => {
  const suspended = { ...person, user: { ...person.user, groups: ['suspended'] } };
  const over = 'The token has expired on arrival and its session is over.';
  const left = 'The token has expired on arrival and its client is out of the session.';
  const failing = { answer: async () => new Response('', { status: 500 }) };

  it.each<[string, typeof person, object, string]>([
    ['is over where a deny rule holds', suspended, {}, over],
    [
      'is over where a deny rule holds, the offline one too, which Keycloak makes afterwards',
      { ...suspended, request: { ...person.request, scopes: ['openid', 'offline_access'] } },
      {},
      over,
    ],
    [
      'is over where a deny rule holds, and none but an offline one is there',
      suspended,
      { event: { session: { isOffline: true } } },
      over,
    ],
    ['is left by this client alone where a source fails', person, failing, left],
    ['is left by this client alone where a value is not there', { ...person, org: { id: '' } }, {}, left],
    [
      'is left by this client alone where authorization details are refused',
      {
        ...person,
        request: {
          ...person.request,
          ...{ authorization_details: [{ type: 'payment_initiation', amount: 99, currency: 'EUR' }] },
        },
      },
      {},
      left,
    ],
    [
      'for offline use stays where a source fails',
      person,
      { ...failing, event: { session: { isOffline: true } } },
      'The token has expired on arrival; its session stays, and its refresh tokens.',
    ],
  ])('%s', async (_what, context, more, note) => {
    const { org, ...rest } = context;
    const token = await issued(org.id === '' ? rest : context, more);
    expect(token.denied).toBeDefined();
    expect(token.notes).toContain(note);
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

describe('the address of a source', () => {
  /** Where it leads is said by a setting, or by the spec itself. */
  const asking = (address: string, isPrivate: boolean) => `version: 1
name: asking
sources: { s: { http: { url: "${address}/{user.id}", private: ${isPrivate} }, returns: { plan: string } } }
claims: { plan: { value: s.plan, kind: authoritative } }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
  const wasAsked = async (host: string, isPrivate: boolean): Promise<boolean> => {
    const token = await issued(person, {
      text: asking('https://${PLACE}', isPrivate),
      secrets: { PLACE: host },
    });
    if (token.denied !== undefined) expect(token.log.join('\n')).toContain('s:address');
    return token.asked.length === 1;
  };

  it.each([
    ['the internet', 'source.acme.example', true, true],
    ['this machine', 'localhost', false, true],
    ['this machine, in numbers', '127.0.0.1', false, true],
    ['a private network', '10.1.2.3', false, true],
    ["a carrier's network", '100.64.0.1', false, true],
    ['a private network as IPv6', '[fd00::1]', false, true],
    ['a private network as mapped IPv6', '[::ffff:192.168.0.1]', false, true],
    ['a private network through NAT64', '[64:ff9b::a00:1]', false, true],
    ['any address', '0.0.0.0', false, false],
    ['any address of IPv6', '[::]', false, false],
    ['the link', '169.254.169.254', false, false],
    ['the link of IPv6', '[fe80::1]', false, false],
    ['many', '224.0.0.1', false, false],
    ['many of IPv6', '[ff02::1]', false, false],
    ["a cloud's credentials", '[fd00:ec2::254]', false, false],
  ])('may lead to %s (%s): %j; where it is private: %j', async (_what, host, isPublic, isPrivate) => {
    expect(await wasAsked(host, false)).toBe(isPublic);
    expect(await wasAsked(host, true)).toBe(isPrivate);
  });

  it.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1', 'https://localhost'])(
    'may lead to this machine where the spec itself says so: %s',
    async (address) => {
      expect((await issued(person, { text: asking(address, false) })).asked).toHaveLength(1);
    },
  );

  it('may lead where that of a server of Claimsmith may', async () => {
    const digits = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const start = fc.constantFrom(
      '2001',
      '2001:db8',
      '2002',
      '3fff',
      'fc00',
      'fd00:ec2',
      'fe80',
      '64:ff9b',
      '0',
    );
    const groups = fc.tuple(start, digits).map(([head, rest]) => {
      const given = head.split(':');
      return [...given, ...rest.map((group) => group.toString(16))].slice(0, 8).join(':');
    });
    const first = fc.constantFrom(0, 10, 100, 127, 168, 169, 172, 192, 198, 203, 224, 8);
    const second = fc.constantFrom(0, 2, 16, 18, 31, 51, 63, 64, 88, 100, 127, 128, 168, 254, 255);
    const byte = fc.oneof(second, fc.integer({ min: 0, max: 255 }));
    const ipv4 = fc.tuple(first, byte, byte, byte).map((bytes) => bytes.join('.'));
    const address = fc.oneof(
      ipv4,
      fc.ipV4(),
      groups,
      ipv4.map((inner) => `::ffff:${inner}`),
    );
    await fc.assert(
      fc.asyncProperty(address, fc.boolean(), async (where, isPrivate) => {
        const asked = await wasAsked(where.includes(':') ? `[${where}]` : where, isPrivate);
        expect(asked).toBe(mayReach(where, isPrivate ? 'private' : 'public'));
      }),
      { numRuns: 150 },
    );
  }, 30_000);
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
