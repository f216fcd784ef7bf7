/**
 * Characters outside the Basic Multilingual Plane are two units in JavaScript and one in CEL.
 * @type {(string: string, i: number) => boolean}
 */
function isPair(string, i) {
  return (string.charCodeAt(i) & 0xfc00) === 0xd800 && (string.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}

/** @type {(string: string, budget: Budget) => number} */
function lengthOf(string, budget) {
  var count = string.length;
  spend(budget, count >> 1);
  for (var i = string.length - 2; i >= 0; i--) if (isPair(string, i)) count--;
  return count;
}

/**
 * The unit at which the character `index` begins; -1 if there is none.
 * @type {(string: string, index: number, budget: Budget) => number}
 */
function unitAt(string, index, budget) {
  if (index < 0 || index > string.length) return -1;
  spend(budget, index >> 1);
  var unit = 0;
  for (var i = 0; i < index; i++) unit += isPair(string, unit) ? 2 : 1;
  return unit > string.length ? -1 : unit;
}

/** @type {(string: string, index: number, budget: Budget, at: number) => string} */
function charAt(string, index, budget, at) {
  var unit = unitAt(string, index, budget);
  if (unit < 0) fail('index_out_of_bounds', at);
  return string.slice(unit, unit + (isPair(string, unit) ? 2 : 1));
}

/** @type {(string: string, start: number, budget: Budget, at: number) => string} */
function substring(string, start, budget, at) {
  var unit = unitAt(string, start, budget);
  if (unit < 0) fail('index_out_of_bounds', at);
  spend(budget, (string.length - unit) >> 4);
  return string.slice(unit);
}

/**
 * The same after a start that the text is known to have, where characters are units.
 * @type {(string: string, start: number, budget: Budget) => string}
 */
function afterStart(string, start, budget) {
  spend(budget, string.length >> 4);
  return string.slice(start);
}

/** @type {(string: string, start: number, end: number, budget: Budget, at: number) => string} */
function substringTo(string, start, end, budget, at) {
  var from = unitAt(string, start, budget);
  var to = unitAt(string, end, budget);
  if (from < 0 || to < 0 || from > to) fail('index_out_of_bounds', at);
  spend(budget, (to - from) >> 4);
  return string.slice(from, to);
}

/** @type {(string: string, unit: number, budget: Budget) => number} */
function positionOf(string, unit, budget) {
  return unit < 0 ? -1 : lengthOf(string.slice(0, unit), budget);
}

/** @type {(string: string, part: string, budget: Budget) => number} */
function indexOf(string, part, budget) {
  seek(string, part, budget);
  return positionOf(string, string.indexOf(part), budget);
}

/** @type {(string: string, part: string, start: number, budget: Budget, at: number) => number} */
function indexOfFrom(string, part, start, budget, at) {
  var from = unitAt(string, start, budget);
  if (from < 0) fail('index_out_of_bounds', at);
  seek(string, part, budget);
  return positionOf(string, string.indexOf(part, from), budget);
}

/** @type {(string: string, part: string, budget: Budget) => number} */
function lastIndexOf(string, part, budget) {
  seek(string, part, budget);
  return positionOf(string, string.lastIndexOf(part), budget);
}

/** @type {(string: string, part: string, start: number, budget: Budget, at: number) => number} */
function lastIndexOfFrom(string, part, start, budget, at) {
  var from = unitAt(string, start, budget);
  if (from < 0) fail('index_out_of_bounds', at);
  seek(string, part, budget);
  return positionOf(string, string.lastIndexOf(part, from), budget);
}

/** @type {(string: string, budget: Budget) => string[]} */
function characters(string, budget) {
  var found = [];
  spend(budget, string.length * 2);
  for (var i = 0; i < string.length; i++)
    found.push(isPair(string, i) ? string.slice(i, ++i + 1) : string.charAt(i));
  return found;
}

/** @type {(string: string, prefix: string, budget: Budget) => boolean} */
function startsWith(string, prefix, budget) {
  spend(budget, prefix.length >> 3);
  return string.lastIndexOf(prefix, 0) === 0;
}

/** @type {(string: string, suffix: string, budget: Budget) => boolean} */
function endsWith(string, suffix, budget) {
  var start = string.length - suffix.length;
  spend(budget, suffix.length >> 3);
  return start >= 0 && string.indexOf(suffix, start) === start;
}

/** @type {(string: string, part: string, budget: Budget) => boolean} */
function includes(string, part, budget) {
  seek(string, part, budget);
  return string.indexOf(part) !== -1;
}

/** @type {(string: string, budget: Budget) => string} */
function lowerAscii(string, budget) {
  return eachAscii(string, budget, function (ascii) {
    return ascii.toLowerCase();
  });
}

/** @type {(string: string, budget: Budget) => string} */
function upperAscii(string, budget) {
  return eachAscii(string, budget, function (ascii) {
    return ascii.toUpperCase();
  });
}

/**
 * Only ASCII letters change; the engine would change other letters too.
 * @type {(string: string, budget: Budget, change: (ascii: string) => string) => string}
 */
function eachAscii(string, budget, change) {
  spend(budget, string.length >> 3);
  if (/^[\x00-\x7f]*$/.test(string)) return change(string);
  spend(budget, string.length * 4);
  return string.replace(/[\x00-\x7f]+/g, change);
}

/** @type {(unit: number) => boolean} */
function isSpace(unit) {
  if (unit < 0x80) return unit === 0x20 || (unit > 8 && unit < 14);
  if (unit === 0x85 || unit === 0xa0 || unit === 0x1680 || unit === 0x3000) return true;
  return (
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f
  );
}

/** @type {(string: string, budget: Budget) => string} */
function trim(string, budget) {
  var start = 0;
  var end = string.length;
  spend(budget, end >> 2);
  while (start < end && isSpace(string.charCodeAt(start))) start++;
  while (end > start && isSpace(string.charCodeAt(end - 1))) end--;
  return string.slice(start, end);
}

/** @type {(string: string, budget: Budget) => string} */
function reverseText(string, budget) {
  spend(budget, string.length);
  return characters(string, budget).reverse().join('');
}

var BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Base64 of a text's UTF-8.
 * @type {(string: string, budget: Budget, at: number) => string}
 */
function toBase64(string, budget, at) {
  var text = '';
  spend(budget, string.length * 12);
  var bytes = utf8(string, at);
  for (var i = 0; i < bytes.length; i += 3) {
    var held = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    text += BASE64.charAt(held >> 18) + BASE64.charAt((held >> 12) & 63);
    text += i + 1 < bytes.length ? BASE64.charAt((held >> 6) & 63) : '=';
    text += i + 2 < bytes.length ? BASE64.charAt(held & 63) : '=';
  }
  return text;
}

/**
 * Half of a surrogate pair has no UTF-8.
 * @type {(string: string, at: number) => number[]}
 */
function utf8(string, at) {
  var bytes = [];
  for (var i = 0; i < string.length; i++) {
    var point = string.charCodeAt(i);
    if (isPair(string, i)) point = 0x10000 + ((point & 0x3ff) << 10) + (string.charCodeAt(++i) & 0x3ff);
    else if (point >= 0xd800 && point < 0xe000) fail('conversion', at);
    if (point < 0x80) bytes.push(point);
    else {
      if (point < 0x800) bytes.push(0xc0 | (point >> 6));
      else {
        if (point < 0x10000) bytes.push(0xe0 | (point >> 12));
        else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63));
        bytes.push(0x80 | ((point >> 6) & 63));
      }
      bytes.push(0x80 | (point & 63));
    }
  }
  return bytes;
}

