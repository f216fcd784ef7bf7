// Generated from library.js by `npm run generate`; do not edit.

/** The text of every function and the others that it names, in the order in which they are emitted. */
export const LIBRARY = {
  fieldOf: {
    needs: [],
    text: "function fieldOf(object, name) {\n  if (typeof object !== 'object' || object === null) return undefined;\n  return Object.prototype.hasOwnProperty.call(object, name) ? object[name] : undefined;\n}",
  },
  readString: {
    needs: [],
    text: "function readString(value) {\n  return typeof value === 'string' ? value : undefined;\n}",
  },
  readBool: {
    needs: [],
    text: "function readBool(value) {\n  return typeof value === 'boolean' ? value : undefined;\n}",
  },
  readInt: {
    needs: [],
    text: "function readInt(value) {\n  return typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991\n    ? value + 0\n    : undefined;\n}",
  },
  readDouble: {
    needs: [],
    text: "function readDouble(value) {\n  return typeof value === 'number' && isFinite(value) ? value : undefined;\n}",
  },
  readAny: {
    needs: [],
    text: "function readAny(value) {\n  return value === null || typeof value === 'function' ? undefined : value;\n}",
  },
  readList: {
    needs: [],
    text: "function readList(value, read) {\n  if (!Array.isArray(value)) return undefined;\n  var list = [];\n  for (var i = 0; i < value.length; i++) {\n    var element = read(value[i]);\n    if (element === undefined) return undefined;\n    list.push(element);\n  }\n  return list;\n}",
  },
  readMap: {
    needs: ['isMapping'],
    text: "function readMap(value, read) {\n  if (!isMapping(value)) return undefined;\n  var map = {};\n  for (var key in value) {\n    if (!Object.prototype.hasOwnProperty.call(value, key)) continue;\n    var element = key === '__proto__' ? undefined : read(value[key]);\n    if (element === undefined) return undefined;\n    map[key] = element;\n  }\n  return map;\n}",
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
    text: "function isJson(value, depth) {\n  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;\n  if (typeof value === 'number') return isFinite(value);\n  if (typeof value !== 'object' || depth > 50) return false;\n  if (Array.isArray(value)) {\n    for (var i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1)) return false;\n    return true;\n  }\n  if (Object.prototype.toString.call(value) !== '[object Object]') return false;\n  for (var key in value) {\n    if (!Object.prototype.hasOwnProperty.call(value, key)) continue;\n    if (key === '__proto__' || !isJson(value[key], depth + 1)) return false;\n  }\n  return true;\n}",
  },
  jsonSize: {
    needs: [],
    text: "/* UTF-8 bytes as JSON. Engines before ES2019 leave lone surrogates bare, so they are counted as their escape. */\nfunction jsonSize(value) {\n  var text = JSON.stringify(value);\n  var bytes = 0;\n  for (var i = 0; i < text.length; i++) {\n    var unit = text.charCodeAt(i);\n    if (unit < 0x80) bytes += 1;\n    else if (unit < 0x800) bytes += 2;\n    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;\n    else if (unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {\n      bytes += 4;\n      i += 1;\n    } else bytes += 6;\n  }\n  return bytes;\n}",
  },
  unfit: {
    needs: [],
    text: "function unfit(claim, value) {\n  if (value === undefined || value === null) return 'absent';\n  for (var i = 0; claim.bounds !== undefined && i < claim.bounds.length; i++) {\n    var cause = claim.bounds[i](claim, value);\n    if (cause !== undefined) return cause;\n  }\n  return undefined;\n}",
  },
  escapePart: {
    needs: [],
    text: "/* One segment or parameter of an address. Dots alone would be taken for a step up the path. */\nfunction escapePart(value) {\n  if (typeof value !== 'string' && typeof value !== 'number') return undefined;\n  var text = String(value);\n  if (text === '' || text === '.' || text === '..') return undefined;\n  return encodeURIComponent(text);\n}",
  },
  urlOf: {
    needs: ['escapePart'],
    text: "/* The address to ask, or undefined where a placeholder has no usable value. */\nfunction urlOf(source, c) {\n  var url = '';\n  try {\n    for (var i = 0; i < source.url.length; i++) {\n      var piece = source.url[i];\n      var text = typeof piece === 'string' ? piece : escapePart(piece(c));\n      if (text === undefined) return undefined;\n      url += text;\n    }\n  } catch (_error) {\n    return undefined;\n  }\n  return url;\n}",
  },
  takeAnswers: {
    needs: ['fieldOf', 'isMapping'],
    text: "/* The sources' records with a failure by name where there is nothing to trust. */\nfunction takeAnswers(policy, answers) {\n  var taken = { records: {}, failures: {}, ages: {} };\n  for (var i = 0; i < policy.sources.length; i++) {\n    var source = policy.sources[i];\n    var answer = fieldOf(answers, source.name);\n    var failure = answer === undefined ? 'unbound' : fieldOf(answer, 'failure');\n    var value = failure === undefined ? fieldOf(answer, 'value') : undefined;\n    if (failure === undefined && !isMapping(value)) failure = 'malformed';\n    if (failure !== undefined) taken.failures[source.name] = source.name + ':' + failure;\n    taken.records[source.name] = source.read(value);\n    taken.ages[source.name] = fieldOf(answer, 'ageSeconds');\n  }\n  return taken;\n}",
  },
  includes: {
    needs: [],
    text: "/* Rows leave out what they do not have: a claim without sources has no list of them. */\nfunction includes(list, value) {\n  return list !== undefined && list.indexOf(value) >= 0;\n}",
  },
  firstFailure: {
    needs: [],
    text: "function firstFailure(sources, taken) {\n  for (var i = 0; sources !== undefined && i < sources.length; i++) {\n    if (taken.failures[sources[i]] !== undefined) return taken.failures[sources[i]];\n  }\n  return undefined;\n}",
  },
  firstStale: {
    needs: [],
    text: "/* A claim's bound on age; what it rests on may come through other claims. */\nfunction firstStale(policy, claim, taken) {\n  var budget = claim.maxAgeSeconds - (policy.lifetimeSeconds || 0);\n  for (var i = 0; i < claim.restsOn.length; i++) {\n    var age = taken.ages[claim.restsOn[i]];\n    if (age !== undefined && !(age <= budget)) return claim.restsOn[i] + ':stale';\n  }\n  return undefined;\n}",
  },
  causeOf: {
    needs: [],
    text: "function causeOf(error) {\n  return error && typeof error.code === 'string' ? error.code : 'internal';\n}",
  },
  test: {
    needs: ['causeOf', 'firstFailure'],
    text: "/* A condition: { holds } or { cause }. A condition that can't be told never counts as either. */\nfunction test(condition, sources, taken, c, k, p) {\n  var cause = firstFailure(sources, taken);\n  if (cause !== undefined) return { holds: false, cause: cause };\n  try {\n    var holds = condition(c, taken.records, k, p);\n    return typeof holds === 'boolean'\n      ? { holds: holds, cause: undefined }\n      : { holds: false, cause: 'type_mismatch' };\n  } catch (error) {\n    return { holds: false, cause: causeOf(error) };\n  }\n}",
  },
  note: {
    needs: [],
    text: "function note(kind, name, outcome, cause) {\n  return cause === undefined\n    ? { kind: kind, name: name, outcome: outcome }\n    : { kind: kind, name: name, outcome: outcome, cause: cause };\n}",
  },
  forAudience: {
    needs: ['includes'],
    text: "function forAudience(claim, c) {\n  return includes(claim.audiences, c.request.audience);\n}",
  },
  forClient: {
    needs: ['includes'],
    text: "function forClient(claim, c) {\n  return includes(claim.clients, c.client.id);\n}",
  },
  isAddressed: {
    needs: [],
    text: "function isAddressed(claim, c) {\n  for (var i = 0; claim.gates !== undefined && i < claim.gates.length; i++)\n    if (!claim.gates[i](claim, c)) return false;\n  return true;\n}",
  },
  denyBy: {
    needs: ['note', 'test'],
    text: "/* The first deny rule that holds or can't be told; `withSources` false looks only at rules that ask nobody. */\nfunction denyBy(policy, c, taken, withSources) {\n  for (var i = 0; i < policy.deny.length; i++) {\n    var rule = policy.deny[i];\n    if (!withSources && rule.sources !== undefined) continue;\n    var verdict = test(rule.when, rule.sources, taken, c);\n    if (verdict.holds) return { reason: rule.reason, outcome: note('deny', rule.reason, 'denied') };\n    if (verdict.cause !== undefined) {\n      return {\n        reason: 'enrichment_unavailable',\n        outcome: note('deny', rule.reason, 'denied', verdict.cause)\n      };\n    }\n  }\n  return undefined;\n}",
  },
  missingCause: {
    needs: ['causeOf', 'firstFailure', 'unfit'],
    text: "/* Why a claim has no value here, or undefined with the value in `slot`. */\nfunction missingCause(policy, claim, c, taken, k, slot) {\n  var cause = firstFailure(claim.sources, taken);\n  if (cause === undefined && claim.stale !== undefined) cause = claim.stale(policy, claim, taken);\n  if (cause !== undefined) return cause;\n  try {\n    slot.value = claim.value === undefined ? claim.constant : claim.value(c, taken.records, k);\n    return unfit(claim, slot.value);\n  } catch (error) {\n    return causeOf(error);\n  }\n}",
  },
  evaluateClaim: {
    needs: ['isAddressed', 'missingCause', 'note', 'test'],
    text: "function evaluateClaim(policy, claim, c, taken, k, decision) {\n  if (!isAddressed(claim, c)) return note('claim', claim.name, 'skipped');\n  var verdict = claim.when === undefined ? { holds: true } : test(claim.when, claim.whenSources, taken, c, k);\n  if (!verdict.holds && verdict.cause === undefined) return note('claim', claim.name, 'skipped');\n  var slot = { value: undefined };\n  var cause = verdict.holds ? missingCause(policy, claim, c, taken, k, slot) : verdict.cause;\n  if (cause !== undefined) {\n    if (claim.onMissing === 'omit') return note('claim', claim.name, 'omitted', cause);\n    if (claim.onMissing === 'deny') {\n      decision.denied = decision.denied || 'enrichment_unavailable';\n      return note('claim', claim.name, 'denied', cause);\n    }\n    slot.value = claim.onMissing.value;\n  }\n  k[claim.name] = slot.value;\n  if (claim.access) decision.access[claim.as] = slot.value;\n  if (claim.id) decision.id[claim.as] = slot.value;\n  return note('claim', claim.name, cause === undefined ? 'emitted' : 'default', cause);\n}",
  },
  evaluateClaims: {
    needs: ['evaluateClaim'],
    text: "function evaluateClaims(policy, c, taken, decision) {\n  var k = policy.emptyClaims();\n  for (var i = 0; i < policy.claims.length; i++) {\n    decision.outcomes.push(evaluateClaim(policy, policy.claims[i], c, taken, k, decision));\n  }\n  return k;\n}",
  },
  matchScope: {
    needs: [],
    text: "/* What the placeholders of a scope stand for in `name`, or undefined where it does not match. */\nfunction matchScope(scope, name) {\n  var pieces = scope.pattern;\n  if (pieces.length === 1) return name === pieces[0] ? {} : undefined;\n  if (name.indexOf(pieces[0]) !== 0) return undefined;\n  var bound = {};\n  var at = pieces[0].length;\n  for (var i = 1; i < pieces.length; i++) {\n    var end = pieces[i] === '' ? name.length : name.indexOf(pieces[i], at);\n    if (end - at < 1 || end - at > 128) return undefined;\n    bound[scope.placeholders[i - 1]] = name.slice(at, end);\n    at = end + pieces[i].length;\n  }\n  return at === name.length ? bound : undefined;\n}",
  },
  evaluateScopes: {
    needs: ['includes', 'matchScope', 'note', 'test'],
    text: "/* Scopes that the issuer can't tell are taken for asked, all but those that name one object. */\nfunction evaluateScopes(policy, c, taken, k, decision) {\n  for (var i = 0; i < policy.scopes.length; i++) {\n    var scope = policy.scopes[i];\n    var asked = c.request.scopes || (scope.placeholders === undefined ? [scope.name] : undefined);\n    if (asked === undefined) {\n      decision.denied = decision.denied || 'enrichment_unavailable';\n      decision.outcomes.push(note('scope', scope.name, 'denied', 'scopes_unknown'));\n      continue;\n    }\n    var isAsked = false;\n    for (var j = 0; j < asked.length; j++) {\n      var bound = matchScope(scope, asked[j]);\n      if (bound === undefined) continue;\n      isAsked = true;\n      var verdict = test(scope.grant, scope.sources, taken, c, k, bound);\n      if (!verdict.holds && !includes(decision.scopes.remove, asked[j]))\n        decision.scopes.remove.push(asked[j]);\n      decision.outcomes.push(note('scope', asked[j], verdict.holds ? 'granted' : 'refused', verdict.cause));\n    }\n    if (scope.add && !isAsked && test(scope.grant, scope.sources, taken, c, k, {}).holds) {\n      decision.scopes.add.push(scope.name);\n      decision.outcomes.push(note('scope', scope.name, 'granted'));\n    }\n  }\n}",
  },
  evaluateDetails: {
    needs: ['fieldOf', 'note', 'test'],
    text: "function evaluateDetails(policy, c, taken, k, decision) {\n  if (c.request.authorization_details === undefined) {\n    decision.denied = decision.denied || 'enrichment_unavailable';\n    decision.outcomes.push(note('detail', policy.details[0].type, 'denied', 'authorization_details_unknown'));\n    return;\n  }\n  for (var i = 0; i < c.request.authorization_details.length; i++) {\n    var requested = c.request.authorization_details[i];\n    for (var j = 0; j < policy.details.length; j++) {\n      var detail = policy.details[j];\n      if (fieldOf(requested, 'type') !== detail.type) continue;\n      var verdict = test(detail.grant, detail.sources, taken, c, k, { detail: detail.read(requested) });\n      if (!verdict.holds) decision.denied = decision.denied || 'authorization_details_refused';\n      decision.outcomes.push(\n        note('detail', detail.type, verdict.holds ? 'granted' : 'refused', verdict.cause)\n      );\n    }\n  }\n}",
  },
  decideBy: {
    needs: ['denyBy', 'evaluateClaims'],
    text: "function decideBy(policy, c, answers) {\n  var taken = policy.takeAnswers(policy, answers);\n  var decision = {\n    denied: undefined,\n    access: {},\n    id: {},\n    scopes: { add: [], remove: [] },\n    lifetimeSeconds: policy.lifetimeSeconds,\n    outcomes: []\n  };\n  // What needs no source comes first, here as in needsBy: then nobody is asked about who is refused anyway.\n  var deny = denyBy(policy, c, taken, false) || denyBy(policy, c, taken, true);\n  if (deny !== undefined) {\n    decision.denied = deny.reason;\n    decision.outcomes.push(deny.outcome);\n  } else {\n    var k = evaluateClaims(policy, c, taken, decision);\n    for (var i = 0; policy.afterClaims !== undefined && i < policy.afterClaims.length; i++) {\n      policy.afterClaims[i](policy, c, taken, k, decision);\n    }\n  }\n  if (decision.denied !== undefined) {\n    decision.access = {};\n    decision.id = {};\n    decision.scopes = { add: [], remove: [] };\n  } else if (policy.marker !== undefined) decision.access[policy.marker.claim] = policy.marker.value;\n  return decision;\n}",
  },
  needsBy: {
    needs: ['denyBy', 'fieldOf', 'isNeeded', 'takeAnswers', 'urlOf'],
    text: "function needsBy(policy, c, answers) {\n  var needs = [];\n  var taken = takeAnswers(policy, answers);\n  if (denyBy(policy, c, taken, false) !== undefined) return needs;\n  for (var i = 0; i < policy.sources.length; i++) {\n    var source = policy.sources[i];\n    if (fieldOf(answers, source.name) !== undefined || !isNeeded(policy, source.name, c, taken, answers))\n      continue;\n    var url = urlOf(source, c);\n    if (url !== undefined) needs.push({ source: source.name, url: url });\n  }\n  return needs;\n}",
  },
  isNeeded: {
    needs: [],
    text: "/* Each kind of reader says whether one of its rows will surely read the source. */\nfunction isNeeded(policy, source, c, taken, answers) {\n  for (var i = 0; policy.readers !== undefined && i < policy.readers.length; i++) {\n    if (policy.readers[i](policy, source, c, taken, answers)) return true;\n  }\n  return false;\n}",
  },
  isReadByDeny: {
    needs: ['includes'],
    text: "function isReadByDeny(policy, source) {\n  for (var i = 0; i < policy.deny.length; i++) if (includes(policy.deny[i].sources, source)) return true;\n  return false;\n}",
  },
  isReadByClaims: {
    needs: ['includes', 'isAddressed', 'test'],
    text: "function isReadByClaims(policy, source, c, taken, answers) {\n  for (var i = 0; i < policy.claims.length; i++) {\n    var claim = policy.claims[i];\n    if (!isAddressed(claim, c)) continue;\n    if (includes(claim.whenSources, source)) return true;\n    if (!includes(claim.sources, source)) continue;\n    if (claim.when === undefined) return true;\n    // Whether the claim will be emitted may rest on other sources and claims; those come first.\n    var k = claim.claimsBefore && claim.claimsBefore(policy, claim, c, taken, answers);\n    if (k !== null && test(claim.when, claim.whenSources, taken, c, k).holds) return true;\n  }\n  return false;\n}",
  },
  claimsBefore: {
    needs: ['evaluateClaims', 'fieldOf', 'includes', 'urlOf'],
    text: "/* The claims that a `when` reads; null while a source that it rests on can still be asked. */\nfunction claimsBefore(policy, claim, c, taken, answers) {\n  for (var i = 0; i < policy.sources.length; i++) {\n    var source = policy.sources[i];\n    if (!includes(claim.whenRestsOn, source.name) || fieldOf(answers, source.name) !== undefined) continue;\n    if (urlOf(source, c) !== undefined) return null;\n  }\n  return evaluateClaims(policy, c, taken, { access: {}, id: {}, outcomes: [] });\n}",
  },
  isReadByScopes: {
    needs: ['includes', 'matchScope'],
    text: "function isReadByScopes(policy, source, c) {\n  for (var i = 0; i < policy.scopes.length; i++) {\n    var scope = policy.scopes[i];\n    if (!includes(scope.sources, source)) continue;\n    if (scope.add || c.request.scopes === undefined) return true;\n    for (var j = 0; j < c.request.scopes.length; j++) {\n      if (matchScope(scope, c.request.scopes[j]) !== undefined) return true;\n    }\n  }\n  return false;\n}",
  },
  isReadByDetails: {
    needs: ['fieldOf', 'includes'],
    text: "function isReadByDetails(policy, source, c) {\n  var requested = c.request.authorization_details;\n  for (var i = 0; i < policy.details.length; i++) {\n    var detail = policy.details[i];\n    for (var j = 0; requested !== undefined && j < requested.length; j++) {\n      if (includes(detail.sources, source) && fieldOf(requested[j], 'type') === detail.type) return true;\n    }\n  }\n  return false;\n}",
  },
  noAnswers: {
    needs: [],
    text: "/* A policy without sources takes no answers. */\nfunction noAnswers() {\n  return { records: {}, failures: {}, ages: {} };\n}",
  },
  noNeeds: {
    needs: [],
    text: "function noNeeds() {\n  return [];\n}",
  },
} as const;
