import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Finding, isError, type SourceRange } from '@claimsmith/core';
import { cedarBeside } from '../cedar/beside.ts';
import type { CedarReading } from '../cedar/engine.ts';
import { cedarChanges } from '../diff/cedar.ts';
import { changesOf } from '../diff/changes.ts';
import { decisionsOf, loneIssuers } from '../diff/decisions.ts';
import { earlierSpec } from '../diff/earlier.ts';
import { judged } from '../diff/risk.ts';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { visible } from '../output/text.ts';
import { stagesOf } from '../run/stages.ts';
import type { Stage, Trial } from '../run/trial.ts';
import { readTrials } from '../run/trials.ts';
import { showDiff } from '../show/diff.ts';
import { showFindings } from '../show/findings.ts';
import { findSpec } from '../spec/find.ts';
import { type Loaded, loadOptions, loadSpec } from '../spec/load.ts';

type Flags = FlagsOf<'diff'>;

/** Says what a change of a spec does to tokens, compared with a commit or another file. */
export async function diff(
  terminal: Terminal,
  [from = '', spec]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const { cwd } = terminal;
  const file = findSpec(spec, cwd);
  const earlier = existsSync(resolve(cwd, from)) ? undefined : await earlierSpec(from, file);
  try {
    const options = loadOptions(terminal, flags);
    const old = await sideOf(
      terminal,
      await loadSpec(earlier?.path ?? from, [], cwd, options),
      earlier?.name,
    );
    const now = await sideOf(terminal, await loadSpec(spec, [], cwd, options), undefined);
    if (old === undefined)
      throw new CliError('io', `the spec of ${visible(from)} has errors, so nothing can be compared with it`);
    if (now === undefined) return exit.findings;
    const ofCedar = cedarChanges(old.cedar, now.cedar);
    const changes = [...changesOf(old.policy, now.policy), ...ofCedar];
    const trials = unionOf(old.trials, now.trials);
    const [before, after] = [old.cedar?.engine, now.cedar?.engine];
    const parts = changes.map(({ part }) => part).filter((part) => /^cedar\b/.test(part));
    const engines = before && after && { before, after, parts };
    const sides = { before: old.stages, after: now.stages, engines };
    const decisions = await decisionsOf(sides, trials);
    const result = judged(changes, decisions, flags['allow-wider']);
    const issuers = loneIssuers(sides);
    const difference = { before: old.name, after: now.name, changes, issuers, decisions, judged: result };
    const known = new Set([...result.wider.map(({ part }) => part), ...changes.map(({ part }) => part)]);
    const stray = flags['allow-wider'].find((part) => !known.has(part));
    if (stray !== undefined)
      throw new CliError(
        'usage',
        `--allow-wider ${visible(stray)}: nothing has changed there; the parts are ${[...known].join(', ') || 'none'}`,
      );
    const { judged: verdict, ...rest } = difference;
    terminal.out(
      flags.json || flags.format === 'json' ? jsonDocument({ ...rest, ...verdict }) : showDiff(difference),
    );
    const isOpen = result.wider.some(({ isAllowed }) => !isAllowed);
    return isOpen || (flags.strict && result.risk === 'unknown') ? exit.findings : exit.fine;
  } finally {
    earlier?.remove();
  }
}

/** A spec with its scenarios, compiled for its issuers. */
interface Side {
  /** `shop@1f2e3d4c`, and where it is. */
  readonly name: string;
  readonly policy: NonNullable<Loaded['policy']>;
  readonly stages: readonly Stage[];
  readonly trials: readonly Trial[];
  /** The files of Cedar beside it; undefined: there are none. */
  readonly cedar: CedarReading | undefined;
}

/** Undefined if it has errors, which are shown. */
async function sideOf(
  terminal: Terminal,
  loaded: Loaded,
  name: string | undefined,
): Promise<Side | undefined> {
  const { policy } = loaded;
  const { stages, findings } = await stagesOf(loaded);
  const read = policy === undefined ? undefined : await trialsOf(loaded, terminal.cwd);
  const known = [...findings, ...(read?.findings ?? [])];
  const cedar = known.some(isError) ? undefined : await cedarBeside(loaded, read?.trials ?? [], terminal.cwd);
  const errors = [...known, ...(cedar?.findings ?? [])].filter(isError);
  if (policy === undefined || errors.length > 0) {
    const texts = [
      { file: name ?? loaded.file.name, text: loaded.text },
      ...(read?.sources ?? []),
      ...(cedar?.sources ?? []),
    ];
    const shown = errors.map((finding) => renamed(finding, loaded.file.name, name));
    await showFindings(shown, texts, terminal.paintErr, terminal.width, terminal.err);
    return undefined;
  }
  const where = name ?? loaded.file.name;
  const trials = read?.trials ?? [];
  return { name: `${policy.name}@${policy.revision} (${where})`, policy, stages, trials, cedar };
}

/** A finding in a file of a commit: its text is in a folder that is gone afterwards. */
function renamed(finding: Finding, from: string, to: string | undefined): Finding {
  const { range } = finding;
  if (to === undefined || range?.file !== from) return finding;
  const moved: SourceRange = { ...range, file: to };
  return { ...finding, range: moved };
}

/** A spec may have no scenarios. */
async function trialsOf(loaded: Loaded, cwd: string) {
  try {
    return await readTrials(loaded, [], cwd);
  } catch (error) {
    if (error instanceof CliError && error.code === 'not_found')
      return { trials: [], findings: [], sources: [] };
    throw error;
  }
}

/** The scenarios of both; one that has changed counts as two. */
function unionOf(before: readonly Trial[], after: readonly Trial[]): readonly Trial[] {
  const only = before.filter(
    (trial) =>
      !after.some((other) => other.name === trial.name && isDeepStrictEqual(asked(trial), asked(other))),
  );
  return [
    ...after,
    ...only.map((trial) =>
      after.some(({ name }) => name === trial.name) ? { ...trial, name: `${trial.name} (as before)` } : trial,
    ),
  ];
}

/** The expectation of a scenario does not matter here. */
function asked({ context, answers, later, nowSeconds, decisions = [], entities }: Trial) {
  const questions = decisions.map(({ range: _, allow: __, ...question }) => question);
  return { context, answers, later, nowSeconds, questions, entities };
}
