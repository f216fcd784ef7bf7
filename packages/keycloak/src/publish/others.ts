/** Mappers of others that a policy meets in a realm. Pure. */
import type { Notice } from '@claimsmith/core';
import { actorsWriters, collisionsOf, type LiveMapper } from '../collisions.ts';
import type { Built } from './built.ts';
import { type Circumstances, conflict, enrichedClients, warning } from './circumstances.ts';
import { policyMark } from './images.ts';
import { mapperKey, scopeKey } from './keys.ts';
import type { RealmMapper } from './realm-state.ts';
import { isOfBase } from './resources.ts';

/** Mappers that somebody put into the client scopes of the policy. */
export function strangerNotices({ policy, built, state }: Circumstances): readonly Notice[] {
  const own = ownMappers(built);
  return state.scopes
    .filter(({ attributes }) => attributes[policyMark] === policy.name)
    .flatMap((scope) =>
      scope.protocolMappers
        .filter(({ config }) => config[policyMark] !== policy.name)
        .map(({ name }) => mapperKey(scope.name, name)),
    )
    .filter((key) => !own.has(key))
    .map((key) =>
      warning(`${key} is not of the policy, but stands in its client scope.`, 'Move or remove it.', key),
    );
}

/** The keys of a build's mappers. */
function ownMappers({ enrichment }: Built): ReadonlySet<string> {
  return new Set(
    enrichment.clientScopes.flatMap((scope) =>
      scope.protocolMappers.map(({ name }) => mapperKey(scope.name, name)),
    ),
  );
}

/** Mappers of others that write what the policy writes: which value wins is not certain. Of some, the script reads who acts. */
export function collisionNotices(circumstances: Circumstances): readonly Notice[] {
  const { policy } = circumstances;
  const mappers = mappersAt(circumstances);
  const actors = actorsWriters(policy, mappers);
  const collisions = collisionsOf(policy, mappers).map(({ claim, writers }) =>
    conflict(
      `Other mappers write ${claim === 'aud' ? 'the audience of the API' : `the claim ${claim}`}: ${writers.join('; ')}.`,
      claim === 'aud'
        ? 'Remove them: only the policy may give this audience.'
        : 'Remove them, or rename the claim in the spec with as.',
    ),
  );
  if (actors.length === 0) return collisions;
  return [
    ...collisions,
    warning(
      `Other mappers write the claim act, and the policy takes it for who acts for the user: ${actors.join('; ')}.`,
      'Remove them, or make sure that users cannot change what they write.',
    ),
  ];
}

/** The mappers of the enriched clients, without those that write the same as the build. */
function mappersAt({
  policy,
  built,
  state,
  clients,
}: Pick<Circumstances, 'policy' | 'built' | 'state' | 'clients'>): readonly LiveMapper[] {
  const enriched = enrichedClients({ built, state, clients });
  const names = new Set([
    ...enriched.flatMap((client) => [...client.defaultClientScopes, ...client.optionalClientScopes]),
    ...(clients === undefined ? [...state.defaults, ...state.optionals] : []),
    ...built.enrichment.clientScopes.map(({ name }) => name),
  ]);
  const own = ownMappers(built);
  const mappers = [
    ...state.scopes
      .filter(({ name }) => names.has(name))
      .flatMap((scope) =>
        // A mapper without the mark that has the place of one of ours will become ours, or is a conflict by itself.
        liveMappers(
          scope.protocolMappers.filter(({ name }) => !own.has(mapperKey(scope.name, name))),
          scopeKey(scope.name),
          policy.name,
        ),
      ),
    ...enriched.flatMap(({ clientId, protocolMappers }) =>
      liveMappers(protocolMappers, `client ${clientId}`, policy.name),
    ),
  ];
  return withoutEquals(mappers, built);
}

/** Without mappers of others that write the same as one of the build that writes for everybody. */
export function withoutEquals(mappers: readonly LiveMapper[], { enrichment }: Built): readonly LiveMapper[] {
  const gated = new Set(enrichment.permissions.map(({ clientScope }) => clientScope));
  const own = new Set(
    enrichment.clientScopes
      .filter(({ name }) => enrichment.defaultScopes.includes(name) && !gated.has(name))
      .flatMap(({ protocolMappers }) => protocolMappers.filter((mapper) => !isOfBase(mapper)))
      .map((mapper) => JSON.stringify(meaning(mapper))),
  );
  return mappers.filter(
    ({ policy, provider, config }) =>
      policy !== undefined || !own.has(JSON.stringify(meaning({ protocolMapper: provider, config }))),
  );
}

function liveMappers(
  mappers: readonly RealmMapper[],
  container: string,
  policy: string,
): readonly LiveMapper[] {
  return mappers.map(({ name, protocolMapper, config }) => ({
    name,
    container,
    policy: config[policyMark] === policy ? policy : undefined,
    provider: protocolMapper,
    config,
  }));
}

/** What a mapper writes, wherever it writes it: two that mean the same do no harm. */
function meaning({ protocolMapper, config }: Pick<RealmMapper, 'protocolMapper' | 'config'>) {
  const isFlag = /(\.token\.claim|^lightweight\.claim|\.tokenResponse\.claim)$/;
  return [
    protocolMapper,
    Object.entries(config)
      .filter(([key, value]) => value !== '' && !isFlag.test(key) && key !== policyMark)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ];
}
