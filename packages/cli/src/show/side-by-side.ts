import { countText } from '@claimsmith/cel';
import type { Policy, Verdict } from '@claimsmith/core';
import { columns, fill, pad, visible } from '../output/text.ts';
import { withSpecNames } from '../run/compare.ts';
import type { Preview } from '../run/issue.ts';
import { compactJson } from './json.ts';
import { faultLines, leftOut, type Page, type Reason, unansweredNote } from './preview.ts';

/** One thing that tokens say, as the policy decides it, and at each issuer. */
interface Row {
  readonly name: string;
  /** Undefined: the policy does not decide this. */
  readonly expected: string | undefined;
  /** In the order of the issuers; undefined: none. */
  readonly found: readonly (string | undefined)[];
}

const widestName = 28;
const usualValue = 24;
/** On a narrow terminal. */
const leastValue = 16;

/** One issuance at several issuers, as a table: a row for each decision of the policy, a column for each issuer. */
export function showSideBySide(
  previews: readonly Preview[],
  verdict: Verdict,
  policy: Policy,
  page: Page,
): string {
  const { paint } = page;
  const actual = previews.map(({ issuance, names }) =>
    withSpecNames(issuance, names, policy.claims, policy.deny),
  );
  const cell = Math.max(...previews.map(({ issuer }) => columns(issuer)), 8) + 2;
  const { denied } = verdict;
  const isDenied = denied !== undefined;
  const rows = isDenied ? { access: [], id: [], userinfo: [] } : tokenRows(verdict, actual, policy);
  const looked = isDenied ? [] : lookupRows(previews);
  const names = [...rows.access, ...rows.id, ...rows.userinfo, ...looked].map(({ name }) => columns(name));
  const besideNames = page.width - cell * previews.length - 4;
  const room = Math.max(8, besideNames - leastValue - 4);
  const nameWidth = Math.min(widestName, room, Math.max(8, ...names));
  const usual = Math.max(usualValue, besideNames - widestName - 2);
  const width = {
    name: nameWidth,
    value: Math.max(leastValue, Math.min(usual, besideNames - nameWidth - 4)),
    cell,
  };
  const denial = denied === undefined ? 0 : 14 + columns(visible(denied));
  const isShortDenial = denial + cell * previews.length - 2 <= page.width;
  const start = Math.max(4 + width.name + 2 + width.value + 2, isShortDenial ? denial : 0);
  const line = (left: string, plainWidth: number, cells: readonly string[]) =>
    `${left}${' '.repeat(Math.max(2, start - plainWidth))}${cells.join('')}`.trimEnd();
  const cells = (textOf: (token: Verdict) => string) =>
    actual.map((token) => paint.warn(pad(textOf(token), cell)));
  const column = (row: Row) => tableRow(row, actual, width, page);
  const failed = previews.some(({ divergences, unmet }) => divergences.length + unmet.length > 0);
  const mark = failed ? paint.bad('✗') : paint.good('✓');
  const name = visible(previews[0]?.trial ?? '');
  const refused = cells(({ denied }) => (denied === undefined ? '' : 'no token'));
  const issuers = previews.map(({ issuer }) => paint.faint(pad(issuer, cell)));
  const title = `${mark} ${paint.strong(name)}`;
  const isShort = 4 + columns(name) + cell * previews.length <= Math.max(page.width, start);
  return [
    ...(isShort ? [line(title, 2 + columns(name), issuers)] : [title, line('', 0, issuers)]),
    ...(denied !== undefined
      ? denialLines(denied, actual, line, isShortDenial, cell, page)
      : [line(`  ${paint.strong('access token')}`, 14, refused), ...rows.access.flatMap(column)]),
    ...(rows.id.length > 0 ? [`  ${paint.strong('ID token')}`, ...rows.id.flatMap(column)] : []),
    ...(rows.userinfo.length > 0 ? [`  ${paint.strong('userinfo')}`, ...rows.userinfo.flatMap(column)] : []),
    ...(isDenied ? [] : sizeLine(previews, start, cell, page)),
    ...(looked.length > 0 ? [`  ${paint.strong('looked up')}`, ...looked.flatMap(column)] : []),
    ...reasonLines(
      previews[0] === undefined ? [] : leftOut(previews[0], isDenied, policy),
      isDenied,
      width.name,
      page,
    ),
    ...remarks(previews, page),
    ...faults(previews, page),
    '',
  ].join('\n');
}

/** What the policy leaves out, or why it issues nothing. */
function reasonLines(
  reasons: readonly Reason[],
  isDenied: boolean,
  widest: number,
  { paint, width }: Page,
): string[] {
  if (reasons.length === 0) return [];
  const name = Math.max(widest, ...reasons.map(({ name }) => Math.min(columns(name), widestName)));
  const lines = reasons.flatMap(({ name: what, reason }) => {
    const [first = '', ...more] = fill(reason, Math.max(usualValue, width - name - 6));
    const indent = ' '.repeat(name + 6);
    return [
      `    ${paint.note(pad(what, name))}  ${paint.faint(first)}`,
      ...more.map((line) => indent + paint.faint(line)),
    ];
  });
  return isDenied ? lines : [`  ${paint.strong('left out')}`, ...lines];
}

/** The policy denies; an issuer may have another reason, or issue all the same. */
function denialLines(
  reason: string,
  actual: readonly Verdict[],
  line: (left: string, width: number, cells: readonly string[]) => string,
  isShort: boolean,
  cell: number,
  { paint }: Page,
): string[] {
  const text = visible(reason);
  const cells = actual.map(({ denied }) =>
    denied === reason
      ? paint.good(pad('✓', cell))
      : paint.warn(pad(denied === undefined ? 'issued' : '≠', cell)),
  );
  const left = `  ${paint.bad('no token')}  ${text}`;
  return isShort ? [line(left, 12 + columns(text), cells)] : [left, line('', 0, cells)];
}

