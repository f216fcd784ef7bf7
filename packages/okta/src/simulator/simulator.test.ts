import type { Compilation, RawContext } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf, surroundings } from '../../test/hook-fixtures.ts';
import { codeFlow, exchangeFlow, machineFlow } from '../../test/payloads.ts';
import { okta } from '../index.ts';
import { type SimulatedHook, simulateWith } from './simulator.ts';

const spec = (guard: string) => `
version: 1
name: payments
lifetime: { access: 10m }
user: { attributes: { country: string, limit: double } }
sources:
  plans:
    http: { url: "https://plans.example/{user.id}", headers: { authorization: "Bearer \${TOKEN}" } }
    returns: { plan: string }
    timeout: 400ms
    retries: 1
claims:
  country: { value: user.attributes.country, kind: descriptive, when: subject_type == "human" }
  limit: { value: user.attributes.limit * 2.0, kind: authoritative, when: subject_type == "human" }
  plan: { value: plans.plan, kind: authoritative, when: subject_type == "human" }
  name: { value: user.name + "!", kind: descriptive, tokens: [id], when: subject_type == "human" }
deny:
  - { when: 'subject_type == "human" && "suspended" in user.groups', reason: account_suspended }
issuers:
  okta: { audience: api://payments, guard: [${guard}] }
`;
const policy = policyOf(spec('sentinel'));
const compilation = await okta.compile(policy);

const ada: RawContext = {
  user: { id: '00u1', name: 'Ada', groups: ['staff'], attributes: { country: 'DE', limit: 50 } },
  client: { id: '0oa1', name: 'Web' },
  request: { grant_type: 'authorization_code', scopes: ['openid'], audience: 'api://payments' },
  subject_type: 'human',
};
const gold = { plans: { value: { plan: 'gold' } } } as const;

function run(hook: SimulatedHook, answers: Parameters<typeof surroundings>[0] = gold, context = ada) {
  return simulateWith(hook, compilation, okta.simulator.eventFrom(context, policy), surroundings(answers));
}

const served = { kind: 'served' } as const;
const marker = `payments@${policy.revision}`;

describe('a hook that works', () => {
  it('enriches, and what was meant for it is gone', async () => {
    expect(await run(served)).toEqual({
      denied: undefined,
      access: { country: 'DE', limit: 100, plan: 'gold', policy: marker },
      id: { name: 'Ada!' },
      scopes: ['openid'],
      audiences: ['api://payments'],
      lifetimeSeconds: 600,
      notes: [],
      requests: [
        {
          said: {
            method: 'GET',
            url: 'https://plans.example/00u1',
            'header accept': 'application/json',
            'header accept-encoding': 'gzip',
            'header authorization': 'Bearer a-setting',
          },
          waitedMs: undefined,
        },
      ],
      log: [],
      elapsedMs: 0,
    });
  });

  it('denies as the policy says, and the client sees the reason', async () => {
    const suspended = { ...ada, user: { id: '00u1', groups: ['suspended'] } };
    expect(await run(served, gold, suspended)).toMatchObject({
      denied: { error: 'server_error', description: 'account_suspended' },
      access: {},
      id: {},
      scopes: [],
    });
  });

  it.each(['timeout', 'network', 'status', 'too_large', 'malformed'] as const)(
    'denies where a source fails: %s',
    async (fails) => {
      const issuance = await run(served, { plans: { fails } });
      expect(issuance.denied?.description).toBe('enrichment_unavailable');
      // Two attempts and a back-off, which nobody waits for here.
      expect(issuance.elapsedMs).toBe(fails === 'timeout' ? 850 : 0);
    },
  );

  it('denies where a setting is not given', async () => {
    const event = okta.simulator.eventFrom(ada, policy);
    const without = { ...surroundings(gold), secrets: {} };
    const issuance = await okta.simulator.simulate(compilation, event, without);
    expect(issuance.denied?.description).toBe('enrichment_unavailable');
  });
});

