/** Git for the branch of a journal. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { ActionError, input, variable } from './workflow.mjs';

const timeoutMs = 120_000;

/** The address of the repository. */
export function repositoryUrl() {
  return `${variable('GITHUB_SERVER_URL')}/${variable('GITHUB_REPOSITORY')}`;
}

export function journalBranch(/** @type {string} */ environment) {
  return `claimsmith-journal/${environment}`;
}

/**
 * Runs git. The token goes by the environment, because other processes can read arguments.
 *
 * @param {string} folder
 * @param {readonly string[]} args
 * @param {readonly number[]} expected exit codes that are no failure
 */
export function git(folder, args, expected = [0]) {
  const token = input('GITHUB_TOKEN');
  const credential = Buffer.from(`x-access-token:${token}`).toString('base64');
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, INPUT_GITHUB_TOKEN: _token, ...environment } = process.env;
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...environment,
      GIT_TERMINAL_PROMPT: '0',
      ...(token === ''
        ? {}
        : {
            GIT_CONFIG_COUNT: '1',
            GIT_CONFIG_KEY_0: `http.${variable('GITHUB_SERVER_URL')}/.extraheader`,
            GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${credential}`,
          }),
    },
  });
  if (status !== null && expected.includes(status)) return { status, stdout };
  const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  throw new ActionError(`git ${args[0]} failed: ${reason}`);
}
