import { countText } from '@claimsmith/cel';
import { formatDuration, type RuleInfo, severitiesOf, standards } from '@claimsmith/core';
import { unavailable } from '@claimsmith/runtime';
import type { Paint } from '../output/terminal.ts';
import { columns, fill, pad, visible } from '../output/text.ts';
import type { ExplainedPart, Fact } from '../run/explain-part.ts';
import type { ExplainedAge, Explanation, FieldRead, SourceRead } from '../run/explanation.ts';
import { subjectsText } from './reason.ts';

/** A line beside a label. `head` comes before the text, which wraps below itself. */
interface Line {
  readonly head?: string;
  readonly text: string;
  readonly style?: (text: string) => string;
}

const tokenTitles = { access: 'access token', id: 'ID token', userinfo: 'userinfo answer' } as const;

const labelWidth = 9;
/** The width below which a text goes below its head. */
const leastText = 24;

/** An explanation as a person reads it: one idea a line. */
export function showExplanation(explanation: Explanation, paint: Paint, width: number): string {
  const { claim, kind, resolve, tokens, type } = explanation;
  const sections: readonly (readonly [label: string, lines: readonly Line[]])[] = [
    ['value', [{ text: explanation.value }]],
    ['when', optional(explanation.when)],
    ['for', forWhom(explanation, paint)],
    ['delegated', delegated(explanation)],
    ['only for', onlyFor(explanation)],
    ['reads', reads(explanation, paint)],
    ['missing', missing(explanation, paint)],
    ['bounds', bounds(explanation)],
    ['freshness', freshness(explanation.freshness, paint)],
    ['name', pairs(Object.entries(explanation.names), '')],
    ['made by', ways(explanation, paint)],
    ['read by', optional(explanation.readBy.join(', '))],
    ['consumers', optional(explanation.consumers.join(', '))],
    ['purpose', optional(explanation.purpose)],
    ['owner', optional(explanation.owner)],
    ['review by', optional(explanation.reviewBy)],
  ];
  const carriers = tokens.map((token) => tokenTitles[token]).join(' and ');
  const where = resolve === 'request' ? 'in no token: services look it up' : `in the ${carriers}`;
  return [
    `${paint.strong(visible(claim))}  ${paint.faint(`${type}, ${kind}, ${where}`)}`,
    '',
    ...sections.flatMap(([label, lines]) => section(label, lines, paint, width)),
    '',
  ].join('\n');
}

/** Any other part of a policy. */
export function showPart({ name, about, facts }: ExplainedPart, paint: Paint, width: number): string {
  return [
    `${paint.strong(visible(name))}  ${paint.faint(about)}`,
    '',
    ...showFacts(facts, paint, width),
    '',
  ].join('\n');
}

/** What a rule says of one spec, below what it is about. */
export function showFacts(facts: readonly Fact[], paint: Paint, width: number): readonly string[] {
  const widest = Math.max(...facts.filter(({ lines }) => lines.length > 0).map(({ label }) => label.length));
  return facts.flatMap(({ label, lines }) =>
    section(
      label,
      lines.map((text) => ({ text })),
      paint,
      width,
      Math.max(labelWidth, widest),
    ),
  );
}

/** A rule of the catalogue: what it is about, a bad and a good example, and how to mend it. */
export function showRule(rule: RuleInfo, paint: Paint, width: number): string {
  const { id, slug, title, why, bad, good, mend, reference, standards: places = [] } = rule;
  return [
    `${paint.strong(id)}  ${paint.faint(`${slug}, ${severitiesOf(rule)}${rule.profile === undefined ? '' : `, with --profile ${rule.profile}`}`)}`,
    '',
    ...fill(`${title} ${why}`, width - 2).map((line) => `  ${line}`),
    '',
    ...example('bad', bad, paint),
    ...example('good', good, paint),
    ...section('fix', [{ text: mend }], paint, width),
    ...section(
      'see',
      [...places.map((place) => ({ text: standards[place].title })), ...optional(reference)],
      paint,
      width,
    ),
    '',
  ].join('\n');
}

