/* Inline hooks and their keys. */
import { generateKeyPairSync } from 'node:crypto';
import type { StandInAnswer, StandInRequest } from '../server.ts';
import { invalid, notFound, Refusal } from './errors.ts';
import { type Hook, newId, newKid, nowText, type Org } from './org.ts';
import { type Body, checked, isBody, requests } from './shapes.ts';

/** How long Okta waits for a hook. */
const hookLimitMs = 3_000;

/** `segments` of the path after `inlineHooks`. */
export async function inlineHooks(
  org: Org,
  request: StandInRequest,
  segments: readonly string[],
): Promise<StandInAnswer | readonly Body[]> {
  const { method, body, query } = request;
  const [id, action, verb] = segments;
  if (id === undefined) {
    if (method === 'POST') return ok(shown(org, created(org, body)));
    if (method !== 'GET') throw unsupported();
    const type = query.get('type');
    return [...org.hooks.values()]
      .filter((hook) => type === null || hook.shown['type'] === type)
      .map((hook) => shown(org, hook));
  }
  const hook = org.hooks.get(id);
  if (hook === undefined) throw notFound(id, 'InlineHook');
  if (action === 'lifecycle' && method === 'POST') {
    if (verb !== 'activate' && verb !== 'deactivate') throw notFound(String(verb), 'lifecycle');
    hook.shown['status'] = verb === 'activate' ? 'ACTIVE' : 'INACTIVE';
    hook.shown['lastUpdated'] = nowText();
    return ok(shown(org, hook));
  }
  if (action === 'execute' && method === 'POST') return execute(org, hook, body);
  if (action !== undefined) throw notFound(action, 'InlineHook');
  switch (method) {
    case 'GET':
      return ok(shown(org, hook));
    case 'PUT':
      replace(hook, checked(body, requests.hookReplace, hook.shown));
      return ok(shown(org, hook));
    case 'POST':
      replace(hook, checked(merged(hook, body), requests.hookReplace, hook.shown));
      return ok(shown(org, hook));
    case 'DELETE':
      // Whether a rule still names it is not checked.
      if (hook.shown['status'] !== 'INACTIVE')
        throw invalid('status', 'An inline hook must be INACTIVE to be deleted.');
      org.hooks.delete(id);
      return { status: 204 };
    default:
      throw unsupported();
  }
}

function created(org: Org, body: unknown): Hook {
  const request = checked(body, requests.hookCreate);
  // Nothing documented forbids two hooks of one name.
  if (org.hooks.size >= 100) throw invalid('inlineHook', 'The organization has 100 inline hooks.');
  const id = newId('cal');
  const time = nowText();
  // Whatever status the request has.
  const hook: Hook = {
    shown: {
      id,
      status: 'ACTIVE',
      name: '',
      type: request['type'],
      version: '',
      channel: {},
      created: time,
      lastUpdated: time,
    },
    secret: undefined,
  };
  replace(hook, request);
  org.hooks.set(id, hook);
  return hook;
}

/** Replaces all but id, type and status. */
function replace(hook: Hook, request: Body): void {
  const { name, version, channel } = request;
  if (!isBody(channel) || !isBody(channel['config'])) throw invalid('channel');
  const { headers = [], authScheme, clientSecret, ...rest } = channel['config'];
  const isHeader = isBody(authScheme);
  hook.secret = isHeader ? String(authScheme['value']) : (clientSecret as string | undefined);
  const scheme = isHeader ? { type: authScheme['type'], key: authScheme['key'] } : null;
  Object.assign(hook.shown, {
    name,
    version,
    channel: {
      ...channel,
      config: { ...rest, headers, method: rest['method'] ?? 'POST', authScheme: scheme },
    },
    lastUpdated: nowText(),
  });
}

/** POST to a hook changes what it names. */
function merged({ shown: old, secret }: Hook, body: unknown): Body {
  const change = isBody(body) ? body : {};
  const before = isBody(old['channel']) ? old['channel'] : {};
  const config = isBody(before['config']) ? before['config'] : {};
  const scheme = isBody(config['authScheme']) ? { ...config['authScheme'], value: secret } : null;
  const channel = isBody(change['channel']) ? change['channel'] : {};
  const changed = isBody(channel['config']) ? channel['config'] : {};
  return {
    name: old['name'],
    version: old['version'],
    ...change,
    channel: { ...before, ...channel, config: { ...config, authScheme: scheme, ...changed } },
  };
}

