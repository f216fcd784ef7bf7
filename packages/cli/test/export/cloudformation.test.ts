import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { cfnLintForTests } from '../../../../tools/servers/cfn-lint.ts';
import { scratchFolder } from '../scratch.ts';
import { claimsmith } from '../terminal.ts';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));
const lint = cfnLintForTests();

/** What cfn-lint says of templates: nothing if they are in order. */
function faults(command: string, ...files: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, ['--regions', 'eu-central-1', '--', ...files], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return status === 0 ? '' : stdout;
}

it.skipIf(lint === undefined)('CloudFormation takes the templates', async () => {
  if (lint === undefined) return;
  const folder = scratchFolder({});
  const files = await Promise.all(
    ['payments', 'quickstart'].map(async (example) => {
      const out = join(folder, example);
      const spec = join(repository, 'examples', example);
      const ran = await claimsmith(repository, 'export', '--format', 'cloudformation', '--out', out, spec);
      expect(ran.code, ran.err).toBe(0);
      return join(out, 'cognito.template.json');
    }),
  );
  expect(faults(lint, ...files)).toBe('');
  const wrong = join(folder, 'wrong.json');
  const text = readFileSync(files[0] ?? '', 'utf8').replace('"nodejs24.x"', '"nodejs1.x"');
  writeFileSync(wrong, text.replace('"Ref": "RoleArn"', '"Ref": "Role"'));
  expect(faults(lint, wrong)).toMatch(
    /E1020[\s\S]*E2531|E2531[\s\S]*E1020|E3030[\s\S]*E1020|E1020[\s\S]*E3030/,
  );
});

it('each setting has a parameter of its own, whatever its name', async () => {
  const spec = `version: 1
name: s
sources:
  c: { http: { url: "https://c.example/", headers: { a: "\${A_B}\${A_B2}\${A__B}" } }, returns: { v: string } }
claims: { v: { value: c.v, kind: descriptive } }
issuers: { cognito: { clients: all } }
`;
  const folder = scratchFolder({ 'enrichment.yaml': spec });
  const ran = await claimsmith(folder, 'export', '--format', 'cloudformation', '--out', 'out', '.');
  expect(ran.code, ran.err).toBe(0);
  const template = JSON.parse(readFileSync(join(folder, 'out/cognito.template.json'), 'utf8'));
  expect(template.Resources.Function.Properties.Environment.Variables).toEqual({
    A_B: { Ref: 'SettingAB' },
    A_B2: { Ref: 'SettingAB2' },
    A__B: { Ref: 'SettingAB3' },
  });
});
