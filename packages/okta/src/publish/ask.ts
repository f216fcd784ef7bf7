/* Asks a running org for the tokens of a scenario. */
import {
  type Issuance,
  isMapping,
  noTokens,
  type PlaceAnswer,
  type PlaceQuestion,
  TargetError,
} from '@claimsmith/core';
import { claimNames } from '../names.ts';
import { eventFrom } from '../simulator/event-from.ts';
import { executeHook } from './awaits.ts';
import { isFeeder, isHookOf } from './mark.ts';
import { asDeployed, probeRequest } from './probe.ts';
import type { Site } from './site.ts';
import { type Raw, readClaims, readHooks, serverPath, textAt } from './state.ts';

/** Okta calls the hook with the scenario's request, and what it would sign is computed from the answer. */
export async function askHook(site: Site, { context }: PlaceQuestion): Promise<readonly PlaceAnswer[]> {
  const { policy, reader } = site;
  const [hooks, id] = [await readHooks(reader), await site.serverId()];
  const hook = hooks.find((one) => textAt(one, 'name') === site.hook && isHookOf(one, policy.name));
  const compilation = await site.compilation();
  if (hook === undefined || compilation.artifacts.length === 0) return [];
  const [claims, server] = [
    await readClaims(reader, id),
    await reader.get('the authorization server', serverPath(id)),
  ];
  const nowSeconds = Math.floor(Date.now() / 1000);
  const request = probeRequest(context, policy, claims, nowSeconds);
  const answer = await executeHook(site, textAt(hook, 'id'), request);
  const { simulateWith } = await import('../simulator/simulator.ts');
  const status = answer === undefined ? 204 : 200;
  const issuance = await simulateWith(
    { kind: 'answers', answer: { status, body: JSON.stringify(answer ?? {}) } },
    asDeployed(compilation, claims, server),
    eventFrom(context, policy),
    { fetch, answer: () => ({ fails: 'network' }), secrets: {}, nowSeconds },
  );
  const whole = withoutFeeders(issuance);
  return [{ how: 'the hook, by /execute', isPartial: true, issuance: whole, collisions: [] }];
}

/** Feeders of other revisions are not the policy's. */
function withoutFeeders(issuance: Issuance): Issuance {
  const own = (claims: Issuance['access']) =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => !isFeeder(name)));
  return { ...issuance, access: own(issuance.access), id: own(issuance.id) };
}

/** Tokens from the token endpoint, where the environment has a credential. */
export async function askTokens(site: Site, question: PlaceQuestion): Promise<readonly PlaceAnswer[]> {
  const { client, user, scopes } = question;
  const { clients, users } = site.entry.verify;
  const [app, person] = [own(clients, client), user === undefined ? undefined : own(users, user)];
  if (app === undefined || (user !== undefined && person === undefined)) return [];
  const secret = await site.access.secret(app.secret);
  const password = person && (await site.access.secret(person.password));
  const form = new URLSearchParams({
    grant_type: password === undefined ? 'client_credentials' : 'password',
    scope: scopes.join(' '),
    ...(user === undefined || password === undefined ? {} : { username: user, password: password.reveal() }),
  });
  const basic = [client, secret.reveal()].map(encodeURIComponent).join(':');
  const answer = await tokenAnswer(site, form, Buffer.from(basic).toString('base64'));
  const how = user === undefined ? `client credentials of ${client}` : `a login of ${user}`;
  return [{ how, issuance: issuanceOf(site, answer), collisions: [] }];
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

async function tokenAnswer(
  { entry, access, reader, serverId }: Site,
  form: URLSearchParams,
  basic: string,
): Promise<Raw> {
  const server = await reader.get('the authorization server', serverPath(await serverId()));
  const path = URL.parse(textAt(server, 'issuer'))?.pathname ?? '/oauth2/default';
  const url = `${entry.orgUrl}${path}/v1/token`;
  return access.read('a token', async (signal) => {
    let status: number;
    let body: unknown;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { accept: 'application/json', authorization: `Basic ${basic}` },
        body: form,
        redirect: 'error',
        signal,
      });
      status = response.status;
      body = await response.json();
    } catch {
      throw new TargetError('unreachable', 'the token endpoint does not answer');
    }
    if (status === 429) throw new TargetError('limited', 'the rate limit of the org is reached');
    if (status >= 500 || !isMapping(body))
      throw new TargetError('unreachable', `Okta is out of order (status ${status})`);
    if (body['error'] === 'invalid_client')
      throw new TargetError('unauthorized', 'Okta refuses the client secret');
    if (body['error'] === 'invalid_grant') throw new TargetError('unauthorized', 'Okta refuses the password');
    return body;
  });
}

function issuanceOf({ policy }: Site, answer: Raw): Issuance {
  const error = textAt(answer, 'error');
  const none = { ...noTokens, denied: undefined, notes: [], requests: [], log: [], elapsedMs: 0 };
  if (error !== '') return { ...none, denied: { error, description: textAt(answer, 'error_description') } };
  const access = payloadOf(textAt(answer, 'access_token'));
  const names = [...Object.values(claimNames(policy)), policy.marker?.claim ?? ''];
  const pick = (claims: Raw) =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
  const expires = answer['expires_in'];
  return {
    ...none,
    access: pick(access),
    id: pick(payloadOf(textAt(answer, 'id_token'))),
    scopes: textAt(answer, 'scope')
      .split(' ')
      .filter((scope) => scope !== ''),
    audiences: [access['aud']].flat().filter((one) => typeof one === 'string'),
    lifetimeSeconds: typeof expires === 'number' ? expires : undefined,
  };
}

/** The claims of a token that has just come from the issuer itself. */
function payloadOf(token: string): Raw {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isMapping(payload) ? payload : {};
  } catch {
    return {};
  }
}
