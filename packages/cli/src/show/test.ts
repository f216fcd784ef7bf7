import type { Policy } from '@claimsmith/core';
import { plural } from '../output/plural.ts';
import { columns, fill, pad, visible } from '../output/text.ts';
import type { IssuerDecision } from '../proof/decide.ts';
import type { Results, Tried } from '../proof/try.ts';
import type { Mismatch } from '../run/compare.ts';
import type { Declared } from '../run/expectation.ts';
import type { Preview } from '../run/issue.ts';
import { showCoverage } from './coverage.ts';
import { decisionNotes } from './decisions.ts';
import { notRun, type Page, showDifferences } from './preview.ts';
import { answerHint, reasonsFor } from './reasons.ts';

/**
 * A table with a row for each scenario, and a column for the policy and for each issuer. Below each scenario are the
 * differences and their reasons; at the end, the announced differences.
 */
export function showResults(
  {
    tried,
    previews,
    coverage,
    decisions,
  }: Omit<Results, 'coverage'> & { readonly coverage: Results['coverage'] | undefined },
  policy: Policy,
  page: Page,
): string {
  const places = [...new Set(tried.map(({ where }) => where))];
  const notes = notesOf(tried);
  const rows = [...new Set(tried.map(({ trial }) => trial))].map((trial): Row => {
    const own = previews.filter((preview) => preview.trial === trial);
    const cells = tried.filter((one) => one.trial === trial).map((one) => cellOf(one, tried, own, notes));
    return { trial, cells, previews: own, decisions: decisions.filter((one) => one.trial === trial) };
  });
  const cellWidths = places.map((place, index) =>
    Math.max(columns(place), ...rows.map(({ cells }) => columns(cells[index]?.text ?? ''))),
  );
  const across = cellWidths.reduce((sum, width) => sum + width + 2, 0);
  const widest = Math.max(...rows.map(({ trial }) => columns(visible(trial))), 0);
  const table = { names: Math.min(widest, Math.max(leastName, page.width - 2 - across)), cells: cellWidths };
  const head = `${' '.repeat(table.names + 4)}${places.map((place, index) => pad(place, (cellWidths[index] ?? 0) + 2)).join('')}`;
  const legend = [
    ...showLegend(rows, tried, page),
    ...notes.flatMap((note, at) => noteLines(note, at + 1, page)),
  ];
  return [
    page.paint.faint(head.trimEnd()),
    ...rows.flatMap((row) => showRow(row, tried, table, policy, page)),
    ...(legend.length > 0 ? ['', ...legend] : []),
    ...answerHint(previews, policy, page),
    '',
    ...verdictLines(tried, previews, decisions.length, page),
    ...(coverage === undefined ? [] : showCoverage(coverage, policy, page)),
    '',
  ].join('\n');
}

/** The width below which a scenario's name wraps. */
const leastName = 16;

interface Row {
  readonly trial: string;
  /** In the order of the places. */
  readonly cells: readonly Cell[];
  readonly previews: readonly Preview[];
  readonly decisions: readonly IssuerDecision[];
}

interface Cell {
  readonly text: string;
  readonly style: 'good' | 'warn' | 'bad' | 'faint';
}

const marks = { passed: '✓', departs: '~', failed: '✗', same: '=', unasked: '·', impossible: '–' } as const;

/** One cell of a row. An issuer that agrees with a wrong policy does not count as a success. */
function cellOf(
  { trial, where, status, departures }: Tried,
  tried: readonly Tried[],
  previews: readonly Preview[],
  notes: readonly Note[],
): Cell {
  if (status === 'failed') return { text: marks.failed, style: 'bad' };
  if (status === 'impossible') return { text: marks.impossible, style: 'faint' };
  if (status === 'departs') {
    const numbers = departures.map(
      (departure) => notes.findIndex((note) => isSame(note, { where, ...departure })) + 1,
    );
    return { text: `${marks.departs} ${numbers.join(',')}`, style: 'warn' };
  }
  if (where === policyPlace)
    return previews.some(({ expected }) => !expected)
      ? { text: marks.unasked, style: 'faint' }
      : { text: marks.passed, style: 'good' };
  const isMissed = tried.some(
    (one) =>
      one.trial === trial &&
      one.where === policyPlace &&
      one.status === 'failed' &&
      (one.missed === undefined || one.missed.some(({ issuers }) => issuers.includes(where))),
  );
  return isMissed ? { text: marks.same, style: 'faint' } : { text: marks.passed, style: 'good' };
}

const policyPlace = 'policy';

