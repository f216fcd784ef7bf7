/** A policy with a script, published to a realm of a real server that has its JAR. */
import { describe, expect, it } from 'vitest';
import { adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { compile } from '../src/compile/compile.ts';
import { policyOf } from './fixtures.ts';
import { linesOf, newFolder, publisherOf } from './publisher.ts';
import { expectClosed, newRealm, people, type Tokens } from './publishing-realm.ts';
import { evaluate, type LiveRealm, liveRealm } from './tokens.ts';

const realm = 'publish-script';

const spec = (claims: string) => `version: 1
name: badge
claims:
  level: { value: 'user.username + "!"', kind: authoritative }
  staff: { const: true, kind: descriptive, when: '"staff" in user.roles' }
${claims}
issuers: { keycloak: { realm: [${realm}, publish-script-2], scripts: true, audience: "urn:badge", clients: [web] } }
`;
const first = policyOf(spec('  count: { const: 1, kind: descriptive }'));
const second = policyOf(
  spec(
    '  count: { const: 2, kind: descriptive }\n  more: { const: true, kind: descriptive }\nscopes: { badge.read: { grant: "true" } }',
  ),
);

/** The JAR of the first revision. */
export async function buildPublished(): Promise<{ readonly jars: Readonly<Record<string, Uint8Array>> }> {
  const { artifacts } = await compile(first);
  const jars = artifacts.filter(({ path }) => path.endsWith('.jar'));
  return {
    jars: Object.fromEntries(jars.map(({ path, content }) => [path, Buffer.from(content, 'base64')])),
  };
}

export function publishingScriptAgainstServer(keycloak: Keycloak): void {
  const admin = adminOf(keycloak);
  describe('publishes with a policy script', () => {
    it('only after its JAR', async () => {
      await newRealm(admin, realm);
      const ahead = await publisherOf(keycloak, realm, second);
      const { stopped, plan, done } = await ahead.apply();
      expect(plan.notices).toMatchObject([
        { severity: 'warning', message: 'The server does not have claimsmith-badge.jar of this revision.' },
      ]);
      expect(stopped).toMatchObject({ code: 'waiting' });
      expect(stopped?.message).toContain(
        `Copy claimsmith-badge.jar, revision ${second.revision}, to providers/`,
      );
      expect(stopped?.message).toContain('The server has another revision');
      expect([done, ahead.requests.write]).toEqual([[], 0]);

      const publisher = await publisherOf(keycloak, realm, first);
      expect(await publisher.apply()).toMatchObject({ stopped: undefined, left: [], plan: { notices: [] } });
      const before = publisher.requests.read;
      expect(linesOf((await publisher.plan()).plan)).toEqual([]);
      expect(publisher.requests.read - before).toBeLessThanOrEqual(6);
      expect((await tokensOf(await liveRealm(keycloak, realm)))['ada']).toEqual({
        ...{ level: 'ada!', staff: true, count: 1 },
        policy: `badge@${first.revision}`,
        aud: 'urn:badge',
      });
    }, 120_000);

    it('leaves only dead tokens while the JAR and the client scopes differ, and nothing more before or after', async () => {
      await newRealm(admin, realm);
      const live = await liveRealm(keycloak, realm);
      const seen: Tokens[] = [];
      const options = { folder: newFolder(), afterWrite: async () => void seen.push(await tokensOf(live)) };
      const v1 = await publisherOf(keycloak, realm, first, options);
      // As if the JAR had gone back just after it was looked for.
      const v2 = await publisherOf(keycloak, realm, second, { ...options, isHasty: true });
      let before = await tokensOf(live);
      const step = async (name: string, run: () => ReturnType<typeof v1.apply>, intended?: Tokens) => {
        seen.length = 0;
        expect(await run(), name).toMatchObject({ stopped: undefined, left: [] });
        expect(seen.length, name).toBeGreaterThan(1);
        const after = await tokensOf(live);
        expectClosed(name, before, seen, intended ?? after, true);
        before = after;
        return after;
      };
      const published = await step('the first apply', () => v1.apply());
      const intended = Object.entries(published).map(([person, claims]) => [
        person,
        { ...claims, count: 2, more: true },
      ]);
      const misfit = await step('an update without its JAR', () => v2.apply(), Object.fromEntries(intended));
      for (const person of Object.keys(people)) expect(misfit[person], person).toEqual({});
      expect(await step('a rollback', () => v1.rollback())).toEqual(published);
      const gone = await step('a removal', () => v1.destroy());
      for (const person of Object.keys(people)) expect(gone[person], person).toEqual({});
    }, 120_000);

    it('not in a realm that it was not built for, and not for other clients', async () => {
      const other = await newRealm(admin, 'publish-elsewhere');
      const publisher = await publisherOf(keycloak, other, first, {
        entry: { clients: ['web', 'claimsmith'] },
      });
      const { stopped, plan } = await publisher.apply();
      expect(stopped).toMatchObject({ code: 'conflict' });
      expect(publisher.requests.write).toBe(0);
      expect(plan.notices.map(({ message }) => message)).toEqual([
        'The policy script does not work in the realm publish-elsewhere: it was built for publish-script, publish-script-2.',
        'The policy script does not enrich the clients claimsmith.',
      ]);
    }, 120_000);

    it('to all realms that a pattern names, with one login', async () => {
      await newRealm(admin, realm);
      await newRealm(admin, 'publish-script-2');
      const entry = { realm: undefined, realms: 'publish-script*' };
      const { places } = await publisherOf(keycloak, realm, first, { entry });
      expect(places.map(({ name }) => name.split(', ')[1])).toEqual([
        'realm publish-script',
        'realm publish-script-2',
      ]);
    }, 120_000);
  });
}

/** What the policy decides in the tokens of everybody; nothing in a dead one. */
async function tokensOf(live: LiveRealm): Promise<Tokens> {
  const tokens: Record<string, Tokens[string]> = {};
  for (const name of Object.keys(people)) {
    const token = await evaluate(live, 'access-token', 'web', name, []);
    const names = ['level', 'staff', 'count', 'more', 'policy'];
    const aud = [token['aud']].flat().includes('urn:badge') ? { aud: 'urn:badge' } : {};
    const isDead = Number(token['exp']) <= 1;
    const own = Object.entries(token).filter(([claim]) => names.includes(claim));
    tokens[name] = isDead ? {} : { ...Object.fromEntries(own), ...aud };
  }
  return tokens;
}
