import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Auth0StandIn, startAuth0 } from '../../../tools/stand-ins/auth0.ts';
import { run } from '../src/run.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith, plainTerminal } from './terminal.ts';

const spec = `version: 1
name: shop
namespace: https://acme.example/
lifetime: { access: 10m }
user: { attributes: { tier: string } }
sources:
  crm:
    http: { url: "https://crm.acme.example/{user.id}", headers: { authorization: "Bearer \${CRM_TOKEN}" } }
    returns: { plan: string }
claims:
  tier: { value: user.attributes.tier, kind: descriptive, when: subject_type == "human" }
  plan: { value: crm.plan, kind: descriptive, when: subject_type == "human" }
issuers: { auth0: { triggers: [post-login] } }
`;

const secrets = { CRM_TOKEN: 'planted-crm-token', AUTH0_SECRET: 'stand-in' };

interface Shop {
  readonly folder: string;
  readonly tenant: Auth0StandIn;
  /** Runs a command in the folder. */
  claimsmith(...args: readonly string[]): Promise<{ code: number; out: string; err: string }>;
  /** Changes the spec. */
  edit(from: string, to: string): void;
}

/** A spec, an environment, and a stand-in for the tenant that it names. */
async function shop(more: { readonly environment?: (url: string) => string } = {}): Promise<Shop> {
  const tenant = await startAuth0({ apis: ['https://api.acme.example'] });
  onTestFinished(() => tenant.close());
  const environment =
    more.environment?.(tenant.url) ??
    `settings: { CRM_TOKEN: { env: CRM_TOKEN } }
targets:
  auth0: { domain: "${tenant.url}", clientId: claimsmith, clientSecret: { env: AUTH0_SECRET }, api: "https://api.acme.example" }
`;
  const folder = scratchFolder({ 'enrichment.yaml': spec, 'environments/prod.yaml': environment });
  for (const [name, value] of Object.entries(secrets)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return {
    folder,
    tenant,
    claimsmith: async (...args) => {
      const { code, out, err } = await claimsmith(folder, ...args);
      const port = new URL(tenant.url).port;
      const constant = (text: string) => text.replaceAll(port, '4000').replaceAll(folder, '.');
      return { code, out: constant(out), err: constant(err) };
    },
    edit: (from, to) => {
      const file = join(folder, 'enrichment.yaml');
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
    },
  };
}

const bin = fileURLToPath(new URL('../bin/claimsmith.js', import.meta.url));
const root = new URL('../../../docs/schemas/', import.meta.url);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });

function faults(command: string, text: string): unknown {
  const schema: unknown = JSON.parse(readFileSync(new URL(`${command}.schema.json`, root), 'utf8'));
  const validate = ajv.compile(Object(schema));
  validate(JSON.parse(text));
  return validate.errors ?? [];
}

