import type { Policy } from '@claimsmith/core';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { columns, fill, pad, visible } from '../output/text.ts';
import type { Answered, SiteAnswers } from '../publish/ask.ts';
import type { SiteResult } from '../publish/site-result.ts';
import type { Trial } from '../run/trial.ts';
import { showDifferences } from './preview.ts';
import { errorJson, isConflict, noticeLines } from './publication.ts';

type Page = Pick<Terminal, 'paint' | 'width' | 'program'>;

/** With more places than this, those without a difference are only counted. */
const mostNamed = 20;
const widestName = 44;

/** One line for each token, its differences below, and at the end what was not asked. */
export function showVerification(
  results: readonly SiteResult<SiteAnswers>[],
  trials: readonly Trial[],
  policy: Policy,
  terminal: Page,
): string {
  const named = results.length > mostNamed ? results.filter((result) => !isRight(result)) : results;
  const blocks = named.map((result) => placeLines(result, policy, terminal));
  return `${[...blocks, endLines(results, trials, terminal)].map((lines) => `${lines.join('\n')}\n`).join('\n')}`;
}

function isRight(result: SiteResult<SiteAnswers>): boolean {
  return (
    'value' in result &&
    result.value.faults.length === 0 &&
    result.value.answered.every(
      ({ error, verified }) => error === undefined && verified.every((each) => each.differences.length === 0),
    )
  );
}

function placeLines(result: SiteResult<SiteAnswers>, policy: Policy, terminal: Page): readonly string[] {
  const { paint } = terminal;
  const { issuer, place } = result.site;
  const title = `${paint.strong(issuer.id)}  ${visible(place.name)}`;
  if ('error' in result) return [title, `  ${paint.bad('✗')} ${visible(result.error.message)}`];
  const { canAsk, answered, faults } = result.value;
  const faultLines = faults.flatMap((notice) => noticeLines(notice, terminal));
  if (!canAsk) return [`${title}  ${paint.warn('cannot be asked')}`, ...faultLines];
  if (answered.length === 0) return [`${title}  ${paint.warn('no scenario for it')}`, ...faultLines];
  const widths = answered.map(({ scenario }) => columns(visible(scenario)));
  const width = Math.max(0, ...widths.filter((each) => each <= widestName));
  return [title, ...answered.flatMap((each) => answerLines(each, width, policy, terminal)), ...faultLines];
}

function answerLines(
  { scenario, verified, error }: Answered,
  width: number,
  policy: Policy,
  terminal: Page,
): readonly string[] {
  const { paint } = terminal;
  const name = pad(visible(scenario), width);
  const line = (mark: string, rest: string) => {
    const [first = '', ...more] = fill(rest, Math.max(20, terminal.width - width - 6));
    return [`  ${mark} ${name}  ${first}`, ...more.map((text) => ' '.repeat(width + 6) + text)];
  };
  if (error !== undefined) return line(paint.bad('✗'), visible(error.message));
  if (verified.length === 0) return line(paint.warn('·'), 'not asked: the place offers no way to ask');
  return verified.flatMap(({ how, differences, declared }) => {
    const mark =
      differences.length > 0 ? paint.bad('✗') : declared.length > 0 ? paint.warn('~') : paint.good('✓');
    const isOther = differences.some(({ at }) => at === `access.${policy.marker?.claim}`);
    return [
      ...line(mark, visible(how)),
      ...showDifferences(differences, ['policy', 'token'], terminal),
      ...(isOther
        ? [
            `    ${paint.note('help')}: the token is of another revision of the policy; see ${terminal.program} plan`,
          ]
        : []),
    ];
  });
}

/** What came of it all, and what was not asked. */
function endLines(
  results: readonly SiteResult<SiteAnswers>[],
  trials: readonly Trial[],
  { paint, width }: Page,
): readonly string[] {
  const tally = tallyOf(results, trials);
  const { tokens, different, failed, conflicts } = tally;
  const troubles = [
    ...(conflicts > 0 ? [plural(conflicts, 'conflict')] : []),
    ...(different > 0 ? [`${plural(different, 'token')} not as the policy decides`] : []),
    ...(failed > 0 ? [`${plural(failed, 'question')} failed`] : []),
  ];
  const what = `${plural(tokens, 'token')} of ${plural(tally.scenarios, 'scenario')} at ${plural(results.length, 'place')}`;
  const head =
    troubles.length > 0
      ? `${paint.bad('✗')} ${what}: ${paint.bad(troubles.join(', '))}`
      : tokens === 0
        ? `${paint.bad('✗')} Nothing was asked, so nothing is verified.`
        : `${paint.good('✓')} ${what}, all as the policy decides`;
  const notes = notAsked(tally);
  const advice = tokens === 0 && tally.withLive === 0 ? wayToAsk : [];
  return [head, ...notes.flatMap((note) => fill(note, width - 2).map((text) => `  ${text}`)), ...advice];
}

const wayToAsk = [
  '  Say how to ask in a scenario, with a user that the tenant has (docs/scenarios.md):',
  '    live: { client: web, user: ada }',
];

