/*
 * The part of every policy program that does not depend on the policy. ES5 in syntax and built-ins: it runs in
 * Node, in browsers and in Nashorn. `npm run generate` cuts this file into
 * library.gen.ts; a program takes the functions that it names.
 *
 * `policy` is the table that generate-program.ts writes. Expressions are functions (c, s, k, p): the checked
 * context, the sources' records, the claims so far, and what a scope or an authorization detail binds.
 */

/* ---- readers: untrusted data in, a value of the declared type or undefined out ---- */

function fieldOf(object, name) {
  if (typeof object !== 'object' || object === null) return undefined;
  return Object.prototype.hasOwnProperty.call(object, name) ? object[name] : undefined;
}

function readString(value) {
  return typeof value === 'string' ? value : undefined;
}

function readBool(value) {
  return typeof value === 'boolean' ? value : undefined;
}

function readInt(value) {
  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991
    ? value + 0
    : undefined;
}

function readDouble(value) {
  return typeof value === 'number' && isFinite(value) ? value : undefined;
}

function readAny(value) {
  return value === null || typeof value === 'function' ? undefined : value;
}

function readList(value, read) {
  if (!Array.isArray(value)) return undefined;
  var list = [];
  for (var i = 0; i < value.length; i++) {
    var element = read(value[i]);
    if (element === undefined) return undefined;
    list.push(element);
  }
  return list;
}

function readMap(value, read) {
  if (!isMapping(value)) return undefined;
  var map = {};
  for (var key in value) {
    if (!Object.prototype.hasOwnProperty.call(value, key)) continue;
    var element = key === '__proto__' ? undefined : read(value[key]);
    if (element === undefined) return undefined;
    map[key] = element;
  }
  return map;
}

function isMapping(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/* ---- bounds: (claim, value) -> why the value does not fit, or undefined ---- */

/* For types that may hold what is no JSON: dyn, and doubles that arithmetic made infinite. */
function notJson(_claim, value) {
  return isJson(value, 0) ? undefined : 'not_json';
}

function notFinite(_claim, value) {
  return isFinite(value) ? undefined : 'not_json';
}

function tooManyItems(claim, value) {
  return Array.isArray(value) && value.length > claim.maxItems ? 'max_items' : undefined;
}

function tooManyBytes(claim, value) {
  return jsonSize(value) > claim.maxBytes ? 'max_bytes' : undefined;
}

function isJson(value, depth) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return isFinite(value);
  if (typeof value !== 'object' || depth > 50) return false;
  if (Array.isArray(value)) {
    for (var i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1)) return false;
    return true;
  }
  if (Object.prototype.toString.call(value) !== '[object Object]') return false;
  for (var key in value) {
    if (!Object.prototype.hasOwnProperty.call(value, key)) continue;
    if (key === '__proto__' || !isJson(value[key], depth + 1)) return false;
  }
  return true;
}

/* UTF-8 bytes as JSON. Engines before ES2019 leave lone surrogates bare, so they are counted as their escape. */
function jsonSize(value) {
  var text = JSON.stringify(value);
  var bytes = 0;
  for (var i = 0; i < text.length; i++) {
    var unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;
    else if (unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 4;
      i += 1;
    } else bytes += 6;
  }
  return bytes;
}

function unfit(claim, value) {
  if (value === undefined || value === null) return 'absent';
  for (var i = 0; claim.bounds !== undefined && i < claim.bounds.length; i++) {
    var cause = claim.bounds[i](claim, value);
    if (cause !== undefined) return cause;
  }
  return undefined;
}

/* ---- sources ---- */

/* One segment or parameter of an address. Dots alone would be taken for a step up the path. */
function escapePart(value) {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  var text = String(value);
  if (text === '' || text === '.' || text === '..') return undefined;
  return encodeURIComponent(text);
}

/* The address to ask, or undefined where a placeholder has no usable value. */
function urlOf(source, c) {
  var url = '';
  try {
    for (var i = 0; i < source.url.length; i++) {
      var piece = source.url[i];
      var text = typeof piece === 'string' ? piece : escapePart(piece(c));
      if (text === undefined) return undefined;
      url += text;
    }
  } catch (_error) {
    return undefined;
  }
  return url;
}

