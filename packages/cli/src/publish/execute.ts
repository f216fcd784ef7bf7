import type { Change, Goal, Reading, Wanted } from '@claimsmith/core';
import {
  DeployError,
  fingerprintOf,
  hasConflict,
  type Outcome,
  type Plan,
  planAt,
  type Run,
  type RunEvent,
  runAt,
} from '@claimsmith/deploy';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import { jsonDocument } from '../output/json.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { visible } from '../output/text.ts';
import { verbOf } from '../show/change.ts';
import { errorJson, planJson, planSummary, showPlans } from '../show/publication.ts';
import type { Publication, Site } from './open.ts';
import { progressOf } from './progress.ts';
import { atEach, failureCode, parallelOf, type SiteResult } from './site-result.ts';

/** A run over all places of an environment. */
export interface Execution {
  readonly by: Run['by'];
  /** What a place should have, and the release that this is. */
  aim(site: Site): {
    readonly want: (reading: Reading) => Promise<Wanted>;
    readonly goal: Goal;
    readonly restores?: number;
  };
  /** @throws {DeployError} `plan` */
  confirm?(site: Site, plan: Plan): void;
  /** A plan was reviewed before: nothing is asked. */
  readonly isReviewed?: boolean;
  readonly adopt?: boolean;
}

export interface ExecutionFlags {
  readonly yes: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly parallel: string | undefined;
  readonly phase?: string | undefined;
}

/**
 * Plans all places, and writes only if all of them could be planned, none has a conflict, and a person or `--yes` agrees.
 * Then it brings one place after the other, some at a time, to where it should be.
 */
export async function execute(
  terminal: Terminal,
  publication: Publication,
  execution: Execution,
  flags: ExecutionFlags,
): Promise<ExitCode> {
  const parallel = parallelOf(flags.parallel);
  const phase = phaseOf(flags.phase);
  const { sites } = publication;
  assertMayAsk(terminal, execution, flags);
  const planned = await atEach(sites, parallel, progressOf(sites.length, terminal), async (site) => {
    const { want } = execution.aim(site);
    const { plan } = await planAt({ place: site.place, want, adopt: execution.adopt ?? false });
    execution.confirm?.(site, plan);
    return plan;
  });
  const refusal = refusalOf(planned);
  if (!flags.json && (refusal !== undefined || hasWork(planned)))
    terminal.out(showPlans(planned, terminal, flags.verbose));
  if (refusal !== undefined) {
    if (flags.json) terminal.out(jsonDocument({ places: planned.map(planJson), done: false }));
    else terminal.err(`\n${planSummary(planned, terminal, execution.by)}Nothing was written.\n`);
    return refusal;
  }
  if (hasWork(planned) && !(await isAgreed(terminal, execution, flags, planned))) {
    terminal.err('Nothing was written.\n');
    return exit.failed;
  }
  const idle = new Map(
    planned.flatMap((result) => (isIdle(result, execution.by) ? [[result.site, result.value] as const] : [])),
  );
  const progress = progressOf(sites.length - idle.size, terminal);
  const writing = atEach(sites, parallel, progress, async (site) => {
    const plan = idle.get(site);
    if (plan !== undefined) return { plan, done: [], left: [], stopped: undefined };
    const shown = planned.find((result) => result.site === site);
    const confirm = (fresh: Plan) => assertShown(site, fresh, shown);
    const isTold = sites.length === 1 && !flags.json;
    return await runSite(terminal, publication, execution, { site, confirm, phase, isTold });
  });
  const results = await toldIfEnded(terminal, writing);
  return conclude(terminal, publication, execution, results, flags);
}

/** If something ends the writing early, a person is told how to go on. */
async function toldIfEnded<Result>(terminal: Terminal, writing: Promise<Result>): Promise<Result> {
  const end = terminal.onInterrupt(() => terminal.err(`\nInterrupted. ${waysOn(terminal)}`));
  try {
    return await writing;
  } catch (error) {
    terminal.err(`\n${waysOn(terminal)}`);
    throw error;
  } finally {
    end();
  }
}

