import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { startAuth0 } from '../../../tools/stand-ins/auth0.ts';
import { scratchFolder } from './scratch.ts';

const home = fileURLToPath(new URL('..', import.meta.url));

/** `script` of util-linux gives the command a terminal. */
const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

beforeAll(() => {
  const built = spawnSync(process.execPath, ['build.ts'], { cwd: home, encoding: 'utf8' });
  expect(built.stderr).toBe('');
});

/** The built command at a terminal, with a person who types an answer when asked. */
async function answered(answer: string) {
  const tenant = await startAuth0();
  onTestFinished(() => tenant.close());
  const cwd = scratchFolder({
    'enrichment.yaml':
      'version: 1\nname: asked\nclaims: {}\nissuers: { auth0: { triggers: [post-login] } }\n',
    'environments/prod.yaml': `targets: { auth0: { domain: "${tenant.url}", clientId: claimsmith, clientSecret: { value: stand-in } } }`,
  });
  const command = `"${process.execPath}" "${join(home, 'bin/claimsmith.js')}" apply`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const isAsked = out.includes('Type yes');
    out += chunk.toString('utf8');
    if (!isAsked && out.includes('Type yes')) child.stdin.write(answer);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, actions: tenant.tenant.actions.size };
}

test.skipIf(!hasTerminal).each<[what: string, answer: string, code: number, actions: number]>([
  ['yes', 'yes\r', 0, 1],
  ['no', 'no\r', 1, 0],
  ['Ctrl-C', '\u0003', 1, 0],
  ['Ctrl-D', '\u0004', 1, 0],
])('at a terminal, a person answers with %s', async (_, answer, code, actions) => {
  const result = await answered(answer);
  expect(result.out).toContain('apply: make 2 changes at 1 place? Type yes: ');
  expect(result).toMatchObject({ code, actions });
});
