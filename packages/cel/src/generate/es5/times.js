/**
 * A timestamp is in the years 1 to 9999; a duration is at most 2^63 nanoseconds, about 292 years.
 * @type {(type: string, seconds: number, nanos: number, at: number) => Opaque}
 */
function timeOf(type, seconds, nanos, at) {
  var fits =
    type === 'timestamp'
      ? seconds >= -62135596800 && seconds <= 253402300799
      : (seconds > -9223372037 || (seconds === -9223372037 && nanos >= 145224192)) &&
        (seconds < 9223372036 || (seconds === 9223372036 && nanos <= 854775807));
  return fits ? new Opaque(type, seconds, nanos) : fail('overflow', at);
}

/** @type {(a: Opaque, b: Opaque, at: number) => Opaque} */
function addTimes(a, b, at) {
  var nanos = a.rest + b.rest;
  var carry = nanos < 1e9 ? 0 : 1;
  var type = a.type === 'timestamp' ? a.type : b.type;
  return timeOf(type, Number(a.value) + Number(b.value) + carry, nanos - carry * 1e9, at);
}

/** @type {(a: Opaque, b: Opaque, at: number) => Opaque} */
function subtractTimes(a, b, at) {
  var nanos = a.rest - b.rest;
  var borrow = nanos < 0 ? 1 : 0;
  var type = a.type === b.type ? 'duration' : a.type;
  return timeOf(type, Number(a.value) - Number(b.value) - borrow, nanos + borrow * 1e9, at);
}

/** @type {(a: Opaque, b: Opaque) => number} */
function compareTimes(a, b) {
  return Number(a.value) - Number(b.value) || a.rest - b.rest;
}

/** @type {(value: Value) => value is Opaque} */
function isTime(value) {
  return value instanceof Opaque && (value.type === 'timestamp' || value.type === 'duration');
}

/** @type {(value: Value, type: string, at: number) => Opaque} */
function opaque(value, type, at) {
  return value instanceof Opaque && value.type === type ? value : fail('no_matching_overload', at);
}

/** @type {(value: Value, at: number) => Opaque} */
function timestamp(value, at) {
  return opaque(value, 'timestamp', at);
}

/** @type {(value: Value, at: number) => Opaque} */
function duration(value, at) {
  return opaque(value, 'duration', at);
}

/** @type {(a: Value, b: Value, isInt: boolean, budget: Budget, at: number) => Value} */
function addAny(a, b, isInt, budget, at) {
  if (!isTime(a) || !isTime(b)) return add(a, b, isInt, budget, at);
  return a.type === 'timestamp' && b.type === a.type ? fail('no_matching_overload', at) : addTimes(a, b, at);
}

/** @type {(a: Value, b: Value, isInt: boolean, at: number) => Value} */
function subtractAny(a, b, isInt, at) {
  if (!isTime(a) || !isTime(b)) return subtract(a, b, isInt, at);
  return a.type === 'duration' && b.type !== a.type
    ? fail('no_matching_overload', at)
    : subtractTimes(a, b, at);
}

/** @type {(a: Value, b: Value, budget: Budget, at: number) => number} */
function compareAny(a, b, budget, at) {
  return isTime(a) && isTime(b) && a.type === b.type ? compareTimes(a, b) : compare(a, b, budget, at);
}

/** @type {(list: Value[], budget: Budget, at: number) => Value[]} */
function sortAny(list, budget, at) {
  return sortWith(list, compareAny, budget, at);
}

/** @type {(list: Value[], keys: Value[], budget: Budget, at: number) => Value[]} */
function sortByAny(list, keys, budget, at) {
  return sortByWith(list, keys, compareAny, budget, at);
}

/**
 * RFC 3339, with upper-case letters and at most nine digits of a second. No leap second: UTC of computers has none.
 * @type {(text: string, at: number) => Opaque}
 */
