// Generated from pieces.ts by `npm run generate`; do not edit.
export const pieces = {
  within: {
    needs: [],
    text: "async function within(ms, late, work) {\n  if (!(ms > 0)) return late;\n  const controller = new AbortController();\n  let timer;\n  const end = new Promise((resolve) => {\n    timer = setTimeout(() => {\n      resolve(late);\n      controller.abort();\n    }, ms);\n  });\n  try {\n    return await Promise.race([work(controller), end]);\n  } finally {\n    clearTimeout(timer);\n  }\n}",
  },
  graceMs: {
    needs: [],
    text: "var graceMs = 100;",
  },
  unavailable: {
    needs: [],
    text: "var unavailable = \"enrichment_unavailable\";",
  },
  drive: {
    needs: ['graceMs', 'within'],
    text: "async function drive({ program, context: raw, asking, deadlineMs: deadlineMs2 }) {\n  const endMs = Date.now() + deadlineMs2;\n  const context = program.context(raw);\n  const answers = {};\n  for (; ; ) {\n    if (Date.now() > endMs + graceMs) throw new RangeError(\"late\");\n    const open = [];\n    let isAsked = false;\n    for (const need of await program.needs(context, answers)) {\n      if (Object.hasOwn(answers, need.source)) continue;\n      const known = asking.recall?.(need);\n      answers[need.source] = known ?? { failure: \"timeout\" };\n      isAsked = true;\n      if (known === void 0) open.push(need);\n    }\n    if (!isAsked) return program.decide(context, answers);\n    if (open.length === 0) continue;\n    await within(\n      endMs - Date.now(),\n      void 0,\n      ({ signal }) => Promise.all(\n        open.map(async (need) => {\n          const answer = await asking.ask(need, { signal, endMs });\n          if (!signal.aborted) answers[need.source] = answer;\n        })\n      )\n    );\n  }\n}",
  },
  settingOf: {
    needs: [],
    text: "function settingOf(settings, name) {\n  const value = Object.hasOwn(settings, name) ? settings[name] : void 0;\n  if (typeof value === \"string\" && /^[\\x20-\\x7e]+$/.test(value)) return value;\n  throw new TypeError(\"setting\");\n}",
  },
  fill: {
    needs: [],
    text: "function fill(text, setting) {\n  return text.replace(/\\$\\{([^{}]*)\\}/g, (_, name) => setting(name));\n}",
  },
  fillAddress: {
    needs: ['fill', 'mayAsk'],
    text: "function fillAddress(address, setting) {\n  const filled = fill(address, setting);\n  return mayAsk(filled) ? filled : void 0;\n}",
  },
  mayAsk: {
    needs: ['isLoopback'],
    text: "function mayAsk(address) {\n  if (!URL.canParse(address)) return false;\n  const { protocol, hostname, username, password } = new URL(address);\n  if (username !== \"\" || password !== \"\") return false;\n  return protocol === \"https:\" || protocol === \"http:\" && isLoopback(hostname);\n}",
  },
  isLoopback: {
    needs: [],
    text: "function isLoopback(hostname) {\n  return hostname === \"localhost\" || hostname === \"[::1]\" || /^127(\\.\\d+){3}$/.test(hostname);\n}",
  },
  recall: {
    needs: [],
    text: "function recall(cache, key, maxAgeMs) {\n  try {\n    const text = cache.get(key);\n    if (typeof text !== \"string\") return void 0;\n    const kept = JSON.parse(text);\n    const ageSeconds = Date.now() / 1e3 - kept.storedSeconds;\n    if (kept.key !== key || !(ageSeconds >= 0 && ageSeconds * 1e3 < maxAgeMs)) return void 0;\n    return { value: kept.value, ageSeconds };\n  } catch {\n    return void 0;\n  }\n}",
  },
  keep: {
    needs: [],
    text: "function keep(cache, key, { value, ageSeconds }, maxAgeMs) {\n  const ttlSeconds = Math.floor(maxAgeMs / 1e3 - ageSeconds);\n  if (ttlSeconds < 1) return;\n  try {\n    const storedSeconds = Date.now() / 1e3 - ageSeconds;\n    cache.set(key, JSON.stringify({ key, value, storedSeconds }), ttlSeconds);\n  } catch {\n  }\n}",
  },
  forget: {
    needs: [],
    text: "function forget(cache, key) {\n  try {\n    cache.set(key, \"\", 1);\n  } catch {\n  }\n}",
  },
  isAnswer: {
    needs: [],
    text: "function isAnswer(reply) {\n  return !(\"failure\" in reply) || !reply.passing && reply.refusal !== \"us\";\n}",
  },
  refusedWith: {
    needs: ['passingStatuses'],
    text: "function refusedWith(status) {\n  const passing = status >= 500 || passingStatuses.has(status);\n  if (status === 401 || status === 407) return { failure: \"status\", passing, refusal: \"us\" };\n  return { failure: \"status\", passing, refusal: status === 403 ? \"either\" : void 0 };\n}",
  },
  passingStatuses: {
    needs: [],
    text: "var passingStatuses = /* @__PURE__ */ new Set([408, 425, 429]);",
  },
  request: {
    needs: ['ageOf', 'refusedWith', 'textOf'],
    text: "async function request(fetch2, url, headers, limitBytes, controller) {\n  const response = await fetch2(url, { headers, redirect: \"manual\", signal: controller.signal });\n  const { status } = response;\n  if (status !== 200 || response.redirected) {\n    controller.abort();\n    return refusedWith(status);\n  }\n  const chunks = [];\n  let bytes = 0;\n  for await (const chunk of response.body ?? []) {\n    bytes += chunk.length;\n    if (bytes > limitBytes) return { failure: \"too_large\", passing: false };\n    chunks.push(chunk);\n  }\n  try {\n    return { value: JSON.parse(textOf(chunks, bytes)), ageSeconds: ageOf(response.headers.get(\"age\")) };\n  } catch {\n    return { failure: \"malformed\", passing: false };\n  }\n}",
  },
  textOf: {
    needs: [],
    text: "function textOf(chunks, bytes) {\n  const body = new Uint8Array(bytes);\n  let at = 0;\n  for (const chunk of chunks) {\n    body.set(chunk, at);\n    at += chunk.length;\n  }\n  return new TextDecoder(\"utf-8\", { fatal: true }).decode(body);\n}",
  },
  untoldSeconds: {
    needs: [],
    text: "var untoldSeconds = 2 ** 31;",
  },
  ageOf: {
    needs: ['untoldSeconds'],
    text: "function ageOf(header) {\n  if (typeof header !== \"string\") return 0;\n  if (!/^\\d+(\\s*,\\s*\\d+)*$/.test(header)) return untoldSeconds;\n  return Math.min(Math.max(...header.split(\",\").map(Number)), untoldSeconds);\n}",
  },
  httpAsking: {
    needs: ['attempts', 'forget', 'isAnswer', 'keep', 'prepare', 'recall', 'staleMarginMs'],
    text: "function httpAsking({ sources, revision, settings, fetch: fetch2, cache }) {\n  const keyOf = ({ source, url }) => `${revision} ${source} ${url}`;\n  const ask = async (need, limits) => {\n    const source = sources[need.source];\n    if (source === void 0 || !(\"url\" in need)) return { failure: \"address\" };\n    const request2 = prepare(need, source, settings);\n    if (\"failure\" in request2) return request2;\n    const { cacheMs, staleMs } = source;\n    const servesMs = cacheMs > 0 && cache ? cacheMs + staleMs : 0;\n    const endMs = servesMs > cacheMs ? limits.endMs - staleMarginMs : limits.endMs;\n    const reply = await attempts(request2, source, fetch2, { ...limits, endMs });\n    if (!cache || servesMs === 0) return \"failure\" in reply ? { failure: reply.failure } : reply;\n    if (!(\"failure\" in reply)) keep(cache, keyOf(need), reply, servesMs);\n    else {\n      const kept = isAnswer(reply) || staleMs === 0 ? void 0 : recall(cache, keyOf(need), servesMs);\n      if (kept !== void 0) return kept;\n      if (isAnswer(reply)) forget(cache, keyOf(need));\n      return { failure: reply.failure };\n    }\n    return reply;\n  };\n  return {\n    ask,\n    recall(need) {\n      const cacheMs = sources[need.source]?.cacheMs ?? 0;\n      return cacheMs > 0 && cache && \"url\" in need ? recall(cache, keyOf(need), cacheMs) : void 0;\n    }\n  };\n}",
  },
  staleMarginMs: {
    needs: [],
    text: "var staleMarginMs = 10;",
  },
  prepare: {
    needs: ['settingOf'],
    text: "function prepare(need, source, settings) {\n  try {\n    const setting = (name) => settingOf(settings, name);\n    const headers = source.headers(setting);\n    const url = source.fillAddress ? source.fillAddress(need.url, setting) : need.url;\n    return url === void 0 ? { failure: \"address\" } : { url, headers };\n  } catch {\n    return { failure: \"setting\" };\n  }\n}",
  },
  attempts: {
    needs: ['backOffLimitMs', 'request', 'within'],
    text: "async function attempts({ url, headers }, { timeoutMs, retries, limitBytes }, fetch2, { endMs, signal }) {\n  for (let retry = 0; ; retry++) {\n    const reply = await within(\n      Math.min(timeoutMs, endMs - Date.now()),\n      { failure: \"timeout\", passing: true },\n      (controller) => request(fetch2, url, headers, limitBytes, controller)\n    ).catch(() => ({ failure: \"network\", passing: true }));\n    if (!(\"failure\" in reply) || !reply.passing || retry >= retries) return reply;\n    const backOffMs = backOffLimitMs(retry) * (0.5 + Math.random() / 2);\n    if (signal.aborted || Date.now() + backOffMs + timeoutMs > endMs) return reply;\n    await new Promise((resolve) => setTimeout(resolve, backOffMs));\n  }\n}",
  },
  backOffLimitMs: {
    needs: [],
    text: "function backOffLimitMs(retry) {\n  return Math.min(50 * 2 ** retry, 400);\n}",
  },
  deadlineMs: {
    needs: [],
    text: "var deadlineMs = 8e3;",
  },
  claimsLimitBytes: {
    needs: [],
    text: "var claimsLimitBytes = 1e5;",
  },
  cacheValueLimitBytes: {
    needs: [],
    text: "var cacheValueLimitBytes = 4e3;",
  },
  cacheLifetimeLimitMs: {
    needs: [],
    text: "var cacheLifetimeLimitMs = 864e5;",
  },
  scopeLimitCharacters: {
    needs: [],
    text: "var scopeLimitCharacters = 280;",
  },
  isScope: {
    needs: ['scopeLimitCharacters'],
    text: "function isScope(text) {\n  return text.length <= scopeLimitCharacters && /^\\S+$/.test(text);\n}",
  },
  logLimitCharacters: {
    needs: [],
    text: "var logLimitCharacters = 256;",
  },
  actionCache: {
    needs: ['cacheLifetimeLimitMs', 'cacheValueLimitBytes', 'hash'],
    text: "function actionCache(cache) {\n  return {\n    get: (key) => cache.get(hash(key))?.value,\n    set(key, text, ttlSeconds) {\n      if (Buffer.byteLength(text) > cacheValueLimitBytes) return;\n      cache.set(hash(key), text, { ttl: Math.min(ttlSeconds * 1e3, cacheLifetimeLimitMs) });\n    }\n  };\n}",
  },
  hash: {
    needs: [],
    text: "function hash(key) {\n  let bits = 2166136261;\n  for (let i = 0; i < key.length; i++) bits = Math.imul(bits ^ key.charCodeAt(i), 16777619);\n  return `claimsmith:${bits}`;\n}",
  },
  decideAsking: {
    needs: ['actionCache', 'deadlineMs', 'drive', 'httpAsking'],
    text: "function decideAsking(program, sources, event, api) {\n  const asking = httpAsking({\n    sources,\n    revision: program.revision,\n    settings: event.secrets ?? {},\n    fetch,\n    cache: actionCache(api.cache)\n  });\n  return drive({ program, context: event, asking, deadlineMs });\n}",
  },
  grantTypes: {
    needs: [],
    text: "var grantTypes = {\n  \"oidc-basic-profile\": \"authorization_code\",\n  \"oidc-hybrid-profile\": \"authorization_code\",\n  \"oidc-implicit-profile\": \"implicit\",\n  \"oidc-ciba\": \"urn:openid:params:grant-type:ciba\",\n  \"oidc-ciba-web-link\": \"urn:openid:params:grant-type:ciba\",\n  \"oauth2-device-code\": \"urn:ietf:params:oauth:grant-type:device_code\",\n  \"oauth2-password\": \"password\",\n  \"oauth2-resource-owner\": \"password\",\n  \"oauth2-resource-owner-jwt-bearer\": \"urn:ietf:params:oauth:grant-type:jwt-bearer\",\n  \"oauth2-refresh-token\": \"refresh_token\",\n  \"oauth2-token-exchange\": \"urn:ietf:params:oauth:grant-type:token-exchange\"\n};",
  },
  scopeless: {
    needs: [],
    text: "var scopeless = /^(samlp|wsfed|wstrust-usernamemixed)$/;",
  },
  atAuthorization: {
    needs: [],
    text: "var atAuthorization = /^oidc-(basic|hybrid|implicit)-profile$/;",
  },
  atTokenEndpoint: {
    needs: [],
    text: "var atTokenEndpoint = /^oauth2-(refresh-token|password|resource-owner(-jwt-bearer)?|token-exchange)$/;",
  },
  loginScopes: {
    needs: ['atAuthorization', 'atTokenEndpoint', 'own', 'refreshScopes', 'scopeless', 'words'],
    text: "function loginScopes(event) {\n  const { transaction } = event;\n  const requested = transaction?.requested_scopes;\n  const protocol = typeof transaction?.protocol === \"string\" ? transaction.protocol : \"\";\n  if (scopeless.test(protocol)) return [];\n  if (atAuthorization.test(protocol)) return requested ?? null;\n  const stated = Array.isArray(requested) && requested.length > 0 ? requested : void 0;\n  if (!atTokenEndpoint.test(protocol)) return stated ?? null;\n  return words(own(event.request?.body, \"scope\")) ?? stated ?? (protocol === \"oauth2-refresh-token\" ? refreshScopes(event) : void 0) ?? null;\n}",
  },
  exchangeScopes: {
    needs: [],
    text: "function exchangeScopes(event) {\n  return event.accessToken?.scope ?? event.transaction?.requested_scopes ?? null;\n}",
  },
  refreshScopes: {
    needs: ['own', 'words'],
    text: "function refreshScopes(event) {\n  const audience = event.resource_server?.identifier;\n  const entries = event.refresh_token?.resource_servers;\n  if (!Array.isArray(entries)) return void 0;\n  return words(\n    own(\n      entries.find((entry) => own(entry, \"audience\") === audience),\n      \"scopes\"\n    )\n  );\n}",
  },
  words: {
    needs: [],
    text: "function words(text) {\n  return typeof text === \"string\" && text.match(/\\S+/g) || void 0;\n}",
  },
  amr: {
    needs: ['methodsOf', 'own'],
    text: "function amr(event) {\n  return methodsOf(event)?.map((method) => own(method, \"name\"));\n}",
  },
  authTime: {
    needs: ['methodsOf', 'own', 'refreshableFrom', 'secondsOf'],
    text: "function authTime(event) {\n  const session = secondsOf(event.session?.authenticated_at);\n  if (session !== void 0 && session <= refreshableFrom(event)) return session;\n  const times = (methodsOf(event) ?? []).map((method) => secondsOf(own(method, \"timestamp\"))).filter((time) => time !== void 0);\n  return times.length > 0 ? Math.min(...times) : void 0;\n}",
  },
  methodsOf: {
    needs: ['own', 'refreshableFrom', 'secondsOf'],
    text: "function methodsOf(event) {\n  const methods = event.authentication?.methods;\n  const isOfLogin = (method) => {\n    const time = secondsOf(own(method, \"timestamp\"));\n    return time === void 0 || time <= refreshableFrom(event);\n  };\n  return Array.isArray(methods) ? methods.filter(isOfLogin) : void 0;\n}",
  },
  refreshableFrom: {
    needs: ['secondsOf'],
    text: "function refreshableFrom(event) {\n  return secondsOf(event.refresh_token?.created_at) ?? Number.POSITIVE_INFINITY;\n}",
  },
  secondsOf: {
    needs: [],
    text: "function secondsOf(time) {\n  const ms = typeof time === \"string\" ? Date.parse(time) : Number.NaN;\n  return Number.isNaN(ms) ? void 0 : Math.floor(ms / 1e3);\n}",
  },
  grantType: {
    needs: ['grantTypes', 'own'],
    text: "function grantType(event) {\n  const protocol = event.transaction?.protocol;\n  return typeof protocol === \"string\" ? own(grantTypes, protocol) : void 0;\n}",
  },
  subjectType: {
    needs: [],
    text: "function subjectType({ agent }, other) {\n  return typeof agent === \"object\" && agent !== null ? \"agent\" : other;\n}",
  },
  actorOf: {
    needs: [],
    text: "function actorOf({ transaction, session }) {\n  return transaction?.actor ?? session?.actor;\n}",
  },
  credentials: {
    needs: [],
    text: "var credentials = /password|secret|assertion|_token$|^(code|code_verifier|otp|mfa_token|auth_req_id|id_token_hint|binding_code)$/i;",
  },
  texts: {
    needs: ['credentials'],
    text: "function texts(values) {\n  const isText = (entry) => typeof entry[1] === \"string\" && !credentials.test(entry[0]);\n  return typeof values === \"object\" && values !== null && !Array.isArray(values) ? Object.fromEntries(Object.entries(values).filter(isText)) : {};\n}",
  },
  own: {
    needs: [],
    text: "function own(value, name) {\n  return typeof value === \"object\" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : void 0;\n}",
  },
  tooLarge: {
    needs: [],
    text: "var tooLarge = \"token_too_large\";",
  },
  refusal: {
    needs: ['isTooLarge', 'tooLarge'],
    text: "function refusal({ denied, access, id }) {\n  return denied ?? (isTooLarge(access) || isTooLarge(id) ? tooLarge : void 0);\n}",
  },
  isTooLarge: {
    needs: ['claimsLimitBytes'],
    text: "function isTooLarge(claims) {\n  return Buffer.byteLength(JSON.stringify(claims)) > claimsLimitBytes;\n}",
  },
  attempt: {
    needs: ['causesIn', 'unavailable'],
    text: "async function attempt(decide, carryOut) {\n  let causes = \"\";\n  try {\n    const decision = await decide();\n    causes = causesIn(decision);\n    return { refused: carryOut(decision), causes };\n  } catch {\n    return { refused: unavailable, causes };\n  }\n}",
  },
  causesIn: {
    needs: [],
    text: "function causesIn({ outcomes }) {\n  let causes = \"\";\n  for (const { kind, name, outcome, cause } of outcomes) {\n    if (cause !== void 0) causes += `; ${kind === \"scope\" ? kind : name} ${outcome}: ${cause}`;\n  }\n  return causes;\n}",
  },
  log: {
    needs: ['logLimitCharacters'],
    text: "function log(policy, { refused, causes }) {\n  const verdict = refused === void 0 ? \"issued\" : `denied ${refused}`;\n  console.log(`claimsmith ${policy}; ${verdict}${causes}`.slice(0, logLimitCharacters));\n}",
  },
  setClaims: {
    needs: [],
    text: "function setClaims(token, claims) {\n  for (const name of Object.keys(claims)) token.setCustomClaim(name, claims[name]);\n}",
  },
  scopeRefused: {
    needs: [],
    text: "var scopeRefused = \"scope_refused\";",
  },
  credentialsExchange: {
    needs: ['attempt', 'errorCode', 'log', 'refusal', 'scopeRefused', 'setClaims'],
    text: "async function credentialsExchange(name, api, decide) {\n  const attempted = await attempt(decide, (decision) => {\n    const reason = refusal(decision) ?? (decision.scopes.remove.length > 0 ? scopeRefused : void 0);\n    if (reason !== void 0) return reason;\n    setClaims(api.accessToken, decision.access);\n    return void 0;\n  });\n  const { refused } = attempted;\n  if (refused !== void 0) api.access.deny(errorCode(refused), refused);\n  log(name, attempted);\n}",
  },
  errorCode: {
    needs: ['scopeRefused', 'tooLarge', 'unavailable'],
    text: "function errorCode(refused) {\n  if (refused === scopeRefused) return \"invalid_scope\";\n  return refused === unavailable || refused === tooLarge ? \"server_error\" : \"invalid_request\";\n}",
  },
  scopesIn: {
    needs: ['isScope'],
    text: "function scopesIn(texts2) {\n  return texts2.flatMap((text) => text.match(/\\S+/g) ?? []).filter(isScope);\n}",
  },
  postLogin: {
    needs: ['attempt', 'log', 'refusal', 'scopesIn', 'setClaims'],
    text: "async function postLogin(name, api, decide) {\n  const attempted = await attempt(decide, (decision) => {\n    const reason = refusal(decision);\n    if (reason !== void 0) return reason;\n    setClaims(api.accessToken, decision.access);\n    setClaims(api.idToken, decision.id);\n    for (const scope of scopesIn(decision.scopes.remove)) api.accessToken.removeScope(scope);\n    for (const scope of decision.scopes.add) api.accessToken.addScope(scope);\n    return void 0;\n  });\n  if (attempted.refused !== void 0) api.access.deny(attempted.refused);\n  log(name, attempted);\n}",
  },
} as const;