/** A spec as it would be typed; its lines are not broken. */
function example(label: string, spec: string | undefined, paint: Paint): readonly string[] {
  if (spec === undefined) return [];
  return [`  ${paint.note(label)}`, ...spec.split('\n').map((line) => `    ${line}`), ''];
}

function section(
  label: string,
  lines: readonly Line[],
  paint: Paint,
  width: number,
  widest = labelWidth,
): string[] {
  const column = 2 + widest + 2;
  return lines
    .flatMap((line) => wrapped(line, width - column))
    .map((line, index) => {
      const left = index === 0 ? `  ${paint.note(pad(label, widest))}  ` : ' '.repeat(column);
      return left + line;
    });
}

function wrapped({ head = '', text, style = (plain) => plain }: Line, width: number): string[] {
  const shownHead = visible(head);
  const indent = columns(shownHead);
  if (shownHead.trim() !== '' && width - indent < leastText) {
    const below = shownHead.search(/\S/) + 2;
    const lines = fill(visible(text), width - below);
    return [shownHead.trimEnd(), ...lines.map((line) => ' '.repeat(below) + style(line))];
  }
  return fill(visible(text), Math.max(20, width - indent)).map(
    (line, index) => (index === 0 ? shownHead : ' '.repeat(indent)) + style(line),
  );
}

function optional(text: string | undefined): readonly Line[] {
  return text === undefined || text === '' ? [] : [{ text }];
}

/** Two columns. */
function pairs(
  rows: readonly (readonly [string, string])[],
  indent: string,
  style?: Line['style'],
): readonly Line[] {
  const width = Math.max(0, ...rows.map(([left]) => columns(left)));
  return rows.map(([left, text]) => ({
    head: `${indent}${pad(left, width)}  `,
    text,
    ...(style === undefined ? {} : { style }),
  }));
}

/** Whether somebody who acts for the subject gets it. What only describes the subject needs no words. */
function delegated({ kind, delegated: to }: Explanation): readonly Line[] {
  const texts = {
    never: 'no: left out where somebody acts for the subject; `delegated: true` changes that',
    agents: 'to agents, because `subjects` names them',
    always: 'yes, also where somebody acts for the subject',
  } as const satisfies Record<Explanation['delegated'], string>;
  return kind === 'descriptive' && to === 'always' ? [] : [{ text: texts[to] }];
}

function forWhom({ subjects }: Explanation, paint: Paint): readonly Line[] {
  if (subjects === undefined) return [];
  const text = subjectsText(subjects);
  const { because } = subjects;
  const why =
    because === undefined
      ? 'as `subjects` says'
      : `because only people have ${because}; \`subjects\` can name others`;
  return [{ text }, { text: why, style: paint.faint }];
}

function onlyFor({ audiences = [], clients = [] }: Explanation): readonly Line[] {
  return [
    ...audiences.map((audience) => ({ head: 'audience  ', text: audience })),
    ...clients.map((client) => ({ head: 'client    ', text: client })),
  ];
}

function reads({ reads: { fields, sources, claims } }: Explanation, paint: Paint): readonly Line[] {
  return [
    ...fields.flatMap((field) => fieldLines(field, paint)),
    ...sources.flatMap((source) => sourceLines(source, paint)),
    ...claims.map((claim) => ({ text: `claims.${claim}` })),
  ];
}

function fieldLines({ field, from }: FieldRead, paint: Paint): readonly Line[] {
  const supplied = Object.entries(from).flatMap(([issuer, triggers]) =>
    Object.entries(triggers).map(([trigger, name]) => [`${issuer} ${trigger}`, name] as const),
  );
  const missing = Object.entries(from)
    .filter(([, triggers]) => Object.keys(triggers).length === 0)
    .map(([issuer]) => [issuer, 'cannot supply it'] as const);
  return [{ text: field }, ...pairs(supplied, '  ', paint.faint), ...pairs(missing, '  ', paint.warn)];
}

