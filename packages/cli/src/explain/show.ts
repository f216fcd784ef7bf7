import { formatDuration, type RuleInfo } from '@claimsmith/core';
import type { Paint } from '../terminal.ts';
import { columns, fill, pad, visible } from '../text.ts';
import type { Explanation, FieldRead, Freshness, SourceRead } from './explanation.ts';

/** A label, and the lines beside it. */
type Section = readonly [label: string, lines: readonly string[]];

/** An explanation as a person reads it: one idea a line. */
export function showExplanation(explanation: Explanation, paint: Paint, width: number): string {
  const { claim, kind, tokens, type } = explanation;
  const sections: readonly Section[] = [
    ['value', [visible(explanation.value)]],
    ['when', optional(explanation.when)],
    ['only for', onlyFor(explanation)],
    ['reads', reads(explanation, paint)],
    ['missing', [missing(explanation, paint)]],
    ['bounds', bounds(explanation)],
    ['freshness', freshness(explanation.freshness, paint)],
    ['name', names(explanation.names, paint)],
    ['read by', optional(explanation.readBy.map(visible).join(', '))],
    ['consumers', optional(explanation.consumers.map(visible).join(', '))],
    ['purpose', optional(explanation.purpose)],
    ['owner', optional(explanation.owner)],
    ['review by', optional(explanation.reviewBy)],
  ];
  const where = tokens.map((token) => (token === 'id' ? 'ID token' : 'access token')).join(' and ');
  const lines = [
    `${paint.strong(visible(claim))}  ${paint.faint(`${type}, ${kind}, in the ${where}`)}`,
    '',
    ...sections.filter(([, lines]) => lines.length > 0).flatMap((section) => beside(section, paint, width)),
  ];
  return `${lines.join('\n')}\n`;
}

/** A rule of the catalogue: what it asks for, and what goes wrong otherwise. */
export function showRule(
  { id, slug, severity, title, why, reference }: RuleInfo,
  paint: Paint,
  width: number,
): string {
  const lines = [
    `${paint.strong(id)}  ${paint.faint(`${slug}, ${severity}`)}`,
    '',
    ...fill(title, width - 2).map((line) => `  ${line}`),
    ...fill(why, width - 2).map((line) => `  ${line}`),
    ...(reference === undefined ? [] : ['', `  ${paint.faint(reference)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function beside([label, lines]: Section, paint: Paint, width: number): string[] {
  const column = 13;
  return lines.flatMap((line, index) => {
    const left = index === 0 ? `  ${paint.note(pad(label, column - 2))}` : ' '.repeat(column);
    // A line that carries styles is laid out already.
    if (line.includes('\u001b') || line.startsWith(' ')) return [left + line];
    const [first = '', ...more] = fill(line, Math.max(20, width - column));
    return [left + first, ...more.map((rest) => ' '.repeat(column) + rest)];
  });
}

function optional(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : [visible(text)];
}

function onlyFor({ audiences, clients }: Explanation): readonly string[] {
  return [
    ...(audiences === undefined ? [] : [`audiences ${audiences.map(visible).join(', ')}`]),
    ...(clients === undefined ? [] : [`clients ${clients.map(visible).join(', ')}`]),
  ];
}

function reads({ reads: { fields, sources, claims } }: Explanation, paint: Paint): readonly string[] {
  return [
    ...fields.flatMap((field) => fieldLines(field, paint)),
    ...sources.flatMap((source) => sourceLines(source, paint)),
    ...claims.map((claim) => `claims.${visible(claim)}`),
  ];
}

function fieldLines({ field, from }: FieldRead, paint: Paint): readonly string[] {
  const rows = Object.entries(from).flatMap(([issuer, triggers]) => {
    const supplied = Object.entries(triggers);
    if (supplied.length === 0) return [[issuer, paint.warn('can’t be supplied')] as const];
    return supplied.map(([trigger, name]) => [`${issuer} ${trigger}`, paint.faint(visible(name))] as const);
  });
  return [visible(field), ...aligned(rows)];
}

function sourceLines(
  { source, url, timeoutMs, retries, cacheMs }: SourceRead,
  paint: Paint,
): readonly string[] {
  const attempts = retries === 0 ? '' : `, ${retries + 1} attempts`;
  const cache = cacheMs === 0 ? 'no cache' : `cached for ${formatDuration(cacheMs)}`;
  return [
    `source ${visible(source)}`,
    `  ${paint.faint(visible(url))}`,
    `  ${paint.faint(`${formatDuration(timeoutMs)} to answer${attempts}, ${cache}`)}`,
  ];
}

function missing({ onMissing, kind }: Explanation, paint: Paint): string {
  const when = 'no value, a failed source, or over a bound:';
  if (onMissing === 'deny') return `${when} ${paint.bad('no token')} (enrichment_unavailable)`;
  if (onMissing === 'omit') return `${when} the claim is ${paint.warn('left out')}`;
  const value = paint.strong(visible(JSON.stringify(onMissing.default)));
  return `${when} ${kind === 'authoritative' ? paint.warn('the default') : 'the default'} ${value}`;
}

function bounds({ maxItems, maxBytes }: Explanation): readonly string[] {
  return [
    ...(maxItems === undefined ? [] : [`at most ${maxItems.toLocaleString('en')} items`]),
    ...(maxBytes === undefined ? [] : [`at most ${maxBytes.toLocaleString('en')} bytes as JSON`]),
  ];
}

function freshness(found: Freshness | undefined, paint: Paint): readonly string[] {
  if (found === undefined) return [];
  const { source, lagMs, cacheMs, lifetimeMs, totalMs, maxAgeMs } = found;
  const parts = [
    ...(source === undefined
      ? []
      : [`lag ${seconds(lagMs)}`, `cache ${seconds(cacheMs)} of ${visible(source)}`]),
    lifetimeMs === undefined ? 'the issuer’s token lifetime' : `token lifetime ${seconds(lifetimeMs)}`,
  ];
  const unknown = lifetimeMs === undefined;
  const total = parts.length > 1 && !unknown ? ` = ${seconds(totalMs)}` : '';
  const sum = `${parts.join(' + ')}${total}`;
  if (maxAgeMs === undefined) return [`${sum}; no maxAge`];
  if (unknown) return [`${sum}; maxAge ${seconds(maxAgeMs)} can’t be proven without lifetime.access`];
  const fits = totalMs <= maxAgeMs;
  const verdict = fits
    ? paint.good(`fits into maxAge ${seconds(maxAgeMs)}`)
    : paint.bad(`over maxAge ${seconds(maxAgeMs)}`);
  return [`${sum}, ${verdict}`];
}

/** `0s` reads better than `0ms`. */
function seconds(ms: number): string {
  return ms === 0 ? '0s' : formatDuration(ms);
}

function names(all: Explanation['names'], paint: Paint): readonly string[] {
  const rows = Object.entries(all).map(([issuer, name]) => [issuer, paint.strong(visible(name))] as const);
  return aligned(rows).map((line) => line.slice(2));
}

/** Rows of two columns, indented by two. */
function aligned(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([left]) => columns(left)));
  return rows.map(([left, right]) => `  ${pad(left, width)}  ${right}`);
}
