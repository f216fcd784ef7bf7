import { catalogue, checkBuilt, isError, unusedAcceptances } from '@claimsmith/core';
import { renderGithub, renderJson, renderPretty, renderSarif } from '@claimsmith/core/render';
import type { ExitCode } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { findingPaint } from '../show/findings.ts';
import { verdictOn } from '../show/verdict.ts';
import { type Loaded, loadOptions, loadSpec } from '../spec/load.ts';
import { version } from '../version.ts';

type Flags = FlagsOf<'check'>;

/** Prints the findings of a spec, at every issuer it is for. */
export async function check(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const checked = await loadSpec(spec, flags.issuer, terminal.cwd, loadOptions(terminal, flags));
  const { policy, issuers, findings } = checked;
  const built =
    policy === undefined || findings.some(isError)
      ? []
      : await checkBuilt(checked.policyAt, issuers, findings);
  const found = [...findings, ...built];
  // With only some issuers, it does not show what the others need.
  const unused =
    policy === undefined || flags.issuer.length > 0
      ? []
      : unusedAcceptances(found, policy.acceptances, policy.source);
  const loaded = { ...checked, findings: [...found, ...unused] };
  const verdict = verdictOn(loaded.findings, flags['max-warnings'], terminal);
  if (flags.format === 'github' && !flags.json) terminal.command(renderGithub(loaded.findings));
  else terminal.out(render(loaded, flags, terminal));
  return verdict;
}

function render({ findings, file, text }: Loaded, flags: Flags, terminal: Terminal): string {
  switch (flags.json ? 'json' : flags.format) {
    case 'json':
      return renderJson(findings);
    case 'sarif':
      return renderSarif(findings, { rules: catalogue, version: version() });
    default:
      return renderPretty(findings, {
        sources: [{ file: file.name, text }],
        paint: findingPaint(terminal.paint),
        width: terminal.width,
        isVerbose: flags.verbose,
        withAccepted: flags.accepted,
      });
  }
}
