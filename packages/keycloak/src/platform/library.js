/*
 * What drives a policy inside Keycloak, as ES5 for its engine (Nashorn). Functions are emitted where they are needed.
 * `user`, `realm`, `token`, `userSession` and `keycloakSession` are Keycloak's; no value of Java goes into the policy
 * as it is.
 */

/* A text of Java as one of JavaScript; undefined for null. */
function text(value) {
  return value === null || value === undefined ? undefined : String(value);
}

function number(value) {
  var read = text(value);
  return read !== undefined && /^[+-]?[0-9]+$/.test(read) ? Number(read) : undefined;
}

/* As `java.lang.Boolean.valueOf` reads it. */
function truth(value) {
  var read = text(value);
  return read === undefined ? undefined : read.toLowerCase() === 'true';
}

function parsed(value) {
  try {
    return value === undefined ? undefined : JSON.parse(value);
  } catch (_error) {
    return undefined;
  }
}

function has(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

/* The elements of a collection or stream of Java. */
function listOf(collection, read) {
  var list = [];
  for (var elements = collection.iterator(); elements.hasNext(); ) {
    var element = read(elements.next());
    if (element !== undefined) list.push(element);
  }
  return list;
}

function recordOf(map, read) {
  var record = {};
  for (var keys = map.keySet().iterator(); keys.hasNext(); ) {
    var key = keys.next();
    var value = read(map.get(key));
    if (value !== undefined && String(key) !== '__proto__') record[String(key)] = value;
  }
  return record;
}

function texts(collection) {
  return listOf(collection, text);
}

function client() {
  return keycloakSession.getContext().getClient();
}

/* Keycloak keeps roles, groups and the values of an attribute in no order. */
function sorted(collection, read) {
  return listOf(collection, read).sort();
}

/* Undefined where there is none. */
function sortedTexts(collection) {
  var all = sorted(collection, text);
  return all.length === 0 ? undefined : all;
}

/* The texts of a user attribute, as Keycloak's own mapper finds them. */
function attributes(name) {
  var KeycloakModelUtils = Java.type('org.keycloak.models.utils.KeycloakModelUtils');
  return sortedTexts(KeycloakModelUtils.resolveAttribute(user, name, false));
}

/* Of several values, none is the value. */
function one(values, read) {
  return values !== undefined && values.length === 1 ? read(values[0]) : undefined;
}

function many(values, read) {
  return values && values.map(read);
}

function fullName() {
  var parts = [text(user.getFirstName()), text(user.getLastName())].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function deepRoles() {
  return Java.type('org.keycloak.models.utils.RoleUtils').getDeepUserRoleMappings(user);
}

function realmRoles() {
  return sorted(deepRoles(), function (role) {
    return role.isClientRole() ? undefined : text(role.getName());
  });
}

function clientRoles(clientId) {
  return sorted(deepRoles(), function (role) {
    var isWanted = role.isClientRole() && text(role.getContainer().getClientId()) === clientId;
    return isWanted ? text(role.getName()) : undefined;
  });
}

function groupNames() {
  return sorted(user.getGroupsStream(), function (group) {
    return text(group.getName());
  });
}

function groupPaths() {
  var ModelToRepresentation = Java.type('org.keycloak.models.utils.ModelToRepresentation');
  return sorted(user.getGroupsStream(), function (group) {
    return text(ModelToRepresentation.buildGroupPath(group));
  });
}

function organizationAttribute(found, name) {
  var values = found.getAttributes().get(name);
  return values === null ? undefined : sortedTexts(values);
}

/* The organization that the scope names, or the only one; undefined where there is none, or a choice. */
function organization() {
  var provider = providerOf('org.keycloak.organization.OrganizationProvider');
  if (provider === null || !provider.isEnabled()) return undefined;
  var wanted = namedOrganizations();
  var found = listOf(provider.getByMember(user), function (each) {
    var isWanted = wanted === undefined || wanted.indexOf(text(each.getAlias())) >= 0;
    return each.isEnabled() && isWanted ? each : undefined;
  });
  return found.length === 1 ? found[0] : undefined;
}

/*
 * Aliases that were asked for, as far as they were granted: Keycloak takes the name of an organization that the user is not
 * in out of the scope, and no other stands in for it. Undefined where none was named.
 */
function namedOrganizations() {
  var granted = requestedScopes() || [];
  var asked = split(clientNote('scope') || granted.join(' ')).filter(function (scope) {
    return /^organization:(?!\*$)/.test(scope);
  });
  if (asked.length === 0) return undefined;
  return asked
    .filter(function (scope) {
      return granted.indexOf(scope) >= 0;
    })
    .map(function (scope) {
      return scope.slice('organization:'.length);
    });
}

function ofOrganization(read) {
  var found = organization();
  return found === undefined ? undefined : read(found);
}

/*
 * Of the access token; where an ID token comes without one, as it was asked for. Keycloak keeps scopes in no order: those
 * asked for come first, as they were asked for.
 */
function requestedScopes() {
  var note = clientNote('scope');
  if (!isAccessToken()) return note === undefined ? undefined : split(note);
  var scopes = split(text(token.getScope()) || '');
  var asked = split(note || '').filter(function (scope) {
    return scopes.indexOf(scope) >= 0;
  });
  return asked.concat(scopes).filter(function (scope, i, all) {
    return all.indexOf(scope) === i;
  });
}

function split(scopes) {
  return scopes.split(' ').filter(Boolean);
}

function clientNote(name) {
  var session = clientSession();
  return session === null ? undefined : text(session.getNote(name));
}

function clientSession() {
  return userSession.getAuthenticatedClientSessionByClient(client().getId());
}

function form() {
  return keycloakSession.getContext().getHttpRequest().getDecodedFormParameters();
}

function parameter(name) {
  var fields = form();
  return fields === null ? undefined : text(fields.getFirst(name));
}

/* All parameters but those that prove who asks. */
function parameters() {
  var secret =
    /password|secret|assertion|^code|token|otp|^request$|^device_code$|^user_code$|^auth_req_id$|credential/i;
  var found = form() === null ? {} : recordOf(form(), firstText);
  Object.keys(found).forEach(function (name) {
    if (secret.test(name)) delete found[name];
  });
  return found;
}

function firstText(values) {
  return values.isEmpty() ? undefined : text(values.get(0));
}

/* What was asked for here and at the authorization endpoint; all of it is judged. */
function authorizationDetails() {
  var asked = [parameter('authorization_details'), clientNote('client_request_param_authorization_details')];
  var details = [];
  for (var i = 0; i < asked.length; i++) {
    if (asked[i] === undefined) continue;
    var read = parsed(asked[i]);
    if (!Array.isArray(read)) return null;
    details = details.concat(read);
  }
  return details;
}

function isAccessToken() {
  return token instanceof Java.type('org.keycloak.representations.AccessToken');
}

function isServiceAccount() {
  return text(user.getServiceAccountClientLink()) !== undefined;
}

/*
 * Puts into a token what the policy decides and returns the policy marker, which becomes a claim by itself. Keycloak
 * swallows what a script throws and signs the token all the same: a token that may not be is made worthless instead.
 */
function enrichToken(policy) {
  if (isAt(/\/protocol\/openid-connect\/token\/introspect\/*$/)) return copySigned(policy);
  if (isAt(/\/(protocol\/openid-connect\/userinfo|generate-example-userinfo)\/*$/))
    return clearGranting(policy);
  try {
    if (!isMeant(policy)) return leave(policy);
    var decision = decisionOf(policy);
    if (decision.denied === undefined) {
      if (isAccessToken()) setAccess(policy, decision);
      else setClaims(policy.own.concat(policy.granting), decision.id);
      return isAccessToken() ? policy.marker : null;
    }
    refuse(isRuledOut(policy, decision) ? [endSession, endSessionAfterwards] : [detachClient]);
  } catch (_error) {
    refuse([detachClient]);
    log(policy, 'enrichment_unavailable', []);
  }
  return null;
}

/* Whose tokens are enriched: those of the policy's clients, and of their service accounts where these may have any. */
function isMeant(policy) {
  if (!policy.serviceAccounts && isServiceAccount()) return false;
  return policy.clients === null || policy.clients.indexOf(text(client().getClientId())) >= 0;
}

/*
 * Whether a deny rule holds that is about the user alone. Else something could not be told or was not there, or a rule
 * speaks of what is asked for: whoever may ask could then log the user out of everything.
 */
function isRuledOut(policy, decision) {
  return decision.outcomes.some(function (outcome) {
    var isHeld = outcome.kind === 'deny' && outcome.outcome === 'denied' && outcome.cause === undefined;
    return isHeld && policy.ofUsers.indexOf(outcome.name) >= 0;
  });
}

/*
 * A token that is none of the policy's: without its claims, its scopes, its audience and its marker. In an ID token what
 * only mappers write may be Keycloak's own.
 */
function leave(policy) {
  setClaims(isAccessToken() ? policy.all : policy.own.concat(policy.granting), {});
  if (!isAccessToken()) return null;
  dropAudience(policy.audience);
  setScopes({ remove: policy.scopes, add: [] });
  return null;
}

/* A token that has expired in 1970, and cannot be refreshed. Each step stands alone: one may fail. */
function refuse(ends) {
  [
    function () {
      token.exp(Java.type('java.lang.Long').valueOf(1));
    },
    function () {
      token.audience();
    },
    function () {
      token.getOtherClaims().clear();
    }
  ]
    .concat(ends)
    .forEach(function (step) {
      try {
        step();
      } catch (_error) {
        complain('a denied token could not be made worthless in every way');
      }
    });
}

/* Of a user whom the policy denies, for all clients. */
function endSession() {
  removeSessions(keycloakSession.sessions(), realm, userSession.getId());
}

/*
 * Keycloak makes an offline session only when it has the access token, or makes it again: so the session is ended once
 * more when all else is done, by a transaction of its own.
 */
function endSessionAfterwards() {
  var id = userSession.getId();
  var key = 'claimsmith ends ' + id;
  if (keycloakSession.getAttribute(key) !== null) return;
  keycloakSession.setAttribute(key, 'true');
  var realmId = realm.getId();
  var factory = keycloakSession.getKeycloakSessionFactory();
  afterRequest(function () {
    Java.type('org.keycloak.models.utils.KeycloakModelUtils').runJobInTransaction(
      factory,
      function (session) {
        var again = session.realms().getRealm(realmId);
        session.getContext().setRealm(again);
        removeSessions(session.sessions(), again, id);
      }
    );
  });
}

function removeSessions(sessions, of, id) {
  var offline = sessions.getOfflineUserSession(of, id);
  if (offline !== null) sessions.removeOfflineUserSession(of, offline);
  var online = sessions.getUserSession(of, id);
  if (online !== null) sessions.removeUserSession(of, online);
}

/* When the request's own transaction is over, whichever way. */
function afterRequest(work) {
  function run() {
    try {
      work();
    } catch (_error) {
      complain('a session that was denied could not be ended');
    }
  }
  function nothing() {}
  function no() {
    return false;
  }
  var Transaction = Java.extend(Java.type('org.keycloak.models.KeycloakTransaction'), {
    begin: nothing,
    commit: run,
    rollback: run,
    setRollbackOnly: nothing,
    getRollbackOnly: no,
    isActive: no
  });
  keycloakSession.getTransactionManager().enlistAfterCompletion(new Transaction());
}

/*
 * Takes this client out of the session; the user stays logged in elsewhere. An offline session stays: what failed may
 * work again, and each refresh is judged anew.
 */
function detachClient() {
  var session = userSession.isOffline() ? null : clientSession();
  if (session !== null) session.detachFromUserSession();
}

/* The audience comes last: without all the rest there is none. */
function setAccess(policy, decision) {
  setClaims(policy.own, decision.access);
  setScopes(decision.scopes);
  if (decision.lifetimeSeconds !== undefined) setLifetime(decision.lifetimeSeconds);
  token.addAudience(policy.audience);
}

/* Another mapper may have given it, or Keycloak itself. */
function dropAudience(audience) {
  var all = token.getAudience();
  if (all === null) return;
  var kept = [];
  for (var i = 0; i < all.length; i++) {
    if (text(all[i]) !== audience) kept.push(text(all[i]));
  }
  if (kept.length < all.length) token.audience(Java.to(kept, 'java.lang.String[]'));
}

/* Claims of the script's own, and none of another mapper under their names. */
function setClaims(names, values) {
  var others = token.getOtherClaims();
  names.forEach(function (name) {
    others.remove(name);
    if (has(values, name)) setClaim(name, values[name]);
  });
}

/* JSON is what both worlds read alike. */
function setClaim(name, value) {
  var JsonSerialization = Java.type('org.keycloak.util.JsonSerialization');
  var AnyValue = Java.type('java.lang.Object').class;
  token.setOtherClaims(name, JsonSerialization.readValue(JSON.stringify(value), AnyValue));
}

function setScopes(scopes) {
  var all = requestedScopes() || [];
  var kept = all.filter(function (scope) {
    return scopes.remove.indexOf(scope) < 0;
  });
  if (kept.length === all.length && scopes.add.length === 0) return;
  token.setScope(kept.concat(scopes.add).join(' '));
}

/* Never longer than the server's own. */
function setLifetime(seconds) {
  var end = number(token.getIat()) + seconds;
  if (!(number(token.getExp()) <= end)) token.exp(Java.type('java.lang.Long').valueOf(end));
}

/* One decision for all tokens of a request, be it that none could be made. */
function decisionOf(policy) {
  var key = ['claimsmith', policy.name, userSession.getId(), client().getId()].join(' ');
  var known = text(keycloakSession.getAttribute(key));
  if (known !== undefined) return JSON.parse(known);
  var decision = { denied: 'enrichment_unavailable', outcomes: [] };
  var causes = [];
  try {
    var misfit = misfitOf(policy);
    if (misfit === undefined) decision = decide(policy);
    causes = misfit === undefined ? causesOf(decision.outcomes) : [misfit];
  } catch (_error) {
    // Nothing was decided.
  }
  log(policy, decision.denied, causes);
  keycloakSession.setAttribute(key, JSON.stringify(decision));
  return decision;
}

/*
 * What of the realm did not come with this script; undefined where all did. Mappers of another revision say something
 * else under the same names, and another realm has users of its own.
 */
function misfitOf(policy) {
  if (text(realm.getName()) !== policy.realm) return 'made for another realm';
  var revisions = ownRevisions(policy);
  if (revisions.length === 0) return 'no client scopes';
  for (var i = 0; i < revisions.length; i++) {
    if (revisions[i] === policy.revision) continue;
    return 'client scopes of revision ' + (/^[0-9a-f]{8}$/.test(revisions[i]) ? revisions[i] : 'unknown');
  }
  return undefined;
}

/* The revisions of the policy's client scopes that the client has; an empty text where one says none. */
function ownRevisions(policy) {
  var name = 'claimsmith.' + policy.policy;
  function revisionOf(scope) {
    var owner = text(scope.getAttribute('claimsmith.policy'));
    var called = text(scope.getName());
    var isOwn =
      owner === undefined ? called === name || called.indexOf(name + '.') === 0 : owner === policy.policy;
    return isOwn ? text(scope.getAttribute('claimsmith.revision')) || '' : undefined;
  }
  // Those that a client always has, and those that it may ask for.
  return listOf(client().getClientScopes(true).values(), revisionOf).concat(
    listOf(client().getClientScopes(false).values(), revisionOf)
  );
}

function decide(policy) {
  var context = program.context(contextOf());
  var answers = {};
  var endMs = Date.now() + policy.deadlineMs;
  for (;;) {
    // Later than that it has waited for a server that is too busy.
    if (Date.now() > endMs + 100) throw new TypeError('late');
    var open = program.needs(context, answers).filter(isOpen);
    if (open.length === 0) return program.decide(context, answers);
    open.forEach(ask);
  }
  function isOpen(need) {
    return !has(answers, need.source);
  }
  function ask(need) {
    answers[need.source] = askSource(need.url, sources[need.source], endMs);
  }
}

/* Whether the request is for one of Keycloak's endpoints. */
function isAt(path) {
  try {
    return path.test(keycloakSession.getContext().getUri().getPath());
  } catch (_error) {
    return false;
  }
}

/* Userinfo says nothing that services grant on, whoever wrote it there. */
function clearGranting(policy) {
  try {
    setClaims(policy.granting, {});
  } catch (_error) {
    token.getOtherClaims().clear();
  }
  return null;
}

/*
 * An introspection says what was signed: nobody is asked again, and no other mapper adds to it. Keycloak has verified
 * the token before, and made this one from it: a token that is just being issued has an id that nobody can have known.
 */
function copySigned(policy) {
  try {
    var payload = parameter('token').split('.')[1];
    var signed = JSON.parse(utf8(Java.type('java.util.Base64').getUrlDecoder().decode(payload)));
    if (signed.jti !== text(token.getId())) throw new TypeError('another token');
    setClaims(policy.all, signed);
    if ([].concat(signed.aud).indexOf(policy.audience) < 0) dropAudience(policy.audience);
    return signed[policy.markerClaim] === policy.marker ? policy.marker : null;
  } catch (_error) {
    // What says nothing grants nothing.
    token.audience();
    token.getOtherClaims().clear();
    return null;
  }
}

function utf8(bytes) {
  var decoder = Java.type('java.nio.charset.StandardCharsets').UTF_8.newDecoder();
  return text(decoder.decode(Java.type('java.nio.ByteBuffer').wrap(bytes)));
}

/* A line for the server's log: names and codes of the policy, never a value. */
function log(policy, refused, causes) {
  var what = refused === undefined ? 'issued' : 'denied ' + refused;
  var line = ['claimsmith ' + policy.name, what].concat(causes).join('; ');
  try {
    if (refused === undefined) logger().debug(line);
    else logger().warn(line);
  } catch (_error) {
    // A token does not rest on a line in a log.
  }
}

/* What an operator has to look into. */
function complain(what) {
  try {
    logger().error('claimsmith: ' + what);
  } catch (_error) {
    // A token does not rest on it.
  }
}

function logger() {
  return Java.type('org.jboss.logging.Logger').getLogger('claimsmith');
}

function causesOf(outcomes) {
  return outcomes
    .filter(function (outcome) {
      return outcome.cause !== undefined;
    })
    .map(function (outcome) {
      // A requested scope may name someone's account; the other names are the policy's own.
      var name = outcome.kind === 'scope' ? outcome.kind : outcome.name;
      return name + ' ' + outcome.outcome + ': ' + outcome.cause;
    });
}

/* Asks with GET for JSON, again where that may help and fits before the end. What goes wrong is an answer too. */
function askSource(address, source, endMs) {
  var url;
  var headers;
  try {
    url = filled(address);
    headers = source.headers(setting);
  } catch (_error) {
    return { failure: 'setting' };
  }
  if (!mayAsk(url)) return { failure: 'address' };
  var reach = reachOf(address, source);
  for (var retry = 0; ; retry++) {
    var reply = attempt(url, headers, source, reach, Math.min(source.timeoutMs, endMs - Date.now()));
    if (!reply.passing || retry >= source.retries) break;
    var backOffMs = [50, 100, 200, 400][Math.min(retry, 3)] * (0.5 + Math.random() / 2);
    if (Date.now() + backOffMs + source.timeoutMs > endMs) break;
    Java.type('java.lang.Thread').sleep(Math.ceil(backOffMs));
  }
  return reply.failure === undefined
    ? { value: reply.value, ageSeconds: reply.ageSeconds }
    : { failure: reply.failure };
}

/*
 * The environment of the server says what stands behind `${NAME}`, for those names alone that it lists: it holds the
 * server's own passwords, too.
 */
function setting(name) {
  var environment = Java.type('java.lang.System');
  var listed = (text(environment.getenv('CLAIMSMITH_SETTINGS')) || '').split(/[\s,]+/);
  if (listed.indexOf(name) < 0) throw new TypeError('setting');
  var value = text(environment.getenv(name));
  // Printable ASCII: no line break to add a header with.
  if (value !== undefined && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new TypeError('setting');
}

function filled(address) {
  return address.replace(/\$\{([^{}]*)\}/g, function (_whole, name) {
    return setting(name);
  });
}

/* https, or http to this machine alone; no credentials inside. */
function mayAsk(address) {
  try {
    var uri = new (Java.type('java.net.URI'))(address);
    var host = text(uri.getHost());
    if (host === undefined || /%/.test(host) || text(uri.getUserInfo()) !== undefined) return false;
    var scheme = text(uri.getScheme()).toLowerCase();
    return scheme === 'https' || (scheme === 'http' && /^(localhost|\[::1\]|127(\.[0-9]+){3})$/.test(host));
  } catch (_error) {
    return false;
  }
}

/*
 * Whom a source may reach: the internet alone, or private networks too. A loopback address counts as declared where the
 * spec's own text writes it, not where a setting does.
 */
function reachOf(address, source) {
  if (source.isPrivate) return 'private';
  return /^https?:\/\/(localhost|127(\.[0-9]{1,3}){3}|\[::1\])([:/?#]|$)/i.test(address)
    ? 'loopback'
    : 'public';
}

/*
 * One request, on another thread: that alone bounds all of it, a server that sends a byte now and then and a name that
 * does not resolve too. This thread waits meanwhile, so that they never run at once.
 */
function attempt(url, headers, source, reach, timeoutMs) {
  if (!(timeoutMs > 0)) return { failure: 'timeout' };
  var request;
  var task;
  var threads;
  var reply;
  try {
    request = requestOf(url, headers, Math.ceil(timeoutMs));
    var http = providerOf('org.keycloak.connections.httpclient.HttpClientProvider').getHttpClient();
    task = new (Java.type('java.util.concurrent.FutureTask'))(function () {
      return exchange(http, request, reach, source.limitBytes);
    });
    threads = threadPool();
    threads.execute(task);
    reply = text(task.get(Math.ceil(timeoutMs), Java.type('java.util.concurrent.TimeUnit').MILLISECONDS));
  } catch (error) {
    if (request) request.abort();
    if (task) task.cancel(true);
    if (threads) threads.remove(task);
    var isLate = error instanceof Java.type('java.util.concurrent.TimeoutException');
    return { failure: isLate ? 'timeout' : 'network', passing: true };
  }
  return replyOf(reply);
}

/*
 * Keycloak's own, 64 threads at most: nothing can end one that waits for a name to be resolved, and each request would
 * leave another. The pool would rather queue than have more than its least number of threads.
 */
function threadPool() {
  var pool = providerOf('org.keycloak.executors.ExecutorsProvider').getExecutor('claimsmith');
  pool.setCorePoolSize(pool.getMaximumPoolSize());
  pool.allowCoreThreadTimeOut(true);
  return pool;
}

function providerOf(type) {
  return keycloakSession.getProvider(Java.type(type).class);
}

function requestOf(url, headers, timeoutMs) {
  var request = new (Java.type('org.apache.http.client.methods.HttpGet'))(url);
  request.setConfig(
    Java.type('org.apache.http.client.config.RequestConfig')
      .custom()
      .setConnectionRequestTimeout(timeoutMs)
      .setConnectTimeout(timeoutMs)
      .setSocketTimeout(timeoutMs)
      .setRedirectsEnabled(false)
      .build()
  );
  Object.keys(headers).forEach(function (name) {
    request.setHeader(name, headers[name]);
  });
  return request;
}

/* On the other thread. A text, since nothing else crosses between threads as safely. */
function exchange(http, request, reach, limitBytes) {
  var response = responseOf(http, request, reach);
  if (response === null) return 'address';
  try {
    var status = number(response.getStatusLine().getStatusCode());
    if (status !== 200) return 'status ' + status;
    var age = response.getFirstHeader('age');
    var entity = response.getEntity();
    if (entity === null) return 'malformed';
    var bytes = entity.getContent().readNBytes(limitBytes + 1);
    if (bytes.length > limitBytes) return 'too_large';
    return 'body ' + (age === null ? '0' : text(age.getValue())) + '\n' + utf8(bytes);
  } catch (error) {
    if (error instanceof Java.type('java.nio.charset.CharacterCodingException')) return 'malformed';
    throw error;
  } finally {
    response.close();
  }
}

/*
 * From the first address that may be reached and answers; null where none may. The address that is looked at is the one
 * that is connected to, so that a name which changes it in between gains nothing. TLS asks for the name all the same.
 */
function responseOf(http, request, reach) {
  var uri = request.getURI();
  var host = text(uri.getHost());
  var scheme = text(uri.getScheme()).toLowerCase();
  var port = Number(uri.getPort());
  var HttpHost = Java.type('org.apache.http.HttpHost');
  var found = addressesOf(host, reach);
  if (found.length === 0) return null;
  shareTime(request, found.length);
  for (var i = 0; ; i++) {
    try {
      // Without a port the client would resolve the name once more.
      var target = new HttpHost(found[i], host, port > 0 ? port : scheme === 'https' ? 443 : 80, scheme);
      return http.execute(target, request);
    } catch (error) {
      if (i + 1 >= found.length || !isUnconnected(error)) throw error;
    }
  }
}

function addressesOf(host, reach) {
  var all = Java.type('java.net.InetAddress').getAllByName(host);
  var found = [];
  for (var i = 0; i < all.length; i++) {
    if (mayReach(hexadecimal(all[i].getAddress()), reach)) found.push(all[i]);
  }
  return found;
}

/* An address that says nothing leaves time for the next one. */
function shareTime(request, count) {
  var config = request.getConfig();
  request.setConfig(
    Java.type('org.apache.http.client.config.RequestConfig')
      .copy(config)
      .setConnectTimeout(Math.ceil(Number(config.getConnectTimeout()) / count))
      .build()
  );
}

/* Refused, unreachable, silent, or no TLS of that name: another address may be better. */
function isUnconnected(error) {
  return (
    error instanceof Java.type('java.net.SocketException') ||
    error instanceof Java.type('org.apache.http.conn.ConnectTimeoutException') ||
    error instanceof Java.type('javax.net.ssl.SSLException')
  );
}

function hexadecimal(bytes) {
  var digits = '';
  for (var i = 0; i < bytes.length; i++) digits += ((bytes[i] & 255) + 256).toString(16).slice(1);
  return digits;
}

/* Whether an address may be connected to, as it may from the servers of Claimsmith. */
function mayReach(address, reach) {
  if (address.length === 8) return mayReach4(address, reach);
  // IPv4 by another name: mapped, and NAT64.
  var inner = /^(?:0{20}ffff|0064ff9b0{16})(.{8})$/.exec(address);
  if (inner) return mayReach4(inner[1], reach);
  if (/^0{31}1$/.test(address)) return reach !== 'public';
  // Where clouds hand a machine its credentials.
  if (reach === 'loopback' || /^(fd000ec2|fd2000ce)0{20}0254$/.test(address)) return false;
  if (/^f[cd]/.test(address)) return reach === 'private';
  // Global unicast, without what of it is special: 2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20.
  return /^[23]/.test(address) && !/^(20010[01]|20010db8|2002|3fff0)/.test(address);
}

function mayReach4(address, reach) {
  if (/^7f/.test(address)) return reach !== 'public';
  // 0/8, 169.254/16, 192.0.0/24, 192.0.2/24, 192.88.99/24, 198.18/15, 198.51.100/24, 203.0.113/24, and from 224 on.
  var special = /^(00|a9fe|c00000|c00002|c05863|c61[23]|c63364|cb0071|[ef])/;
  // 100.100.100.200 and 168.63.129.16: where clouds hand a machine its credentials.
  if (reach === 'loopback' || special.test(address) || /^(646464c8|a83f8110)$/.test(address)) return false;
  // 10/8, 100.64/10, 172.16/12, 192.168/16.
  return reach === 'private' || !/^(0a|64[4-7]|ac1|c0a8)/.test(address);
}

function replyOf(reply) {
  var status = /^status ([0-9]+)$/.exec(reply);
  if (status) return { failure: 'status', passing: Number(status[1]) >= 500 || status[1] === '429' };
  var head = /^body (.*)\n/.exec(reply);
  if (!head) return { failure: reply };
  try {
    return {
      value: JSON.parse(reply.slice(head[0].length)),
      ageSeconds: Number(head[1]) > 0 ? Number(head[1]) : 0
    };
  } catch (_error) {
    return { failure: 'malformed' };
  }
}
