/*
 * Tokens of the custom authorization servers. Native claims, the request to the hook, and what its answer does are those of
 * the simulator; which rule applies is decided here.
 */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { nativeClaim } from '../../../packages/okta/src/simulator/deployment.ts';
import { evaluateNative } from '../../../packages/okta/src/simulator/evaluate-native.ts';
import type { KnownIssuance } from '../../../packages/okta/src/simulator/known-issuance.ts';
import { applyAnswer, type PatchableTokens } from '../../../packages/okta/src/simulator/patch.ts';
import { requestFrom } from '../../../packages/okta/src/simulator/request-from.ts';
import type { StandInAnswer, StandInRequest } from '../server.ts';
import { oauthError } from './credentials.ts';
import { callHook, ok } from './hooks.ts';
import { type AuthorizationServer, type Client, type Org, type User, userOf } from './org.ts';
import { byPriority, serverOf } from './servers.ts';
import { type Body, isBody } from './shapes.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** `POST /oauth2/{server}/v1/token`: client credentials, and the password of a user. */
export async function tokenOf(org: Org, name: string, request: StandInRequest): Promise<StandInAnswer> {
  const server = serverOf(org, name);
  if (server === undefined || server.shown['status'] !== 'ACTIVE') {
    return oauthError(404, 'invalid_request', 'No authorization server.');
  }
  const form = isBody(request.body) ? request.body : {};
  const client = clientOf(org, request, form);
  if (client === undefined)
    return oauthError(
      401,
      'invalid_client',
      'The client secret supplied for a confidential client is invalid.',
    );
  const grant = String(form['grant_type']);
  if (grant !== 'client_credentials' && grant !== 'password')
    return oauthError(400, 'unsupported_grant_type', 'Not this grant.');
  const user = grant === 'password' ? userOf(org, String(form['username'])) : undefined;
  if (grant === 'password' && (user === undefined || user.password !== form['password'])) {
    return oauthError(400, 'invalid_grant', 'The credentials provided were invalid.');
  }
  const scopes = String(form['scope'] ?? '')
    .split(' ')
    .filter((scope) => scope !== '');
  const known = new Set([...server.scopes.values()].map((scope) => scope['name']));
  if (scopes.some((scope) => !known.has(scope))) {
    return oauthError(
      400,
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    );
  }
  const rule = ruleFor(org, server, { client: client.id, grant, scopes, user });
  if (rule === undefined) {
    return oauthError(
      400,
      'access_denied',
      'Policy evaluation failed for this request, please check the policy configurations.',
    );
  }
  return issue(org, server, rule, issuanceOf(org, name, server, { client, user, grant, scopes }));
}

function clientOf(org: Org, { headers }: StandInRequest, form: Body): Client | undefined {
  const [scheme, basic = ''] = (headers.authorization ?? '').split(' ');
  const [id, secret] =
    scheme === 'Basic'
      ? Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
      : [form['client_id'], form['client_secret']];
  return org.clients.find((client) => client.id === id && client.secret === secret);
}

interface Asked {
  readonly client: string;
  readonly grant: string;
  readonly scopes: readonly string[];
  readonly user: User | undefined;
}

/** The first rule that applies; undefined: none does. */
function ruleFor(org: Org, { policies }: AuthorizationServer, asked: Asked): Body | undefined {
  const all = [...policies.values()].map(({ shown, rules }) => ({
    priority: shown['priority'],
    shown,
    rules,
  }));
  for (const { shown, rules } of all.toSorted((a, b) => Number(a.priority) - Number(b.priority))) {
    const { clients } = shown['conditions'] as { clients: { include: string[] } };
    if (shown['status'] !== 'ACTIVE') continue;
    if (!clients.include.includes('ALL_CLIENTS') && !clients.include.includes(asked.client)) continue;
    const found = byPriority([...rules.values()]).find((rule) => applies(org, rule, asked));
    if (found !== undefined) return found;
  }
  return undefined;
}

