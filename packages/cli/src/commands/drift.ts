import type { Notice } from '@claimsmith/core';
import { type Drift, driftOf, fieldsOf, type History, knownOf } from '@claimsmith/deploy';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { shellWord, visible } from '../output/text.ts';
import { type Left, openPublication, type Site } from '../publish/open.ts';
import { progressOf } from '../publish/progress.ts';
import { atEach, failureCode, parallelOf, type SiteResult } from '../publish/site-result.ts';
import { fieldJson, fieldLines } from '../show/change.ts';
import { errorJson, isConflict, noticeLines } from '../show/publication.ts';
import { shown } from '../spec/find.ts';

type Flags = FlagsOf<'drift'>;

/** Shows what somebody changed at each place since the last apply. It writes nothing there. */
export async function drift(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const publication = await openPublication(terminal, spec, flags);
  if (publication === undefined) return exit.failed;
  const { sites, left, environment } = publication;
  const parallel = parallelOf(flags.parallel);
  const found = await atEach(sites, parallel, progressOf(sites.length, terminal), driftsAt);
  const words = [spec, '--env', flags.env ?? environment.name].filter((word) => word !== undefined);
  const where = words.map(shellWord).join(' ');
  const results = flags.accept.length === 0 ? found : accepted(found, flags.accept);
  if (flags.json) {
    const places = results.map(placeJson);
    terminal.out(jsonDocument({ environment: environment.name, places, left: left.map(leftJson) }));
  } else {
    for (const result of results) terminal.out(placeText(result, terminal));
    for (const each of left) terminal.out(leftText(each, terminal));
    terminal.out(`\n${summary(results, left, terminal, where)}`);
  }
  const errors = results.flatMap((result) => ('error' in result ? [result.error] : []));
  const isClean = left.length === 0 && results.every((result) => 'value' in result && isQuiet(result.value));
  return failureCode(errors) ?? (isClean ? exit.fine : exit.findings);
}

interface Found {
  readonly drifts: readonly Drift[];
  /** The release that the place is compared with; undefined if the journal has none. */
  readonly release: History['releases'][number] | undefined;
  /** Settings of the place by which its tokens may grant more than the policy says. */
  readonly faults: readonly Notice[];
}

async function driftsAt({ place, journal }: Site): Promise<Found> {
  const { releases, last } = journal.history();
  const release = releases.at(-1);
  const faults = (await place.faults?.()) ?? [];
  if (release === undefined) return { drifts: [], release, faults };
  const { resources } = await place.read();
  return { drifts: driftOf([...last.values()], resources), release, faults };
}

function isQuiet({ drifts, release, faults }: Found): boolean {
  return drifts.length === 0 && release?.isDone === true && !faults.some(isConflict);
}

/** Writes accepted differences into the journals. @throws {CliError} `usage` if one does not exist */
function accepted(
  results: readonly SiteResult<Found>[],
  keys: readonly string[],
): readonly SiteResult<Found>[] {
  const all = results.flatMap((result) => ('value' in result ? result.value.drifts : []));
  const unknown = keys.find((key) => !all.some((drift) => drift.key === key));
  if (unknown !== undefined) {
    throw new CliError('usage', `nothing named ${visible(unknown)} has changed; drift lists what has`);
  }
  return results.map((result) => {
    if ('error' in result) return result;
    const { site, value } = result;
    const unlock = site.journal.lock();
    try {
      for (const { key, now } of value.drifts.filter((drift) => keys.includes(drift.key))) {
        const at = new Date().toISOString();
        site.journal.append({ kind: 'accept', at, key, ...(now === undefined ? {} : { now: knownOf(now) }) });
      }
    } finally {
      unlock();
    }
    return { site, value: { ...value, drifts: value.drifts.filter(({ key }) => !keys.includes(key)) } };
  });
}

const signs = { changed: '~', removed: '-', added: '+' } as const;

