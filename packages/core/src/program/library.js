/*
 * The part of every policy program that does not depend on the policy. ES5 in syntax and built-ins: it runs in
 * Node, in browsers and in Nashorn. `npm run generate` cuts this file into library.gen.ts; a program takes the
 * functions that it names.
 *
 * `policy` is the table that generate-program.ts writes; rows leave out what they do not have. `hasOwn` and `fail`
 * are helpers of the expressions. Expressions are functions (c, s, k, p): the checked context, the sources' records, the claims
 * so far, and what a scope or an authorization detail binds.
 */

/* ---- readers: a property of untrusted data in, a value of the declared type or undefined out ---- */

function fieldOf(object, name) {
  return typeof object === 'object' && object !== null && hasOwn.call(object, name)
    ? object[name]
    : undefined;
}

function readString(object, name) {
  var value = fieldOf(object, name);
  return typeof value === 'string' ? value : undefined;
}

function readBool(object, name) {
  var value = fieldOf(object, name);
  return typeof value === 'boolean' ? value : undefined;
}

function readInt(object, name) {
  var value = fieldOf(object, name);
  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991
    ? value + 0
    : undefined;
}

function readDouble(object, name) {
  var value = fieldOf(object, name);
  return typeof value === 'number' && isFinite(value) ? value : undefined;
}

function readAny(object, name) {
  var value = fieldOf(object, name);
  return value === null || typeof value === 'function' ? undefined : value;
}

function readList(object, name, read) {
  var value = fieldOf(object, name);
  if (!Array.isArray(value)) return undefined;
  // Longer ones are no roles or groups, and could keep a loop in a loop busy for minutes.
  if (value.length > 5000) return undefined;
  var list = [];
  for (var i = 0; i < value.length; i++) {
    var element = read(value, i);
    if (element === undefined) return undefined;
    list.push(element);
  }
  return list;
}

function readMap(object, name, read) {
  var value = readObject(object, name);
  if (!value) return undefined;
  var map = {};
  for (var key in value) {
    if (!hasOwn.call(value, key)) continue;
    var element = key === '__proto__' ? undefined : read(value, key);
    if (element === undefined) return undefined;
    map[key] = element;
  }
  return map;
}

/* An object as it is. Who goes on reads its fields one by one. */
function readObject(object, name) {
  var value = fieldOf(object, name);
  return isMapping(value) ? value : undefined;
}

function readObjects(object, name) {
  return readList(object, name, readObject);
}

