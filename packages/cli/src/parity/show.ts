import type { Page } from '../preview/show.ts';
import { showDifferences } from '../preview/show.ts';
import { columns, fill, pad, plural, visible } from '../text.ts';
import type { Coverage } from './coverage.ts';
import type { Declared } from './expectation.ts';
import type { Results, Tried } from './try.ts';

/** Scenarios down, the policy and the issuers across; below each scenario what differs, below all what was announced. */
export function showResults({ tried, coverage }: Results, page: Page): string {
  const places = [...new Set(tried.map(({ where }) => where))];
  const trials = [...new Set(tried.map(({ trial }) => trial))];
  const notes = notesOf(tried);
  const widest = Math.max(...trials.map((trial) => columns(visible(trial))), 0);
  const name = Math.min(widest, Math.max(20, page.width - 2 - places.length * 11));
  const head = `${' '.repeat(name + 4)}${places.map((place) => pad(place, 11)).join('')}`;
  return [
    page.paint.faint(head.trimEnd()),
    ...trials.flatMap((trial) => rowOf(trial, tried, places, notes, name, page)),
    ...(notes.length > 0 ? ['', ...notes.flatMap((note, index) => noteLines(note, index + 1, page))] : []),
    '',
    ...verdictLines(tried, page),
    ...coverageLines(coverage, page),
    '',
  ].join('\n');
}

interface Note extends Declared {
  readonly where: string;
}

/** Each departure once, in the order of appearance. */
function notesOf(tried: readonly Tried[]): readonly Note[] {
  const notes = tried.flatMap(({ where, departures }) =>
    departures.map((departure) => ({ where, ...departure })),
  );
  return notes.filter((note, index) => notes.findIndex((other) => isSame(note, other)) === index);
}

function isSame(a: Note, b: Note): boolean {
  return a.where === b.where && a.rule === b.rule && a.why === b.why;
}

function rowOf(
  trial: string,
  tried: readonly Tried[],
  places: readonly string[],
  notes: readonly Note[],
  width: number,
  { paint, width: page }: Page,
): string[] {
  const row = places.flatMap((place) =>
    tried.filter((one) => one.trial === trial && one.where === place).slice(0, 1),
  );
  const failed = row.filter(({ status }) => status === 'failed');
  const [first = '', ...more] = fill(visible(trial), width);
  const cells = row.map(({ status, where, departures }) => {
    const numbers = departures.map(
      (departure) => notes.findIndex((note) => isSame(note, { where, ...departure })) + 1,
    );
    const text = status === 'departs' ? `~ ${numbers.join(',')}` : marks[status];
    return paint[styles[status]](pad(text, 11));
  });
  const mark = failed.length > 0 ? paint.bad(marks.failed) : paint.good(marks.passed);
  return [
    `${mark} ${paint.strong(pad(first, width))}  ${cells.join('')}`.trimEnd(),
    ...more.map((line) => `  ${line}`),
    ...failed.flatMap(({ where, differences }) => [
      `  ${paint.bad(where === 'policy' ? 'the policy is not as expected' : `${where} differs from the policy`)}`,
      ...showDifferences(differences, where === 'policy' ? ['expected', 'policy'] : ['policy', where], {
        paint,
        width: page,
      }),
    ]),
  ];
}

const marks = { passed: '✓', departs: '~', failed: '✗' } as const;
const styles = { passed: 'good', departs: 'warn', failed: 'bad' } as const;

function noteLines({ where, rule, why }: Note, number: number, { paint, width }: Page): string[] {
  const head = `~ ${number}  `;
  const [first = '', ...more] = fill(`${where}, ${rule}: ${visible(why)}`, Math.max(20, width - head.length));
  return [paint.warn(head) + first, ...more.map((line) => ' '.repeat(head.length) + line)];
}

function verdictLines(tried: readonly Tried[], { paint }: Page): string[] {
  const issuers = tried.filter(({ where }) => where !== 'policy');
  const failed = tried.filter(({ status }) => status === 'failed').length;
  const departs = tried.filter(({ status }) => status === 'departs').length;
  const what = `${plural(tried.length - issuers.length, 'scenario')} at ${plural(new Set(issuers.map(({ where }) => where)).size, 'issuer')}`;
  const declared = departs > 0 ? `, ${plural(departs, 'difference')} declared` : '';
  return [
    failed > 0
      ? `${paint.bad('✗')} ${what}: ${paint.bad(`${failed} of ${tried.length} differ`)}${declared}`
      : `${paint.good('✓')} ${what}, none differs from the policy${declared}`,
  ];
}

function coverageLines({ cases, untried }: Coverage, { paint, width }: Page): string[] {
  if (cases === 0) return [];
  if (untried.length === 0) return [`${paint.good('✓')} all ${cases} cases of the policy tried`];
  const head = `${paint.faint('·')} ${cases - untried.length} of ${cases} cases of the policy tried; no scenario in which`;
  const kinds = new Map<string, string[]>();
  for (const { part, name, what } of untried) {
    const kind = `${partNames[part]} ${what}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), visible(name)]);
  }
  const lines = [...kinds].flatMap(([kind, names]) => {
    const [first = '', ...more] = fill(`${kind}: ${names.join(', ')}`, Math.max(20, width - 4), 2);
    return [`    ${first}`, ...more.map((line) => `    ${line}`)].map((line) => paint.faint(line));
  });
  return [head, ...lines];
}

const partNames = {
  claim: 'a claim',
  scope: 'a scope',
  deny: 'a deny rule',
  detail: 'an authorization detail',
  source: 'a source',
} as const;
