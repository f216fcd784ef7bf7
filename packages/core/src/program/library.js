/*
 * The part of every policy program that does not depend on the policy. ES5 in syntax and built-ins: it runs in
 * Node, in browsers and in Nashorn. `npm run generate` embeds this file as text into library.gen.ts.
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

/* ---- values on their way into a token ---- */

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
  if (!isJson(value, 0)) return 'not_json';
  if (claim.maxItems !== undefined && Array.isArray(value) && value.length > claim.maxItems)
    return 'max_items';
  if (claim.maxBytes !== undefined && jsonSize(value) > claim.maxBytes) return 'max_bytes';
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
    taken.records[source.name] = source.read(failure === undefined ? value : undefined);
    taken.ages[source.name] = answer === undefined ? undefined : answer.ageSeconds;
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

function firstStale(policy, claim, taken) {
  if (claim.maxAgeSeconds === undefined || claim.restsOn === undefined) return undefined;
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

function isAddressed(claim, c) {
  return (
    (claim.audiences === undefined || includes(claim.audiences, c.request.audience)) &&
    (claim.clients === undefined || includes(claim.clients, c.client.id))
  );
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
        outcome: note('deny', rule.reason, 'denied', verdict.cause),
      };
    }
  }
  return undefined;
}

function evaluateClaims(policy, c, taken, decision) {
  var k = policy.emptyClaims();
  for (var i = 0; i < policy.claims.length; i++) {
    var claim = policy.claims[i];
    var value = undefined;
    var cause = undefined;
    if (!isAddressed(claim, c)) {
      decision.outcomes.push(note('claim', claim.name, 'skipped'));
      continue;
    }
    if (claim.when !== undefined) {
      var verdict = test(claim.when, claim.whenSources, taken, c, k);
      cause = verdict.cause;
      if (cause === undefined && !verdict.holds) {
        decision.outcomes.push(note('claim', claim.name, 'skipped'));
        continue;
      }
    }
    if (cause === undefined) cause = firstFailure(claim.sources, taken) || firstStale(policy, claim, taken);
    if (cause === undefined) {
      try {
        value = claim.value === undefined ? claim.constant : claim.value(c, taken.records, k);
        cause = unfit(claim, value);
      } catch (error) {
        cause = causeOf(error);
      }
    }
    if (cause !== undefined) {
      if (claim.onMissing === 'omit') {
        decision.outcomes.push(note('claim', claim.name, 'omitted', cause));
        continue;
      }
      if (claim.onMissing === 'deny') {
        decision.outcomes.push(note('claim', claim.name, 'denied', cause));
        decision.denied = decision.denied || 'enrichment_unavailable';
        continue;
      }
      value = claim.onMissing.value;
    }
    k[claim.name] = value;
    if (claim.access) decision.access[claim.as] = value;
    if (claim.id) decision.id[claim.as] = value;
    decision.outcomes.push(note('claim', claim.name, cause === undefined ? 'emitted' : 'default', cause));
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

function evaluateScopes(policy, c, taken, k, decision) {
  if (policy.scopes.length === 0) return;
  if (c.request.scopes === undefined) {
    decision.denied = decision.denied || 'enrichment_unavailable';
    decision.outcomes.push(note('scope', policy.scopes[0].name, 'denied', 'scopes_unknown'));
    return;
  }
  for (var i = 0; i < policy.scopes.length; i++) {
    var scope = policy.scopes[i];
    var asked = false;
    for (var j = 0; j < c.request.scopes.length; j++) {
      var name = c.request.scopes[j];
      var bound = matchScope(scope, name);
      if (bound === undefined) continue;
      asked = true;
      var verdict = test(scope.grant, scope.sources, taken, c, k, bound);
      if (!verdict.holds && decision.scopes.remove.indexOf(name) < 0) decision.scopes.remove.push(name);
      decision.outcomes.push(note('scope', name, verdict.holds ? 'granted' : 'refused', verdict.cause));
    }
    if (!asked && scope.add && test(scope.grant, scope.sources, taken, c, k, {}).holds) {
      decision.scopes.add.push(scope.name);
      decision.outcomes.push(note('scope', scope.name, 'granted'));
    }
  }
}

function evaluateDetails(policy, c, taken, k, decision) {
  if (policy.details.length === 0) return;
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
        note('detail', detail.type, verdict.holds ? 'granted' : 'refused', verdict.cause),
      );
    }
  }
}

