import { type Access, type Compilation, type Place, type Policy, TargetError } from '@claimsmith/core';
import { z } from 'zod';
import { compile } from '../compile/compile.ts';
import type { ServerApi } from './api.ts';
import { askRealm } from './ask.ts';
import { type Entry, matching, patternsOf } from './entry.ts';
import { realmPlace } from './place.ts';
import { factsOf, type ServerFacts, serverInfo, understood } from './realm-state.ts';

/** The realms of an entry as places. The server is asked for its realms only if the entry has a pattern. */
export async function placesOf(
  policy: Policy,
  settings: Entry,
  access: Access,
  server: ServerApi,
): Promise<readonly Place[]> {
  const realms = await realmsOf(settings, server);
  let compilation: Promise<Compilation> | undefined;
  let facts: Promise<ServerFacts> | undefined;
  const serverNow = async () => factsOf(understood(serverInfo, await server.info()));
  return realms.map((realm) => {
    const api = server.realm(realm);
    return realmPlace({
      name: `${server.name}, realm ${realm}`,
      realm,
      policy,
      api,
      server: () => {
        facts ??= serverNow();
        return facts;
      },
      serverNow,
      compile: () => {
        compilation ??= compile(policy);
        return compilation;
      },
      clients: settings.clients,
      userProfile: settings.userProfile,
      ask: (question, built) => askRealm(question, { policy, realm, settings, api, access, built }),
    });
  });
}

async function realmsOf(settings: Entry, server: ServerApi): Promise<readonly string[]> {
  const patterns = patternsOf(settings);
  if (patterns === undefined) return [settings.realm ?? ''];
  const all = understood(z.array(z.object({ realm: z.string() })), await server.realms());
  const found = matching(
    all.map(({ realm }) => realm),
    patterns,
  );
  if (found.length > 0) return found;
  throw new TargetError(
    'settings',
    `no realm of ${server.name} that the credential can see has a name like ${patterns.join(', ')}`,
  );
}
