/**
 * JSON has no optionals and only string keys.
 * @type {(value: Value, budget: Budget) => Value}
 */
function plain(value, budget) {
  return plainTo(value, 0, budget);
}

/**
 * Values nested deeper than any token may carry fail, so that they cannot exhaust the stack.
 * @type {(value: Value, depth: number, budget: Budget) => Value}
 */
function plainTo(value, depth, budget) {
  if (value instanceof Optional)
    return value.value === undefined ? null : plainTo(value.value, depth, budget);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 64) return fail('invalid_argument', 0);
  if (isList(value)) {
    var list = [];
    spend(budget, 4 + value.length * 2);
    for (var i = 0; i < value.length; i++) list.push(plainTo(value[i], depth + 1, budget));
    return list;
  }
  var map = {};
  for (var key in value) {
    spend(budget, 64);
    var member = getOptional(value, key);
    if (member !== undefined) put(map, String(keyFrom(key)), plainTo(member, depth + 1, budget), 0);
  }
  return map;
}
