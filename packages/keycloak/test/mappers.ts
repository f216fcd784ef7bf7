import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFigure } from '../../../tools/figures.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { emulate } from '../src/simulator/emulator/emulate.ts';
import { difference, ofMappers } from './compare.ts';
import type { MapperCase } from './mapper-cases/forms.ts';
import { mapperCases, mapperWorld } from './mapper-cases.ts';
import { type Recorded, withoutIds, writeRecorded } from './recorded.ts';
import { importRealm, introspect, type LiveRealm, login, payload, userinfo } from './tokens.ts';
import { issuanceOf } from './world.ts';

/** Every case as a login, with all that comes of it, beside the emulator. */
export function mappersAgainstServer(keycloak: Keycloak): void {
  describe('runs mappers as the emulator does:', () => {
    const world = mapperWorld();
    let realm: LiveRealm;
    let compared = 0;
    let differences = 0;
    const recorded: Record<string, Recorded[string]> = {};
    beforeAll(async () => {
      realm = await importRealm(keycloak, world);
    }, 240_000);
    afterAll(() => {
      if (process.env['KEYCLOAK_RECORD']) writeRecorded(recorded);
      const tokens = `${compared} tokens and answers of ${mapperCases.length} cases`;
      reportFigure(
        'keycloak-mappers',
        `Keycloak, server against emulator: ${tokens}, ${differences} differences`,
      );
    });

    it.each(mapperCases.map((one, index) => [one.name, one, `client-${index}`] as const))(
      '%s',
      async (_name, { kinds, ...mapperCase }, clientId) => {
        const { emulation, scopes } = emulated(mapperCase, clientId);
        const { status, body } = await login(realm, clientId, mapperCase.user, mapperCase.scopes ?? []);
        expect(emulation.refusedScopes.length > 0).toBe(mapperCase.refused === true);
        if (mapperCase.refused) {
          compared++;
          recorded[mapperCase.name] = {};
          expect([status, body['error']]).toEqual([400, 'invalid_scope']);
          return;
        }
        expect(status, JSON.stringify(body)).toBe(200);
        const token = String(body['access_token']);
        const access = payload(token);
        const answers = {
          access,
          id: payload(body['id_token']),
          userinfo: (await userinfo(realm, token)).body,
          introspection: (await introspect(realm, clientId, token)).body,
        };
        const found = (kinds ?? (['access', 'id', 'userinfo', 'introspection'] as const)).flatMap((kind) => {
          compared++;
          const own = ofMappers(kind, answers[kind], emulation[kind]);
          const ids = { user: realm.userIds[mapperCase.user] ?? '', ...realm.organizationIds };
          recorded[mapperCase.name] = { ...recorded[mapperCase.name], [kind]: withoutIds(own, ids) };
          return difference(kind, answers[kind], emulation[kind], mapperCase.enrichment) ?? [];
        });
        differences += found.length;
        expect(found).toEqual([]);
        expect(scopesOf(access)).toEqual(scopes);
      },
    );

    function emulated({ enrichment, user, scopes = [] }: MapperCase, clientId: string) {
      const client = world.clients.find((one) => one.clientId === clientId);
      const subject = world.users.find(({ username }) => username === user);
      if (client === undefined || subject === undefined) throw new Error('no such client or user');
      const { organizationIds, userIds } = realm;
      const request = { id: userIds[user] ?? '', scopes: ['openid', ...scopes], organizationIds };
      const emulation = emulate(enrichment, issuanceOf(world, subject, client, request));
      return { emulation, scopes: ['openid', ...emulation.scopes].sort() };
    }
  });
}

function scopesOf({ scope }: Readonly<Record<string, unknown>>): readonly string[] {
  return String(scope).split(' ').sort();
}
