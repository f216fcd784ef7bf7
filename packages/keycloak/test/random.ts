import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFigure } from '../../../tools/figures.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { emulate } from '../src/simulator/emulator/emulate.ts';
import { difference } from './compare.ts';
import { randomSpecs } from './random-specs.ts';
import { randomWorld } from './random-world.ts';
import { evaluate, importRealm, type LiveRealm } from './tokens.ts';
import { issuanceOf } from './world.ts';

const kinds = { access: 'access-token', id: 'id-token', userinfo: 'userinfo' } as const;

/** Random enrichments and people; `KEYCLOAK_SEED` repeats a run. */
export function randomAgainstServer(keycloak: Keycloak): void {
  const seed = seedOfRun();
  describe(`runs random enrichments as the emulator does (KEYCLOAK_SEED=${seed})`, () => {
    const { world, pairs } = randomWorld(seed, { users: 25, clients: 60, pairs: 240 });
    let realm: LiveRealm;
    let differences = 0;
    beforeAll(async () => {
      realm = await importRealm(keycloak, world);
    }, 240_000);
    afterAll(() => {
      const count = `${pairs.length} random pairs of enrichment and user (seed ${seed})`;
      reportFigure(
        'keycloak-random',
        `Keycloak, server against emulator: ${count}, ${differences} differences`,
      );
    });

    it.each(Object.keys(kinds) as readonly (keyof typeof kinds)[])(
      'in its %s',
      async (kind) => {
        const found: unknown[] = [];
        for (const { client, user, scopes } of pairs) {
          const request = {
            id: realm.userIds[user.username] ?? '',
            scopes: ['openid', ...scopes],
            organizationIds: realm.organizationIds,
          };
          const emulated = emulate(client.enrichment, issuanceOf(world, user, client, request));
          const server = await evaluate(realm, kinds[kind], client.clientId, user.username, [
            'openid',
            ...scopes,
          ]);
          const different = difference(kind, server, emulated[kind], client.enrichment);
          if (different !== undefined)
            found.push({ client: client.clientId, user: user.username, scopes, ...different });
        }
        differences += found.length;
        expect(found).toEqual([]);
      },
      120_000,
    );
  });
}

/** Random specs, built: the server signs what the policy decides, and what the emulator says. */
export function specsAgainstServer(keycloak: Keycloak): void {
  const seed = seedOfRun();
  describe(`signs what random specs decide (KEYCLOAK_SEED=${seed})`, () => {
    let realm: LiveRealm;
    let built: Awaited<ReturnType<typeof randomSpecs>>;
    let compared = 0;
    let claims = 0;
    let scopesAdded = 0;
    let differences = 0;
    beforeAll(async () => {
      built = await randomSpecs(seed, { specs: 60, users: 12 });
      realm = await importRealm(keycloak, built.world);
    }, 240_000);
    afterAll(() => {
      const count = `${compared} tokens of ${built.cases.length} random specs with ${claims} claims and ${scopesAdded} added scopes (seed ${seed})`;
      reportFigure(
        'keycloak-specs',
        `Keycloak, server against policy and emulator: ${count}, ${differences} differences`,
      );
    });

    it('with scopes that are asked for, and some that are given', () => {
      const scopes = built.cases.flatMap(({ client }) => client.enrichment.defaultScopes);
      expect(scopes.some((name) => !name.startsWith('claimsmith.'))).toBe(true);
    });

    it.each(['access', 'id', 'userinfo'] as const)(
      'in its %s token or answer',
      async (kind) => {
        const found: unknown[] = [];
        for (const [
          index,
          { client, policy, program, withoutEmpty, scopes: known },
        ] of built.cases.entries()) {
          if (kind === 'access') claims += policy.claims.length;
          for (const offset of [0, 1]) {
            const person = built.people[(index * 5 + offset * 7) % built.people.length];
            if (person === undefined) continue;
            const { user } = person;
            const isAsking = (index + offset) % 2 === 0;
            const scopes = known.filter(
              (name) => isAsking && client.enrichment.optionalScopes.includes(name),
            );
            const id = realm.userIds[user.username] ?? '';
            const emulated = emulate(
              client.enrichment,
              issuanceOf(built.world, user, client, { id, scopes }),
            );
            const context = {
              user: { ...person.context, id },
              client: { id: client.clientId },
              request: { scopes: ['openid', ...scopes] },
              subject_type: 'human',
            };
            const decision = program.decide(program.context(context), {});
            const decided = Object.entries(decision[kind] ?? {}).filter(
              ([name, value]) => !(withoutEmpty.has(name) && Array.isArray(value) && value.length === 0),
            );
            const server = await evaluate(realm, kinds[kind], client.clientId, user.username, [
              'openid',
              ...scopes,
            ]);
            compared++;
            if (kind === 'access') {
              const { add, remove } = decision.scopes;
              const allowed = [...new Set([...scopes.filter((name) => !remove.includes(name)), ...add])];
              scopesAdded += add.length;
              const of = (names: readonly string[]) =>
                names.filter((name) => known.includes(name)).toSorted();
              const signed = of(String(server['scope']).split(' '));
              for (const [what, expected] of [
                ['emulator', of(emulated.scopes)],
                ['policy', of(allowed)],
              ] as const) {
                if (isDeepStrictEqual(signed, expected)) continue;
                found.push({ what, client: client.clientId, user, scopes, signed, expected });
              }
            }
            for (const [what, expected] of [
              ['emulator', emulated[kind]],
              [
                'policy',
                { ...(kind === 'id' ? { aud: client.clientId } : {}), ...Object.fromEntries(decided) },
              ],
            ] as const) {
              const different = difference(kind, server, expected, client.enrichment);
              if (different !== undefined)
                found.push({ what, client: client.clientId, user, scopes, ...different });
            }
          }
        }
        differences += found.length;
        expect(found).toEqual([]);
      },
      120_000,
    );
  });
}

function seedOfRun(): number {
  return Number(process.env['KEYCLOAK_SEED'] ?? Date.now() % 2 ** 31);
}