function timestampFrom(text, at) {
  var year = digitsAt(text, 0, 4);
  var month = digitsAt(text, 5, 2);
  var day = digitsAt(text, 8, 2);
  var time = minutesAt(text, 11) * 60 + digitsAt(text, 17, 2);
  var end = 19;
  while (
    end < 30 &&
    text.charCodeAt(end) !== 90 &&
    text.charCodeAt(end) !== 43 &&
    text.charCodeAt(end) !== 45
  )
    end++;
  var fraction = end - 20;
  var nanos = fraction < 0 ? 0 : digitsAt(text, 20, fraction);
  var isZulu = text.charCodeAt(end) === 90;
  var offset = isZulu ? 0 : minutesAt(text, end + 1) * 60;
  var isWritten =
    text.length === end + (isZulu ? 1 : 6) &&
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(16) === 58 &&
    (fraction < 0 || (text.charCodeAt(19) === 46 && fraction > 0 && fraction < 10)) &&
    // Comparisons with NaN are false, so this checks all digits.
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    time >= 0 &&
    nanos >= 0 &&
    offset >= 0;
  if (!isWritten || text.charCodeAt(17) > 53 || day > daysIn(year, month)) return fail('conversion', at);
  for (; fraction >= 0 && fraction < 9; fraction++) nanos *= 10;
  var seconds = daysTo(year, month, day) * 86400 + time + (text.charCodeAt(end) === 43 ? -offset : offset);
  return timeOf('timestamp', seconds, nanos, at);
}

/**
 * A number of so many digits; NaN if there are others.
 * @type {(text: string, from: number, count: number) => number}
 */
