import { countText } from '@claimsmith/cel';
import type { Issuer, Policy, TokenName } from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import { plural } from '../output/plural.ts';
import type { Paint } from '../output/terminal.ts';
import { columns, fill, pad, visible } from '../output/text.ts';
import { type Mismatch, originalNames } from '../run/compare.ts';
import type { Preview } from '../run/issue.ts';
import { originOf } from '../run/origin.ts';
import { compactJson } from './json.ts';
import { reasonOf } from './reason.ts';

/** The page that a preview is shown on. */
export interface Page {
  readonly paint: Paint;
  readonly width: number;
}

/** A line of a token: name, value, origin. */
interface Row {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** Names and values are aligned up to these widths; longer ones get a separate line. */
const widestName = 40;
const widestValue = 44;
const indent = 4;

/** One issuance as a person reads it: verdict and title, tokens, what was left out and why. */
export function showPreview(preview: Preview, policy: Policy, issuer: Issuer, page: Page): string {
  const { paint } = page;
  const { issuance, accessTokenBytes } = preview;
  if (preview.impossible !== undefined) return showNotRun(preview, page);
  const tokens = tokenRows(preview, policy, issuer);
  const reasons = leftOut(preview, issuance.denied !== undefined, policy);
  const layout = layoutOf(
    [...tokens.access, ...tokens.id, ...tokens.userinfo, ...tokens.looked],
    reasons.map(({ name }) => name),
  );
  const lines = [title(preview, page)];
  if (issuance.denied === undefined) {
    const size = accessTokenBytes === undefined ? '' : `, ${countText(accessTokenBytes)} bytes`;
    lines.push(
      `  ${paint.strong('access token')}${paint.faint(size)}`,
      ...showRows(tokens.access, layout, page),
    );
    if (tokens.id.length > 0)
      lines.push(`  ${paint.strong('ID token')}`, ...showRows(tokens.id, layout, page));
    if (tokens.userinfo.length > 0)
      lines.push(`  ${paint.strong('userinfo')}`, ...showRows(tokens.userinfo, layout, page));
    if (tokens.looked.length > 0)
      lines.push(`  ${paint.strong('looked up')}`, ...showRows(tokens.looked, layout, page));
    if (reasons.length > 0) lines.push(`  ${paint.strong('left out')}`);
  } else {
    const { error, description } = issuance.denied;
    lines.push(`  ${paint.bad('no token')}  ${visible(description)}  ${paint.faint(`(${visible(error)})`)}`);
  }
  lines.push(...showReasons(reasons, layout, page), ...remarks(preview, page), ...faultLines(preview, page));
  return `${lines.join('\n')}\n`;
}

/** A situation that cannot come about at an issuer. */
export function showNotRun(preview: Preview, page: Page): string {
  const [first = '', ...more] = fill(`not run: ${preview.impossible}`, page.width - 4);
  return `${[title(preview, page), `  – ${first}`, ...more.map((line) => `    ${line}`)].join('\n')}\n`;
}

/** The summary of all issuances, in one line. */
export function showSummary(previews: readonly Preview[], { paint }: Page): string {
  const count = (test: (preview: Preview) => boolean) => previews.filter(test).length;
  const divergent = count(({ divergences }) => divergences.length > 0);
  const unmet = count((preview) => preview.unmet.length > 0);
  const unexpecting = count(({ expected }) => !expected);
  const issuers = new Set(previews.map(({ issuer }) => issuer)).size;
  const trials = new Set(previews.map(({ trial }) => trial)).size;
  const what = `${plural(trials, 'scenario')} at ${plural(issuers, 'issuer')}`;
  const troubles = [
    ...(divergent > 0 ? [`${divergent} where issuer and policy differ`] : []),
    ...(unmet > 0 ? [`${unmet} not as expected`] : []),
  ];
  if (troubles.length > 0) return `${paint.bad('✗')} ${what}: ${paint.bad(troubles.join(', '))}\n`;
  const declared = count((preview) => preview.declared.length > 0);
  const impossible = count((preview) => preview.impossible !== undefined);
  const announced = [
    ...(declared > 0 ? [`, ${plural(declared, 'announced difference')}`] : []),
    ...(impossible > 0 ? [`, ${notRun(impossible)}`] : []),
  ].join('');
  if (unexpecting === 0) return `${paint.good('✓')} ${what}, all as expected${announced}\n`;
  return `${paint.good('✓')} ${what}, ${unexpecting} of ${previews.length} without an expectation\n`;
}

/** How many situations did not run at an issuer. */
export function notRun(count: number): string {
  return `${count} not run because nobody acts for a user there`;
}

function title(preview: Preview, { paint, width }: Page): string {
  const { trial, issuer, trigger, expected } = preview;
  const name = visible(trial);
  const where = `${issuer} ${trigger}`;
  const failed = preview.unmet.length > 0 || preview.divergences.length > 0;
  const mark = failed
    ? paint.bad('✗')
    : expected && preview.impossible === undefined
      ? paint.good('✓')
      : paint.faint('·');
  const gap = Math.max(2, width - 2 - columns(name) - columns(where));
  return `${mark} ${paint.strong(name)}${' '.repeat(gap)}${paint.faint(where)}`;
}

function tokenRows(preview: Preview, policy: Policy, issuer: Issuer) {
  const { issuance, names, trigger, outcomes } = preview;
  const order = [...policy.claims.map(({ name }) => name), policy.marker?.claim];
  const rows = (token: TokenName): Row[] => {
    const specNames = originalNames(token, names, policy.claims);
    return Object.entries(issuance[token] ?? {})
      .map(([name, value]) => ({ name, value, claim: specNames.get(name) ?? name }))
      .toSorted((a, b) => rank(order, a.claim) - rank(order, b.claim))
      .map(({ name, value, claim }) => {
        const outcome = outcomes.find((outcome) => outcome.kind === 'claim' && outcome.name === claim);
        const isDefault = outcome?.outcome === 'default';
        return {
          name: visible(name),
          value: visible(compactJson(value)),
          origin: isDefault
            ? `default: ${reasonOf(outcome, policy, preview)}`
            : originOf(policy, issuer, trigger, claim),
        };
      });
  };
  const scope = { name: 'scope', value: visible(issuance.scopes.join(' ')) || '–', origin: '' };
  const hasScope = issuance.scopes.length > 0 || policy.scopes.length > 0;
  const isOurs = policy.claims.some(({ tokens }) => tokens.includes('userinfo'));
  return {
    access: [...rows('access'), ...(hasScope ? [scope] : [])],
    id: rows('id'),
    userinfo: isOurs ? rows('userinfo') : [],
    looked: Object.entries(preview.lookups?.found ?? {}).map(([name, value]) => ({
      name: visible(name),
      value: visible(compactJson(value)),
      origin: '',
    })),
  };
}

function rank(order: readonly (string | undefined)[], claim: string): number {
  const index = order.indexOf(claim);
  return index < 0 ? order.length : index;
}

interface Layout {
  readonly name: number;
  readonly value: number;
}

function layoutOf(rows: readonly Row[], moreNames: readonly string[]): Layout {
  const widest = (texts: readonly string[], most: number) =>
    Math.max(0, ...texts.map(columns).filter((width) => width <= most));
  const withOrigin = rows.filter(({ origin }) => origin !== '');
  return {
    name: widest([...rows.map(({ name }) => name), ...moreNames], widestName),
    value: widest(
      withOrigin.map(({ value }) => value),
      widestValue,
    ),
  };
}

function showRows(rows: readonly Row[], layout: Layout, page: Page): string[] {
  if (rows.length === 0) return [`${' '.repeat(indent)}${page.paint.faint('no claims')}`];
  return rows.flatMap((row) => showRow(row, layout, page));
}

function showRow({ name, value, origin }: Row, layout: Layout, { paint, width }: Page): string[] {
  const column = indent + layout.name + 2;
  const space = Math.max(20, width - column);
  const [head, left] = nameCell(name, layout, paint);
  const fits = columns(value) <= layout.value && column + layout.value + 2 + columns(origin) <= width;
  if (fits && origin !== '') return [...head, `${left}${pad(value, layout.value)}  ${paint.faint(origin)}`];
  const [first = '', ...more] = fill(value, space);
  const below = origin === '' ? [] : fill(origin, space).map((line) => paint.faint(line));
  return [...head, left + first, ...[...more, ...below].map((line) => ' '.repeat(column) + line)];
}

/** The name in its column; one that is too long gets a line before. */
function nameCell(
  name: string,
  layout: Layout,
  paint: Paint,
): readonly [lines: readonly string[], start: string] {
  const start = ' '.repeat(indent) + paint.note(pad(name, layout.name));
  if (columns(name) <= layout.name) return [[], `${start}  `];
  return [[start], ' '.repeat(indent + layout.name + 2)];
}

/** Why something is not in a token. */
export interface Reason {
  readonly name: string;
  readonly reason: string;
}

/** Claims, scopes and details that are not in the tokens, or that caused the denial. */
export function leftOut(
  preview: Pick<Preview, 'outcomes' | 'unanswered' | 'mistyped' | 'delegated'>,
  isDenied: boolean,
  policy: Policy,
): readonly Reason[] {
  const isMeant = ({ kind, outcome }: Outcome) =>
    isDenied
      ? outcome === 'denied' || (kind === 'detail' && outcome === 'refused')
      : ['omitted', 'skipped', 'refused'].includes(outcome);
  return preview.outcomes
    .filter(isMeant)
    .map((outcome) => ({ name: visible(outcome.name), reason: reasonOf(outcome, policy, preview) }));
}

function showReasons(reasons: readonly Reason[], layout: Layout, { paint, width }: Page): string[] {
  const column = indent + layout.name + 2;
  return reasons.flatMap(({ name, reason }) => {
    const [head, left] = nameCell(name, layout, paint);
    const [first = '', ...more] = fill(reason, Math.max(20, width - column));
    return [
      ...head,
      left + paint.faint(first),
      ...more.map((line) => ' '.repeat(column) + paint.faint(line)),
    ];
  });
}

function remarks({ issuance, unanswered, outcomes, declared }: Preview, { paint, width }: Page): string[] {
  const notes = [
    ...declared.map(({ rule, why }) => `Announced difference, ${rule}: ${why}`),
    ...unanswered.map((source) => unansweredNote(source)),
    ...issuance.notes,
  ];
  // The outcomes contain the same and more, but an event of the vendor has none.
  const log = outcomes.length === 0 ? issuance.log : [];
  return [
    ...notes.flatMap((note) => {
      const [first = '', ...more] = fill(visible(note), width - indent);
      return [`  ${paint.warn('!')} ${first}`, ...more.map((line) => ' '.repeat(indent) + line)];
    }),
    ...log.map((line) => `  ${paint.faint(`log  ${visible(line)}`)}`),
  ];
}

/** The note that a scenario, or the answers for an event, lack a source. */
export function unansweredNote(source: string): string {
  return `The scenario does not say what ${source} answers, so it failed.`;
}

/**
 * What is wrong with tokens.
 *
 * @param issuers whose tokens have it. Default: there is only one
 */
export function faultLines(
  { divergences, unmet }: Pick<Preview, 'divergences' | 'unmet'>,
  page: Page,
  issuers?: string,
): string[] {
  const { paint } = page;
  const lines: string[] = [];
  if (divergences.length > 0) {
    lines.push(
      `  ${paint.bad(`${issuers ?? 'the issuer'} and the policy differ`)}  ${paint.faint('a defect of claimsmith')}`,
    );
    lines.push(...showDifferences(divergences, ['policy', 'issuer'], page));
  }
  if (unmet.length > 0) {
    const at = issuers === undefined ? '' : ` at ${issuers}`;
    lines.push(
      `  ${paint.bad(`not as expected${at}`)}`,
      ...showDifferences(unmet, ['expected', 'got'], page),
    );
  }
  return lines;
}

/** Each difference with both values, the one that was to be first. */
export function showDifferences(
  found: readonly Mismatch[],
  [one, other]: readonly [string, string],
  page: Page,
): string[] {
  const { paint } = page;
  const width = Math.max(one.length, other.length);
  const start = 6 + width + 2;
  const valueLines = (label: string, value: unknown, style: (text: string) => string) => {
    const [first = '', ...more] = fill(shownValue(value), Math.max(20, page.width - start));
    return [
      `      ${paint.faint(pad(label, width))}  ${style(first)}`,
      ...more.map((line) => ' '.repeat(start) + style(line)),
    ];
  };
  return found.flatMap(({ at, expected, actual }) => [
    `    ${paint.note(visible(at))}`,
    ...valueLines(one, expected, paint.good),
    ...valueLines(other, actual, paint.bad),
  ]);
}

function shownValue(value: unknown): string {
  return value === undefined ? 'nothing' : visible(compactJson(value));
}