/** What can be done after a run that has not finished. */
function waysOn({ program }: Terminal): string {
  return `What was done is in the journal: run the command again to go on, or ${program} rollback to go back.\n`;
}

/**
 * Nothing is to be done there, and the journal knows the place: it need not be read again. A rollback is noted, so that the
 * next one goes further back.
 */
function isIdle(
  result: SiteResult<Plan>,
  by: Run['by'],
): result is { readonly site: Site; readonly value: Plan } {
  if (by === 'rollback' || 'error' in result || result.value.steps.length > 0) return false;
  return result.site.journal.history().releases.at(-1)?.isDone === true;
}

function phaseOf(flag: string | undefined): number | undefined {
  if (flag === undefined) return undefined;
  if (/^\d$/.test(flag)) return Number(flag);
  throw new CliError('usage', `--phase is a number from 0 to 9, not "${flag}"`);
}

function assertMayAsk(terminal: Terminal, execution: Execution, flags: ExecutionFlags): void {
  if (flags.yes || execution.isReviewed === true || (terminal.interactive && !flags.json)) return;
  throw new CliError(
    'usage',
    `${execution.by} needs --yes where nobody can be asked${execution.by === 'apply' ? ', or a plan that `plan --out` wrote' : ''}`,
  );
}

function hasWork(planned: readonly SiteResult<Plan>[]): boolean {
  return planned.some((result) => 'value' in result && result.value.steps.length > 0);
}

/** Why nothing is written anywhere. */
function refusalOf(planned: readonly SiteResult<Plan>[]): ExitCode | undefined {
  const errors = planned.flatMap((result) => ('error' in result ? [result.error] : []));
  const failure = failureCode(errors);
  if (failure !== undefined) return failure;
  return planned.some((result) => 'value' in result && hasConflict(result.value)) ? exit.failed : undefined;
}

async function isAgreed(
  terminal: Terminal,
  { by, isReviewed = false }: Execution,
  flags: ExecutionFlags,
  planned: readonly SiteResult<Plan>[],
): Promise<boolean> {
  if (flags.yes || isReviewed) return true;
  const changes = planned.reduce((sum, it) => sum + ('value' in it ? it.value.steps.length : 0), 0);
  const answer = await terminal.ask(
    `\n${by}: make ${plural(changes, 'change')} at ${plural(planned.length, 'place')}? Type yes: `,
  );
  return answer.trim() === 'yes';
}

/** What is written is what was shown. @throws {DeployError} `plan` */
function assertShown({ place }: Site, plan: Plan, shown: SiteResult<Plan> | undefined): void {
  if (shown !== undefined && 'value' in shown && fingerprintOf(shown.value) === fingerprintOf(plan)) return;
  throw new DeployError(
    'plan',
    `${place.name} has changed since it was planned. Nothing was written. Run it again.`,
  );
}

interface SiteRun {
  readonly site: Site;
  readonly confirm: (plan: Plan) => void;
  readonly phase: number | undefined;
  /** Whether each change is shown as it is made. */
  readonly isTold: boolean;
}

async function runSite(
  terminal: Terminal,
  { policy }: Publication,
  { aim, by, adopt = false }: Execution,
  { site, confirm, phase, isTold }: SiteRun,
): Promise<Outcome> {
  return await runAt({
    place: site.place,
    journal: site.journal,
    by,
    policy: policy.name,
    adopt,
    confirm,
    ...aim(site),
    ...(phase === undefined ? {} : { phase }),
    ...(isTold ? { report: (event: RunEvent) => tell(terminal, event) } : {}),
  });
}

/** Each change of a single place as it is made. */
function tell({ out, paint }: Terminal, event: RunEvent): void {
  if (event.kind === 'planned' && event.plan.steps.length > 0) out('\n');
  if (event.kind === 'written') out(`${paint.good('✓')} ${doneText(event.change)}\n`);
}

