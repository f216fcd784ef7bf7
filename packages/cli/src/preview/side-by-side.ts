import { isDeepStrictEqual } from 'node:util';
import type { Policy, Verdict } from '@claimsmith/core';
import { columns, fill, pad, visible } from '../text.ts';
import { withSpecNames } from './compare.ts';
import type { Preview } from './issue.ts';
import { compactJson } from './json.ts';
import type { Page } from './show.ts';

/** One thing that tokens say, as the policy decides it, and at each issuer. */
interface Row {
  readonly name: string;
  /** Undefined: the policy says nothing here. */
  readonly expected: string | undefined;
  /** Undefined: nothing; in the order of the issuers. */
  readonly found: readonly (string | undefined)[];
}

const widestName = 28;
const leastValue = 24;

/** One issuance at several issuers: what the policy decides down, the issuers across. */
export function showSideBySide(
  previews: readonly Preview[],
  verdict: Verdict,
  policy: Policy,
  page: Page,
): string {
  const { paint } = page;
  const actual = previews.map(({ issuance, names }) => withSpecNames(issuance, names));
  const cell = Math.max(...previews.map(({ issuer }) => columns(issuer)), 8) + 2;
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
  const isDenied = verdict.denied !== undefined;
  const rows = [...access, ...(scopes === undefined ? [] : [scopes])];
  const width = {
    name: Math.min(widestName, Math.max(8, ...[...rows, ...id].map(({ name }) => columns(name)))),
    value: Math.max(leastValue, page.width - cell * previews.length - 4 - widestName - 2),
    cell,
  };
  const column = (row: Row) => tableRow(row, actual, width, page);
  const failed = previews.some(({ divergences, unmet }) => divergences.length + unmet.length > 0);
  const mark = failed ? paint.bad('✗') : paint.good('✓');
  const name = visible(previews[0]?.trial ?? '');
  const start = 4 + width.name + 2 + width.value + 2;
  const heads = previews.map(({ issuer }) => pad(issuer, cell)).join('');
  return [
    `${mark} ${paint.strong(name)}${' '.repeat(Math.max(2, start - 2 - columns(name)))}${paint.faint(heads.trimEnd())}`,
    ...(isDenied || actual.some(({ denied }) => denied !== undefined)
      ? column(denialRow(verdict, actual))
      : []),
    ...(rows.length > 0 ? [`  ${paint.strong('access token')}`, ...rows.flatMap(column)] : []),
    ...(id.length > 0 ? [`  ${paint.strong('ID token')}`, ...id.flatMap(column)] : []),
    ...sizeLine(previews, start, cell, page),
    ...remarks(previews, page),
    '',
  ].join('\n');
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

function denialRow(verdict: Verdict, actual: readonly Verdict[]): Row {
  const text = ({ denied }: Verdict) => (denied === undefined ? undefined : visible(denied));
  return { name: 'no token', expected: text(verdict), found: actual.map(text) };
}

/** A mark for each issuer; where it says something else, its own value stands below. */
function tableRow(
  { name, expected, found }: Row,
  actual: readonly Verdict[],
  width: { readonly name: number; readonly value: number; readonly cell: number },
  { paint }: Page,
): string[] {
  const [first = '', ...more] = fill(expected ?? '–', width.value);
  const cells = found.map((value, index) => {
    const isDenied = actual[index]?.denied !== undefined && name !== 'no token';
    if (isDenied) return paint.faint(pad('', width.cell));
    if (isDeepStrictEqual(value, expected)) return paint.good(pad('✓', width.cell));
    return paint.warn(pad(value === undefined ? '–' : '≠', width.cell));
  });
  const label = name === 'no token' ? paint.bad : paint.note;
  const head = `    ${label(pad(name, width.name))}  ${pad(first, width.value)}  ${cells.join('')}`.trimEnd();
  const indent = ' '.repeat(4 + width.name + 2);
  const others = [...new Set(found.filter((value) => value !== undefined && value !== expected))];
  return [
    ...(columns(name) > width.name
      ? [`    ${label(name)}`, head.replace(name, ' '.repeat(width.name))]
      : [head]),
    ...more.map((line) => indent + line),
    ...others.map((value) => `${indent}${paint.warn(`≠ ${value}`)}`),
  ];
}

function sizeLine(previews: readonly Preview[], start: number, cell: number, { paint }: Page): string[] {
  if (previews.every(({ accessTokenBytes }) => accessTokenBytes === undefined)) return [];
  const sizes = previews.map(({ accessTokenBytes }) =>
    pad(accessTokenBytes?.toLocaleString('en') ?? '', cell),
  );
  return [paint.faint(`${pad('    signed, in bytes', start)}${sizes.join('')}`.trimEnd())];
}

function remarks(previews: readonly Preview[], { paint, width }: Page): string[] {
  const notes = previews.flatMap(({ issuer, declared, unanswered, issuance }) => [
    ...declared.map(({ rule, why }) => [paint.warn('~'), `${issuer}, ${rule}: ${why}`] as const),
    ...unanswered.map(
      (source) => [paint.warn('!'), `Nothing says what ${source} answers; it failed as network.`] as const,
    ),
    ...issuance.notes.map((note) => [paint.warn('!'), `${issuer}: ${note}`] as const),
  ]);
  const texts = new Map(notes.map(([mark, text]) => [text, mark]));
  return [...texts].flatMap(([text, mark]) => {
    const [first = '', ...more] = fill(visible(text), width - 4);
    return [`  ${mark} ${first}`, ...more.map((line) => `    ${line}`)];
  });
}
