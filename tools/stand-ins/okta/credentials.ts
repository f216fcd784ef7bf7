/* Who may call the API: API tokens, and service apps that sign for a token. Without any of them, everybody may. */
import { randomBytes } from 'node:crypto';
import { importJWK, type JWK, jwtVerify } from 'jose';
import type { StandInAnswer, StandInRequest } from '../server.ts';
import { Refusal } from './errors.ts';
import { ok } from './hooks.ts';
import { isBody } from './shapes.ts';

/** An API token (SSWS). */
export interface ApiToken {
  readonly token: string;
  /** The roles of its owner, said as scopes. Default: super administrator. */
  readonly scopes?: readonly string[];
}

/** An app that calls the API for itself, with a key of its own. */
export interface ServiceApp {
  readonly clientId: string;
  readonly publicKey: JWK;
  /** Granted by an administrator. */
  readonly scopes: readonly string[];
  /** The roles of the app, said as scopes. Default: super administrator. */
  readonly roles?: readonly string[];
}

export interface Door {
  /** @throws {Refusal} if the request may not be made */
  check(request: StandInRequest): void;
  /** `POST /oauth2/v1/token` */
  token(request: StandInRequest, url: string): Promise<StandInAnswer>;
  /** Ends all access tokens. */
  expire(): void;
}

const resources: Readonly<Record<string, string>> = {
  inlineHooks: 'inlineHooks',
  'hook-keys': 'inlineHooks',
  authorizationServers: 'authorizationServers',
  meta: 'schemas',
  groups: 'groups',
  apps: 'apps',
  policies: 'policies',
};

export function createDoor(apiTokens: readonly ApiToken[], serviceApps: readonly ServiceApp[]): Door {
  const issued = new Map<
    string,
    { readonly scopes: readonly string[]; readonly roles: readonly string[] | undefined }
  >();
  const isOpen = apiTokens.length === 0 && serviceApps.length === 0;
  return {
    expire: () => issued.clear(),
    check({ method, path, headers }) {
      if (isOpen) return;
      const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ');
      const api = scheme === 'SSWS' ? apiTokens.find(({ token }) => token === value) : undefined;
      const access = scheme === 'Bearer' ? issued.get(value) : undefined;
      if (api === undefined && access === undefined)
        throw new Refusal(401, 'E0000011', 'Invalid token provided');
      const resource = resources[path.split('/')[3] ?? ''] ?? 'unknown';
      const allowed = method === 'GET' ? ['read', 'manage'] : ['manage'];
      const has = (scopes: readonly string[] | undefined) =>
        scopes === undefined || allowed.some((verb) => scopes.includes(`okta.${resource}.${verb}`));
      if (access !== undefined && !has(access.scopes)) {
        const description = 'The access token provided does not contain the required scopes.';
        throw new Refusal(403, 'E0000006', 'You do not have permission to perform the requested action', [], {
          'www-authenticate': `Bearer authorization_uri="/oauth2/v1/authorize", realm="/", scope="okta.${resource}.${allowed[0]}", error="insufficient_scope", error_description="${description}"`,
        });
      }
      if (!has(api?.scopes ?? access?.roles)) {
        throw new Refusal(403, 'E0000006', 'You do not have permission to perform the requested action');
      }
    },
    async token({ body }, url) {
      const form = isBody(body) ? body : {};
      const client = await clientOf(form, `${url}/oauth2/v1/token`);
      if (client === undefined)
        return oauthError(401, 'invalid_client', 'The client_assertion signature is invalid.');
      if (form['grant_type'] !== 'client_credentials')
        return oauthError(400, 'unsupported_grant_type', 'Not this grant.');
      const asked = String(form['scope'] ?? '')
        .split(' ')
        .filter((scope) => scope !== '');
      const missing = asked.filter((scope) => !client.scopes.includes(scope));
      if (asked.length === 0 || missing.length > 0) {
        return oauthError(400, 'invalid_scope', 'One or more scopes are not configured for the client.');
      }
      const access = randomBytes(32).toString('base64url');
      issued.set(access, { scopes: asked, roles: client.roles });
      return ok({ token_type: 'Bearer', expires_in: 3600, access_token: access, scope: asked.join(' ') });
    },
  };

  async function clientOf(form: Record<string, unknown>, audience: string): Promise<ServiceApp | undefined> {
    if (form['client_assertion_type'] !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      return undefined;
    for (const app of serviceApps) {
      try {
        const key = await importJWK(app.publicKey, app.publicKey.kty === 'EC' ? 'ES256' : 'RS256');
        await jwtVerify(String(form['client_assertion']), key, {
          audience,
          issuer: app.clientId,
          subject: app.clientId,
          requiredClaims: ['exp'],
        });
        return app;
      } catch {
        // Not this app.
      }
    }
    return undefined;
  }
}

export function oauthError(status: number, error: string, description: string): StandInAnswer {
  return { status, body: { error, error_description: description } };
}
