/** @type {() => ClientModel} */
function client() {
  return keycloakSession.getContext().getClient();
}

/**
 * What the client has proven in this request, by the attribute that says what it has to prove. Keycloak authenticates a client
 * only in the way that is set for it, and has compared both attributes with an assertion that it has verified. Other grants
 * are left out: some come without authentication of the client, or name another client.
 * @type {(attribute: string) => string | undefined}
 */
function workload(attribute) {
  var found = client();
  var isProven =
    isServiceAccount() &&
    isAt(/\/protocol\/openid-connect\/token\/*$/) &&
    parameter('grant_type') === 'client_credentials' &&
    !found.isPublicClient() &&
    text(found.getClientAuthenticatorType()) === 'federated-jwt';
  return isProven ? text(found.getAttribute(attribute)) : undefined;
}

/** @type {() => boolean} */
function isAccessToken() {
  return token instanceof Java.type('org.keycloak.representations.AccessToken');
}

/** @type {() => boolean} */
function isServiceAccount() {
  return text(user.getServiceAccountClientLink()) !== undefined;
}

/** @type {() => string | undefined} */
function fullName() {
  var parts = [text(user.getFirstName()), text(user.getLastName())].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/**
 * The texts of a user attribute, found as Keycloak's own mapper does.
 * @type {(name: string) => string[] | undefined}
 */
function attributes(name) {
  var KeycloakModelUtils = Java.type('org.keycloak.models.utils.KeycloakModelUtils');
  return sortedTexts(KeycloakModelUtils.resolveAttribute(user, name, false));
}

/** @type {() => string[]} */
function realmRoles() {
  return sorted(deepRoles(), function (role) {
    return role.isClientRole() ? undefined : text(role.getName());
  });
}

/** @type {(clientId: string) => string[]} */
function clientRoles(clientId) {
  return sorted(deepRoles(), function (role) {
    var isWanted = role.isClientRole() && text(role.getContainer().getClientId()) === clientId;
    return isWanted ? text(role.getName()) : undefined;
  });
}

/**
 * The roles of several clients, each after the id of its client.
 * @type {(clientIds: string[]) => string[]}
 */
function rolesOfClients(clientIds) {
  return sorted(deepRoles(), function (role) {
    if (!role.isClientRole()) return undefined;
    var owner = text(role.getContainer().getClientId());
    return clientIds.indexOf(owner) >= 0 ? owner + ':' + text(role.getName()) : undefined;
  });
}

/**
 * The texts that the user's roles have for an attribute, each once.
 * @type {(name: string) => string[] | undefined}
 */
function roleAttributes(name) {
  /** @type {string[]} */
  var all = [];
  listOf(deepRoles(), function (role) {
    all = all.concat(listOf(role.getAttributeStream(name), text));
  });
  var each = all.sort().filter(function (value, i) {
    return value !== all[i - 1];
  });
  return each.length === 0 ? undefined : each;
}

/** @type {() => JavaIterable<RoleModel>} */
function deepRoles() {
  return Java.type('org.keycloak.models.utils.RoleUtils').getDeepUserRoleMappings(user);
}

/** @type {() => string[]} */
function groupNames() {
  return sorted(user.getGroupsStream(), function (group) {
    return text(group.getName());
  });
}

/** @type {() => string[]} */
function groupPaths() {
  var ModelToRepresentation = Java.type('org.keycloak.models.utils.ModelToRepresentation');
  return sorted(user.getGroupsStream(), function (group) {
    return text(ModelToRepresentation.buildGroupPath(group));
  });
}

/**
 * The accounts at identity providers that are linked to the user's; Keycloak does not keep their profiles.
 * @type {() => LinkedIdentity[]}
 */
function identities() {
  var links = keycloakSession.users().getFederatedIdentitiesStream(realm, user);
  return listOf(links, function (link) {
    var alias = text(link.getIdentityProvider());
    var provider = keycloakSession.identityProviders().getByAlias(alias);
    return {
      provider: provider === null ? undefined : text(provider.getProviderId()),
      connection: alias,
      id: text(link.getUserId())
    };
  }).sort(function (a, b) {
    return a.connection < b.connection ? -1 : 1;
  });
}

/** @type {<T>(read: (found: OrganizationModel) => T) => T | undefined} */
function ofOrganization(read) {
  var found = organization();
  return found === undefined ? undefined : read(found);
}

/**
 * The organization that the scope names, or the only one; undefined if there is none, or more than one.
 * @type {() => OrganizationModel | undefined}
 */
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

/**
 * Requested aliases that were granted: Keycloak removes an organization that the user is not in from the scope, without
 * a replacement. Undefined if none was named.
 * @type {() => string[] | undefined}
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

/** @type {(found: OrganizationModel, name: string) => string[] | undefined} */
function organizationAttribute(found, name) {
  var values = found.getAttributes().get(name);
  return values === null ? undefined : sortedTexts(values);
}

/**
 * The scopes of the access token; for an ID token without one, the requested scopes. Keycloak does not keep the order of
 * scopes: requested ones come first, in the order of the request.
 * @type {() => string[] | undefined}
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

/** @type {(scopes: string) => string[]} */
function split(scopes) {
  return scopes.split(' ').filter(Boolean);
}

/** @type {(name: string) => string | undefined} */
function clientNote(name) {
  var session = clientSession();
  return session === null ? undefined : text(session.getNote(name));
}

/** @type {() => AuthenticatedClientSessionModel | null} */
function clientSession() {
  return userSession.getAuthenticatedClientSessionByClient(client().getId());
}

/** @type {(name: string) => string | undefined} */
function parameter(name) {
  var fields = form();
  return fields === null ? undefined : text(fields.getFirst(name));
}

/**
 * All parameters except credentials.
 * @type {() => Record<string, string>}
 */
function parameters() {
  var secret =
    /password|secret|assertion|^code|token|otp|^request$|^device_code$|^user_code$|^auth_req_id$|credential/i;
  var fields = form();
  /** @type {Record<string, string>} */
  var found = fields === null ? {} : recordOf(fields, firstText);
  Object.keys(found).forEach(function (name) {
    if (secret.test(name)) delete found[name];
  });
  return found;
}

/**
 * Who acts for the user: the client that exchanges a token, whoever a mapper has written as `act`, or the administrator who
 * impersonates the user. An empty text if it is unreadable who does.
 * @type {() => unknown}
 */
function actor() {
  // Keycloak does not say what becomes of these parameters.
  if (['actor_token', 'requested_subject', 'subject_issuer'].some(parameter)) return '';
  var grantType = parameter('grant_type');
  if (grantType === 'urn:ietf:params:oauth:grant-type:token-exchange') return exchangingClient();
  // With other grants, such as UMA's, the token may come from an exchanged one.
  var ofUsers =
    /^(authorization_code|implicit|password|client_credentials|refresh_token|urn:ietf:params:oauth:grant-type:device_code|urn:openid:params:grant-type:ciba)$/;
  if (grantType !== undefined && !ofUsers.test(grantType)) return '';
  if (grantType === 'refresh_token' && mayRefreshExchanged(client()) && hasExchanged()) return '';
  var act = token.getOtherClaims().get('act');
  if (act === null) return administrator();
  var written = text(Java.type('org.keycloak.util.JsonSerialization').writeValueAsString(act));
  return written === '{}' ? '' : JSON.parse(written);
}

/** @type {() => { sub: string } | undefined} */
function administrator() {
  var id = text(userSession.getNote('IMPERSONATOR_ID'));
  return id === undefined ? undefined : { sub: id };
}

/**
 * The client that exchanges a token, and whoever acts with that token, which Keycloak has verified. If it has been
 * exchanged and does not say by whom, it is unreadable who acts. So it is if there may be a refresh token, which does not
 * say either that it comes from an exchange: one is asked for, or this is the former token exchange (V1).
 * @type {() => unknown}
 */
function exchangingClient() {
  var subject = payloadOf(parameter('subject_token'));
  var isStandard = isAt(/\/protocol\/openid-connect\/token\/*$/) && grantOf(text(token.getId())) === 'te';
  var wanted = parameter('requested_token_type');
  if (!isStandard || wanted === 'urn:ietf:params:oauth:token-type:refresh_token') return '';
  if (subject.act === undefined && mayBeExchanged(subject)) return '';
  var act = subject.act === undefined ? administrator() : subject.act;
  var sub = text(client().getClientId());
  return act === undefined ? { sub: sub } : { sub: sub, act: act };
}

/**
 * How a token was issued, in two letters of its id: `te` by an exchange, `rt` by a refresh, `na` if Keycloak does not say.
 * @type {(jti: unknown) => string | undefined}
 */
function grantOf(jti) {
  var found = /^[a-z]{4}([a-z]{2}):/.exec(String(jti));
  return found === null ? undefined : found[1];
}

/**
 * Whether a token may come from an exchange: all may but those that are marked as a login's. Implicit logins are not marked.
 * @type {(subject: Record<string, unknown>) => boolean}
 */
function mayBeExchanged(subject) {
  var grant = grantOf(subject.jti);
  if (grant !== 'rt') return ['ac', 'ro', 'cc', 'dg', 'ci'].indexOf(grant || '') < 0;
  var holder = realm.getClientByClientId(String(subject.azp));
  return holder === null || mayRefreshExchanged(holder);
}

/**
 * Whether a client may get refresh tokens by an exchange. Nothing in what it gets with them says so.
 * @type {(found: ClientModel) => boolean}
 */
function mayRefreshExchanged(found) {
  var setting = text(found.getAttribute('standard.token.exchange.enableRefreshRequestedTokenType'));
  return setting !== undefined && setting !== 'NO';
}

/**
 * Whether the client has exchanged a token in this session.
 * @type {() => boolean}
 */
function hasExchanged() {
  var session = clientSession();
  var notes = session === null ? {} : recordOf(session.getNotes(), text);
  return Object.keys(notes).some(function (name) {
    return name.indexOf('token_exchange_subject_client') === 0;
  });
}

/**
 * The claims of a token. Its signature is not checked.
 * @type {(jwt: unknown) => Record<string, unknown>}
 */
function payloadOf(jwt) {
  var payload = String(jwt).split('.')[1];
  return JSON.parse(utf8(Java.type('java.util.Base64').getUrlDecoder().decode(payload)));
}

/** @type {(name: string) => string | undefined} */
function header(name) {
  return text(keycloakSession.getContext().getRequestHeaders().getHeaderString(name));
}

/** @type {() => MultivaluedMap | null} */
function form() {
  return keycloakSession.getContext().getHttpRequest().getDecodedFormParameters();
}

/** @type {(values: JavaList<JavaText>) => string | undefined} */
function firstText(values) {
  return values.isEmpty() ? undefined : text(values.get(0));
}

/**
 * The details requested here and at the authorization endpoint; the policy decides about all of them.
 * @type {() => unknown[] | null}
 */
function authorizationDetails() {
  var asked = [parameter('authorization_details'), clientNote('client_request_param_authorization_details')];
  /** @type {unknown[]} */
  var details = [];
  for (var i = 0; i < asked.length; i++) {
    if (asked[i] === undefined) continue;
    var read = parsed(asked[i]);
    if (!Array.isArray(read)) return null;
    details = details.concat(read);
  }
  return details;
}
