/* The one file that uses Okta's SDK. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Access, type Policy, type Target, TargetError } from '@claimsmith/core';
import type { Answer, Client } from './publish/client.ts';
import { type Entry, entrySchema } from './publish/entry.ts';
import { targetErrorOf, tokenError } from './publish/failures.ts';
import { placeOf } from './publish/place.ts';

/** Publishes to Okta orgs. */
export const target: Target = {
  settings: entrySchema,
  // The hook server reads them.
  fillsSettings: false,
  async places(policy, entry, access) {
    const parsed = entrySchema.parse(entry);
    return [placeOf(policy, parsed, access, connector(policy, parsed, access))];
  },
};

/** An answer that is larger is not Okta's. */
const answerLimitBytes = 16 * 1024 * 1024;

/** Connects when the first request is sent, once. */
function connector(policy: Policy, entry: Entry, access: Access): () => Promise<Client> {
  let client: Promise<Client> | undefined;
  return () => {
    client ??= connect(policy, entry, access);
    return client;
  };
}

/** What a node-fetch request accepts that the SDK's types do not name. */
interface Sent {
  readonly url?: string;
  readonly method?: string;
  signal?: unknown;
  redirect?: unknown;
  size?: number;
}

/** A response of node-fetch, as far as we use it. */
interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  json(): Promise<unknown>;
}

async function connect(policy: Policy, entry: Entry, access: Access): Promise<Client> {
  const [sdk, credential] = await Promise.all([loadSdk(), credentialOf(policy, entry, access)]);
  const signals = new AsyncLocalStorage<AbortSignal>();
  const executor = new sdk.DefaultRequestExecutor({ maxRetries: 0, requestTimeout: 0 });
  const send = executor.fetch.bind(executor);
  // The SDK knows neither time limits that end a request nor the errors of its own token requests.
  executor.fetch = async (request) => {
    const sent: Sent = request;
    sent.signal = signals.getStore();
    sent.redirect = 'manual';
    sent.size = answerLimitBytes;
    const response: FetchResponse = await send(request);
    return sent.url === `${entry.orgUrl}/oauth2/v1/token`
      ? tokenResponse(response, credential.scopes)
      : response;
  };
  const client = createClient(sdk, entry, credential, executor);
  return {
    async send(method, path, body, signal) {
      // Its type is one of node-fetch, whose types are not there.
      const request: object = {
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      };
      try {
        const response: FetchResponse = await signals.run(signal, () =>
          client.http.http(`${entry.orgUrl}${path}`, request),
        );
        return await answerOf(response);
      } catch (error) {
        throw targetErrorOf(error, { method, path });
      }
    },
  };
}

type Sdk = Pick<typeof import('@okta/okta-sdk-nodejs'), 'Client' | 'DefaultRequestExecutor'>;

async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@okta/okta-sdk-nodejs');
  } catch (error) {
    const message =
      'Publishing to Okta needs the package @okta/okta-sdk-nodejs. Install it beside Claimsmith.';
    throw new TargetError('settings', message, { cause: error });
  }
}

/**
 * All settings are given, empty ones too: the SDK would take what is missing from files in the home and working folder
 * and from the environment, and so perhaps write to another org.
 */
function createClient(
  sdk: Sdk,
  { orgUrl, clientId, keyId }: Entry,
  credential: Credential,
  requestExecutor: InstanceType<Sdk['DefaultRequestExecutor']>,
) {
  try {
    const client = new sdk.Client({
      orgUrl,
      authorizationMode: credential.kind === 'key' ? 'PrivateKey' : 'SSWS',
      token: credential.kind === 'token' ? credential.value : '',
      clientId: clientId ?? '',
      scopes: [...credential.scopes],
      privateKey: credential.kind === 'key' ? credential.value : '',
      keyId: keyId ?? '',
      requestExecutor,
      cacheMiddleware: null,
    });
    if (new URL(orgUrl).protocol === 'http:') client.http.agent = undefined;
    return client;
  } catch {
    // Its message may hold what the files hold.
    throw new TargetError(
      'settings',
      'The Okta SDK does not start. Look for a damaged okta.yaml in ~/.okta or in this folder.',
    );
  }
}

interface Credential {
  readonly kind: 'key' | 'token';
  readonly value: string;
  readonly scopes: readonly string[];
}

async function credentialOf(policy: Policy, entry: Entry, access: Access): Promise<Credential> {
  if (entry.token !== undefined) {
    return { kind: 'token', value: (await access.secret(entry.token)).reveal(), scopes: [] };
  }
  if (entry.privateKey === undefined) throw new RangeError('The schema requires a credential');
  const key = (await access.secret(entry.privateKey)).reveal().trim();
  await assertKey(key);
  return { kind: 'key', value: key, scopes: entry.scopes ?? scopesFor(policy, entry) };
}

/** Scopes that publishing needs. */
function scopesFor({ context }: Policy, { createAttributes }: Entry): readonly string[] {
  const attributes = context.fields['user']?.type;
  const declared = attributes?.kind === 'record' ? attributes.fields['attributes']?.type : undefined;
  const hasAttributes = declared?.kind === 'record' && Object.keys(declared.fields).length > 0;
  const schemas = createAttributes ? ['okta.schemas.manage'] : hasAttributes ? ['okta.schemas.read'] : [];
  return ['okta.authorizationServers.manage', 'okta.inlineHooks.manage', ...schemas];
}

async function assertKey(text: string): Promise<void> {
  const { createPrivateKey } = await import('node:crypto');
  try {
    if (text.startsWith('{')) createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
    else createPrivateKey(text);
  } catch {
    throw new TargetError('settings', 'targets.okta.privateKey is not a private key as PEM or JWK.');
  }
}

/** The SDK would take an error for a token. */
async function tokenResponse(response: FetchResponse, scopes: readonly string[]): Promise<FetchResponse> {
  const body = await jsonOf(response);
  const error: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : undefined;
  const isGood = response.status === 200 || error === 'use_dpop_nonce';
  if (!isGood || typeof body !== 'object' || body === null) throw tokenError(response.status, error, scopes);
  return {
    status: response.status,
    headers: response.headers,
    text: async () => JSON.stringify(body),
    json: async () => body,
  };
}

async function jsonOf(response: FetchResponse): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

async function answerOf(response: FetchResponse): Promise<Answer> {
  const text = await response.text();
  const next = /<([^>]+)>\s*;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  if (text === '') return { body: undefined, next };
  try {
    const body: unknown = JSON.parse(text);
    return { body, next };
  } catch {
    throw new TargetError('refused', 'the answer is not JSON. orgUrl may not be the address of an Okta org');
  }
}
