import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { catalogue } from '@claimsmith/core';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { shellWord, visible } from '../output/text.ts';
import { explainClaim } from '../run/explanation.ts';
import { showExplanation, showRule } from '../show/explanation.ts';
import { showFindings } from '../show/findings.ts';
import { loadOptions, loadSpec } from '../spec/load.ts';

type Flags = FlagsOf<'explain'>;

/** Explains a claim or a rule. */
export async function explain(
  terminal: Terminal,
  [name = '', spec]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const rule = catalogue.find(({ id }) => id === name);
  if (rule !== undefined) {
    terminal.out(flags.json ? jsonDocument(rule) : showRule(rule, terminal.paint, terminal.width));
    return exit.fine;
  }
  const rules = catalogue.map(({ id }) => id);
  if (/^TE\d+$/.test(name)) {
    const near = (await nearest(name, rules)) || '; docs/rules.md has them all';
    throw new CliError('not_found', `unknown rule ${name}${near}`);
  }
  assertOrder(name, spec, terminal.cwd);
  const loaded = await loadSpec(spec, [], terminal.cwd, loadOptions(terminal, flags));
  const { policy, issuers } = loaded;
  if (policy === undefined) {
    await showFindings(loaded.findings, loaded, terminal.paintErr, terminal.width, terminal.err);
    return exit.findings;
  }
  const claim = policy.claims.find((claim) => claim.name === name);
  if (claim === undefined) {
    const names = policy.claims.map((claim) => claim.name);
    const near = await nearest(name, [...names, ...rules]);
    throw new CliError(
      'not_found',
      `${loaded.file.name} has no claim ${visible(name)}${near || `; it has ${names.join(', ')}`}`,
    );
  }
  const explanation = explainClaim(policy, claim, issuers, loaded.policyAt);
  terminal.out(
    flags.json ? jsonDocument(explanation) : showExplanation(explanation, terminal.paint, terminal.width),
  );
  return exit.fine;
}

/** Other commands take only a spec, so people may write it first. */
function assertOrder(name: string, spec: string | undefined, cwd: string): void {
  const isThere = (path: string) => existsSync(resolve(cwd, path));
  const isSwapped =
    spec === undefined ? /[\\/.]/.test(name) && isThere(name) : isThere(name) && !isThere(spec);
  if (!isSwapped) return;
  throw new CliError(
    'usage',
    `the claim comes first, then the spec: claimsmith explain ${spec === undefined ? '<claim>' : shellWord(spec)} ${shellWord(name)}`,
  );
}
