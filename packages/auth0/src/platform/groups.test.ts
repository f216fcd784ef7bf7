import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loginOf, policyOf, surroundings } from '../../test/fixtures.ts';
import { auth0 } from '../index.ts';
import { groupPages, groupsLimitMs } from '../limits.ts';
import { withGroups } from './groups.ts';

const programOf = (spec: string) => evaluateProgram(generateProgram(policyOf(spec)));

/** An `api` that answers with one page after the other. */
function answering(...pages: readonly unknown[]) {
  const asked: unknown[] = [];
  const getUserGroups = async (page: unknown) => {
    asked.push(page);
    const answer = pages[asked.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { api: { groups: { getUserGroups } }, asked };
}
const named = (...names: readonly unknown[]) => names.map((name) => ({ id: 'grp_1', name }));

/** A program that reads them. */
const reading = programOf(`version: 1
name: reading
claims: { teams: { value: user.groups, kind: authoritative } }`);

const human = { subject_type: 'human' };

describe('the groups that Auth0 answers with', () => {
  it('are those of all pages, sorted, each once, beside the rest of the event', async () => {
    const { api, asked } = answering(
      { groups: named('b', 'a'), next: 'second' },
      { groups: [], next: 'third' },
      { groups: named('a', 'B') },
    );
    expect(await withGroups(reading, { ...human, stats: 1, groups: ['sent'] }, api)).toMatchObject({
      stats: 1,
      groups: ['B', 'a', 'b'],
    });
    expect(asked).toEqual([{}, { from: 'second' }, { from: 'third' }]);
  });

  it('do not exist if there is only an empty page', async () => {
    expect(await withGroups(reading, human, answering({ groups: [] }).api)).toMatchObject({ groups: [] });
  });

  it.each([
    ['no answer', undefined],
    ['a list alone', named('a')],
    ['no list', { groups: { name: 'a' } }],
    ['a group without a name', { groups: [...named('a'), { id: 'grp_2' }] }],
    ['a name that is not a text', { groups: named('a', 7) }],
    ['names alone', { groups: ['a'] }],
    ['an unreadable next page', { groups: named('a'), next: 2 }],
    ['a failure', new Error('503')],
  ])('are missing after %s, on the first page and later', async (_what, answer) => {
    expect(
      (await withGroups(reading, { ...human, groups: ['sent'] }, answering(answer).api)).groups,
    ).toBeUndefined();
    const later = answering({ groups: named('a'), next: 'more' }, answer);
    expect((await withGroups(reading, human, later.api)).groups).toBeUndefined();
  });

  it('are missing if the pages have no end', async () => {
    const pages = Array.from({ length: groupPages + 1 }, () => ({ groups: named('a'), next: 'more' }));
    const { api, asked } = answering(...pages);
    expect((await withGroups(reading, human, api)).groups).toBeUndefined();
    expect(asked).toHaveLength(groupPages);
  });

  describe('in time', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('are missing after a call that hangs, and nothing is asked later', async () => {
      const { api, asked } = answering(new Promise((resolve) => setTimeout(resolve, 2 * groupsLimitMs)));
      const found = withGroups(reading, human, api);
      await vi.advanceTimersByTimeAsync(groupsLimitMs);
      expect((await found).groups).toBeUndefined();
      await vi.advanceTimersByTimeAsync(2 * groupsLimitMs);
      expect(asked).toHaveLength(1);
    });
  });
});

describe('an Action with groupsIn: api', () => {
  const policy = policyOf(`version: 1
name: grouped
claims:
  teams: { value: user.groups, kind: authoritative, maxItems: 5, subjects: [human] }
deny: [{ when: '"blocked" in user.groups', reason: blocked }]
issuers: { auth0: { groupsIn: api, clients: all } }`);
  const issue = async (groups: unknown) => {
    const { trigger, event } = auth0.simulator.eventFrom({ user: { id: 'u', groups } }, policy);
    return auth0.simulator.simulate(await auth0.compile(policy), { trigger, event }, surroundings());
  };

  it('reads them, also that there are none', async () => {
    expect(await issue(['b', 'a'])).toMatchObject({ denied: undefined, access: { teams: ['a', 'b'] } });
    expect(await issue([])).toMatchObject({ denied: undefined, access: { teams: [] } });
  });

  it('denies by them, and if they are unreadable', async () => {
    expect((await issue(['blocked'])).denied?.description).toBe('blocked');
    for (const groups of [['a', 7], 'a', { a: 1 }])
      expect(await issue(groups)).toMatchObject({ denied: { error: 'access_denied' }, access: {} });
  });

  it.each([
    ['a client of the policy', {}, 1],
    ['a client that it leaves alone', { client: { client_id: 'other' } }, 0],
    ['a login that another rule denies first', { connection: { name: 'closed' } }, 0],
    ['an agent, which no claim of groups is for', { agent: { id: 'bot' } }, 0],
  ])('asks for %s as often as it must', async (_who, changes, count) => {
    const lean = policyOf(`version: 1
name: lean
claims:
  teams: { value: user.groups, kind: authoritative, subjects: [human] }
  plan: { const: gold, kind: descriptive }
deny: [{ when: connection.name == "closed", reason: closed }]
issuers: { auth0: { groupsIn: api, clients: [web], triggers: [post-login] } }`);
    const { api, asked } = answering({ groups: named('a') });
    const context = { user: { id: 'u' }, client: { id: 'web' }, connection: { name: 'db' } };
    const { event } = auth0.simulator.eventFrom(context, lean);
    vi.spyOn(console, 'log').mockReturnValue();
    await (await loginOf(lean))({ ...event, ...changes }, api);
    vi.restoreAllMocks();
    expect(asked).toHaveLength(count);
  });

  it('asks for them where answers of sources may lead there', async () => {
    const asking = policyOf(`version: 1
name: asking
sources: { bank: { http: { url: https://bank.acme.example/ }, returns: { plan: string } } }
claims:
  teams: { value: user.groups, when: bank.plan == "gold", kind: descriptive, subjects: [human] }
issuers: { auth0: { groupsIn: api, clients: [web], triggers: [post-login] } }`);
    const login = await loginOf(asking);
    vi.spyOn(console, 'log').mockReturnValue();
    vi.stubGlobal('fetch', async () => Response.json({ plan: 'gold' }));
    const of = async (client: string) => {
      const { api, asked } = answering({ groups: named('a') });
      const { event } = auth0.simulator.eventFrom({ user: { id: 'u' }, client: { id: client } }, asking);
      return [(await login(event, api))['teams'], asked.length];
    };
    expect([await of('web'), await of('other')]).toEqual([
      [['a'], 1],
      [undefined, 0],
    ]);
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('does not read an attribute', async () => {
    const { event, trigger } = auth0.simulator.eventFrom({ user: { id: 'u' } }, policy);
    const own = { ...event, user: { user_id: 'u', app_metadata: { api: ['x'], groups: ['x'] } } };
    const issuance = await auth0.simulator.simulate(
      await auth0.compile(policy),
      { trigger, event: own },
      surroundings(),
    );
    expect(issuance.access).toMatchObject({ teams: [] });
  });

  it('asks for groups only if the policy reads them', async () => {
    const other = policyOf(`version: 1
name: other
claims: { a: { const: 1, kind: descriptive } }
issuers: { auth0: { groupsIn: api, clients: all } }`);
    const text = async (one: typeof policy) =>
      (await auth0.compile(one)).artifacts.map(({ path, content }) => [path, /withGroups/.test(content)]);
    expect(Object.fromEntries(await text(policy))).toEqual({
      'post-login.js': true,
      'credentials-exchange.js': false,
      'manifest.json': false,
    });
    expect((await text(other)).some(([, isAsking]) => isAsking)).toBe(false);
  });

  it('needs no attribute of the user', () => {
    expect(auth0.check(policy).map(({ rule }) => rule)).not.toContain('TE806');
  });
});
