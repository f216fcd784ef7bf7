/*
 * Publishing to Okta with the real hook server: tokens are asked for between all writes. None grants more than before or
 * after, and nobody is turned away who gets a token before and after.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMapping, type Place, type Policy } from '@claimsmith/core';
import {
  accessOf,
  createSettings,
  type Journal,
  type Outcome,
  openJournals,
  type Run,
  restoredBy,
  runAt,
  wantedOf,
} from '@claimsmith/deploy';
import { afterEach, describe, expect, test } from 'vitest';
import type { OktaStandIn } from '../stand-ins/okta/index.ts';
import {
  addOthers,
  firstSpec,
  type HookServer,
  hookSecret,
  placeAt,
  plainEntry,
  policyOf,
  secondSpec,
  startHook,
  startOrg,
  variables,
} from './okta.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const people = {
  ada: ['shop:admin', 'shop:seller', 'store:clerk'],
  eve: ['shop:admin', 'store:clerk', 'suspended'],
} as const;
type Person = keyof typeof people | 'machine';

/** What a token grants at a service; undefined: there is no token. */
type Grants = readonly string[] | undefined;

/** Whether the service looks at the policy marker. */
type Service = 'careful' | 'naive';

interface Moment {
  readonly when: string;
  /** By person, service, and whether the hook can be reached. */
  readonly grants: Readonly<Record<string, Grants>>;
}

const audience = 'https://shop.acme.example/';

/** An org with people, a hook server, and a person who publishes. */
class Shop {
  readonly okta: OktaStandIn;
  readonly hook: HookServer;
  readonly folder: string;
  readonly moments: Moment[] = [];

  constructor(okta: OktaStandIn, hook: HookServer, folder: string) {
    this.okta = okta;
    this.hook = hook;
    this.folder = folder;
  }

  static async open(first: Policy): Promise<Shop> {
    const okta = await startOrg();
    closing.push(() => okta.close());
    addOthers(okta);
    const { org } = okta;
    org.clients.push({ id: 'app', secret: 'app-secret', name: 'App', profile: {} });
    for (const [login, groups] of Object.entries(people)) {
      org.users.push({
        id: `00u${login}`,
        password: 'pw',
        groups,
        profile: { login, department: 'sales', division: 'x' },
      });
    }
    const hook = await startHook(first);
    closing.push(() => hook.close());
    const folder = mkdtempSync(join(tmpdir(), 'claimsmith-okta-'));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const shop = new Shop(okta, hook, folder);
    // Before the first apply, the audience is that of the services already.
    for (const server of org.servers.values()) server.shown['audiences'] = [audience];
    return shop;
  }

  async place(policy: Policy): Promise<{ place: Place; journal: Journal }> {
    const journals = openJournals(this.folder);
    const settings = createSettings({ references: {}, folder: this.folder, key: journals.key, variables });
    let journal: Journal | undefined;
    const place = await placeAt(
      policy,
      plainEntry(this.okta, this.hook.address),
      accessOf({
        secret: settings.secret,
        setting: settings.setting,
        known: (_, key) => journal?.history().last.get(key),
      }),
    );
    journal = journals.of('okta', place.name);
    return { place, journal };
  }

  /** Publishes, deploys the server when that is asked for, and asks for tokens on the way. */
  async run(policy: Policy, by: Run['by'] = 'apply', server = policy): Promise<Outcome> {
    await this.ask('before');
    for (;;) {
      const { place, journal } = await this.place(policy);
      const watched: Place = {
        ...place,
        write: async (change, now) => {
          await place.write(change, now);
          await this.ask(`${change.kind} ${change.key}`);
        },
      };
      const restored = by === 'rollback' ? restoredBy(journal.history()) : undefined;
      const want: Run['want'] = async (reading) => {
        if (restored !== undefined) return wantedOf(restored.snapshot, reading.resources);
        return reading.want(by === 'destroy' ? undefined : await place.compile());
      };
      const revision = by === 'destroy' ? undefined : server.revision;
      const restores = restored === undefined ? {} : { restores: restored.release };
      const outcome = await runAt({
        place: watched,
        journal,
        by,
        policy: policy.name,
        goal: { revision },
        want,
        ...restores,
      });
      if (outcome.stopped?.code !== 'waiting') {
        await this.ask('after');
        return outcome;
      }
      expect(outcome.stopped.message).toContain(`revision ${server.revision}`);
      await this.hook.deploy(server);
      await this.ask('deploy the server');
    }
  }