/* The sources' records with a failure by name where there is nothing to trust. */
function takeAnswers(policy, answers) {
  var taken = { records: {}, failures: {}, ages: {} };
  for (var i = 0; i < policy.sources.length; i++) {
    var source = policy.sources[i];
    var answer = fieldOf(answers, source.name);
    var failure = answer === undefined ? 'unbound' : fieldOf(answer, 'failure');
    var value = failure === undefined ? fieldOf(answer, 'value') : undefined;
    if (failure === undefined && !isMapping(value)) failure = 'malformed';
    if (failure !== undefined) taken.failures[source.name] = source.name + ':' + failure;
    taken.records[source.name] = source.read(value);
    taken.ages[source.name] = fieldOf(answer, 'ageSeconds');
  }
  return taken;
}

/* Rows leave out what they do not have: a claim without sources has no list of them. */
function includes(list, value) {
  return list !== undefined && list.indexOf(value) >= 0;
}

function firstFailure(sources, taken) {
  for (var i = 0; sources !== undefined && i < sources.length; i++) {
    if (taken.failures[sources[i]] !== undefined) return taken.failures[sources[i]];
  }
  return undefined;
}

/* A claim's bound on age; what it rests on may come through other claims. */
function firstStale(policy, claim, taken) {
  var budget = claim.maxAgeSeconds - (policy.lifetimeSeconds || 0);
  for (var i = 0; i < claim.restsOn.length; i++) {
    var age = taken.ages[claim.restsOn[i]];
    if (age !== undefined && !(age <= budget)) return claim.restsOn[i] + ':stale';
  }
  return undefined;
}

/* ---- evaluation ---- */

function causeOf(error) {
  return error && typeof error.code === 'string' ? error.code : 'internal';
}

/* A condition: { holds } or { cause }. A condition that can't be told never counts as either. */
function test(condition, sources, taken, c, k, p) {
  var cause = firstFailure(sources, taken);
  if (cause !== undefined) return { holds: false, cause: cause };
  try {
    var holds = condition(c, taken.records, k, p);
    return typeof holds === 'boolean'
      ? { holds: holds, cause: undefined }
      : { holds: false, cause: 'type_mismatch' };
  } catch (error) {
    return { holds: false, cause: causeOf(error) };
  }
}

function note(kind, name, outcome, cause) {
  return cause === undefined
    ? { kind: kind, name: name, outcome: outcome }
    : { kind: kind, name: name, outcome: outcome, cause: cause };
}

/* ---- gates: (claim, c) -> whether the claim is meant for this audience or client ---- */

function forAudience(claim, c) {
  return includes(claim.audiences, c.request.audience);
}

function forClient(claim, c) {
  return includes(claim.clients, c.client.id);
}

function isAddressed(claim, c) {
  for (var i = 0; claim.gates !== undefined && i < claim.gates.length; i++)
    if (!claim.gates[i](claim, c)) return false;
  return true;
}

/* The first deny rule that holds or can't be told; `withSources` false looks only at rules that ask nobody. */
function denyBy(policy, c, taken, withSources) {
  for (var i = 0; i < policy.deny.length; i++) {
    var rule = policy.deny[i];
    if (!withSources && rule.sources !== undefined) continue;
    var verdict = test(rule.when, rule.sources, taken, c);
    if (verdict.holds) return { reason: rule.reason, outcome: note('deny', rule.reason, 'denied') };
    if (verdict.cause !== undefined) {
      return {
        reason: 'enrichment_unavailable',
        outcome: note('deny', rule.reason, 'denied', verdict.cause)
      };
    }
  }
  return undefined;
}

/* Why a claim has no value here, or undefined with the value in `slot`. */
function missingCause(policy, claim, c, taken, k, slot) {
  var cause = firstFailure(claim.sources, taken);
  if (cause === undefined && claim.stale !== undefined) cause = claim.stale(policy, claim, taken);
  if (cause !== undefined) return cause;
  try {
    slot.value = claim.value === undefined ? claim.constant : claim.value(c, taken.records, k);
    return unfit(claim, slot.value);
  } catch (error) {
    return causeOf(error);
  }
}

