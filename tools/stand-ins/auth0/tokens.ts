/** `/oauth/token`, and what a token may do at the Management API. */
import { randomBytes } from 'node:crypto';
import { runAction } from '@claimsmith/auth0';
import { z } from 'zod';
import type { StandInAnswer, StandInRequest } from '../server.ts';
import type { Client, Plain, Tenant } from './tenant.ts';

const grant = z.looseObject({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string().exactOptional(),
  audience: z.string().exactOptional(),
  scope: z.string().exactOptional(),
  username: z.string().exactOptional(),
  password: z.string().exactOptional(),
});
type Grant = z.output<typeof grant>;

/** Of a token for the Management API, and for an audience without an API. */
const lifetimeSeconds = 86_400;

const refused = (status: number, error: string, error_description: string): StandInAnswer => ({
  status,
  body: { error, error_description },
});

export async function answerToken(tenant: Tenant, { body }: StandInRequest): Promise<StandInAnswer> {
  const parsed = grant.safeParse(body);
  if (!parsed.success) return refused(400, 'invalid_request', 'Missing required parameter');
  const asked = parsed.data;
  const client = tenant.clients.get(asked.client_id);
  if (client === undefined || client.secret !== asked.client_secret) {
    return refused(401, 'access_denied', 'Unauthorized');
  }
  if (asked.grant_type === 'client_credentials') {
    const isManagement = asked.audience?.endsWith('/api/v2/') === true;
    return isManagement ? managementToken(tenant, client) : await machineToken(tenant, asked);
  }
  if (asked.grant_type !== 'password' && !asked.grant_type.endsWith('/password-realm')) {
    return refused(
      403,
      'unauthorized_client',
      `Grant type '${asked.grant_type}' not allowed for the client.`,
    );
  }
  return userToken(tenant, asked);
}

function managementToken(tenant: Tenant, { scopes }: Client): StandInAnswer {
  if (scopes === undefined) {
    return refused(403, 'access_denied', 'Client is not authorized to access the Management API.');
  }
  const access_token = randomBytes(24).toString('base64url');
  tenant.tokens.set(access_token, scopes);
  const scope = scopes.join(' ');
  return { status: 200, body: { access_token, scope, expires_in: lifetimeSeconds, token_type: 'Bearer' } };
}

async function machineToken(tenant: Tenant, asked: Grant): Promise<StandInAnswer> {
  const audience = knownAudience(tenant, asked);
  if (audience === undefined) return refused(403, 'access_denied', 'Service not enabled within domain.');
  const scopes = asked.scope?.split(' ') ?? [];
  const run = await runTrigger(tenant, 'credentials-exchange', scopes, {
    accessToken: { customClaims: {}, scope: scopes },
    client: { client_id: asked.client_id, name: asked.client_id, metadata: {} },
    request: { ip: '192.0.2.1', body: {} },
    resource_server: { identifier: audience },
    tenant: { id: 'stand-in' },
    transaction: { requested_scopes: scopes },
  });
  if (run.denied !== undefined) return refused(400, run.denied.error, run.denied.description);
  const sub = `${asked.client_id}@clients`;
  const access = { ...run.access, sub, aud: audience, scope: run.scopes.join(' ') };
  return issued(access, undefined, run.scopes, lifetimeFor(tenant, audience));
}

async function userToken(tenant: Tenant, asked: Grant): Promise<StandInAnswer> {
  const user = tenant.users.get(asked.username ?? '');
  if (user === undefined || user.password !== asked.password) {
    return refused(403, 'invalid_grant', 'Wrong email or password.');
  }
  const audience = knownAudience(tenant, asked);
  const scopes = asked.scope?.split(' ') ?? [];
  const user_id = `auth0|${asked.username}`;
  const run = await runTrigger(tenant, 'post-login', scopes, {
    user: { user_id, email: asked.username, app_metadata: user.app_metadata ?? {}, user_metadata: {} },
    authorization: { roles: user.roles ?? [] },
    client: { client_id: asked.client_id, name: asked.client_id, metadata: {} },
    request: { ip: '192.0.2.1', body: {}, query: {} },
    ...(audience === undefined ? {} : { resource_server: { identifier: audience } }),
    tenant: { id: 'stand-in' },
    transaction: { protocol: 'oauth2-password', requested_scopes: scopes },
  });
  if (run.denied !== undefined) return refused(403, run.denied.error, run.denied.description);
  const access = { ...run.access, sub: user_id, aud: audience, scope: run.scopes.join(' ') };
  const id = run.scopes.includes('openid') ? { ...run.id, sub: user_id } : undefined;
  return issued(access, id, run.scopes, lifetimeFor(tenant, audience));
}

function knownAudience({ apis }: Tenant, { audience }: Grant): string | undefined {
  return [...apis.values()].some(({ identifier }) => identifier === audience) ? audience : undefined;
}

/** Browsers' flows have a lifetime of their own; those here are none. */
function lifetimeFor({ apis }: Tenant, audience: string | undefined): number {
  const api = [...apis.values()].find(({ identifier }) => identifier === audience);
  return typeof api?.['token_lifetime'] === 'number' ? api['token_lifetime'] : lifetimeSeconds;
}

function issued(
  access: Plain,
  id: Plain | undefined,
  scopes: readonly string[],
  expiresIn: number,
): StandInAnswer {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + expiresIn };
  const body = {
    access_token: jwt({ ...access, ...times }),
    ...(id === undefined ? {} : { id_token: jwt({ ...id, ...times }) }),
    scope: scopes.join(' '),
    expires_in: expiresIn,
    token_type: 'Bearer',
  };
  return { status: 200, body };
}

/** Looks like a token, and is signed by nobody. */
function jwt(payload: Plain): string {
  const parts = [{ alg: 'RS256', typ: 'JWT' }, payload, {}];
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

interface TriggerRun {
  readonly denied: { readonly error: string; readonly description: string } | undefined;
  readonly access: Plain;
  readonly id: Plain;
  readonly scopes: readonly string[];
}

const handlers = {
  'post-login': 'onExecutePostLogin',
  'credentials-exchange': 'onExecuteCredentialsExchange',
} as const;

/** Runs the deployed versions of what is bound, in the order of the bindings. Code without the handler is passed over. */
async function runTrigger(
  tenant: Tenant,
  trigger: keyof typeof handlers,
  asked: readonly string[],
  event: Plain,
): Promise<TriggerRun> {
  const access: Plain = {};
  const id: Plain = {};
  let scopes = asked;
  for (const { action: bound } of tenant.bindings.get(trigger) ?? []) {
    const action = tenant.actions.get(bound);
    const version = action?.versions.find((one) => one.id === action.deployed);
    if (version?.code.includes(`exports.${handlers[trigger]}`) !== true) continue;
    const run = await runAction(version.code, trigger, event, {
      fetch: () => Promise.reject(new Error('the stand-in asks nobody')),
      answer: () => ({ fails: 'network' }),
      secrets: Object.fromEntries(version.secrets.map(({ name, value }) => [name, value])),
      nowSeconds: Math.floor(Date.now() / 1000),
    });
    if (run.denied !== undefined) return { denied: run.denied, access: {}, id: {}, scopes: [] };
    Object.assign(access, run.access);
    Object.assign(id, run.id);
    scopes = run.scopes;
  }
  return { denied: undefined, access, id, scopes };
}
