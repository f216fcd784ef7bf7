import type { Finding, Issuer, Verdict } from '@claimsmith/core';
import { findingsReport } from '@claimsmith/core/render';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { MutationRun } from '../mutate/run.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { runScenarios, type ScenarioRun } from '../proof/run-scenarios.ts';
import { type Laxity, laxityOf, laxityText } from '../proof/strict.ts';
import { decisionMismatches, decisionsOf, withIssuerNames } from '../run/decisions.ts';
import type { Trial } from '../run/trial.ts';
import { showFindings } from '../show/findings.ts';
import { renderJunit } from '../show/junit.ts';
import { showMutations } from '../show/mutants.ts';
import { showResults } from '../show/test.ts';
import { loadOptions } from '../spec/load.ts';

type Flags = FlagsOf<'test'>;

/** Runs the scenarios at every issuer and reports differences from the policy. */
export async function test(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  if (flags.mutate && flags.scenario.length > 0)
    throw new CliError(
      'usage',
      '--mutate and --scenario exclude each other: a change counts for all scenarios',
    );
  if (flags.watch) {
    const { watch } = await import('./watch.ts');
    return await watch(terminal, spec, flags);
  }
  const shown = await runAll(terminal, spec, flags);
  const { errors, warnings, tried, strict, mutation } = shown;
  const format = flags.json ? 'json' : (flags.format ?? 'pretty');
  if (format === 'json') terminal.out(jsonDocument(report(shown)));
  const { paintErr, width, err } = terminal;
  await showFindings([...errors, ...warnings], shown.sources, paintErr, width, err);
  if (errors.length > 0) return exit.findings;
  if (format === 'junit') terminal.out(renderJunit(shown.policy, tried, flags.strict));
  if (format === 'pretty') showRun(terminal, shown, flags);
  const isLax = strict !== undefined && laxityText(strict) !== '';
  const hasFailed = tried.some(({ status }) => status === 'failed');
  return isLax || hasFailed || (mutation?.survivors.length ?? 0) > 0 ? exit.findings : exit.fine;
}

/** The shown part of a run. */
interface Shown extends Omit<ScenarioRun, 'coverage'> {
  readonly coverage: ScenarioRun['coverage'] | undefined;
  readonly strict: Laxity | undefined;
  readonly mutation: MutationRun | undefined;
}

async function runAll(terminal: Terminal, spec: string | undefined, flags: Flags): Promise<Shown> {
  const { issuer: issuers, scenario: scenarios } = flags;
  const run = await runScenarios(spec, {
    issuers,
    scenarios,
    cwd: terminal.cwd,
    ...loadOptions(terminal, flags),
  });
  // If only some scenarios run, untried cases mean nothing.
  const coverage = scenarios.length === 0 ? run.coverage : undefined;
  const warnings = [...run.warnings, ...(flags.strict ? run.spec.findings.filter(isWarning) : [])];
  const strict = flags.strict ? laxityOf(run, coverage, warnings) : undefined;
  return { ...run, warnings, coverage, strict, mutation: flags.mutate ? await mutationOf(run) : undefined };
}

/** Undefined if a scenario fails: what would it notice? */
async function mutationOf({
  policies,
  tried,
  trials,
  engine,
}: ScenarioRun): Promise<MutationRun | undefined> {
  const isMet = tried.every(({ where, status }) => where !== 'policy' || status !== 'failed');
  if (policies.length === 0 || trials.length === 0 || !isMet) return undefined;
  const { mutateEach } = await import('../mutate/run.ts');
  const isOne = policies.length === 1;
  return mutateEach(
    policies.map((stage) => ({
      policy: stage.policy,
      trials: isOne ? trials : trials.map((trial) => trialAt(trial, stage.issuer)),
      ...(engine !== undefined && {
        misdecided: (trial: Trial, verdict: Verdict) =>
          decisionMismatches(
            decisionsOf(engine, stage, trial, trial.context, withIssuerNames(verdict, stage)),
          ),
      }),
    })),
  );
}

/** A scenario with what it expects at one issuer. */
function trialAt(trial: Trial, { id }: Issuer): Trial {
  return { ...trial, expect: trial.expect?.issuers?.[id] ?? trial.expect };
}

function showRun({ paint, width, out }: Terminal, shown: Shown, { mutate }: Flags): void {
  const { policy } = shown.spec;
  if (policy === undefined) return;
  const page = { paint, width };
  const lax = shown.strict === undefined ? '' : laxityText(shown.strict);
  const wait = `${paint.faint('·')} --mutate did not run: every scenario must be as expected first\n`;
  out(
    [
      `${paint.strong(shown.policy)}  ${paint.faint(shown.spec.file.name)}\n\n`,
      showResults(shown, policy, page),
      mutate ? (shown.mutation === undefined ? wait : showMutations(shown.mutation, page)) : '',
      lax === '' ? '' : `${paint.bad(`✗ --strict: ${lax}`)}\n`,
    ].join(''),
  );
}

function report({ policy, errors, warnings, tried, coverage, decisions, strict, mutation }: Shown) {
  return {
    policy,
    results: tried,
    ...(decisions.length > 0 && { decisions: decisions.map(decisionReport) }),
    coverage,
    strict,
    mutation,
    ...findingsReport([...errors, ...warnings]),
  };
}

/** Only the places of the policies that decide: their texts are in files. */
function decisionReport({ because, ...decision }: ScenarioRun['decisions'][number]) {
  return { ...decision, because: because.map(({ file, line }) => `${file}:${line}`) };
}

function isWarning({ severity, accepted }: Finding): boolean {
  return severity === 'warning' && accepted === undefined;
}