/* What was asked for: nothing where it is not said. Undefined where it can't be read, which is not the same. */
function readAsked(object, name, read) {
  return fieldOf(object, name) === undefined ? [] : read(object, name);
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
    if (!hasOwn.call(value, key)) continue;
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

function firstUnfit(claim, value) {
  for (var i = 0; i < claim.bounds.length; i++) {
    var cause = claim.bounds[i](claim, value);
    if (cause) return cause;
  }
  return undefined;
}

/* ---- one issuance: what expressions read, the decision so far, and why the last evaluation gave nothing ---- */

function startRun(c, answers) {
  var run = {
    c: c,
    s: {},
    k: policy.noClaims(),
    ages: {},
    cause: undefined,
    decision: {
      denied: undefined,
      access: {},
      id: {},
      scopes: { add: [], remove: [] },
      lifetimeSeconds: policy.lifetimeSeconds,
      outcomes: []
    }
  };
  if (policy.takeAnswers) policy.takeAnswers(run, answers);
  return run;
}

function note(run, kind, name, outcome) {
  run.decision.outcomes.push({ kind: kind, name: name, outcome: outcome, cause: run.cause });
}

/* Denies for a reason of the policy, or for what could not be told. The first reason stays. */
function denyWith(run, reason) {
  run.decision.denied = run.decision.denied || reason || 'enrichment_unavailable';
}

/* The value of an expression, or undefined with the cause in the run. */
function evaluate(run, expression, p) {
  run.cause = undefined;
  try {
    return expression(run.c, run.s, run.k, p);
  } catch (error) {
    run.cause = error && typeof error.code === 'string' ? error.code : 'internal';
    return undefined;
  }
}

/* Whether a condition holds. Where there is a cause it can't be told, and counts as neither. */
function holds(run, condition, p) {
  var value = evaluate(run, condition, p);
  if (!run.cause && typeof value !== 'boolean') run.cause = 'type_mismatch';
  return value === true;
}

/* ---- sources ---- */

/* One segment or parameter of an address. Dots alone would be taken for a step up the path. */
function escapePart(value) {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  var text = String(value);
  return text === '' || text === '.' || text === '..' ? undefined : encodeURIComponent(text);
}

/* The question to a source at an address, or undefined where a placeholder has no usable value. */
function addressNeed(source, c) {
  var url = '';
  for (var i = 0; i < source.url.length; i++) {
    var piece = source.url[i];
    var text = typeof piece === 'string' ? piece : escapePart(piece(c));
    if (text === undefined) return undefined;
    url += text;
  }
  return { source: source.name, url: url };
}

/* The question to a source with parameters, or undefined where one has no value that can be bound. */
function parameterNeed(source, c) {
  var parameters = {};
  for (var i = 0; i < source.parameters.length; i++) {
    var value = source.parameters[i].value(c);
    if (typeof value !== 'string' && typeof value !== 'boolean' && !isFiniteNumber(value)) return undefined;
    parameters[source.parameters[i].name] = value;
  }
  return { source: source.name, parameters: parameters };
}

function isFiniteNumber(value) {
  return typeof value === 'number' && isFinite(value);
}

/* Undefined where the question can't be put: the source is then not asked. */
function needOf(source, c) {
  try {
    return source.questionOf(source, c);
  } catch (_error) {
    return undefined;
  }
}

/* The sources' records. Where there is nothing to trust, reading any field of it fails with the cause. */
function takeAnswers(run, answers) {
  for (var i = 0; i < policy.sources.length; i++) {
    var source = policy.sources[i];
    var answer = fieldOf(answers, source.name);
    var value = fieldOf(answer, 'value');
    var failure = answer === undefined ? 'unbound' : fieldOf(answer, 'failure');
    if (failure === undefined && !isMapping(value)) failure = 'malformed';
    run.s[source.name] = source.read(value);
    if (failure === undefined) run.ages[source.name] = fieldOf(answer, 'ageSeconds');
    else failReads(run.s[source.name], source.name + ':' + failure);
  }
}

function failReads(record, cause) {
  Object.keys(record).forEach(function (name) {
    Object.defineProperty(record, name, {
      get: function () {
        return fail(cause, 0);
      }
    });
  });
}

/* A claim's bound on age: the token lives on. What it rests on may come through other claims. */
function firstStale(run, claim) {
  var budget = claim.maxAgeSeconds - (policy.lifetimeSeconds || 0);
  for (var i = 0; i < claim.restsOn.length; i++) {
    var age = run.ages[claim.restsOn[i]];
    if (age !== undefined && !(age <= budget)) return claim.restsOn[i] + ':stale';
  }
  return undefined;
}

/* ---- (claim, c) -> whether the claim is meant for this audience or client ---- */

function forAudience(claim, c) {
  return claim.audiences.indexOf(c.request.audience) >= 0;
}

function forClient(claim, c) {
  return claim.clients.indexOf(c.client.id) >= 0;
}

function forAudienceAndClient(claim, c) {
  return forAudience(claim, c) && forClient(claim, c);
}

function isAddressed(claim, c) {
  return !claim.isAddressed || claim.isAddressed(claim, c);
}

/* ---- steps: each adds to the decision of a run ---- */

/* The first rule that holds or can't be told. Rules that ask nobody come first: `needs` looks no further. */
function evaluateDeny(run, asksNobody) {
  for (var i = 0; i < policy.deny.length; i++) {
    var rule = policy.deny[i];
    if (asksNobody && rule.sources) return;
    if (holds(run, rule.when) || run.cause) {
      denyWith(run, !run.cause && rule.reason);
      return note(run, 'deny', rule.reason, 'denied');
    }
  }
}

function evaluateClaim(run, claim) {
  var value;
  var outcome = 'emitted';
  run.cause = undefined;
  if (!isAddressed(claim, run.c) || (claim.when && !holds(run, claim.when) && !run.cause))
    return note(run, 'claim', claim.name, 'skipped');
  if (!run.cause && claim.stale) run.cause = claim.stale(run, claim);
  if (!run.cause) value = evaluate(run, claim.value);
  if (!run.cause && (value === undefined || value === null)) run.cause = 'absent';
  if (!run.cause && claim.bounds) run.cause = firstUnfit(claim, value);
  if (run.cause) {
    if (claim.onMissing === 'deny') denyWith(run);
    if (!claim.onMissing || claim.onMissing === 'deny')
      return note(run, 'claim', claim.name, claim.onMissing ? 'denied' : 'omitted');
    value = claim.onMissing.value;
    outcome = 'default';
  }
  run.k[claim.name] = value;
  if (claim.access) run.decision.access[claim.as || claim.name] = value;
  if (claim.id) run.decision.id[claim.as || claim.name] = value;
  note(run, 'claim', claim.name, outcome);
}

function evaluateClaims(run) {
  for (var i = 0; i < policy.claims.length; i++) evaluateClaim(run, policy.claims[i]);
}

function judge(run, kind, name, row, p) {
  var isGranted = holds(run, row.grant, p);
  note(run, kind, name, isGranted ? 'granted' : 'refused');
  return isGranted;
}

function denyUnknown(run, kind, name, cause) {
  run.cause = cause;
  denyWith(run);
  note(run, kind, name, 'denied');
}

/* What the placeholders of a scope stand for in `name`; null where it does not match. */
function matchScope(scope, name) {
  return scope.pattern ? scope.pattern.exec(name) : name === scope.name ? [] : null;
}

/* Scopes that the issuer can't tell are taken for asked, all but those that name one object. */
function evaluateScope(run, scope) {
  var asked = run.c.request.scopes || (scope.pattern ? undefined : [scope.name]);
  if (!asked) return denyUnknown(run, 'scope', scope.name, 'scopes_unknown');
  var isAsked = false;
  var remove = run.decision.scopes.remove;
  for (var i = 0; i < asked.length; i++) {
    var bound = matchScope(scope, asked[i]);
    if (!bound) continue;
    isAsked = true;
    if (!judge(run, 'scope', asked[i], scope, bound) && remove.indexOf(asked[i]) < 0) remove.push(asked[i]);
  }
  if (scope.addUnasked && !isAsked) scope.addUnasked(run, scope);
}

function addUnasked(run, scope) {
  if (!holds(run, scope.grant, [])) return;
  run.decision.scopes.add.push(scope.name);
  note(run, 'scope', scope.name, 'granted');
}

function evaluateScopes(run) {
  for (var i = 0; i < policy.scopes.length; i++) evaluateScope(run, policy.scopes[i]);
  var asked = run.c.request.scopes || [];
  for (var j = 0; j < asked.length; j++) if (isStray(asked[j])) refuseStray(run, asked[j]);
}

/* A name that is no scope, or begins like one that names an object and fits none: no way around a grant. */
function isStray(name) {
  var isStray = !/^[!#-[\]-~]+$/.test(name);
  for (var i = 0; i < policy.scopes.length; i++) {
    var scope = policy.scopes[i];
    if (matchScope(scope, name)) return false;
    if (scope.pattern && name.indexOf(scope.begins) === 0) isStray = true;
  }
  return isStray;
}

function refuseStray(run, name) {
  run.cause = 'scope_name';
  note(run, 'scope', name, 'refused');
  if (run.decision.scopes.remove.indexOf(name) < 0) run.decision.scopes.remove.push(name);
}

/* Conditions on the kind of subject mean nothing where it is not known. */
function requireSubject(run) {
  if (run.c.subject_type === undefined) denyUnknown(run, 'deny', 'subject_type', 'no_such_key');
}

function evaluateDetails(run) {
  var requested = run.c.request.authorization_details;
  if (!requested) return denyUnknown(run, 'detail', policy.details[0].type, 'authorization_details_unknown');
  for (var i = 0; i < requested.length; i++) {
    for (var j = 0; j < policy.details.length; j++) {
      var detail = policy.details[j];
      if (
        fieldOf(requested[i], 'type') === detail.type &&
        !judge(run, 'detail', detail.type, detail, detail.read(requested[i]))
      )
        denyWith(run, 'authorization_details_refused');
    }
  }
}

/* What is denied once stays denied: later steps could only add to what nobody gets. */
function decide(c, answers) {
  var run = startRun(c, answers);
  var decision = run.decision;
  for (var i = 0; i < policy.steps.length && !decision.denied; i++) policy.steps[i](run);
  if (decision.denied) {
    decision.access = {};
    decision.id = {};
    decision.scopes = { add: [], remove: [] };
  } else if (policy.marker) decision.access[policy.marker.claim] = policy.marker.value;
  return decision;
}

/* ---- what must be asked ---- */

function findNeeds(c, answers) {
  var open = [];
  for (var i = 0; i < policy.sources.length; i++) {
    var source = policy.sources[i];
    var need = fieldOf(answers, source.name) === undefined ? needOf(source, c) : undefined;
    if (need !== undefined) open.push(need);
  }
  if (open.length === 0) return open;
  var run = startRun(c, answers);
  if (policy.deny) evaluateDeny(run, true);
  if (run.decision.denied) return [];
  return open.filter(function (need) {
    return policy.isRead(run, need.source, open);
  });
}

/* Each kind of reader says whether one of its rows will surely read the source. */
function isReadByAny(run, source, open) {
  for (var i = 0; i < policy.readers.length; i++) if (policy.readers[i](run, source, open)) return true;
  return false;
}

function includes(list, value) {
  return list !== undefined && list.indexOf(value) >= 0;
}

function isReadByDeny(_run, source) {
  for (var i = 0; i < policy.deny.length; i++) if (includes(policy.deny[i].sources, source)) return true;
  return false;
}

function isReadByClaims(run, source, open) {
  for (var i = 0; i < policy.claims.length; i++) {
    var claim = policy.claims[i];
    if (!isAddressed(claim, run.c)) continue;
    if (includes(claim.whenSources, source)) return true;
    if (!includes(claim.sources, source)) continue;
    // Whether the claim will be emitted may rest on other sources and claims; those come first.
    if (claim.claimsBefore && !claim.claimsBefore(run, claim, open)) continue;
    if (!claim.when || holds(run, claim.when)) return true;
  }
  return false;
}

/* Evaluates the claims that a `when` reads; false while a source that they rest on can still be asked. */
function claimsBefore(run, claim, open) {
  for (var i = 0; i < open.length; i++) if (includes(claim.whenRestsOn, open[i].source)) return false;
  evaluateClaims(run);
  return true;
}

function isReadByScopes(run, source) {
  var asked = run.c.request.scopes;
  for (var i = 0; i < policy.scopes.length; i++) {
    var scope = policy.scopes[i];
    if (!includes(scope.sources, source)) continue;
    if (scope.addUnasked || !asked) return true;
    for (var j = 0; j < asked.length; j++) if (matchScope(scope, asked[j])) return true;
  }
  return false;
}

function isReadByDetails(run, source) {
  var requested = run.c.request.authorization_details || [];
  for (var i = 0; i < policy.details.length; i++) {
    for (var j = 0; j < requested.length; j++) {
      if (
        includes(policy.details[i].sources, source) &&
        fieldOf(requested[j], 'type') === policy.details[i].type
      )
        return true;
    }
  }
  return false;
}

/* A policy without sources takes no answers. */
function noNeeds() {
  return [];
}
