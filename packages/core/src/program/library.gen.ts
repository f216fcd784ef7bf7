// Generated from library.js by `npm run generate`; do not edit.

/** The text of every function and the others that it names, in the order in which they are emitted. */
export const LIBRARY = {
  fieldOf: {
    needs: [],
    text: "function fieldOf(object, name) {\n  return typeof object === 'object' && object !== null && hasOwn.call(object, name)\n    ? object[name]\n    : undefined;\n}",
  },
  readString: {
    needs: ['fieldOf'],
    text: "function readString(object, name) {\n  var value = fieldOf(object, name);\n  return typeof value === 'string' ? value : undefined;\n}",
  },
  readBool: {
    needs: ['fieldOf'],
    text: "function readBool(object, name) {\n  var value = fieldOf(object, name);\n  return typeof value === 'boolean' ? value : undefined;\n}",
  },
  readInt: {
    needs: ['fieldOf'],
    text: "function readInt(object, name) {\n  var value = fieldOf(object, name);\n  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991\n    ? value + 0\n    : undefined;\n}",
  },
  readDouble: {
    needs: ['fieldOf'],
    text: "function readDouble(object, name) {\n  var value = fieldOf(object, name);\n  return typeof value === 'number' && isFinite(value) ? value : undefined;\n}",
  },
  readAny: {
    needs: ['fieldOf'],
    text: "function readAny(object, name) {\n  var value = fieldOf(object, name);\n  return value === null || typeof value === 'function' ? undefined : value;\n}",
  },
  readList: {
    needs: ['fieldOf'],
    text: "function readList(object, name, read) {\n  var value = fieldOf(object, name);\n  if (!Array.isArray(value)) return undefined;\n  // Longer ones are no roles or groups, and could keep a loop in a loop busy for minutes.\n  if (value.length > 5000) return undefined;\n  var list = [];\n  for (var i = 0; i < value.length; i++) {\n    var element = read(value, i);\n    if (element === undefined) return undefined;\n    list.push(element);\n  }\n  return list;\n}",
  },
  readMap: {
    needs: ['readObject'],
    text: "function readMap(object, name, read) {\n  var value = readObject(object, name);\n  if (!value) return undefined;\n  var map = {};\n  for (var key in value) {\n    if (!hasOwn.call(value, key)) continue;\n    var element = key === '__proto__' ? undefined : read(value, key);\n    if (element === undefined) return undefined;\n    map[key] = element;\n  }\n  return map;\n}",
  },
  readObject: {
    needs: ['fieldOf', 'isMapping'],
    text: "/* An object as it is. Who goes on reads its fields one by one. */\nfunction readObject(object, name) {\n  var value = fieldOf(object, name);\n  return isMapping(value) ? value : undefined;\n}",
  },
  readObjects: {
    needs: ['readList', 'readObject'],
    text: "function readObjects(object, name) {\n  return readList(object, name, readObject);\n}",
  },
  readAsked: {
    needs: ['fieldOf'],
    text: "/* What was asked for: nothing where it is not said. Undefined where it can't be read, which is not the same. */\nfunction readAsked(object, name, read) {\n  return fieldOf(object, name) === undefined ? [] : read(object, name);\n}",
  },
  isMapping: {
    needs: [],
    text: "function isMapping(value) {\n  return typeof value === 'object' && value !== null && !Array.isArray(value);\n}",
  },
  notJson: {
    needs: ['isJson'],
    text: "/* For types that may hold what is no JSON: dyn, and doubles that arithmetic made infinite. */\nfunction notJson(_claim, value) {\n  return isJson(value, 0) ? undefined : 'not_json';\n}",
  },
  notFinite: {
    needs: [],
    text: "function notFinite(_claim, value) {\n  return isFinite(value) ? undefined : 'not_json';\n}",
  },
  tooManyItems: {
    needs: [],
    text: "function tooManyItems(claim, value) {\n  return Array.isArray(value) && value.length > claim.maxItems ? 'max_items' : undefined;\n}",
  },
  tooManyBytes: {
    needs: ['jsonSize'],
    text: "function tooManyBytes(claim, value) {\n  return jsonSize(value) > claim.maxBytes ? 'max_bytes' : undefined;\n}",
  },
  isJson: {
    needs: [],
    text: "function isJson(value, depth) {\n  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;\n  if (typeof value === 'number') return isFinite(value);\n  if (typeof value !== 'object' || depth > 50) return false;\n  if (Array.isArray(value)) {\n    for (var i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1)) return false;\n    return true;\n  }\n  if (Object.prototype.toString.call(value) !== '[object Object]') return false;\n  for (var key in value) {\n    if (!hasOwn.call(value, key)) continue;\n    if (key === '__proto__' || !isJson(value[key], depth + 1)) return false;\n  }\n  return true;\n}",
  },
  jsonSize: {
    needs: [],
    text: "/* UTF-8 bytes as JSON. Engines before ES2019 leave lone surrogates bare, so they are counted as their escape. */\nfunction jsonSize(value) {\n  var text = JSON.stringify(value);\n  var bytes = 0;\n  for (var i = 0; i < text.length; i++) {\n    var unit = text.charCodeAt(i);\n    if (unit < 0x80) bytes += 1;\n    else if (unit < 0x800) bytes += 2;\n    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;\n    else if (unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {\n      bytes += 4;\n      i += 1;\n    } else bytes += 6;\n  }\n  return bytes;\n}",
  },
  firstUnfit: {
    needs: [],
    text: "function firstUnfit(claim, value) {\n  for (var i = 0; i < claim.bounds.length; i++) {\n    var cause = claim.bounds[i](claim, value);\n    if (cause) return cause;\n  }\n  return undefined;\n}",
  },
  startRun: {
    needs: [],
    text: "function startRun(c, answers) {\n  var run = {\n    c: c,\n    s: {},\n    k: policy.noClaims(),\n    ages: {},\n    cause: undefined,\n    decision: {\n      denied: undefined,\n      access: {},\n      id: {},\n      scopes: { add: [], remove: [] },\n      lifetimeSeconds: policy.lifetimeSeconds,\n      outcomes: []\n    }\n  };\n  if (policy.takeAnswers) policy.takeAnswers(run, answers);\n  return run;\n}",
  },
  note: {
    needs: [],
    text: "function note(run, kind, name, outcome) {\n  run.decision.outcomes.push({ kind: kind, name: name, outcome: outcome, cause: run.cause });\n}",
  },
  denyWith: {
    needs: [],
    text: "/* Denies for a reason of the policy, or for what could not be told. The first reason stays. */\nfunction denyWith(run, reason) {\n  run.decision.denied = run.decision.denied || reason || 'enrichment_unavailable';\n}",
  },
  evaluate: {
    needs: [],
    text: "/* The value of an expression, or undefined with the cause in the run. */\nfunction evaluate(run, expression, p) {\n  run.cause = undefined;\n  try {\n    return expression(run.c, run.s, run.k, p);\n  } catch (error) {\n    run.cause = error && typeof error.code === 'string' ? error.code : 'internal';\n    return undefined;\n  }\n}",
  },
  holds: {
    needs: ['evaluate'],
    text: "/* Whether a condition holds. Where there is a cause it can't be told, and counts as neither. */\nfunction holds(run, condition, p) {\n  var value = evaluate(run, condition, p);\n  if (!run.cause && typeof value !== 'boolean') run.cause = 'type_mismatch';\n  return value === true;\n}",
  },
  escapePart: {
    needs: [],
    text: "/* One segment or parameter of an address. Dots alone would be taken for a step up the path. */\nfunction escapePart(value) {\n  if (typeof value !== 'string' && typeof value !== 'number') return undefined;\n  var text = String(value);\n  return text === '' || text === '.' || text === '..' ? undefined : encodeURIComponent(text);\n}",
  },
  addressNeed: {
    needs: ['escapePart'],
    text: "/* The question to a source at an address, or undefined where a placeholder has no usable value. */\nfunction addressNeed(source, c) {\n  var url = '';\n  for (var i = 0; i < source.url.length; i++) {\n    var piece = source.url[i];\n    var text = typeof piece === 'string' ? piece : escapePart(piece(c));\n    if (text === undefined) return undefined;\n    url += text;\n  }\n  return { source: source.name, url: url };\n}",
  },
  parameterNeed: {
    needs: ['isFiniteNumber'],
    text: "/* The question to a source with parameters, or undefined where one has no value that can be bound. */\nfunction parameterNeed(source, c) {\n  var parameters = {};\n  for (var i = 0; i < source.parameters.length; i++) {\n    var value = source.parameters[i].value(c);\n    if (typeof value !== 'string' && typeof value !== 'boolean' && !isFiniteNumber(value)) return undefined;\n    parameters[source.parameters[i].name] = value;\n  }\n  return { source: source.name, parameters: parameters };\n}",
  },
  isFiniteNumber: {
    needs: [],
    text: "function isFiniteNumber(value) {\n  return typeof value === 'number' && isFinite(value);\n}",
  },
  needOf: {
    needs: [],
    text: "/* Undefined where the question can't be put: the source is then not asked. */\nfunction needOf(source, c) {\n  try {\n    return source.questionOf(source, c);\n  } catch (_error) {\n    return undefined;\n  }\n}",
  },
  takeAnswers: {
    needs: ['failReads', 'fieldOf', 'isMapping'],
    text: "/* The sources' records. Where there is nothing to trust, reading any field of it fails with the cause. */\nfunction takeAnswers(run, answers) {\n  for (var i = 0; i < policy.sources.length; i++) {\n    var source = policy.sources[i];\n    var answer = fieldOf(answers, source.name);\n    var value = fieldOf(answer, 'value');\n    var failure = answer === undefined ? 'unbound' : fieldOf(answer, 'failure');\n    if (failure === undefined && !isMapping(value)) failure = 'malformed';\n    run.s[source.name] = source.read(value);\n    if (failure === undefined) run.ages[source.name] = fieldOf(answer, 'ageSeconds');\n    else failReads(run.s[source.name], source.name + ':' + failure);\n  }\n}",
  },
  failReads: {
    needs: [],
    text: "function failReads(record, cause) {\n  Object.keys(record).forEach(function (name) {\n    Object.defineProperty(record, name, {\n      get: function () {\n        return fail(cause, 0);\n      }\n    });\n  });\n}",
  },
  firstStale: {
    needs: [],
    text: "/* A claim's bound on age: the token lives on. What it rests on may come through other claims. */\nfunction firstStale(run, claim) {\n  var budget = claim.maxAgeSeconds - (policy.lifetimeSeconds || 0);\n  for (var i = 0; i < claim.restsOn.length; i++) {\n    var age = run.ages[claim.restsOn[i]];\n    if (age !== undefined && !(age <= budget)) return claim.restsOn[i] + ':stale';\n  }\n  return undefined;\n}",
  },
  forAudience: {
    needs: [],
    text: "function forAudience(claim, c) {\n  return claim.audiences.indexOf(c.request.audience) >= 0;\n}",
  },
  forClient: {
    needs: [],
    text: "function forClient(claim, c) {\n  return claim.clients.indexOf(c.client.id) >= 0;\n}",
  },
  forAudienceAndClient: {
    needs: ['forAudience', 'forClient'],
    text: "function forAudienceAndClient(claim, c) {\n  return forAudience(claim, c) && forClient(claim, c);\n}",
  },
  isAddressed: {
    needs: [],
    text: "function isAddressed(claim, c) {\n  return !claim.isAddressed || claim.isAddressed(claim, c);\n}",
  },
  evaluateDeny: {
    needs: ['denyWith', 'holds', 'note'],
    text: "/* The first rule that holds or can't be told. Rules that ask nobody come first: `needs` looks no further. */\nfunction evaluateDeny(run, asksNobody) {\n  for (var i = 0; i < policy.deny.length; i++) {\n    var rule = policy.deny[i];\n    if (asksNobody && rule.sources) return;\n    if (holds(run, rule.when) || run.cause) {\n      denyWith(run, !run.cause && rule.reason);\n      return note(run, 'deny', rule.reason, 'denied');\n    }\n  }\n}",
  },
  evaluateClaim: {
    needs: ['denyWith', 'evaluate', 'firstUnfit', 'holds', 'isAddressed', 'note'],
    text: "function evaluateClaim(run, claim) {\n  var value;\n  var outcome = 'emitted';\n  run.cause = undefined;\n  if (!isAddressed(claim, run.c) || (claim.when && !holds(run, claim.when) && !run.cause))\n    return note(run, 'claim', claim.name, 'skipped');\n  if (!run.cause && claim.stale) run.cause = claim.stale(run, claim);\n  if (!run.cause) value = evaluate(run, claim.value);\n  if (!run.cause && (value === undefined || value === null)) run.cause = 'absent';\n  if (!run.cause && claim.bounds) run.cause = firstUnfit(claim, value);\n  if (run.cause) {\n    if (claim.onMissing === 'deny') denyWith(run);\n    if (!claim.onMissing || claim.onMissing === 'deny')\n      return note(run, 'claim', claim.name, claim.onMissing ? 'denied' : 'omitted');\n    value = claim.onMissing.value;\n    outcome = 'default';\n  }\n  run.k[claim.name] = value;\n  if (claim.access) run.decision.access[claim.as || claim.name] = value;\n  if (claim.id) run.decision.id[claim.as || claim.name] = value;\n  note(run, 'claim', claim.name, outcome);\n}",
  },
  evaluateClaims: {
    needs: ['evaluateClaim'],
    text: "function evaluateClaims(run) {\n  for (var i = 0; i < policy.claims.length; i++) evaluateClaim(run, policy.claims[i]);\n}",
  },
  judge: {
    needs: ['holds', 'note'],
    text: "function judge(run, kind, name, row, p) {\n  var isGranted = holds(run, row.grant, p);\n  note(run, kind, name, isGranted ? 'granted' : 'refused');\n  return isGranted;\n}",
  },
  denyUnknown: {
    needs: ['denyWith', 'note'],
    text: "function denyUnknown(run, kind, name, cause) {\n  run.cause = cause;\n  denyWith(run);\n  note(run, kind, name, 'denied');\n}",
  },
  matchScope: {
    needs: [],
    text: "/* What the placeholders of a scope stand for in `name`; null where it does not match. */\nfunction matchScope(scope, name) {\n  return scope.pattern ? scope.pattern.exec(name) : name === scope.name ? [] : null;\n}",
  },
  evaluateScope: {
    needs: ['denyUnknown', 'judge', 'matchScope'],
    text: "/* Scopes that the issuer can't tell are taken for asked, all but those that name one object. */\nfunction evaluateScope(run, scope) {\n  var asked = run.c.request.scopes || (scope.pattern ? undefined : [scope.name]);\n  if (!asked) return denyUnknown(run, 'scope', scope.name, 'scopes_unknown');\n  var isAsked = false;\n  var remove = run.decision.scopes.remove;\n  for (var i = 0; i < asked.length; i++) {\n    var bound = matchScope(scope, asked[i]);\n    if (!bound) continue;\n    isAsked = true;\n    if (!judge(run, 'scope', asked[i], scope, bound) && remove.indexOf(asked[i]) < 0) remove.push(asked[i]);\n  }\n  if (scope.addUnasked && !isAsked) scope.addUnasked(run, scope);\n}",
  },
  addUnasked: {
    needs: ['holds', 'note'],
    text: "function addUnasked(run, scope) {\n  if (!holds(run, scope.grant, [])) return;\n  run.decision.scopes.add.push(scope.name);\n  note(run, 'scope', scope.name, 'granted');\n}",
  },
  evaluateScopes: {
    needs: ['evaluateScope', 'isStray', 'refuseStray'],
    text: "function evaluateScopes(run) {\n  for (var i = 0; i < policy.scopes.length; i++) evaluateScope(run, policy.scopes[i]);\n  var asked = run.c.request.scopes || [];\n  for (var j = 0; j < asked.length; j++) if (isStray(asked[j])) refuseStray(run, asked[j]);\n}",
  },
  isStray: {
    needs: ['matchScope'],
    text: "/* A name that is no scope, or begins like one that names an object and fits none: no way around a grant. */\nfunction isStray(name) {\n  var isStray = !/^[!#-[\\]-~]+$/.test(name);\n  for (var i = 0; i < policy.scopes.length; i++) {\n    var scope = policy.scopes[i];\n    if (matchScope(scope, name)) return false;\n    if (scope.pattern && name.indexOf(scope.begins) === 0) isStray = true;\n  }\n  return isStray;\n}",
  },
  refuseStray: {
    needs: ['note'],
    text: "function refuseStray(run, name) {\n  run.cause = 'scope_name';\n  note(run, 'scope', name, 'refused');\n  if (run.decision.scopes.remove.indexOf(name) < 0) run.decision.scopes.remove.push(name);\n}",
  },
  requireSubject: {
    needs: ['denyUnknown'],
    text: "/* Conditions on the kind of subject mean nothing where it is not known. */\nfunction requireSubject(run) {\n  if (run.c.subject_type === undefined) denyUnknown(run, 'deny', 'subject_type', 'no_such_key');\n}",
  },
  evaluateDetails: {
    needs: ['denyUnknown', 'denyWith', 'fieldOf', 'judge'],
    text: "function evaluateDetails(run) {\n  var requested = run.c.request.authorization_details;\n  if (!requested) return denyUnknown(run, 'detail', policy.details[0].type, 'authorization_details_unknown');\n  for (var i = 0; i < requested.length; i++) {\n    for (var j = 0; j < policy.details.length; j++) {\n      var detail = policy.details[j];\n      if (\n        fieldOf(requested[i], 'type') === detail.type &&\n        !judge(run, 'detail', detail.type, detail, detail.read(requested[i]))\n      )\n        denyWith(run, 'authorization_details_refused');\n    }\n  }\n}",
  },
  decide: {
    needs: ['startRun'],
    text: "/* What is denied once stays denied: later steps could only add to what nobody gets. */\nfunction decide(c, answers) {\n  var run = startRun(c, answers);\n  var decision = run.decision;\n  for (var i = 0; i < policy.steps.length && !decision.denied; i++) policy.steps[i](run);\n  if (decision.denied) {\n    decision.access = {};\n    decision.id = {};\n    decision.scopes = { add: [], remove: [] };\n  } else if (policy.marker) decision.access[policy.marker.claim] = policy.marker.value;\n  return decision;\n}",
  },
  findNeeds: {
    needs: ['evaluateDeny', 'fieldOf', 'needOf', 'startRun'],
    text: "function findNeeds(c, answers) {\n  var open = [];\n  for (var i = 0; i < policy.sources.length; i++) {\n    var source = policy.sources[i];\n    var need = fieldOf(answers, source.name) === undefined ? needOf(source, c) : undefined;\n    if (need !== undefined) open.push(need);\n  }\n  if (open.length === 0) return open;\n  var run = startRun(c, answers);\n  if (policy.deny) evaluateDeny(run, true);\n  if (run.decision.denied) return [];\n  return open.filter(function (need) {\n    return policy.isRead(run, need.source, open);\n  });\n}",
  },
  isReadByAny: {
    needs: [],
    text: "/* Each kind of reader says whether one of its rows will surely read the source. */\nfunction isReadByAny(run, source, open) {\n  for (var i = 0; i < policy.readers.length; i++) if (policy.readers[i](run, source, open)) return true;\n  return false;\n}",
  },
  includes: {
    needs: [],
    text: "function includes(list, value) {\n  return list !== undefined && list.indexOf(value) >= 0;\n}",
  },
  isReadByDeny: {
    needs: ['includes'],
    text: "function isReadByDeny(_run, source) {\n  for (var i = 0; i < policy.deny.length; i++) if (includes(policy.deny[i].sources, source)) return true;\n  return false;\n}",
  },
  isReadByClaims: {
    needs: ['holds', 'includes', 'isAddressed'],
    text: "function isReadByClaims(run, source, open) {\n  for (var i = 0; i < policy.claims.length; i++) {\n    var claim = policy.claims[i];\n    if (!isAddressed(claim, run.c)) continue;\n    if (includes(claim.whenSources, source)) return true;\n    if (!includes(claim.sources, source)) continue;\n    // Whether the claim will be emitted may rest on other sources and claims; those come first.\n    if (claim.claimsBefore && !claim.claimsBefore(run, claim, open)) continue;\n    if (!claim.when || holds(run, claim.when)) return true;\n  }\n  return false;\n}",
  },
  claimsBefore: {
    needs: ['evaluateClaims', 'includes'],
    text: "/* Evaluates the claims that a `when` reads; false while a source that they rest on can still be asked. */\nfunction claimsBefore(run, claim, open) {\n  for (var i = 0; i < open.length; i++) if (includes(claim.whenRestsOn, open[i].source)) return false;\n  evaluateClaims(run);\n  return true;\n}",
  },
  isReadByScopes: {
    needs: ['includes', 'matchScope'],
    text: "function isReadByScopes(run, source) {\n  var asked = run.c.request.scopes;\n  for (var i = 0; i < policy.scopes.length; i++) {\n    var scope = policy.scopes[i];\n    if (!includes(scope.sources, source)) continue;\n    if (scope.addUnasked || !asked) return true;\n    for (var j = 0; j < asked.length; j++) if (matchScope(scope, asked[j])) return true;\n  }\n  return false;\n}",
  },
  isReadByDetails: {
    needs: ['fieldOf', 'includes'],
    text: "function isReadByDetails(run, source) {\n  var requested = run.c.request.authorization_details || [];\n  for (var i = 0; i < policy.details.length; i++) {\n    for (var j = 0; j < requested.length; j++) {\n      if (\n        includes(policy.details[i].sources, source) &&\n        fieldOf(requested[j], 'type') === policy.details[i].type\n      )\n        return true;\n    }\n  }\n  return false;\n}",
  },
  noNeeds: {
    needs: [],
    text: "/* A policy without sources takes no answers. */\nfunction noNeeds() {\n  return [];\n}",
  },
} as const;
