import { formatPath } from '@claimsmith/core';
import type { ChangeAt, MutationRun, Survivor } from '../mutate/run.ts';
import type { Sketch } from '../mutate/sketch.ts';
import { yamlFlow } from '../mutate/yaml.ts';
import { plural } from '../output/plural.ts';
import { fill, visible } from '../output/text.ts';
import type { Page } from './preview.ts';

/** More of them would hide what to do first. */
const mostShown = 10;

/** Which small changes of the policy go unnoticed, each with the scenario that would notice it. */
export function showMutations({ changes, survivors, alike }: MutationRun, page: Page): string {
  const { paint } = page;
  const noticed = changes - survivors.length - alike.length;
  const same = alike.length === 0 ? [] : showAlike(alike, page);
  if (survivors.length === 0)
    return [
      `${paint.good('✓')} all ${plural(noticed, 'small change')} of the policy noticed`,
      ...same,
      '',
    ].join('\n');
  const rest = survivors.length - mostShown;
  return [
    `${paint.bad('✗')} ${paint.bad(`${survivors.length} of ${changes - alike.length} small changes of the policy go unnoticed`)}`,
    ...survivors.slice(0, mostShown).flatMap((survivor) => ['', ...showSurvivor(survivor, page)]),
    ...(rest > 0 ? ['', paint.faint(`  and ${rest} more; --json lists all`)] : []),
    '',
    ...same,
    '',
  ].join('\n');
}

function showSurvivor({ noticedBy, ...at }: Survivor, page: Page): string[] {
  const { paint, width } = page;
  const [way, text]: readonly [string, readonly Line[]] =
    'scenario' in noticedBy
      ? [
          `the scenario "${noticedBy.scenario}" notices it if it expects`,
          [[4, `expect: ${yamlFlow(noticedBy.expect)}`]],
        ]
      : ['a scenario that notices it:', sketchLines(at, noticedBy)];
  return [
    `  ${paint.strong(place(at))}  ${paint.note(visible(formatPath(at.path)))}`,
    ...block(`${at.was} → ${at.became}`, 2, width),
    ...block(way, 2, width).map(paint.faint),
    ...text.flatMap(([indent, line]) => block(line, indent, width)),
  ];
}

/** A text, and how far it is moved in. */
type Line = readonly [indent: number, text: string];

function sketchLines(
  { was, became, range: { start } }: ChangeAt,
  { context, sources, later = {}, expect }: Sketch,
): readonly Line[] {
  const mapping = (key: string, value: object): readonly Line[] =>
    Object.keys(value).length === 0 ? [] : [[6, `${key}: ${yamlFlow(value)}`]];
  // A scenario says what time it is beside the context.
  const { now, ...situation } = context;
  const time: readonly Line[] = typeof now === 'number' ? [[6, `now: ${new Date(now).toISOString()}`]] : [];
  return [
    [4, `- name: ${yamlFlow(`${start.line}:${start.column} is ${was}, not ${became}`)}`],
    ...time,
    ...mapping('context', situation),
    ...mapping('sources', sources),
    ...mapping('later', later),
    [6, `expect: ${yamlFlow(expect)}`],
  ];
}

function block(text: string, indent: number, width: number): readonly string[] {
  const lines = fill(visible(text), Math.max(20, width - indent), 2);
  return lines.map((line) => ' '.repeat(indent) + line);
}

function showAlike(alike: readonly ChangeAt[], { paint, width }: Page): string[] {
  const places = alike.map(({ range }) => `${range.start.line}:${range.start.column}`);
  const text = `${plural(alike.length, 'change')} made no difference in the situations tried: at ${[...new Set(places)].join(', ')}`;
  const [first = '', ...more] = fill(text, Math.max(20, width - 2));
  return [`${paint.faint('·')} ${paint.faint(first)}`, ...more.map((line) => paint.faint(`  ${line}`))];
}

function place({ range: { file, start } }: ChangeAt): string {
  return `${file}:${start.line}:${start.column}`;
}