function doneText(change: Change): string {
  const verb = { create: 'created', update: 'updated', delete: 'deleted', bind: 'bound', unbind: 'unbound' }[
    verbOf(change)
  ];
  return `${visible(change.key)} ${verb}`;
}

function conclude(
  terminal: Terminal,
  publication: Publication,
  { by }: Execution,
  results: readonly SiteResult<Outcome>[],
  flags: ExecutionFlags,
): ExitCode {
  const stops = results.flatMap((result) => stopOf(result) ?? []);
  // Leaving out a phase that was not requested is not a failure.
  const failures = stops.filter(({ code }) => code !== 'phase');
  const code = failureCode(failures) ?? exit.fine;
  if (flags.json) {
    const done = stops.length === 0;
    terminal.out(jsonDocument({ requests: publication.requests(), places: results.map(outcomeJson), done }));
    return code;
  }
  const { paint } = terminal;
  tellStops(results, terminal);
  if (failures.length > 0) {
    const where =
      results.length === 1 ? '' : `${plural(failures.length, 'place')} of ${results.length} not finished. `;
    terminal.err(`\n${where}${waysOn(terminal)}`);
    return code;
  }
  const count = results.reduce((sum, it) => sum + ('value' in it ? it.value.done.length : 0), 0);
  const what = count === 0 ? 'Nothing to do' : `${plural(count, 'change')} made`;
  const state = stops.length > 0 ? 'later phases are left' : endings[by](plural(results.length, 'place'));
  terminal.out(`${paint.good('✓')} ${what}; ${state}\n`);
  return code;
}

/** With more places that stopped than this, the rest is only counted. */
const mostTold = 20;

function tellStops(results: readonly SiteResult<Outcome>[], { paint, err }: Terminal): void {
  const stopped = results.flatMap((result) => {
    const stop = stopOf(result);
    return stop === undefined ? [] : [{ result, stop }];
  });
  for (const { result, stop } of stopped.slice(0, mostTold)) {
    const sign = stop.code === 'phase' ? paint.note('•') : paint.bad('✗');
    err(`\n${sign} ${paint.strong(visible(result.site.place.name))}: ${visible(stop.message)}\n`);
    if ('value' in result) err(progressText(result.value));
  }
  const more = stopped.length - mostTold;
  if (more > 0) err(`\n… and ${plural(more, 'place')} more; --json lists all\n`);
}

/** What is true when a run has ended with nothing left. */
const endings: Readonly<Record<Run['by'], (places: string) => string>> = {
  apply: (places) => `${places} in sync with the spec`,
  rollback: (places) => `${places} as before`,
  destroy: (places) => `nothing of the policy is left at ${places}`,
};

function stopOf(
  result: SiteResult<Outcome>,
): { readonly code: string; readonly message: string } | undefined {
  return 'error' in result ? result.error : result.value.stopped;
}

function progressText({ done, left }: Outcome): string {
  const list = (changes: readonly Change[]) => changes.map(({ key }) => visible(key)).join(', ');
  return [
    ...(done.length > 0 ? [`  done: ${list(done)}\n`] : ['  done: nothing\n']),
    ...(left.length > 0 ? [`  left: ${list(left)}\n`] : []),
  ].join('');
}

function outcomeJson(result: SiteResult<Outcome>): object {
  const { issuer, place } = result.site;
  const common = { issuer: issuer.id, place: place.name };
  if ('error' in result) return { ...common, status: 'failed', done: [], error: errorJson(result.error) };
  const { done, left, stopped } = result.value;
  const brief = (change: Change) => ({ kind: verbOf(change), key: change.key });
  return {
    ...common,
    status:
      stopped === undefined
        ? 'in_sync'
        : stopped.code === 'waiting' || stopped.code === 'phase'
          ? 'waiting'
          : 'failed',
    done: done.map(brief),
    left: left.map(brief),
    ...(stopped === undefined ? {} : { error: { code: stopped.code, message: stopped.message } }),
  };
}
