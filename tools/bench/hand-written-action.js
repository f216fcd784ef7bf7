// The Action that a careful engineer would write for examples/payments, with the guarantees that a built one gives:
// a deadline over all, a time-out for each attempt, a retry only where it fits, a bound on the body as it comes, a
// cache entry that serves only for its own key and age, own properties of checked types alone, a bound on the token,
// a record in the log that says who, what, why and how old, and constant texts for the client. The benchmark runs it beside the
// built Action.
const SOURCE = 'https://entitlements.acme.example/v1/users/';
const DEADLINE_MS = 8000;
const TIMEOUT_MS = 400;
const RETRIES = 1;
const CACHE_MS = 60_000;
const BODY_BYTES = 64_000;
const MAX_AGE_SECONDS = 900 - 600 - 60;
const LOG_CHARACTERS = 256;
const TOKEN_BYTES = 100_000;
const UNAVAILABLE = 'enrichment_unavailable';
const REGIONS = { DE: 'eu', FR: 'eu', US: 'us' };
const AT_AUTHORIZATION = ['oidc-basic-profile', 'oidc-hybrid-profile', 'oidc-implicit-profile'];
const AT_TOKEN = [
  'oauth2-refresh-token',
  'oauth2-password',
  'oauth2-resource-owner',
  'oauth2-resource-owner-jwt-bearer',
  'oauth2-token-exchange',
];

const own = (value, name) =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name] : undefined;
const text = (value) => (typeof value === 'string' && value.length <= 4096 ? value : undefined);
const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const texts = (value) =>
  Array.isArray(value) && value.length <= 5000 && value.every((item) => text(item) !== undefined)
    ? value
    : undefined;

function scopesOf(event) {
  const protocol = event.transaction?.protocol;
  const requested = event.transaction?.requested_scopes;
  if (protocol === 'samlp' || protocol === 'wsfed' || protocol === 'wstrust-usernamemixed') return [];
  if (AT_AUTHORIZATION.includes(protocol)) return texts(requested);
  const stated = Array.isArray(requested) && requested.length > 0 ? texts(requested) : undefined;
  if (!AT_TOKEN.includes(protocol)) return stated;
  const words = (value) => {
    const found = typeof value === 'string' ? (value.match(/\S+/g) ?? []) : [];
    return found.length > 0 ? found : undefined;
  };
  const inBody = words(own(event.request?.body, 'scope'));
  if (inBody) return inBody;
  if (stated) return stated;
  if (protocol !== 'oauth2-refresh-token') return undefined;
  const audience = event.resource_server?.identifier;
  const servers = event.refresh_token?.resource_servers;
  return Array.isArray(servers)
    ? words(
        own(
          servers.find((server) => own(server, 'audience') === audience),
          'scopes',
        ),
      )
    : undefined;
}

function cacheKey(url) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < url.length; i++) hash = Math.imul(hash ^ url.charCodeAt(i), 0x01000193);
  return `entitlements:${hash}`;
}

function fromCache(cache, url) {
  try {
    const kept = cache.get(cacheKey(url))?.value;
    if (typeof kept !== 'string') return undefined;
    const entry = JSON.parse(kept);
    const age = Date.now() / 1000 - entry.at;
    return entry.url === url && age >= 0 && age * 1000 < CACHE_MS ? { value: entry.value, age } : undefined;
  } catch {
    return undefined;
  }
}

function toCache(cache, url, { value, age }) {
  const ttl = Math.floor(CACHE_MS / 1000 - age) * 1000;
  if (ttl < 1000) return;
  try {
    const entry = JSON.stringify({ url, value, at: Date.now() / 1000 - age });
    if (Buffer.byteLength(entry) <= 4000) cache.set(cacheKey(url), entry, { ttl });
  } catch {
    // It is asked again.
  }
}

async function once(url, authorization, ms) {
  const controller = new AbortController();
  let timer;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(() => {
      resolve({ failure: 'timeout', again: true });
      controller.abort();
    }, ms);
  });
  const answer = async () => {
    const headers = { accept: 'application/json', authorization };
    const response = await fetch(url, { headers, redirect: 'manual', signal: controller.signal });
    if (!response.ok || response.redirected) {
      controller.abort();
      return { failure: 'status', again: response.status >= 500 || response.status === 429 };
    }
    const chunks = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES) return { failure: 'too_large' };
      chunks.push(chunk);
    }
    try {
      const body = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
      return { value: JSON.parse(body), age: Math.max(Number(response.headers.get('age')) || 0, 0) };
    } catch {
      return { failure: 'malformed' };
    }
  };
  try {
    return await Promise.race([answer(), timeout]);
  } catch {
    return { failure: 'network', again: true };
  } finally {
    clearTimeout(timer);
  }
}

async function entitlementsOf(event, api, endMs) {
  const id = text(event.user?.user_id);
  if (!id || id === '.' || id === '..') return { failure: 'unbound' };
  const url = SOURCE + encodeURIComponent(id);
  const kept = fromCache(api.cache, url);
  if (kept) return kept;
  const token = own(event.secrets, 'ENTITLEMENTS_TOKEN');
  if (typeof token !== 'string' || !/^[\x20-\x7e]+$/.test(token)) return { failure: 'setting' };
  for (let retry = 0; ; retry++) {
    const left = Math.min(TIMEOUT_MS, endMs - Date.now());
    const reply = left > 0 ? await once(url, `Bearer ${token}`, left) : { failure: 'timeout' };
    if (!reply.failure) toCache(api.cache, url, reply);
    if (!reply.again || retry >= RETRIES) return reply;
    const backOff = 50 * 2 ** retry * (0.5 + Math.random() / 2);
    if (Date.now() + backOff + TIMEOUT_MS > endMs) return reply;
    await new Promise((resolve) => setTimeout(resolve, backOff));
  }
}

