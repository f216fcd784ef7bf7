import { catalogue, checkBuilt, renderGithub, renderJson, renderPretty, renderSarif } from '@claimsmith/core';
import { type ExitCode, exit } from '../exit.ts';
import { findingPaint } from '../findings.ts';
import type { FlagsOf } from '../flags.ts';
import { isError, type Loaded, loadSpec } from '../spec/load.ts';
import type { Terminal } from '../terminal.ts';
import { version } from '../version.ts';

type Flags = FlagsOf<'check'>;

/** Prints the findings of a spec, at every issuer it is for. */
export async function check(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const checked = await loadSpec(spec, flags.issuer, terminal.cwd);
  const { policy, issuers, findings } = checked;
  const built =
    policy === undefined || findings.some(isError) ? [] : await checkBuilt(policy, issuers, findings);
  const loaded = { ...checked, findings: [...findings, ...built] };
  terminal.out(render(loaded, flags, terminal));
  return loaded.findings.some(isError) ? exit.findings : exit.fine;
}

function render({ findings, file, text }: Loaded, flags: Flags, terminal: Terminal): string {
  switch (flags.json ? 'json' : flags.format) {
    case 'json':
      return renderJson(findings);
    case 'sarif':
      return renderSarif(findings, { rules: catalogue, version: version() });
    case 'github':
      return renderGithub(findings);
    default:
      return renderPretty(findings, {
        sources: [{ file: file.name, text }],
        paint: findingPaint(terminal.paint),
        width: terminal.width,
        isVerbose: flags.verbose,
      });
  }
}
