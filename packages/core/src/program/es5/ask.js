/**
 * For a policy without sources, which needs no answers.
 * @type {() => never[]}
 */
function noNeeds() {
  return [];
}

/**
 * The question to a source that has not answered yet. Undefined if a value for it is missing; the source is then not
 * asked.
 * @type {<Need>(answers: unknown, name: string, question: Question<Need>, context: Context, sources: Sources) => Need | undefined}
 */
function openNeed(answers, name, question, context, sources) {
  if (fieldOf(answers, name) !== undefined) return undefined;
  try {
    return question(context, sources);
  } catch (_error) {
    return undefined;
  }
}

/**
 * One segment or parameter of an address. A segment that consists of dots could go up the path.
 * @type {(text: string, budget: Budget) => string}
 */
function escaped(text, budget) {
  spend(budget, text.length);
  return /^\.{0,2}$/.test(text) ? fail('unbound') : encodeURIComponent(text);
}

/**
 * A segment whose type is not known to be string.
 * @type {(value: unknown) => string}
 */
function segment(value) {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : fail('unbound');
}

/**
 * A parameter without escaping.
 * @type {(value: unknown, budget: Budget) => string | number | boolean}
 */
function bound(value, budget) {
  if (typeof value === 'string') spend(budget, value.length);
  return typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && isFinite(value))
    ? value
    : fail('unbound');
}

/**
 * A question for each element of a list.
 * @type {<Need>(list: unknown, most: number, question: (element: unknown) => Need) => Need[]}
 */
function eachOf(list, most, question) {
  if (!Array.isArray(list)) return fail('unbound');
  return list.length > most ? fail('max_items') : list.map(question);
}

/**
 * A part of a body: JSON whose texts every engine writes in the same way.
 * @type {<T>(value: T, budget: Budget) => T}
 */
function sendable(value, budget) {
  if (typeof value === 'string') {
    spend(budget, value.length);
    // Throws if half of a character is missing.
    encodeURIComponent(value);
  } else if (isObject(value)) {
    for (var key in value) {
      if (!hasOwn.call(value, key)) continue;
      spend(budget, 8);
      sendable(key, budget);
      sendable(value[key], budget);
    }
  } else if (typeof value !== 'boolean' && !(typeof value === 'number' && isFinite(value))) fail('unbound');
  return value;
}

/** @type {(context: Context, name: string) => boolean} */
function isAsked(context, name) {
  var asked = context.request.scopes;
  return !asked || (affords(context.budget, asked.length) && asked.indexOf(name) >= 0);
}

/** @type {(context: Context, pattern: { test(name: string): boolean }) => boolean} */
function isAskedLike(context, pattern) {
  var asked = context.request.scopes;
  if (!asked) return true;
  for (var i = 0; i < asked.length && affords(context.budget, 40); i++)
    if (pattern.test(asked[i])) return true;
  return false;
}

/** @type {(context: Context, type: string) => boolean} */
function isRequested(context, type) {
  var requested = context.request.authorization_details || [];
  for (var i = 0; i < requested.length && affords(context.budget, 8); i++)
    if (fieldOf(requested[i], 'type') === type) return true;
  return false;
}

/**
 * The answers with that of a source that answers a list as an object that has it.
 * @type {(answers: unknown, name: string) => unknown}
 */
function withList(answers, name) {
  var answer = /** @type {Answer | undefined} */ (fieldOf(answers, name));
  if (!answer || answer.failure !== undefined) return answers;
  /** @type {Record<string, unknown>} */
  var found = {};
  found[name] = { value: Array.isArray(answer.value) ? { items: answer.value } : undefined };
  return found;
}

/**
 * Adds the record of a source's answer. If the source failed or did not answer with an object, reading the record fails with the cause.
 * @type {<T>(sources: Record<string, T>, name: string, answers: unknown, read: (value: Record<string, unknown>) => T, unasked?: () => string) => void}
 */
function readAnswer(sources, name, answers, read, unasked) {
  var answer = /** @type {Answer | undefined} */ (fieldOf(answers, name));
  if (answer && answer.failure === undefined && isMapping(answer.value)) {
    sources[name] = read(answer.value);
    return;
  }
  Object.defineProperty(sources, name, {
    get: function () {
      return fail(name + ':' + (answer ? answer.failure || 'malformed' : unasked ? unasked() : 'unbound'));
    }
  });
}

/**
 * Why a source is not asked. If it is because another source failed, that follows: `unbound:crm:timeout`.
 * @type {(question: () => unknown) => string}
 */
function unaskedSince(question) {
  try {
    question();
  } catch (error) {
    var cause = causeOf(error);
    if (cause.indexOf(':') > 0) return 'unbound:' + cause;
    if (cause === 'max_items') return cause;
  }
  return 'unbound';
}
