import { z } from 'zod';
import type { LiveMapper } from './collisions.ts';
import { dictionary } from './dictionary.ts';

/** An entry of the server's list of evaluated mappers. */
const evaluated = z.array(z.object({ mapperId: z.string(), containerId: z.string() }));

/** A client, or a client scope, with its mappers. */
const containers = z.array(
  z.object({
    id: z.string(),
    name: z.string().optional(),
    isClient: z.boolean().default(false),
    attributes: dictionary(z.unknown()).optional(),
    protocolMappers: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          protocolMapper: z.string(),
          config: dictionary(z.string()).default({}),
        }),
      )
      .default([]),
  }),
);

/**
 * The mappers that run when a client gets a token.
 *
 * @param running the server's list of evaluated mappers
 * @param client and the realm's client scopes, as the server sent them
 */
export function mappersOf(running: unknown, client: object, clientScopes: unknown): readonly LiveMapper[] {
  const all = [...containers.parse([{ ...client, isClient: true }]), ...containers.parse(clientScopes)];
  return evaluated.parse(running).flatMap(({ mapperId, containerId }) => {
    const container = all.find(({ id }) => id === containerId);
    const mapper = container?.protocolMappers.find(({ id }) => id === mapperId);
    if (container === undefined || mapper === undefined) return [];
    const policy = container.attributes?.['claimsmith.policy'];
    return [
      {
        name: mapper.name,
        container: container.isClient ? 'the client' : `client scope ${container.name ?? ''}`,
        policy: typeof policy === 'string' ? policy : undefined,
        provider: mapper.protocolMapper,
        config: mapper.config,
      },
    ];
  });
}
