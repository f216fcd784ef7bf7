import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimsmith } from './terminal.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-parameters-'));
  mkdirSync(join(root, 'environments'));
  mkdirSync(join(root, 'scenarios'));
  write('enrichment.yaml', spec);
  write('scenarios/all.yaml', scenarios);
  write('environments/prod.yaml', environment('prod', 'api.acme.example'));
  write('environments/dev.yaml', environment('dev', 'api.dev.example'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFileSync(join(root, file), text);

const spec = `version: 1
name: shop
params: { stage: string, api: string, beta: { type: bool, default: false } }
namespace: "https://\${params.api}/"
claims:
  stage: { value: params.stage, kind: descriptive, audiences: ["https://\${params.api}"] }
  email: { value: 'params.stage == "prod" ? "" : user.email', kind: descriptive, when: subject_type == "human" && !params.beta }
issuers: { auth0: {} }
`;

const scenarios = `- name: somebody
  context:
    user: { id: u1, email: a@b.example }
    client: { id: web }
    request: { audience: "https://\${params.api}", scopes: [openid] }
  expect: { access: { stage: "\${params.stage}" } }
`;

const environment = (stage: string, api: string) => `params: { stage: ${stage}, api: ${api} }
targets: { auth0: { domain: ${stage}.eu.auth0.com, clientId: c, clientSecret: { env: AUTH0_CLIENT_SECRET } } }
`;

async function revisionOf(...args: readonly string[]): Promise<string | undefined> {
  const { err, code } = await claimsmith(root, 'build', ...args);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  return /shop@[0-9a-f]{8}/.exec(readFileSync(join(root, 'dist/auth0/post-login.js'), 'utf8'))?.[0];
}

describe('one spec for several environments', () => {
  test('is built for each with its own revision, which names the values', async () => {
    const prod = await revisionOf('--env', 'prod');
    // The comment above a function shows the whole expression.
    const code = readFileSync(join(root, 'dist/auth0/post-login.js'), 'utf8').replace(/^ *\/\/.*$/gm, '');
    expect(code).not.toMatch(/c\.user\.email|context\.user\.email/);
    const dev = await revisionOf('--env', 'dev');
    expect(readFileSync(join(root, 'dist/auth0/post-login.js'), 'utf8')).toContain('https://api.dev.example');
    expect(prod).toMatch(/^shop@/);
    expect(dev).not.toBe(prod);
    expect(await revisionOf('--set', 'stage=prod', '--set', 'api=api.acme.example')).toBe(prod);
    expect(await revisionOf('--env', 'dev', '--set', 'stage=test')).not.toBe(dev);
  });

  test('is tested with the values of the command', async () => {
    for (const name of ['prod', 'dev']) {
      const { code, err } = await claimsmith(root, 'test', '--env', name);
      expect({ code, err }).toEqual({ code: 0, err: '' });
    }
  });

  test('is explained and previewed with them', async () => {
    expect((await claimsmith(root, 'explain', 'stage', '--env', 'dev')).out).toContain('api.dev.example');
    expect((await claimsmith(root, 'preview', '--env', 'dev')).code).toBe(0);
    expect((await claimsmith(root, 'preview')).err).toContain('has no value');
  });
});

test('the recipe is tested for each of its stages, and for another customer', async () => {
  const repository = new URL('../../..', import.meta.url).pathname;
  const spec = 'examples/recipes/stages';
  for (const values of [['dev'], ['prod'], ['dev', '--set', 'tenant=zen']]) {
    const { code, err } = await claimsmith(repository, 'test', spec, '--env', ...values);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }
});

describe('a value that is wrong', () => {
  test('is a finding of every command', async () => {
    for (const command of [['check'], ['build'], ['test'], ['export', '--format', 'terraform']]) {
      const { code, out, err } = await claimsmith(root, ...command, '--set', 'api=a', '--set', 'stagee=prod');
      expect(code).toBe(2);
      expect(out + err).toMatch(/--set stagee[\s\S]*Did you mean/);
    }
    const { out } = await claimsmith(root, 'check', '--env', 'prod', '--set', 'beta=maybe');
    expect(out).toContain('does not have the type of the parameter, bool');
  });

  test('in an environment names its file', async () => {
    write('environments/bad.yaml', environment('prod', '[a]'));
    const { out } = await claimsmith(root, 'check', '--env', 'bad');
    expect(out).toContain('params.api in environments/bad.yaml');
  });

  test.each(['stage', '=prod', '--set'])('--set %s is refused', async (value) => {
    expect((await claimsmith(root, 'check', '--set', value)).code).toBe(64);
  });
});
