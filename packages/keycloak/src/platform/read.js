/** @type {() => ClientModel} */
function client() {
  return keycloakSession.getContext().getClient();
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
 * The texts of a user attribute, as Keycloak's own mapper finds them.
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

/** @type {<T>(read: (found: OrganizationModel) => T) => T | undefined} */
function ofOrganization(read) {
  var found = organization();
  return found === undefined ? undefined : read(found);
}

/**
 * The organization that the scope names, or the only one; undefined where there is none, or a choice.
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
 * Aliases that were asked for, as far as they were granted: Keycloak takes the name of an organization that the user is not
 * in out of the scope, and no other stands in for it. Undefined where none was named.
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
 * Of the access token; where an ID token comes without one, as it was asked for. Keycloak keeps scopes in no order: those
 * asked for come first, as they were asked for.
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
 * All parameters but those that prove who asks.
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

/** @type {() => MultivaluedMap | null} */
function form() {
  return keycloakSession.getContext().getHttpRequest().getDecodedFormParameters();
}

/** @type {(values: JavaList<JavaText>) => string | undefined} */
function firstText(values) {
  return values.isEmpty() ? undefined : text(values.get(0));
}

/**
 * What was asked for here and at the authorization endpoint; all of it is judged.
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
