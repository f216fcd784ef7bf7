import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFigure } from '../../../tools/figures.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { emulate } from '../src/emulator/emulate.ts';
import { difference } from './compare.ts';
import { randomWorld } from './random-world.ts';
import { evaluate, importRealm, type LiveRealm } from './tokens.ts';
import { issuanceOf } from './world.ts';

const kinds = { access: 'access-token', id: 'id-token', userinfo: 'userinfo' } as const;

/** Random enrichments and people; `KEYCLOAK_SEED` repeats a run. */
export function randomAgainstServer(keycloak: Keycloak): void {
  const seed = Number(process.env['KEYCLOAK_SEED'] ?? Date.now() % 2 ** 31);
  describe(`runs random enrichments as the emulator does (KEYCLOAK_SEED=${seed})`, () => {
    const { world, pairs } = randomWorld(seed, { users: 25, clients: 60, pairs: 240 });
    let realm: LiveRealm;
    let differences = 0;
    beforeAll(async () => {
      realm = await importRealm(keycloak, world);
    }, 120_000);
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
