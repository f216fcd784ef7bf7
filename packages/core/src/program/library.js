/*
 * The part of every policy program that does not depend on the policy. ES5 in syntax and built-ins: it runs in
 * Node, in browsers and in Nashorn. `npm run generate` cuts this file into library.gen.ts; a program takes the
 * functions that it names.
 *
 * `hasOwn`, `fail` and `spend` are helpers of the expressions. Expressions are functions (c, s, k, p): the checked
 * context, the sources' records, the claims so far, and what a scope or an authorization detail binds. `c.budget` is
 * what the issuance may still do; once it is spent, the issuance is denied.
 */

/* For what may not throw. */
function affords(budget, steps) {
  budget.left -= steps;
  return budget.left >= 0;
}

function fieldOf(object, name) {
  return typeof object === 'object' && object !== null && hasOwn.call(object, name)
    ? object[name]
    : undefined;
}

/* ---- untrusted data in, a value of the declared type or undefined out ---- */

/* Longer ones are no names, addresses or ids, and cost what others should have. */
function asString(value) {
  return typeof value === 'string' && value.length <= 4096 ? value : undefined;
}

function asBool(value) {
  return typeof value === 'boolean' ? value : undefined;
}

function asInt(value) {
  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991
    ? value + 0
    : undefined;
}

function asDouble(value) {
  return typeof value === 'number' && isFinite(value) ? value : undefined;
}

function asAny(value, budget) {
  return value === null || !isRead(value, 0, budget) ? undefined : value;
}

/* Whether a value of no declared type is JSON within the bounds of all others. */
function isRead(value, depth, budget) {
  if (typeof value === 'string') return asString(value) !== undefined;
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'boolean' || asDouble(value) !== undefined;
  if (depth > 64) return false;
  if (Array.isArray(value)) {
    if (value.length > 5000 || !affords(budget, value.length * 2)) return false;
    for (var i = 0; i < value.length; i++) if (!isRead(value[i], depth + 1, budget)) return false;
    return true;
  }
  for (var key in value) {
    if (!affords(budget, 16)) return false;
    if (hasOwn.call(value, key) && !isRead(value[key], depth + 1, budget)) return false;
  }
  return true;
}

function asList(value, as, budget) {
  // Longer ones are no roles or groups.
  if (!Array.isArray(value) || value.length > 5000 || !affords(budget, value.length * 2)) return undefined;
  var list = [];
  for (var i = 0; i < value.length; i++) {
    var element = as(value[i], budget);
    if (element === undefined) return undefined;
    list.push(element);
  }
  return list;
}

function asMap(value, as, budget) {
  if (!isMapping(value)) return undefined;
  var map = {};
  var count = 0;
  for (var key in value) {
    if (!hasOwn.call(value, key)) continue;
    var element = key === '__proto__' || asString(key) === undefined ? undefined : as(value[key], budget);
    if (element === undefined || ++count > 5000 || !affords(budget, 64)) return undefined;
    map[key] = element;
  }
  return map;
}

/* Those entries of an object that are there; anything else as it is. */
function entriesOf(value, keys) {
  if (!isMapping(value)) return value;
  var found = {};
  for (var i = 0; i < keys.length; i++) if (hasOwn.call(value, keys[i])) found[keys[i]] = value[keys[i]];
  return found;
}

/* An object as it is. Who goes on reads its fields one by one. */
function asObject(value) {
  return isMapping(value) ? value : undefined;
}

function asObjects(value, budget) {
  return asList(value, asObject, budget);
}

/* What was asked for: nothing where it is not said. Undefined where it cannot be read, which is not the same. */
function asAsked(value, as, budget) {
  return value === undefined ? [] : as(value, budget);
}

