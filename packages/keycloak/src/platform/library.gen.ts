// Generated from library.js by `npm run generate`; do not edit.

/** The text of every function, its parameters and the others that it names, in the order in which they are emitted. */
export const LIBRARY = {
  text: {
    needs: [],
    takes: ['value'],
    text: "/* A text of Java as one of JavaScript; undefined for null. */\nfunction text(value) {\n  return value === null || value === undefined ? undefined : String(value);\n}",
  },
  number: {
    needs: ['text'],
    takes: ['value'],
    text: "function number(value) {\n  var read = text(value);\n  return read !== undefined && /^[+-]?[0-9]+$/.test(read) ? Number(read) : undefined;\n}",
  },
  truth: {
    needs: ['text'],
    takes: ['value'],
    text: "/* As `java.lang.Boolean.valueOf` reads it. */\nfunction truth(value) {\n  var read = text(value);\n  return read === undefined ? undefined : read.toLowerCase() === 'true';\n}",
  },
  parsed: {
    needs: [],
    takes: ['value'],
    text: "function parsed(value) {\n  try {\n    return value === undefined ? undefined : JSON.parse(value);\n  } catch (_error) {\n    return undefined;\n  }\n}",
  },
  has: {
    needs: [],
    takes: ['object', 'name'],
    text: "function has(object, name) {\n  return Object.prototype.hasOwnProperty.call(object, name);\n}",
  },
  listOf: {
    needs: [],
    takes: ['collection', 'read'],
    text: "/* The elements of a collection or stream of Java. */\nfunction listOf(collection, read) {\n  var list = [];\n  for (var elements = collection.iterator(); elements.hasNext(); ) {\n    var element = read(elements.next());\n    if (element !== undefined) list.push(element);\n  }\n  return list;\n}",
  },
  recordOf: {
    needs: [],
    takes: ['map', 'read'],
    text: "function recordOf(map, read) {\n  var record = {};\n  for (var keys = map.keySet().iterator(); keys.hasNext(); ) {\n    var key = keys.next();\n    var value = read(map.get(key));\n    if (value !== undefined && String(key) !== '__proto__') record[String(key)] = value;\n  }\n  return record;\n}",
  },
  texts: {
    needs: ['listOf', 'text'],
    takes: ['collection'],
    text: "function texts(collection) {\n  return listOf(collection, text);\n}",
  },
  client: {
    needs: [],
    takes: [],
    text: "function client() {\n  return keycloakSession.getContext().getClient();\n}",
  },
  sorted: {
    needs: ['listOf'],
    takes: ['collection', 'read'],
    text: "/* Keycloak keeps roles, groups and the values of an attribute in no order. */\nfunction sorted(collection, read) {\n  return listOf(collection, read).sort();\n}",
  },
  sortedTexts: {
    needs: ['sorted', 'text'],
    takes: ['collection'],
    text: "/* Undefined where there is none. */\nfunction sortedTexts(collection) {\n  var all = sorted(collection, text);\n  return all.length === 0 ? undefined : all;\n}",
  },
  attributes: {
    needs: ['sortedTexts'],
    takes: ['name'],
    text: "/* The texts of a user attribute, as Keycloak's own mapper finds them. */\nfunction attributes(name) {\n  var KeycloakModelUtils = Java.type('org.keycloak.models.utils.KeycloakModelUtils');\n  return sortedTexts(KeycloakModelUtils.resolveAttribute(user, name, false));\n}",
  },
  one: {
    needs: [],
    takes: ['values', 'read'],
    text: "/* Of several values, none is the value. */\nfunction one(values, read) {\n  return values !== undefined && values.length === 1 ? read(values[0]) : undefined;\n}",
  },
  many: {
    needs: [],
    takes: ['values', 'read'],
    text: "function many(values, read) {\n  return values && values.map(read);\n}",
  },
  fullName: {
    needs: ['text'],
    takes: [],
    text: "function fullName() {\n  var parts = [text(user.getFirstName()), text(user.getLastName())].filter(Boolean);\n  return parts.length === 0 ? undefined : parts.join(' ');\n}",
  },
  deepRoles: {
    needs: [],
    takes: [],
    text: "function deepRoles() {\n  return Java.type('org.keycloak.models.utils.RoleUtils').getDeepUserRoleMappings(user);\n}",
  },
  realmRoles: {
    needs: ['deepRoles', 'sorted', 'text'],
    takes: [],
    text: "function realmRoles() {\n  return sorted(deepRoles(), function (role) {\n    return role.isClientRole() ? undefined : text(role.getName());\n  });\n}",
  },
  clientRoles: {
    needs: ['deepRoles', 'sorted', 'text'],
    takes: ['clientId'],
    text: "function clientRoles(clientId) {\n  return sorted(deepRoles(), function (role) {\n    var isWanted = role.isClientRole() && text(role.getContainer().getClientId()) === clientId;\n    return isWanted ? text(role.getName()) : undefined;\n  });\n}",
  },
  groupNames: {
    needs: ['sorted', 'text'],
    takes: [],
    text: "function groupNames() {\n  return sorted(user.getGroupsStream(), function (group) {\n    return text(group.getName());\n  });\n}",
  },
  groupPaths: {
    needs: ['sorted', 'text'],
    takes: [],
    text: "function groupPaths() {\n  var ModelToRepresentation = Java.type('org.keycloak.models.utils.ModelToRepresentation');\n  return sorted(user.getGroupsStream(), function (group) {\n    return text(ModelToRepresentation.buildGroupPath(group));\n  });\n}",
  },
  organizationAttribute: {
    needs: ['sortedTexts'],
    takes: ['found', 'name'],
    text: "function organizationAttribute(found, name) {\n  var values = found.getAttributes().get(name);\n  return values === null ? undefined : sortedTexts(values);\n}",
  },
  organization: {
    needs: ['listOf', 'namedOrganizations', 'providerOf', 'text'],
    takes: [],
    text: "/* The organization that the scope names, or the only one; undefined where there is none, or a choice. */\nfunction organization() {\n  var provider = providerOf('org.keycloak.organization.OrganizationProvider');\n  if (provider === null || !provider.isEnabled()) return undefined;\n  var wanted = namedOrganizations();\n  var found = listOf(provider.getByMember(user), function (each) {\n    var isWanted = wanted === undefined || wanted.indexOf(text(each.getAlias())) >= 0;\n    return each.isEnabled() && isWanted ? each : undefined;\n  });\n  return found.length === 1 ? found[0] : undefined;\n}",
  },
  namedOrganizations: {
    needs: ['clientNote', 'requestedScopes', 'split'],
    takes: [],
    text: "/*\n * Aliases that were asked for, as far as they were granted: Keycloak takes the name of an organization that the user is not\n * in out of the scope, and no other stands in for it. Undefined where none was named.\n */\nfunction namedOrganizations() {\n  var granted = requestedScopes() || [];\n  var asked = split(clientNote('scope') || granted.join(' ')).filter(function (scope) {\n    return /^organization:(?!\\*$)/.test(scope);\n  });\n  if (asked.length === 0) return undefined;\n  return asked\n    .filter(function (scope) {\n      return granted.indexOf(scope) >= 0;\n    })\n    .map(function (scope) {\n      return scope.slice('organization:'.length);\n    });\n}",
  },
  ofOrganization: {
    needs: ['organization'],
    takes: ['read'],
    text: "function ofOrganization(read) {\n  var found = organization();\n  return found === undefined ? undefined : read(found);\n}",
  },
  requestedScopes: {
    needs: ['clientNote', 'isAccessToken', 'split', 'text'],
    takes: [],
    text: "/*\n * Of the access token; where an ID token comes without one, as it was asked for. Keycloak keeps scopes in no order: those\n * asked for come first, as they were asked for.\n */\nfunction requestedScopes() {\n  var note = clientNote('scope');\n  if (!isAccessToken()) return note === undefined ? undefined : split(note);\n  var scopes = split(text(token.getScope()) || '');\n  var asked = split(note || '').filter(function (scope) {\n    return scopes.indexOf(scope) >= 0;\n  });\n  return asked.concat(scopes).filter(function (scope, i, all) {\n    return all.indexOf(scope) === i;\n  });\n}",
  },
  split: {
    needs: [],
    takes: ['scopes'],
    text: "function split(scopes) {\n  return scopes.split(' ').filter(Boolean);\n}",
  },
  clientNote: {
    needs: ['clientSession', 'text'],
    takes: ['name'],
    text: "function clientNote(name) {\n  var session = clientSession();\n  return session === null ? undefined : text(session.getNote(name));\n}",
  },
  clientSession: {
    needs: ['client'],
    takes: [],
    text: "function clientSession() {\n  return userSession.getAuthenticatedClientSessionByClient(client().getId());\n}",
  },
  form: {
    needs: [],
    takes: [],
    text: "function form() {\n  return keycloakSession.getContext().getHttpRequest().getDecodedFormParameters();\n}",
  },
  parameter: {
    needs: ['form', 'text'],
    takes: ['name'],
    text: "function parameter(name) {\n  var fields = form();\n  return fields === null ? undefined : text(fields.getFirst(name));\n}",
  },
  parameters: {
    needs: ['firstText', 'form', 'recordOf'],
    takes: [],
    text: "/* All parameters but those that prove who asks. */\nfunction parameters() {\n  var secret =\n    /password|secret|assertion|^code|token|otp|^request$|^device_code$|^user_code$|^auth_req_id$|credential/i;\n  var found = form() === null ? {} : recordOf(form(), firstText);\n  Object.keys(found).forEach(function (name) {\n    if (secret.test(name)) delete found[name];\n  });\n  return found;\n}",
  },
  firstText: {
    needs: ['text'],
    takes: ['values'],
    text: "function firstText(values) {\n  return values.isEmpty() ? undefined : text(values.get(0));\n}",
  },
  authorizationDetails: {
    needs: ['clientNote', 'parameter', 'parsed'],
    takes: [],
    text: "/* What was asked for here and at the authorization endpoint; all of it is judged. */\nfunction authorizationDetails() {\n  var asked = [parameter('authorization_details'), clientNote('client_request_param_authorization_details')];\n  var details = [];\n  for (var i = 0; i < asked.length; i++) {\n    if (asked[i] === undefined) continue;\n    var read = parsed(asked[i]);\n    if (!Array.isArray(read)) return null;\n    details = details.concat(read);\n  }\n  return details;\n}",
  },
  isAccessToken: {
    needs: [],
    takes: [],
    text: "function isAccessToken() {\n  return token instanceof Java.type('org.keycloak.representations.AccessToken');\n}",
  },
  isServiceAccount: {
    needs: ['text'],
    takes: [],
    text: "function isServiceAccount() {\n  return text(user.getServiceAccountClientLink()) !== undefined;\n}",
  },
  enrichToken: {
    needs: ['clearGranting', 'copySigned', 'decisionOf', 'detachClient', 'endSession', 'endSessionAfterwards', 'isAccessToken', 'isAt', 'isMeant', 'isRuledOut', 'leave', 'log', 'refuse', 'setAccess', 'setClaims'],
    takes: ['policy'],
    text: "/*\n * Puts into a token what the policy decides and returns the policy marker, which becomes a claim by itself. Keycloak\n * swallows what a script throws and signs the token all the same: a token that may not be is made worthless instead.\n */\nfunction enrichToken(policy) {\n  if (isAt(/\\/protocol\\/openid-connect\\/token\\/introspect\\/*$/)) return copySigned(policy);\n  if (isAt(/\\/(protocol\\/openid-connect\\/userinfo|generate-example-userinfo)\\/*$/))\n    return clearGranting(policy);\n  try {\n    if (!isMeant(policy)) return leave(policy);\n    var decision = decisionOf(policy);\n    if (decision.denied === undefined) {\n      if (isAccessToken()) setAccess(policy, decision);\n      else setClaims(policy.own.concat(policy.granting), decision.id);\n      return isAccessToken() ? policy.marker : null;\n    }\n    refuse(isRuledOut(policy, decision) ? [endSession, endSessionAfterwards] : [detachClient]);\n  } catch (_error) {\n    refuse([detachClient]);\n    log(policy, 'enrichment_unavailable', []);\n  }\n  return null;\n}",
  },
  isMeant: {
    needs: ['client', 'isServiceAccount', 'text'],
    takes: ['policy'],
    text: "/* Whose tokens are enriched: those of the policy's clients, and of their service accounts where these may have any. */\nfunction isMeant(policy) {\n  if (!policy.serviceAccounts && isServiceAccount()) return false;\n  return policy.clients === null || policy.clients.indexOf(text(client().getClientId())) >= 0;\n}",
  },
  isRuledOut: {
    needs: [],
    takes: ['policy', 'decision'],
    text: "/*\n * Whether a deny rule holds that is about the user alone. Else something could not be told or was not there, or a rule\n * speaks of what is asked for: whoever may ask could then log the user out of everything.\n */\nfunction isRuledOut(policy, decision) {\n  return decision.outcomes.some(function (outcome) {\n    var isHeld = outcome.kind === 'deny' && outcome.outcome === 'denied' && outcome.cause === undefined;\n    return isHeld && policy.ofUsers.indexOf(outcome.name) >= 0;\n  });\n}",
  },
  leave: {
    needs: ['dropAudience', 'isAccessToken', 'setClaims', 'setScopes'],
    takes: ['policy'],
    text: "/*\n * A token that is none of the policy's: without its claims, its scopes, its audience and its marker. In an ID token what\n * only mappers write may be Keycloak's own.\n */\nfunction leave(policy) {\n  setClaims(isAccessToken() ? policy.all : policy.own.concat(policy.granting), {});\n  if (!isAccessToken()) return null;\n  dropAudience(policy.audience);\n  setScopes({ remove: policy.scopes, add: [] });\n  return null;\n}",
  },
  refuse: {
    needs: ['complain'],
    takes: ['ends'],
    text: "/* A token that has expired in 1970, and cannot be refreshed. Each step stands alone: one may fail. */\nfunction refuse(ends) {\n  [\n    function () {\n      token.exp(Java.type('java.lang.Long').valueOf(1));\n    },\n    function () {\n      token.audience();\n    },\n    function () {\n      token.getOtherClaims().clear();\n    }\n  ]\n    .concat(ends)\n    .forEach(function (step) {\n      try {\n        step();\n      } catch (_error) {\n        complain('a denied token could not be made worthless in every way');\n      }\n    });\n}",
  },
  endSession: {
    needs: ['removeSessions'],
    takes: [],
    text: "/* Of a user whom the policy denies, for all clients. */\nfunction endSession() {\n  removeSessions(keycloakSession.sessions(), realm, userSession.getId());\n}",
  },
  endSessionAfterwards: {
    needs: ['afterRequest', 'removeSessions'],
    takes: [],
    text: "/*\n * Keycloak makes an offline session only when it has the access token, or makes it again: so the session is ended once\n * more when all else is done, by a transaction of its own.\n */\nfunction endSessionAfterwards() {\n  var id = userSession.getId();\n  var key = 'claimsmith ends ' + id;\n  if (keycloakSession.getAttribute(key) !== null) return;\n  keycloakSession.setAttribute(key, 'true');\n  var realmId = realm.getId();\n  var factory = keycloakSession.getKeycloakSessionFactory();\n  afterRequest(function () {\n    Java.type('org.keycloak.models.utils.KeycloakModelUtils').runJobInTransaction(\n      factory,\n      function (session) {\n        var again = session.realms().getRealm(realmId);\n        session.getContext().setRealm(again);\n        removeSessions(session.sessions(), again, id);\n      }\n    );\n  });\n}",
  },
  removeSessions: {
    needs: [],
    takes: ['sessions', 'of', 'id'],
    text: "function removeSessions(sessions, of, id) {\n  var offline = sessions.getOfflineUserSession(of, id);\n  if (offline !== null) sessions.removeOfflineUserSession(of, offline);\n  var online = sessions.getUserSession(of, id);\n  if (online !== null) sessions.removeUserSession(of, online);\n}",
  },
  afterRequest: {
    needs: ['complain'],
    takes: ['work'],
    text: "/* When the request's own transaction is over, whichever way. */\nfunction afterRequest(work) {\n  function run() {\n    try {\n      work();\n    } catch (_error) {\n      complain('a session that was denied could not be ended');\n    }\n  }\n  function nothing() {}\n  function no() {\n    return false;\n  }\n  var Transaction = Java.extend(Java.type('org.keycloak.models.KeycloakTransaction'), {\n    begin: nothing,\n    commit: run,\n    rollback: run,\n    setRollbackOnly: nothing,\n    getRollbackOnly: no,\n    isActive: no\n  });\n  keycloakSession.getTransactionManager().enlistAfterCompletion(new Transaction());\n}",
  },
  detachClient: {
    needs: ['clientSession'],
    takes: [],
    text: "/*\n * Takes this client out of the session; the user stays logged in elsewhere. An offline session stays: what failed may\n * work again, and each refresh is judged anew.\n */\nfunction detachClient() {\n  var session = userSession.isOffline() ? null : clientSession();\n  if (session !== null) session.detachFromUserSession();\n}",
  },
  setAccess: {
    needs: ['setClaims', 'setLifetime', 'setScopes'],
    takes: ['policy', 'decision'],
    text: "/* The audience comes last: without all the rest there is none. */\nfunction setAccess(policy, decision) {\n  setClaims(policy.own, decision.access);\n  setScopes(decision.scopes);\n  if (decision.lifetimeSeconds !== undefined) setLifetime(decision.lifetimeSeconds);\n  token.addAudience(policy.audience);\n}",
  },
  dropAudience: {
    needs: ['text'],
    takes: ['audience'],
    text: "/* Another mapper may have given it, or Keycloak itself. */\nfunction dropAudience(audience) {\n  var all = token.getAudience();\n  if (all === null) return;\n  var kept = [];\n  for (var i = 0; i < all.length; i++) {\n    if (text(all[i]) !== audience) kept.push(text(all[i]));\n  }\n  if (kept.length < all.length) token.audience(Java.to(kept, 'java.lang.String[]'));\n}",
  },
  setClaims: {
    needs: ['has', 'setClaim'],
    takes: ['names', 'values'],
    text: "/* Claims of the script's own, and none of another mapper under their names. */\nfunction setClaims(names, values) {\n  var others = token.getOtherClaims();\n  names.forEach(function (name) {\n    others.remove(name);\n    if (has(values, name)) setClaim(name, values[name]);\n  });\n}",
  },
  setClaim: {
    needs: [],
    takes: ['name', 'value'],
    text: "/* JSON is what both worlds read alike. */\nfunction setClaim(name, value) {\n  var JsonSerialization = Java.type('org.keycloak.util.JsonSerialization');\n  var AnyValue = Java.type('java.lang.Object').class;\n  token.setOtherClaims(name, JsonSerialization.readValue(JSON.stringify(value), AnyValue));\n}",
  },
  setScopes: {
    needs: ['requestedScopes'],
    takes: ['scopes'],
    text: "function setScopes(scopes) {\n  var all = requestedScopes() || [];\n  var kept = all.filter(function (scope) {\n    return scopes.remove.indexOf(scope) < 0;\n  });\n  if (kept.length === all.length && scopes.add.length === 0) return;\n  token.setScope(kept.concat(scopes.add).join(' '));\n}",
  },
  setLifetime: {
    needs: ['number'],
    takes: ['seconds'],
    text: "/* Never longer than the server's own. */\nfunction setLifetime(seconds) {\n  var end = number(token.getIat()) + seconds;\n  if (!(number(token.getExp()) <= end)) token.exp(Java.type('java.lang.Long').valueOf(end));\n}",
  },
  decisionOf: {
    needs: ['causesOf', 'client', 'decide', 'log', 'misfitOf', 'text'],
    takes: ['policy'],
    text: "/* One decision for all tokens of a request, be it that none could be made. */\nfunction decisionOf(policy) {\n  var key = ['claimsmith', policy.name, userSession.getId(), client().getId()].join(' ');\n  var known = text(keycloakSession.getAttribute(key));\n  if (known !== undefined) return JSON.parse(known);\n  var decision = { denied: 'enrichment_unavailable', outcomes: [] };\n  var causes = [];\n  try {\n    var misfit = misfitOf(policy);\n    if (misfit === undefined) decision = decide(policy);\n    causes = misfit === undefined ? causesOf(decision.outcomes) : [misfit];\n  } catch (_error) {\n    // Nothing was decided.\n  }\n  log(policy, decision.denied, causes);\n  keycloakSession.setAttribute(key, JSON.stringify(decision));\n  return decision;\n}",
  },
  misfitOf: {
    needs: ['ownRevisions', 'text'],
    takes: ['policy'],
    text: "/*\n * What of the realm did not come with this script; undefined where all did. Mappers of another revision say something\n * else under the same names, and another realm has users of its own.\n */\nfunction misfitOf(policy) {\n  if (text(realm.getName()) !== policy.realm) return 'made for another realm';\n  var revisions = ownRevisions(policy);\n  if (revisions.length === 0) return 'no client scopes';\n  for (var i = 0; i < revisions.length; i++) {\n    if (revisions[i] === policy.revision) continue;\n    return 'client scopes of revision ' + (/^[0-9a-f]{8}$/.test(revisions[i]) ? revisions[i] : 'unknown');\n  }\n  return undefined;\n}",
  },
  ownRevisions: {
    needs: ['client', 'listOf', 'text'],
    takes: ['policy'],
    text: "/* The revisions of the policy's client scopes that the client has; an empty text where one says none. */\nfunction ownRevisions(policy) {\n  var name = 'claimsmith.' + policy.policy;\n  function revisionOf(scope) {\n    var owner = text(scope.getAttribute('claimsmith.policy'));\n    var called = text(scope.getName());\n    var isOwn =\n      owner === undefined ? called === name || called.indexOf(name + '.') === 0 : owner === policy.policy;\n    return isOwn ? text(scope.getAttribute('claimsmith.revision')) || '' : undefined;\n  }\n  // Those that a client always has, and those that it may ask for.\n  return listOf(client().getClientScopes(true).values(), revisionOf).concat(\n    listOf(client().getClientScopes(false).values(), revisionOf)\n  );\n}",
  },
  decide: {
    needs: ['askSource', 'has'],
    takes: ['policy'],
    text: "function decide(policy) {\n  var context = program.context(contextOf());\n  var answers = {};\n  var endMs = Date.now() + policy.deadlineMs;\n  for (;;) {\n    // Later than that it has waited for a server that is too busy.\n    if (Date.now() > endMs + 100) throw new TypeError('late');\n    var open = program.needs(context, answers).filter(isOpen);\n    if (open.length === 0) return program.decide(context, answers);\n    open.forEach(ask);\n  }\n  function isOpen(need) {\n    return !has(answers, need.source);\n  }\n  function ask(need) {\n    answers[need.source] = askSource(need.url, sources[need.source], endMs);\n  }\n}",
  },
  isAt: {
    needs: [],
    takes: ['path'],
    text: "/* Whether the request is for one of Keycloak's endpoints. */\nfunction isAt(path) {\n  try {\n    return path.test(keycloakSession.getContext().getUri().getPath());\n  } catch (_error) {\n    return false;\n  }\n}",
  },
  clearGranting: {
    needs: ['setClaims'],
    takes: ['policy'],
    text: "/* Userinfo says nothing that services grant on, whoever wrote it there. */\nfunction clearGranting(policy) {\n  try {\n    setClaims(policy.granting, {});\n  } catch (_error) {\n    token.getOtherClaims().clear();\n  }\n  return null;\n}",
  },
  copySigned: {
    needs: ['dropAudience', 'parameter', 'setClaims', 'text', 'utf8'],
    takes: ['policy'],
    text: "/*\n * An introspection says what was signed: nobody is asked again, and no other mapper adds to it. Keycloak has verified\n * the token before, and made this one from it: a token that is just being issued has an id that nobody can have known.\n */\nfunction copySigned(policy) {\n  try {\n    var payload = parameter('token').split('.')[1];\n    var signed = JSON.parse(utf8(Java.type('java.util.Base64').getUrlDecoder().decode(payload)));\n    if (signed.jti !== text(token.getId())) throw new TypeError('another token');\n    setClaims(policy.all, signed);\n    if ([].concat(signed.aud).indexOf(policy.audience) < 0) dropAudience(policy.audience);\n    return signed[policy.markerClaim] === policy.marker ? policy.marker : null;\n  } catch (_error) {\n    // What says nothing grants nothing.\n    token.audience();\n    token.getOtherClaims().clear();\n    return null;\n  }\n}",
  },
  utf8: {
    needs: ['text'],
    takes: ['bytes'],
    text: "function utf8(bytes) {\n  var decoder = Java.type('java.nio.charset.StandardCharsets').UTF_8.newDecoder();\n  return text(decoder.decode(Java.type('java.nio.ByteBuffer').wrap(bytes)));\n}",
  },
  log: {
    needs: ['logger'],
    takes: ['policy', 'refused', 'causes'],
    text: "/* A line for the server's log: names and codes of the policy, never a value. */\nfunction log(policy, refused, causes) {\n  var what = refused === undefined ? 'issued' : 'denied ' + refused;\n  var line = ['claimsmith ' + policy.name, what].concat(causes).join('; ');\n  try {\n    if (refused === undefined) logger().debug(line);\n    else logger().warn(line);\n  } catch (_error) {\n    // A token does not rest on a line in a log.\n  }\n}",
  },
  complain: {
    needs: ['logger'],
    takes: ['what'],
    text: "/* What an operator has to look into. */\nfunction complain(what) {\n  try {\n    logger().error('claimsmith: ' + what);\n  } catch (_error) {\n    // A token does not rest on it.\n  }\n}",
  },
  logger: {
    needs: [],
    takes: [],
    text: "function logger() {\n  return Java.type('org.jboss.logging.Logger').getLogger('claimsmith');\n}",
  },
  causesOf: {
    needs: [],
    takes: ['outcomes'],
    text: "function causesOf(outcomes) {\n  return outcomes\n    .filter(function (outcome) {\n      return outcome.cause !== undefined;\n    })\n    .map(function (outcome) {\n      // A requested scope may name someone's account; the other names are the policy's own.\n      var name = outcome.kind === 'scope' ? outcome.kind : outcome.name;\n      return name + ' ' + outcome.outcome + ': ' + outcome.cause;\n    });\n}",
  },
  askSource: {
    needs: ['attempt', 'filled', 'mayAsk', 'reachOf', 'setting'],
    takes: ['address', 'source', 'endMs'],
    text: "/* Asks with GET for JSON, again where that may help and fits before the end. What goes wrong is an answer too. */\nfunction askSource(address, source, endMs) {\n  var url;\n  var headers;\n  try {\n    url = filled(address);\n    headers = source.headers(setting);\n  } catch (_error) {\n    return { failure: 'setting' };\n  }\n  if (!mayAsk(url)) return { failure: 'address' };\n  var reach = reachOf(address, source);\n  for (var retry = 0; ; retry++) {\n    var reply = attempt(url, headers, source, reach, Math.min(source.timeoutMs, endMs - Date.now()));\n    if (!reply.passing || retry >= source.retries) break;\n    var backOffMs = [50, 100, 200, 400][Math.min(retry, 3)] * (0.5 + Math.random() / 2);\n    if (Date.now() + backOffMs + source.timeoutMs > endMs) break;\n    Java.type('java.lang.Thread').sleep(Math.ceil(backOffMs));\n  }\n  return reply.failure === undefined\n    ? { value: reply.value, ageSeconds: reply.ageSeconds }\n    : { failure: reply.failure };\n}",
  },
  setting: {
    needs: ['text'],
    takes: ['name'],
    text: "/*\n * The environment of the server says what stands behind `${NAME}`, for those names alone that it lists: it holds the\n * server's own passwords, too.\n */\nfunction setting(name) {\n  var environment = Java.type('java.lang.System');\n  var listed = (text(environment.getenv('CLAIMSMITH_SETTINGS')) || '').split(/[\\s,]+/);\n  if (listed.indexOf(name) < 0) throw new TypeError('setting');\n  var value = text(environment.getenv(name));\n  // Printable ASCII: no line break to add a header with.\n  if (value !== undefined && /^[\\x20-\\x7e]+$/.test(value)) return value;\n  throw new TypeError('setting');\n}",
  },
  filled: {
    needs: ['setting'],
    takes: ['address'],
    text: "function filled(address) {\n  return address.replace(/\\$\\{([^{}]*)\\}/g, function (_whole, name) {\n    return setting(name);\n  });\n}",
  },
  mayAsk: {
    needs: ['text'],
    takes: ['address'],
    text: "/* https, or http to this machine alone; no credentials inside. */\nfunction mayAsk(address) {\n  try {\n    var uri = new (Java.type('java.net.URI'))(address);\n    var host = text(uri.getHost());\n    if (host === undefined || /%/.test(host) || text(uri.getUserInfo()) !== undefined) return false;\n    var scheme = text(uri.getScheme()).toLowerCase();\n    return scheme === 'https' || (scheme === 'http' && /^(localhost|\\[::1\\]|127(\\.[0-9]+){3})$/.test(host));\n  } catch (_error) {\n    return false;\n  }\n}",
  },
  reachOf: {
    needs: [],
    takes: ['address', 'source'],
    text: "/*\n * Whom a source may reach: the internet alone, or private networks too. A loopback address counts as declared where the\n * spec's own text writes it, not where a setting does.\n */\nfunction reachOf(address, source) {\n  if (source.isPrivate) return 'private';\n  return /^https?:\\/\\/(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])([:/?#]|$)/i.test(address)\n    ? 'loopback'\n    : 'public';\n}",
  },
  attempt: {
    needs: ['exchange', 'providerOf', 'replyOf', 'requestOf', 'text', 'threadPool'],
    takes: ['url', 'headers', 'source', 'reach', 'timeoutMs'],
    text: "/*\n * One request, on another thread: that alone bounds all of it, a server that sends a byte now and then and a name that\n * does not resolve too. This thread waits meanwhile, so that they never run at once.\n */\nfunction attempt(url, headers, source, reach, timeoutMs) {\n  if (!(timeoutMs > 0)) return { failure: 'timeout' };\n  var request;\n  var task;\n  var threads;\n  var reply;\n  try {\n    request = requestOf(url, headers, Math.ceil(timeoutMs));\n    var http = providerOf('org.keycloak.connections.httpclient.HttpClientProvider').getHttpClient();\n    task = new (Java.type('java.util.concurrent.FutureTask'))(function () {\n      return exchange(http, request, reach, source.limitBytes);\n    });\n    threads = threadPool();\n    threads.execute(task);\n    reply = text(task.get(Math.ceil(timeoutMs), Java.type('java.util.concurrent.TimeUnit').MILLISECONDS));\n  } catch (error) {\n    if (request) request.abort();\n    if (task) task.cancel(true);\n    if (threads) threads.remove(task);\n    var isLate = error instanceof Java.type('java.util.concurrent.TimeoutException');\n    return { failure: isLate ? 'timeout' : 'network', passing: true };\n  }\n  return replyOf(reply);\n}",
  },
  threadPool: {
    needs: ['providerOf'],
    takes: [],
    text: "/*\n * Keycloak's own, 64 threads at most: nothing can end one that waits for a name to be resolved, and each request would\n * leave another. The pool would rather queue than have more than its least number of threads.\n */\nfunction threadPool() {\n  var pool = providerOf('org.keycloak.executors.ExecutorsProvider').getExecutor('claimsmith');\n  pool.setCorePoolSize(pool.getMaximumPoolSize());\n  pool.allowCoreThreadTimeOut(true);\n  return pool;\n}",
  },
  providerOf: {
    needs: [],
    takes: ['type'],
    text: "function providerOf(type) {\n  return keycloakSession.getProvider(Java.type(type).class);\n}",
  },
  requestOf: {
    needs: [],
    takes: ['url', 'headers', 'timeoutMs'],
    text: "function requestOf(url, headers, timeoutMs) {\n  var request = new (Java.type('org.apache.http.client.methods.HttpGet'))(url);\n  request.setConfig(\n    Java.type('org.apache.http.client.config.RequestConfig')\n      .custom()\n      .setConnectionRequestTimeout(timeoutMs)\n      .setConnectTimeout(timeoutMs)\n      .setSocketTimeout(timeoutMs)\n      .setRedirectsEnabled(false)\n      .build()\n  );\n  Object.keys(headers).forEach(function (name) {\n    request.setHeader(name, headers[name]);\n  });\n  return request;\n}",
  },
  exchange: {
    needs: ['number', 'responseOf', 'text', 'utf8'],
    takes: ['http', 'request', 'reach', 'limitBytes'],
    text: "/* On the other thread. A text, since nothing else crosses between threads as safely. */\nfunction exchange(http, request, reach, limitBytes) {\n  var response = responseOf(http, request, reach);\n  if (response === null) return 'address';\n  try {\n    var status = number(response.getStatusLine().getStatusCode());\n    if (status !== 200) return 'status ' + status;\n    var age = response.getFirstHeader('age');\n    var entity = response.getEntity();\n    if (entity === null) return 'malformed';\n    var bytes = entity.getContent().readNBytes(limitBytes + 1);\n    if (bytes.length > limitBytes) return 'too_large';\n    return 'body ' + (age === null ? '0' : text(age.getValue())) + '\\n' + utf8(bytes);\n  } catch (error) {\n    if (error instanceof Java.type('java.nio.charset.CharacterCodingException')) return 'malformed';\n    throw error;\n  } finally {\n    response.close();\n  }\n}",
  },
  responseOf: {
    needs: ['addressesOf', 'isUnconnected', 'shareTime', 'text'],
    takes: ['http', 'request', 'reach'],
    text: "/*\n * From the first address that may be reached and answers; null where none may. The address that is looked at is the one\n * that is connected to, so that a name which changes it in between gains nothing. TLS asks for the name all the same.\n */\nfunction responseOf(http, request, reach) {\n  var uri = request.getURI();\n  var host = text(uri.getHost());\n  var scheme = text(uri.getScheme()).toLowerCase();\n  var port = Number(uri.getPort());\n  var HttpHost = Java.type('org.apache.http.HttpHost');\n  var found = addressesOf(host, reach);\n  if (found.length === 0) return null;\n  shareTime(request, found.length);\n  for (var i = 0; ; i++) {\n    try {\n      // Without a port the client would resolve the name once more.\n      var target = new HttpHost(found[i], host, port > 0 ? port : scheme === 'https' ? 443 : 80, scheme);\n      return http.execute(target, request);\n    } catch (error) {\n      if (i + 1 >= found.length || !isUnconnected(error)) throw error;\n    }\n  }\n}",
  },
  addressesOf: {
    needs: ['hexadecimal', 'mayReach'],
    takes: ['host', 'reach'],
    text: "function addressesOf(host, reach) {\n  var all = Java.type('java.net.InetAddress').getAllByName(host);\n  var found = [];\n  for (var i = 0; i < all.length; i++) {\n    if (mayReach(hexadecimal(all[i].getAddress()), reach)) found.push(all[i]);\n  }\n  return found;\n}",
  },
  shareTime: {
    needs: [],
    takes: ['request', 'count'],
    text: "/* An address that says nothing leaves time for the next one. */\nfunction shareTime(request, count) {\n  var config = request.getConfig();\n  request.setConfig(\n    Java.type('org.apache.http.client.config.RequestConfig')\n      .copy(config)\n      .setConnectTimeout(Math.ceil(Number(config.getConnectTimeout()) / count))\n      .build()\n  );\n}",
  },
  isUnconnected: {
    needs: [],
    takes: ['error'],
    text: "/* Refused, unreachable, silent, or no TLS of that name: another address may be better. */\nfunction isUnconnected(error) {\n  return (\n    error instanceof Java.type('java.net.SocketException') ||\n    error instanceof Java.type('org.apache.http.conn.ConnectTimeoutException') ||\n    error instanceof Java.type('javax.net.ssl.SSLException')\n  );\n}",
  },
  hexadecimal: {
    needs: [],
    takes: ['bytes'],
    text: "function hexadecimal(bytes) {\n  var digits = '';\n  for (var i = 0; i < bytes.length; i++) digits += ((bytes[i] & 255) + 256).toString(16).slice(1);\n  return digits;\n}",
  },
  mayReach: {
    needs: ['mayReach4'],
    takes: ['address', 'reach'],
    text: "/* Whether an address may be connected to, as it may from the servers of Claimsmith. */\nfunction mayReach(address, reach) {\n  if (address.length === 8) return mayReach4(address, reach);\n  // IPv4 by another name: mapped, and NAT64.\n  var inner = /^(?:0{20}ffff|0064ff9b0{16})(.{8})$/.exec(address);\n  if (inner) return mayReach4(inner[1], reach);\n  if (/^0{31}1$/.test(address)) return reach !== 'public';\n  // Where clouds hand a machine its credentials.\n  if (reach === 'loopback' || /^(fd000ec2|fd2000ce)0{20}0254$/.test(address)) return false;\n  if (/^f[cd]/.test(address)) return reach === 'private';\n  // Global unicast, without what of it is special: 2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20.\n  return /^[23]/.test(address) && !/^(20010[01]|20010db8|2002|3fff0)/.test(address);\n}",
  },
  mayReach4: {
    needs: [],
    takes: ['address', 'reach'],
    text: "function mayReach4(address, reach) {\n  if (/^7f/.test(address)) return reach !== 'public';\n  // 0/8, 169.254/16, 192.0.0/24, 192.0.2/24, 192.88.99/24, 198.18/15, 198.51.100/24, 203.0.113/24, and from 224 on.\n  var special = /^(00|a9fe|c00000|c00002|c05863|c61[23]|c63364|cb0071|[ef])/;\n  // 100.100.100.200 and 168.63.129.16: where clouds hand a machine its credentials.\n  if (reach === 'loopback' || special.test(address) || /^(646464c8|a83f8110)$/.test(address)) return false;\n  // 10/8, 100.64/10, 172.16/12, 192.168/16.\n  return reach === 'private' || !/^(0a|64[4-7]|ac1|c0a8)/.test(address);\n}",
  },
  replyOf: {
    needs: [],
    takes: ['reply'],
    text: "function replyOf(reply) {\n  var status = /^status ([0-9]+)$/.exec(reply);\n  if (status) return { failure: 'status', passing: Number(status[1]) >= 500 || status[1] === '429' };\n  var head = /^body (.*)\\n/.exec(reply);\n  if (!head) return { failure: reply };\n  try {\n    return {\n      value: JSON.parse(reply.slice(head[0].length)),\n      ageSeconds: Number(head[1]) > 0 ? Number(head[1]) : 0\n    };\n  } catch (_error) {\n    return { failure: 'malformed' };\n  }\n}",
  },
} as const;
