import { type ExitCode, exit } from '../exit.ts';
import { showFindings } from '../findings.ts';
import type { FlagsOf } from '../flags.ts';
import { renderJunit } from '../parity/junit.ts';
import { runScenarios, type ScenarioRun } from '../parity/run-scenarios.ts';
import { showResults } from '../parity/show.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FlagsOf<'test'>;

/** Runs the scenarios at every issuer and says where one signs something else than the policy decides. */
export async function test(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  if (flags.watch) {
    const { watch } = await import('../parity/watch.ts');
    return await watch(terminal, spec, flags);
  }
  const { issuer: issuers, scenario: scenarios } = flags;
  const all = await runScenarios(spec, { issuers, scenarios, cwd: terminal.cwd });
  // Of a choice of scenarios it says nothing what they leave untried.
  const run = scenarios.length === 0 ? all : { ...all, coverage: undefined };
  const { paint, paintErr, width } = terminal;
  const format = flags.json ? 'json' : (flags.format ?? 'pretty');
  if (format === 'json') terminal.out(`${JSON.stringify(report(run), undefined, 2)}\n`);
  const findings = [...run.errors, ...run.warnings];
  if (findings.length > 0) await showFindings(findings, run.sources, paintErr, width, terminal.err);
  if (run.errors.length > 0) return exit.findings;
  if (format === 'junit') terminal.out(renderJunit(run.policy, run.tried));
  const { policy } = run.spec;
  if (format === 'pretty' && policy !== undefined) {
    const head = `${paint.strong(run.policy)}  ${paint.faint(run.spec.file.name)}`;
    terminal.out(`${head}\n\n${showResults(run, policy, { paint, width })}`);
  }
  return run.tried.some(({ status }) => status === 'failed') ? exit.findings : exit.fine;
}

/** What is shown of a run. */
type Shown = Omit<ScenarioRun, 'coverage'> & { readonly coverage: ScenarioRun['coverage'] | undefined };

function report({ policy, errors, warnings, tried, coverage }: Shown) {
  return { policy, results: tried, coverage, findings: [...errors, ...warnings] };
}