describe('from a spec to a tenant and back', () => {
  test('plan, apply, plan, a change by hand, drift, apply, another version, rollback, destroy', async () => {
    const { claimsmith, edit, tenant } = await shop();
    const story: string[] = [];
    const tell = async (...args: readonly string[]) => {
      const { code, out, err } = await claimsmith(...args);
      const text = `${out}${err}`.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-01T00:00:00.000Z');
      story.push(`$ claimsmith ${args.join(' ')}\n${text}# ${code}\n`);
    };
    await tell('plan');
    await tell('apply', '--yes');
    await tell('plan');
    const [action] = [...tenant.tenant.actions.values()];
    if (action === undefined) throw new Error('no Action');
    tenant.tenant.bindings.set('post-login', []);
    await tell('drift');
    await tell('apply', '--yes');
    await tell('drift');
    edit('value: user.attributes.tier', 'value: user.attributes.tier + "!"');
    await tell('apply', '--yes');
    await tell('rollback', '--yes');
    await tell('rollback', '--list');
    await tell('destroy', '--yes');
    await tell('drift');
    await expect(story.join('\n')).toMatchFileSnapshot('golden/publish-story.txt');
    expect(tenant.tenant.actions.size).toBe(0);
  });

  test('a plan only reads, and leaves nothing on the disk', async () => {
    const { claimsmith, tenant, folder } = await shop();
    expect((await claimsmith('plan')).code).toBe(2);
    const writes = tenant.requests.filter(({ method, path }) => method !== 'GET' && path !== '/oauth/token');
    expect(writes).toEqual([]);
    expect(readdirSync(join(folder, 'environments'))).toEqual(['prod.yaml']);
  });

  test('what --json prints keeps to its schema', async () => {
    const { claimsmith, edit } = await shop();
    expect(faults('plan', (await claimsmith('plan', '--json')).out)).toEqual([]);
    expect(faults('apply', (await claimsmith('apply', '--yes', '--json')).out)).toEqual([]);
    edit('lifetime: { access: 10m }', 'lifetime: { access: 20m }');
    const changed = await claimsmith('plan', '--json');
    expect(changed.out).toContain('"diff"');
    expect(faults('plan', changed.out)).toEqual([]);
    await claimsmith('apply', '--yes');
    expect(faults('drift', (await claimsmith('drift', '--json')).out)).toEqual([]);
    expect(faults('rollback', (await claimsmith('rollback', '--list', '--json')).out)).toEqual([]);
    expect(faults('rollback', (await claimsmith('rollback', '--yes', '--json')).out)).toEqual([]);
    expect(faults('destroy', (await claimsmith('destroy', '--yes', '--json')).out)).toEqual([]);
  });

  test.each(['plan', 'apply', 'drift', 'rollback', 'verify', 'destroy'])(
    '%s --json prints the findings of a spec with errors',
    async (command) => {
      const { claimsmith, edit } = await shop();
      edit('value: user.attributes.tier', 'value: user.attributes.teir');
      const { code, out, err } = await claimsmith(command, '--json');
      expect(code).toBe(1);
      expect(faults('check', out)).toEqual([]);
      expect(JSON.parse(out).findings).toMatchObject([{ rule: 'TE004', range: { file: 'enrichment.yaml' } }]);
      expect(err).toContain('TE004');
    },
  );

  test('drift names a journal whose place is not in the environment any more', async () => {
    const { claimsmith, folder } = await shop();
    await claimsmith('apply', '--yes');
    const other = await startAuth0({ apis: ['https://api.acme.example'] });
    onTestFinished(() => other.close());
    const file = join(folder, 'environments/prod.yaml');
    const here = readFileSync(file, 'utf8');
    writeFileSync(file, here.replace(/http:[^"]*/, other.url));
    await claimsmith('apply', '--yes');
    const left = await claimsmith('drift');
    expect(left.code).toBe(2);
    expect(left.out).toContain('1 journal without a place');
    const json = await claimsmith('drift', '--json');
    expect(faults('drift', json.out)).toEqual([]);
    expect(JSON.parse(json.out).left).toMatchObject([{ issuer: 'auth0', release: 1 }]);
    // Destroyed there first, it is not left.
    writeFileSync(file, here);
    await claimsmith('destroy', '--yes');
    writeFileSync(file, here.replace(/http:[^"]*/, other.url));
    expect((await claimsmith('drift')).code).toBe(0);
  });

  test('plan --json prints the findings of an environment', async () => {
    const { claimsmith } = await shop({
      environment: () => 'targets: { auth0: { domian: acme.eu.auth0.com } }\n',
    });
    const { out } = await claimsmith('plan', '--json');
    expect(faults('check', out)).toEqual([]);
    expect(JSON.parse(out).summary.error).toBeGreaterThan(0);
  });

  test('no secret is in an output, an error, a saved plan or a journal', async () => {
    const { claimsmith, folder, tenant, edit } = await shop();
    const seen: string[] = [];
    const keep = async (...args: readonly string[]) => {
      const { out, err } = await claimsmith(...args);
      seen.push(out, err);
    };
    await keep('plan', '--out', 'plan.json');
    await keep('apply', 'plan.json');
    edit('lifetime: { access: 10m }', 'lifetime: { access: 20m }');
    tenant.fault = ({ method }) => (method === 'PATCH' ? { status: 400 } : undefined);
    await keep('apply', '--yes');
    tenant.fault = undefined;
    await keep('apply', '--yes', '--json');
    await keep('drift', '--json');
    const journal = join(folder, 'environments/prod.journal');
    for (const name of readdirSync(journal)) seen.push(readFileSync(join(journal, name), 'latin1'));
    seen.push(readFileSync(join(folder, 'plan.json'), 'utf8'));
    for (const secret of Object.values(secrets).filter((value) => value !== 'stand-in')) {
      expect(seen.join('\n').includes(secret)).toBe(false);
    }
  });
});

describe('what is written is what was agreed to', () => {
  test('without a terminal and without --yes nothing is asked, and nothing written', async () => {
    const { claimsmith, tenant } = await shop();
    const { code, err } = await claimsmith('apply');
    expect(code).toBe(64);
    expect(err).toContain('--yes');
    expect(tenant.requests).toEqual([]);
  });

  test.each([
    ['yes', 0, 1],
    ['no', 1, 0],
    ['', 1, 0],
  ])('a person answers "%s"', async (answer, code, actions) => {
    const { folder, tenant } = await shop();
    let asked = '';
    const terminal = plainTerminal({
      cwd: folder,
      interactive: true,
      ask: (question) => {
        asked = question;
        return Promise.resolve(answer);
      },
    });
    expect(await run(['apply'], terminal)).toBe(code);
    expect(asked).toContain('make 3 changes at 1 place? Type yes: ');
    expect(tenant.tenant.actions.size).toBe(actions);
  });

  test('a saved plan is refused for another spec, and after the tenant has changed', async () => {
    const { claimsmith, edit, tenant } = await shop();
    await claimsmith('plan', '--out', 'plan.json');
    edit('lifetime: { access: 10m }', 'lifetime: { access: 20m }');
    const other = await claimsmith('apply', 'plan.json');
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('Make a new plan') });
    edit('lifetime: { access: 20m }', 'lifetime: { access: 10m }');
    const [api] = [...tenant.tenant.apis.values()];
    Object.assign(api ?? {}, { token_lifetime: 1234 });
    const late = await claimsmith('apply', 'plan.json');
    expect(late).toMatchObject({ code: 1 });
    expect(`${late.out}${late.err}`).toContain('has changed since the plan was made');
    expect(tenant.tenant.actions.size).toBe(0);
  });

  test('a saved plan is applied with the values of parameters that it was made with', async () => {
    const { claimsmith, edit, tenant, folder } = await shop();
    edit('lifetime: { access: 10m }', 'params: { life: string }\nlifetime: { access: "${params.life}" }');
    expect(await claimsmith('plan')).toMatchObject({ code: 1, err: expect.stringContaining('has no value') });
    expect((await claimsmith('plan', '--set', 'life=20m', '--out', 'plan.json')).code).toBe(2);
    expect(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))).toMatchObject({ set: ['life=20m'] });
    const other = await claimsmith('apply', 'plan.json', '--set', 'life=30m');
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('Make a new plan') });
    expect((await claimsmith('apply', 'plan.json')).code).toBe(0);
    expect([...tenant.tenant.apis.values()].map(({ token_lifetime }) => token_lifetime)).toEqual([1200]);
    expect((await claimsmith('plan', '--set', 'life=20m')).code).toBe(0);
    const file = join(folder, 'environments/prod.yaml');
    writeFileSync(file, `params: { life: 20m }\n${readFileSync(file, 'utf8')}`);
    expect((await claimsmith('plan')).code).toBe(0);
    expect((await claimsmith('verify', '--set', 'life=1')).err).toContain('duration');
  });

  test('a saved plan that names another environment file is refused, and its commands do not run', async () => {
    const { claimsmith, folder } = await shop();
    await claimsmith('plan', '--out', 'plan.json');
    const plan: unknown = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));
    writeFileSync(join(folder, 'evil.yaml'), 'settings: { CRM_TOKEN: { command: [touch, evil] } }\n');
    for (const environment of ['./evil.yaml', 'evil.yaml', '../x']) {
      writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...Object(plan), environment }));
      expect((await claimsmith('apply', 'plan.json')).err).toContain('not a plan of this version');
    }
    expect(readdirSync(folder)).not.toContain('evil');
  });

  test('a place of a saved plan that is not in the environment any more is told', async () => {
    const second = await startAuth0();
    onTestFinished(() => second.close());
    const { claimsmith, tenant, folder } = await shop({
      environment: (url) => `settings: { CRM_TOKEN: { env: CRM_TOKEN } }
targets:
  auth0:
    - { domain: "${url}", clientId: claimsmith, clientSecret: { env: AUTH0_SECRET } }
    - { domain: "${second.url}", clientId: claimsmith, clientSecret: { env: AUTH0_SECRET } }
`,
    });
    await claimsmith('plan', '--out', 'plan.json');
    const file = join(folder, 'environments/prod.yaml');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.filter((line) => !line.includes(second.url)).join('\n'));
    expect(await claimsmith('apply', 'plan.json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('does not have any more'),
    });
    expect(tenant.tenant.actions.size).toBe(0);
  });

  test('a plan that was damaged, or is of another version, is refused', async () => {
    const { claimsmith, folder } = await shop();
    writeFileSync(join(folder, 'plan.json'), '{"claimsmithPlan": 7}');
    expect((await claimsmith('apply', 'plan.json')).err).toContain('not a plan of this version');
  });

  test('a conflict at one place: nothing is written anywhere', async () => {
    const second = await startAuth0();
    onTestFinished(() => second.close());
    const { claimsmith, tenant } = await shop({
      environment: (url) => `settings: { CRM_TOKEN: { env: CRM_TOKEN } }
targets:
  auth0:
    - { domain: "${url}", clientId: claimsmith, clientSecret: { env: AUTH0_SECRET } }
    - { domain: "${second.url}", clientId: claimsmith, clientSecret: { env: AUTH0_SECRET } }
`,
    });
    await fetch(`${second.url}/api/v2/actions/actions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'shop-post-login',
        supported_triggers: [{ id: 'post-login', version: 'v3' }],
        code: 'exports.onExecutePostLogin = async () => {};',
      }),
    });
    const { code, out, err } = await claimsmith('apply', '--yes');
    expect(code).toBe(1);
    expect(out).toContain('conflict');
    expect(err).toContain('Nothing was written.');
    expect(tenant.tenant.actions.size).toBe(0);
    expect((await claimsmith('apply', '--yes', '--adopt')).code).toBe(0);
    expect(tenant.tenant.actions.size).toBe(1);
  });
});

describe('bad input ends in a clear error', () => {
  test('a setting without a value is named before anything is asked', async () => {
    const { claimsmith, tenant } = await shop();
    vi.stubEnv('CRM_TOKEN', undefined);
    const { code, err } = await claimsmith('apply', '--yes');
    expect(code).toBe(1);
    expect(err).toContain('CRM_TOKEN');
    expect(tenant.requests).toEqual([]);
  });

  test('wrong credentials, and a tenant that cannot be reached', async () => {
    const { claimsmith, tenant } = await shop();
    vi.stubEnv('AUTH0_SECRET', 'wrong');
    expect((await claimsmith('plan')).code).toBe(1);
    vi.stubEnv('AUTH0_SECRET', 'stand-in');
    await tenant.close();
    const { code, out } = await claimsmith('plan');
    expect(code).toBe(3);
    expect(out).toContain('✗');
  });

  test('the same place twice', async () => {
    const { claimsmith } = await shop({
      environment: (url) => `settings: { CRM_TOKEN: { env: CRM_TOKEN } }
targets:
  auth0:
    - { domain: "${url}", clientId: claimsmith, clientSecret: { env: AUTH0_SECRET } }
    - { domain: "${url}", clientId: claimsmith, clientSecret: { env: AUTH0_SECRET } }
`,
    });
    const { code, err } = await claimsmith('plan');
    expect(code).toBe(64);
    expect(err).toContain('the same place');
  });

  test('a journal of another policy', async () => {
    const { claimsmith, edit } = await shop();
    await claimsmith('apply', '--yes');
    edit('name: shop', 'name: store');
    const { code, err } = await claimsmith('plan');
    expect(code).toBe(1);
    expect(err).toContain('is of the policy shop');
    expect(err).toContain('move that file away');
  });

  test.each([
    [['plan', '--parallel', '0'], '--parallel is a number'],
    [['apply', '--yes', '--phase', 'x'], '--phase is a number'],
    [['rollback', '--yes', '--to', 'x'], '--to is the number'],
    [['plan', '--env', 'prd'], 'prod'],
    [['plan', '--issuer', 'okta'], 'has no target for okta'],
    [['drift', '--accept', 'nothing'], 'nothing named nothing has changed'],
  ])('%s', async (args, message) => {
    const { claimsmith } = await shop();
    const { code, err } = await claimsmith(...args);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });

  test('rollback without a release', async () => {
    const { claimsmith } = await shop();
    const { code, err } = await claimsmith('rollback', '--yes');
    expect(code).toBe(1);
    expect(err).toContain('no earlier release');
  });

  test('a tenant that stops answering midway: what was done and what is left, and both ways are open', async () => {
    const { claimsmith, tenant } = await shop();
    tenant.fault = ({ method, path }) =>
      method === 'PATCH' && path.includes('bindings') ? { status: 503 } : undefined;
    const { code, err } = await claimsmith('apply', '--yes');
    expect(code).toBe(3);
    expect(err).toContain('done: API https://api.acme.example, Action shop-post-login');
    expect(err).toContain('left: binding post-login');
    expect(err).toContain('rollback to go back');
    tenant.fault = undefined;
    expect((await claimsmith('drift')).out).toContain('was not finished');
    expect((await claimsmith('rollback', '--yes')).code).toBe(0);
    expect(tenant.tenant.actions.size).toBe(0);
    expect((await claimsmith('apply', '--yes')).code).toBe(0);
  });
});

test('a process that is killed in the middle of a write: the next run says so, and both ways are open', async () => {
  for (const way of ['apply', 'rollback']) {
    const { claimsmith, folder, tenant } = await shop();
    tenant.fault = ({ method, path }) =>
      method === 'PATCH' && path.includes('bindings') ? 'hang' : undefined;
    const child = spawn(process.execPath, [bin, 'apply', '--yes'], { cwd: folder, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const isHanging = () =>
      tenant.requests.some(({ method, path }) => method === 'PATCH' && path.includes('bindings'));
    await vi.waitUntil(isHanging, { timeout: 30_000 });
    child.kill('SIGKILL');
    await ended;
    tenant.fault = undefined;
    const drift = await claimsmith('drift');
    expect(drift).toMatchObject({ code: 2, out: expect.stringContaining('Release 1 was not finished') });
    expect((await claimsmith(way, '--yes')).code).toBe(0);
    expect(tenant.tenant.actions.size).toBe(way === 'apply' ? 1 : 0);
    expect((await claimsmith('drift')).code).toBe(0);
  }
});

test('an apply that is interrupted says how to go on and back', async () => {
  const { folder, tenant } = await shop();
  tenant.fault = ({ method, path }) => (method === 'PATCH' && path.includes('bindings') ? 'hang' : undefined);
  const child = spawn(process.execPath, [bin, 'apply', '--yes'], { cwd: folder });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const isHanging = () =>
    tenant.requests.some(({ method, path }) => method === 'PATCH' && path.includes('bindings'));
  await vi.waitUntil(isHanging, { timeout: 30_000 });
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(err).toContain('Interrupted. What was done is in the journal');
});

test('a rollback brings the release before, and not what somebody changed by hand before the last apply', async () => {
  const { claimsmith, tenant, edit } = await shop();
  await claimsmith('apply', '--yes');
  const [action] = [...tenant.tenant.actions.values()];
  if (action?.deployed === undefined) throw new Error('no Action');
  const code = action.code;
  const { url } = tenant;
  const send = (path: string, method: string, body: object) =>
    fetch(`${url}/api/v2/actions/actions/${action.id}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await send('', 'PATCH', { code: `${code}// a hole` });
  await send('/deploy', 'POST', {});
  expect((await claimsmith('drift')).code).toBe(2);
  edit('value: user.attributes.tier', 'value: user.attributes.tier + "!"');
  await claimsmith('apply', '--yes');
  expect((await claimsmith('rollback', '--yes')).code).toBe(0);
  expect(tenant.tenant.actions.get(action.id)?.code).toBe(code);
  expect((await claimsmith('drift')).code).toBe(0);
});

test('a difference that is accepted is silent until it changes again', async () => {
  const { claimsmith, tenant } = await shop();
  await claimsmith('apply', '--yes');
  const [api] = [...tenant.tenant.apis.values()];
  Object.assign(api ?? {}, { token_lifetime: 300 });
  expect((await claimsmith('drift')).code).toBe(2);
  expect((await claimsmith('drift', '--accept', 'API https://api.acme.example')).code).toBe(0);
  expect((await claimsmith('drift')).code).toBe(0);
  Object.assign(api ?? {}, { token_lifetime: 301 });
  expect((await claimsmith('drift')).code).toBe(2);
});
