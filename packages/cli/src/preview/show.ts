import type { Issuer, Policy } from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import type { Paint } from '../terminal.ts';
import { columns, fill, pad, plural, visible } from '../text.ts';
import type { Mismatch } from './compare.ts';
import type { Preview } from './issue.ts';
import { originOf } from './origin.ts';

/** What a preview is shown on. */
export interface Page {
  readonly paint: Paint;
  readonly width: number;
}

/** A line of a token: name, value, where it comes from. */
interface Row {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** Names and values are aligned up to these widths; what is longer runs over on its own line. */
const widestName = 36;
const widestValue = 44;

/** One issuance as a person reads it: title, tokens, what was left out and why, verdict. */
export function showPreview(preview: Preview, policy: Policy, issuer: Issuer, page: Page): string {
  const { paint } = page;
  const { issuance } = preview;
  const lines = [title(preview, page)];
  if (issuance.denied === undefined) {
    const tokens = tokenRows(preview, policy, issuer);
    const layout = layoutOf([...tokens.access, ...tokens.id]);
    const size = preview.accessTokenBytes === undefined ? '' : `  ${bytes(preview.accessTokenBytes)} signed`;
    lines.push(
      `  ${paint.strong('access token')}${paint.faint(size)}`,
      ...showRows(tokens.access, layout, page),
    );
    if (tokens.id.length > 0)
      lines.push(`  ${paint.strong('ID token')}`, ...showRows(tokens.id, layout, page));
  } else {
    const { error, description } = issuance.denied;
    lines.push(`  ${paint.bad('denied')}  ${visible(description)}${paint.faint(`  (${visible(error)})`)}`);
  }
  lines.push(...leftOut(preview, page), ...remarks(preview, page), ...verdict(preview, page));
  return `${lines.join('\n')}\n`;
}

/** What all issuances came to, in one line. */
export function showSummary(previews: readonly Preview[], { paint }: Page): string {
  const divergent = previews.filter((preview) => preview.divergences.length > 0).length;
  const unmet = previews.filter((preview) => preview.unmet.length > 0).length;
  const unexpecting = previews.filter((preview) => !preview.expected).length;
  const parts = [
    divergent > 0 ? paint.bad(`${divergent} where issuer and policy differ`) : '',
    unmet > 0 ? paint.bad(`${unmet} not as expected`) : '',
    unexpecting > 0 ? `${unexpecting} without an expectation` : '',
  ].filter((part) => part !== '');
  const count = plural(previews.length, 'issuance');
  if (parts.length === 0) return `${paint.good('✓')} ${count}, all as expected\n`;
  return `${divergent + unmet > 0 ? paint.bad('✗') : paint.good('✓')} ${count}: ${parts.join(', ')}\n`;
}

function title({ trial, issuer, trigger }: Preview, { paint, width }: Page): string {
  const where = `${issuer} ${trigger}`;
  const name = visible(trial);
  const gap = width - columns(name) - columns(where);
  if (gap < 2) return `${paint.strong(name)}\n${paint.faint(where)}`;
  return `${paint.strong(name)}${' '.repeat(gap)}${paint.faint(where)}`;
}

function tokenRows(preview: Preview, policy: Policy, issuer: Issuer) {
  const { issuance, names, trigger } = preview;
  const specNames = new Map(Object.entries(names).map(([claim, name]) => [name, claim]));
  const order = [...policy.claims.map(({ name }) => name), policy.marker?.claim];
  const rows = (claims: Readonly<Record<string, unknown>>): Row[] =>
    Object.entries(claims)
      .map(([name, value]) => ({ name, value, claim: specNames.get(name) ?? name }))
      .toSorted((a, b) => rank(order, a.claim) - rank(order, b.claim))
      .map(({ name, value, claim }) => ({
        name: visible(name),
        value: visible(JSON.stringify(value) ?? 'undefined'),
        origin: claimOrigin(preview, claim, originOf(policy, issuer, trigger, claim)),
      }));
  const access = rows(issuance.access);
  if (issuance.scopes.length > 0 || policy.scopes.length > 0) {
    const origin = preview.outcomes.some(({ kind, outcome }) => kind === 'scope' && outcome === 'granted')
      ? 'granted by the policy where it has a rule'
      : '';
    access.push({ name: 'scope', value: visible(issuance.scopes.join(' ')) || '–', origin });
  }
  return { access, id: rows(issuance.id) };
}

function rank(order: readonly (string | undefined)[], claim: string): number {
  const index = order.indexOf(claim);
  return index < 0 ? order.length : index;
}

function claimOrigin({ outcomes }: Preview, claim: string, origin: string): string {
  const outcome = outcomes.find(({ kind, name }) => kind === 'claim' && name === claim);
  return outcome?.outcome === 'default' ? `default: ${why(outcome)}` : origin;
}

interface Layout {
  readonly name: number;
  readonly value: number;
}

function layoutOf(rows: readonly Row[]): Layout {
  const widest = (texts: readonly string[], most: number) =>
    Math.max(0, ...texts.map(columns).filter((width) => width <= most));
  return {
    name: widest(
      rows.map(({ name }) => name),
      widestName,
    ),
    value: widest(
      rows.map(({ value }) => value),
      widestValue,
    ),
  };
}

function showRows(rows: readonly Row[], layout: Layout, page: Page): string[] {
  if (rows.length === 0) return [`    ${page.paint.faint('no claims')}`];
  return rows.flatMap((row) => showRow(row, layout, page));
}

function showRow({ name, value, origin }: Row, layout: Layout, { paint, width }: Page): string[] {
  const indent = 4;
  const valueColumn = indent + layout.name + 2;
  const originColumn = valueColumn + layout.value + 2;
  const lines: string[] = [];
  let line = ' '.repeat(indent) + paint.note(pad(name, layout.name));
  if (columns(name) > layout.name) {
    lines.push(line);
    line = ' '.repeat(valueColumn);
  } else {
    line += '  ';
  }
  if (origin === '') return [...lines, line + value];
  const fits = columns(value) <= layout.value && originColumn + columns(origin) <= width;
  if (fits) return [...lines, `${line}${pad(value, layout.value)}  ${paint.faint(origin)}`];
  const more = fill(origin, Math.max(20, width - valueColumn)).map(
    (part) => ' '.repeat(valueColumn) + paint.faint(part),
  );
  return [...lines, line + value, ...more];
}

/** Claims, scopes and details that the tokens lack, each with the reason. */
function leftOut(preview: Preview, { paint }: Page): string[] {
  const { outcomes, issuance } = preview;
  const denied = issuance.denied !== undefined;
  const kinds: readonly Outcome['outcome'][] = denied ? ['denied'] : ['omitted', 'skipped', 'refused'];
  const rows = outcomes
    .filter(({ outcome }) => kinds.includes(outcome))
    .map((outcome) => [visible(outcome.name), why(outcome)] as const);
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([name]) => columns(name)));
  const heading = denied ? 'because' : 'left out';
  return [
    `  ${paint.strong(heading)}`,
    ...rows.map(([name, reason]) => `    ${pad(name, width)}  ${paint.faint(reason)}`),
  ];
}

