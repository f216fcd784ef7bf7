// Generated from library.js by `npm run generate`; do not edit.

/** The text of every function and the others that it names, in the order in which they are emitted. */
export const LIBRARY = {
  fieldOf: {
    needs: [],
    text: "function fieldOf(object, name) {\n  return typeof object === 'object' && object !== null && hasOwn.call(object, name)\n    ? object[name]\n    : undefined;\n}",
  },
  asString: {
    needs: [],
    text: "function asString(value) {\n  return typeof value === 'string' ? value : undefined;\n}",
  },
  asBool: {
    needs: [],
    text: "function asBool(value) {\n  return typeof value === 'boolean' ? value : undefined;\n}",
  },
  asInt: {
    needs: [],
    text: "function asInt(value) {\n  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991\n    ? value + 0\n    : undefined;\n}",
  },
  asDouble: {
    needs: [],
    text: "function asDouble(value) {\n  return typeof value === 'number' && isFinite(value) ? value : undefined;\n}",
  },
  asAny: {
    needs: [],
    text: "function asAny(value) {\n  return value === null || typeof value === 'function' ? undefined : value;\n}",
  },
  asList: {
    needs: [],
    text: "function asList(value, as) {\n  if (!Array.isArray(value)) return undefined;\n  // Longer ones are no roles or groups, and could keep a loop in a loop busy for minutes.\n  if (value.length > 5000) return undefined;\n  var list = [];\n  for (var i = 0; i < value.length; i++) {\n    var element = as(value[i]);\n    if (element === undefined) return undefined;\n    list.push(element);\n  }\n  return list;\n}",
  },
  asMap: {
    needs: ['isMapping'],
    text: "function asMap(value, as) {\n  if (!isMapping(value)) return undefined;\n  var map = {};\n  for (var key in value) {\n    if (!hasOwn.call(value, key)) continue;\n    var element = key === '__proto__' ? undefined : as(value[key]);\n    if (element === undefined) return undefined;\n    map[key] = element;\n  }\n  return map;\n}",
  },
  asObject: {
    needs: ['isMapping'],
    text: "/* An object as it is. Who goes on reads its fields one by one. */\nfunction asObject(value) {\n  return isMapping(value) ? value : undefined;\n}",
  },
  asObjects: {
    needs: ['asList', 'asObject'],
    text: "function asObjects(value) {\n  return asList(value, asObject);\n}",
  },
  asAsked: {
    needs: [],
    text: "/* What was asked for: nothing where it is not said. Undefined where it can't be read, which is not the same. */\nfunction asAsked(value, as) {\n  return value === undefined ? [] : as(value);\n}",
  },
  isMapping: {
    needs: [],
    text: "function isMapping(value) {\n  return typeof value === 'object' && value !== null && !Array.isArray(value);\n}",
  },
  truth: {
    needs: [],
    text: "/* A condition is true or false; anything else can't be told. */\nfunction truth(value) {\n  return typeof value === 'boolean' ? value : fail('type_mismatch');\n}",
  },
  notAbsent: {
    needs: [],
    text: "function notAbsent(value) {\n  return value === undefined || value === null ? fail('absent') : value;\n}",
  },
  limitItems: {
    needs: [],
    text: "function limitItems(value, limit) {\n  if (Array.isArray(value) && value.length > limit) fail('max_items');\n}",
  },
  limitBytes: {
    needs: ['jsonSize'],
    text: "function limitBytes(value, limit) {\n  if (jsonSize(value) > limit) fail('max_bytes');\n}",
  },
  requireJson: {
    needs: ['isJson'],
    text: "/* For types that may hold what is no JSON: dyn, and doubles that arithmetic made infinite. */\nfunction requireJson(value) {\n  if (!isJson(value, 0)) fail('not_json');\n}",
  },
  isJson: {
    needs: [],
    text: "function isJson(value, depth) {\n  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;\n  if (typeof value === 'number') return isFinite(value);\n  if (typeof value !== 'object' || depth > 50) return false;\n  if (Array.isArray(value)) {\n    for (var i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1)) return false;\n    return true;\n  }\n  if (Object.prototype.toString.call(value) !== '[object Object]') return false;\n  for (var key in value) {\n    if (!hasOwn.call(value, key)) continue;\n    if (key === '__proto__' || !isJson(value[key], depth + 1)) return false;\n  }\n  return true;\n}",
  },
  jsonSize: {
    needs: [],
    text: "/* UTF-8 bytes as JSON. Engines before ES2019 leave lone surrogates bare, so they are counted as their escape. */\nfunction jsonSize(value) {\n  var text = JSON.stringify(value);\n  var bytes = 0;\n  for (var i = 0; i < text.length; i++) {\n    var unit = text.charCodeAt(i);\n    if (unit < 0x80) bytes += 1;\n    else if (unit < 0x800) bytes += 2;\n    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;\n    else if (unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {\n      bytes += 4;\n      i += 1;\n    } else bytes += 6;\n  }\n  return bytes;\n}",
  },
  limitAge: {
    needs: ['answerOf', 'fieldOf'],
    text: "/* A bound on age: the token lives on. What has failed has no age, and fails where it is read. */\nfunction limitAge(answers, name, seconds) {\n  var age = answerOf(answers, name) && fieldOf(answers[name], 'ageSeconds');\n  if (age !== undefined && !(age <= seconds)) fail(name + ':stale');\n}",
  },
  startRun: {
    needs: [],
    text: "function startRun(c, s, k, answers) {\n  return {\n    c: c,\n    s: s,\n    k: k,\n    answers: answers,\n    denied: undefined,\n    access: {},\n    id: {},\n    add: [],\n    remove: [],\n    outcomes: []\n  };\n}",
  },
  note: {
    needs: [],
    text: "function note(run, kind, name, outcome, cause) {\n  run.outcomes.push({ kind: kind, name: name, outcome: outcome, cause: cause });\n}",
  },
  emitted: {
    needs: ['note'],
    text: "function emitted(run, name) {\n  note(run, 'claim', name, 'emitted');\n}",
  },
  skipped: {
    needs: ['note'],
    text: "function skipped(run, name) {\n  note(run, 'claim', name, 'skipped');\n}",
  },
  causeOf: {
    needs: [],
    text: "function causeOf(error) {\n  return error && typeof error.code === 'string' ? error.code : 'internal';\n}",
  },
  deny: {
    needs: ['note'],
    text: "/* Denies for a reason of the policy, or for what could not be told. The first reason stays. */\nfunction deny(run, kind, name, cause, reason) {\n  run.denied = run.denied || reason || 'enrichment_unavailable';\n  note(run, kind, name, 'denied', cause);\n}",
  },
  surely: {
    needs: [],
    text: "/* Whether a condition is surely true, or surely false. */\nfunction surely(condition, expected, c, s, k) {\n  try {\n    return condition(c, s, k) === expected;\n  } catch (_error) {\n    return false;\n  }\n}",
  },
  decisionOf: {
    needs: [],
    text: "/* What is denied once stays denied, and carries nothing. */\nfunction decisionOf(run, lifetimeSeconds) {\n  if (run.denied) {\n    run.access = {};\n    run.id = {};\n    run.add = [];\n    run.remove = [];\n  }\n  return {\n    denied: run.denied,\n    access: run.access,\n    id: run.id,\n    scopes: { add: run.add, remove: run.remove },\n    lifetimeSeconds: lifetimeSeconds,\n    outcomes: run.outcomes\n  };\n}",
  },
  answerOf: {
    needs: ['fieldOf', 'isMapping'],
    text: "/* What a source said: an object, or undefined where it failed or said something else. */\nfunction answerOf(answers, name) {\n  var answer = fieldOf(answers, name);\n  var value = fieldOf(answer, 'value');\n  return fieldOf(answer, 'failure') === undefined && isMapping(value) ? value : undefined;\n}",
  },
  recordOf: {
    needs: ['fieldOf'],
    text: "/* The record of a source. Without a value, reading any field of it fails with the cause. */\nfunction recordOf(record, value, answers, name) {\n  if (value) return record;\n  var answer = fieldOf(answers, name);\n  var failure = answer === undefined ? 'unbound' : fieldOf(answer, 'failure');\n  var cause = name + ':' + (failure === undefined ? 'malformed' : failure);\n  Object.keys(record).forEach(function (field) {\n    Object.defineProperty(record, field, {\n      get: function () {\n        return fail(cause);\n      }\n    });\n  });\n  return record;\n}",
  },
  escaped: {
    needs: [],
    text: "/* One segment or parameter of an address. Dots alone would be taken for a step up the path. */\nfunction escaped(value) {\n  var text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';\n  return text === '' || text === '.' || text === '..' ? fail('unbound') : encodeURIComponent(text);\n}",
  },
  bound: {
    needs: [],
    text: "/* A parameter as it is. */\nfunction bound(value) {\n  return typeof value === 'string' ||\n    typeof value === 'boolean' ||\n    (typeof value === 'number' && isFinite(value))\n    ? value\n    : fail('unbound');\n}",
  },
  openNeed: {
    needs: ['fieldOf'],
    text: "/* The question to a source that has not answered; undefined where it can't be put: the source is then not asked. */\nfunction openNeed(answers, name, question, c) {\n  if (fieldOf(answers, name) !== undefined) return undefined;\n  try {\n    return question(c);\n  } catch (_error) {\n    return undefined;\n  }\n}",
  },
  denies: {
    needs: ['causeOf', 'deny', 'truth'],
    text: "/* Whether a deny rule ends the issuance: it holds, or can't be told. */\nfunction denies(run, reason, when) {\n  try {\n    if (!truth(when(run.c, run.s))) return false;\n    deny(run, 'deny', reason, undefined, reason);\n  } catch (error) {\n    deny(run, 'deny', reason, causeOf(error));\n  }\n  return true;\n}",
  },
  requireSubject: {
    needs: ['deny'],
    text: "/* Conditions on the kind of subject mean nothing where it is not known. */\nfunction requireSubject(run) {\n  if (run.c.subject_type === undefined) deny(run, 'deny', 'subject_type', 'no_such_key');\n}",
  },
  judge: {
    needs: ['causeOf', 'note', 'truth'],
    text: "function judge(run, kind, name, grant, p) {\n  var cause;\n  try {\n    if (truth(grant(run.c, run.s, run.k, p))) {\n      note(run, kind, name, 'granted');\n      return true;\n    }\n  } catch (error) {\n    cause = causeOf(error);\n  }\n  note(run, kind, name, 'refused', cause);\n  return false;\n}",
  },
  removeScope: {
    needs: [],
    text: "function removeScope(run, name) {\n  if (run.remove.indexOf(name) < 0) run.remove.push(name);\n}",
  },
  judgeScope: {
    needs: ['judge', 'removeScope'],
    text: "/* Scopes that the issuer can't tell are taken for asked. */\nfunction judgeScope(run, name, grant) {\n  var asked = run.c.request.scopes || [name];\n  for (var i = 0; i < asked.length; i++)\n    if (asked[i] === name && !judge(run, 'scope', name, grant)) removeScope(run, name);\n}",
  },
  judgeScopes: {
    needs: ['deny', 'judge', 'removeScope'],
    text: "/* All but those that name one object. */\nfunction judgeScopes(run, name, pattern, grant) {\n  var asked = run.c.request.scopes;\n  if (!asked) return deny(run, 'scope', name, 'scopes_unknown');\n  for (var i = 0; i < asked.length; i++) {\n    var p = pattern.exec(asked[i]);\n    // The name as asked names an object: it is in no outcome.\n    if (p && !judge(run, 'scope', name, grant, p)) removeScope(run, asked[i]);\n  }\n}",
  },
  addScope: {
    needs: ['note', 'surely'],
    text: "/* Gives a scope that was not asked for. */\nfunction addScope(run, name, grant) {\n  var asked = run.c.request.scopes || [name];\n  if (asked.indexOf(name) >= 0 || !surely(grant, true, run.c, run.s, run.k)) return;\n  run.add.push(name);\n  note(run, 'scope', name, 'granted');\n}",
  },
  refuseStrays: {
    needs: ['note', 'removeScope'],
    text: "/* No way around a grant: a name that is no scope, or begins like one that names an object and fits none. */\nfunction refuseStrays(run, isStray) {\n  var asked = run.c.request.scopes || [];\n  for (var i = 0; i < asked.length; i++) {\n    if (!isStray(asked[i])) continue;\n    note(run, 'scope', 'scope', 'refused', 'scope_name');\n    removeScope(run, asked[i]);\n  }\n}",
  },
  scopeName: {
    needs: [],
    text: "var scopeName = /^[!#-[\\]-~]+$/;",
  },
  begins: {
    needs: [],
    text: "function begins(name, start) {\n  return name.lastIndexOf(start, 0) === 0;\n}",
  },
  isAsked: {
    needs: [],
    text: "function isAsked(c, name) {\n  return !c.request.scopes || c.request.scopes.indexOf(name) >= 0;\n}",
  },
  isAskedLike: {
    needs: [],
    text: "function isAskedLike(c, pattern) {\n  var asked = c.request.scopes;\n  if (!asked) return true;\n  for (var i = 0; i < asked.length; i++) if (pattern.test(asked[i])) return true;\n  return false;\n}",
  },
  isRequested: {
    needs: ['fieldOf'],
    text: "function isRequested(c, type) {\n  var requested = c.request.authorization_details || [];\n  for (var i = 0; i < requested.length; i++) if (fieldOf(requested[i], 'type') === type) return true;\n  return false;\n}",
  },
  noNeeds: {
    needs: [],
    text: "/* A policy without sources takes no answers. */\nfunction noNeeds() {\n  return [];\n}",
  },
} as const;
