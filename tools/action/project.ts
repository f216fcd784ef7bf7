/** A repository with a spec, an environment and the command, GitHub, and a tenant, for tests of the Action. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { allNeeded } from '../publishing/auth0.ts';
import { type Auth0StandIn, startAuth0 } from '../stand-ins/auth0.ts';
import { type GitHub, startGitHub } from './github.ts';
import { type ActionRun, runAction, type Surroundings } from './run-action.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pullRequest = 12;
export const branch = 'refs/heads/claimsmith-journal/prod';

/** Planted: none may appear anywhere. */
export const secrets = {
  AUTH0_CLIENT_SECRET: 'planted-client-secret',
  ENTITLEMENTS_TOKEN: 'planted-source-token',
  token: 'planted-github-token',
  key: Buffer.from('planted-journal-key-of-32-bytes!').toString('base64'),
} as const;

const spec = `version: 1
name: shop
namespace: https://acme.example/
user: { attributes: { tier: string } }
sources:
  crm:
    http: { url: "https://crm.acme.example/{user.id}", headers: { authorization: "Bearer \${ENTITLEMENTS_TOKEN}" } }
    returns: { plan: string }
claims:
  tier: { value: user.attributes.tier, kind: descriptive, when: subject_type == "human" }
  plan: { value: crm.plan, kind: descriptive, when: subject_type == "human" }
issuers: { auth0: {} }
`;

const api = 'https://api.acme.example';
const scenarios = `scenarios:
  - name: a nightly job
    context: { subject_type: machine, client: { id: job }, request: { audience: "${api}" } }
    expect: {}
    live: { client: job }
`;

/** The command as it is published. */
export function buildCommand(): void {
  const built = spawnSync(process.execPath, ['build.ts'], {
    cwd: join(root, 'packages/cli'),
    encoding: 'utf8',
  });
  expect(built.stderr).toBe('');
}

export interface Project {
  readonly workspace: string;
  readonly tenant: Auth0StandIn;
  readonly github: GitHub;
  run(
    inputs: Readonly<Record<string, string>>,
    more?: Partial<Pick<Surroundings, 'before' | 'started' | 'runId' | 'env'>> & { readonly event?: object },
  ): Promise<ActionRun>;
  /** The repository at GitHub. */
  readonly remote: string;
  /** Git there. */
  git(...args: readonly string[]): string;
  edit(from: string, to: string): void;
  /** Commits what is in the workspace, as the branch `origin/main`. */
  commit(): void;
}

/** A repository with a spec, an environment and the command, GitHub, and a tenant. All are gone after the test. */
export async function project(): Promise<Project> {
  const home = mkdtempSync(join(tmpdir(), 'claimsmith-action-'));
  const [tenant, github] = await Promise.all([
    startAuth0({
      clients: {
        claimsmith: { secret: secrets.AUTH0_CLIENT_SECRET, scopes: allNeeded },
        job: { secret: secrets.AUTH0_CLIENT_SECRET },
      },
      apis: [api],
    }),
    startGitHub(secrets.token, pullRequest),
  ]);
  onTestFinished(async () => {
    await Promise.all([tenant.close(), github.close()]);
    rmSync(home, { recursive: true, force: true });
  });
  const [workspace, remote, event] = [
    join(home, 'work'),
    join(home, 'server/acme/specs'),
    join(home, 'event.json'),
  ];
  for (const folder of ['environments', 'scenarios'])
    mkdirSync(join(workspace, 'claims', folder), { recursive: true });
  mkdirSync(join(workspace, 'node_modules/.bin'), { recursive: true });
  mkdirSync(remote, { recursive: true });
  symlinkSync(join(root, 'packages/cli/bin/claimsmith.js'), join(workspace, 'node_modules/.bin/claimsmith'));
  writeFileSync(join(workspace, 'claims/enrichment.yaml'), spec);
  writeFileSync(
    join(workspace, 'claims/environments/prod.yaml'),
    `settings: { ENTITLEMENTS_TOKEN: { env: ENTITLEMENTS_TOKEN } }
targets:
  auth0:
    domain: "${tenant.url}"
    clientId: claimsmith
    clientSecret: { env: AUTH0_CLIENT_SECRET }
    verify: { clients: { job: { secret: { env: AUTH0_CLIENT_SECRET } } } }
`,
  );
  writeFileSync(join(workspace, 'claims/scenarios/machines.yaml'), scenarios);
  const git = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: remote, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  git('init', '--quiet', '--bare');
  const head = { sha: 'beef'.padEnd(40, '0') };
  return {
    workspace,
    tenant,
    github,
    git,
    remote,
    commit: () => {
      const own = (...args: readonly string[]) => {
        const { status, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
          cwd: workspace,
          encoding: 'utf8',
        });
        expect(stderr).toBe('');
        expect(status).toBe(0);
      };
      own('init', '--quiet');
      own('add', 'claims');
      own('commit', '--quiet', '--message', 'main');
      own('update-ref', 'refs/remotes/origin/main', 'HEAD');
    },
    edit: (from, to) => {
      const file = join(workspace, 'claims/enrichment.yaml');
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
    },
    run: async (
      inputs,
      { event: data = { pull_request: { number: pullRequest, head } }, env, ...more } = {},
    ) => {
      writeFileSync(event, JSON.stringify(data));
      const run = await runAction(
        { spec: 'claims', 'journal-key': secrets.key, ...inputs },
        {
          workspace,
          event,
          serverUrl: `file://${join(home, 'server')}`,
          apiUrl: github.url,
          token: secrets.token,
          env: {
            AUTH0_CLIENT_SECRET: secrets.AUTH0_CLIENT_SECRET,
            ENTITLEMENTS_TOKEN: secrets.ENTITLEMENTS_TOKEN,
            ...env,
          },
          ...more,
        },
      );
      expectNoSecret([run, github.comments]);
      expect(readdirSync(join(workspace, 'claims/environments'))).toEqual(['prod.yaml']);
      return run;
    },
  };
}

export function expectNoSecret(said: unknown): void {
  const text = JSON.stringify(said);
  for (const secret of [...Object.values(secrets), Buffer.from(secrets.key, 'base64').toString()])
    expect(text).not.toContain(secret);
}