/** What Okta does with each kind of answer; what is not applied leaves the marker as it natively is. */
describe('the failure table', () => {
  const answers = (status: number, body: unknown): SimulatedHook => ({
    kind: 'answers',
    answer: { status, body: typeof body === 'string' ? body : JSON.stringify(body) },
  });
  const patch = (...value: readonly object[]) => ({ commands: [{ type: 'com.okta.access.patch', value }] });
  const enrich = { op: 'add', path: '/claims/policy', value: marker };

  it('200 with commands that fit: patched', async () => {
    expect((await run(answers(200, patch(enrich)))).access).toMatchObject({ country: 'DE', policy: marker });
  });

  it('200 with error: no token', async () => {
    expect(await run(answers(200, { error: { errorSummary: 'no' } }))).toMatchObject({
      denied: { error: 'server_error', description: 'no' },
      access: {},
    });
  });

  it.each<[string, SimulatedHook, string]>([
    ['one bad operation', answers(200, patch(enrich, { op: 'remove', path: '/claims/none' })), 'not there'],
    [
      'a reserved claim',
      answers(200, patch(enrich, { op: 'add', path: '/claims/groups', value: [] })),
      'reserved',
    ],
    ['bad JSON', answers(200, '{'), 'not JSON'],
    ['204', answers(204, ''), '204'],
    ['201', answers(201, patch(enrich)), 'status 201'],
    ['a redirect', answers(302, ''), 'status 302'],
    ['401', answers(401, '{}'), 'status 401'],
    ['500, whatever it says', answers(500, { error: { errorSummary: 'no' } }), 'status 500'],
    ['too large', answers(200, { ...patch(enrich), debugContext: 'x'.repeat(300_000) }), '256 KB'],
    ['nobody', { kind: 'down' }, 'nobody answers'],
  ])('%s: issued unmodified', async (_, hook, reason) => {
    const { denied, access, log, notes } = await run(hook);
    expect(denied).toBeUndefined();
    expect(access).toMatchObject({ country: 'DE', policy: 'unenriched' });
    expect(access).not.toHaveProperty('plan');
    expect(log).toEqual([expect.stringContaining(reason)]);
    expect(notes[0]).toContain(reason);
  });
});

describe('a hook that nobody can call', () => {
  async function downWith(guard: string) {
    const guarded = policyOf(spec(guard));
    const built = await okta.compile(guarded);
    const event = okta.simulator.eventFrom(ada, guarded);
    return {
      down: await simulateWith({ kind: 'down' }, built, event, surroundings(gold)),
      up: await simulateWith(served, built, event, surroundings(gold)),
    };
  }

  it('sentinel: the marker says unenriched', async () => {
    const { down, up } = await downWith('sentinel');
    expect(down.access).toMatchObject({ policy: 'unenriched' });
    expect(up.access['policy']).toMatch(/^payments@/);
  });

  it('quarantine: no service takes the token', async () => {
    const { down, up } = await downWith('quarantine');
    expect(down.audiences).toEqual(['urn:claimsmith:unenriched']);
    expect(down.notes).toContain(
      'Services refuse the access token, because its audience is the one of quarantine.',
    );
    expect(up.audiences).toEqual(['api://payments']);
  });

  it('short life: the token lives for five minutes', async () => {
    expect((await downWith('short_life')).down.lifetimeSeconds).toBe(300);
    expect((await downWith('short_life')).up.lifetimeSeconds).toBe(600);
    expect((await downWith('sentinel')).down.lifetimeSeconds).toBe(600);
  });

  it('leaves in the tokens what was meant for it, and says so', async () => {
    const { down } = await downWith('sentinel');
    const left = Object.entries(down.access).map(
      ([name, value]) => `${name.replace(/_\w{6}$/, '')} ${value}`,
    );
    expect(left).toEqual(expect.arrayContaining(['cs_limit 50', 'cs_feeders true']));
    expect(down.notes.join()).toContain('cs_limit');
    expect(down.notes.join()).toContain('The guard does not protect the ID token');
  });
});

