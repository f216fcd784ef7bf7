import type { Finding } from '@claimsmith/core';
import { type ExitCode, exit } from '../exit.ts';
import { showFindings } from '../findings.ts';
import type { FlagsOf } from '../flags.ts';
import { renderJunit } from '../parity/junit.ts';
import { runScenarios, type ScenarioRun } from '../parity/run-scenarios.ts';
import { showResults } from '../parity/show.ts';
import { type Laxity, laxityOf, laxityText } from '../parity/strict.ts';
import { scriptsOf } from '../spec/scripts.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FlagsOf<'test'>;

/** Runs the scenarios at every issuer and says where one signs something else than the policy decides. */
export async function test(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  if (flags.watch) {
    const { watch } = await import('../parity/watch.ts');
    return await watch(terminal, spec, flags);
  }
  const { issuer: issuers, scenario: scenarios } = flags;
  const all = await runScenarios(spec, {
    issuers,
    scenarios,
    cwd: terminal.cwd,
    scripts: scriptsOf(terminal, flags),
  });
  // Of a choice of scenarios it says nothing what they leave untried.
  const run = scenarios.length === 0 ? all : { ...all, coverage: undefined };
  const warnings = [...run.warnings, ...(flags.strict ? run.spec.findings.filter(isWarning) : [])];
  const laxity = flags.strict ? laxityOf(run, run.coverage, warnings) : undefined;
  const isLax = laxity !== undefined && laxityText(laxity) !== '';
  const format = flags.json ? 'json' : (flags.format ?? 'pretty');
  if (format === 'json') terminal.out(`${JSON.stringify(report(run, warnings, laxity), undefined, 2)}\n`);
  const { paintErr, width, err } = terminal;
  await showFindings([...run.errors, ...warnings], run.sources, paintErr, width, err);
  if (run.errors.length > 0) return exit.findings;
  if (format === 'junit') terminal.out(renderJunit(run.policy, run.tried, flags.strict));
  if (format === 'pretty') showRun(terminal, run, isLax ? laxityText(laxity) : '');
  return isLax || run.tried.some(({ status }) => status === 'failed') ? exit.findings : exit.fine;
}

/** What is shown of a run. */
type Shown = Omit<ScenarioRun, 'coverage'> & { readonly coverage: ScenarioRun['coverage'] | undefined };

function showRun({ paint, width, out }: Terminal, run: Shown, lax: string): void {
  const { policy } = run.spec;
  if (policy === undefined) return;
  const head = `${paint.strong(run.policy)}  ${paint.faint(run.spec.file.name)}`;
  const strict = lax === '' ? '' : `${paint.bad(`✗ --strict: ${lax}`)}\n`;
  out(`${head}\n\n${showResults(run, policy, { paint, width })}${strict}`);
}

function report(
  { policy, errors, tried, coverage }: Shown,
  warnings: readonly Finding[],
  strict: Laxity | undefined,
) {
  return { policy, results: tried, coverage, strict, findings: [...errors, ...warnings] };
}

function isWarning({ severity }: Finding): boolean {
  return severity === 'warning';
}
