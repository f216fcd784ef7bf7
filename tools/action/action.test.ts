import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { addAction } from '../publishing/auth0.ts';
import type { Comment } from './github.ts';
import { branch, buildCommand, expectNoSecret, project, secrets } from './project.ts';
import { bash, readAction } from './run-action.ts';

vi.setConfig({ testTimeout: 180_000 });
beforeAll(buildCommand, 120_000);

const prod = { environment: 'prod' } as const;
const planned = { ...prod, command: 'plan', comment: 'true' } as const;

function only(comments: readonly Comment[]): string {
  expect(comments).toHaveLength(1);
  return comments[0]?.body ?? '';
}

test('no text of a script has an input or anything else that is filled in', () => {
  for (const { run } of readAction().runs.steps) expect(run).not.toContain('${{');
});

describe('check', () => {
  test('gives SARIF, and ends well without errors', async () => {
    const { run } = await project();
    const { isFailed, outputs } = await run({ command: 'check' });
    expect(isFailed).toBe(false);
    expect(outputs['exit-code']).toBe('0');
    expect(JSON.parse(readFileSync(outputs['sarif'] ?? '', 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  test('fails with an annotation where an error is, and gives SARIF all the same', async () => {
    const { run, edit } = await project();
    edit('user.attributes.tier', 'user.attributes.teir');
    const { isFailed, log, outputs } = await run({ command: 'check' });
    expect([isFailed, outputs['exit-code']]).toEqual([true, '2']);
    expect(log).toMatch(/^::error [^\n]*file=claims\/enrichment\.yaml/m);
    const sarif = JSON.parse(readFileSync(outputs['sarif'] ?? '', 'utf8'));
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      'claims/enrichment.yaml',
    );
  });
});

test('check takes the parameters of an environment', async () => {
  const { run, edit, workspace } = await project();
  edit('claims:', 'params: { stage: string }\nclaims:');
  expect((await run({ command: 'check' })).isFailed).toBe(true);
  appendFileSync(join(workspace, 'claims/environments/prod.yaml'), 'params: { stage: prod }\n');
  expect((await run({ ...prod, command: 'check' })).isFailed).toBe(false);
});

describe('diff', () => {
  const review = { command: 'diff', comment: 'true' } as const;
  const env = { GITHUB_BASE_REF: 'main' };

  test('is one comment; it fails if a part grants more, until somebody says that it is meant', async () => {
    const { run, edit, commit, github, tenant } = await project();
    commit();
    const same = await run(review, { env });
    expect([same.isFailed, same.outputs['exit-code']]).toEqual([false, '0']);
    expect(only(github.comments)).toContain('What tokens grant stays the same.');
    edit(
      'tier: { value: user.attributes.tier, kind: descriptive',
      'tier: { value: user.attributes.tier, kind: authoritative',
    );
    const wider = await run(review, { env });
    expect([wider.isFailed, wider.outputs['exit-code']]).toEqual([true, '2']);
    expect(wider.log).toMatch(/^::error title=Claimsmith::diff: tokens may grant more/m);
    expect(only(github.comments)).toContain('--allow-wider claims.tier');
    expect(wider.summary).toContain('--allow-wider claims.tier');
    expect(JSON.parse(readFileSync(wider.outputs['json'] ?? '', 'utf8'))).toMatchObject({ risk: 'wider' });
    const meant = await run({ ...review, base: 'HEAD', 'allow-wider': ' claims.tier\n\n' });
    expect([meant.isFailed, meant.outputs['exit-code']]).toEqual([false, '0']);
    expect(tenant.requests).toEqual([]);
  });

  test('says what it lacks: a base, a commit, a spec without errors', async () => {
    const { run, edit, commit, github } = await project();
    commit();
    expect((await run(review)).log).toContain('diff needs the input base');
    const flag = await run({ ...review, base: '--output=owned' });
    expect([flag.isFailed, flag.outputs['exit-code']]).toEqual([true, '1']);
    expect(flag.log).toContain('neither a file nor a commit');
    edit('user.attributes.tier', 'user.attributes.teir');
    const broken = await run(review, { env });
    expect([broken.isFailed, broken.outputs['exit-code']]).toEqual([true, '2']);
    expect(broken.log).toContain('::error title=Claimsmith::diff: the spec has errors.');
    expect(only(github.comments)).toContain('has no field');
  });
});

describe('the version', () => {
  test('is the installed one, else the one that is named, else that of the Action', async () => {
    const { run, workspace } = await project();
    const bin = join(workspace, '../bin');
    const asked = join(workspace, '../asked.txt');
    mkdirSync(bin);
    // In place of npm, which would ask a registry: it runs what is built.
    const command = fileURLToPath(new URL('../../packages/cli/bin/claimsmith.js', import.meta.url));
    const npm = `#!/bin/bash\necho "$@" >> '${asked}'\nwhile [ "$1" != claimsmith ]; do shift; done\nshift\nexec '${command}' "$@"\n`;
    writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    await run({ command: 'check' }, { env });
    expect(existsSync(asked)).toBe(false);
    expect((await run({ command: 'check', version: '9.8.7' }, { env })).isFailed).toBe(false);
    rmSync(join(workspace, 'node_modules'), { recursive: true });
    expect((await run({ command: 'check' }, { env })).isFailed).toBe(false);
    const manifest = new URL('../../packages/cli/package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
    const checks = (named: string) =>
      ['sarif', 'github'].map(
        (format) => `exec --yes --package=claimsmith@${named} -- claimsmith check claims --format ${format}`,
      );
    expect(readFileSync(asked, 'utf8').trim().split('\n')).toEqual([...checks('9.8.7'), ...checks(version)]);
  });
});

describe('plan', () => {
  test('is one comment, which the next run updates, and writes nothing at the tenant', async () => {
    const { run, github, tenant, git } = await project();
    const first = await run(planned);
    expect([first.isFailed, first.outputs['changes'], first.outputs['exit-code']]).toEqual([
      false,
      'true',
      '2',
    ]);
    const before = only(github.comments);
    expect(before).toContain('### Claimsmith plan: `prod`');
    expect(before).toMatch(/^\+ create Action shop-post-login$/m);
    expect(before).toContain(`For ${'beef'.padEnd(40, '0')}`);
    expect(first.summary).toContain('create Action shop-post-login');
    expect(tenant.requests.filter(({ method, path }) => method !== 'GET' && path !== '/oauth/token')).toEqual(
      [],
    );
    expect(git('for-each-ref')).toBe('');
    expect((await run({ ...prod, command: 'apply' })).isFailed).toBe(false);
    const second = await run(planned);
    expect([second.isFailed, second.outputs['changes'], second.outputs['exit-code']]).toEqual([
      false,
      'false',
      '0',
    ]);
    expect(only(github.comments)).toContain('1 place: 1 in sync');
    expect(github.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'PATCH']);
  });

  test('leaves the comment of a person alone that has the marker, and finds its own behind others', async () => {
    const { run, github } = await project();
    await run(planned);
    const marker = only(github.comments).split('\n')[0];
    const [own] = github.comments.splice(0);
    for (let id = 1; id <= 150; id++) {
      const user = { login: 'ada', type: 'User' } as const;
      github.comments.push({ id: 1000 + id, body: `${marker}\nforged`, user });
    }
    if (own !== undefined) github.comments.push(own);
    expect((await run(planned)).isFailed).toBe(false);
    expect(github.comments).toHaveLength(151);
    expect(github.requests.at(-1)).toMatchObject({ method: 'PATCH', path: expect.stringMatching(/\/1$/) });
  });

  test('is shown without a comment where the job may not write one, and where no pull request is', async () => {
    const { run, github } = await project();
    github.mayWrite = false;
    const refused = await run(planned);
    expect(refused.isFailed).toBe(false);
    expect(refused.log).toMatch(/^::warning [^\n]*`permissions: pull-requests: write`/m);
    expect((await run(planned, { event: { ref: 'refs/heads/main' } })).isFailed).toBe(false);
    expect(github.comments).toEqual([]);
  });

  test('that fails says why, in the comment too', async () => {
    const { run, github, tenant } = await project();
    tenant.fault = () => ({ status: 403 });
    const { isFailed, log, outputs } = await run(planned);
    expect([isFailed, outputs['exit-code']]).toEqual([true, '1']);
    expect(log).toMatch(/^::error title=Claimsmith::plan prod failed with exit code 1\.$/m);
    expect(only(github.comments)).toContain('1 place: 1 failed');
  });

  test('of a spec with errors quotes them', async () => {
    const { run, github, edit } = await project();
    edit('user.attributes.tier', 'user.attributes.teir');
    expect((await run(planned)).isFailed).toBe(true);
    expect(only(github.comments)).toContain('TE0');
  });

  test('fails for a conflict, which apply would refuse', async () => {
    const { run, tenant, github } = await project();
    addAction(tenant, 'shop-post-login', '// theirs');
    const { isFailed, log } = await run(planned);
    expect(isFailed).toBe(true);
    expect(log).toContain('there are conflicts');
    expect(only(github.comments)).toMatch(/^! conflict: /m);
  });
});

describe('apply', () => {
  test('keeps its journal in a branch, without the key', async () => {
    const { run, git } = await project();
    const { isFailed, outputs } = await run({ ...prod, command: 'apply' });
    expect([isFailed, outputs['exit-code']]).toEqual([false, '0']);
    const files = git('ls-tree', '-r', '--name-only', branch).trim().split('\n');
    expect(files).toEqual([expect.stringMatching(/^auth0-.*\.jsonl$/)]);
    expectNoSecret(git('show', `${branch}:${files[0]}`));
    expect(git('log', '--format=%an: %s', branch)).toBe(
      `github-actions[bot]: apply prod from ${'c0ffee'.padEnd(40, '0')}\n`,
    );
  });

  test('has its secrets compared by the journal: what has not changed is not sent again', async () => {
    const { run, tenant } = await project();
    await run({ ...prod, command: 'apply' });
    tenant.requests.length = 0;
    const { outputs } = await run({ ...prod, command: 'apply' });
    expect(outputs['exit-code']).toBe('0');
    expect(tenant.requests.filter(({ method, path }) => method !== 'GET' && path !== '/oauth/token')).toEqual(
      [],
    );
    const other = Buffer.alloc(32, 1).toString('base64');
    expect((await run({ ...planned, 'journal-key': other })).outputs['changes']).toBe('true');
  });

  test('makes exactly a saved plan', async () => {
    const { run, workspace } = await project();
    const plan = join(workspace, 'plan.json');
    expect((await run({ ...prod, command: 'plan', plan })).outputs['plan']).toBe(plan);
    expect((await run({ ...prod, command: 'apply', plan })).isFailed).toBe(false);
    expect((await run({ ...prod, command: 'apply', plan })).log).toContain(
      'has changed since the plan was made',
    );
  });

  test('that is stopped midway keeps its journal, and the next one goes on', async () => {
    const { run, tenant, git } = await project();
    let writes = 0;
    tenant.fault = ({ method, path }) =>
      method !== 'GET' && path !== '/oauth/token' && ++writes > 2 ? { status: 500 } : undefined;
    const stopped = await run({ ...prod, command: 'apply' });
    expect(stopped.isFailed).toBe(true);
    expect(git('rev-list', '--count', branch).trim()).toBe('1');
    tenant.fault = undefined;
    expect((await run({ ...prod, command: 'drift' })).isFailed).toBe(true);
    expect((await run({ ...prod, command: 'apply' })).isFailed).toBe(false);
    expect((await run({ ...prod, command: 'drift' })).isFailed).toBe(false);
    expect(git('rev-list', '--count', branch).trim()).toBe('2');
  });

  test('that is cancelled with its workflow keeps its journal, too', async () => {
    const { run, tenant, git } = await project();
    let current = 0;
    let writes = 0;
    tenant.fault = ({ method, path }) => {
      if (method === 'GET' || path === '/oauth/token' || ++writes < 3) return undefined;
      // To the process of the step alone, as GitHub's runner does.
      process.kill(current, 'SIGINT');
      return 'hang';
    };
    const started = (pid: number) => {
      current = pid;
    };
    const { isFailed, log } = await run({ ...prod, command: 'apply' }, { started });
    expect(isFailed).toBe(true);
    expect(log).toContain('failed with exit code 130');
    expect(git('rev-list', '--count', branch).trim()).toBe('1');
    tenant.fault = undefined;
    expect((await run({ ...prod, command: 'rollback', release: '0' })).isFailed).toBe(false);
    expect(tenant.tenant.actions.size).toBe(0);
  });

  test('that is killed midway keeps its journal, too', async () => {
    const { run, tenant, git, workspace } = await project();
    let writes = 0;
    tenant.fault = ({ method, path }) => {
      if (method === 'GET' || path === '/oauth/token' || ++writes < 3) return undefined;
      const journal = join(workspace, 'claims/environments/prod.journal');
      const lock = readdirSync(journal).find((name) => name.endsWith('.lock')) ?? expect.fail('no lock');
      process.kill(JSON.parse(readFileSync(join(journal, lock), 'utf8')).pid, 'SIGKILL');
      return 'hang';
    };
    expect((await run({ ...prod, command: 'apply' })).isFailed).toBe(true);
    const [file = ''] = git('ls-tree', '-r', '--name-only', branch).trim().split('\n');
    expect(git('show', `${branch}:${file}`)).toContain('"kind":"write"');
    tenant.fault = undefined;
    expect((await run({ ...prod, command: 'apply' })).isFailed).toBe(false);
    expect((await run({ ...prod, command: 'drift' })).isFailed).toBe(false);
  });

  test('goes on safely where the journal is lost', async () => {
    const { run, git, edit } = await project();
    await run({ ...prod, command: 'apply' });
    git('update-ref', '-d', branch);
    const { log, isFailed } = await run({ ...prod, command: 'drift' });
    expect(isFailed).toBe(true);
    expect(log).toContain('No journal of prod yet');
    expect(log).toContain('The journal has no release of this place');
    edit('value: user.attributes.tier', 'value: user.attributes.tier + "!"');
    expect((await run({ ...prod, command: 'apply' })).isFailed).toBe(false);
    expect((await run({ ...prod, command: 'drift' })).isFailed).toBe(false);
    expect((await run(planned)).outputs['changes']).toBe('false');
  });

  test('and its journal can be worked with on a machine, as docs/ci.md says', async () => {
    const { run, git, remote, workspace } = await project();
    await run({ ...prod, command: 'apply' });
    const page = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');
    const [first = '', second = ''] = [
      ...page.matchAll(/^```sh\n(git fetch[\s\S]*?|cd claims[\s\S]*?)```$/gm),
    ].map(([, lines]) => lines);
    const names = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'];
    const script = join(workspace, '../script.sh');
    const shell = async (lines: string) => {
      writeFileSync(
        script,
        lines.replaceAll('npx ', '').replace('base64 --decode', `echo ${secrets.key} | $&`),
      );
      return await bash(script, workspace, {
        ...Object.fromEntries(names.map((name) => [name, 'ada@acme.example'])),
        PATH: `${join(workspace, 'node_modules/.bin')}:${process.env['PATH']}`,
        AUTH0_CLIENT_SECRET: secrets.AUTH0_CLIENT_SECRET,
        ENTITLEMENTS_TOKEN: secrets.ENTITLEMENTS_TOKEN,
      });
    };
    const listed = await shell(`git init --quiet\ngit remote add origin '${remote}'\n${first}`);
    expect(listed.text).toMatch(/^ *1 .*apply/m);
    const back = await shell(`npx claimsmith rollback claims --env prod --to 0 --yes\n${second}`);
    expect(back.code, back.text).toBe(0);
    expect(git('log', '--format=%s', branch).split('\n')[0]).toBe('rollback prod');
    expect(git('ls-tree', '--name-only', branch)).not.toContain('key');
    rmSync(join(workspace, 'claims/environments/prod.journal'), { recursive: true });
    expect((await run({ ...prod, command: 'drift' })).isFailed).toBe(false);
  });

  test('loses no journal where another run has written the branch meanwhile', async () => {
    const { run, git } = await project();
    await run({ ...prod, command: 'apply' });
    const foreign = git('commit-tree', '-m', 'other', '-p', branch, `${branch}^{tree}`).trim();
    const meanwhile = (step: string) => {
      if (step === 'Keep the journal') git('update-ref', branch, foreign);
    };
    const input = { ...prod, command: 'rollback', release: '0' };
    const { isFailed, log } = await run(input, { before: meanwhile, runId: '8' });
    expect(isFailed).toBe(true);
    expect(log).toContain('it is in claimsmith-journal/prod-8-1');
    expect(git('rev-parse', branch).trim()).toBe(foreign);
    const other = git('ls-tree', '-r', '--name-only', `${branch}-8-1`).trim();
    expect(git('show', `${branch}-8-1:${other}`)).toContain('"by":"rollback"');
  });

  test('does not take a branch that cannot be read for an empty journal', async () => {
    const { run, workspace, tenant } = await project();
    rmSync(join(workspace, '../server'), { recursive: true });
    const { isFailed, log } = await run({ ...prod, command: 'apply' });
    expect(isFailed).toBe(true);
    expect(log).toContain('git ls-remote failed');
    expect(tenant.requests).toEqual([]);
  });
});

describe('drift', () => {
  test('fails where somebody changed something, and says what', async () => {
    const { run, tenant } = await project();
    await run({ ...prod, command: 'apply' });
    expect((await run({ ...prod, command: 'drift' })).outputs['changes']).toBe('false');
    tenant.tenant.bindings.set('post-login', []);
    const { isFailed, outputs, summary } = await run({ ...prod, command: 'drift' });
    expect([isFailed, outputs['changes']]).toEqual([true, 'true']);
    expect(summary).toMatch(/^- removed .*post-login/m);
  });

  test('accepts a difference, and the journal in the branch knows it', async () => {
    const { run, tenant, git } = await project();
    await run({ ...prod, command: 'apply' });
    tenant.tenant.bindings.set('post-login', []);
    const accept = '\n  binding post-login \n';
    expect((await run({ ...prod, command: 'drift', accept })).isFailed).toBe(false);
    expect((await run({ ...prod, command: 'drift' })).isFailed).toBe(false);
    expect(git('rev-list', '--count', branch).trim()).toBe('2');
    expect((await run({ ...prod, command: 'drift', accept: '--env=other' })).log).toContain('nothing named');
  });
});

describe('rollback', () => {
  test('brings back the release before, by the journal of the branch', async () => {
    const { run, tenant, edit } = await project();
    const code = () => [...tenant.tenant.actions.values()][0]?.code;
    await run({ ...prod, command: 'apply' });
    const first = code();
    edit('value: user.attributes.tier', 'value: user.attributes.tier + "!"');
    await run({ ...prod, command: 'apply' });
    expect(code()).not.toBe(first);
    expect((await run({ ...prod, command: 'rollback' })).isFailed).toBe(false);
    expect(code()).toBe(first);
  });
});

describe('input', () => {
  const nasty = `$(touch owned)\`touch owned\`'; touch owned; '"; touch owned; "`;
  const names = Object.keys(readAction().inputs).filter((name) => !/^github-token$|^journal-key$/.test(name));
  test.each(names)('never becomes part of a script: %s', async (name) => {
    const { run, workspace, tenant } = await project();
    const { isFailed } = await run({ ...planned, [name]: nasty });
    expect(isFailed).toBe(!['plan', 'journal-folder'].includes(name));
    expect(existsSync(join(workspace, 'owned'))).toBe(false);
    expect(tenant.requests.every(({ method, path }) => method === 'GET' || path === '/oauth/token')).toBe(
      true,
    );
  });

  test.each([
    ['spec', '--help'],
    ['environment', '--help'],
    ['environment', '../environments/prod'],
  ])('is neither a flag nor a path where it is a name: %s %s', async (name, text) => {
    const { run, tenant } = await project();
    expect((await run({ ...planned, [name]: text })).isFailed).toBe(true);
    expect(tenant.requests).toEqual([]);
  });

  test.each([
    ['another command', { command: 'destroy' }, 'command must be one of'],
    ['no environment', { environment: '' }, 'plan needs the input environment'],
    ['no key', { 'journal-key': '' }, 'A journal in a branch needs the input journal-key'],
    ['a short key', { 'journal-key': 'c2hvcnQ=' }, 'journal-key is not 32 bytes'],
    ['another place for the journal', { journal: 'cache' }, 'journal must be branch or none'],
    ['a release for another command', { release: '3' }, 'release is a number, and goes with rollback'],
    ['an accepted difference for another command', { accept: 'binding x' }, 'accept goes with drift'],
    ['a part for another command', { 'allow-wider': 'claims.tier' }, 'base and allow-wider go with diff'],
    ['a plan for another command', { command: 'drift', plan: 'p.json' }, 'goes with plan and apply'],
    ['a package instead of a version', { version: 'file:/tmp/x' }, 'version is a version of the package'],
  ] as const)('is refused with a reason: %s', async (_what, inputs, reason) => {
    const { run, tenant } = await project();
    const { isFailed, log } = await run({ ...planned, ...inputs });
    expect(isFailed).toBe(true);
    expect(log).toMatch(/^::error title=Claimsmith::/m);
    expect(log).toContain(reason);
    expect(tenant.requests).toEqual([]);
  });
});
