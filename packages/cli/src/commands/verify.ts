import { isError } from '@claimsmith/core';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { answersAt, type SiteAnswers } from '../publish/ask.ts';
import { openPublication, type Publication } from '../publish/open.ts';
import { progressOf } from '../publish/progress.ts';
import { atEach, failureCode, parallelOf, type SiteResult } from '../publish/site-result.ts';
import { stagesOf } from '../run/stages.ts';
import type { Trial } from '../run/trial.ts';
import { readTrials } from '../run/trials.ts';
import { showErrors } from '../show/findings.ts';
import { isConflict } from '../show/publication.ts';
import { showVerification, verificationJson } from '../show/verification.ts';

type Flags = FlagsOf<'verify'>;

/** Asks running issuers for the tokens of scenarios, and compares them with the policy. It changes nothing. */
export async function verify(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const publication = await openPublication(terminal, spec, flags);
  if (publication === undefined) return exit.failed;
  const { loaded, sites } = publication;
  const { stages, findings: problems } = await stagesOf(loaded);
  const { trials, findings, sources } = await readTrials(loaded, flags.scenario, terminal.cwd);
  const errors = [...problems, ...findings].filter(isError);
  if (errors.length > 0) {
    const texts = [{ file: loaded.file.name, text: loaded.text }, ...sources];
    await showErrors(terminal, flags.json, errors, texts);
    return exit.failed;
  }
  const results = await atEach(
    sites,
    parallelOf(flags.parallel),
    progressOf(sites.length, terminal),
    (site) => answersAt(site, stages, trials),
  );
  tell(terminal, publication, results, trials, flags.json);
  return exitOf(results);
}

function tell(
  terminal: Terminal,
  { policy, environment }: Publication,
  results: readonly SiteResult<SiteAnswers>[],
  trials: readonly Trial[],
  isJson: boolean,
): void {
  if (isJson) {
    const head = { policy: policy.name, revision: policy.revision, environment: environment.name };
    terminal.out(jsonDocument({ ...head, ...verificationJson(results, trials) }));
  } else terminal.out(showVerification(results, trials, policy, terminal));
}

function exitOf(results: readonly SiteResult<SiteAnswers>[]): ExitCode {
  const answered = results.flatMap((result) => ('value' in result ? result.value.answered : []));
  const errors = [
    ...results.flatMap((result) => ('error' in result ? [result.error] : [])),
    ...answered.flatMap(({ error }) => (error === undefined ? [] : [error])),
  ];
  const failure = failureCode(errors);
  if (failure !== undefined) return failure;
  const tokens = answered.flatMap((each) => each.verified);
  // Where nothing was asked, nothing is verified.
  const faults = results.flatMap((result) => ('value' in result ? result.value.faults : []));
  const isRight =
    !faults.some(isConflict) &&
    tokens.length > 0 &&
    tokens.every(({ differences }) => differences.length === 0);
  return isRight ? exit.fine : exit.findings;
}
