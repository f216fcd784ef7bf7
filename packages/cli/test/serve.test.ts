import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { claimsmith } from './terminal.ts';

const quickstart = fileURLToPath(new URL('../../../examples/quickstart', import.meta.url));
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let root: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-serve-test-'));
  cpSync(quickstart, join(root, 'spec'), { recursive: true });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(root, { recursive: true, force: true });
});

interface Served {
  readonly policy: string;
  readonly address: string;
  readonly header: string;
  readonly secret: string;
}

/** Starts `claimsmith serve` as a process and waits until it says where. */
async function serve(): Promise<Served & { readonly said: () => string }> {
  const program = join(root, 'claimsmith.mjs');
  writeFileSync(program, `import { main } from ${JSON.stringify(main)};\nawait main();\n`);
  const { HOOK_SECRET: _secret, ...env } = process.env;
  child = spawn(
    process.execPath,
    ['--conditions=@claimsmith/source', program, 'serve', 'spec', '--port', '0', '--json'],
    { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err += String(chunk);
  });
  const [line] = await Promise.race([
    once(child.stdout ?? process.stdin, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(err))),
  ]);
  return { ...JSON.parse(String(line)), said: () => err };
}

async function call({ address, header, secret }: Served, credential = secret): Promise<unknown> {
  const text = readFileSync(join(root, 'spec/okta-request.json'), 'utf8');
  const request = JSON.parse(text);
  const body = JSON.stringify({
    ...request,
    eventId: `event-${Math.random()}`,
    eventTime: new Date().toISOString(),
  });
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [header]: credential },
    body,
  });
  expect(response.status).toBe(200);
  return await response.json();
}

describe('claimsmith serve', () => {
  test('answers Okta, takes good changes of the spec and keeps the old policy at bad ones, and ends in order', async () => {
    const served = await serve();
    const add = (name: string, value: unknown) => ({ op: 'add', path: `/claims/${name}`, value });
    expect(await call(served)).toEqual({
      commands: [
        {
          type: 'com.okta.access.patch',
          value: expect.arrayContaining([
            add('https:~1~1acme.example~1roles', ['shop:clerk']),
            add('policy', served.policy),
          ]),
        },
      ],
    });
    expect(await call(served, 'a guess of another secret')).toEqual({
      error: { errorSummary: expect.any(String) },
    });

    const file = join(root, 'spec/enrichment.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `${good}\nnonsense: [`);
    await until(() => served.said().includes('error'));
    expect(JSON.stringify(await call(served))).toContain(served.policy);

    writeFileSync(file, good.replace('maxItems: 20', 'maxItems: 19'));
    await until(() => served.said().includes('now serving quickstart@'));
    const changed = JSON.stringify(await call(served));
    expect(changed).toContain('quickstart@');
    expect(changed).not.toContain(served.policy);

    child?.kill('SIGTERM');
    const [status] = child === undefined ? [] : await once(child, 'exit');
    expect(status).toBe(0);
  });

  test('says what keeps it from starting', async () => {
    const missing = await claimsmith(root, 'serve', 'nowhere');
    expect(missing).toMatchObject({ code: 1, err: 'error: nowhere: no such file or folder\n' });
    const port = await claimsmith(root, 'serve', 'spec', '--port', 'http');
    expect(port).toMatchObject({ code: 1, out: '' });
    expect(port.err).toMatch(/^error: PORT must be/);
    writeFileSync(
      join(root, 'spec/enrichment.yaml'),
      'version: 1\nname: constant\nclaims: { a: { const: 1, kind: descriptive } }\nmarker: false\nissuers: { okta: {} }\n',
    );
    const native = await claimsmith(root, 'serve', 'spec');
    expect(native).toMatchObject({ code: 1, err: expect.stringContaining('does not need a server') });
    writeFileSync(
      join(root, 'spec/enrichment.yaml'),
      'version: 1\nname: elsewhere\nclaims: {}\nissuers: { auth0: { groupsIn: 5 }, okta: {} }\n',
    );
    const elsewhere = await claimsmith(root, 'serve', 'spec');
    expect(elsewhere).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('issuers.auth0.groupsIn'),
    });
    vi.stubEnv('CLAIMSMITH_SETTINGS', 'CRM_TOKEN');
    vi.stubEnv('CRM_TOKEN', 'two\nlines');
    const crm = '{ url: "https://crm.acme.example/", headers: { authorization: "${CRM_TOKEN}" } }';
    writeFileSync(
      join(root, 'spec/enrichment.yaml'),
      `version: 1\nname: asks\nsources: { crm: { http: ${crm}, returns: { plan: string } } }\n` +
        'claims: { plan: { value: crm.plan, kind: descriptive } }\nissuers: { okta: { authorizationServer: default } }\n',
    );
    const setting = await claimsmith(root, 'serve', 'spec', '--port', '0');
    expect(setting).toMatchObject({ code: 1, out: '' });
    expect(setting.err).toMatch(
      /^error: crm: the setting `CRM_TOKEN` is not set, or is not printable ASCII\n$/,
    );
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await later(50);
  expect(condition()).toBe(true);
}
