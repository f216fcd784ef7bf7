/**
 * JSON has no optionals and only string keys.
 * @type {(value: Value, budget: Budget) => Value}
 */
function plain(value, budget) {
  return plainTo(value, 0, undefined, budget);
}

/**
 * The same where there may be times and addresses, which JSON has as text.
 * @type {(value: Value, budget: Budget) => Value}
 */
function plainAny(value, budget) {
  return plainTo(value, 0, opaqueText, budget);
}

/**
 * Values nested deeper than any token may carry fail, so that they cannot exhaust the stack.
 * @type {(value: Value, depth: number, show: ((value: Opaque) => string) | undefined, budget: Budget) => Value}
 */
function plainTo(value, depth, show, budget) {
  if (value instanceof Optional)
    return value.value === undefined ? null : plainTo(value.value, depth, show, budget);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Opaque) return show ? show(value) : null;
  if (depth > 64) return fail('invalid_argument', 0);
  if (isList(value)) {
    var list = [];
    spend(budget, 4 + value.length * 2);
    for (var i = 0; i < value.length; i++) list.push(plainTo(value[i], depth + 1, show, budget));
    return list;
  }
  var map = {};
  for (var key in value) {
    spend(budget, 64);
    var member = getOptional(value, key);
    if (member !== undefined) put(map, String(keyFrom(key)), plainTo(member, depth + 1, show, budget), 0);
  }
  return map;
}