function decideBy(policy, c, answers) {
  var taken = takeAnswers(policy, answers);
  var decision = {
    denied: undefined,
    access: {},
    id: {},
    scopes: { add: [], remove: [] },
    lifetimeSeconds: policy.lifetimeSeconds,
    outcomes: [],
  };
  // What needs no source comes first, here as in needsBy: then nobody is asked about who is refused anyway.
  var deny = denyBy(policy, c, taken, false) || denyBy(policy, c, taken, true);
  if (deny !== undefined) {
    decision.denied = deny.reason;
    decision.outcomes.push(deny.outcome);
  } else {
    var k = evaluateClaims(policy, c, taken, decision);
    evaluateScopes(policy, c, taken, k, decision);
    evaluateDetails(policy, c, taken, k, decision);
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
  if (policy.sources.length === 0) return needs;
  var taken = takeAnswers(policy, answers);
  if (denyBy(policy, c, taken, false) !== undefined) return needs;
  var known = { claims: undefined };
  for (var i = 0; i < policy.sources.length; i++) {
    var source = policy.sources[i];
    if (
      fieldOf(answers, source.name) !== undefined ||
      !isNeeded(policy, source.name, c, taken, answers, known)
    )
      continue;
    var url = urlOf(source, c);
    if (url !== undefined) needs.push({ source: source.name, url: url });
  }
  return needs;
}

function isNeeded(policy, source, c, taken, answers, known) {
  var i;
  for (i = 0; i < policy.deny.length; i++) if (includes(policy.deny[i].sources, source)) return true;
  for (i = 0; i < policy.claims.length; i++) {
    if (isClaimInNeed(policy, policy.claims[i], source, c, taken, answers, known)) return true;
  }
  for (i = 0; i < policy.scopes.length; i++) {
    if (includes(policy.scopes[i].sources, source) && isScopeInPlay(policy.scopes[i], c)) return true;
  }
  for (i = 0; i < policy.details.length; i++) {
    if (includes(policy.details[i].sources, source) && isDetailInPlay(policy.details[i], c)) return true;
  }
  return false;
}

function isClaimInNeed(policy, claim, source, c, taken, answers, known) {
  var inWhen = includes(claim.whenSources, source);
  if ((!inWhen && !includes(claim.sources, source)) || !isAddressed(claim, c)) return false;
  if (inWhen || claim.when === undefined) return true;
  // Whether it will be emitted may rest on other sources; those are asked first.
  for (var i = 0; claim.whenRestsOn !== undefined && i < claim.whenRestsOn.length; i++) {
    if (isOpen(policy, claim.whenRestsOn[i], c, answers)) return false;
  }
  if (claim.whenReadsClaims && known.claims === undefined) {
    known.claims = evaluateClaims(policy, c, taken, { access: {}, id: {}, outcomes: [] });
  }
  return test(claim.when, claim.whenSources, taken, c, known.claims).holds;
}

/* A source that has not answered and could still be asked. */
function isOpen(policy, name, c, answers) {
  if (fieldOf(answers, name) !== undefined) return false;
  for (var i = 0; i < policy.sources.length; i++) {
    if (policy.sources[i].name === name) return urlOf(policy.sources[i], c) !== undefined;
  }
  return false;
}

function isScopeInPlay(scope, c) {
  if (scope.add) return true;
  if (c.request.scopes === undefined) return false;
  for (var i = 0; i < c.request.scopes.length; i++) {
    if (matchScope(scope, c.request.scopes[i]) !== undefined) return true;
  }
  return false;
}

function isDetailInPlay(detail, c) {
  var requested = c.request.authorization_details;
  if (requested === undefined) return false;
  for (var i = 0; i < requested.length; i++) if (fieldOf(requested[i], 'type') === detail.type) return true;
  return false;
}