/** Why a value is missing, in words; the rest of the codes read well with spaces. */
const causes: Readonly<Record<string, string>> = {
  absent: 'no value',
  max_bytes: 'over maxBytes',
  max_items: 'over maxItems',
  no_such_key: 'no value',
  not_json: 'not a JSON value',
};

/** Why a source has no answer. */
const failures: Readonly<Record<string, string>> = {
  address: 'has an address that is not https',
  malformed: 'answered with something other than the declared JSON',
  network: 'can’t be reached',
  setting: 'lacks a setting',
  stale: 'has only an answer that is too old',
  status: 'answered with an error',
  timeout: 'did not answer in time',
  too_large: 'answered with too much',
  unbound: 'was not asked: its address lacks a value',
};

/** `entitlements:timeout` or `no_such_key`, in words. */
function inWords(cause: string): string {
  const at = cause.lastIndexOf(':');
  if (at < 0) return causes[cause] ?? cause.replaceAll('_', ' ');
  const failure = cause.slice(at + 1);
  return `${cause.slice(0, at)} ${failures[failure] ?? failure.replaceAll('_', ' ')}`;
}

function why({ kind, outcome, cause }: Outcome): string {
  if (cause !== undefined) return inWords(cause);
  switch (outcome) {
    case 'skipped':
      return 'not wanted here: when, audiences or clients';
    case 'refused':
      return 'the grant is false';
    case 'denied':
      return kind === 'deny' ? 'the deny rule holds' : 'no value';
    default:
      return 'no value';
  }
}

function remarks({ issuance, unanswered }: Preview, { paint, width }: Page): string[] {
  const notes = [
    ...unanswered.map((source) => `The scenario does not say what ${source} answers; it failed as network.`),
    ...issuance.notes,
  ];
  return [
    ...notes.flatMap((note) => {
      const [first = '', ...more] = fill(visible(note), width - 4);
      return [`  ${paint.warn('!')} ${first}`, ...more.map((line) => `    ${line}`)];
    }),
    ...issuance.log.map((line) => `  ${paint.faint(`log  ${visible(line)}`)}`),
  ];
}

function verdict(preview: Preview, { paint }: Page): string[] {
  const { divergences, unmet, expected } = preview;
  const lines: string[] = [];
  if (divergences.length > 0) {
    lines.push(
      `  ${paint.bad('✗ the issuer and the policy differ')} ${paint.faint('(a defect of claimsmith or its adapter)')}`,
      ...differences(divergences, ['policy', 'issuer'], paint),
    );
  }
  if (unmet.length > 0) {
    lines.push(`  ${paint.bad('✗ not as expected')}`, ...differences(unmet, ['expected', 'got'], paint));
  }
  if (lines.length === 0 && expected) lines.push(`  ${paint.good('✓ as expected')}`);
  return lines;
}

function differences(
  found: readonly Mismatch[],
  [one, other]: readonly [string, string],
  paint: Paint,
): string[] {
  const width = Math.max(one.length, other.length);
  return found.flatMap(({ at, expected, actual }) => [
    `    ${visible(at)}`,
    `      ${pad(one, width)}  ${paint.good(json(expected))}`,
    `      ${pad(other, width)}  ${paint.bad(json(actual))}`,
  ]);
}

function json(value: unknown): string {
  return value === undefined ? 'nothing' : visible(JSON.stringify(value) ?? 'nothing');
}

function bytes(count: number): string {
  return `${count.toLocaleString('en')} bytes`;
}