function applies(org: Org, rule: Body, { grant, scopes, user }: Asked): boolean {
  const {
    people,
    grantTypes,
    scopes: allowed,
  } = rule['conditions'] as {
    people?: { users?: { include?: string[] }; groups?: { include?: string[] } };
    grantTypes?: { include: string[] };
    scopes: { include: string[] };
  };
  if (rule['status'] !== 'ACTIVE' || grantTypes?.include.includes(grant) !== true) return false;
  if (!allowed.include.includes('*') && !scopes.every((scope) => allowed.include.includes(scope)))
    return false;
  if (user === undefined) return true;
  const names = (people?.groups?.include ?? []).map((id) => {
    const profile = org.groups.get(id)?.['profile'];
    return id === 'EVERYONE' || !isBody(profile) ? id : String(profile['name']);
  });
  const isIn = names.some((name) => name === 'EVERYONE' || name === 'Everyone' || user.groups.includes(name));
  return isIn || people?.users?.include?.includes(user.id) === true;
}

function issuanceOf(
  org: Org,
  name: string,
  { shown }: AuthorizationServer,
  {
    client,
    user,
    grant,
    scopes,
  }: { client: Client; user: User | undefined; grant: string; scopes: readonly string[] },
): KnownIssuance {
  const audience = (shown['audiences'] as string[])[0] ?? '';
  return {
    ...(user === undefined
      ? {}
      : { user: { id: user.id, profile: user.profile, groups: user.groups }, appuser: {} }),
    app: { clientId: client.id, name: client.name, type: 'CONFIDENTIAL', profile: client.profile },
    request: { grantType: grant, scopes, params: {} },
    authorizationServer: { issuer: `${org.url}/oauth2/${name}`, audience },
    tokens: { access: true, id: user !== undefined && scopes.includes('openid') },
  };
}

async function issue(
  org: Org,
  server: AuthorizationServer,
  rule: Body,
  issuance: KnownIssuance,
): Promise<StandInAnswer> {
  const own = [...server.claims.values()].filter(
    ({ system, status }) => system !== true && status === 'ACTIVE',
  );
  const native = evaluateNative(z.array(nativeClaim).parse(own), issuance);
  if ('failure' in native) {
    const text = `The claim ${native.failure.claim} could not be evaluated.`;
    return oauthError(400, 'server_error', text);
  }
  const { token } = rule['actions'] as {
    token: { accessTokenLifetimeMinutes: number; inlineHook?: { id: string } };
  };
  const nowSeconds = Math.floor(Date.now() / 1000);
  const request = requestFrom(issuance, native, nowSeconds, token.accessTokenLifetimeMinutes * 60);
  const before: PatchableTokens = {
    access: request.data.access && {
      claims: request.data.access.claims,
      lifetimeSeconds: request.data.access.token.lifetime.expiration,
    },
    id: request.data.identity && { claims: request.data.identity.claims, lifetimeSeconds: 3_600 },
  };
  const patched = await hooked(
    org,
    token.inlineHook?.id,
    { ...request, eventId: `${request.eventId}${process.hrtime.bigint()}` },
    before,
  );
  if ('denied' in patched) return oauthError(400, 'server_error', patched.denied);
  const { access, id } = patched;
  const lifetime = access?.lifetimeSeconds ?? 3_600;
  const times = { iat: nowSeconds, exp: nowSeconds + lifetime };
  return ok({
    token_type: 'Bearer',
    expires_in: lifetime,
    access_token: signed({ ...access?.claims, ...times, scp: issuance.request.scopes }),
    ...(id === undefined ? {} : { id_token: signed({ ...id.claims, ...times }) }),
    scope: issuance.request.scopes.join(' '),
  });
}

/** Without a hook, or if it fails, the token stays as it is. */
async function hooked(
  org: Org,
  id: string | undefined,
  request: unknown,
  before: PatchableTokens,
): Promise<PatchableTokens | { readonly denied: string }> {
  const hook = id === undefined ? undefined : org.hooks.get(id);
  if (hook === undefined || hook.shown['status'] !== 'ACTIVE') return before;
  const answer = await callHook(hook, request);
  if ('failure' in answer) {
    org.log.push(`inline_hook.executed FAILURE ${answer.failure}`);
    return before;
  }
  const applied = applyAnswer(answer, before);
  if (applied.kind === 'denied') return { denied: applied.description };
  if (applied.kind === 'patched') return applied.tokens;
  org.log.push(`inline_hook.executed FAILURE ${applied.reason}`);
  return before;
}

function signed(payload: Body): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}`;
  return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
}
