// A local stand-in for the issuers: it signs what their simulators say, in the form that each of them gives its tokens,
// and serves the keys.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What a simulator says that an issuer signs, as `claimsmith preview --json` prints it. */
export interface Issued {
  readonly access: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
}

/** Changes of a token: claims to set, or to take out with `undefined`. */
export interface Changes {
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** How long ago it was signed, in seconds. Default 0. */
  readonly ageSeconds?: number;
  /** Default 600. */
  readonly lifetimeSeconds?: number;
  readonly machine?: boolean;
}

export type IssuerId = 'auth0' | 'cognito' | 'keycloak' | 'okta';

const keysPaths: Readonly<Record<IssuerId, string>> = {
  auth0: '.well-known/jwks.json',
  cognito: '.well-known/jwks.json',
  keycloak: 'protocol/openid-connect/certs',
  okta: 'v1/keys',
};

export const client = 'shop-web';
const kid = 'key-1';

type Data = Readonly<Record<string, unknown>>;

/** What each issuer writes into an access token itself. */
function ownClaims(
  id: IssuerId,
  iss: string,
  isMachine: boolean,
  { audiences, scopes }: Issued,
): { readonly header: Data; readonly payload: Data } {
  const sub = isMachine ? client : 'usr_berlin';
  const jti = randomUUID();
  const scope = scopes.join(' ');
  switch (id) {
    case 'auth0': {
      const aud = scopes.includes('openid') ? [...audiences, `${iss}userinfo`] : audiences[0];
      return {
        header: { typ: 'at+jwt' },
        payload: {
          jti,
          aud,
          scope,
          client_id: client,
          sub: isMachine ? `${client}@clients` : `auth0|${sub}`,
        },
      };
    }
    case 'okta': {
      const user = isMachine ? {} : { uid: '00u1berlin' };
      return {
        header: {},
        payload: { ver: 1, jti: `AT.${jti}`, aud: audiences[0], scp: scopes, cid: client, sub, ...user },
      };
    }
    case 'keycloak': {
      const user = isMachine
        ? { preferred_username: `service-account-${client}`, clientAddress: '127.0.0.1' }
        : { preferred_username: 'ada', sid: 'session-1', acr: '1' };
      return {
        header: { typ: 'JWT' },
        payload: { jti, aud: audiences[0], scope, azp: client, typ: 'Bearer', sub, ...user },
      };
    }
    case 'cognito': {
      const user = isMachine ? {} : { username: 'ada', origin_jti: 'origin-1' };
      return {
        header: {},
        payload: { jti, scope, client_id: client, token_use: 'access', version: 2, sub, ...user },
      };
    }
  }
}

/** A running local issuer. */
export interface LocalIssuer {
  /** The address of an issuer, as its tokens name it. */
  address(id: IssuerId): string;
  /** Signs an access token as an issuer would. */
  sign(id: IssuerId, issued: Issued, changes?: Changes): Promise<string>;
  /** How often keys were asked for. */
  readonly asked: () => number;
  close(): void;
}

/** Starts the local issuer on a free port of this machine. */
export async function startLocalIssuer(): Promise<LocalIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] });
  let asked = 0;
  const server = createServer((request, response) => {
    const isKeys = Object.entries(keysPaths).some(([id, path]) => request.url === `/${id}/${path}`);
    asked += isKeys ? 1 : 0;
    response.writeHead(isKeys ? 200 : 404, { 'content-type': 'application/json' }).end(isKeys ? keys : '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address();
  const port = typeof place === 'object' && place !== null ? place.port : 0;
  const address = (id: IssuerId) => `http://127.0.0.1:${port}/${id}/`;
  return {
    address,
    asked: () => asked,
    close: () => server.close(),
    async sign(
      id,
      issued,
      { payload = {}, header = {}, ageSeconds = 0, lifetimeSeconds = 600, machine } = {},
    ) {
      const own = ownClaims(id, address(id), machine ?? false, issued);
      const iat = Math.floor(Date.now() / 1_000) - ageSeconds;
      const times = { iat, exp: iat + lifetimeSeconds, ...(machine ? {} : { auth_time: iat }) };
      const claims = { iss: address(id), ...times, ...own.payload, ...issued.access, ...payload };
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid, ...own.header, ...header })
        .sign(privateKey);
    },
  };
}
