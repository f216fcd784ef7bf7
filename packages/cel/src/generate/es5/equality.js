/**
 * Equality if one of the two is known to be a text.
 * @type {(a: Value | undefined, b: Value | undefined, budget: Budget) => boolean}
 */
function sameText(a, b, budget) {
  if (typeof a !== 'string' || typeof b !== 'string' || a.length !== b.length) return false;
  spend(budget, a.length >> 4);
  return a === b;
}

/** @type {(a: Value | undefined, b: Value | undefined, budget: Budget) => boolean} */
function equals(a, b, budget) {
  return same(a, b, 0, budget);
}

/**
 * Values nested deeper than any token may carry count as unequal, so that a comparison always ends.
 * @type {(a: Value | undefined, b: Value | undefined, depth: number, budget: Budget) => boolean}
 */
function same(a, b, depth, budget) {
  if (typeof a === 'string') return sameText(a, b, budget);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > 64)
    return a === b;
  spend(budget, 1);
  if (a instanceof Optional || b instanceof Optional) {
    return a instanceof Optional && b instanceof Optional && same(a.value, b.value, depth + 1, budget);
  }
  if (a instanceof Opaque || b instanceof Opaque) return sameOpaque(a, b);
  return isList(a)
    ? isList(b) && sameLists(a, b, depth, budget)
    : !isList(b) && sameMaps(a, b, depth, budget);
}

/** @type {(a: Value, b: Value) => boolean} */
function sameOpaque(a, b) {
  return (
    a instanceof Opaque &&
    b instanceof Opaque &&
    a.type === b.type &&
    a.value === b.value &&
    a.rest === b.rest
  );
}

/** @type {(a: Value[], b: Value[], depth: number, budget: Budget) => boolean} */
function sameLists(a, b, depth, budget) {
  if (a.length !== b.length) return false;
  spend(budget, a.length);
  for (var i = 0; i < a.length; i++) if (!same(a[i], b[i], depth + 1, budget)) return false;
  return true;
}

/** @type {(a: CelMap, b: CelMap, depth: number, budget: Budget) => boolean} */
function sameMaps(a, b, depth, budget) {
  var count = 0;
  var key;
  for (key in a) {
    spend(budget, 24);
    if (own(a, key)) {
      if (!own(b, key) || !same(a[key], b[key], depth + 1, budget)) return false;
      count++;
    }
  }
  return count === countKeys(b, budget);
}

/** @type {(list: Value[], value: Value | undefined, budget: Budget) => boolean} */
function contains(list, value, budget) {
  spend(budget, list.length);
  for (var i = 0; i < list.length; i++) if (same(list[i], value, 0, budget)) return true;
  return false;
}

/**
 * Whether a list has a short text, or another value that is not a list or map.
 * @type {(list: Value[], value: Value, budget: Budget) => boolean}
 */
function among(list, value, budget) {
  spend(budget, list.length);
  return list.indexOf(value) !== -1;
}

/**
 * The same for a text of any length.
 * @type {(list: Value[], value: Value, budget: Budget) => boolean}
 */
function amongTexts(list, value, budget) {
  spend(budget, list.length);
  for (var i = 0; i < list.length; i++) if (sameText(list[i], value, budget)) return true;
  return false;
}

/** @type {(value: Value, container: Value, budget: Budget, at: number) => boolean} */
function isIn(value, container, budget, at) {
  if (isList(container)) return contains(container, value, budget);
  return isMap(container) ? own(container, lookup(value, budget)) : fail('no_matching_overload', at);
}

/**
 * Orders by code point: UTF-16 puts U+E000..U+FFFF after later characters, which it writes as surrogates.
 * @type {(unit: number) => number}
 */
function rank(unit) {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** @type {(a: string, b: string, budget: Budget) => number} */
function order(a, b, budget) {
  var length = Math.min(a.length, b.length);
  spend(budget, length >> 2);
  for (var i = 0; i < length; i++) {
    var difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
  }
  return a.length - b.length;
}

/** @type {(a: Value, b: Value, budget: Budget, at: number) => number} */
function compare(a, b, budget, at) {
  if (typeof a === 'string' && typeof b === 'string') return order(a, b, budget);
  if (
    (typeof a === 'number' && typeof b === 'number') ||
    (typeof a === 'boolean' && typeof b === 'boolean')
  ) {
    return a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN;
  }
  return fail('no_matching_overload', at);
}