function isMapping(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/* ---- checks: each fails with the cause ---- */

/* A condition is true or false; anything else cannot be told. */
function truth(value) {
  return typeof value === 'boolean' ? value : fail('type_mismatch');
}

function notAbsent(value) {
  return value === undefined || value === null ? fail('absent') : value;
}

function limitItems(value, limit) {
  if (Array.isArray(value) && value.length > limit) fail('max_items');
}

function limitBytes(value, limit) {
  if (jsonSize(value) > limit) fail('max_bytes');
}

/* What a token carries has to be written out, and one part may be in it many times. */
function requireJson(value, budget) {
  if (!isJson(value, 0, budget)) fail('not_json');
}

function isJson(value, depth, budget) {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return isFinite(value);
  if (typeof value === 'string') {
    spend(budget, 1 + (value.length >> 2));
    return true;
  }
  if (typeof value !== 'object' || depth > 50) return false;
  if (Array.isArray(value)) {
    spend(budget, 1 + value.length);
    for (var i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1, budget)) return false;
    return true;
  }
  if (Object.prototype.toString.call(value) !== '[object Object]') return false;
  for (var key in value) {
    if (!hasOwn.call(value, key)) continue;
    spend(budget, 16 + (key.length >> 2));
    if (key === '__proto__' || !isJson(value[key], depth + 1, budget)) return false;
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

/* A bound on age: the token lives on. What has failed has no age, and fails where it is read. */
function limitAge(answers, name, seconds) {
  var age = answerOf(answers, name) && fieldOf(answers[name], 'ageSeconds');
  if (age !== undefined && !(age <= seconds)) fail(name + ':stale');
}

/* ---- one issuance: what expressions read, and the decision so far ---- */

function startRun(c, s, k, answers) {
  return {
    c: c,
    s: s,
    k: k,
    answers: answers,
    denied: undefined,
    access: {},
    id: {},
    add: [],
    remove: [],
    outcomes: []
  };
}

function note(run, kind, name, outcome, cause) {
  run.outcomes.push({ kind: kind, name: name, outcome: outcome, cause: cause });
}

function emitted(run, name) {
  note(run, 'claim', name, 'emitted');
}

function skipped(run, name) {
  note(run, 'claim', name, 'skipped');
}

function causeOf(error) {
  return error && typeof error.code === 'string' ? error.code : 'internal';
}

/* Denies for a reason of the policy, or for what could not be told. The first reason stays. */
function deny(run, kind, name, cause, reason) {
  run.denied = run.denied || reason || 'enrichment_unavailable';
  note(run, kind, name, 'denied', cause);
}

/* Whether a condition is surely true, or surely false. */
function surely(condition, expected, c, s, k) {
  try {
    return condition(c, s, k) === expected;
  } catch (_error) {
    return false;
  }
}

/* What is denied once stays denied, and carries nothing. */
function decisionOf(run, lifetimeSeconds) {
  if (!(run.c.budget.left >= 0)) {
    run.denied = undefined;
    deny(run, 'deny', 'budget', 'steps');
  }
  if (run.denied) {
    run.access = {};
    run.id = {};
    run.add = [];
    run.remove = [];
  }
  return {
    denied: run.denied,
    access: run.access,
    id: run.id,
    scopes: { add: run.add, remove: run.remove },
    lifetimeSeconds: lifetimeSeconds,
    outcomes: run.outcomes
  };
}

/* ---- sources ---- */

/* What a source said: an object, or undefined where it failed or said something else. */
function answerOf(answers, name) {
  var answer = fieldOf(answers, name);
  var value = fieldOf(answer, 'value');
  return fieldOf(answer, 'failure') === undefined && isMapping(value) ? value : undefined;
}

/* The record of a source. Without a value, reading any field of it fails with the cause. */
function recordOf(record, value, answers, name) {
  if (value) return record;
  var answer = fieldOf(answers, name);
  var failure = answer === undefined ? 'unbound' : fieldOf(answer, 'failure');
  var cause = name + ':' + (failure === undefined ? 'malformed' : failure);
  Object.keys(record).forEach(function (field) {
    Object.defineProperty(record, field, {
      get: function () {
        return fail(cause);
      }
    });
  });
  return record;
}

/* One segment or parameter of an address. Dots alone would be taken for a step up the path. */
function escaped(value, budget) {
  var text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  spend(budget, text.length);
  return text === '' || text === '.' || text === '..' ? fail('unbound') : encodeURIComponent(text);
}

/* A parameter as it is. */
function bound(value, budget) {
  if (typeof value === 'string') spend(budget, value.length);
  return typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && isFinite(value))
    ? value
    : fail('unbound');
}

/* The question to a source that has not answered; undefined where it cannot be put: the source is then not asked. */
function openNeed(answers, name, question, c) {
  if (fieldOf(answers, name) !== undefined) return undefined;
  try {
    return question(c);
  } catch (_error) {
    return undefined;
  }
}

/* ---- deny rules, scopes, authorization details ---- */

/* Whether a deny rule ends the issuance: it holds, or cannot be told. */
function denies(run, reason, when) {
  try {
    if (!truth(when(run.c, run.s))) return false;
    deny(run, 'deny', reason, undefined, reason);
  } catch (error) {
    deny(run, 'deny', reason, causeOf(error));
  }
  return true;
}

/* Conditions on the kind of subject mean nothing where it is not known. */
function requireSubject(run) {
  if (run.c.subject_type === undefined) deny(run, 'deny', 'subject_type', 'no_such_key');
}

function judge(run, kind, name, grant, p) {
  var cause;
  try {
    if (truth(grant(run.c, run.s, run.k, p))) {
      note(run, kind, name, 'granted');
      return true;
    }
  } catch (error) {
    cause = causeOf(error);
  }
  note(run, kind, name, 'refused', cause);
  return false;
}

function removeScope(run, name) {
  if (affords(run.c.budget, run.remove.length) && run.remove.indexOf(name) < 0) run.remove.push(name);
}

/* Scopes that the issuer cannot tell are taken for asked. */
function judgeScope(run, name, grant) {
  if (isAsked(run.c, name) && !judge(run, 'scope', name, grant)) removeScope(run, name);
}

/* All but those that name one object. */
function judgeScopes(run, name, pattern, grant) {
  var asked = run.c.request.scopes;
  if (!asked) return deny(run, 'scope', name, 'scopes_unknown');
  for (var i = 0; i < asked.length && affords(run.c.budget, 40); i++) {
    var p = pattern.exec(asked[i]);
    // The name as asked names an object: it is in no outcome.
    if (p && !judge(run, 'scope', name, grant, p)) removeScope(run, asked[i]);
  }
}

/* Gives a scope that was not asked for. */
function addScope(run, name, grant) {
  if (isAsked(run.c, name) || !surely(grant, true, run.c, run.s, run.k)) return;
  run.add.push(name);
  note(run, 'scope', name, 'granted');
}

/* No way around a grant: a name that is no scope, or begins like one that names an object and fits none. */
function refuseStrays(run, isStray, steps) {
  var asked = run.c.request.scopes || [];
  for (var i = 0; i < asked.length && affords(run.c.budget, steps); i++) {
    if (!isStray(asked[i])) continue;
    note(run, 'scope', 'scope', 'refused', 'scope_name');
    removeScope(run, asked[i]);
  }
}

var scopeName = /^[!#-[\]-~]+$/;

function begins(name, start) {
  return name.lastIndexOf(start, 0) === 0;
}

/* ---- whether a source is surely read ---- */

function isAsked(c, name) {
  var asked = c.request.scopes;
  return !asked || (affords(c.budget, asked.length) && asked.indexOf(name) >= 0);
}

function isAskedLike(c, pattern) {
  var asked = c.request.scopes;
  if (!asked) return true;
  for (var i = 0; i < asked.length && affords(c.budget, 40); i++) if (pattern.test(asked[i])) return true;
  return false;
}

function isRequested(c, type) {
  var requested = c.request.authorization_details || [];
  for (var i = 0; i < requested.length && affords(c.budget, 8); i++)
    if (fieldOf(requested[i], 'type') === type) return true;
  return false;
}

/* A policy without sources takes no answers. */
function noNeeds() {
  return [];
}
