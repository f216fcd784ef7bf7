/**
 * Runs the commands of docs/publishing.md in their order, at a stand-in for an Auth0 tenant, and does what the page has its
 * reader do between them. `vitest -u` writes the outputs anew.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { npxClaimsmith } from '../../packages/cli/test/terminal.ts';
import { type Auth0StandIn, startAuth0 } from '../stand-ins/auth0.ts';
import { allNeeded } from './auth0.ts';

const page = fileURLToPath(new URL('../../docs/publishing.md', import.meta.url));
const block = /^```console\n\$ npx claimsmith (.*)\n[\s\S]*?^```$/gm;
const domain = 'acme.eu.auth0.com';

const root = mkdtempSync(join(tmpdir(), 'claimsmith-publishing-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the reader, or somebody else, does before a command; the number counts how often it was run. */
type Steps = Readonly<Record<string, () => void>>;

test('docs/publishing.md shows what the commands do', async () => {
  const tenant = await startAuth0({
    clients: {
      claimsmith: { secret: 'planted-client-secret', scopes: allNeeded },
      web: { secret: 'planted-web-secret' },
    },
    apis: ['https://api.acme.example/'],
  });
  try {
    vi.stubEnv('AUTH0_CLIENT_SECRET', 'planted-client-secret');
    vi.stubEnv('WEB_SECRET', 'planted-web-secret');
    vi.stubEnv('ADA_PASSWORD', 'planted-password');
    const text = readFileSync(page, 'utf8');
    const steps = await stepsOf(text, tenant);
    let rest = text;
    const times = new Map<string, number>();
    let done = '';
    for (const [shown, line = ''] of text.matchAll(block)) {
      const time = (times.get(line) ?? 0) + 1;
      times.set(line, time);
      const name = time === 1 ? line : `${line} (${time})`;
      steps.get(name)?.();
      steps.delete(name);
      const { out, err } = await npxClaimsmith(root, ...line.split(' '));
      expect(out + err).not.toContain('planted');
      const fresh = `\`\`\`console\n$ npx claimsmith ${line}\n${told(err + out, tenant)}\`\`\``;
      const [before = '', ...after] = rest.split(shown);
      done += before + (lasts(shown, fresh) ? shown : abridged(shown, fresh));
      rest = after.join(shown);
    }
    expect([...steps.keys()]).toEqual([]);
    await expect(done + rest).toMatchFileSnapshot(page);
    expect(tenant.tenant.actions.size).toBe(0);
  } finally {
    vi.unstubAllEnvs();
    await tenant.close();
  }
});

/** Whether a block, in which a line `…` stands for any lines, still says what the command prints. */
function lasts(shown: string, fresh: string): boolean {
  const [first = '', ...parts] = shown.split('…\n');
  const last = parts.at(-1) ?? first;
  let at = first.length;
  if (!fresh.startsWith(first) || !fresh.endsWith(last)) return false;
  for (const part of parts) {
    const found = part === last ? fresh.length - last.length : fresh.indexOf(part, at);
    if (found < at) return false;
    at = found + part.length;
  }
  return true;
}

/** Where a block leaves out the plan before what was done, its new form does so, too. */
function abridged(shown: string, fresh: string): string {
  const head = fresh.split('\n', 2).join('\n');
  const done = fresh.indexOf('\n\n✓ ');
  return shown.includes('\n…\n\n✓ ') && done >= 0 ? `${head}\n…${fresh.slice(done)}` : fresh;
}

async function stepsOf(text: string, { tenant, url }: Auth0StandIn): Promise<Map<string, () => void>> {
  const [environment = '', live = '', claim = ''] = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
    ([, yaml = '']) => yaml,
  );
  await npxClaimsmith(root, 'init', 'my-claims');
  const spec = join(root, 'my-claims/enrichment.yaml');
  const scenarios = join(root, 'my-claims/scenarios/first.yaml');
  await mkdir(join(root, 'my-claims/environments'));
  expect(environment).toContain(`domain: ${domain}`);
  writeFileSync(
    join(root, 'my-claims/environments/staging.yaml'),
    environment.replace(domain, () => JSON.stringify(url)),
  );
  tenant.users.set('ada@acme.example', {
    password: 'planted-password',
    roles: ['admin'],
    app_metadata: { plan: 'gold' },
  });
  const steps: Steps = {
    'verify my-claims': () =>
      change(
        scenarios,
        '    expect:\n      access: { roles: [admin]',
        `${live}    expect:\n      access: { roles: [admin]`,
      ),
    'drift my-claims': () => {
      const [binding] = tenant.bindings.get('post-login') ?? [];
      if (binding === undefined) throw new Error('nothing is bound');
      tenant.bindings.set('post-login', []);
    },
    'plan my-claims (2)': () => change(spec, '    onMissing: { default: free }\n', claim),
  };
  return new Map(Object.entries(steps));
}

function change(file: string, before: string, after: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(before);
  writeFileSync(
    file,
    text.replace(before, () => after),
  );
}

/** An output as at the tenant of the page, and at its time. */
function told(output: string, { url }: Auth0StandIn): string {
  const times = new Map<string, string>();
  return output.replaceAll(new URL(url).host, domain).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => {
    const minute = String(times.size * 20).padStart(2, '0');
    const shown = times.get(time) ?? `2026-12-01T09:${minute}:00.000Z`;
    times.set(time, shown);
    return shown;
  });
}