interface Tally {
  readonly tokens: number;
  readonly different: number;
  readonly failed: number;
  /** Settings of places by which tokens grant more. */
  readonly conflicts: number;
  /** How many scenarios were asked. */
  readonly scenarios: number;
  readonly withLive: number;
  readonly withoutLive: number;
  readonly mute: readonly string[];
  /** Places that no scenario is for. */
  readonly unasked: readonly string[];
  readonly unanswerable: number;
  /** How often a scenario cannot come about at a place, and the reasons. */
  readonly impossible: number;
  readonly why: readonly string[];
  /** What alone was asked at places that signed no token. */
  readonly partial: readonly string[];
}

function tallyOf(results: readonly SiteResult<SiteAnswers>[], trials: readonly Trial[]): Tally {
  const values = results.flatMap((result) =>
    'value' in result ? [{ ...result.value, place: result.site.place.name }] : [],
  );
  const answered = values.flatMap((value) => value.answered);
  const tokens = answered.flatMap(({ verified }) => verified);
  return {
    tokens: tokens.length,
    different: tokens.filter(({ differences }) => differences.length > 0).length,
    failed: results.length - values.length + answered.filter(({ error }) => error !== undefined).length,
    conflicts: values.flatMap(({ faults }) => faults.filter(isConflict)).length,
    impossible: values.flatMap(({ impossible }) => impossible).length,
    why: [...new Set(values.flatMap(({ impossible }) => impossible.map(({ why }) => why)))],
    scenarios: new Set(answered.map(({ scenario }) => scenario)).size,
    withLive: trials.filter(({ live }) => live !== undefined).length,
    withoutLive: trials.filter(({ live }) => live === undefined).length,
    mute: values.filter(({ canAsk }) => !canAsk).map(({ place }) => place),
    unasked: values
      .filter(({ canAsk, answered, impossible }) => canAsk && answered.length + impossible.length === 0)
      .map(({ place }) => place),
    partial: values.flatMap(partialOf),
    unanswerable: answered.filter(({ error, verified }) => error === undefined && verified.length === 0)
      .length,
  };
}

/** `the hook, by /execute, at acme.okta.com` if no token was signed there. */
function partialOf({ answered, place }: SiteAnswers & { readonly place: string }): readonly string[] {
  const tokens = answered.flatMap(({ verified }) => verified);
  const [first] = tokens;
  return first !== undefined && tokens.every(({ isPartial }) => isPartial)
    ? [`${first.how}, at ${place}`]
    : [];
}

function notAsked({
  withLive,
  withoutLive,
  mute,
  unasked,
  unanswerable,
  partial,
  impossible,
  why,
}: Tally): readonly string[] {
  const has = withoutLive === 1 ? 'has' : 'have';
  return [
    ...(withoutLive > 0 ? [`Not asked: ${plural(withoutLive, 'scenario')} ${has} no \`live:\`.`] : []),
    ...(impossible > 0 ? [`Not run: ${plural(impossible, 'scenario')}. ${why.join(' ')}`] : []),
    ...(partial.length > 0 ? [`Only a part was asked, and no token was signed: ${listed(partial)}.`] : []),
    ...(mute.length > 0 ? [`Cannot be asked: ${listed(mute)}.`] : []),
    ...(withLive > 0 && unasked.length > 0 ? [`No scenario has \`live:\` for ${listed(unasked)}.`] : []),
    ...(unanswerable > 0
      ? [
          `${plural(unanswerable, 'question')} without a way to ask: look at \`verify\` under the target in the environment.`,
        ]
      : []),
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(visible);
  return names.length > shown.length
    ? `${shown.join('; ')} and ${names.length - shown.length} more`
    : shown.join('; ');
}

/** The same in JSON. */
export function verificationJson(
  results: readonly SiteResult<SiteAnswers>[],
  trials: readonly Trial[],
): object {
  return {
    places: results.map(placeJson),
    withoutLive: trials.filter(({ live }) => live === undefined).map(({ name }) => name),
  };
}

function placeJson(result: SiteResult<SiteAnswers>): object {
  const { issuer, place } = result.site;
  const common = { issuer: issuer.id, place: place.name };
  if ('error' in result) return { ...common, status: 'failed', answers: [], error: errorJson(result.error) };
  const { answered, impossible, faults } = result.value;
  return {
    ...common,
    status: statusOf(result.value),
    answers: answered.flatMap(answersJson),
    notRun: impossible,
    notices: faults,
  };
}

function answersJson({ scenario, verified, error }: Answered): readonly object[] {
  if (error !== undefined) return [{ scenario, error: errorJson(error) }];
  return verified.map(({ how, isPartial, differences, declared }) => ({
    scenario,
    how,
    isPartial,
    differences,
    declared,
  }));
}

function statusOf({ answered, faults }: SiteAnswers): string {
  const tokens = answered.flatMap(({ verified }) => verified);
  if (answered.some(({ error }) => error !== undefined)) return 'failed';
  if (faults.some(isConflict)) return 'conflict';
  if (tokens.length === 0) return 'not_asked';
  return tokens.some(({ differences }) => differences.length > 0) ? 'differs' : 'as_decided';
}