function tokenRows(verdict: Verdict, actual: readonly Verdict[], policy: Policy) {
  const order = [...policy.claims.map(({ name }) => name), policy.marker?.claim];
  const access = rowsOf(
    verdict.access,
    actual.map(({ access }) => access),
    order,
  );
  const id = rowsOf(
    verdict.id,
    actual.map(({ id }) => id),
    order,
  );
  const scopes = scopeRow(verdict, actual);
  const userinfo =
    verdict.userinfo === undefined
      ? []
      : rowsOf(
          verdict.userinfo,
          actual.map(({ userinfo }) => userinfo ?? {}),
          order,
        );
  return { access: scopes === undefined ? access : [...access, scopes], id, userinfo };
}

function lookupRows(previews: readonly Preview[]): readonly Row[] {
  const tokens = previews.filter(({ issuance }) => issuance.denied === undefined);
  const [one] = tokens.flatMap(({ lookups }) => lookups ?? []);
  // With a token of a running server nothing is looked up.
  if (one === undefined || tokens.some(({ lookups }) => lookups === undefined)) return [];
  return rowsOf(
    one.meant,
    previews.map(({ lookups }) => lookups?.found ?? {}),
    Object.keys(one.meant),
  );
}

function rowsOf(
  expected: Verdict['access'],
  found: readonly Verdict['access'][],
  order: readonly (string | undefined)[],
): readonly Row[] {
  const names = new Set([...Object.keys(expected), ...found.flatMap((claims) => Object.keys(claims))]);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names]
    .toSorted((a, b) => rank(a) - rank(b))
    .map((name) => ({
      name: visible(name),
      expected: textOf(expected, name),
      found: found.map((claims) => textOf(claims, name)),
    }));
}

function textOf(claims: Verdict['access'], name: string): string | undefined {
  return Object.hasOwn(claims, name) ? visible(compactJson(claims[name])) : undefined;
}

function scopeRow(verdict: Verdict, actual: readonly Verdict[]): Row | undefined {
  const text = ({ scopes }: Verdict) =>
    scopes.length === 0 ? undefined : visible(scopes.toSorted().join(' '));
  const row = { name: 'scope', expected: text(verdict), found: actual.map(text) };
  return [row.expected, ...row.found].every((value) => value === undefined) ? undefined : row;
}

/** A mark for each issuer; a different value is shown below. */
function tableRow(
  { name, expected, found }: Row,
  actual: readonly Verdict[],
  width: { readonly name: number; readonly value: number; readonly cell: number },
  { paint }: Page,
): string[] {
  const [first = '', ...more] = fill(expected ?? '–', width.value);
  const cells = found.map((value, index) => {
    if (actual[index]?.denied !== undefined) return pad('', width.cell);
    if (value === expected) return paint.good(pad('✓', width.cell));
    return paint.warn(pad(value === undefined ? '–' : '≠', width.cell));
  });
  const indent = ' '.repeat(4 + width.name + 2);
  const hasOwnLine = columns(name) > width.name;
  const left = hasOwnLine ? indent : `    ${paint.note(pad(name, width.name))}  `;
  const marks = cells.join('').trimEnd();
  const isLong = columns(first) > width.value;
  const others = [...new Set(found.filter((value) => value !== undefined && value !== expected))];
  return [
    ...(hasOwnLine ? [`    ${paint.note(name)}`] : []),
    isLong ? left + first : `${left}${pad(first, width.value)}  ${marks}`.trimEnd(),
    ...more.map((line) => indent + line),
    ...(isLong ? [`${' '.repeat(columns(indent) + width.value + 2)}${marks}`.trimEnd()] : []),
    ...others.map((value) => `${indent}${paint.warn(`≠ ${value}`)}`),
  ];
}

function sizeLine(previews: readonly Preview[], start: number, cell: number, { paint }: Page): string[] {
  if (previews.every(({ accessTokenBytes }) => accessTokenBytes === undefined)) return [];
  const sizes = previews.map(({ accessTokenBytes }) =>
    pad(accessTokenBytes === undefined ? '' : countText(accessTokenBytes), cell),
  );
  return [paint.faint(`${pad('    signed, in bytes', start)}${sizes.join('')}`.trimEnd())];
}

/** What is wrong, once for all issuers where it is the same. */
function faults(previews: readonly Preview[], page: Page): string[] {
  const found = new Map<string, { readonly one: Preview; readonly issuers: string[] }>();
  for (const one of previews) {
    const key = JSON.stringify([one.divergences, one.unmet]);
    const same = found.get(key) ?? { one, issuers: [] };
    found.set(key, { one, issuers: [...same.issuers, one.issuer] });
  }
  return [...found.values()].flatMap(({ one, issuers }) => faultLines(one, page, issuers.join(', ')));
}

function remarks(previews: readonly Preview[], { paint, width }: Page): string[] {
  const notes = previews.flatMap(({ issuer, declared, unanswered, issuance }) => [
    ...declared.map(({ rule, why }) => [paint.warn('~'), `${issuer}, ${rule}: ${why}`] as const),
    ...unanswered.map((source) => [paint.warn('!'), unansweredNote(source)] as const),
    ...issuance.notes.map((note) => [paint.warn('!'), `${issuer}: ${note}`] as const),
  ]);
  const texts = new Map(notes.map(([mark, text]) => [text, mark]));
  return [...texts].flatMap(([text, mark]) => {
    const [first = '', ...more] = fill(visible(text), width - 4);
    return [`  ${mark} ${first}`, ...more.map((line) => `    ${line}`)];
  });
}