/**
 * The text whose UTF-8 is encoded; padding may be left out.
 * @type {(string: string, budget: Budget, at: number) => string}
 */
function fromBase64(string, budget, at) {
  var digits = string.replace(/={1,2}$/, '');
  var isPadded = digits.length < string.length;
  var text = '';
  var bits = 0;
  var held = 0;
  spend(budget, string.length * 4);
  if (digits.length % 4 === 1 || (isPadded && string.length % 4 !== 0)) return fail('conversion', at);
  for (var i = 0; i < digits.length; i++) {
    var value = BASE64.indexOf(digits.charAt(i));
    if (value < 0) return fail('conversion', at);
    held = ((held & 63) << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      text += '%' + (256 + ((held >> bits) & 255)).toString(16).slice(1);
    }
  }
  return urlDecode(text, budget, at);
}

/** @type {(string: string, budget: Budget, at: number) => string} */
function urlEncode(string, budget, at) {
  spend(budget, string.length);
  try {
    return encodeURIComponent(string);
  } catch (_error) {
    // Half of a surrogate pair has no UTF-8.
    return fail('conversion', at);
  }
}

/** @type {(string: string, budget: Budget, at: number) => string} */
function urlDecode(string, budget, at) {
  spend(budget, string.length);
  try {
    return decodeURIComponent(string);
  } catch (_error) {
    return fail('conversion', at);
  }
}
