import type { Notice } from '@claimsmith/core';
import { hasConflict, type Plan } from '@claimsmith/deploy';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { fill, visible } from '../output/text.ts';
import type { SiteResult } from '../publish/site-result.ts';
import { changeJson, changeLines } from './change.ts';

/** With more places than this, those that are in sync are only counted, and those with the same changes are shown once. */
const mostNamed = 20;

/** What a plan finds at each place, for people. */
export function showPlans(
  results: readonly SiteResult<Plan>[],
  terminal: Terminal,
  isWhole: boolean,
): string {
  const isLong = results.length > mostNamed;
  const named = isLong ? results.filter((result) => !isInSync(result)) : results;
  const blocks = named.map((result) => ({ result, text: blockOf(result, terminal, isWhole) }));
  return grouped(blocks, isLong)
    .map((group) => `${titleOf(group, terminal)}${group[0].text}`)
    .join('\n');
}

interface Block {
  readonly result: SiteResult<unknown>;
  /** What follows the title. */
  readonly text: string;
}

type Group = readonly [Block, ...Block[]];

/** Blocks of the same issuer and text together, if they are to be shown once. */
function grouped(blocks: readonly Block[], isLong: boolean): readonly Group[] {
  if (!isLong) return blocks.map((block) => [block]);
  const groups = new Map<string, [Block, ...Block[]]>();
  for (const block of blocks) {
    const key = `${block.result.site.issuer.id}\n${block.text}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [block]);
    else group.push(block);
  }
  return [...groups.values()];
}

/** The issuer and the place; of several ones, the first and how many more. */
function titleOf([{ result }, ...more]: Group, { paint }: Terminal): string {
  const { issuer, place } = result.site;
  const others = more.length === 0 ? '' : paint.faint(` and ${plural(more.length, 'place')} more`);
  return `${paint.strong(issuer.id)}  ${visible(place.name)}${others}`;
}

function blockOf(result: SiteResult<Plan>, terminal: Terminal, isWhole: boolean): string {
  const { paint } = terminal;
  if ('error' in result) return `\n  ${paint.bad('✗')} ${visible(result.error.message)}\n`;
  if (isInSync(result)) return `  ${paint.good('in sync')}\n`;
  const { steps, notices } = result.value;
  const lines = [
    ...(steps.length > 0 ? [`  ${countsOf(result.value)}`] : []),
    // What is in the way may be all that is left to do.
    ...(steps.length === 0 && !hasConflict(result.value) ? [`  ${paint.good('in sync')}`] : []),
    ...notices.flatMap((notice) => noticeLines(notice, terminal)),
    ...phaseLines(result.value, terminal, isWhole),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function isInSync(result: SiteResult<Plan>): boolean {
  return 'value' in result && result.value.steps.length === 0 && result.value.notices.length === 0;
}

/** `2 to create, 1 to update`. */
export function countsOf({ steps }: Plan): string {
  const count = (kind: string) => steps.filter(({ change }) => change.kind === kind).length;
  return (['create', 'update', 'delete'] as const)
    .map((kind) => [count(kind), kind] as const)
    .flatMap(([number, kind]) => (number === 0 ? [] : [`${number} to ${kind}`]))
    .join(', ');
}

export function isConflict({ severity }: Notice): boolean {
  return severity === 'conflict';
}

export function noticeLines(
  { severity, message, help }: Notice,
  { paint, width }: Pick<Terminal, 'paint' | 'width'>,
): readonly string[] {
  const style = { conflict: paint.bad, warning: paint.warn, note: paint.note }[severity];
  const [first = '', ...rest] = fill(`${severity}: ${visible(message)}`, width - 4, 2);
  const helps = help === undefined ? [] : fill(`help: ${visible(help)}`, width - 6, 6);
  return [
    `  ${first.replace(severity, () => style(severity))}`,
    ...rest.map((line) => `  ${line}`),
    ...helps.map(
      (line, index) => `    ${index === 0 ? line.replace('help', () => paint.note('help')) : line}`,
    ),
  ];
}

/** The changes in their order; a headline where a later phase begins. */
function phaseLines({ steps }: Plan, terminal: Terminal, isWhole: boolean): readonly string[] {
  const hasPhases = new Set(steps.map(({ phase }) => phase)).size > 1;
  return steps.flatMap(({ change, phase }, index) => {
    const begins = hasPhases && steps[index - 1]?.phase !== phase;
    const lines = changeLines(change, terminal, isWhole).map((line) => `  ${line}`);
    return begins ? [`  ${terminal.paint.faint(`phase ${phase}`)}`, ...lines] : lines;
  });
}

/** A place's plan in JSON. */
export function planJson(result: SiteResult<Plan>): object {
  const { issuer, place } = result.site;
  const common = { issuer: issuer.id, place: place.name };
  if ('error' in result) return { ...common, status: 'failed', error: errorJson(result.error) };
  const { steps, notices } = result.value;
  const hasConflicts = notices.some(isConflict);
  return {
    ...common,
    status: hasConflicts ? 'conflict' : steps.length > 0 ? 'changes' : 'in_sync',
    notices,
    changes: steps.map(({ change, phase }) => ({ ...changeJson(change), phase })),
  };
}

export function errorJson(error: Error): object {
  return { code: 'code' in error ? error.code : 'defect', message: error.message };
}

/** The last line of a plan. @param by the command that makes the changes */
export function planSummary(
  results: readonly SiteResult<Plan>[],
  { paint, program }: Terminal,
  by: string,
): string {
  const plans = results.flatMap((result) => ('value' in result ? [result.value] : []));
  const failed = results.length - plans.length;
  const changes = plans.reduce((sum, { steps }) => sum + steps.length, 0);
  const conflicts = plans.flatMap(({ notices }) => notices).filter(isConflict).length;
  const where = plural(results.length, 'place');
  const parts = [
    ...(failed > 0 ? [paint.bad(`${plural(failed, 'place')} failed`)] : []),
    ...(conflicts > 0 ? [paint.bad(plural(conflicts, 'conflict'))] : []),
    ...(changes > 0 ? [`${plural(changes, 'change')} at ${where}; ${program} ${by} makes them`] : []),
  ];
  if (parts.length === 0) return `${paint.good('✓')} ${where} in sync with the spec\n`;
  const sign = failed + conflicts > 0 ? `${paint.bad('✗')} ` : '';
  return `${sign}${parts.join(', ')}\n`;
}