function sourceLines(
  { source, asks, after, timeoutMs, retries, cacheMs, settings }: SourceRead,
  paint: Paint,
): readonly Line[] {
  const attempts = retries === 0 ? '' : `, ${retries + 1} attempts`;
  const cache = cacheMs === 0 ? 'no cache' : `cached for ${formatDuration(cacheMs)}`;
  return [
    { text: `source ${source}` },
    { head: '  ', text: asks, style: paint.faint },
    ...(after.length === 0
      ? []
      : [{ head: '  ', text: `asked with the answer of ${after.join(' and ')}`, style: paint.faint }]),
    { head: '  ', text: `${formatDuration(timeoutMs)} to answer${attempts}, ${cache}`, style: paint.faint },
    ...(settings.length === 0
      ? []
      : [{ head: '  ', text: `needs ${settings.join(', ')} when deployed`, style: paint.faint }]),
  ];
}

function missing(explanation: Explanation, paint: Paint): readonly Line[] {
  const { onMissing, maxItems, maxBytes, reads, isConstant, resolve } = explanation;
  const causes = [
    ...(isConstant ? [] : ['it has no value']),
    ...(reads.sources.length > 0 ? ['its source failed'] : []),
    ...(maxItems !== undefined || maxBytes !== undefined ? ['it exceeds a bound'] : []),
  ];
  if (causes.length === 0) return [];
  const when = { text: `if ${causes.join(', or ')}`, style: paint.faint };
  const refused =
    resolve === 'request'
      ? 'the look-up is refused: 503, or 403 if no source failed'
      : `no token: ${unavailable}`;
  if (onMissing === 'deny') return [{ text: refused, style: paint.bad }, when];
  if (onMissing === 'omit') return [{ text: 'the claim is left out', style: paint.warn }, when];
  return [{ text: `the default ${JSON.stringify(onMissing.default)}`, style: paint.good }, when];
}

function bounds({ maxItems, maxBytes }: Explanation): readonly Line[] {
  return [
    ...(maxItems === undefined ? [] : [{ text: `at most ${countText(maxItems)} items` }]),
    ...(maxBytes === undefined ? [] : [{ text: `at most ${countText(maxBytes)} bytes as JSON` }]),
  ];
}

function freshness(found: ExplainedAge | undefined, paint: Paint): readonly Line[] {
  if (found === undefined) return [];
  const { sum, at, maxAgeMs } = found;
  const lines: Line[] = [{ text: unquoted(sum) }, verdictLine(found, paint)];
  for (const [issuer, age] of Object.entries(at)) {
    const where = age.setting === undefined ? '' : `; ${age.setting}, by default`;
    const exceeded = maxAgeMs !== undefined && age.totalMs > maxAgeMs;
    const text = `${unquoted(age.sum)}${exceeded ? `, over maxAge ${formatDuration(maxAgeMs)}` : ''}${where}`;
    lines.push({ head: `${issuer}: `, text, style: exceeded ? paint.bad : paint.faint });
  }
  return lines;
}

function verdictLine({ verdict, maxAgeMs = 0 }: ExplainedAge, paint: Paint): Line {
  const limit = `maxAge ${formatDuration(maxAgeMs)}`;
  switch (verdict) {
    case 'unlimited':
      return { text: 'no maxAge: nothing says how old it may be', style: paint.faint };
    case 'exceeded':
      return { text: `over ${limit}`, style: paint.bad };
    case 'unproven':
      return { text: `${limit} is not proven: the spec has no lifetime of this token`, style: paint.warn };
    case 'fits':
      return { text: `fits into ${limit}`, style: paint.good };
  }
}

function unquoted(sum: string): string {
  return sum.replaceAll('`', '');
}

/** Both on one line if they fit, because they belong together. */
function ways({ ways }: Explanation, paint: Paint): readonly Line[] {
  const entries = Object.entries(ways);
  const widest = Math.max(0, ...entries.map(([issuer]) => columns(issuer)));
  return entries.flatMap(([issuer, { via, why }]) => [
    { head: `${pad(issuer, widest)}  `, text: via },
    { head: ' '.repeat(widest + 2), text: why, style: paint.faint },
  ]);
}
