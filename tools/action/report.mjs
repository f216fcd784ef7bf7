/**
 * The output of a command as Markdown. All that comes from a spec, a vendor or an error stands in code or in code blocks, so
 * that it mentions nobody and links nowhere.
 */

/** Characters of messages on stderr that a report quotes. */
const stderrLimit = 8_000;
/** Places that are shown open. */
const mostOpen = 3;
/** Places that a headline names. */
const mostNamed = 10;

/**
 * @param {{ command: string, environment: string, code: number, document: any, stderr: string }} run
 * @returns {string}
 */
export function reportOf({ command, environment, code, document, stderr }) {
  const lines = [`### Claimsmith ${command}: ${codeSpan(environment)}`, ''];
  // A document without places has findings, which stderr has in words.
  if (document?.places === undefined) {
    return [
      ...lines,
      `Failed with exit code ${code}.`,
      '',
      fenced(stderr.slice(-stderrLimit) || '(no output)', ''),
    ].join('\n');
  }
  const { policy, revision } = document;
  const named = policy === undefined ? [] : [`${codeSpan(`${policy}@${revision}`)}, `];
  const { places, left = [] } = document;
  const groups = groupsOf(places, command);
  const headline = `${named.join('')}${countsOf(places)}.`;
  const blocks = groups.map((group) => groupText(group, groups.length <= mostOpen));
  const lost = /** @type {any[]} */ (left).map(
    ({ issuer, journal }) => `! ${issuer}: the place of this journal is gone: ${oneLine(journal)}`,
  );
  const note = lost.length === 0 ? [] : [fenced(lost.join('\n'), 'diff'), ''];
  return [...lines, headline, '', ...note, ...blocks].join('\n');
}

/**
 * @typedef {{ issuer: string, places: string[], status: string, lines: string[] }} Group
 *   places with the same result, such as the realms of a server
 * @param {any[]} places
 * @param {string} command
 * @returns {Group[]}
 */
function groupsOf(places, command) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const place of places) {
    const lines = linesOf(place, command);
    const key = JSON.stringify([place.issuer, place.status, lines]);
    const group = groups.get(key) ?? { issuer: place.issuer, places: [], status: place.status, lines };
    group.places.push(place.place);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => (a.lines.length === 0 ? 1 : b.lines.length === 0 ? -1 : 0));
}

function groupText(/** @type {Group} */ { issuer, places, status, lines }, /** @type {boolean} */ isOpen) {
  const first = places.slice(0, mostNamed).map(html).join('<br>');
  const more = places.length > mostNamed ? `<br>and ${places.length - mostNamed} more` : '';
  const title = `${html(issuer)} <b>${wordsOf(status)}</b><br>${first}${more}`;
  if (lines.length === 0) return `${title}\n`;
  return `<details${isOpen ? ' open' : ''}><summary>${title}</summary>\n\n${fenced(lines.join('\n'), 'diff')}\n\n</details>\n`;
}

