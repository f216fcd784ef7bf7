/**
 * examples/payments, published to a real Keycloak by the command: plan, apply, verify, a change by hand, drift, apply,
 * another version, rollback, destroy. The realm is there before, with people, a client and roles; what the policy adds is
 * published.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMapping } from '@claimsmith/core';
import { adminOf } from '../keycloak/admin.ts';
import { type Keycloak, startKeycloak } from '../keycloak/server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const realm = 'payments';
const sourceToken = 'token-of-the-source';

/** One command of the story. */
export interface Step {
  /** What it shows, or what somebody does before it. */
  readonly title: string;
  readonly args: readonly string[];
  readonly code: number | null;
  readonly output: string;
}

export type Story =
  | { readonly ok: true; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Runs the story. It takes a minute.
 *
 * @param tell is called after each step
 */
export async function keycloakStory(tell: (step: Step) => void = () => {}): Promise<Story> {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-story-'));
  const source = await serveEntitlements();
  try {
    prepareSpec(folder, source.origin);
    const built = await claimsmith(folder, ['build', '--issuer', 'keycloak']);
    if (built.code !== 0) throw new Error(built.output);
    const jars = readdirSync(join(folder, 'dist/keycloak')).filter((name) => name.endsWith('.jar'));
    const started = await startKeycloak({
      features: ['scripts'],
      providers: Object.fromEntries(
        jars.map((name) => [name, readFileSync(join(folder, 'dist/keycloak', name))]),
      ),
      env: { ENTITLEMENTS_TOKEN: sourceToken },
    });
    if (!started.ok) return started;
    try {
      return { ok: true, steps: await play(folder, started.keycloak, tell) };
    } finally {
      await started.keycloak.stop();
    }
  } finally {
    source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function play(
  folder: string,
  keycloak: Keycloak,
  tell: (step: Step) => void,
): Promise<readonly Step[]> {
  const admin = adminOf(keycloak);
  const tenant = await populate(admin);
  prepareEnvironment(folder, keycloak, tenant);
  const steps: Step[] = [];
  const step = async (title: string, ...args: readonly string[]) => {
    const { code, output } = await claimsmith(folder, args, keycloak.admin.password);
    const done = { title, args, code, output };
    steps.push(done);
    tell(done);
  };
  await step('What would change, before anything is there', 'plan');
  await step('Publish it', 'apply', '--yes');
  await step('Nothing is left to do', 'plan');
  await step('The realm signs what the policy decides', 'verify');
  await meddle(admin);
  await step('Somebody changed a mapper by hand', 'drift');
  await step('Undo that', 'apply', '--yes');
  await step('Nothing has drifted', 'drift');
  edit(folder, 'payments.approve:', 'payments.release:');
  await step('Another version, without waiting for its JAR', 'plan');
  await step('It waits for the JAR', 'apply', '--yes');
  edit(folder, 'payments.release:', 'payments.approve:');
  await step('Back to the spec as it was', 'plan');
  await step('Remove all of it', 'destroy', '--yes');
  await step('The release before', 'rollback', '--yes');
  await step('It is there again', 'plan');
  await step('And it still signs what the policy decides', 'verify');
  return steps;
}

/** The example, with the source on this machine and scenarios that can be asked of the realm. */
function prepareSpec(folder: string, origin: string): void {
  cpSync(join(root, 'examples/payments'), folder, { recursive: true });
  edit(folder, 'https://entitlements.acme.example', origin);
}

function edit(folder: string, from: string, to: string): void {
  const file = join(folder, 'enrichment.yaml');
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`the example has no ${from}`);
  writeFileSync(file, text.replaceAll(from, to));
}

function prepareEnvironment(folder: string, { url, admin }: Keycloak, tenant: string): void {
  mkdirSync(join(folder, 'environments'));
  writeFileSync(
    join(folder, 'environments/local.yaml'),
    `targets:
  keycloak:
    url: ${url}
    realm: ${realm}
    username: ${admin.username}
    password: { env: KEYCLOAK_ADMIN_PASSWORD }
    clients: [web]
    verify: { passwords: { ada: { value: ada } } }
`,
  );
  const scenarios = join(folder, 'scenarios');
  rmSync(scenarios, { recursive: true });
  mkdirSync(scenarios);
  writeFileSync(
    join(scenarios, 'live.yaml'),
    `context:
  client: { id: web }
  request: { grant_type: authorization_code, audience: https://payments.acme.example/ }
  org: { id: ${tenant} }
sources:
  entitlements: { plan: gold, features: [sepa, instant] }
scenarios:
  - name: an approver
    context:
      user:
        id: ada
        name: Ada Approver
        roles: ["payments:approver"]
        groups: [staff]
        attributes: { country: DE, approval_limit: 5000, accounts: [a1] }
      request: { scopes: [openid, payments.approve] }
    live: { client: web, user: ada }
  - name: somebody who is suspended
    context:
      user: { id: sam, name: Sam Suspended, roles: ["payments:approver"], groups: [suspended] }
      request: { scopes: [openid] }
    live: { client: web, user: sam }
`,
  );
}

type Admin = ReturnType<typeof adminOf>;

/** The realm as its owner has it. Returns the id of its organization. */
async function populate(admin: Admin): Promise<string> {
  await admin.post('', {
    realm,
    enabled: true,
    organizationsEnabled: true,
    accessTokenLifespan: 900,
    roles: { realm: [{ name: 'payments:approver' }] },
    groups: [{ name: 'staff' }, { name: 'suspended' }],
    clients: [
      {
        clientId: 'web',
        enabled: true,
        secret: 'web',
        directAccessGrantsEnabled: true,
        fullScopeAllowed: true,
      },
    ],
  });
  const person = (username: string, firstName: string, lastName: string, group: string) => ({
    username,
    firstName,
    lastName,
    enabled: true,
    email: `${username}@acme.example`,
    emailVerified: true,
    groups: [group],
    realmRoles: ['payments:approver'],
    credentials: [{ type: 'password', value: username }],
  });
  // Values of attributes that the profile does not have yet are dropped: they come later in this story.
  const profile = await admin.get(`/${realm}/users/profile`);
  await admin.put(`/${realm}/users/profile`, { ...Object(profile), unmanagedAttributePolicy: 'ADMIN_EDIT' });
  const ada = await admin.post(`/${realm}/users`, {
    ...person('ada', 'Ada', 'Approver', 'staff'),
    attributes: { country: ['DE'], approval_limit: ['5000'], accounts: ['a1'] },
  });
  const sam = await admin.post(`/${realm}/users`, person('sam', 'Sam', 'Suspended', 'suspended'));
  const role = await admin.get(`/${realm}/roles/payments:approver`);
  for (const user of [ada, sam]) await admin.post(`/${realm}/users/${user}/role-mappings/realm`, [role]);
  const organization = await admin.post(`/${realm}/organizations`, {
    name: 'Acme',
    alias: 'acme',
    domains: [{ name: 'acme.example' }],
  });
  for (const user of [ada, sam]) await admin.post(`/${realm}/organizations/${organization}/members`, user);
  return organization;
}

/** Somebody lets the script write into no access token. */
async function meddle(admin: Admin): Promise<void> {
  const scopes = await admin.get(`/${realm}/client-scopes`);
  const scope = (Array.isArray(scopes) ? scopes : []).find((each) => each.name === 'claimsmith.payments');
  const [mapper] = scope?.protocolMappers ?? [];
  if (!isMapping(mapper) || !isMapping(mapper['config'])) throw new Error('no mapper to change');
  await admin.put(`/${realm}/client-scopes/${scope.id}/protocol-mappers/models/${String(mapper['id'])}`, {
    ...mapper,
    config: { ...mapper['config'], 'userinfo.token.claim': 'false' },
  });
}

async function serveEntitlements(): Promise<{ readonly origin: string; stop(): void }> {
  const server = createServer((request, response) => {
    const isAllowed = request.headers.authorization === `Bearer ${sourceToken}`;
    response.writeHead(isAllowed ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ plan: 'gold', features: ['sepa', 'instant'] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${port}`, stop };
}

/** Runs the built command in a process of its own. */
async function claimsmith(
  cwd: string,
  args: readonly string[],
  password = '',
): Promise<{ readonly code: number | null; readonly output: string }> {
  const command = join(root, 'packages/cli/bin/claimsmith.js');
  const child = spawn(process.execPath, [command, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KEYCLOAK_ADMIN_PASSWORD: password, CI: '', COLUMNS: '100' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}
