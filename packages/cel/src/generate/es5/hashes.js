/** The constants of SHA-256's rounds: fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
var SHA256_ROUNDS = fractionsOfRoots(64, 1 / 3);

/** Its state at the start: fractions of the square roots of the first eight primes (5.3.3). */
var SHA256_START = fractionsOfRoots(8, 1 / 2);

/** @type {(count: number, power: number) => number[]} */
function fractionsOfRoots(count, power) {
  /** @type {number[]} */
  var found = [];
  for (var candidate = 2; found.length < count; candidate++) {
    var isPrime = true;
    for (var factor = 2; factor * factor <= candidate; factor++)
      if (candidate % factor === 0) isPrime = false;
    if (!isPrime) continue;
    var root = Math.pow(candidate, power);
    found.push(((root - Math.floor(root)) * 4294967296) | 0);
  }
  return found;
}

/**
 * SHA-256 of a text's UTF-8, in hexadecimal digits.
 * @type {(string: string, budget: Budget, at: number) => string}
 */
function sha256(string, budget, at) {
  spendHash(string.length, budget);
  return hexOf(digestOf(utf8(string, at)));
}

/**
 * HMAC-SHA-256 of a text's UTF-8, in hexadecimal digits (RFC 2104). A key of fewer than 16 characters can be guessed, so it
 * counts as missing.
 * @type {(key: string, string: string, budget: Budget, at: number) => string}
 */
function hmacSha256(key, string, budget, at) {
  if (key.length < 16) fail('no_such_key', at);
  spendHash(key.length + string.length + 256, budget);
  var bytes = utf8(key, at);
  if (bytes.length > 64) bytes = digestOf(bytes);
  /** @type {number[]} */
  var inner = [];
  /** @type {number[]} */
  var outer = [];
  for (var i = 0; i < 64; i++) {
    var byte = i < bytes.length ? bytes[i] : 0;
    inner.push(byte ^ 0x36);
    outer.push(byte ^ 0x5c);
  }
  return hexOf(digestOf(outer.concat(digestOf(inner.concat(utf8(string, at))))));
}

/**
 * Each of its characters may be three bytes; a block has 64.
 * @type {(length: number, budget: Budget) => void}
 */
function spendHash(length, budget) {
  spend(budget, length * 24 + 600);
}

/**
 * SHA-256 (FIPS 180-4, 6.2).
 * @type {(message: number[]) => number[]}
 */
function digestOf(message) {
  var bytes = message.slice();
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  var bits = message.length * 8;
  bytes.push(
    0,
    0,
    0,
    Math.floor(bits / 4294967296),
    bits >>> 24,
    (bits >>> 16) & 255,
    (bits >>> 8) & 255,
    bits & 255
  );
  var state = SHA256_START.slice();
  for (var start = 0; start < bytes.length; start += 64) hashBlock(state, bytes, start);
  /** @type {number[]} */
  var digest = [];
  for (var i = 0; i < 8; i++)
    digest.push(state[i] >>> 24, (state[i] >>> 16) & 255, (state[i] >>> 8) & 255, state[i] & 255);
  return digest;
}

/** @type {(state: number[], bytes: number[], start: number) => void} */
function hashBlock(state, bytes, start) {
  /** @type {number[]} */
  var words = [];
  for (var i = 0; i < 64; i++) {
    if (i < 16) {
      var at = start + i * 4;
      words.push((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
      continue;
    }
    var early = words[i - 15];
    var late = words[i - 2];
    var s0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    var s1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words.push((words[i - 16] + s0 + words[i - 7] + s1) | 0);
  }
  var a = state[0];
  var b = state[1];
  var c = state[2];
  var d = state[3];
  var e = state[4];
  var f = state[5];
  var g = state[6];
  var h = state[7];
  for (var round = 0; round < 64; round++) {
    var ofE = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    var ofA = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    var first = (h + ofE + ((e & f) ^ (~e & g)) + SHA256_ROUNDS[round] + words[round]) | 0;
    var second = (ofA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  var next = [a, b, c, d, e, f, g, h];
  for (var word = 0; word < 8; word++) state[word] = (state[word] + next[word]) | 0;
}

/** @type {(word: number, bits: number) => number} */
function turned(word, bits) {
  return (word >>> bits) | (word << (32 - bits));
}

/** @type {(bytes: number[]) => string} */
function hexOf(bytes) {
  var text = '';
  for (var i = 0; i < bytes.length; i++) text += (256 + bytes[i]).toString(16).slice(1);
  return text;
}
