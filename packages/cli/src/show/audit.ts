import type { Entry } from '../audit/join-parts.ts';
import type { Reading } from '../audit/read-records.ts';
import { timeOf } from '../audit/record.ts';
import { isWhole, type VerifiedFile } from '../audit/verify-files.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { fill, visible } from '../output/text.ts';

/** A record as one line of JSON, with its place and time. */
export function entryJson({ record, file, line, isPartial }: Entry): string {
  return `${JSON.stringify({ time: timeText(record), ...record, file, line, isPartial })}\n`;
}

/** A record in a few lines. */
export function entryText({ record, isPartial }: Entry, { paint, width }: Terminal): string {
  const { decision, reason, observed, claims = [], native = [], sources = {}, causes = {} } = record;
  const verdict = [decision ?? 'decision lost', reason].filter((word) => word !== undefined).join(' ');
  const style = decision === 'issued' ? paint.good : decision === 'left' ? paint.faint : paint.bad;
  const head = [
    timeText(record),
    record.issuer ?? '',
    record.claimsmith,
    style(visible(verdict)) + (observed ? paint.faint(' (observed only)') : ''),
  ];
  const rows = [
    ['id', record.id],
    ['client', record.client],
    ['subject', record.subject],
    ['audience', record.audience],
    ['jti', record.jti],
    ['claims', claims.join(' ')],
    ['native', native.join(' ')],
    ['sources', Object.entries(sources).map(sourceText).join(', ')],
    [
      'not set',
      Object.entries(causes)
        .map(([name, cause]) => `${name} ${cause}`)
        .join(', '),
    ],
    ['partial', isPartial ? `only a part (${record.part}) is in the files` : undefined],
  ].filter(([, value]) => value !== undefined && value !== '');
  const lines = rows.flatMap(([name = '', value = '']) => {
    const [first = '', ...more] = fill(visible(value), width - 12);
    return [`  ${paint.faint(name.padEnd(9))} ${first}`, ...more.map((text) => ' '.repeat(12) + text)];
  });
  return `${head.filter((part) => part !== '').join('  ')}\n${lines.join('\n')}\n`;
}

function sourceText([name, age]: [string, string | number]): string {
  return `${name} ${typeof age === 'number' ? `${age}s old` : age}`;
}

function timeText(record: Parameters<typeof timeOf>[0]): string {
  const date = new Date(timeOf(record));
  return Number.isNaN(date.getTime()) ? 'unknown time' : date.toISOString();
}

/** How many were found, and what could not be read. */
export function queryNotes(found: number, reading: Reading, { paintErr: paint }: Terminal): string {
  const { records, lines } = reading;
  const head = `${plural(found, 'record')} of ${records} in ${plural(lines, 'line')}`;
  return [paint.faint(head), ...flaws(reading).map((flaw) => `${paint.warn('!')} ${flaw}`), ''].join('\n');
}

function flaws({ broken, partial, tooLong }: Reading): readonly string[] {
  return [
    ...(broken > 0 ? [`${plural(broken, 'line')} should be a record and cannot be read`] : []),
    ...(partial > 0 ? [`${plural(partial, 'record')} without all parts`] : []),
    ...(tooLong > 0
      ? [`${plural(tooLong, 'line')} of more than a megabyte was passed over: write one entry a line`]
      : []),
  ];
}

/** What is known of a file. */
export function verifiedText(verified: VerifiedFile, { paint }: Terminal): string {
  const { file, reading, chain, continues, endsAsKept } = verified;
  const sign = isWhole(verified) ? paint.good('✓') : paint.bad('✗');
  const problems = [
    ...(chain === undefined || chain.isWhole ? [] : [`line ${chain.line}: ${faults[chain.problem]}`]),
    ...(chain?.isWhole ? chain.incidents.map(({ line, event }) => `line ${line}: ${incidents[event]}`) : []),
    ...(continues === false ? ['it does not continue the file before: a file between them is missing'] : []),
    ...(continues === 'unknown'
      ? ['lines before the first one are missing: name the file before, or its end with --after']
      : []),
    ...(endsAsKept === false
      ? ['it does not end as --end says: lines at the end are missing or different']
      : []),
    ...(reading.records === 0 ? ['no record: there is nothing to check'] : []),
    ...flaws(reading),
  ];
  const about =
    chain === undefined
      ? 'a log, without a chain'
      : chain.isWhole
        ? 'the chain is whole'
        : 'the chain is broken';
  const lines = [
    `${sign} ${paint.strong(visible(file))}  ${plural(reading.records, 'record')}; ${about}`,
    ...problems.map((problem) => `    ${problem}`),
    ...(chain?.isWhole ? [paint.faint(`    end ${chain.end}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const faults = {
  torn: 'it ends in the middle of a line',
  shape: 'it is not a line of an audit',
  previous: 'it does not follow the line before: a line was changed, removed or inserted',
  sequence: 'its number does not follow that of the line before',
  continues: 'it does not continue the file before',
  end: 'the last line that the server wrote is missing or different',
} as const;

const incidents = {
  recovered: 'the server ended while it wrote a line; no token was issued for it',
  interfered: 'another program has changed the file, or the record of its end was lost',
  resumed: 'lines before this one could not be written; nothing was issued then',
} as const;
