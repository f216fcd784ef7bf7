import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { demo } from '../../../examples/payments/service/demo.ts';
import { contract, contractData } from './setup.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const claimsmith = (...args: readonly string[]) =>
  spawnSync(process.execPath, [at('packages/cli/bin/claimsmith.js'), ...args], { encoding: 'utf8' }).stdout;

test('the service answers tokens of every issuer as its page says', { timeout: 120_000 }, async () => {
  const steps = await demo();
  const statuses = (issuer: string) =>
    Object.fromEntries(
      steps.filter((step) => step.issuer === issuer).map(({ what, status }) => [what, status]),
    );
  for (const issuer of ['auth0', 'cognito', 'keycloak', 'okta'])
    expect(statuses(issuer)).toEqual({
      'right token': 200,
      'a machine': 200,
      'right token, scope, recent login': 200,
      'unenriched: the policy did not see it': 401,
      'stale: features are 16 minutes old': 401,
      'the scope is missing': 403,
      'the login is too long ago': 401,
      revoked: 401,
    });
  const challenges = (what: string) =>
    new Set(steps.filter((step) => step.what === what).map((step) => step.challenge));
  expect(challenges('the scope is missing')).toEqual(
    new Set(['Bearer error="insufficient_scope", scope="payments.approve"']),
  );
  expect(challenges('no token')).toEqual(new Set(['Bearer']));
});

test('its contract and its types are those of the spec', () => {
  const out = mkdtempSync(join(tmpdir(), 'contract-'));
  claimsmith('build', at('examples/payments'), '--out', out);
  const built: unknown = JSON.parse(readFileSync(join(out, 'services/contract.json'), 'utf8'));
  rmSync(out, { recursive: true });
  expect(contractData).toEqual(built);
  const types = claimsmith('types', at('examples/payments'));
  expect(types).toBe(readFileSync(at('examples/payments/service/contract.ts'), 'utf8'));
  expect(claimsmith('types', at('examples/payments/service/contract.json'))).toBe(types);
  const transfers = readFileSync(at('examples/daily-limit/service/contract.ts'), 'utf8');
  expect(claimsmith('types', at('examples/daily-limit'))).toBe(transfers);
});

test('a contract with an invalid name gets no types, because its name would become code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  const path = join(folder, 'contract.json');
  const policy = { ...contract.policy, name: "x\nimport './evil.ts'; //" };
  writeFileSync(path, JSON.stringify({ ...contract, policy }));
  expect(claimsmith('types', path)).toBe('');
  rmSync(folder, { recursive: true });
});