function shown({ url }: Org, { shown: hook }: Hook): Body {
  const self = `${url}/api/v1/inlineHooks/${hook['id']}`;
  const link = (href: string, allow: string) => ({ href, hints: { allow: [allow] } });
  const links =
    hook['status'] === 'ACTIVE'
      ? {
          self: { href: self },
          execute: link(`${self}/execute`, 'POST'),
          deactivate: link(`${self}/lifecycle/deactivate`, 'POST'),
        }
      : {
          activate: link(`${self}/lifecycle/activate`, 'POST'),
          self: { href: self },
          delete: link(self, 'DELETE'),
        };
  return { ...hook, _links: links };
}

/** Calls the hook with any payload, for a try. It is tried again once if it cannot be reached. */
async function execute(org: Org, hook: Hook, payload: unknown): Promise<StandInAnswer> {
  let answer = await callHook(hook, payload);
  if ('failure' in answer) answer = await callHook(hook, payload);
  if ('failure' in answer || answer.status < 200 || answer.status > 299) {
    org.log.push(`inline_hook.executed FAILURE ${'failure' in answer ? answer.failure : answer.status}`);
    throw new Refusal(400, 'E0000001', 'Api validation failed: inlineHook', [
      'The inline hook could not be executed.',
    ]);
  }
  if (answer.status === 204) return { status: 204 };
  try {
    return ok(JSON.parse(answer.body));
  } catch {
    throw new Refusal(400, 'E0000001', 'Api validation failed: inlineHook', ['The answer is not JSON.']);
  }
}

/** Sends a request to a hook as Okta does: for three seconds, without following redirects. */
export async function callHook(
  { shown: hook, secret }: Hook,
  payload: unknown,
): Promise<{ readonly status: number; readonly body: string } | { readonly failure: string }> {
  const config = (hook['channel'] as { config: Body }).config;
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/json' });
  for (const { key, value } of config['headers'] as { key: string; value: string }[]) headers.set(key, value);
  const scheme = config['authScheme'];
  if (isBody(scheme)) headers.set(String(scheme['key']), secret ?? '');
  try {
    const response = await fetch(String(config['uri']), {
      method: 'POST',
      headers,
      body: JSON.stringify(payload),
      redirect: 'manual',
      signal: AbortSignal.timeout(hookLimitMs),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { failure: error instanceof Error && error.name === 'TimeoutError' ? 'TIMEOUT' : 'CONNECTION' };
  }
}

/** `segments` of the path after `hook-keys`. */
export function hookKeys(
  org: Org,
  { method, body }: StandInRequest,
  segments: readonly string[],
): StandInAnswer | readonly Body[] {
  const [id] = segments;
  const withKey = (key: Body) => ok(key);
  const withoutKey = ({ _embedded: _, ...key }: Body) => key;
  if (id === undefined) {
    if (method === 'GET') return [...org.hookKeys.values()].map(withoutKey);
    if (method !== 'POST') throw unsupported();
    const { name } = checked(body, requests.hookKey);
    const kid = newKid();
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { e, n } = publicKey.export({ format: 'jwk' });
    const key: Body = {
      id: newId('HKY'),
      keyId: kid,
      name,
      created: nowText(),
      lastUpdated: nowText(),
      isUsed: false,
      _embedded: { kty: 'RSA', alg: 'RSA', kid, use: null, e, n },
    };
    org.hookKeys.set(String(key['id']), key);
    return withKey(key);
  }
  const key = org.hookKeys.get(id);
  if (key === undefined) throw notFound(id, 'HookKey');
  if (method === 'GET') return ok(withoutKey(key));
  if (method === 'PUT') {
    Object.assign(key, { name: checked(body, requests.hookKey)['name'], lastUpdated: nowText() });
    return withKey(key);
  }
  if (method !== 'DELETE') throw unsupported();
  org.hookKeys.delete(id);
  return { status: 204 };
}

export function ok(body: unknown, status = 200): StandInAnswer {
  return { status, body };
}

export function unsupported(): Refusal {
  return new Refusal(405, 'E0000022', 'The endpoint does not support the provided HTTP method');
}