  async ask(when: string): Promise<void> {
    const grants: Record<string, Grants> = {};
    for (const person of ['ada', 'eve', 'machine'] as const) {
      for (const isUp of [true, false]) {
        const token = await this.token(person, isUp);
        for (const service of ['careful', 'naive'] as const) {
          grants[`${person}, ${service}, hook ${isUp ? 'up' : 'down'}`] = granted(token, service);
        }
      }
    }
    this.moments.push({ when, grants });
  }

  /** The claims of an access token; undefined if there is none. */
  async token(person: Person, isUp = true): Promise<Record<string, unknown> | undefined> {
    const hooks = [...this.okta.org.hooks.values()];
    const addresses = hooks.map(({ shown }) => configOf(shown)['uri']);
    if (!isUp) for (const { shown } of hooks) configOf(shown)['uri'] = 'http://127.0.0.1:9/';
    const form = new URLSearchParams(
      person === 'machine'
        ? { grant_type: 'client_credentials' }
        : { grant_type: 'password', username: person, password: 'pw' },
    );
    const response = await fetch(`${this.okta.url}/oauth2/default/v1/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('app:app-secret').toString('base64')}` },
      body: form,
    });
    for (const [i, { shown }] of hooks.entries()) configOf(shown)['uri'] = addresses[i];
    const body: unknown = await response.json();
    if (!isMapping(body) || typeof body['access_token'] !== 'string') return undefined;
    const payload: unknown = JSON.parse(
      Buffer.from(body['access_token'].split('.')[1] ?? '', 'base64url').toString(),
    );
    return isMapping(payload) ? payload : undefined;
  }
}

function configOf(hook: Record<string, unknown>): Record<string, unknown> {
  return (hook['channel'] as { config: Record<string, unknown> }).config;
}

function granted(token: Record<string, unknown> | undefined, service: Service): Grants {
  if (token === undefined) return undefined;
  if (token['aud'] !== audience) return [];
  if (service === 'careful' && !String(token['policy']).startsWith('shop@')) return [];
  const { admin, roles } = token;
  return [
    'access',
    ...(admin === true ? ['admin'] : []),
    ...(Array.isArray(roles) ? roles.map((role) => `role ${role}`) : []),
  ];
}

/** What grants more than the first and than the last moment, and who loses what both of them grant. */
function faultsOf(moments: readonly Moment[], isLossCounted = true): readonly string[] {
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined) throw new Error('Nothing was asked');
  return moments.flatMap(({ when, grants }) =>
    Object.entries(grants).flatMap(([who, now]) => {
      const [before, after] = [first.grants[who], last.grants[who]];
      const fits = (bound: Grants) => (now ?? []).every((grant) => (bound ?? []).includes(grant));
      const kept = (before ?? []).filter((grant) => after?.includes(grant) === true);
      const isDown = who.endsWith('up') && !kept.every((grant) => now?.includes(grant) === true);
      if ((fits(before) || fits(after)) && !(isDown && isLossCounted)) return [];
      return [`${when}: ${who}: ${now}, before ${before}, after ${after}`];
    }),
  );
}

function expectClosed(moments: readonly Moment[]): void {
  expect(faultsOf(moments)).toEqual([]);
}

const withoutDeny = firstSpec.replace(/deny:\n.*\n.*\n/, '');
const hookless = withoutDeny.replace(/ {2}roles:\n(?: {4}.*\n)+/, '').replace(', guard: [sentinel]', '');
const quarantined = firstSpec.replace('[sentinel]', '[quarantine]');
const both = firstSpec.replace('[sentinel]', '[sentinel, quarantine]');
const short = firstSpec.replace('[sentinel]', '[short_life]');