describe('claims that are in the token without the hook', () => {
  const own = policyOf(`
version: 1
name: own
claims:
  email: { value: user.email, kind: descriptive, tokens: [id], when: 'subject_type == "human" && client.name == "Mail"' }
  name: { value: user.name + "!", kind: descriptive, tokens: [id], when: subject_type == "human" }
  limit: { value: '9', kind: descriptive, when: 'client.name == "Mail"', tokens: [access] }
issuers: { okta: { audience: api://payments } }
`);
  const person: RawContext = {
    ...ada,
    user: { id: '00u1', name: 'Ada', email: 'ada@acme.example' },
    request: {
      grant_type: 'authorization_code',
      scopes: ['openid', 'profile', 'email'],
      audience: 'api://payments',
    },
  };

  it('are gone where the policy leaves them out: those of Okta itself', async () => {
    const built = await okta.compile(own);
    const event = okta.simulator.eventFrom(person, own);
    expect((await okta.simulator.simulate(built, event, surroundings())).id).toEqual({ name: 'Ada!' });
    const down = await simulateWith({ kind: 'down' }, built, event, surroundings());
    expect(down.id).toMatchObject({ email: 'ada@acme.example', name: 'Ada' });
  });

  it('are gone where the policy leaves them out: native ones of before, which the manifest forbids', async () => {
    const built = await okta.compile(own);
    const stale = {
      name: 'limit',
      status: 'ACTIVE',
      claimType: 'RESOURCE',
      valueType: 'EXPRESSION',
      value: '9',
      conditions: { scopes: [] },
      alwaysIncludeInToken: true,
    };
    const artifacts = built.artifacts.map((artifact) =>
      artifact.path === 'native-claims.json'
        ? { ...artifact, content: JSON.stringify([...JSON.parse(artifact.content), stale]) }
        : artifact,
    );
    const event = okta.simulator.eventFrom(person, own);
    const { access } = await okta.simulator.simulate({ ...built, artifacts }, event, surroundings());
    expect(Object.keys(access)).toEqual(['policy']);
    const manifest = JSON.parse(built.artifacts.find(({ path }) => path === 'manifest.json')?.content ?? '');
    expect(manifest.nativeClaims.absent).toEqual({ access: ['limit', 'policy'], id: [] });
  });
});

describe('a request that a hook once got', () => {
  const recorded = policyOf(`
version: 1
name: recorded
claims:
  who: { value: user.username, kind: descriptive, when: subject_type == "human" }
  scopes: { value: 'request.scopes.map(s, s + "!")', kind: descriptive }
issuers: { okta: { audience: api://payments } }
`);

  it('is answered again, years later', async () => {
    const built = await okta.compile(recorded);
    const simulated = (event: typeof codeFlow) =>
      okta.simulator.simulate(built, { trigger: 'token-hook', event }, surroundings());
    expect(await simulated(codeFlow)).toMatchObject({
      denied: undefined,
      access: { scopes: ['openid!', 'payments.read!'] },
      scopes: ['openid', 'payments.read'],
    });
    expect((await simulated(machineFlow)).access).toMatchObject({ scopes: ['settlements.write!'] });
  });

  it('without the native claims that the hook reads is denied', async () => {
    const event = { trigger: 'token-hook', event: codeFlow };
    const issuance = await okta.simulator.simulate(compilation, event, surroundings(gold));
    expect(issuance.denied?.description).toBe('enrichment_unavailable');
  });
});

