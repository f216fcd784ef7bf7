/** The names of ECMAScript 5.1. A script cannot rely on anything newer in Nashorn 15. */
const globals = [
  ...['NaN', 'Infinity', 'undefined', 'eval', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'decodeURI'],
  ...['decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'unescape', 'Object', 'Function'],
  ...['Array', 'String', 'Boolean', 'Number', 'Date', 'RegExp', 'Error', 'EvalError', 'RangeError'],
  ...['ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'Math', 'JSON'],
];

const members: Readonly<Record<string, string>> = {
  Object:
    'length name prototype getPrototypeOf getOwnPropertyDescriptor getOwnPropertyNames create defineProperty defineProperties seal freeze preventExtensions isSealed isFrozen isExtensible keys',
  Array: 'length name prototype isArray',
  'Array.prototype':
    'length constructor toString toLocaleString concat join pop push reverse shift slice sort splice unshift indexOf lastIndexOf every some forEach map filter reduce reduceRight',
  String: 'length name prototype fromCharCode',
  'String.prototype':
    'length constructor toString valueOf charAt charCodeAt concat indexOf lastIndexOf localeCompare match replace search slice split substring substr toLowerCase toLocaleLowerCase toUpperCase toLocaleUpperCase trim',
  Number: 'length name prototype MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY',
  'Number.prototype': 'constructor toString toLocaleString valueOf toFixed toExponential toPrecision',
  Math: 'E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan',
};

/**
 * Runs in a fresh realm: removes features newer than ECMAScript 5.1, and sets its clock and its "random" numbers.
 * Members with symbols stay, because the engine itself uses them.
 */
export const realmSetup = `(function (now) {
  var globals = ${JSON.stringify(globals)};
  var members = ${JSON.stringify(members)};
  var RealDate = Date;
  Object.getOwnPropertyNames(globalThis).forEach(function (name) {
    if (globals.indexOf(name) < 0 && name !== 'globalThis') delete globalThis[name];
  });
  Object.keys(members).forEach(function (path) {
    var holder = path.split('.').reduce(function (held, name) { return held[name]; }, globalThis);
    var kept = members[path].split(' ');
    Object.getOwnPropertyNames(holder).forEach(function (name) {
      if (kept.indexOf(name) < 0) delete holder[name];
    });
  });
  // Texts also have the methods of Java's texts.
  var ofJava = {
    contains: function (part) { return this.indexOf(part) >= 0; },
    startsWith: function (part) { return this.indexOf(part) === 0; },
    endsWith: function (part) { var at = this.length - part.length; return at >= 0 && this.indexOf(part, at) === at; },
    isEmpty: function () { return this.length === 0; },
    equals: function (other) { return String(this) === other; },
    equalsIgnoreCase: function (other) { return this.toLowerCase() === String(other).toLowerCase(); }
  };
  Object.keys(ofJava).forEach(function (name) {
    Object.defineProperty(String.prototype, name, { value: ofJava[name], enumerable: false });
  });
  delete Date.prototype.toTemporalInstant;
  Date.now = now;
  Math.random = function () { return 0.5; };
  delete globalThis.globalThis;
})`;