describe('tokens between all writes', () => {
  test.each([
    ['the first apply', undefined, firstSpec],
    ['another version', firstSpec, secondSpec],
    ['the first claim of the hook', hookless, firstSpec],
    ['the last claim of the hook', firstSpec, hookless],
    ['no denial any more', firstSpec, withoutDeny],
    ['from the sentinel to quarantine', firstSpec, quarantined],
    ['from quarantine to the sentinel', quarantined, firstSpec],
    ['quarantine added', firstSpec, both],
    ['quarantine removed', both, firstSpec],
    ['from the sentinel to a short life', firstSpec, short],
    ['from a short life to the sentinel', short, firstSpec],
    ['the first apply with quarantine', undefined, quarantined],
  ])('%s', async (_, before, after) => {
    const [from, to] = [before === undefined ? undefined : policyOf(before), policyOf(after)];
    const shop = await Shop.open(policyOf(before === undefined || before === hookless ? firstSpec : before));
    if (from !== undefined) expect((await shop.run(from)).stopped).toBeUndefined();
    shop.moments.length = 0;
    const outcome = await shop.run(to);
    expect(outcome.stopped).toBeUndefined();
    expect(shop.moments.length).toBeGreaterThan(2);
    expectClosed(shop.moments);
  });

  test('destroy', async () => {
    for (const spec of [firstSpec, quarantined, both, short, hookless]) {
      const policy = policyOf(spec);
      const shop = await Shop.open(spec === hookless ? policyOf(firstSpec) : policy);
      await shop.run(policy);
      shop.moments.length = 0;
      expect((await shop.run(policy, 'destroy')).stopped).toBeUndefined();
      expectClosed(shop.moments);
      expect(shop.okta.org.hooks.size).toBe(1);
      const token = await shop.token('ada');
      expect(token?.['aud']).toBe(audience);
      expect(Object.keys(token ?? {}).filter((name) => name.startsWith('cs_'))).toEqual([]);
    }
  });

  // A rollback does not know whether rules call the hook at the end, so guards go last: tokens may be refused for a moment.
  test.each([firstSpec, quarantined, both])('rollback of the first apply %#', async (spec) => {
    const policy = policyOf(spec);
    const shop = await Shop.open(policy);
    await shop.run(policy);
    shop.moments.length = 0;
    expect((await shop.run(policy, 'rollback')).stopped).toBeUndefined();
    expect(faultsOf(shop.moments, false)).toEqual([]);
    expect(shop.okta.org.hooks.size).toBe(1);
    expect((await shop.token('ada'))?.['aud']).toBe(audience);
  });

  test('rollback to a version without a hook', async () => {
    const [first, second] = [policyOf(hookless), policyOf(firstSpec)];
    const shop = await Shop.open(second);
    await shop.run(first);
    await shop.run(second);
    shop.moments.length = 0;
    expect((await shop.run(second, 'rollback', first)).stopped).toBeUndefined();
    expect(faultsOf(shop.moments, false)).toEqual([]);
    expect((await shop.token('ada', false))?.['policy']).toBe(`shop@${first.revision}`);
  });

  test('rollback to another version, with its server', async () => {
    const [first, second] = [policyOf(firstSpec), policyOf(secondSpec)];
    const shop = await Shop.open(first);
    await shop.run(first);
    await shop.run(second);
    shop.moments.length = 0;
    expect((await shop.run(second, 'rollback', first)).stopped).toBeUndefined();
    expectClosed(shop.moments);
    expect((await shop.token('ada'))?.['policy']).toBe(`shop@${first.revision}`);
  });
});

test('after an apply, tokens are as the policy says', async () => {
  const policy = policyOf(firstSpec);
  const shop = await Shop.open(policy);
  await shop.run(policy);
  const token = await shop.token('ada');
  expect(token).toMatchObject({
    aud: audience,
    policy: `shop@${policy.revision}`,
    admin: true,
    department: 'sales',
    tier: 'basic',
    roles: ['shop:admin', 'shop:seller'],
  });
  expect(Object.keys(token ?? {}).filter((name) => name.startsWith('cs_'))).toEqual([]);
  expect(await shop.token('eve')).toBeUndefined();
  expect((await shop.token('ada', false))?.['policy']).toBe('unenriched');
  expect(JSON.stringify([...shop.okta.org.hooks.values()].map(({ shown }) => shown))).not.toContain(
    hookSecret,
  );
});
