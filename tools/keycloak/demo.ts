// The end of `npm run demo`: what a real Keycloak signs for the quickstart, beside what was simulated. It needs a
// server at hand: KEYCLOAK_HOME, or the distribution that the tests have fetched.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adminOf } from './admin.ts';
import { cache, keycloakVersion } from './distribution.ts';
import { startKeycloak } from './server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const realm = 'quickstart';

if (process.env['KEYCLOAK_HOME'] || existsSync(join(cache, keycloakVersion))) await show();
else console.log('Skipped: set KEYCLOAK_HOME to the folder of a Keycloak server to see what it signs.');

async function show(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-demo-'));
  try {
    claimsmith(['build', 'examples/quickstart', '--issuer', 'keycloak', '--out', folder], 'ignore');
    const built = join(folder, 'keycloak');
    const jars = readdirSync(built).filter((name) => name.endsWith('.jar'));
    console.log(
      `starting Keycloak ${keycloakVersion} with the realm of examples/quickstart (half a minute)\n`,
    );
    const started = await startKeycloak({
      features: ['scripts'],
      providers: Object.fromEntries(jars.map((name) => [name, readFileSync(join(built, name))])),
    });
    if (!started.ok) return console.log(`none can be had: ${started.reason}`);
    const { keycloak } = started;
    try {
      await populate(adminOf(keycloak), readFileSync(join(built, 'realm.json'), 'utf8'));
      const { username, password } = keycloak.admin;
      claimsmith(
        [
          ...['preview', 'examples/quickstart', '--live', keycloak.url],
          ...['--user', 'clerk', '--client', 'web', '--scenario', 'shop clerk'],
        ],
        'inherit',
        { KEYCLOAK_ADMIN_USERNAME: username, KEYCLOAK_ADMIN_PASSWORD: password },
      );
    } finally {
      await keycloak.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The realm as it was built, and in it the person of the scenario. */
async function populate(admin: ReturnType<typeof adminOf>, built: string): Promise<void> {
  await admin.post('', JSON.parse(built));
  await admin.post(`/${realm}/clients`, { clientId: 'web', enabled: true });
  const user = await admin.post(`/${realm}/users`, {
    username: 'clerk',
    enabled: true,
    attributes: { plan: ['gold'] },
  });
  for (const name of ['shop:clerk', 'crm:admin']) await admin.post(`/${realm}/roles`, { name });
  const roles = await Promise.all(
    ['shop:clerk', 'crm:admin'].map((name) => admin.get(`/${realm}/roles/${encodeURIComponent(name)}`)),
  );
  await admin.post(`/${realm}/users/${user}/role-mappings/realm`, roles);
}

function claimsmith(args: readonly string[], stdio: 'ignore' | 'inherit', env: NodeJS.ProcessEnv = {}): void {
  const command = join(root, 'packages/cli/bin/claimsmith.js');
  const { status } = spawnSync(process.execPath, [command, ...args], {
    cwd: root,
    stdio: ['ignore', stdio, 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exitCode = status ?? 1;
}
