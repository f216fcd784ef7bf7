// Generated from library.js by `npm run generate`; do not edit.

/** The text of every function and the others that it names, in the order in which they are emitted. */
export const LIBRARY = {
  text: {
    needs: [],
    text: "/* A text of Java as one of JavaScript; undefined for null. */\nfunction text(value) {\n  return value === null || value === undefined ? undefined : String(value);\n}",
  },
  number: {
    needs: ['text'],
    text: "function number(value) {\n  var read = text(value);\n  return read !== undefined && /^[+-]?[0-9]+$/.test(read) ? Number(read) : undefined;\n}",
  },
  truth: {
    needs: ['text'],
    text: "/* As `java.lang.Boolean.valueOf` reads it. */\nfunction truth(value) {\n  var read = text(value);\n  return read === undefined ? undefined : read.toLowerCase() === 'true';\n}",
  },
  parsed: {
    needs: [],
    text: "function parsed(value) {\n  try {\n    return value === undefined ? undefined : JSON.parse(value);\n  } catch (_error) {\n    return undefined;\n  }\n}",
  },
  has: {
    needs: [],
    text: "function has(object, name) {\n  return Object.prototype.hasOwnProperty.call(object, name);\n}",
  },
  listOf: {
    needs: [],
    text: "/* The elements of a collection or stream of Java. */\nfunction listOf(collection, read) {\n  var list = [];\n  for (var elements = collection.iterator(); elements.hasNext(); ) {\n    var element = read(elements.next());\n    if (element !== undefined) list.push(element);\n  }\n  return list;\n}",
  },
  recordOf: {
    needs: [],
    text: "function recordOf(map, read) {\n  var record = {};\n  for (var keys = map.keySet().iterator(); keys.hasNext(); ) {\n    var key = keys.next();\n    var value = read(map.get(key));\n    if (value !== undefined && String(key) !== '__proto__') record[String(key)] = value;\n  }\n  return record;\n}",
  },
  texts: {
    needs: ['listOf', 'text'],
    text: "function texts(collection) {\n  return listOf(collection, text);\n}",
  },
  client: {
    needs: [],
    text: "function client() {\n  return keycloakSession.getContext().getClient();\n}",
  },
  attributes: {
    needs: ['texts'],
    text: "/* The texts of a user attribute; undefined where there is none. As Keycloak's own mapper finds them. */\nfunction attributes(name) {\n  var KeycloakModelUtils = Java.type('org.keycloak.models.utils.KeycloakModelUtils');\n  var values = texts(KeycloakModelUtils.resolveAttribute(user, name, false));\n  return values.length === 0 ? undefined : values;\n}",
  },
  attribute: {
    needs: ['attributes'],
    text: "function attribute(name) {\n  var values = attributes(name);\n  return values && values[0];\n}",
  },
  attributeList: {
    needs: ['attributes'],
    text: "function attributeList(name, read) {\n  var values = attributes(name);\n  return values && values.map(read);\n}",
  },
  fullName: {
    needs: ['text'],
    text: "function fullName() {\n  var parts = [text(user.getFirstName()), text(user.getLastName())].filter(Boolean);\n  return parts.length === 0 ? undefined : parts.join(' ');\n}",
  },
  deepRoles: {
    needs: [],
    text: "function deepRoles() {\n  return Java.type('org.keycloak.models.utils.RoleUtils').getDeepUserRoleMappings(user);\n}",
  },
  realmRoles: {
    needs: ['deepRoles', 'listOf', 'text'],
    text: "function realmRoles() {\n  return listOf(deepRoles(), function (role) {\n    return role.isClientRole() ? undefined : text(role.getName());\n  });\n}",
  },
  clientRoles: {
    needs: ['deepRoles', 'listOf', 'text'],
    text: "function clientRoles(clientId) {\n  return listOf(deepRoles(), function (role) {\n    var isWanted = role.isClientRole() && text(role.getContainer().getClientId()) === clientId;\n    return isWanted ? text(role.getName()) : undefined;\n  });\n}",
  },
  groupNames: {
    needs: ['listOf', 'text'],
    text: "function groupNames() {\n  return listOf(user.getGroupsStream(), function (group) {\n    return text(group.getName());\n  });\n}",
  },
  groupPaths: {
    needs: ['listOf', 'text'],
    text: "function groupPaths() {\n  var ModelToRepresentation = Java.type('org.keycloak.models.utils.ModelToRepresentation');\n  return listOf(user.getGroupsStream(), function (group) {\n    return text(ModelToRepresentation.buildGroupPath(group));\n  });\n}",
  },
  oneOrAll: {
    needs: ['texts'],
    text: "/* Attributes of an organization are lists; one value alone is what others say as text. */\nfunction oneOrAll(values) {\n  var all = texts(values);\n  return all.length === 1 ? all[0] : all;\n}",
  },
  organization: {
    needs: ['listOf', 'namedOrganization', 'text'],
    text: "/* The organization that the scope names, or the only one; undefined where there is none, or a choice. */\nfunction organization() {\n  var type = Java.type('org.keycloak.organization.OrganizationProvider');\n  var provider = keycloakSession.getProvider(type.class);\n  if (provider === null || !provider.isEnabled()) return undefined;\n  var wanted = namedOrganization();\n  var found = listOf(provider.getByMember(user), function (each) {\n    var isWanted = wanted === undefined || text(each.getAlias()) === wanted;\n    return each.isEnabled() && isWanted ? each : undefined;\n  });\n  return found.length === 1 ? found[0] : undefined;\n}",
  },
  namedOrganization: {
    needs: ['requestedScopes'],
    text: "function namedOrganization() {\n  var scopes = requestedScopes() || [];\n  for (var i = 0; i < scopes.length; i++) {\n    var alias = /^organization:(.+)$/.exec(scopes[i]);\n    if (alias && alias[1] !== '*') return alias[1];\n  }\n  return undefined;\n}",
  },
  ofOrganization: {
    needs: ['organization'],
    text: "function ofOrganization(read) {\n  var found = organization();\n  return found === undefined ? undefined : read(found);\n}",
  },
  requestedScopes: {
    needs: ['clientNote', 'isAccessToken', 'split', 'text'],
    text: "/*\n * Of the access token; where an ID token comes without one, as it was asked for. Keycloak keeps scopes in no order: those\n * asked for come first, as they were asked for.\n */\nfunction requestedScopes() {\n  var note = clientNote('scope');\n  if (!isAccessToken()) return note === undefined ? undefined : split(note);\n  var scopes = split(text(token.getScope()) || '');\n  var asked = split(note || '').filter(function (scope) {\n    return scopes.indexOf(scope) >= 0;\n  });\n  return asked.concat(scopes).filter(function (scope, i, all) {\n    return all.indexOf(scope) === i;\n  });\n}",
  },
  split: {
    needs: [],
    text: "function split(scopes) {\n  return scopes.split(' ').filter(Boolean);\n}",
  },
  clientNote: {
    needs: ['client', 'text'],
    text: "function clientNote(name) {\n  var session = userSession.getAuthenticatedClientSessionByClient(client().getId());\n  return session === null ? undefined : text(session.getNote(name));\n}",
  },
  form: {
    needs: [],
    text: "function form() {\n  return keycloakSession.getContext().getHttpRequest().getDecodedFormParameters();\n}",
  },
  parameter: {
    needs: ['form', 'text'],
    text: "function parameter(name) {\n  var fields = form();\n  return fields === null ? undefined : text(fields.getFirst(name));\n}",
  },
  parameters: {
    needs: ['firstText', 'form', 'recordOf'],
    text: "/* All parameters but those that prove who asks. */\nfunction parameters() {\n  var secret =\n    /password|secret|assertion|^code|token|otp|^request$|^device_code$|^user_code$|^auth_req_id$|credential/i;\n  var found = form() === null ? {} : recordOf(form(), firstText);\n  Object.keys(found).forEach(function (name) {\n    if (secret.test(name)) delete found[name];\n  });\n  return found;\n}",
  },
  firstText: {
    needs: ['text'],
    text: "function firstText(values) {\n  return values.isEmpty() ? undefined : text(values.get(0));\n}",
  },
  authorizationDetails: {
    needs: ['clientNote', 'parameter', 'parsed'],
    text: "/* What was asked for here and at the authorization endpoint; all of it is judged. */\nfunction authorizationDetails() {\n  var asked = [parameter('authorization_details'), clientNote('client_request_param_authorization_details')];\n  var details = [];\n  for (var i = 0; i < asked.length; i++) {\n    if (asked[i] === undefined) continue;\n    var read = parsed(asked[i]);\n    if (!Array.isArray(read)) return null;\n    details = details.concat(read);\n  }\n  return details;\n}",
  },
  isAccessToken: {
    needs: [],
    text: "function isAccessToken() {\n  return token instanceof Java.type('org.keycloak.representations.AccessToken');\n}",
  },
  isServiceAccount: {
    needs: ['text'],
    text: "function isServiceAccount() {\n  return text(user.getServiceAccountClientLink()) !== undefined;\n}",
  },
  enrichToken: {
    needs: ['copySigned', 'decisionOf', 'isAccessToken', 'isIntrospection', 'isServiceAccount', 'leave', 'log', 'refuse', 'setAccess', 'setClaims'],
    text: "/*\n * Puts into a token what the policy decides and returns the policy marker, which becomes a claim by itself. Keycloak\n * swallows what a script throws and signs the token all the same: a token that may not be is made worthless instead.\n */\nfunction enrichToken(policy) {\n  if (isIntrospection()) return copySigned(policy);\n  try {\n    if (!policy.serviceAccounts && isServiceAccount()) return leave(policy);\n    var decision = decisionOf(policy);\n    var refused = decision.denied;\n    if (refused === undefined) {\n      if (isAccessToken()) setAccess(policy, decision);\n      else setClaims(policy.own, decision.id);\n      return isAccessToken() ? policy.marker : null;\n    }\n    refuse();\n  } catch (_error) {\n    refuse();\n    log(policy, 'enrichment_unavailable', []);\n  }\n  return null;\n}",
  },
  leave: {
    needs: ['setClaims'],
    text: "/* A token that is none of the policy's: without its claims, its audience and its marker. */\nfunction leave(policy) {\n  setClaims(policy.all, {});\n  return null;\n}",
  },
  refuse: {
    needs: [],
    text: "/* A token that has expired in 1970, of a session that is over. Each step stands alone: one may fail. */\nfunction refuse() {\n  [\n    function () {\n      token.exp(Java.type('java.lang.Long').valueOf(1));\n    },\n    function () {\n      token.audience();\n    },\n    function () {\n      token.getOtherClaims().clear();\n    },\n    function () {\n      keycloakSession.sessions().removeUserSession(realm, userSession);\n    }\n  ].forEach(function (step) {\n    try {\n      step();\n    } catch (_error) {\n      // The others stand.\n    }\n  });\n}",
  },
  setAccess: {
    needs: ['setClaims', 'setLifetime', 'setScopes'],
    text: "/* The audience comes last: without all the rest there is none. */\nfunction setAccess(policy, decision) {\n  setClaims(policy.own, decision.access);\n  setScopes(decision.scopes);\n  if (decision.lifetimeSeconds !== undefined) setLifetime(decision.lifetimeSeconds);\n  token.addAudience(policy.audience);\n}",
  },
  setClaims: {
    needs: ['has', 'setClaim'],
    text: "/* Claims of the script's own, and none of another mapper under their names. */\nfunction setClaims(names, values) {\n  var others = token.getOtherClaims();\n  names.forEach(function (name) {\n    others.remove(name);\n    if (has(values, name)) setClaim(name, values[name]);\n  });\n}",
  },
  setClaim: {
    needs: [],
    text: "/* JSON is what both worlds read alike. */\nfunction setClaim(name, value) {\n  var JsonSerialization = Java.type('org.keycloak.util.JsonSerialization');\n  var AnyValue = Java.type('java.lang.Object').class;\n  token.setOtherClaims(name, JsonSerialization.readValue(JSON.stringify(value), AnyValue));\n}",
  },
  setScopes: {
    needs: ['requestedScopes'],
    text: "function setScopes(scopes) {\n  if (scopes.remove.length === 0 && scopes.add.length === 0) return;\n  var kept = (requestedScopes() || []).filter(function (scope) {\n    return scopes.remove.indexOf(scope) < 0;\n  });\n  token.setScope(kept.concat(scopes.add).join(' '));\n}",
  },
  setLifetime: {
    needs: ['number'],
    text: "/* Never longer than the server's own. */\nfunction setLifetime(seconds) {\n  var end = number(token.getIat()) + seconds;\n  if (!(number(token.getExp()) <= end)) token.exp(Java.type('java.lang.Long').valueOf(end));\n}",
  },
  decisionOf: {
    needs: ['client', 'decide', 'log', 'text'],
    text: "/* One decision for all tokens of a request. */\nfunction decisionOf(policy) {\n  var key = ['claimsmith', policy.name, userSession.getId(), client().getId()].join(' ');\n  var known = text(keycloakSession.getAttribute(key));\n  if (known !== undefined) return JSON.parse(known);\n  var decision = decide(policy);\n  log(policy, decision.denied, decision.outcomes);\n  keycloakSession.setAttribute(key, JSON.stringify(decision));\n  return decision;\n}",
  },
  decide: {
    needs: ['askSource', 'has'],
    text: "function decide(policy) {\n  var context = program.context(contextOf());\n  var answers = {};\n  var endMs = Date.now() + policy.deadlineMs;\n  for (;;) {\n    var open = program.needs(context, answers).filter(isOpen);\n    if (open.length === 0) return program.decide(context, answers);\n    open.forEach(ask);\n  }\n  function isOpen(need) {\n    return !has(answers, need.source);\n  }\n  function ask(need) {\n    answers[need.source] = askSource(need.url, sources[need.source], endMs);\n  }\n}",
  },
  isIntrospection: {
    needs: [],
    text: "function isIntrospection() {\n  try {\n    return /\\/protocol\\/openid-connect\\/token\\/introspect$/.test(\n      keycloakSession.getContext().getUri().getPath()\n    );\n  } catch (_error) {\n    return false;\n  }\n}",
  },
  copySigned: {
    needs: ['parameter', 'setClaims', 'utf8'],
    text: "/* An introspection says what was signed: nobody is asked again. Keycloak has verified the token before. */\nfunction copySigned(policy) {\n  try {\n    var payload = parameter('token').split('.')[1];\n    var signed = JSON.parse(utf8(Java.type('java.util.Base64').getUrlDecoder().decode(payload)));\n    setClaims(policy.all, signed);\n    return signed[policy.markerClaim] === policy.marker ? policy.marker : null;\n  } catch (_error) {\n    // An answer without them grants nothing.\n    return null;\n  }\n}",
  },
  utf8: {
    needs: ['text'],
    text: "function utf8(bytes) {\n  var decoder = Java.type('java.nio.charset.StandardCharsets').UTF_8.newDecoder();\n  return text(decoder.decode(Java.type('java.nio.ByteBuffer').wrap(bytes)));\n}",
  },
  log: {
    needs: [],
    text: "/* A line for the server's log: names and codes of the policy, never a value. */\nfunction log(policy, refused, outcomes) {\n  var line = 'claimsmith ' + policy.name + '; ' + (refused === undefined ? 'issued' : 'denied ' + refused);\n  outcomes.forEach(function (outcome) {\n    // A requested scope may name someone's account; the other names are the policy's own.\n    var name = outcome.kind === 'scope' ? outcome.kind : outcome.name;\n    if (outcome.cause !== undefined) line += '; ' + name + ' ' + outcome.outcome + ': ' + outcome.cause;\n  });\n  try {\n    var logger = Java.type('org.jboss.logging.Logger').getLogger('claimsmith');\n    if (refused === undefined) logger.debug(line);\n    else logger.warn(line);\n  } catch (_error) {\n    // A token does not rest on a line in a log.\n  }\n}",
  },
  askSource: {
    needs: ['attempt', 'filled', 'mayAsk', 'setting'],
    text: "/* Asks with GET for JSON, again where that may help and fits before the end. What goes wrong is an answer too. */\nfunction askSource(address, source, endMs) {\n  var url;\n  var headers;\n  try {\n    url = filled(address);\n    headers = source.headers(setting);\n  } catch (_error) {\n    return { failure: 'setting' };\n  }\n  if (!mayAsk(url)) return { failure: 'address' };\n  for (var retry = 0; ; retry++) {\n    var reply = attempt(url, headers, source, Math.min(source.timeoutMs, endMs - Date.now()));\n    if (!reply.passing || retry >= source.retries) break;\n    var backOffMs = [50, 100, 200, 400][Math.min(retry, 3)] * (0.5 + Math.random() / 2);\n    if (Date.now() + backOffMs + source.timeoutMs > endMs) break;\n    Java.type('java.lang.Thread').sleep(Math.ceil(backOffMs));\n  }\n  return reply.failure === undefined\n    ? { value: reply.value, ageSeconds: reply.ageSeconds }\n    : { failure: reply.failure };\n}",
  },
  setting: {
    needs: ['text'],
    text: "/* The environment of the server says what stands behind `${NAME}`. */\nfunction setting(name) {\n  var value = text(Java.type('java.lang.System').getenv(name));\n  // Printable ASCII: no line break to add a header with.\n  if (value !== undefined && /^[\\x20-\\x7e]+$/.test(value)) return value;\n  throw new TypeError('setting');\n}",
  },
  filled: {
    needs: ['setting'],
    text: "function filled(address) {\n  return address.replace(/\\$\\{([^{}]*)\\}/g, function (_whole, name) {\n    return setting(name);\n  });\n}",
  },
  mayAsk: {
    needs: ['text'],
    text: "/* https, or http to this machine alone; no credentials inside. */\nfunction mayAsk(address) {\n  try {\n    var uri = new (Java.type('java.net.URI'))(address);\n    var host = text(uri.getHost());\n    if (host === undefined || text(uri.getUserInfo()) !== undefined) return false;\n    var scheme = text(uri.getScheme()).toLowerCase();\n    return scheme === 'https' || (scheme === 'http' && /^(localhost|\\[::1\\]|127(\\.[0-9]+){3})$/.test(host));\n  } catch (_error) {\n    return false;\n  }\n}",
  },
  attempt: {
    needs: ['exchange', 'replyOf', 'requestOf', 'text'],
    text: "/*\n * One request, on a thread of its own: that alone bounds all of it, a server that sends a byte now and then and a\n * name that does not resolve too. This thread waits meanwhile, so that they never run at once.\n */\nfunction attempt(url, headers, source, timeoutMs) {\n  if (!(timeoutMs > 0)) return { failure: 'timeout' };\n  var request;\n  var task;\n  var reply;\n  try {\n    request = requestOf(url, headers, Math.ceil(timeoutMs));\n    var http = keycloakSession\n      .getProvider(Java.type('org.keycloak.connections.httpclient.HttpClientProvider').class)\n      .getHttpClient();\n    task = new (Java.type('java.util.concurrent.FutureTask'))(function () {\n      return exchange(http, request, source.limitBytes);\n    });\n    var thread = new (Java.type('java.lang.Thread'))(task);\n    thread.setDaemon(true);\n    thread.start();\n    reply = text(task.get(Math.ceil(timeoutMs), Java.type('java.util.concurrent.TimeUnit').MILLISECONDS));\n  } catch (error) {\n    if (request) request.abort();\n    if (task) task.cancel(true);\n    var isLate = error instanceof Java.type('java.util.concurrent.TimeoutException');\n    return { failure: isLate ? 'timeout' : 'network', passing: true };\n  }\n  return replyOf(reply);\n}",
  },
  requestOf: {
    needs: [],
    text: "function requestOf(url, headers, timeoutMs) {\n  var request = new (Java.type('org.apache.http.client.methods.HttpGet'))(url);\n  request.setConfig(\n    Java.type('org.apache.http.client.config.RequestConfig')\n      .custom()\n      .setConnectionRequestTimeout(timeoutMs)\n      .setConnectTimeout(timeoutMs)\n      .setSocketTimeout(timeoutMs)\n      .setRedirectsEnabled(false)\n      .build()\n  );\n  Object.keys(headers).forEach(function (name) {\n    request.setHeader(name, headers[name]);\n  });\n  return request;\n}",
  },
  exchange: {
    needs: ['number', 'text', 'utf8'],
    text: "/* On the other thread. A text, since nothing else crosses between threads as safely. */\nfunction exchange(http, request, limitBytes) {\n  var response = http.execute(request);\n  try {\n    var status = number(response.getStatusLine().getStatusCode());\n    if (status < 200 || status > 299) return 'status ' + status;\n    var age = response.getFirstHeader('age');\n    var entity = response.getEntity();\n    if (entity === null) return 'malformed';\n    var bytes = entity.getContent().readNBytes(limitBytes + 1);\n    if (bytes.length > limitBytes) return 'too_large';\n    return 'body ' + (age === null ? '0' : text(age.getValue())) + '\\n' + utf8(bytes);\n  } catch (error) {\n    if (error instanceof Java.type('java.nio.charset.CharacterCodingException')) return 'malformed';\n    throw error;\n  } finally {\n    response.close();\n  }\n}",
  },
  replyOf: {
    needs: [],
    text: "function replyOf(reply) {\n  var status = /^status ([0-9]+)$/.exec(reply);\n  if (status) return { failure: 'status', passing: Number(status[1]) >= 500 || status[1] === '429' };\n  var head = /^body (.*)\\n/.exec(reply);\n  if (!head) return { failure: reply };\n  try {\n    return {\n      value: JSON.parse(reply.slice(head[0].length)),\n      ageSeconds: Number(head[1]) > 0 ? Number(head[1]) : 0\n    };\n  } catch (_error) {\n    return { failure: 'malformed' };\n  }\n}",
  },
} as const;
