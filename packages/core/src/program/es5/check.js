/**
 * A condition is true or false; anything else counts as unknown.
 * @type {(value: unknown) => boolean}
 */
function truth(value) {
  return typeof value === 'boolean' ? value : fail('type_mismatch');
}

/**
 * Whether a token can carry a value: it exists and is JSON. A part may occur several times.
 * @type {<T>(value: T | null | undefined, budget: Budget) => T}
 */
function claimValue(value, budget) {
  var present = notAbsent(value);
  if (!isJson(present, 0, budget)) fail('not_json');
  return present;
}

/**
 * The same for a value of the type string.
 * @type {(value: unknown, budget: Budget) => string}
 */
function claimText(value, budget) {
  var text = notAbsent(value);
  if (typeof text !== 'string') return fail('not_json');
  spend(budget, 1 + (text.length >> 2));
  return text;
}

/**
 * The same for a list of strings.
 * @type {(value: unknown, budget: Budget) => unknown[]}
 */
function claimTexts(value, budget) {
  var texts = notAbsent(value);
  if (!Array.isArray(texts)) return fail('not_json');
  spend(budget, 1 + texts.length);
  for (var i = 0; i < texts.length; i++) claimText(texts[i], budget);
  return texts;
}

/** @type {<T>(value: T | null | undefined) => T} */
function notAbsent(value) {
  return value === undefined || value === null ? fail('absent') : value;
}

/**
 * Checks the age of values, including the token's lifetime. A failed source has no age, and fails when it is read.
 * @type {(answers: unknown, name: string, seconds: number) => void}
 */
function limitAge(answers, name, seconds) {
  var answer = /** @type {Answer | undefined} */ (fieldOf(answers, name));
  if (answer && answer.failure === undefined && !(answer.ageSeconds <= seconds)) fail(name + ':stale');
}

/** @type {<T>(value: T, limit: number) => T} */
function limitItems(value, limit) {
  return Array.isArray(value) && value.length > limit ? fail('max_items') : value;
}

/** @type {<T>(value: T, limit: number) => T} */
function limitBytes(value, limit) {
  return jsonSize(value) > limit ? fail('max_bytes') : value;
}

/**
 * UTF-8 bytes as JSON. Engines before ES2019 do not escape lone surrogates, so they are counted as their escape.
 * @type {(value: unknown) => number}
 */
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

/** @type {(value: unknown, depth: number, budget: Budget) => boolean} */
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
  if (!isMapping(value) || Object.prototype.toString.call(value) !== '[object Object]') return false;
  for (var key in value) {
    if (!hasOwn.call(value, key)) continue;
    spend(budget, 16 + (key.length >> 2));
    if (key === '__proto__' || !isJson(value[key], depth + 1, budget)) return false;
  }
  return true;
}
