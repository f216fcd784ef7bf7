import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { stagesOf } from '../src/run/stages.ts';
import { loadSpec } from '../src/spec/load.ts';
import { claimsmith } from './terminal.ts';

const secrets = {
  CRM_SECRET: 'canary-of-the-client-secret-7f3a',
  PAIRWISE_KEY: 'canary-of-the-key-of-hmac-51c9',
} as const;
const canaries = /canary-of-the-(client-secret|key)/;

const spec = `version: 1
name: canary
namespace: https://acme.example/
sources:
  crm:
    http:
      url: https://crm.acme.example/{user.id}
      auth: { oauth2: { tokenUrl: "https://login.acme.example/token", clientId: crm, clientSecret: "\${CRM_SECRET}" } }
    returns: { plan: string }
    timeout: 200ms
claims:
  plan: { value: crm.plan, kind: authoritative }
  pseudonym: { value: 'hash.hmac("\${PAIRWISE_KEY}", user.id)', kind: authoritative }
issuers:
  auth0: { clients: all }
  okta: { guard: [sentinel], idTokens: false }
  keycloak: { scripts: true, audience: https://api.acme.example/ }
  cognito: { clients: all }
`;
const folder = mkdtempSync(join(tmpdir(), 'claimsmith-canary-'));
writeFileSync(join(folder, 'enrichment.yaml'), spec);
const { stages, findings } = await stagesOf(await loadSpec('.', [], folder));
afterAll(() => rmSync(folder, { recursive: true }));
const context = {
  user: { id: 'u1' },
  client: { id: 'web' },
  request: { scopes: [], audience: 'https://api.acme.example/', grant_type: 'authorization_code' },
  subject_type: 'human',
};

describe.each(stages.map((stage) => [stage.issuer.id, stage] as const))('secrets at %s', (_, stage) => {
  const { issuer, policy, compilation } = stage;
  const answers: readonly (readonly [string, () => Promise<Response>])[] = [
    ['that answers', async () => Response.json({ access_token: 't', expires_in: 60, plan: 'gold' })],
    ['that fails', async () => Response.json({ error: secrets.CRM_SECRET }, { status: 500 })],
    ['that breaks', () => Promise.reject(new Error(secrets.CRM_SECRET))],
  ];

  test('are in no built file and no finding', () => {
    expect(JSON.stringify([compilation, findings])).not.toMatch(canaries);
    expect(policy.secrets).toEqual(['CRM_SECRET', 'PAIRWISE_KEY']);
  });

  test.each(answers)('are in no token, note or line of the log, with a source %s', async (what, fetch) => {
    const around = {
      fetch,
      answer: () => ({ fails: 'network' }) as const,
      secrets,
      nowSeconds: 1_795_132_800,
    };
    const event = issuer.simulator.eventFrom(context, policy);
    const { requests, ...rest } = await issuer.simulator.simulate(compilation, event, around);
    // Only the questions carry the client's secret, and nothing carries the key.
    expect(JSON.stringify(requests)).not.toContain(secrets.PAIRWISE_KEY);
    expect(JSON.stringify(rest)).not.toMatch(canaries);
    expect(rest.denied === undefined).toBe(what === 'that answers');
  });

  test('a missing key gives no token', async () => {
    const fetch = async () => Response.json({ access_token: 't', expires_in: 60, plan: 'gold' });
    const event = issuer.simulator.eventFrom(context, policy);
    const { denied } = await issuer.simulator.simulate(compilation, event, {
      fetch,
      answer: () => ({ fails: 'network' }),
      secrets: { CRM_SECRET: secrets.CRM_SECRET },
      nowSeconds: 1_795_132_800,
    });
    expect(denied?.description).toBe('enrichment_unavailable');
  });
});

describe('secrets in the environment', () => {
  mkdirSync(join(folder, 'scenarios'));
  const scenario = (name: string, crm: object) => ({ name, sources: { crm } });
  const scenarios = {
    context,
    scenarios: [
      scenario('the source answers', { plan: 'gold' }),
      scenario('no access token', { fails: 'token' }),
      scenario('the source is down', { fails: 'status' }),
    ],
  };
  writeFileSync(join(folder, 'scenarios/all.yaml'), JSON.stringify(scenarios));
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    'check',
    'check --json',
    'explain plan',
    'explain pseudonym --json',
    'preview',
    'preview --json',
    'test',
    'test --json',
    'test --mutate',
    'export --format terraform --out exported',
  ])('are not in what %s prints', async (command) => {
    for (const [name, value] of Object.entries(secrets)) vi.stubEnv(name, value);
    const { out, err } = await claimsmith(folder, ...command.split(' '));
    expect(out).not.toBe('');
    expect(out + err).not.toMatch(canaries);
  });
});
