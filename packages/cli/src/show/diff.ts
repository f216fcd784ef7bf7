import type { Change } from '../diff/change.ts';
import type { Decision } from '../diff/decisions.ts';
import type { Judged, Risk } from '../diff/risk.ts';
import { plural } from '../output/plural.ts';
import { shellWord } from '../output/text.ts';
import { markdown } from './inventory.ts';
import { compactJson } from './json.ts';

/** All that `diff` has found. */
export interface Difference {
  readonly before: string;
  readonly after: string;
  readonly changes: readonly Change[];
  /** Issuers that only the spec before (`gone`) or only the spec now (`come`) is for. */
  readonly issuers: { readonly gone: readonly string[]; readonly come: readonly string[] };
  readonly decisions: readonly Decision[];
  readonly judged: Judged;
}

const verdicts: Readonly<Record<Risk, string>> = {
  wider: 'Tokens can grant more than before.',
  unknown: 'Whether tokens grant more is not proven.',
  narrower: 'Tokens grant no more than before.',
  same: 'What tokens grant stays the same.',
};

const signs: Readonly<Record<Decision['effect'], string>> = {
  same: '=',
  wider: '**wider**',
  narrower: 'narrower',
  changed: '**changed**',
  described: 'other text',
};

/** Markdown for a reviewer, such as a comment on a pull request. */
export function showDiff(difference: Difference): string {
  const { before, after, changes, issuers, decisions, judged } = difference;
  return [
    `## ${markdown(after)}: ${judged.risk}`,
    '',
    `${verdicts[judged.risk]} Compared with ${markdown(before)}.`,
    ...widerLines(judged),
    ...changeLines(changes),
    ...decisionLines(decisions),
    ...issuerLines(issuers),
    '',
  ].join('\n');
}

function widerLines({ wider, unknown }: Judged): readonly string[] {
  const open = wider.filter(({ isAllowed }) => !isAllowed).map(({ part }) => part);
  const allowed = wider.filter(({ isAllowed }) => isAllowed).map(({ part }) => part);
  return [
    ...(open.length === 0
      ? []
      : [
          '',
          `**Wider, and nobody has said so:** ${codes(open)}. If it is meant: ${open.map((part) => code(`--allow-wider ${shellWord(part)}`)).join(' ')}`,
        ]),
    ...(allowed.length === 0 ? [] : ['', `Wider, as somebody has said: ${codes(allowed)}.`]),
    ...(unknown.length === 0
      ? []
      : ['', `Not proven: ${codes(unknown)}. Scenarios can show what becomes of it.`]),
  ];
}

function changeLines(changes: readonly Change[]): readonly string[] {
  if (changes.length === 0) return ['', 'Nothing in the spec has changed but its text.'];
  return [
    '',
    '### Changes',
    '',
    '| part | change | grants | read by |',
    '|---|---|---|---|',
    ...changes.map(
      ({ part, text, effect, consumers }) =>
        `| ${code(part)} | ${sentence(text)} | ${effect === 'wider' ? '**wider**' : effect} | ${consumers.map(markdown).join(', ')} |`,
    ),
  ];
}

function issuerLines({ gone, come }: Difference['issuers']): readonly string[] {
  return [
    ...(come.length === 0
      ? []
      : ['', `New issuers: ${codes(come)}. There are no tokens of the spec before to compare with.`]),
    ...(gone.length === 0
      ? []
      : ['', `Only the spec before is for ${codes(gone)}. Tokens there are no longer made by this policy.`]),
  ];
}

function decisionLines(decisions: readonly Decision[]): readonly string[] {
  if (decisions.length === 0) return ['', 'There are no scenarios that would show what becomes of tokens.'];
  const places = [...new Set(decisions.map(({ where }) => where))];
  const names = [...new Set(decisions.map(({ scenario }) => scenario))];
  const at = (name: string, place: string) =>
    decisions.find(({ scenario, where }) => scenario === name && where === place);
  const touched = names.filter((name) => places.some((place) => at(name, place)?.effect !== 'same'));
  const rest = names.length - touched.length;
  if (touched.length === 0)
    return ['', `All ${plural(names.length, 'scenario')} give the same tokens as before.`];
  return [
    '',
    '### Scenarios',
    '',
    `| scenario | ${places.join(' | ')} |`,
    `|---|${places.map(() => '---|').join('')}`,
    ...touched.map(
      (name) =>
        `| ${markdown(name)} | ${places.map((place) => signs[at(name, place)?.effect ?? 'same']).join(' | ')} |`,
    ),
    ...(rest === 0 ? [] : ['', `${plural(rest, 'other scenario')}: the same tokens as before.`]),
    '',
    ...touched.flatMap((name) =>
      details(
        name,
        places.map((place) => at(name, place)),
      ),
    ),
  ];
}

/** What differs in a scenario, each difference once with the places that have it. */
function details(name: string, decisions: readonly (Decision | undefined)[]): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const decision of decisions)
    for (const { at, expected, actual } of decision?.differences ?? []) {
      const line = `${code(at)}: ${value(expected)} → ${value(actual)}`;
      lines.set(line, [...(lines.get(line) ?? []), decision?.where ?? '']);
    }
  return [`- ${markdown(name)}`, ...[...lines].map(([line, where]) => `  - ${line} (${where.join(', ')})`)];
}

function value(json: unknown): string {
  if (json === undefined) return 'none';
  const text = compactJson(json);
  return code(text.length > 200 ? `${text.slice(0, 199)}…` : text);
}

function codes(parts: readonly string[]): string {
  return parts.map(code).join(', ');
}

/** Text in a fence that is longer than any in it, and on one line; a pipe would end a cell. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

/** A sentence with parts between backticks. */
function sentence(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((piece) => (piece.length > 1 && piece.startsWith('`') ? code(piece.slice(1, -1)) : markdown(piece)))
    .join('');
}