function placeText(result: SiteResult<Found>, terminal: Terminal): string {
  const { paint } = terminal;
  const { issuer, place } = result.site;
  const title = `${paint.strong(issuer.id)}  ${visible(place.name)}`;
  if ('error' in result) return `${title}\n  ${paint.bad('✗')} ${visible(result.error.message)}\n`;
  const { drifts, release, faults } = result.value;
  const faultText = faults
    .flatMap((notice) => noticeLines(notice, terminal))
    .map((line) => `${line}\n`)
    .join('');
  if (release === undefined) {
    return `${title}\n  ${paint.warn('The journal has no release of this place.')} Apply first, or restore the journal.\n${faultText}`;
  }
  const unfinished = release.isDone
    ? ''
    : `  ${paint.warn(`Release ${release.number} was not finished.`)} Apply goes on, rollback goes back.\n`;
  if (drifts.length === 0)
    return `${title}  ${paint.good('as release')} ${release.number}\n${unfinished}${faultText}`;
  const lines = drifts.flatMap((each) => [
    `  ${paint.warn(signs[each.kind])} ${paint.strong(visible(each.key))}  ${paint.faint(each.kind)}`,
    ...(isMarkChanged(each) ? [`      ${markText(each)}`] : []),
    ...fieldsOfDrift(each).flatMap((field) => fieldLines(field, paint, false).map((line) => `      ${line}`)),
  ]);
  return `${title}\n${unfinished}${lines.join('\n')}\n${faultText}`;
}

function leftText({ issuer, journal }: Left, { paint, cwd }: Terminal): string {
  const file = visible(shown(journal.file, cwd));
  return [
    `${paint.strong(issuer.id)}  ${file}`,
    `  ${paint.bad('✗')} The place of this journal is gone, or the environment does not have it any more.`,
    '    If it is gone, move the journal away. If not, put it back into the environment, or destroy it there first.',
    '',
  ].join('\n');
}

function isMarkChanged({ before, now }: Drift): boolean {
  return before !== undefined && now !== undefined && before.owner !== now.owner;
}

function markText({ now }: Drift): string {
  return now?.owner === 'ours'
    ? "it has Claimsmith's mark now"
    : "it does not have Claimsmith's mark any more";
}

function fieldsOfDrift({ kind, before, now }: Drift) {
  if (kind === 'removed') return [];
  return fieldsOf({ before: before && { ...before }, after: now });
}

function summary(
  results: readonly SiteResult<Found>[],
  left: readonly Left[],
  { paint, program }: Terminal,
  /** The spec and the environment, as arguments. */
  where: string,
): string {
  const drifts = results.flatMap((result) => ('value' in result ? result.value.drifts : []));
  const isClean = results.every((result) => 'value' in result && isQuiet(result.value));
  if (isClean && left.length > 0)
    return `${paint.bad('✗')} ${plural(left.length, 'journal')} without a place\n`;
  if (isClean) return `${paint.good('✓')} ${plural(results.length, 'place')} as the last apply left it\n`;
  const conflicts = results.flatMap((result) =>
    'value' in result ? result.value.faults.filter(isConflict) : [],
  );
  const [first] = drifts;
  if (first === undefined)
    return conflicts.length === 0 ? '' : `${paint.bad('✗')} ${plural(conflicts.length, 'conflict')}\n`;
  const command = `${program} drift ${where} --accept ${shellWord(first.key)}`;
  return [
    `${paint.bad('✗')} ${plural(drifts.length, 'difference')}. For each of them:`,
    `  undo it   ${program} apply ${where}`,
    '  adopt it  change the spec, until plan is empty',
    `  accept it ${command}`,
    '',
  ].join('\n');
}

function leftJson({ issuer, journal }: Left): object {
  return { issuer: issuer.id, journal: journal.file, release: journal.history().releases.at(-1)?.number };
}

function placeJson(result: SiteResult<Found>): object {
  const { issuer, place } = result.site;
  const common = { issuer: issuer.id, place: place.name };
  if ('error' in result) return { ...common, status: 'failed', error: errorJson(result.error) };
  const { drifts, release, faults } = result.value;
  if (release === undefined) return { ...common, status: 'no_release', notices: faults };
  return {
    ...common,
    status: drifts.length > 0 ? 'drift' : release.isDone ? 'as_applied' : 'unfinished',
    release: release.number,
    notices: faults,
    drifts: drifts.map((each) => ({
      kind: each.kind,
      key: each.key,
      fields: fieldsOfDrift(each).map(fieldJson),
    })),
  };
}
