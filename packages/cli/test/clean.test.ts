import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '@claimsmith/core';
import { expect, test } from 'vitest';
import { claimsmith } from './terminal.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
const recipes = readdirSync(join(examples, 'recipes'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'scenarios')
  .map(({ name }) => `recipes/${name}`);

/** The findings of the default profile, without what only informs and what an issuer cannot do. */
async function sins(folder: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { out } = await claimsmith(folder, 'check', '--json', ...args);
  const { findings } = JSON.parse(out) as { findings: readonly Finding[] };
  return findings
    .filter(({ severity, issuer }) => severity === 'error' || (severity === 'warning' && issuer === null))
    .map(({ rule, message }) => `${rule} ${message}`);
}

const stagesOf = (name: string) => (name === 'recipes/stages' ? ['dev', 'prod'] : [undefined]);
const cases = ['payments', 'quickstart', 'recipes', ...recipes].flatMap((name) =>
  stagesOf(name).map((stage) => [name, stage === undefined ? [] : ['--env', stage]] as const),
);

test.each(cases)('examples/%s %s is clean', async (name, args) => {
  expect(await sins(join(examples, name), ...args)).toEqual([]);
});

// src/mutate/run.test.ts has these.
const mutated = ['payments', 'recipes', 'recipes/login'];
const others = ['daily-limit', 'verified-permissions'].map((name) => [name, []] as const);
test.each([...cases.filter(([name]) => !mutated.includes(name)), ...others])(
  'the scenarios of examples/%s %s notice every small change of the policy',
  async (name, args) => {
    const { out, code } = await claimsmith(examples, 'test', name, ...args, '--mutate');
    expect(out).toMatch(/all \d+ small changes of the policy noticed/);
    expect(code).toBe(0);
  },
);

const tenLines = `version: 1
name: shop
claims:
  https://shop.example/roles:
    value: user.roles.filter(r, r.startsWith("shop:"))
    kind: authoritative
    maxItems: 20
issuers:
  auth0: { audiences: [https://api.shop.example/] }
`;

test('a good spec of ten lines has no finding but one that informs, and so has what init writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-clean-'));
  try {
    writeFileSync(join(folder, 'enrichment.yaml'), tenLines);
    const { out } = await claimsmith(folder, 'check', '--json');
    expect(JSON.parse(out).summary).toMatchObject({ error: 0, warning: 0 });
    await claimsmith(folder, 'init', 'first');
    expect(await sins(join(folder, 'first'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
