/** Puts the journal of an environment, which is kept in a branch, to where the command looks for it. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { git, journalBranch, repositoryUrl } from './git.mjs';
import {
  ActionError,
  annotate,
  environmentInput,
  input,
  isLocal,
  runStep,
  setOutput,
  specInput,
  variable,
} from './workflow.mjs';

const keyBytes = 32;

await runStep(async () => {
  const environment = environmentInput();
  if (isLocal() || storeInput() === 'none') return;
  const key = keyInput();
  const folder = journalFolder(environment);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new ActionError(
      `There is a journal in ${folder} already. Set the input journal to none, or remove that folder from the repository.`,
    );
  const branch = journalBranch(environment);
  const checkout = mkdtempSync(join(variable('RUNNER_TEMP'), 'claimsmith-journal-'));
  git(checkout, ['init', '--quiet']);
  const found = git(checkout, ['ls-remote', '--exit-code', repositoryUrl(), `refs/heads/${branch}`], [0, 2]);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'key'), key, { mode: 0o600 });
  if (found.status === 2) {
    annotate('notice', `No journal of ${environment} yet: the branch ${branch} does not exist.`);
  } else {
    git(checkout, ['fetch', '--quiet', '--no-tags', '--depth=1', repositoryUrl(), `refs/heads/${branch}`]);
    git(checkout, ['-c', 'advice.detachedHead=false', 'checkout', '--quiet', 'FETCH_HEAD']);
    for (const entry of readdirSync(checkout, { withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.jsonl')) continue;
      cpSync(join(checkout, entry.name), join(folder, entry.name));
    }
  }
  setOutput('checkout', checkout);
  setOutput('folder', folder);
});

function storeInput() {
  const store = input('JOURNAL') || 'branch';
  if (store === 'branch' || store === 'none') return store;
  throw new ActionError('journal must be branch or none.');
}

/** The digests of secrets in a journal depend on the key, which is not kept with them. */
function keyInput() {
  const text = input('JOURNAL_KEY');
  const key = Buffer.from(text, 'base64');
  if (key.length === keyBytes) return key;
  throw new ActionError(
    `${text === '' ? 'A journal in a branch needs the input journal-key' : 'journal-key is not 32 bytes as base64'}. Make one with \`openssl rand -base64 32\`, keep it as a secret of the repository, and never change it.`,
  );
}

function journalFolder(/** @type {string} */ environment) {
  const named = input('JOURNAL_FOLDER');
  if (named !== '') return resolve(named);
  const spec = resolve(specInput());
  const home = existsSync(spec) && statSync(spec).isDirectory() ? spec : dirname(spec);
  return join(home, 'environments', `${environment}.journal`);
}