describe('native claims', () => {
  const only = policyOf(`
version: 1
name: native
user: { attributes: { country: string } }
claims:
  country: { value: user.attributes.country, kind: descriptive, when: subject_type == "human" }
issuers: { okta: {} }
`);

  it('need no hook', async () => {
    const built = await okta.compile(only);
    expect(built.artifacts.map(({ path }) => path)).not.toContain('policy.mjs');
    const issuance = await okta.simulator.simulate(
      built,
      okta.simulator.eventFrom(ada, only),
      surroundings(),
    );
    expect(issuance).toMatchObject({ denied: undefined, access: { country: 'DE' }, log: [] });
  });

  function withClaim(claim: object): Compilation {
    const native = {
      status: 'ACTIVE',
      claimType: 'RESOURCE',
      conditions: { scopes: [] },
      alwaysIncludeInToken: true,
    };
    return {
      ...compilation,
      artifacts: compilation.artifacts
        .filter(({ path }) => path !== 'policy.mjs')
        .map((artifact) =>
          artifact.path === 'native-claims.json'
            ? { ...artifact, content: JSON.stringify([{ ...native, ...claim }]) }
            : artifact,
        ),
    };
  }
  const issue = (claim: object, groups: readonly string[] = ['a', 'Beta', 'payments:x']) =>
    okta.simulator.simulate(
      withClaim(claim),
      okta.simulator.eventFrom({ ...ada, user: { id: '00u1', groups } }, policy),
      surroundings(),
    );

  it('that cannot be evaluated fail the request', async () => {
    const broken = await issue({ name: 'x', valueType: 'EXPRESSION', value: 'nobody.home' });
    expect(broken).toMatchObject({ denied: { error: 'server_error' }, access: {} });
    expect(broken.notes.join()).toContain('native claim x');
  });

  it.each([
    ['REGEX', '^(Everyone|payments:.*)$', ['Everyone', 'payments:x']],
    ['REGEX', 'payments', undefined],
    ['STARTS_WITH', 'PAY', ['payments:x']],
    ['EQUALS', 'beta', ['Beta']],
    ['CONTAINS', 'E', ['Everyone', 'Beta', 'payments:x']],
  ])('filter groups by %s %s', async (type, value, expected) => {
    const { access } = await issue({ name: 'g', valueType: 'GROUPS', group_filter_type: type, value });
    expect(access['g']).toEqual(expected);
  });

  it('with more than 100 groups fail the request', async () => {
    const filter = { name: 'g', valueType: 'GROUPS', group_filter_type: 'REGEX', value: '.*' };
    const many = Array.from({ length: 100 }, (_, i) => `g${i}`);
    expect((await issue(filter, many.slice(1))).access['g']).toHaveLength(100);
    expect((await issue(filter, many)).denied?.error).toBe('server_error');
  });

  it('are made for their scopes alone', async () => {
    const claim = { name: 'x', valueType: 'EXPRESSION', value: '1', conditions: { scopes: ['other'] } };
    expect((await issue(claim)).access).toEqual({});
    expect((await issue({ ...claim, conditions: { scopes: ['other', 'openid'] } })).access).toEqual({ x: 1 });
  });
});

it('an event that is not from Okta is refused, and its values are not shown', async () => {
  const simulate = (trigger: string, event: object) =>
    okta.simulator.simulate(compilation, { trigger, event: { ...event } }, surroundings());
  await expect(simulate('post-login', {})).rejects.toMatchObject({ code: 'event' });
  await expect(simulate('login', { app: 'secret-value' })).rejects.toThrow(/app/);
  await expect(simulate('login', { app: 'secret-value' })).rejects.not.toThrow(/secret-value/);
  await expect(simulate('token-hook', { data: {} })).rejects.toMatchObject({ code: 'event' });
  const failed: Compilation = await okta.compile(policyOf(spec('')));
  if (failed.findings.some(({ severity }) => severity === 'error'))
    await expect(
      okta.simulator.simulate(failed, okta.simulator.eventFrom(ada, policy), surroundings()),
    ).rejects.toThrow(RangeError);
  else expect.unreachable('authoritative claims of a hook without a guard');
});

describe('a token that is exchanged where tokens are not to be', () => {
  const issued = async (claims: string, event = exchangeFlow) => {
    const made = await okta.compile(
      policyOf(`version: 1\nname: payments\nclaims:\n${claims}\nissuers: { okta: {} }`),
    );
    return okta.simulator.simulate(made, { trigger: 'token-hook', event: { ...event } }, surroundings({}));
  };
  const descriptive = '  ip: { value: request.ip, kind: descriptive }';
  const authority = '  usr: { value: user.id, kind: authoritative }';

  it('is denied by the hook, also if Okta makes all claims that are not for delegated tokens', async () => {
    expect((await issued(`${authority}\n${descriptive}`)).denied?.description).toBe('enrichment_unavailable');
    expect((await issued(`${authority}\n${descriptive}`, codeFlow)).denied).toBeUndefined();
    expect((await issued(descriptive)).denied).toBeUndefined();
  });
});
