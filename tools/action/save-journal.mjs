/**
 * Keeps the journal of an environment in its branch, also after a failure. What was put onto the machine for it, such as the
 * key, is removed.
 */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { git, journalBranch, repositoryUrl } from './git.mjs';
import { ActionError, commandInput, environmentInput, isWriting, runStep, variable } from './workflow.mjs';

/** Before each try to push. */
const waitsMs = [0, 2_000, 5_000];

await runStep(async () => {
  const { JOURNAL_FOLDER: folder = '', JOURNAL_CHECKOUT: checkout = '' } = process.env;
  if (folder === '' || checkout === '' || !existsSync(folder)) return;
  rmSync(join(folder, 'key'), { force: true });
  // If it throws, the journal stays where it is.
  const problem = isWriting() ? await save(folder, checkout) : undefined;
  rmSync(folder, { recursive: true, force: true });
  rmSync(checkout, { recursive: true, force: true });
  if (problem !== undefined) throw new ActionError(problem);
});

/** @returns {Promise<string | undefined>} what went wrong, if the journal is kept all the same */
async function save(/** @type {string} */ folder, /** @type {string} */ checkout) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() && entry.name.endsWith('.jsonl'))
      cpSync(join(folder, entry.name), join(checkout, entry.name));
  }
  assertWritten(checkout, folder);
  git(checkout, ['add', '--all']);
  if (git(checkout, ['status', '--porcelain']).stdout === '') return undefined;
  git(checkout, [
    ...['-c', 'user.name=github-actions[bot]'],
    ...['-c', 'user.email=41898282+github-actions[bot]@users.noreply.github.com'],
    ...['-c', 'commit.gpgsign=false'],
    ...['commit', '--quiet', '--message', messageOf()],
  ]);
  return await push(checkout, journalBranch(environmentInput()));
}

/** A journal that was written elsewhere would be lost. */
function assertWritten(/** @type {string} */ checkout, /** @type {string} */ folder) {
  const isEmpty = !readdirSync(checkout).some((name) => name.endsWith('.jsonl'));
  if (!isEmpty || process.env.EXIT_CODE !== '0') return;
  throw new ActionError(
    `There is no journal in ${folder}. If the environment names another folder, set the input journal-folder to it.`,
  );
}

function messageOf() {
  const run = `${variable('GITHUB_SERVER_URL')}/${variable('GITHUB_REPOSITORY')}/actions/runs/${variable('GITHUB_RUN_ID')}`;
  return `${commandInput()} ${environmentInput()} from ${variable('GITHUB_SHA')}\n\n${run}`;
}

/**
 * Git refuses the push if another run has written the branch since. Then this journal goes to a branch of its own.
 *
 * @returns {Promise<string | undefined>} what went wrong, if the journal is kept all the same
 */
async function push(/** @type {string} */ checkout, /** @type {string} */ branch) {
  const to = (/** @type {string} */ name) => ['push', '--quiet', repositoryUrl(), `HEAD:refs/heads/${name}`];
  let reason = '';
  for (const waitMs of waitsMs) {
    await wait(waitMs);
    try {
      git(checkout, to(branch));
      return undefined;
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      reason = error.message;
    }
  }
  const other = `${branch}-${variable('GITHUB_RUN_ID')}-${process.env.GITHUB_RUN_ATTEMPT ?? '1'}`;
  git(checkout, to(other));
  return `The journal could not be kept in ${branch}; it is in ${other}. If two runs wrote at the same time, give the workflow a concurrency group. ${reason}`;
}