function evaluateClaim(policy, claim, c, taken, k, decision) {
  if (!isAddressed(claim, c)) return note('claim', claim.name, 'skipped');
  var verdict = claim.when === undefined ? { holds: true } : test(claim.when, claim.whenSources, taken, c, k);
  if (!verdict.holds && verdict.cause === undefined) return note('claim', claim.name, 'skipped');
  var slot = { value: undefined };
  var cause = verdict.holds ? missingCause(policy, claim, c, taken, k, slot) : verdict.cause;
  if (cause !== undefined) {
    if (claim.onMissing === 'omit') return note('claim', claim.name, 'omitted', cause);
    if (claim.onMissing === 'deny') {
      decision.denied = decision.denied || 'enrichment_unavailable';
      return note('claim', claim.name, 'denied', cause);
    }
    slot.value = claim.onMissing.value;
  }
  k[claim.name] = slot.value;
  if (claim.access) decision.access[claim.as] = slot.value;
  if (claim.id) decision.id[claim.as] = slot.value;
  return note('claim', claim.name, cause === undefined ? 'emitted' : 'default', cause);
}

function evaluateClaims(policy, c, taken, decision) {
  var k = policy.emptyClaims();
  for (var i = 0; i < policy.claims.length; i++) {
    decision.outcomes.push(evaluateClaim(policy, policy.claims[i], c, taken, k, decision));
  }
  return k;
}

/* What the placeholders of a scope stand for in `name`, or undefined where it does not match. */
function matchScope(scope, name) {
  var pieces = scope.pattern;
  if (pieces.length === 1) return name === pieces[0] ? {} : undefined;
  if (name.indexOf(pieces[0]) !== 0) return undefined;
  var bound = {};
  var at = pieces[0].length;
  for (var i = 1; i < pieces.length; i++) {
    var end = pieces[i] === '' ? name.length : name.indexOf(pieces[i], at);
    if (end - at < 1 || end - at > 128) return undefined;
    bound[scope.placeholders[i - 1]] = name.slice(at, end);
    at = end + pieces[i].length;
  }
  return at === name.length ? bound : undefined;
}

/* Scopes that the issuer can't tell are taken for asked, all but those that name one object. */
function evaluateScopes(policy, c, taken, k, decision) {
  for (var i = 0; i < policy.scopes.length; i++) {
    var scope = policy.scopes[i];
    var asked = c.request.scopes || (scope.placeholders === undefined ? [scope.name] : undefined);
    if (asked === undefined) {
      decision.denied = decision.denied || 'enrichment_unavailable';
      decision.outcomes.push(note('scope', scope.name, 'denied', 'scopes_unknown'));
      continue;
    }
    var isAsked = false;
    for (var j = 0; j < asked.length; j++) {
      var bound = matchScope(scope, asked[j]);
      if (bound === undefined) continue;
      isAsked = true;
      var verdict = test(scope.grant, scope.sources, taken, c, k, bound);
      if (!verdict.holds && !includes(decision.scopes.remove, asked[j]))
        decision.scopes.remove.push(asked[j]);
      decision.outcomes.push(note('scope', asked[j], verdict.holds ? 'granted' : 'refused', verdict.cause));
    }
    if (scope.add && !isAsked && test(scope.grant, scope.sources, taken, c, k, {}).holds) {
      decision.scopes.add.push(scope.name);
      decision.outcomes.push(note('scope', scope.name, 'granted'));
    }
  }
}

function evaluateDetails(policy, c, taken, k, decision) {
  if (c.request.authorization_details === undefined) {
    decision.denied = decision.denied || 'enrichment_unavailable';
    decision.outcomes.push(note('detail', policy.details[0].type, 'denied', 'authorization_details_unknown'));
    return;
  }
  for (var i = 0; i < c.request.authorization_details.length; i++) {
    var requested = c.request.authorization_details[i];
    for (var j = 0; j < policy.details.length; j++) {
      var detail = policy.details[j];
      if (fieldOf(requested, 'type') !== detail.type) continue;
      var verdict = test(detail.grant, detail.sources, taken, c, k, { detail: detail.read(requested) });
      if (!verdict.holds) decision.denied = decision.denied || 'authorization_details_refused';
      decision.outcomes.push(
        note('detail', detail.type, verdict.holds ? 'granted' : 'refused', verdict.cause)
      );
    }
  }
}

