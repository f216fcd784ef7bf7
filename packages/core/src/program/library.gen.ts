// Generated from library.js by `npm run generate`; do not edit.

/** The text of every function, its parameters and the others that it names, in the order in which they are emitted. */
export const LIBRARY = {
  affords: {
    needs: [],
    takes: ['budget', 'steps'],
    text: "/* For what may not throw. */\nfunction affords(budget, steps) {\n  budget.left -= steps;\n  return budget.left >= 0;\n}",
  },
  fieldOf: {
    needs: [],
    takes: ['object', 'name'],
    text: "function fieldOf(object, name) {\n  return typeof object === 'object' && object !== null && hasOwn.call(object, name)\n    ? object[name]\n    : undefined;\n}",
  },
  asString: {
    needs: [],
    takes: ['value'],
    text: "/* Longer ones are no names, addresses or ids, and cost what others should have. */\nfunction asString(value) {\n  return typeof value === 'string' && value.length <= 4096 ? value : undefined;\n}",
  },
  asBool: {
    needs: [],
    takes: ['value'],
    text: "function asBool(value) {\n  return typeof value === 'boolean' ? value : undefined;\n}",
  },
  asInt: {
    needs: [],
    takes: ['value'],
    text: "function asInt(value) {\n  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991\n    ? value + 0\n    : undefined;\n}",
  },
  asDouble: {
    needs: [],
    takes: ['value'],
    text: "function asDouble(value) {\n  return typeof value === 'number' && isFinite(value) ? value : undefined;\n}",
  },
  asAny: {
    needs: ['isRead'],
    takes: ['value', 'budget'],
    text: "function asAny(value, budget) {\n  return value === null || !isRead(value, 0, budget) ? undefined : value;\n}",
  },
  isRead: {
    needs: ['affords', 'asDouble', 'asString'],
    takes: ['value', 'depth', 'budget'],
    text: "/* Whether a value of no declared type is JSON within the bounds of all others. */\nfunction isRead(value, depth, budget) {\n  if (typeof value === 'string') return asString(value) !== undefined;\n  if (typeof value !== 'object' || value === null)\n    return value === null || typeof value === 'boolean' || asDouble(value) !== undefined;\n  if (depth > 64) return false;\n  if (Array.isArray(value)) {\n    if (value.length > 5000 || !affords(budget, value.length * 2)) return false;\n    for (var i = 0; i < value.length; i++) if (!isRead(value[i], depth + 1, budget)) return false;\n    return true;\n  }\n  for (var key in value) {\n    if (!affords(budget, 16)) return false;\n    if (hasOwn.call(value, key) && !isRead(value[key], depth + 1, budget)) return false;\n  }\n  return true;\n}",
  },
  asList: {
    needs: ['affords'],
    takes: ['value', 'as', 'budget'],
    text: "function asList(value, as, budget) {\n  // Longer ones are no roles or groups.\n  if (!Array.isArray(value) || value.length > 5000 || !affords(budget, value.length * 2)) return undefined;\n  var list = [];\n  for (var i = 0; i < value.length; i++) {\n    var element = as(value[i], budget);\n    if (element === undefined) return undefined;\n    list.push(element);\n  }\n  return list;\n}",
  },
  asMap: {
    needs: ['affords', 'asString', 'isMapping'],
    takes: ['value', 'as', 'budget'],
    text: "function asMap(value, as, budget) {\n  if (!isMapping(value)) return undefined;\n  var map = {};\n  var count = 0;\n  for (var key in value) {\n    if (!hasOwn.call(value, key)) continue;\n    var element = key === '__proto__' || asString(key) === undefined ? undefined : as(value[key], budget);\n    if (element === undefined || ++count > 5000 || !affords(budget, 64)) return undefined;\n    map[key] = element;\n  }\n  return map;\n}",
  },
  entriesOf: {
    needs: ['isMapping'],
    takes: ['value', 'keys'],
    text: "/* Those entries of an object that are there; anything else as it is. */\nfunction entriesOf(value, keys) {\n  if (!isMapping(value)) return value;\n  var found = {};\n  for (var i = 0; i < keys.length; i++) if (hasOwn.call(value, keys[i])) found[keys[i]] = value[keys[i]];\n  return found;\n}",
  },
  asObject: {
    needs: ['isMapping'],
    takes: ['value'],
    text: "/* An object as it is. Who goes on reads its fields one by one. */\nfunction asObject(value) {\n  return isMapping(value) ? value : undefined;\n}",
  },
  asObjects: {
    needs: ['asList', 'asObject'],
    takes: ['value', 'budget'],
    text: "function asObjects(value, budget) {\n  return asList(value, asObject, budget);\n}",
  },
  asAsked: {
    needs: [],
    takes: ['value', 'as', 'budget'],
    text: "/* What was asked for: nothing where it is not said. Undefined where it cannot be read, which is not the same. */\nfunction asAsked(value, as, budget) {\n  return value === undefined ? [] : as(value, budget);\n}",
  },
  isMapping: {
    needs: [],
    takes: ['value'],
    text: "function isMapping(value) {\n  return typeof value === 'object' && value !== null && !Array.isArray(value);\n}",
  },
  truth: {
    needs: [],
    takes: ['value'],
    text: "/* A condition is true or false; anything else cannot be told. */\nfunction truth(value) {\n  return typeof value === 'boolean' ? value : fail('type_mismatch');\n}",
  },
  notAbsent: {
    needs: [],
    takes: ['value'],
    text: "function notAbsent(value) {\n  return value === undefined || value === null ? fail('absent') : value;\n}",
  },
  limitItems: {
    needs: [],
    takes: ['value', 'limit'],
    text: "function limitItems(value, limit) {\n  if (Array.isArray(value) && value.length > limit) fail('max_items');\n}",
  },
  limitBytes: {
    needs: ['jsonSize'],
    takes: ['value', 'limit'],
    text: "function limitBytes(value, limit) {\n  if (jsonSize(value) > limit) fail('max_bytes');\n}",
  },
  requireJson: {
    needs: ['isJson'],
    takes: ['value', 'budget'],
    text: "/* What a token carries has to be written out, and one part may be in it many times. */\nfunction requireJson(value, budget) {\n  if (!isJson(value, 0, budget)) fail('not_json');\n}",
  },
  isJson: {
    needs: [],
    takes: ['value', 'depth', 'budget'],
    text: "function isJson(value, depth, budget) {\n  if (value === null || typeof value === 'boolean') return true;\n  if (typeof value === 'number') return isFinite(value);\n  if (typeof value === 'string') {\n    spend(budget, 1 + (value.length >> 2));\n    return true;\n  }\n  if (typeof value !== 'object' || depth > 50) return false;\n  if (Array.isArray(value)) {\n    spend(budget, 1 + value.length);\n    for (var i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1, budget)) return false;\n    return true;\n  }\n  if (Object.prototype.toString.call(value) !== '[object Object]') return false;\n  for (var key in value) {\n    if (!hasOwn.call(value, key)) continue;\n    spend(budget, 16 + (key.length >> 2));\n    if (key === '__proto__' || !isJson(value[key], depth + 1, budget)) return false;\n  }\n  return true;\n}",
  },
  jsonSize: {
    needs: [],
    takes: ['value'],
    text: "/* UTF-8 bytes as JSON. Engines before ES2019 leave lone surrogates bare, so they are counted as their escape. */\nfunction jsonSize(value) {\n  var text = JSON.stringify(value);\n  var bytes = 0;\n  for (var i = 0; i < text.length; i++) {\n    var unit = text.charCodeAt(i);\n    if (unit < 0x80) bytes += 1;\n    else if (unit < 0x800) bytes += 2;\n    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;\n    else if (unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {\n      bytes += 4;\n      i += 1;\n    } else bytes += 6;\n  }\n  return bytes;\n}",
  },
  limitAge: {
    needs: ['answerOf', 'fieldOf'],
    takes: ['answers', 'name', 'seconds'],
    text: "/* A bound on age: the token lives on. What has failed has no age, and fails where it is read. */\nfunction limitAge(answers, name, seconds) {\n  var age = answerOf(answers, name) && fieldOf(answers[name], 'ageSeconds');\n  if (age !== undefined && !(age <= seconds)) fail(name + ':stale');\n}",
  },
  startRun: {
    needs: [],
    takes: ['c', 's', 'k', 'answers'],
    text: "function startRun(c, s, k, answers) {\n  return {\n    c: c,\n    s: s,\n    k: k,\n    answers: answers,\n    denied: undefined,\n    access: {},\n    id: {},\n    add: [],\n    remove: [],\n    outcomes: []\n  };\n}",
  },
  note: {
    needs: [],
    takes: ['run', 'kind', 'name', 'outcome', 'cause'],
    text: "function note(run, kind, name, outcome, cause) {\n  run.outcomes.push({ kind: kind, name: name, outcome: outcome, cause: cause });\n}",
  },
  emitted: {
    needs: ['note'],
    takes: ['run', 'name'],
    text: "function emitted(run, name) {\n  note(run, 'claim', name, 'emitted');\n}",
  },
  skipped: {
    needs: ['note'],
    takes: ['run', 'name'],
    text: "function skipped(run, name) {\n  note(run, 'claim', name, 'skipped');\n}",
  },
  causeOf: {
    needs: [],
    takes: ['error'],
    text: "function causeOf(error) {\n  return error && typeof error.code === 'string' ? error.code : 'internal';\n}",
  },
  deny: {
    needs: ['note'],
    takes: ['run', 'kind', 'name', 'cause', 'reason'],
    text: "/* Denies for a reason of the policy, or for what could not be told. The first reason stays. */\nfunction deny(run, kind, name, cause, reason) {\n  run.denied = run.denied || reason || 'enrichment_unavailable';\n  note(run, kind, name, 'denied', cause);\n}",
  },
  surely: {
    needs: [],
    takes: ['condition', 'expected', 'c', 's', 'k'],
    text: "/* Whether a condition is surely true, or surely false. */\nfunction surely(condition, expected, c, s, k) {\n  try {\n    return condition(c, s, k) === expected;\n  } catch (_error) {\n    return false;\n  }\n}",
  },
  decisionOf: {
    needs: ['deny'],
    takes: ['run', 'lifetimeSeconds'],
    text: "/* What is denied once stays denied, and carries nothing. */\nfunction decisionOf(run, lifetimeSeconds) {\n  if (!(run.c.budget.left >= 0)) {\n    run.denied = undefined;\n    deny(run, 'deny', 'budget', 'steps');\n  }\n  if (run.denied) {\n    run.access = {};\n    run.id = {};\n    run.add = [];\n    run.remove = [];\n  }\n  return {\n    denied: run.denied,\n    access: run.access,\n    id: run.id,\n    scopes: { add: run.add, remove: run.remove },\n    lifetimeSeconds: lifetimeSeconds,\n    outcomes: run.outcomes\n  };\n}",
  },
  answerOf: {
    needs: ['fieldOf', 'isMapping'],
    takes: ['answers', 'name'],
    text: "/* What a source said: an object, or undefined where it failed or said something else. */\nfunction answerOf(answers, name) {\n  var answer = fieldOf(answers, name);\n  var value = fieldOf(answer, 'value');\n  return fieldOf(answer, 'failure') === undefined && isMapping(value) ? value : undefined;\n}",
  },
  recordOf: {
    needs: ['fieldOf'],
    takes: ['record', 'value', 'answers', 'name'],
    text: "/* The record of a source. Without a value, reading any field of it fails with the cause. */\nfunction recordOf(record, value, answers, name) {\n  if (value) return record;\n  var answer = fieldOf(answers, name);\n  var failure = answer === undefined ? 'unbound' : fieldOf(answer, 'failure');\n  var cause = name + ':' + (failure === undefined ? 'malformed' : failure);\n  Object.keys(record).forEach(function (field) {\n    Object.defineProperty(record, field, {\n      get: function () {\n        return fail(cause);\n      }\n    });\n  });\n  return record;\n}",
  },
  escaped: {
    needs: [],
    takes: ['value', 'budget'],
    text: "/* One segment or parameter of an address. Dots alone would be taken for a step up the path. */\nfunction escaped(value, budget) {\n  var text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';\n  spend(budget, text.length);\n  return text === '' || text === '.' || text === '..' ? fail('unbound') : encodeURIComponent(text);\n}",
  },
  bound: {
    needs: [],
    takes: ['value', 'budget'],
    text: "/* A parameter as it is. */\nfunction bound(value, budget) {\n  if (typeof value === 'string') spend(budget, value.length);\n  return typeof value === 'string' ||\n    typeof value === 'boolean' ||\n    (typeof value === 'number' && isFinite(value))\n    ? value\n    : fail('unbound');\n}",
  },
  openNeed: {
    needs: ['fieldOf'],
    takes: ['answers', 'name', 'question', 'c'],
    text: "/* The question to a source that has not answered; undefined where it cannot be put: the source is then not asked. */\nfunction openNeed(answers, name, question, c) {\n  if (fieldOf(answers, name) !== undefined) return undefined;\n  try {\n    return question(c);\n  } catch (_error) {\n    return undefined;\n  }\n}",
  },
  denies: {
    needs: ['causeOf', 'deny', 'truth'],
    takes: ['run', 'reason', 'when'],
    text: "/* Whether a deny rule ends the issuance: it holds, or cannot be told. */\nfunction denies(run, reason, when) {\n  try {\n    if (!truth(when(run.c, run.s))) return false;\n    deny(run, 'deny', reason, undefined, reason);\n  } catch (error) {\n    deny(run, 'deny', reason, causeOf(error));\n  }\n  return true;\n}",
  },
  requireSubject: {
    needs: ['deny'],
    takes: ['run'],
    text: "/* Conditions on the kind of subject mean nothing where it is not known. */\nfunction requireSubject(run) {\n  if (run.c.subject_type === undefined) deny(run, 'deny', 'subject_type', 'no_such_key');\n}",
  },
  judge: {
    needs: ['causeOf', 'note', 'truth'],
    takes: ['run', 'kind', 'name', 'grant', 'p'],
    text: "function judge(run, kind, name, grant, p) {\n  var cause;\n  try {\n    if (truth(grant(run.c, run.s, run.k, p))) {\n      note(run, kind, name, 'granted');\n      return true;\n    }\n  } catch (error) {\n    cause = causeOf(error);\n  }\n  note(run, kind, name, 'refused', cause);\n  return false;\n}",
  },
  removeScope: {
    needs: ['affords'],
    takes: ['run', 'name'],
    text: "function removeScope(run, name) {\n  if (affords(run.c.budget, run.remove.length) && run.remove.indexOf(name) < 0) run.remove.push(name);\n}",
  },
  judgeScope: {
    needs: ['isAsked', 'judge', 'removeScope'],
    takes: ['run', 'name', 'grant'],
    text: "/* Scopes that the issuer cannot tell are taken for asked. */\nfunction judgeScope(run, name, grant) {\n  if (isAsked(run.c, name) && !judge(run, 'scope', name, grant)) removeScope(run, name);\n}",
  },
  judgeScopes: {
    needs: ['affords', 'deny', 'judge', 'removeScope'],
    takes: ['run', 'name', 'pattern', 'grant'],
    text: "/* All but those that name one object. */\nfunction judgeScopes(run, name, pattern, grant) {\n  var asked = run.c.request.scopes;\n  if (!asked) return deny(run, 'scope', name, 'scopes_unknown');\n  for (var i = 0; i < asked.length && affords(run.c.budget, 40); i++) {\n    var p = pattern.exec(asked[i]);\n    // The name as asked names an object: it is in no outcome.\n    if (p && !judge(run, 'scope', name, grant, p)) removeScope(run, asked[i]);\n  }\n}",
  },
  addScope: {
    needs: ['isAsked', 'note', 'surely'],
    takes: ['run', 'name', 'grant'],
    text: "/* Gives a scope that was not asked for. */\nfunction addScope(run, name, grant) {\n  if (isAsked(run.c, name) || !surely(grant, true, run.c, run.s, run.k)) return;\n  run.add.push(name);\n  note(run, 'scope', name, 'granted');\n}",
  },
  refuseStrays: {
    needs: ['affords', 'note', 'removeScope'],
    takes: ['run', 'isStray', 'steps'],
    text: "/* No way around a grant: a name that is no scope, or begins like one that names an object and fits none. */\nfunction refuseStrays(run, isStray, steps) {\n  var asked = run.c.request.scopes || [];\n  for (var i = 0; i < asked.length && affords(run.c.budget, steps); i++) {\n    if (!isStray(asked[i])) continue;\n    note(run, 'scope', 'scope', 'refused', 'scope_name');\n    removeScope(run, asked[i]);\n  }\n}",
  },
  scopeName: {
    needs: [],
    takes: [],
    text: "var scopeName = /^[!#-[\\]-~]+$/;",
  },
  begins: {
    needs: [],
    takes: ['name', 'start'],
    text: "function begins(name, start) {\n  return name.lastIndexOf(start, 0) === 0;\n}",
  },
  isAsked: {
    needs: ['affords'],
    takes: ['c', 'name'],
    text: "function isAsked(c, name) {\n  var asked = c.request.scopes;\n  return !asked || (affords(c.budget, asked.length) && asked.indexOf(name) >= 0);\n}",
  },
  isAskedLike: {
    needs: ['affords'],
    takes: ['c', 'pattern'],
    text: "function isAskedLike(c, pattern) {\n  var asked = c.request.scopes;\n  if (!asked) return true;\n  for (var i = 0; i < asked.length && affords(c.budget, 40); i++) if (pattern.test(asked[i])) return true;\n  return false;\n}",
  },
  isRequested: {
    needs: ['affords', 'fieldOf'],
    takes: ['c', 'type'],
    text: "function isRequested(c, type) {\n  var requested = c.request.authorization_details || [];\n  for (var i = 0; i < requested.length && affords(c.budget, 8); i++)\n    if (fieldOf(requested[i], 'type') === type) return true;\n  return false;\n}",
  },
  noNeeds: {
    needs: [],
    takes: [],
    text: "/* A policy without sources takes no answers. */\nfunction noNeeds() {\n  return [];\n}",
  },
} as const;