function countsOf(/** @type {any[]} */ places) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { status } of places) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${wordsOf(status)}`);
  return `${places.length} ${places.length === 1 ? 'place' : 'places'}: ${parts.join(', ')}`;
}

const statusWords = {
  as_applied: 'as applied',
  as_decided: 'as decided',
  changes: 'with changes',
  conflict: 'with conflicts',
  differs: 'with differences',
  drift: 'changed by somebody',
  failed: 'failed',
  in_sync: 'in sync',
  no_release: 'without a release',
  not_asked: 'not asked',
  unfinished: 'unfinished',
  waiting: 'waiting for a step elsewhere',
};

function wordsOf(/** @type {string} */ status) {
  return statusWords[/** @type {'changes'} */ (status)] ?? 'in another state';
}

/** One place as the lines of a diff. @param {any} place @param {string} command @returns {string[]} */
function linesOf(place, command) {
  const { error, notices = [], changes = [], drifts = [], answers = [], done = [], left = [] } = place;
  return [
    ...(error === undefined ? [] : [`! ${oneLine(error.message)}`]),
    .../** @type {any[]} */ (notices).flatMap(({ severity, message, help }) => [
      `! ${severity}: ${oneLine(message)}`,
      ...(help === undefined ? [] : [`!   help: ${oneLine(help)}`]),
    ]),
    .../** @type {any[]} */ (changes).flatMap((change) => changeLines(change, '')),
    .../** @type {any[]} */ (drifts).flatMap(({ kind, key, fields }) => [
      `${driftSigns[/** @type {'changed'} */ (kind)] ?? '#'} ${kind} ${oneLine(key)}`,
      .../** @type {any[]} */ (fields).flatMap((field) => fieldLines(field, '    ')),
    ]),
    .../** @type {any[]} */ (answers).flatMap(answerLines),
    .../** @type {any[]} */ (done).map(({ kind, key }) => `  done: ${kind} ${oneLine(key)}`),
    .../** @type {any[]} */ (left).map(({ kind, key }) => `! left: ${kind} ${oneLine(key)}`),
    ...(command === 'drift' && place.status === 'no_release'
      ? ['! The journal has no release of this place.']
      : []),
  ];
}

const driftSigns = { changed: '!', removed: '-', added: '+' };
const signs = { create: '+', bind: '+', update: '!', delete: '-', unbind: '-' };

/** @param {any} change @param {string} indent @returns {string[]} */
function changeLines({ kind, key, fields, parts }, indent) {
  const sign = signs[/** @type {'create'} */ (kind)] ?? '#';
  const own = kind === 'delete' ? [] : /** @type {any[]} */ (fields);
  return [
    `${sign} ${indent}${kind} ${oneLine(key)}`,
    ...own.flatMap((field) => fieldLines(field, `${indent}    `)),
    .../** @type {any[]} */ (parts).flatMap((part) => changeLines(part, `${indent}  `)),
  ];
}

/** @param {any} field @param {string} indent @returns {string[]} */
function fieldLines({ field, before, after, diff }, indent) {
  const name = field === '' ? '' : `${oneLine(field)}: `;
  if (typeof diff === 'string')
    return [`  ${indent}${name}`, ...diff.split('\n').map((line) => oneLine(line))];
  return [
    ...(before === undefined ? [] : [`- ${indent}${name}${valueText(before)}`]),
    ...(after === undefined ? [] : [`+ ${indent}${name}${valueText(after)}`]),
  ];
}

/** @param {any} answer @returns {string[]} */
function answerLines({ scenario, how, differences = [], error }) {
  const title = `${oneLine(scenario)}${how === undefined ? '' : ` (${oneLine(how)})`}`;
  if (error !== undefined) return [`! ${title}: ${oneLine(error.message)}`];
  if (differences.length === 0) return [`  ${title}: as decided`];
  return [
    `! ${title}`,
    .../** @type {any[]} */ (differences).flatMap(({ at, expected, actual }) =>
      fieldLines({ field: at, before: expected, after: actual, diff: undefined }, '    '),
    ),
  ];
}

/** @param {any} value @returns {string} */
function valueText(value) {
  if (value !== null && typeof value === 'object') {
    if (value.secret === true) return '(secret)';
    if (typeof value.lines === 'number') return `${value.lines} lines of code`;
  }
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Without line breaks and other control characters. */
function oneLine(/** @type {unknown} */ text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

/** A code block that its content cannot end. @param {string} text @param {string} language */
function fenced(text, language) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

function codeSpan(/** @type {string} */ text) {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return longest === 0 ? `${ticks}${oneLine(text)}${ticks}` : `${ticks} ${oneLine(text)} ${ticks}`;
}

/** In HTML as code, so that nobody is mentioned. */
function html(/** @type {string} */ text) {
  const escaped = oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<code>${escaped.replaceAll('`', '&#96;')}</code>`;
}

/** A report cut to a number of characters, with its last block closed. @param {string} report @param {number} limit */
export function withinLimit(report, limit) {
  if (report.length <= limit) return report;
  const note = '\n\nThe report is longer; the log of the run has all of it.\n';
  const room = limit - note.length;
  const [head = '', ...blocks] = report.split(/^(?=<details)/m);
  let text = head.slice(0, room);
  for (const block of blocks) {
    if (text.length + block.length > room) return `${text}${cut(block, room - text.length)}${note}`;
    text += block;
  }
  return `${text}${note}`;
}

/** The beginning of a block, at the end of a line; empty if nothing of its content fits. */
function cut(/** @type {string} */ block, /** @type {number} */ room) {
  const fence = /^(`{3,})diff$/m.exec(block);
  if (fence === null) return '';
  const end = `\n…\n${fence[1]}\n\n</details>\n`;
  const last = block.lastIndexOf('\n', room - end.length);
  return last <= fence.index + fence[0].length ? '' : `${block.slice(0, last)}${end}`;
}
