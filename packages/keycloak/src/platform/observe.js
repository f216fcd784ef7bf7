/**
 * For a policy that only observes some or all tokens.
 * @type {(policy: Policy) => string | null}
 */
function enrichUnlessObserved(policy) {
  return isObserved(policy) ? observeToken(policy) : enrichToken(policy);
}

/**
 * Whether the policy only observes the token. It is in force for a client that is not known.
 * @type {(policy: Policy) => boolean}
 */
function isObserved(policy) {
  var observe = policy.observe;
  if (observe === undefined || observe === true) return observe === true;
  try {
    var id = text(client().getClientId());
    if (id === undefined) return false;
    return observe.clients ? observe.clients.indexOf(id) >= 0 : (observe.except || [id]).indexOf(id) < 0;
  } catch (_error) {
    return false;
  }
}

/**
 * Logs what the policy would do, once for all tokens of a request. Nothing of the policy is in force, so whatever fails here
 * leaves the token as it is. Only scopes that the realm has because of the policy are taken out.
 * @type {(policy: Policy) => null}
 */
function observeToken(policy) {
  try {
    if (isAccessToken() && policy.scopes.length > 0) setScopes({ remove: policy.scopes, add: [] });
    if (isAt(/\/(token\/introspect|userinfo|generate-example-[a-z-]+)\/*$/) || !isMeant(policy)) return null;
    var key = ['claimsmith', policy.name, 'observed', userSession.getId(), client().getId()].join(' ');
    if (text(keycloakSession.getAttribute(key)) !== undefined) return null;
    keycloakSession.setAttribute(key, 'observed');
    var issued = decided(policy);
    issued.isObserved = true;
    record(policy, issued);
  } catch (_error) {
    // The token stays as it is.
  }
  return null;
}