async function decide(event, api) {
  const endMs = Date.now() + DEADLINE_MS;
  const causes = {};
  const sources = {};
  const denied = (reason, name, cause) => {
    if (name) causes[name] = `denied: ${cause}`;
    return { reason, causes, sources };
  };
  const attributes = event.user?.app_metadata;
  const groups = texts(own(attributes, 'groups'));
  if (!groups) return denied(UNAVAILABLE, 'groups', 'missing');
  if (groups.includes('suspended')) return denied('account_suspended');

  const source = await entitlementsOf(event, api, endMs);
  sources.entitlements = source.failure ?? Math.round(source.age);
  const tenant = text(event.organization?.id);
  if (tenant === undefined) return denied(UNAVAILABLE, 'tenant_id', 'missing');
  const access = { tenant_id: tenant };
  const id = {};

  const roles = texts(event.authorization?.roles)
    ?.filter((role) => role.startsWith('payments:'))
    .map((role) => role.slice('payments:'.length));
  if (!roles || roles.length > 20) return denied(UNAVAILABLE, 'roles', 'missing');
  access['https://acme.example/roles'] = roles;

  const failure =
    source.failure ??
    (typeof source.value !== 'object' || source.value === null || Array.isArray(source.value)
      ? 'malformed'
      : source.age <= MAX_AGE_SECONDS
        ? undefined
        : 'stale');
  const features = failure ? undefined : texts(own(source.value, 'features'));
  if (!features || features.length > 50) return denied(UNAVAILABLE, 'features', failure ?? 'missing');
  access.features = features;
  const plan = failure ? undefined : text(own(source.value, 'plan'));
  if (plan === undefined) causes.plan = 'default: missing';
  access.plan = plan ?? 'free';

  const scopes = scopesOf(event);
  if (!scopes) return denied(UNAVAILABLE, 'scopes', 'unknown');
  if (scopes.includes('payments.approve')) {
    const limit = number(own(attributes, 'approval_limit'));
    if (limit === undefined) return denied(UNAVAILABLE, 'approval_limit', 'missing');
    access.approval_limit = limit;
  }
  const region = own(REGIONS, text(own(attributes, 'country')) ?? '');
  if (region === undefined) causes.region = 'omitted: missing';
  else access.region = region;
  const name = text(event.user?.name);
  if (name === undefined) causes.name = 'omitted: missing';
  else id.name = name;

  const removed = [];
  // A set, so that many scopes against many accounts take no longer than they have to.
  const accounts = new Set(texts(own(attributes, 'accounts')));
  for (const scope of scopes) {
    const account = /^account\.read\.([!#-[\]-~]{1,128})$/.exec(scope)?.[1];
    const isScope = /^[!#-[\]-~]+$/.test(scope);
    const isRefused = scope.startsWith('account.read.')
      ? !accounts.has(account)
      : !isScope || (scope === 'payments.approve' && !roles.includes('approver'));
    if (isRefused) removed.push(scope);
  }
  const details = event.transaction?.requested_authorization_details ?? [];
  if (!Array.isArray(details)) return denied(UNAVAILABLE, 'details', 'unknown');
  for (const detail of details) {
    if (own(detail, 'type') !== 'payment_initiation') continue;
    const amount = number(own(detail, 'amount'));
    if (!(amount <= access.approval_limit)) return denied('authorization_details_refused');
  }
  return { access, id, removed, causes, sources };
}

const isTooLarge = (claims) => Buffer.byteLength(JSON.stringify(claims)) > TOKEN_BYTES;

/** Two lines, if one is longer than Auth0 keeps. */
function record(event, startMs, reason, { access = {}, id = {}, removed = [], causes = {}, sources = {} }) {
  const now = Date.now();
  const time = now.toString(16).padStart(12, '0');
  const head = {
    claimsmith: 'bench@hand',
    id: `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`,
  };
  const claims = reason === undefined ? [...Object.keys(access), ...Object.keys(id)] : [];
  const first = {
    decision: reason === undefined ? 'issued' : 'denied',
    reason,
    client: text(event.client?.client_id),
    sources,
    claims,
  };
  const rest = {
    causes,
    audience: text(event.resource_server?.identifier),
    scopesRemoved: removed.length || undefined,
    ms: now - startMs,
    issuer: 'auth0',
  };
  const line = JSON.stringify({ ...head, ...first, ...rest });
  if (line.length <= LOG_CHARACTERS) return console.log(line);
  console.log(JSON.stringify({ ...head, part: '1/2', ...first }));
  console.log(JSON.stringify({ ...head, part: '2/2', ...rest }));
}

exports.onExecutePostLogin = async (event, api) => {
  const startMs = Date.now();
  let reason = UNAVAILABLE;
  let decision = {};
  try {
    decision = await decide(event, api);
    const { access, id, removed } = decision;
    reason = decision.reason ?? (isTooLarge(access) || isTooLarge(id) ? 'token_too_large' : undefined);
    if (reason === undefined) {
      for (const [name, value] of Object.entries(access)) api.accessToken.setCustomClaim(name, value);
      for (const [name, value] of Object.entries(id)) api.idToken.setCustomClaim(name, value);
      for (const scope of removed.flatMap((scopes) => scopes.match(/\S+/g) ?? []))
        if (scope.length <= 280) api.accessToken.removeScope(scope);
    }
  } catch {
    reason ??= UNAVAILABLE;
  }
  if (reason !== undefined) api.access.deny(reason);
  try {
    record(event, startMs, reason, decision);
  } catch {
    // A failed log line must not change the token.
  }
};
