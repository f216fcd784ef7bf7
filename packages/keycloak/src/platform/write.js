/**
 * The audience is set last, so that a token without the rest has no audience.
 * @type {(policy: Policy, decision: Issued) => void}
 */
function setAccess(policy, decision) {
  setClaims(policy.own, decision.access);
  var act = policy.act && policy.act();
  if (act) setClaim('act', act);
  setScopes(decision.scopes);
  if (decision.lifetimeSeconds !== undefined) setLifetime(decision.lifetimeSeconds);
  token.addAudience(policy.audience);
}

/**
 * Sets the script's claims, and removes other mappers' claims of the same names.
 * @type {(names: string[], values: Record<string, unknown>) => void}
 */
function setClaims(names, values) {
  var others = token.getOtherClaims();
  names.forEach(function (name) {
    others.remove(name);
    if (has(values, name)) setClaim(name, values[name]);
  });
}

/**
 * Takes claims of other mappers out, except those that a signed token has. Three are fields of an access token, and not among
 * its other claims.
 * @type {(names: string[] | undefined, signed: Record<string, unknown>) => void}
 */
function removeClaims(names, signed) {
  var removed = (names || []).filter(function (name) {
    return !has(signed, name);
  });
  setClaims(removed, {});
  if (!isAccessToken()) return;
  if (removed.indexOf('realm_access') >= 0) token.setRealmAccess(null);
  if (removed.indexOf('resource_access') >= 0) token.setResourceAccess(null);
  if (removed.indexOf('allowed-origins') >= 0) token.setAllowedOrigins(null);
}

/**
 * Converts through JSON, which Java and JavaScript read in the same way.
 * @type {(name: string, value: unknown) => void}
 */
function setClaim(name, value) {
  var JsonSerialization = Java.type('org.keycloak.util.JsonSerialization');
  var AnyValue = Java.type('java.lang.Object').class;
  token.setOtherClaims(name, JsonSerialization.readValue(JSON.stringify(value), AnyValue));
}

/** @type {(scopes: Issued['scopes']) => void} */
function setScopes(scopes) {
  var all = requestedScopes() || [];
  var kept = all.filter(function (scope) {
    return scopes.remove.indexOf(scope) < 0;
  });
  if (kept.length === all.length && scopes.add.length === 0) return;
  token.setScope(kept.concat(scopes.add).join(' '));
}

/**
 * Shortens the token's life; never lengthens it.
 * @type {(seconds: number) => void}
 */
function setLifetime(seconds) {
  var end = Number(text(token.getIat())) + seconds;
  if (!(Number(text(token.getExp())) <= end)) token.exp(Java.type('java.lang.Long').valueOf(end));
}

/**
 * Removes an audience that another mapper or Keycloak itself has given.
 * @type {(audience: string) => void}
 */
function dropAudience(audience) {
  var all = token.getAudience();
  if (all === null) return;
  var kept = [];
  for (var i = 0; i < all.length; i++) {
    if (text(all[i]) !== audience) kept.push(text(all[i]));
  }
  if (kept.length < all.length) token.audience(Java.to(kept, 'java.lang.String[]'));
}