/** The meaning of the rarer marks, if they are used. */
function showLegend(rows: readonly Row[], tried: readonly Tried[], { paint, width }: Page): string[] {
  const isUsed = (mark: string) => rows.some(({ cells }) => cells.some(({ text }) => text === mark));
  const legend = [
    [marks.same, 'the issuer signs what the policy decides, which is not what the scenario expects'],
    [marks.unasked, 'the scenario has no `expect`: the issuers are only compared with the policy'],
    ...[...new Set(tried.flatMap(({ impossible = [] }) => impossible))].map(
      (why) => [marks.impossible, `not run: ${why}`] as const,
    ),
  ] as const;
  return legend.flatMap(([mark, text]) => {
    if (!isUsed(mark)) return [];
    const [first = '', ...more] = fill(text, Math.max(20, width - 3));
    return [`${paint.faint(mark)}  ${first}`, ...more.map((line) => `   ${line}`)];
  });
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

function showRow(
  { trial, cells, previews, decisions }: Row,
  tried: readonly Tried[],
  table: { readonly names: number; readonly cells: readonly number[] },
  policy: Policy,
  page: Page,
): string[] {
  const { paint } = page;
  const failed = tried.filter((one) => one.trial === trial && one.status === 'failed');
  const [first = '', ...more] = fill(visible(trial), table.names);
  const across = cells.map(({ text, style }, index) =>
    paint[style](pad(text, (table.cells[index] ?? 0) + 2)),
  );
  const mark = failed.length > 0 ? paint.bad(marks.failed) : paint.good(marks.passed);
  return [
    `${mark} ${paint.strong(pad(first, table.names))}  ${across.join('')}`.trimEnd(),
    ...more.map((line) => `  ${line}`),
    ...failed.flatMap((one) => showFailure(one, page)),
    ...reasonsFor(failed, previews, policy, page),
    ...decisionNotes(decisions, new Set(failed.filter(isAboutDecisions).map(({ where }) => where)), page),
  ];
}

function isAboutDecisions({ differences }: Tried): boolean {
  return differences.some(({ at }) => at.startsWith('decision '));
}

function showFailure({ where, differences, missed, unmet }: Tried, page: Page): string[] {
  const isPolicy = where === policyPlace;
  const block = (title: string, found: readonly Mismatch[], sides: readonly [string, string]) =>
    found.length === 0 ? [] : [`  ${page.paint.bad(title)}`, ...showDifferences(found, sides, page)];
  return [
    ...(isPolicy
      ? (missed ?? [{ issuers: [], differences }]).flatMap((part) =>
          block(
            `the policy${part.issuers.length > 0 ? ` for ${part.issuers.join(', ')}` : ''} is not as expected`,
            part.differences,
            ['expected', where],
          ),
        )
      : block(`${where} differs from the policy`, differences, ['policy', where])),
    ...block(`${where} is not as expected`, unmet, ['expected', where]),
  ];
}

function noteLines({ where, rule, why }: Note, number: number, { paint, width }: Page): string[] {
  const head = `~ ${number}  `;
  const [first = '', ...more] = fill(`${where}, ${rule}: ${visible(why)}`, Math.max(20, width - head.length));
  return [paint.warn(head) + first, ...more.map((line) => ' '.repeat(head.length) + line)];
}

function verdictLines(
  tried: readonly Tried[],
  previews: readonly Preview[],
  decisions: number,
  { paint, width }: Page,
): string[] {
  const scenarios = tried.filter(({ where }) => where === policyPlace);
  const issuers = tried.filter(({ where }) => where !== policyPlace);
  const missed = scenarios.filter(({ status }) => status === 'failed').length;
  const differing = issuers.filter(({ status }) => status === 'failed').length;
  const departs = issuers.filter(({ status }) => status === 'departs').length;
  const impossible = issuers.filter(({ status }) => status === 'impossible').length;
  const bare = new Set(previews.filter(({ expected }) => !expected).map(({ trial }) => trial)).size;
  const troubles = [
    ...(missed > 0 ? [`${missed} not as expected`] : []),
    ...(differing > 0 ? [`${differing} where an issuer differs from the policy`] : []),
  ];
  const rest = [
    ...(differing > 0 ? [] : ['all issuers agree with the policy']),
    ...(decisions > 0 ? [`${plural(decisions, 'decision')} by Cedar`] : []),
    ...(departs > 0 ? [plural(departs, 'announced difference')] : []),
    ...(impossible > 0 ? [notRun(impossible)] : []),
    ...(bare > 0 ? [`${bare} without an expectation`] : []),
  ];
  const places = plural(new Set(issuers.map(({ where }) => where)).size, 'issuer');
  const what = `${plural(scenarios.length, 'scenario')} at ${places}`;
  const isGood = troubles.length === 0;
  const text = [isGood ? what : `${what}: ${troubles.join(', ')}`, ...rest].join(', ');
  const style = isGood ? (line: string) => line : paint.bad;
  const [first = '', ...more] = fill(text, Math.max(20, width - 2));
  return [
    `${isGood ? paint.good(marks.passed) : paint.bad(marks.failed)} ${style(first)}`,
    ...more.map((line) => `  ${style(line)}`),
  ];
}