function digitsAt(text, from, count) {
  var value = 0;
  for (var i = from; i < from + count; i++) {
    var digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The minutes of `hh:mm`; NaN for another text.
 * @type {(text: string, from: number) => number}
 */
function minutesAt(text, from) {
  var hours = digitsAt(text, from, 2);
  var minutes = digitsAt(text, from + 3, 2);
  return hours < 24 && minutes < 60 && text.charCodeAt(from + 2) === 58 ? hours * 60 + minutes : NaN;
}

/** @type {(year: number, month: number) => number} */
function daysIn(year, month) {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/**
 * Days from 1970-01-01. A year begins in March here, so that a leap day is its last.
 * @type {(year: number, month: number, day: number) => number}
 */
function daysTo(year, month, day) {
  var years = month < 3 ? year - 1 : year;
  var days = Math.floor((153 * (month < 3 ? month + 9 : month - 3) + 2) / 5) + day;
  return (
    years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + days - 719469
  );
}

/**
 * The year, the month from 0, the day of the month from 0, and the day of the year from 0.
 * @type {(time: Opaque) => number[]}
 */
function dateOf(time) {
  var days = Math.floor(Number(time.value) / 86400);
  // Thirty days fewer than the mean year, so that it is this year or the one before.
  var year = Math.floor((days - 30) / 365.2425) + 1970;
  while (daysTo(year + 1, 1, 1) <= days) year++;
  var month = 1;
  while (month < 12 && daysTo(year, month + 1, 1) <= days) month++;
  return [year, month - 1, days - daysTo(year, month, 1), days - daysTo(year, 1, 1)];
}

/** @type {(time: Opaque) => number} */
function weekdayOf(time) {
  var day = (Math.floor(Number(time.value) / 86400) + 4) % 7;
  return day < 0 ? day + 7 : day + 0;
}

/**
 * Hours, minutes or seconds: of the day for a timestamp, all of them for a duration.
 * @type {(time: Value, unit: number, size: number, at: number) => number}
 */
function clockOf(time, unit, size, at) {
  if (!isTime(time)) return fail('no_matching_overload', at);
  var seconds = Number(time.value);
  if (time.type === 'timestamp') {
    var count = Math.floor(seconds / unit) % size;
    return count < 0 ? count + size : count + 0;
  }
  if (seconds < 0 && time.rest > 0) seconds++;
  return divide(seconds, unit, at);
}

/**
 * The milliseconds of the second.
 * @type {(time: Value, at: number) => number}
 */
function millisecondsOf(time, at) {
  if (!isTime(time)) return fail('no_matching_overload', at);
  return time.type === 'duration' && Number(time.value) < 0 && time.rest > 0
    ? -Math.floor((1e9 - time.rest) / 1e6) + 0
    : Math.floor(time.rest / 1e6);
}

/** @type {(nanos: number) => string} */
function fractionText(nanos) {
  return nanos === 0 ? '' : ('.' + String(1e9 + nanos).slice(1)).replace(/0+$/, '');
}

/** @type {(time: Opaque) => string} */
function timestampText(time) {
  var date = dateOf(time);
  /** @type {(count: number, digits: number) => string} */
  function padded(count, digits) {
    return ('000' + count).slice(-digits);
  }
  return (
    [padded(date[0], 4), padded(date[1] + 1, 2), padded(date[2] + 1, 2)].join('-') +
    'T' +
    [clockOf(time, 3600, 24, 0), clockOf(time, 60, 60, 0), clockOf(time, 1, 60, 0)]
      .map(function (count) {
        return padded(count, 2);
      })
      .join(':') +
    fractionText(time.rest) +
    'Z'
  );
}

/** @type {(time: Opaque) => string} */
function durationText(time) {
  var seconds = Number(time.value);
  if (seconds >= 0) return seconds + fractionText(time.rest) + 's';
  return time.rest === 0 ? seconds + 's' : '-' + (-seconds - 1) + fractionText(1e9 - time.rest) + 's';
}

/**
 * Go's notation: `1h30m`, `-1.5s`, `0`.
 * @type {(text: string, at: number) => Opaque}
 */
function durationFrom(text, at) {
  var seconds = 0;
  var nanos = 0;
  var isValid =
    text.length <= 100 &&
    /^[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/.test(text);
  if (!isValid) return fail('conversion', at);
  var parts = /([0-9]*)(?:\.([0-9]*))?([a-z\u00b5\u03bc]+)/g;
  for (var part = parts.exec(text); part; part = parts.exec(text)) {
    var whole = part[1];
    var unit = part[3];
    var size = unit === 'h' ? 3600 : unit === 'm' ? 60 : 1;
    // Places after the point of a second: digits, because numbers are too coarse.
    var places = unit.length < 2 ? 0 : unit === 'ns' ? 9 : unit === 'ms' ? 3 : 6;
    var below = places === 0 ? '' : ('000000000' + whole).slice(-places);
    var fraction = Number((below + (part[2] || '') + '000000000000').slice(0, 12)) * size;
    seconds +=
      Number(whole.slice(0, Math.max(0, whole.length - places))) * size + Math.floor(fraction / 1e12);
    nanos += Math.floor((fraction % 1e12) / 1000);
  }
  seconds += Math.floor(nanos / 1e9);
  nanos %= 1e9;
  if (text.charAt(0) !== '-') return timeOf('duration', seconds, nanos, at);
  return timeOf('duration', nanos > 0 ? -seconds - 1 : 0 - seconds, nanos > 0 ? 1e9 - nanos : 0, at);
}

/** @type {(value: Value, isInt: boolean, at: number) => Opaque} */
function toTimestamp(value, isInt, at) {
  if (typeof value === 'string') return timestampFrom(value, at);
  return isInt && typeof value === 'number' ? timeOf('timestamp', value, 0, at) : timestamp(value, at);
}

/** @type {(value: Value, at: number) => Opaque} */
function toDuration(value, at) {
  return typeof value === 'string' ? durationFrom(value, at) : duration(value, at);
}

/** @type {(value: Value, at: number) => number} */
function toIntAny(value, at) {
  return value instanceof Opaque ? Number(timestamp(value, at).value) : toInt(value, at);
}

/** @type {(value: Value, at: number) => string} */
function toTextAny(value, at) {
  return value instanceof Opaque ? opaqueText(value) : toText(value, at);
}

/** @type {(value: Opaque) => string} */
function opaqueText(value) {
  if (value.type === 'timestamp') return timestampText(value);
  return value.type === 'duration' ? durationText(value) : String(value.value);
}
