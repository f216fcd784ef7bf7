/** Shows the plan or the difference in one comment of the pull request: creates it, or updates the one that is there. */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { withinLimit } from './report.mjs';
import {
  ActionError,
  annotate,
  commandInput,
  environmentInput,
  input,
  runStep,
  specInput,
  variable,
} from './workflow.mjs';

/** GitHub takes 65,536 characters. */
const bodyLimit = 60_000;
const perPage = 100;
const mostPages = 30;
const timeoutMs = 30_000;

await runStep(async () => {
  if (!['true', 'false', ''].includes(input('COMMENT')))
    throw new ActionError('comment must be true or false.');
  const command = commandInput();
  if (input('COMMENT') !== 'true' || !['plan', 'diff'].includes(command)) return;
  const number = pullRequest();
  if (number === undefined) {
    annotate('notice', 'There is no pull request to comment on.');
    return;
  }
  // A step that failed before has written no report; what the comment says of an older commit stays.
  const { REPORT: report = '' } = process.env;
  if (report === '' || !existsSync(report)) return;
  const marker = `<!-- claimsmith ${command} ${JSON.stringify([environmentInput(), specInput()]).replaceAll('--', '- -')} -->`;
  const comments = `/repos/${variable('GITHUB_REPOSITORY')}/issues`;
  try {
    const known = await findComment(`${comments}/${number}/comments`, marker);
    const body = bodyOf(marker, readFileSync(report, 'utf8'));
    if (known === undefined) await send('POST', `${comments}/${number}/comments`, { body });
    else await send('PATCH', `${comments}/comments/${known}`, { body });
  } catch (error) {
    // The report itself is fine: a missing permission must not hide it.
    if (!(error instanceof ActionError)) throw error;
    annotate('warning', `The report could not be shown in a comment. ${error.message}`);
  }
});

/** @returns {number | undefined} */
function pullRequest() {
  const event = JSON.parse(readFileSync(variable('GITHUB_EVENT_PATH'), 'utf8'));
  const number = event?.pull_request?.number;
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** The comment with the marker that a bot has written: anybody could write one with the marker. */
async function findComment(/** @type {string} */ path, /** @type {string} */ marker) {
  for (let page = 1; page <= mostPages; page++) {
    const comments = await send('GET', `${path}?per_page=${perPage}&page=${page}`);
    if (!Array.isArray(comments)) throw new ActionError('GitHub answers without a list of comments.');
    const own = comments.find(
      ({ body, user }) => user?.type === 'Bot' && typeof body === 'string' && body.startsWith(marker),
    );
    if (own !== undefined && Number.isSafeInteger(own.id)) return own.id;
    if (comments.length < perPage) return undefined;
  }
  return undefined;
}

function bodyOf(/** @type {string} */ marker, /** @type {string} */ report) {
  const run = `${variable('GITHUB_SERVER_URL')}/${variable('GITHUB_REPOSITORY')}/actions/runs/${variable('GITHUB_RUN_ID')}`;
  const foot = `\n\n<sub>For ${headCommit()}, by [this run](${run}).</sub>\n`;
  return `${marker}\n${withinLimit(report, bodyLimit - marker.length - foot.length)}${foot}`;
}

/** In a pull request, GITHUB_SHA is a merge that nobody knows. */
function headCommit() {
  const event = JSON.parse(readFileSync(variable('GITHUB_EVENT_PATH'), 'utf8'));
  const sha = event?.pull_request?.head?.sha;
  return typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha) ? sha : variable('GITHUB_SHA');
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function send(method, path, body) {
  const token = input('GITHUB_TOKEN');
  if (token === '') throw new ActionError('The input github-token is empty.');
  let response;
  try {
    response = await fetch(`${variable('GITHUB_API_URL')}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'user-agent': 'claimsmith',
        'x-github-api-version': '2022-11-28',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new ActionError('GitHub cannot be reached.');
  }
  if (response.ok) return await response.json().catch(() => undefined);
  if (response.status === 403 || response.status === 404)
    throw new ActionError(
      'The job needs `permissions: pull-requests: write`, which pull requests from forks do not get.',
    );
  throw new ActionError(`GitHub answers ${response.status}.`);
}
