/** @type {(list: Value[], budget: Budget) => Value[]} */
function distinct(list, budget) {
  /** @type {CelMap} */
  var seen = {};
  var found = [];
  spend(budget, list.length * 16);
  for (var i = 0; i < list.length; i++) {
    var value = list[i];
    if (typeof value === 'string') {
      spend(budget, value.length >> 2);
      if (!hasOwn.call(seen, '$' + value)) {
        seen['$' + value] = true;
        found.push(value);
      }
    } else if (!contains(found, value, budget)) found.push(value);
  }
  return found;
}

/** @type {(list: Value[], budget: Budget, at: number) => Value[]} */
function sort(list, budget, at) {
  return sortWith(list, compare, budget, at);
}

/**
 * @param {Value[]} list
 * @param {(a: Value, b: Value, budget: Budget, at: number) => number} order
 * @param {Budget} budget
 * @param {number} at
 */
function sortWith(list, order, budget, at) {
  spend(budget, list.length);
  for (var i = 0; i < list.length; i++) order(list[i], list[0], budget, at);
  return list.slice().sort(function (a, b) {
    spend(budget, 4);
    return order(a, b, budget, at);
  });
}

/** @type {(list: Value[], start: number, end: number, budget: Budget, at: number) => Value[]} */
function slice(list, start, end, budget, at) {
  if (start < 0 || end > list.length || start > end) return fail('index_out_of_bounds', at);
  spend(budget, end - start);
  return list.slice(start, end);
}

/** @type {(list: Value[], budget: Budget) => Value[]} */
function flatten(list, budget) {
  var found = [];
  spend(budget, list.length * 2);
  for (var i = 0; i < list.length; i++) {
    var inner = list[i];
    if (isList(inner)) {
      spend(budget, inner.length * 2);
      for (var j = 0; j < inner.length; j++) found.push(inner[j]);
    } else found.push(inner);
  }
  return found;
}

/**
 * Level by level, because data may be nested deeper than recursion allows.
 * @type {(list: Value[], depth: number, budget: Budget, at: number) => Value[]}
 */
function flattenTo(list, depth, budget, at) {
  if (depth < 0) fail('invalid_argument', at);
  var found = list;
  spend(budget, list.length);
  for (var level = 0; level < depth && found.some(isList); level++) found = flatten(found, budget);
  return found;
}

/** @type {(list: Value[], part: Value[], budget: Budget) => boolean} */
function setsContains(list, part, budget) {
  for (var i = 0; i < part.length; i++) if (!contains(list, part[i], budget)) return false;
  return true;
}

/** @type {(a: Value[], b: Value[], budget: Budget) => boolean} */
function setsEquivalent(a, b, budget) {
  return setsContains(a, b, budget) && setsContains(b, a, budget);
}

/** @type {(a: Value[], b: Value[], budget: Budget) => boolean} */
function setsIntersects(a, b, budget) {
  for (var i = 0; i < a.length; i++) if (contains(b, a[i], budget)) return true;
  return false;
}

/** @type {(list: Value[], pattern: string, budget: Budget, at: number) => Value[]} */
function onlyMatching(list, pattern, budget, at) {
  var found = [];
  spend(budget, list.length * 2);
  for (var i = 0; i < list.length; i++) if (glob(text(list[i], at), pattern, budget)) found.push(list[i]);
  return found;
}

/** @type {(list: Value[], allowed: Value[], budget: Budget, at: number) => Value[]} */
function only(list, allowed, budget, at) {
  var found = [];
  spend(budget, list.length * 2);
  for (var i = 0; i < list.length; i++) if (contains(allowed, text(list[i], at), budget)) found.push(list[i]);
  return found;
}

/** @type {(list: Value[], keys: Value[], budget: Budget, at: number) => Value[]} */
function sortBy(list, keys, budget, at) {
  return sortByWith(list, keys, compare, budget, at);
}

/**
 * Elements with equal keys keep their order, which not every engine's own sort does.
 * @param {Value[]} list
 * @param {Value[]} keys
 * @param {(a: Value, b: Value, budget: Budget, at: number) => number} order
 * @param {Budget} budget
 * @param {number} at
 */
function sortByWith(list, keys, order, budget, at) {
  var places = [];
  // Paid at once, because charging each comparison would cost more than it.
  for (var size = list.length; size >= 1; size /= 2) spend(budget, list.length * 4);
  for (var i = 0; i < list.length; i++) {
    order(keys[i], keys[0], budget, at);
    places.push(i);
  }
  places.sort(function (a, b) {
    return order(keys[a], keys[b], budget, at) || a - b;
  });
  return places.map(function (place) {
    return list[place];
  });
}

/** @type {(list: Value[], budget: Budget) => Value[]} */
function reverse(list, budget) {
  spend(budget, list.length);
  return list.slice().reverse();
}

/** @type {(length: number, budget: Budget, at: number) => number[]} */
function range(length, budget, at) {
  var found = [];
  if (length > 5000) fail('invalid_argument', at);
  spend(budget, length > 0 ? length : 0);
  for (var i = 0; i < length; i++) found.push(i);
  return found;
}

/** @type {(value: Value, budget: Budget, at: number) => Value} */
function reverseAny(value, budget, at) {
  return typeof value === 'string' ? reverseText(value, budget) : reverse(list(value, at), budget);
}

/** @type {(list: Value[]) => Value | undefined} */
function firstOf(list) {
  return list[0];
}

/** @type {(list: Value[]) => Value | undefined} */
function lastOf(list) {
  return list[list.length - 1];
}
