import { type Finding, isError, type Policy } from '@claimsmith/core';
import { findingsReport } from '@claimsmith/core/render';
import type { TextFile } from '@claimsmith/core/spec';
import { CliError, isIssuerError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { capable } from '../issuers.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { type EventTrial, readEvent } from '../run/event.ts';
import { issue, issueEvent, type Preview } from '../run/issue.ts';
import { triggerOf } from '../run/recorded-event.ts';
import { stagesOf } from '../run/stages.ts';
import type { Stage } from '../run/trial.ts';
import { readTrials } from '../run/trials.ts';
import { showFindings } from '../show/findings.ts';
import { type Page, showNotRun, showPreview, showSummary } from '../show/preview.ts';
import { showSideBySide } from '../show/side-by-side.ts';
import { sizeGauge } from '../show/size.ts';
import { type Loaded, loadOptions, loadSpec, narrowed } from '../spec/load.ts';

type Flags = FlagsOf<'preview'>;

/** Issues tokens for scenarios, or for one event, and shows the results. */
export async function preview(
  terminal: Terminal,
  [spec]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  assertFlags(flags);
  const whole = await loadSpec(spec, flags.issuer, terminal.cwd, loadOptions(terminal, flags));
  const live = whole.issuers.filter((issuer) => issuer.live);
  const loaded = flags.live === undefined ? whole : narrowed(whole, live);
  const { stages, findings } = await stagesOf(loaded);
  if (findings.some(isError)) return await refuse(terminal, flags, loaded, findings.filter(isError), []);
  const session: Session = { terminal, flags, loaded, stages };
  if (flags.live !== undefined) return await previewLive(session, flags.live);
  return flags.event === undefined
    ? await previewScenarios(session)
    : await previewEvent(session, flags.event);
}

/** The surroundings of a run of the command. */
interface Session {
  readonly terminal: Terminal;
  readonly flags: Flags;
  readonly loaded: Loaded;
  readonly stages: readonly Stage[];
}

function assertFlags({ event, trigger, sources, scenario, live, ...asked }: Flags): void {
  const { user, client, realm, scope } = asked;
  if (live !== undefined && (user === undefined || client === undefined))
    throw new CliError('usage', '--live needs --user <name> and --client <id>');
  if (live !== undefined && !/^https?:$/.test(URL.parse(live)?.protocol ?? ''))
    throw new CliError('usage', '--live needs an address: --live https://issuer.example');
  if (live !== undefined && event !== undefined)
    throw new CliError('usage', '--live and --event exclude each other');
  const isAsked = [user, client, realm, ...scope].some((value) => value !== undefined);
  if (live === undefined && isAsked)
    throw new CliError('usage', '--user, --client, --realm and --scope go with --live <url>');
  if (event !== undefined && scenario.length > 0)
    throw new CliError('usage', '--event and --scenario exclude each other');
  if (event === undefined && trigger !== undefined)
    throw new CliError('usage', '--trigger goes with --event <file>');
  if (event === undefined && sources !== undefined)
    throw new CliError('usage', '--sources goes with --event <file>');
}

async function previewScenarios({ terminal, flags, loaded, stages }: Session): Promise<ExitCode> {
  const scenarios = await readTrials(loaded, flags.scenario, terminal.cwd);
  if (scenarios.findings.some(isError)) {
    return await refuse(terminal, flags, loaded, scenarios.findings.filter(isError), scenarios.sources);
  }
  const previews: Preview[] = [];
  for (const trial of scenarios.trials) {
    for (const stage of stages) previews.push(await issue(stage, trial));
  }
  return conclude({ terminal, flags, loaded, stages }, previews);
}

/** Shows what a running server would sign, next to a scenario if one is named. */
async function previewLive(session: Session, url: string): Promise<ExitCode> {
  const { terminal, flags, loaded, stages } = session;
  const [stage, second] = stages;
  const live = await stage?.issuer.live?.load();
  if (stage === undefined || live === undefined)
    throw new CliError(
      'usage',
      `--live: no issuer asked for can be asked while it runs; these can: ${capable('live')}`,
    );
  if (second !== undefined)
    throw new CliError('usage', '--live needs --issuer <name>: several issuers of the spec can be asked');
  const { askLive } = await import('../run/live.ts');
  const question = {
    url,
    user: flags.user ?? '',
    client: flags.client ?? '',
    realm: flags.realm,
    scopes: flags.scope,
    environment: process.env,
  };
  if (flags.scenario.length === 0)
    return conclude(session, [await askLive(stage, live, question, undefined)]);
  const scenarios = await readTrials(loaded, flags.scenario, terminal.cwd);
  if (scenarios.findings.some(isError))
    return await refuse(terminal, flags, loaded, scenarios.findings.filter(isError), scenarios.sources);
  const previews: Preview[] = [];
  for (const trial of scenarios.trials)
    previews.push(await issue(stage, trial), await askLive(stage, live, question, trial));
  return conclude({ ...session, stages: [stage, stage] }, previews);
}

async function previewEvent(session: Session, path: string): Promise<ExitCode> {
  const { terminal, flags, stages } = session;
  const [stage, second] = stages;
  if (stage === undefined) throw new CliError('usage', 'the spec has no issuer to send the event to');
  if (second !== undefined)
    throw new CliError('usage', '--event needs --issuer <name>: the spec is for several');
  const known = stage.policy.sources.map(({ name }) => name);
  const trial = await readEvent(path, flags.sources, known, terminal.cwd);
  const trigger = await triggerOf(stage.issuer, trial.event, flags.trigger, path);
  return conclude(session, [await issueRecorded(stage, trigger, trial, path)]);
}

async function issueRecorded(
  stage: Stage,
  trigger: string,
  trial: EventTrial,
  path: string,
): Promise<Preview> {
  try {
    return await issueEvent(stage, trigger, trial.event, trial);
  } catch (error) {
    if (isIssuerError(error)) throw new CliError('io', `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

function conclude({ terminal, flags, loaded, stages }: Session, previews: readonly Preview[]): ExitCode {
  const { paint, width } = terminal;
  const failed = previews.some(({ unmet, divergences }) => unmet.length > 0 || divergences.length > 0);
  if (flags.json) {
    terminal.out(jsonDocument({ policy: markerOf(loaded.policy), previews }));
  } else {
    const head = `${paint.strong(markerOf(loaded.policy))}  ${paint.faint(loaded.file.name)}`;
    const blocks = blocksOf(previews, stages, { paint, width });
    const gauge = loaded.policy === undefined ? '' : sizeGauge(previews, loaded.policy, { paint, width });
    const summary = flags.event === undefined ? [`${gauge}${showSummary(previews, { paint, width })}`] : [];
    terminal.out([`${head}\n`, ...blocks, ...summary].join('\n'));
  }
  return failed ? exit.findings : exit.fine;
}

/** One issuer in full, several side by side. */
function blocksOf(previews: readonly Preview[], stages: readonly Stage[], page: Page): readonly string[] {
  const [first, ...others] = stages;
  if (first === undefined) return [];
  const { policy } = first;
  if (others.length === 0) return previews.map((preview) => showPreview(preview, policy, first.issuer, page));
  const trials = new Set(previews.map(({ trial }) => trial));
  return [...trials].flatMap((name) => {
    const group = previews.filter(({ trial }) => trial === name);
    const possible = group.filter(({ impossible }) => impossible === undefined);
    const verdict = possible[0]?.verdict;
    return [
      ...(verdict === undefined ? [] : [showSideBySide(possible, verdict, policy, page)]),
      ...group.filter(({ impossible }) => impossible !== undefined).map((one) => showNotRun(one, page)),
    ];
  });
}

function markerOf(policy: Policy | undefined): string {
  return policy === undefined ? '' : `${policy.name}@${policy.revision}`;
}

async function refuse(
  terminal: Terminal,
  flags: Flags,
  loaded: Loaded,
  findings: readonly Finding[],
  sources: readonly TextFile[],
): Promise<ExitCode> {
  if (flags.json)
    terminal.out(
      jsonDocument({ policy: markerOf(loaded.policy), previews: [], ...findingsReport(findings) }),
    );
  const texts = [{ file: loaded.file.name, text: loaded.text }, ...sources];
  await showFindings(findings, texts, terminal.paintErr, terminal.width, terminal.err);
  return exit.findings;
}