function decideBy(policy, c, answers) {
  var taken = policy.takeAnswers(policy, answers);
  var decision = {
    denied: undefined,
    access: {},
    id: {},
    scopes: { add: [], remove: [] },
    lifetimeSeconds: policy.lifetimeSeconds,
    outcomes: []
  };
  // What needs no source comes first, here as in needsBy: then nobody is asked about who is refused anyway.
  var deny = denyBy(policy, c, taken, false) || denyBy(policy, c, taken, true);
  if (deny !== undefined) {
    decision.denied = deny.reason;
    decision.outcomes.push(deny.outcome);
  } else {
    var k = evaluateClaims(policy, c, taken, decision);
    for (var i = 0; policy.afterClaims !== undefined && i < policy.afterClaims.length; i++) {
      policy.afterClaims[i](policy, c, taken, k, decision);
    }
  }
  if (decision.denied !== undefined) {
    decision.access = {};
    decision.id = {};
    decision.scopes = { add: [], remove: [] };
  } else if (policy.marker !== undefined) decision.access[policy.marker.claim] = policy.marker.value;
  return decision;
}

/* ---- what must be asked ---- */

function needsBy(policy, c, answers) {
  var needs = [];
  var taken = takeAnswers(policy, answers);
  if (denyBy(policy, c, taken, false) !== undefined) return needs;
  for (var i = 0; i < policy.sources.length; i++) {
    var source = policy.sources[i];
    if (fieldOf(answers, source.name) !== undefined || !isNeeded(policy, source.name, c, taken, answers))
      continue;
    var url = urlOf(source, c);
    if (url !== undefined) needs.push({ source: source.name, url: url });
  }
  return needs;
}

/* Each kind of reader says whether one of its rows will surely read the source. */
function isNeeded(policy, source, c, taken, answers) {
  for (var i = 0; policy.readers !== undefined && i < policy.readers.length; i++) {
    if (policy.readers[i](policy, source, c, taken, answers)) return true;
  }
  return false;
}

function isReadByDeny(policy, source) {
  for (var i = 0; i < policy.deny.length; i++) if (includes(policy.deny[i].sources, source)) return true;
  return false;
}

function isReadByClaims(policy, source, c, taken, answers) {
  for (var i = 0; i < policy.claims.length; i++) {
    var claim = policy.claims[i];
    if (!isAddressed(claim, c)) continue;
    if (includes(claim.whenSources, source)) return true;
    if (!includes(claim.sources, source)) continue;
    if (claim.when === undefined) return true;
    // Whether the claim will be emitted may rest on other sources and claims; those come first.
    var k = claim.claimsBefore && claim.claimsBefore(policy, claim, c, taken, answers);
    if (k !== null && test(claim.when, claim.whenSources, taken, c, k).holds) return true;
  }
  return false;
}

/* The claims that a `when` reads; null while a source that it rests on can still be asked. */
function claimsBefore(policy, claim, c, taken, answers) {
  for (var i = 0; i < policy.sources.length; i++) {
    var source = policy.sources[i];
    if (!includes(claim.whenRestsOn, source.name) || fieldOf(answers, source.name) !== undefined) continue;
    if (urlOf(source, c) !== undefined) return null;
  }
  return evaluateClaims(policy, c, taken, { access: {}, id: {}, outcomes: [] });
}

function isReadByScopes(policy, source, c) {
  for (var i = 0; i < policy.scopes.length; i++) {
    var scope = policy.scopes[i];
    if (!includes(scope.sources, source)) continue;
    if (scope.add || c.request.scopes === undefined) return true;
    for (var j = 0; j < c.request.scopes.length; j++) {
      if (matchScope(scope, c.request.scopes[j]) !== undefined) return true;
    }
  }
  return false;
}

function isReadByDetails(policy, source, c) {
  var requested = c.request.authorization_details;
  for (var i = 0; i < policy.details.length; i++) {
    var detail = policy.details[i];
    for (var j = 0; requested !== undefined && j < requested.length; j++) {
      if (includes(detail.sources, source) && fieldOf(requested[j], 'type') === detail.type) return true;
    }
  }
  return false;
}

/* A policy without sources takes no answers. */
function noAnswers() {
  return { records: {}, failures: {}, ages: {} };
}

function noNeeds() {
  return [];
}
