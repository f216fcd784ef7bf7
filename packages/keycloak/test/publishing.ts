/** A policy of mappers, published to realms of a real server. */

import { driftOf } from '@claimsmith/deploy';
import { describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { policyOf } from './fixtures.ts';
import { linesOf, newFolder, publisherOf } from './publisher.ts';
import {
  addAttribute,
  attachAll,
  claimsOf,
  disturb,
  expectClosed,
  giveRoles,
  newRealm,
  othersMapper,
  othersOf,
  othersScope,
  scopes,
  scopesOf,
  type Tokens,
  tokensOf,
  unmark,
} from './publishing-realm.ts';
import { evaluate, liveRealm } from './tokens.ts';
import { password, secret } from './world.ts';

/** Service accounts are users too, and mappers cannot distinguish them. */
const everybody = 'subjects: [human, machine, agent]';

const spec = (claims: string, settings = ', clients: [web]') => `version: 1
name: shop
user: { attributes: { tier: string, tags: list(string) } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive, ${everybody} }
  roles: { value: user.roles, kind: descriptive, ${everybody} }
${claims}
issuers: { keycloak: { realm: shop, audience: "urn:shop"${settings} } }
`;

/** What changes between the two: a value, a claim that comes, one that goes, the roles of two claims and of a scope. */
const first = (settings?: string) =>
  policyOf(
    spec(
      `  level: { const: 1, kind: descriptive }
  gone: { const: true, kind: descriptive }
  moved: { const: m, kind: descriptive, ${everybody}, when: '"staff" in user.roles' }
  tags: { value: user.attributes.tags, kind: descriptive, ${everybody}, when: 'user.roles.exists(r, r in ["staff", "dev"])' }
  narrowed: { const: n, kind: descriptive, ${everybody}, when: 'user.roles.exists(r, r in ["staff", "buyer"])' }
scopes: { shop.buy: { subjects: { human: '"staff" in user.roles', machine: '"staff" in user.roles', agent: '"staff" in user.roles' } } }`,
      settings,
    ),
  );
const second = (settings?: string) =>
  policyOf(
    spec(
      `  level: { const: 2, kind: descriptive }
  new: { const: true, kind: descriptive }
  moved: { const: m, kind: descriptive, ${everybody}, when: '"buyer" in user.roles' }
  tags: { value: user.attributes.tags, kind: descriptive, ${everybody}, when: '"dev" in user.roles' }
  narrowed: { const: n, kind: descriptive, ${everybody}, when: '"buyer" in user.roles' }
scopes: { shop.buy: { subjects: { human: '"buyer" in user.roles', machine: '"buyer" in user.roles', agent: '"buyer" in user.roles' } } }`,
      settings,
    ),
  );

export function publishingAgainstServer(keycloak: Keycloak): void {
  const admin = adminOf(keycloak);
  describe('publishes', () => {
    it('reads, plans, applies, and then has nothing left to do', async () => {
      const realm = await newRealm(admin, 'publish-once');
      const publisher = await publisherOf(keycloak, realm, first());
      const { plan } = await publisher.plan();
      expect(plan.notices).toEqual([]);
      expect(publisher.requests.write).toBe(0);
      expect(linesOf(plan).filter((line) => !line.startsWith(' '))).toEqual([
        'create role claimsmith.shop.nobody',
        'create user profile attribute tier',
        'create user profile attribute tags',
        'create client scope claimsmith.shop',
        'create client scope claimsmith.shop.role.staff',
        expect.stringMatching(/^create client scope claimsmith\.shop\.role\.dev-staff-/),
        expect.stringMatching(/^create client scope claimsmith\.shop\.role\.buyer-staff-/),
        'create client scope shop.buy',
        'create attachment web: shop.buy',
        'create attachment web: claimsmith.shop.role.staff',
        expect.stringMatching(/^create attachment web: claimsmith\.shop\.role\.buyer-staff-/),
        // With a list, which must not be there twice.
        expect.stringMatching(/^create attachment web: claimsmith\.shop\.role\.dev-staff-/),
        // With the audience.
        'create attachment web: claimsmith.shop',
      ]);
      expect(await publisher.apply()).toMatchObject({ stopped: undefined, left: [] });
      const before = publisher.requests.read;
      expect(linesOf((await publisher.plan()).plan)).toEqual([]);
      // Four of its client scopes have roles.
      expect(publisher.requests.read - before).toBeLessThanOrEqual(5 + 4);
      const live = await liveRealm(keycloak, realm);
      expect(claimsOf(await evaluate(live, 'access-token', 'web', 'ada', scopes))).toMatchObject({
        ...{ tier: 'gold', level: 1, gone: true, moved: 'm', tags: ['a', 'b'], narrowed: 'n' },
        scope: ['shop.buy'],
        aud: ['urn:shop'],
      });
    }, 120_000);

    it.each([
      ['clients one by one', ', clients: [web]'],
      ['all new clients', ''],
    ])(
      'never grants more than before or after, between any two requests, to %s',
      async (_what, settings) => {
        const isByRealm = settings === '';
        const realm = await newRealm(admin, `publish-closed-${isByRealm ? 'all' : 'one'}`);
        const live = await liveRealm(keycloak, realm);
        const seen: Tokens[] = [];
        const options = { folder: newFolder(), afterWrite: async () => void seen.push(await tokensOf(live)) };
        const v1 = await publisherOf(keycloak, realm, first(settings), options);
        const v2 = await publisherOf(keycloak, realm, second(settings), options);
        const states = [await tokensOf(live)];
        const step = async (name: string, run: () => ReturnType<typeof v1.apply>, mayPause: boolean) => {
          seen.length = 0;
          const { stopped, done } = await run();
          expect(stopped, name).toBeUndefined();
          expect(seen.length, name).toBeGreaterThanOrEqual(done.length);
          const before = states.at(-1) ?? {};
          const after = await tokensOf(live);
          states.push(after);
          expectClosed(name, before, seen, after, mayPause);
        };
        await step('the first apply', () => v1.apply(), true);
        if (isByRealm) {
          // A client that is there already is enriched by hand; its other client scopes come with the next release.
          await attachAll(admin, live);
          states.push(await tokensOf(live));
        }
        await step('an update', () => v2.apply(), false);
        expect(linesOf((await v2.plan()).plan)).toEqual([]);
        await step('a rollback', () => v2.rollback(), false);
        expect(states.at(-1)).toEqual(states.at(-3));
        await step('a second update', () => v2.apply(), false);
        await step('a removal', () => v2.destroy(), true);
        expect(states.at(-1)).toEqual(states[0]);
      },
      240_000,
    );

    it('goes on, or goes back, from wherever it was killed', async () => {
      const realm = await newRealm(admin, 'publish-killed');
      const live = await liveRealm(keycloak, realm);
      const folder = newFolder();
      const start = await publisherOf(keycloak, realm, first(), { folder });
      await start.apply();
      const before = await tokensOf(live);
      let writes = 0;
      const whole = await publisherOf(keycloak, realm, second(), { folder, afterWrite: () => void writes++ });
      await whole.apply();
      const after = await tokensOf(live);
      expect(writes).toBeGreaterThan(10);
      await (await publisherOf(keycloak, realm, second(), { folder })).rollback();
      for (let killed = 1; killed < writes; killed++) {
        let left = killed;
        const victim = await publisherOf(keycloak, realm, second(), {
          folder,
          afterWrite: () => {
            if (--left === 0) throw new Error('killed');
          },
        });
        await expect(victim.apply()).rejects.toThrow('killed');
        expectClosed(`killed after ${killed}`, before, [await tokensOf(live)], after, false);
        const next = await publisherOf(keycloak, realm, second(), { folder });
        if (killed % 2 === 0) {
          expect(await next.apply(), `on from ${killed}`).toMatchObject({ stopped: undefined, left: [] });
          expect(await tokensOf(live)).toEqual(after);
        }
        expect(await next.rollback(), `back from ${killed}`).toMatchObject({ stopped: undefined, left: [] });
      }
      expect(await tokensOf(live)).toEqual(before);
      expect(linesOf((await start.plan()).plan)).toEqual([]);
    }, 480_000);

    it('leaves what others have as it was, also among many', async () => {
      const realm = await newRealm(admin, 'publish-others');
      for (let index = 0; index < 50; index++) {
        await admin.post(`/${realm}/client-scopes`, othersScope(index));
      }
      const web = (await liveRealm(keycloak, realm)).clientIds['web'];
      const ofClient = `/${realm}/clients/${web}/protocol-mappers/models`;
      for (let index = 0; index < 50; index++)
        await admin.post(ofClient, othersMapper(`m${index}`, `c${index}`));
      const before = await othersOf(admin, realm);
      const folder = newFolder();
      const publisher = await publisherOf(keycloak, realm, first(), { folder });
      expect(await publisher.apply()).toMatchObject({ stopped: undefined, left: [] });
      // What others add to what is ours is theirs.
      const scope = (await scopesOf(admin, realm)).find(({ name }) => name === 'claimsmith.shop');
      await admin.put(`/${realm}/client-scopes/${scope?.['id']}`, {
        ...scope,
        attributes: { ...Object(scope?.['attributes']), 'gui.order': '7' },
      });
      const v2 = await publisherOf(keycloak, realm, second(), { folder });
      expect(await v2.apply()).toMatchObject({ stopped: undefined, left: [] });
      const kept = (await scopesOf(admin, realm)).find(({ name }) => name === 'claimsmith.shop');
      expect(kept).toMatchObject({ id: scope?.['id'], attributes: { 'gui.order': '7' } });
      expect(await othersOf(admin, realm)).toEqual(before);
      expect(await v2.destroy()).toMatchObject({ stopped: undefined, left: [] });
      expect(await othersOf(admin, realm)).toEqual(before);
    }, 120_000);

    it('names what somebody changed, and puts it right', async () => {
      const realm = await newRealm(admin, 'publish-drift');
      const live = await liveRealm(keycloak, realm);
      const publisher = await publisherOf(keycloak, realm, first());
      await publisher.apply();
      const before = await tokensOf(live);
      await disturb(admin, live);
      const { plan, reading } = await publisher.plan();
      const drift = driftOf([...publisher.journal().history().last.values()], reading.resources);
      expect(drift.map(({ kind, key }) => `${kind} ${key}`).toSorted()).toEqual([
        'added mapper claimsmith.shop: by hand',
        'added permission claimsmith.shop.role.staff: dev',
        'changed client scope shop.buy',
        'changed mapper claimsmith.shop: level',
        'changed user profile attribute tier',
        'removed attachment web: claimsmith.shop.role.staff',
        'removed mapper claimsmith.shop: gone',
      ]);
      expect(linesOf(plan)).toEqual([
        'update user profile attribute tier',
        'delete permission claimsmith.shop.role.staff: dev',
        'update mapper claimsmith.shop: level',
        'create mapper claimsmith.shop: gone',
        'create attachment web: claimsmith.shop.role.staff',
        'update client scope shop.buy',
      ]);
      expect(plan.notices.map(({ severity, key }) => [severity, key])).toEqual([
        ['warning', 'mapper claimsmith.shop: by hand'],
      ]);
      expect(await publisher.apply()).toMatchObject({ stopped: undefined, left: [] });
      expect(await tokensOf(live)).toEqual(before);
    }, 120_000);

    it('stops when another apply is at work, and loses nothing', async () => {
      const realm = await newRealm(admin, 'publish-race');
      const live = await liveRealm(keycloak, realm);
      const others = await othersOf(admin, realm);
      const racers = await Promise.all(
        [first(), second()].map((policy) => publisherOf(keycloak, realm, policy)),
      );
      const outcomes = await Promise.all(racers.map((racer) => racer.apply()));
      expect(outcomes.filter(({ stopped }) => stopped === undefined).length).toBeLessThan(2);
      for (const { stopped } of outcomes) if (stopped !== undefined) expect(stopped.code).toBe('changed');
      const last = await publisherOf(keycloak, realm, second());
      expect(await last.apply()).toMatchObject({ stopped: undefined, left: [] });
      expect(await othersOf(admin, realm)).toEqual(others);
      expect((await tokensOf(live))['ada']).toMatchObject({ level: 2, new: true, moved: 'm' });
    }, 120_000);

    it('asks for tokens by evaluation and by grants, which agree', async () => {
      const realm = await newRealm(admin, 'publish-ask');
      const entry = { verify: { passwords: { ada: { value: password } } } };
      const { place, apply } = await publisherOf(keycloak, realm, first(), { entry });
      await apply();
      const question = { context: {}, client: 'web', user: 'ada', scopes, audience: undefined };
      const answers = (await place.ask?.(question)) ?? [];
      expect(answers.map(({ how }) => how)).toEqual(['evaluation for ada', 'a login of ada']);
      for (const { issuance, collisions } of answers) {
        expect(issuance).toMatchObject({
          access: { tier: 'gold', level: 1, moved: 'm' },
          scopes,
          audiences: ['urn:shop'],
          denied: undefined,
        });
        expect(collisions).toEqual([]);
      }
      const machine = (await place.ask?.({ ...question, user: undefined })) ?? [];
      expect(machine.map(({ how }) => how)).toEqual([
        'evaluation for the service account of web',
        'client credentials of web',
      ]);
      expect(machine[0]?.issuance.access).toEqual(machine[1]?.issuance.access);
      const { userIds } = await liveRealm(keycloak, realm);
      expect(await admin.get(`/${realm}/users/${userIds['ada']}/sessions`)).toEqual([]);
      await expect(place.ask?.({ ...question, user: 'eve' })).rejects.toMatchObject({ code: 'not_found' });
    }, 120_000);

    it.each([
      ['another password', { password: { value: 'x' } }, 'unauthorized', 'refuses the credential'],
      ['another client', { clientId: 'x', clientSecret: { value: 'y' } }, 'unauthorized', 'refuses the cred'],
      ['another realm', { realm: 'publish-nowhere' }, 'not_found', 'there is no realm publish-nowhere'],
      ['a server that is not there', { url: 'http://127.0.0.1:1' }, 'unreachable', 'cannot be reached'],
      ['no such realms', { realm: undefined, realms: 'zz-*' }, 'settings', 'zz-*'],
    ] as const)(
      'says what is wrong with %s',
      async (_what, entry, code, message) => {
        const realm = await newRealm(admin, 'publish-wrong');
        const plan = async () => (await publisherOf(keycloak, realm, first(), { entry })).plan();
        await expect(plan()).rejects.toMatchObject({
          name: 'TargetError',
          code,
          message: expect.stringContaining(message),
        });
      },
      60_000,
    );

    it('names the role that a credential lacks, and needs no others than those of the docs', async () => {
      const realm = await newRealm(admin, 'publish-roles');
      const entry = { clientId: 'claimsmith', clientSecret: { value: secret } };
      const withRoles = async (...roles: readonly string[]) => {
        await giveRoles(admin, realm, roles);
        return publisherOf(keycloak, realm, first(), { entry });
      };
      await expect((await withRoles('view-realm')).plan()).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('lacks the role view-clients of the client realm-management'),
      });
      const reader = await withRoles('view-clients', 'view-realm');
      expect((await reader.plan()).plan.notices).toEqual([]);
      expect((await reader.apply()).stopped).toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('lacks the role manage-realm'),
      });
      const writer = await withRoles('manage-clients', 'manage-realm');
      expect(await writer.apply()).toMatchObject({ stopped: undefined, left: [] });
      const asking = await withRoles('view-clients', 'view-users', 'view-realm');
      const question = { context: {}, client: 'web', user: 'ada', scopes, audience: undefined };
      expect(await asking.place.ask?.(question)).toHaveLength(1);
    }, 120_000);

    it('says what is left when the realm goes midway', async () => {
      const realm = await newRealm(admin, 'publish-gone');
      let writes = 0;
      const { apply } = await publisherOf(keycloak, realm, first(), {
        afterWrite: async () => {
          if (++writes === 4) await admin.delete(`/${realm}`);
        },
      });
      const { stopped, done, left } = await apply();
      expect(stopped).toMatchObject({ code: 'not_found', message: expect.stringContaining(realm) });
      expect(done.length).toBeGreaterThan(0);
      expect(left.length).toBeGreaterThan(0);
    }, 120_000);

    it('finds conflicts before it writes', async () => {
      const realm = await newRealm(admin, 'publish-conflicts');
      const live = await liveRealm(keycloak, realm);
      const web = `/${realm}/clients/${live.clientIds['web']}`;
      await admin.put(web, { ...Object(await admin.get(web)), fullScopeAllowed: false });
      await admin.post(`${web}/protocol-mappers/models`, {
        ...othersMapper('sneaky', 'level'),
        config: { 'claim.name': 'level', 'claim.value': '9', 'access.token.claim': 'true' },
      });
      await admin.post(`${web}/protocol-mappers/models`, {
        name: 'audience',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-audience-mapper',
        config: { 'included.custom.audience': 'urn:shop', 'access.token.claim': 'true' },
      });
      await admin.post(`/${realm}/client-scopes`, { ...othersScope(0), name: 'claimsmith.shop' });
      await admin.delete(`/${realm}/roles/buyer`);
      await addAttribute(admin, realm, { name: 'tier', permissions: { view: ['user'], edit: ['user'] } });
      const entry = { clients: ['web', 'absent'] };
      const publisher = await publisherOf(keycloak, realm, first(), { entry });
      const { stopped, plan } = await publisher.apply();
      expect(stopped).toMatchObject({ code: 'conflict' });
      expect(publisher.requests.write).toBe(0);
      const found = plan.notices
        .filter(({ severity }) => severity === 'conflict')
        .map(({ message }) => message);
      expect(found.toSorted()).toEqual([
        'Other mappers write the audience of the API: client web, mapper audience.',
        'Other mappers write the claim level: client web, mapper sneaky.',
        'The client web has Full scope allowed off, so its tokens would lack roles.',
        'The realm has no client absent.',
        'The realm has no role buyer.',
        'Users can edit the attribute tier in the user profile, and the policy reads it.',
        "client scope claimsmith.shop exists, differs from what the spec gives, and does not have Claimsmith's mark.",
      ]);
    }, 120_000);

    it('finds a client that exchanges tokens, also when nothing is published', async () => {
      const realm = await newRealm(admin, 'publish-exchange');
      const live = await liveRealm(keycloak, realm);
      const web = `/${realm}/clients/${live.clientIds['web']}`;
      const switchExchange = async (to: 'true' | 'false') => {
        const now = Object(await admin.get(web));
        const attributes = { ...now.attributes, 'standard.token.exchange.enabled': to };
        await admin.put(web, { ...now, attributes });
      };
      await switchExchange('true');
      const text = spec(
        `  customer: { value: user.id, kind: authoritative, ${everybody} }`,
        ', missing: guard, clients: [web]',
      );
      const { place, plan } = await publisherOf(keycloak, realm, policyOf(text));
      const fault = {
        severity: 'conflict',
        message: expect.stringContaining('The client web may exchange tokens'),
      };
      expect((await plan()).plan.notices).toContainEqual(expect.objectContaining(fault));
      expect(await place.faults?.()).toEqual([expect.objectContaining(fault)]);
      await switchExchange('false');
      expect(await place.faults?.()).toEqual([]);
    }, 120_000);

    it('takes client scopes that were made by hand from the built files', async () => {
      const realm = await newRealm(admin, 'publish-by-hand');
      await (await publisherOf(keycloak, realm, first())).apply();
      // The files mark client scopes, and not their mappers.
      for (const scope of await scopesOf(admin, realm)) await unmark(admin, realm, scope, 'mappers');
      const publisher = await publisherOf(keycloak, realm, first());
      const { plan } = await publisher.plan();
      expect(plan.notices).toEqual([]);
      expect(new Set(linesOf(plan).map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual(
        new Set(['update mapper']),
      );
      expect(await publisher.apply()).toMatchObject({ stopped: undefined, left: [] });
    }, 120_000);

    it('takes over what was made by hand, when it is told to', async () => {
      const realm = await newRealm(admin, 'publish-adopt');
      const live = await liveRealm(keycloak, realm);
      const made = await publisherOf(keycloak, realm, first());
      await made.apply();
      const before = await tokensOf(live);
      // As somebody makes it without Claimsmith: no marks.
      for (const scope of await scopesOf(admin, realm)) await unmark(admin, realm, scope, 'all');
      const publisher = await publisherOf(keycloak, realm, first());
      expect((await publisher.apply()).stopped).toMatchObject({ code: 'conflict' });
      expect(await publisher.apply({ adopt: true })).toMatchObject({ stopped: undefined, left: [] });
      expect(linesOf((await publisher.plan()).plan)).toEqual([]);
      expect(await tokensOf(live)).toEqual(before);
    }, 120_000);
  });
}
