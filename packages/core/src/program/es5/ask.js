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
 * @type {(value: unknown, budget: Budget) => string}
 */
function escaped(value, budget) {
  var text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  spend(budget, text.length);
  return text === '' || text === '.' || text === '..' ? fail('unbound') : encodeURIComponent(text);
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
 * The answer of a source: an object; undefined if it failed or answered something else.
 * @type {(answers: unknown, name: string) => Record<string, unknown> | undefined}
 */
function answerOf(answers, name) {
  var answer = /** @type {Answer | undefined} */ (fieldOf(answers, name));
  return answer && answer.failure === undefined && isMapping(answer.value) ? answer.value : undefined;
}

/**
 * The answer of a source that answers a list, as an object that has it.
 * @type {(answers: unknown, name: string) => Record<string, unknown> | undefined}
 */
function listAnswerOf(answers, name) {
  var answer = /** @type {Answer | undefined} */ (fieldOf(answers, name));
  return answer && answer.failure === undefined && Array.isArray(answer.value)
    ? { items: answer.value }
    : undefined;
}

/**
 * The record of a source. If the source failed, reading any field fails with the cause.
 * @type {<T extends object>(record: T, value: unknown, answers: unknown, name: string, unasked?: () => string) => T}
 */
function recordOf(record, value, answers, name, unasked) {
  if (value) return record;
  var answer = /** @type {Answer | undefined} */ (fieldOf(answers, name));
  function unknown() {
    return fail(name + ':' + (answer ? answer.failure || 'malformed' : unasked ? unasked() : 'unbound'));
  }
  for (var field in record) Object.defineProperty(record, field, { get: unknown });
  return record;
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
