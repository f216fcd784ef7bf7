/** @type {(a: string, b: string, budget: Budget) => string} */
function joined(a, b, budget) {
  spend(budget, 2 + ((a.length + b.length) >> 4));
  return a + b;
}

/** @type {(a: Value[], b: Value[], budget: Budget) => Value[]} */
function joinedLists(a, b, budget) {
  spend(budget, 2 + a.length + b.length);
  return a.concat(b);
}

/** @type {(a: Value, b: Value, budget: Budget, at: number) => Value} */
function append(a, b, budget, at) {
  if (typeof a === 'string' && typeof b === 'string') return joined(a, b, budget);
  return isList(a) && isList(b) ? joinedLists(a, b, budget) : fail('no_matching_overload', at);
}

/** @type {(string: string, separator: string, budget: Budget) => string[]} */
function split(string, separator, budget) {
  if (separator === '') return characters(string, budget);
  seek(string, separator, budget);
  spend(budget, 2 + (string.length / separator.length) * 4);
  return string.split(separator);
}

/** @type {(string: string, separator: string, most: number, budget: Budget) => string[]} */
function splitTo(string, separator, most, budget) {
  if (most === 0) return [];
  var found = split(string, separator, budget);
  if (most < 0 || found.length <= most) return found;
  var rest = glue(found.slice(most - 1), separator, budget);
  return found.slice(0, most - 1).concat([rest]);
}

/** @type {(string: string, old: string, replacement: string, most: number, budget: Budget) => string} */
function replaceTo(string, old, replacement, most, budget) {
  var found = old === '' ? [''].concat(characters(string, budget), ['']) : split(string, old, budget);
  if (old === '' && string === '') found = ['', ''];
  if (most < 0 || found.length - 1 <= most) return glue(found, replacement, budget);
  var rest = glue(found.slice(most), old, budget);
  return glue(found.slice(0, most).concat([rest]), replacement, budget);
}

/** @type {(string: string, old: string, replacement: string, budget: Budget) => string} */
function replace(string, old, replacement, budget) {
  return replaceTo(string, old, replacement, -1, budget);
}

/** @type {(texts: string[], separator: string, budget: Budget) => string} */
function glue(texts, separator, budget) {
  var length = texts.length * separator.length;
  spend(budget, texts.length * 3);
  for (var i = 0; i < texts.length; i++) length += texts[i].length;
  spend(budget, length / 8);
  return texts.join(separator);
}

/** @type {(list: Value[], separator: string, budget: Budget, at: number) => string} */
function join(list, separator, budget, at) {
  var texts = [];
  spend(budget, list.length);
  for (var i = 0; i < list.length; i++) texts.push(text(list[i], at));
  return glue(texts, separator, budget);
}

/** @type {(address: string, budget: Budget, at: number) => string} */
function emailDomain(address, budget, at) {
  seek(address, '@', budget);
  var sign = address.lastIndexOf('@');
  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);
  return lowerAscii(address.slice(sign + 1), budget);
}

/** @type {(address: string, budget: Budget, at: number) => string} */
function emailLocal(address, budget, at) {
  seek(address, '@', budget);
  var sign = address.lastIndexOf('@');
  if (sign < 1 || sign === address.length - 1) fail('invalid_argument', at);
  return address.slice(0, sign);
}

/**
 * If a star took too little, it takes one more character. Earlier matches never change.
 * @type {(string: string, pattern: string, budget: Budget) => boolean}
 */
function glob(string, pattern, budget) {
  var i = 0;
  var j = 0;
  var star = -1;
  var from = 0;
  spend(budget, (string.length + pattern.length) >> 1);
  while (i < string.length) {
    var width = isPair(string, i) ? 2 : 1;
    var unit = pattern.charCodeAt(j);
    if (unit === 42) {
      star = j++;
      from = i;
    } else if (unit === 63) {
      i += width;
      j++;
    } else if (unit === string.charCodeAt(i) && startsSame(string, i, pattern, j, width)) {
      i += width;
      j += width;
    } else if (star >= 0) {
      spend(budget, (j - star) >> 1);
      from += isPair(string, from) ? 2 : 1;
      i = from;
      j = star + 1;
    } else return false;
  }
  while (pattern.charCodeAt(j) === 42) j++;
  return j === pattern.length;
}

/**
 * Whether two characters with the same first unit are equal.
 * @type {(a: string, i: number, b: string, j: number, width: number) => boolean}
 */
function startsSame(a, i, b, j, width) {
  return isPair(b, j) === (width === 2) && (width === 1 || a.charCodeAt(i + 1) === b.charCodeAt(j + 1));
}

/** @type {(string: string, template: string, budget: Budget, at: number) => string} */
function extract(string, template, budget, at) {
  spend(budget, 8 + (template.length >> 2));
  var parts = /^([^{}]*)\{[A-Za-z_][A-Za-z0-9_]*\}([^{}]*)$/.exec(template);
  if (!parts) return fail('invalid_argument', at);
  seek(string, parts[1], budget);
  var start = string.indexOf(parts[1]);
  if (start < 0) return '';
  start += parts[1].length;
  seek(string, parts[2], budget);
  var end = parts[2] === '' ? string.length : string.indexOf(parts[2], start);
  return end < 0 ? '' : string.slice(start, end);
}
