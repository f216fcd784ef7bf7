import { catalogue, checkBuilt, isError, unusedAcceptances } from '@claimsmith/core';
import { renderGithub, renderJson, renderPretty, renderSarif } from '@claimsmith/core/render';
import type { ExitCode } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { findingPaint } from '../show/findings.ts';
import { sizeLines } from '../show/size.ts';
import { verdictOn } from '../show/verdict.ts';
import { fixed } from '../spec/fixed.ts';
import { type Loaded, loadOptions, loadSpec } from '../spec/load.ts';
import { secretFindings } from '../spec/secret-findings.ts';
import { version } from '../version.ts';

type Flags = FlagsOf<'check'>;

/** Prints the findings of a spec, at every issuer it is for. */
export async function check(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const examine = async () => await examined(terminal, spec, flags);
  const first = await examine();
  const loaded = flags.fix ? await fixed(first, examine, terminal) : first;
  const verdict = verdictOn(loaded.findings, flags['max-warnings'], terminal);
  if (flags.format === 'github' && !flags.json) terminal.command(renderGithub(loaded.findings));
  else terminal.out(render(loaded, flags, terminal));
  return verdict;
}

/** A spec with all findings, those of a build included. */
async function examined(terminal: Terminal, spec: string | undefined, flags: Flags): Promise<Loaded> {
  const checked = await loadSpec(spec, flags.issuer, terminal.cwd, loadOptions(terminal, flags));
  const { policy, issuers, findings } = checked;
  const built =
    policy === undefined || findings.some(isError)
      ? []
      : await checkBuilt(checked.policyAt, issuers, findings);
  const found = [...findings, ...built, ...(await secretFindings(checked))];
  // With only some issuers, it does not show what the others need.
  const unused =
    policy === undefined || flags.issuer.length > 0
      ? []
      : unusedAcceptances(found, policy.acceptances, policy.source, policy.spec.accept?.length);
  return { ...checked, findings: [...found, ...unused] };
}

function render({ findings, file, text, policy, source }: Loaded, flags: Flags, terminal: Terminal): string {
  switch (flags.json ? 'json' : flags.format) {
    case 'json':
      return renderJson(findings);
    case 'sarif':
      return renderSarif(findings, { rules: catalogue, version: version(), source });
    default:
      return (
        sizeLines(policy, flags.gateway) +
        renderPretty(findings, {
          sources: [{ file: file.name, text }],
          paint: findingPaint(terminal.paint),
          width: terminal.width,
          isVerbose: flags.verbose,
          withAccepted: flags.accepted,
        })
      );
  }
}
