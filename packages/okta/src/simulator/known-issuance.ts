import { z } from 'zod';

const anything = z.record(z.string(), z.unknown());
const texts = z.array(z.string()).readonly();

/**
 * An `OktaIssuance` as far as it is known, as an event of the simulator: of a session any part may be missing.
 *
 * @example { "app": { "clientId": "0oa1", "name": "Web", "type": "PUBLIC", "profile": {} }, "request": … }
 */
export const knownIssuance = z.strictObject({
  user: z.strictObject({ id: z.string(), profile: anything, groups: texts }).exactOptional(),
  app: z.strictObject({
    clientId: z.string(),
    name: z.string(),
    type: z.enum(['PUBLIC', 'CONFIDENTIAL']),
    profile: anything,
  }),
  appuser: anything.exactOptional(),
  session: z
    .strictObject({
      id: z.string().exactOptional(),
      authenticatedAt: z.string().exactOptional(),
      amr: texts.exactOptional(),
      idp: z.string().exactOptional(),
    })
    .exactOptional(),
  request: z.strictObject({
    grantType: z.string(),
    scopes: texts,
    ip: z.string().exactOptional(),
    params: z.record(z.string(), z.string()),
  }),
  authorizationServer: z.strictObject({ issuer: z.string(), audience: z.string() }),
  tokens: z.strictObject({ access: z.boolean(), id: z.boolean() }),
});

export type KnownIssuance = z.output<typeof knownIssuance>;
