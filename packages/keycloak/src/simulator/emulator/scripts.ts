import type { Draft, TokenKind } from './draft.ts';
import type { RequestView } from './java/session.ts';
import { tokenIdOf } from './java/token.ts';
import type { Machine } from './java/types.ts';
import { everywhere, type Mapper } from './mapper.ts';
import { runScript } from './script.ts';
import type { Situation } from './situation.ts';
import { writeClaim } from './write-claim.ts';

/** Scripts that a server has, and what they run on. */
export interface Scripts {
  /** By the provider's id: `script-` and the file's name. */
  readonly codes: ReadonlyMap<string, string>;
  readonly machine: Machine;
  /** The name of the realm, if an issuance does not give one. */
  readonly realm?: string | undefined;
  /** Lifetime of an access token in the realm. */
  readonly lifespanSeconds: number;
}

export const noScripts: Scripts = {
  codes: new Map(),
  machine: {
    wire: { exchange: () => 'fails', wait: () => undefined },
    settings: {},
    log: () => undefined,
    now: () => 0,
  },
  lifespanSeconds: 300,
};

/** After all native mappers. */
const priority = 50;

/**
 * @param scope of the token, before any script
 * @returns undefined if no such script is there
 */
export function scriptMapper(
  provider: string,
  { codes, machine, realm, lifespanSeconds }: Scripts,
  scope: string,
): Mapper | undefined {
  const code = codes.get(provider);
  if (code === undefined) return undefined;
  return {
    priority,
    kinds: everywhere,
    write(draft, config, situation) {
      const { issuance, assigned, request: state, notes } = situation;
      const issuedAt = Math.floor(machine.now() / 1000);
      const value = runScript(code, provider, draft, {
        issuance,
        assigned,
        realm: issuance.realm ?? realm,
        request: requestOf(draft, situation),
        state,
        machine,
        basis: {
          id: tokenIdOf(issuance.request.grantType),
          scope,
          issuedAt,
          expiresAt: issuedAt + lifespanSeconds,
          acr: issuance.session.acr,
          subject: issuance.user.id,
          client: issuance.client.clientId,
        },
      });
      writeClaim(draft, value, config, notes);
    },
  };
}

const endpoints: Readonly<Record<TokenKind, string>> = {
  access: 'token',
  id: 'token',
  userinfo: 'userinfo',
  introspection: 'token/introspect',
};

function requestOf({ kind }: Draft, { issuance: { request }, signed }: Situation): RequestView {
  const form = new Map(Object.entries(kind === 'access' || kind === 'id' ? request.params : {}));
  if (kind === 'introspection') {
    const claims = JSON.stringify({ jti: tokenIdOf(request.grantType), ...signed });
    form.set('token', `.${Buffer.from(claims).toString('base64url')}.`);
  } else if (request.grantType !== undefined && kind !== 'userinfo')
    form.set('grant_type', request.grantType);
  return { path: `/realms/realm/protocol/openid-connect/${endpoints[kind]}`, form };
}
